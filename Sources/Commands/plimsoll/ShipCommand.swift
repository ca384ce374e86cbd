import ArgumentParser
import EventStores
import JSONTexts
import Platform
import Settings
import Shipments
import Shipping

struct ShipCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ship", abstract: "How a database stands that is shipped to, and whether it has what is here.",
        discussion: """
            What is shipped, and where, the settings of `plimsoll serve` say (ship.postgresql.…, or \
            PLIMSOLL_SHIP_POSTGRESQL_… in the environment); the server ships. These commands look beside it, and read \
            a data directory that may be served meanwhile.
            """,
        subcommands: [Status.self, Check.self, Tables.self])

    struct Tables: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tables", abstract: "Print the statements that make the tables over there.",
            discussion: """
                For who makes tables himself, since the role that ships may not; else they are made by themselves. The \
                database is not asked.
                """)

        @OptionGroup var data: DataOptions
        @OptionGroup var options: ShipOptions

        func run() throws {
            let (machine, shipping) = try options.settings()
            let text = try machine.reading(data.directory, isRepeatable: true, asksServers: false) { store in
                let all = try StoreShipping(store, clock: machine.clock).pinned().tables
                return PostgresDefinitions(schema: shipping.schema)
                    .file(ShippingChoice.tables(shipping.configuration.tables, of: all))
            }
            try StandardStream.output.print(text)
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "How far a database has got, as its own row says.",
            discussion: "Exit status 1 where events wait to be shipped, 3 where the database cannot be reached.")

        @OptionGroup var data: DataOptions
        @OptionGroup var options: ShipOptions

        func run() throws {
            let outcome = try options.withCheck(of: data.directory, isForced: false) { try $0.standing() }
            let waiting = max(0, outcome.position - outcome.mark.position)
            try StandardStream.output.print(
                "events up to position \(outcome.mark.position) of \(outcome.position) are there, \(waiting) wait")
            if waiting > 0 { throw ExitStatus.Ending(status: .checkFailed) }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Compare a database with the store, and bring it what differs.",
            discussion: """
                Of every table that is shipped, by stretches of \(ShippingCheck.stretchPositions) positions or by \
                days, the number of rows, the sums of costs and tokens, and the sum of hashes of all that rows hold. \
                What has not been shipped yet shows as a difference in the newest days of turns, conversations and \
                rollups. --repair brings what differs once more, whatever the database has there, and takes away what \
                the store has not. Exit status 0 where all is the same, 1 where something differs, or still does, 3 \
                where the database cannot be reached.
                """)

        @OptionGroup var data: DataOptions
        @OptionGroup var options: ShipOptions
        @Flag(help: "Bring what differs once more.") var repair = false

        func run() throws {
            var outcome = try options.withCheck(of: data.directory, isForced: repair) { check in
                let outcome = try check.compare()
                guard repair, !outcome.findings.isEmpty else { return outcome }
                try StandardStream.output.print("\(outcome.findings.count) stretches differ and are brought once more")
                try check.repair(outcome.findings)
                return try check.compare()
            }
            outcome.findings.sort { ($0.table.name, $0.stretch) < ($1.table.name, $1.stretch) }
            for finding in outcome.findings.prefix(100) { StandardStream.tell(Self.line(finding)) }
            let kept = outcome.keptThere > 0 ? ", \(outcome.keptThere) have more there, of events dropped here" : ""
            try StandardStream.output.print(
                "\(outcome.rows) rows in \(outcome.stretches) stretches, \(outcome.findings.count) differ\(kept)")
            if !outcome.findings.isEmpty { throw ExitStatus.Ending(status: .checkFailed) }
        }

        private static func line(_ finding: ShippingCheck.Finding) -> String {
            let stretch: String
            if finding.table.kind == .events {
                let first = finding.stretch * ShippingCheck.stretchPositions
                stretch = "positions \(first) to \(first + ShippingCheck.stretchPositions - 1)"
            } else if finding.stretch == DigestRequest.noDay {
                stretch = "rows without a time"
            } else {
                stretch = "\(RFC3339.render(finding.stretch * DigestRequest.day).prefix(10))"
            }
            func text(_ digest: RowDigest) -> String {
                "\(digest.rows) rows, \(DecimalText.renderUSD(digest.costPicoUSD)) USD, \(digest.tokens) tokens"
            }
            return "\(finding.table.name), \(stretch): here \(text(finding.here)); there \(text(finding.there))"
                + (finding.here.rows == finding.there.rows && finding.here.costPicoUSD == finding.there.costPicoUSD
                    && finding.here.tokens == finding.there.tokens
                    ? "; what else rows hold differs" : "")
        }
    }
}

/// Where the settings of shipping come from.
struct ShipOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The settings file of the server.", valueName: "file"))
    var config: String?

    /// Runs something over the store and the database.
    func withCheck<Result>(
        of directory: String, isForced: Bool, _ body: (ShippingCheck) throws -> Result
    ) throws -> Result {
        let (machine, shipping) = try settings()
        let destination = shipping.destination(isForced: isForced)
        do {
            return try machine.reading(directory, isRepeatable: true, asksServers: false) { store in
                try body(
                    ShippingCheck(
                        destination, from: StoreShipping(store, clock: machine.clock), shipping.configuration))
            }
        } catch let failure as ShippingFailure {
            throw CommandFailure(
                failure.kind == .permanent ? .badInput : .notReachable, "\(failure)",
                advice: failure.advice ?? "try again")
        }
    }

    /// What the settings say of shipping.
    func settings() throws -> (machine: Machine, shipping: PostgresShippingSettings) {
        let machine = Machine()
        let settings = try SettingsReading.serve(config: config, in: machine.fileSystem)
        guard let shipping = settings.postgresShipping else {
            throw CommandFailure(
                .badInput, "the settings name no database to ship to",
                advice: "name the server's settings file by --config, or set ship.postgresql.connection in it")
        }
        return (machine, shipping)
    }
}
