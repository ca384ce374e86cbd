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
            PLIMSOLL_SHIP_POSTGRESQL_… in the environment, or ship.clickhouse.… likewise); the server ships. These \
            commands look beside it, and read a data directory that may be served meanwhile.
            """,
        subcommands: [Status.self, Check.self, Tables.self])

    struct Tables: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tables", abstract: "Print the statements that make the tables over there.",
            discussion: """
                For who makes tables himself, since the role that ships may not; else they are made by themselves. \
                Which ones, and where, the settings say (--config). The database is not asked.
                """)

        @OptionGroup var data: DataOptions
        @OptionGroup var options: ShipOptions
        @Option(help: ArgumentHelp("A cluster of ClickHouse whose servers share the tables.", valueName: "name"))
        var cluster: String?

        func run() throws {
            let (machine, shipping) = try options.settings()
            if cluster != nil, shipping.isPostgres {
                throw CommandFailure(.badInput, "only ClickHouse has clusters", advice: "leave --cluster out")
            }
            let text = try machine.reading(data.directory, isRepeatable: true, asksServers: false) { store in
                let all = try StoreShipping(store, clock: machine.clock).pinned().tables
                return shipping.definitions(ShippingChoice.tables(shipping.configuration.tables, of: all), cluster)
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
                days, the number of rows, the sums of costs and tokens (not of rollups), and the sum of hashes that \
                rows came with: what somebody changed there in other columns is not seen. Events that have not been \
                shipped yet are not compared (see plimsoll ship status), but show as a difference in the newest days \
                of turns, conversations and rollups. --repair brings what differs once more, whatever the database \
                has there, and takes away what the store has not. Exit status 0 where all is the same, 1 where \
                something differs, or still does, or no event is there at all, 3 where the database cannot be reached.
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
            let waiting = max(0, outcome.position - outcome.mark.position)
            let open =
                waiting == 0
                ? "" : "; \(waiting) events behind position \(outcome.mark.position) wait, and were not compared"
            let compared = "\(outcome.rows) rows in \(outcome.stretches) stretches"
            try StandardStream.output.print("\(compared), \(outcome.findings.count) differ\(kept)\(open)")
            // A server that ships is always some events behind; who has none of them was begun anew.
            let hasNone = waiting > 0 && outcome.mark.position == 0
            if !outcome.findings.isEmpty || hasNone { throw ExitStatus.Ending(status: .checkFailed) }
        }

        private static func line(_ finding: ShippingCheck.Finding) -> String {
            let stretch: String
            if finding.table.kind == .events {
                let first = finding.stretch * ShippingCheck.stretchPositions
                stretch = "positions \(first) to \(first + ShippingCheck.stretchPositions - 1)"
            } else if finding.stretch == DigestRequest.noDay {
                stretch = "rows without a time"
            } else if let start = DigestRequest.start(of: finding.stretch) {
                stretch = "\(RFC3339.render(start).prefix(10))"
            } else {
                stretch = "day \(finding.stretch) since 1970, which no time here has"
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
    @Option(help: "Which database, where the settings name several: postgresql or clickhouse.")
    var to: ShipChoice.Kind?

    /// Runs something over the store and the database.
    func withCheck<Result>(
        of directory: String, isForced: Bool, _ body: (ShippingCheck) throws -> Result
    ) throws -> Result {
        let (machine, shipping) = try settings()
        let destination = shipping.destination(isForced)
        do {
            return try machine.reading(directory, isRepeatable: true, asksServers: false) { store in
                try body(
                    ShippingCheck(
                        destination, from: StoreShipping(store, clock: machine.clock), shipping.configuration))
            }
        } catch let failure as ShippingFailure {
            throw CommandFailure(
                failure.kind == .permanent ? .badInput : .notReachable, "\(failure)",
                advice: failure.advice ?? "see that the settings name it rightly and that it runs, then try again")
        }
    }

    /// What the settings say of shipping.
    func settings() throws -> (machine: Machine, shipping: ShipChoice) {
        let machine = Machine()
        let settings = try SettingsReading.serve(config: config, in: machine.fileSystem)
        let choices = ShipChoice.all(settings, machine)
        let wanted = to.map { name in choices.filter { $0.kind == name } } ?? choices
        if wanted.count == 1 { return (machine, wanted[0]) }
        if wanted.count > 1 {
            throw CommandFailure(
                .badInput, "the settings name several databases to ship to",
                advice: "say which one: --to \(choices.map(\.kind.rawValue).joined(separator: " or --to "))")
        }
        throw CommandFailure(
            .badInput, "the settings name no \(to.map { "\($0.rawValue) " } ?? "")database to ship to",
            advice: "name the server's settings file by --config, or set ship.postgresql.connection or "
                + "ship.clickhouse.url in it")
    }
}

/// A database that the settings name.
struct ShipChoice {
    /// Of which kind.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case postgresql, clickhouse
    }

    let kind: Kind
    let configuration: ShippingConfiguration
    /// Where it goes; true: rows are written whatever is there.
    let destination: (Bool) -> any ShippingDestination
    /// The statements that make tables, of one server or of a cluster.
    let definitions: ([ShippedTable], String?) -> String

    var isPostgres: Bool { kind == .postgresql }

    static func all(_ settings: ServeSettings, _ machine: Machine) -> [ShipChoice] {
        let postgres = settings.postgresShipping.map { shipping in
            ShipChoice(
                kind: .postgresql, configuration: shipping.configuration,
                destination: { shipping.destination(isForced: $0) },
                definitions: { tables, _ in PostgresDefinitions(schema: shipping.schema).file(tables) })
        }
        let clickHouse = settings.clickHouseShipping.map { shipping in
            ShipChoice(
                kind: .clickhouse, configuration: shipping.configuration,
                destination: { isForced in
                    shipping.destination(
                        in: machine.fileSystem, randomness: machine.randomness, isForced: isForced)
                },
                definitions: { tables, cluster in
                    ClickHouseDefinitions(
                        database: shipping.place.database, cluster: cluster, tiers: shipping.tiers
                    ).file(tables)
                })
        }
        return [postgres, clickHouse].compactMap(\.self)
    }
}
