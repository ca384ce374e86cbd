import ArgumentParser
import Asking
import Clients
import Domain
import EventStores
import Execution
import ParquetFiles
import Plans
import Platform
import Settings

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask in PostgreSQL's SQL.",
        discussion: """
            Tables: one per event type (llm_call, message_sent, …), events, turns, conversations, dead_letters, \
            system_events, and rollups of them (rollup_llm_call_1h, rollup_message_sent_1d, …), which answer by \
            themselves where they can tell exactly what is asked. Times are UTC unless --timezone says otherwise. \
            EXPLAIN ANALYZE shows what a query read.

            Example: plimsoll query 'select model, count(*), sum(cost_usd) from llm_call group by 1 order by 3 desc'
            """)

    @OptionGroup var source: SourceOptions

    @Argument(help: ArgumentHelp("The query; - reads it from stdin.", valueName: "sql"))
    var sql: String

    @Option(help: "How to print: table, csv, json, ndjson or parquet (a file, for > FILE).")
    var format = QueryForm.table

    @Option(help: ArgumentHelp("The time zone of dates, buckets and output, such as Europe/Berlin.", valueName: "zone"))
    var timezone = "UTC"

    @Flag(inversion: .prefixedNo, help: "Let rollups answer where they can; the answer is the same without.")
    var rollups = true

    @Option(
        help: ArgumentHelp(
            "End the query after so many seconds.",
            discussion: "Default: 30, at a server its limit; a server refuses to take longer than that.",
            valueName: "seconds"))
    var timeLimit: Int?

    @Option(
        help: ArgumentHelp(
            "End the query when it needs more memory, such as 1GiB.",
            discussion: "Default: 256MiB, at most 1984MiB; at a server its limit counts.", valueName: "size"))
    var memory: String?

    func validate() throws {
        if let memory { _ = try Self.bytes(memory) }
        guard (1...Self.timeLimitMax).contains(timeLimit ?? 1) else {
            throw ValidationError("--time-limit must be from 1 to \(Self.timeLimitMax) seconds")
        }
    }

    private static func bytes(_ text: String) throws -> Int {
        var settings = ServeSettings()
        do {
            try settings.set("limits.query_memory", to: text)
        } catch {
            throw ValidationError("--memory \(text): \(error.message)")
        }
        return settings.limits.queryMemoryBytesMax
    }

    /// A week.
    private static let timeLimitMax = 604_800

    func run() async throws {
        let text = sql == "-" ? try Self.text(try CommandInput.standard()) : sql
        var output = OutputBuffer()
        let source = try source.resolve()
        try format.check(source)
        switch source {
        case .directory(let directory):
            returnMemoryEarly()
            let machine = Machine()
            var options = QueryOptions()
            options.timeZone = timezone
            options.usesRollups = rollups
            options.timeLimitNanoseconds = Int64(timeLimit ?? 30) * 1_000_000_000
            if let memory { options.memoryBudgetBytes = try Self.bytes(memory) }
            options = options.startingClock { [clock = machine.clock] in clock.monotonicNanoseconds() }
            let runner = StatementRunner(engine: machine.engine)
            // The rows stand in memory: nothing is printed before the last page was read.
            let result = try machine.reading(directory, isRepeatable: true) { store in
                try runner.run(text, over: store.snapshot(), options: options, as: format.ofText)
            }
            result.notices.forEach(SourceOptions.tellNotice)
            guard let format = format.ofText else { return try ParquetOutcome.write(result) }
            let rows = ResultText(result, format)
            while let piece = try rows.next() {
                output.bytes += piece
                if try !output.flushIfFull() { break }
            }
        case .server(let address):
            guard let format = format.ofText else { return }
            output.bytes = try await RemoteQuery(server: address, onNotice: SourceOptions.tellNotice).run(
                text, format: format, timeZone: timezone, usesRollups: rollups, timeLimitSeconds: timeLimit)
        }
        try output.flush()
    }

    private static func text(_ bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(
                .badInput, "the query on standard input is no UTF-8", advice: "convert it, with `iconv` for one")
        }
        return text
    }
}
