import ArgumentParser
import Clients
import EventStores
import Platform
import Reports

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "First aid: what came, what of it answers lack, and the line to change.",
        discussion: """
            By service: spans, events without a call, calls without a conversation, without usage, without a price, \
            usage and other attributes told in a form that nothing reads, operations and outcomes by names that \
            nobody knows, messages and outcomes without a conversation, attribute names that nothing reads, clocks \
            that are wrong; refusals by the way on which it came and by reason, spans that wait; by the time of \
            receipt. To each there is what mends it: a variable of the environment, a setting, an attribute, a \
            command; both tables have the columns service, finding and what. What waits and was refused only a server \
            knows, but for unknown types.

            Example: plimsoll doctor --since now-15m
            """)

    @OptionGroup var source: SourceOptions

    @Option(help: ArgumentHelp("From when: \(TimeArgument.forms).", valueName: "time"))
    var since = "now-1h"

    @Option(
        help: "How to print: table, csv, json, html or cells. A csv holds the findings, or --section."
    )
    var format = ReportFormat.table

    @Option(
        help: ArgumentHelp(
            "Only this section: findings, changes, services, prices, values, unread, refusals or waiting.",
            valueName: "name"))
    var section: String?

    func run() async throws {
        let query = QueryText.joined([("from", since), ("section", section), ("format", format.rawValue)])
        let text = try await source.text(at: "/v1/reports/doctor?\(query)") { store, machine in
            let tables = store.snapshot()
            let start = try PeriodText.parse(since, now: tables.now)
            let runner = ReportRunner(catalog: tables, engine: machine.engine, options: machine.reportOptions)
            return try runner.rendered(try runner.doctor(from: start, prices: tables.book), format, section: section)
        }
        try StandardStream.output.show(Array(text.utf8))
    }
}
