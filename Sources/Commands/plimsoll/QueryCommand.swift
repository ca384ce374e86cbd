import ArgumentParser
import Asking
import Clients
import EventStores
import Execution
import Plans
import Platform

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask in PostgreSQL's SQL.",
        discussion: """
            Tables: one per event type (llm_call, message_sent, …), events, turns, conversations, dead_letters, system_events, and rollups \
            of them (rollup_llm_call_1h, rollup_message_sent_1d, …), which answer by themselves where they can tell exactly what is \
            asked. Times are UTC unless --timezone says otherwise. EXPLAIN ANALYZE shows what a query read.

            Example: plimsoll query 'select model, count(*), sum(cost_usd) from llm_call group by 1 order by 3 desc'
            """)

    @OptionGroup var source: SourceOptions

    @Argument(help: ArgumentHelp("The query; - reads it from stdin.", valueName: "sql"))
    var sql: String

    @Option(help: "How to print: table, csv, json or ndjson.")
    var format = ResultFormat.table

    @Option(help: ArgumentHelp("The time zone of dates, buckets and output, such as Europe/Berlin.", valueName: "zone"))
    var timezone = "UTC"

    @Flag(inversion: .prefixedNo, help: "Let rollups answer where they can; the answer is the same without.")
    var rollups = true

    @Option(help: ArgumentHelp("End the query after so many seconds.", valueName: "seconds"))
    var timeLimit = 30

    func validate() throws {
        guard timeLimit > 0 else { throw ValidationError("--time-limit must be positive") }
    }

    func run() async throws {
        var text = sql
        if sql == "-" { text = String(decoding: try StandardInput.all(), as: UTF8.self) }
        var output = OutputBuffer()
        switch try source.resolve() {
        case .directory(let directory):
            let machine = Machine()
            let store = try machine.openExistingStore(directory)
            var options = QueryOptions()
            options.timeZone = timezone
            options.usesRollups = rollups
            options.timeLimitNanoseconds = Int64(timeLimit) * 1_000_000_000
            let runner = StatementRunner(engine: machine.engine)
            let result = try runner.run(text, over: store.snapshot(), options: options)
            output.append(result.rendered(format))
            try store.close()
        case .server(let address):
            output.bytes = try await RemoteQuery(server: address).run(
                text, format: format, timeZone: timezone, usesRollups: rollups, timeLimitSeconds: timeLimit)
        }
        try output.flush()
    }
}

extension ResultFormat: ExpressibleByArgument {}
