import ArgumentParser
import Asking
import Clients
import EventStores
import Platform
import Reports

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "The last hour beside the same hour last week, and what changed.")

    @OptionGroup var source: SourceOptions

    @Option(help: ArgumentHelp("End of the hour: \(TimeArgument.forms).", valueName: "time"))
    var to = "now"

    @Option(
        help: "How to print: table, csv, json, html or cells. A csv holds the objectives, or --section."
    )
    var format = ReportFormat.table

    @Option(
        help: ArgumentHelp(
            "Only this section: coverage, objectives, activity, changes, or dropped once retention dropped events.",
            valueName: "name"))
    var section: String?

    func run() async throws {
        let query = QueryText.joined([("to", to), ("section", section), ("format", format.rawValue)])
        let text = try await source.text(at: "/v1/reports/status?\(query)") { store, machine in
            let tables = store.snapshot()
            let end = try PeriodText.parse(to, now: tables.now, isEnd: true)
            let runner = ReportRunner(catalog: tables, engine: machine.engine, options: machine.reportOptions)
            let report = SourceOptions.telling(try runner.status(to: end))
            return try runner.rendered(report, format, section: section)
        }
        try StandardStream.output.show(Array(text.utf8))
    }
}
