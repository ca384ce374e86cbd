import ArgumentParser
import Asking
import Clients
import EventStores
import Execution
import ParquetFiles
import Plans
import Platform
import Synchronization

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write events to stdout, in the order of their acceptance, or tables as Parquet files.",
        discussion: """
            ndjson: newline-delimited CloudEvents between a first and a last line, with corrections at their places. \
            Whole, `plimsoll import` moves it into a new directory, to the same costs and users; users are tokens, \
            so take the key along (DIR/keys/store.key). Tokens that let clients in are not in it. A part (--from, \
            --to) lacks the prices and corrections that its costs come from. csv: a column for each field of every \
            schema, and of calls what they cost (cost_usd, cost_low_usd, cost_high_usd, price_state, price_gaps); \
            texts as they were sent, also where a spreadsheet takes one for a formula. parquet: files in a directory, \
            DIR/TABLE.parquet, all of one position, with the types of SQL (amounts as DECIMAL(38,12), times in \
            nanoseconds), and DIR/manifest.json, which is there once all of them are whole. Rows are those that \
            `plimsoll query` answers. For a part, ask \
            `plimsoll query … --format parquet > FILE`.

            Example: plimsoll export --format parquet --into tables --table llm_call --table conversations
            """)

    @OptionGroup var source: SourceOptions

    @Option(help: ArgumentHelp("First event time: \(TimeArgument.forms).", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("End of the event times, exclusive; written likewise.", valueName: "time"))
    var to: String?

    @Option(help: "How to write: ndjson, csv or parquet.")
    var format = ExportForm.ndjson

    @Option(help: ArgumentHelp("The directory for Parquet files; made where it is missing.", valueName: "dir"))
    var into: String?

    @Option(
        help: ArgumentHelp(
            "A table to write as Parquet; may be given several times.",
            discussion: "Default: every table but events, whose rows stand in those of their types.",
            valueName: "name"))
    var table: [String] = []

    func validate() throws {
        if format == .parquet {
            guard into != nil else { throw ValidationError("--format parquet wants a directory, --into DIR") }
            guard from == nil, to == nil else {
                throw ValidationError(
                    "--format parquet writes whole tables; for a part, plimsoll query … --format parquet > FILE")
            }
        } else if into != nil || !table.isEmpty {
            throw ValidationError("--into and --table go with --format parquet")
        }
    }

    func run() async throws {
        let source = try source.resolve()
        guard let format = format.ofEvents else { return try writeTables(source) }
        switch source {
        case .directory(let directory):
            let times = try TimeArgument.range(from: from, to: to)
            try Machine().reading(directory) { store in
                let events = try store.exportReader(in: times)
                events.beginning.notice.map(SourceOptions.tellNotice)
                let export = EventExport(events, registry: store.registry, as: format)
                while let piece = try export.next(), try StandardStream.output.show(piece) {}
            }
        case .server(let address):
            let query = QueryText.joined([("from", from), ("to", to), ("format", format.rawValue)])
            let output = Mutex(OutputBuffer())
            let reading = RemoteReading(server: address, onNotice: SourceOptions.tellNotice)
            try await reading.stream("/v1/events?\(query)") { piece in
                try output.withLock { output in
                    output.bytes += piece
                    return try output.flushLines()
                }
            }
            try output.withLock { output in _ = try output.flush() }
        }
    }
}

extension ExportCommand {
    /// Tables of a directory as Parquet files.
    private func writeTables(_ source: Source) throws {
        guard case .directory(let directory) = source, let into else { throw CommandFailure.parquetOfServer }
        let disk = POSIXFileSystem(readers: .everyone)
        // Where a server lets go of what is read it begins again, and replaces what was written.
        let machine = Machine()
        let runner = StatementRunner(engine: machine.engine)
        let notices = try machine.reading(directory, isRepeatable: true) { store in
            let snapshot = store.snapshot()
            let export = ParquetExport(of: snapshot, in: disk, createdBy: ParquetOutcome.createdBy) { rollup in
                let options = QueryOptions().startingClock { [clock = machine.clock] in clock.monotonicNanoseconds() }
                let result = try runner.run("select * from \(rollup)", over: snapshot, options: options, as: nil)
                return (result.columns, result.chunks)
            }
            let names = table.isEmpty ? export.allTables : table
            return try export.write(names, to: into)
        }
        notices.forEach(SourceOptions.tellNotice)
        StandardStream.tell("tables are in \(into), and what they hold in \(into)/manifest.json")
    }
}

/// How an export is written.
enum ExportForm: String, ExpressibleByArgument, CaseIterable {
    case ndjson, csv, parquet

    /// nil: not events one after the other, but tables.
    var ofEvents: ExportFormat? { ExportFormat(rawValue: rawValue) }
}
