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
            Spans by service, calls without a conversation, without usage, without a price, attribute names that \
            nothing reads, refusals by reason, spans that wait, clocks that are wrong; by the time of receipt. Beside \
            each stands what mends it: a variable of the environment, a setting, an attribute, a command. What waits \
            and was refused only a server knows.

            Example: plimsoll doctor --since now-15m
            """)

    @OptionGroup var source: SourceOptions

    @Option(help: ArgumentHelp("From when: RFC 3339, a date, or now-15m.", valueName: "time"))
    var since = "now-1h"

    @Option(help: "How to print: table, csv or json. A csv holds one section: the findings, or that of --section.")
    var format = ReportFormat.table

    @Option(
        help: ArgumentHelp(
            "Only this section: findings, changes, services, prices, unread, refusals or waiting.", valueName: "name"))
    var section: String?

    func run() async throws {
        let query = QueryText.joined([("from", since), ("section", section), ("format", format.rawValue)])
        let text = try await source.text(at: "/v1/reports/doctor?\(query)") { store, machine in
            let tables = store.snapshot()
            let start = try PeriodText.parse(since, now: tables.now)
            return try ReportRunner(catalog: tables, engine: machine.engine, options: machine.reportOptions)
                .doctor(from: start).rendered(format, section: section)
        }
        try StandardStream.output.show(Array(text.utf8))
    }
}
