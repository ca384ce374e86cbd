import ArgumentParser
import Domain
import EventStores
import Platform
import Reports
import Server

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Service levels, cost and outcomes of a period.",
        discussion: """
            sla: is what was promised kept, how much error budget is left, which conversations burned it. cost: of one answer, one \
            conversation, one resolved conversation; by model and more. outcomes: resolved, escalated, abandoned, satisfaction, variants.

            Times are RFC 3339, a date, now, or now-7d (units s, m, h, d, w). Default: the 30 days up to now.

            Example: plimsoll report sla --from now-1d --by channel
            """)

    @OptionGroup var source: SourceOptions

    @Argument(help: ArgumentHelp("sla, cost or outcomes.", valueName: "report"))
    var kind: ReportKind

    @Option(help: ArgumentHelp("Start of the period.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("End of the period, not included.", valueName: "time"))
    var to: String?

    @Option(
        help: ArgumentHelp(
            "Break down by tenant, channel, agent, model, day, …; what a report does not know it says.", valueName: "dimension"))
    var by: String?

    @Option(help: "What counts as resolved: house-1, intercom-fin or zendesk-2026.")
    var rule: String?

    @Option(help: "How to print: table, csv or json.")
    var format = ReportFormat.table

    func run() async throws {
        let query = QueryText.joined([("from", from), ("to", to), ("by", by), ("rule", rule), ("format", format.rawValue)])
        let text = try await source.text(at: "/v1/reports/\(kind.rawValue)?\(query)") { store, machine in
            let tables = store.snapshot()
            let request = try ReportRequest(kind: kind, from: from, to: to, by: by, rule: rule, now: tables.now)
            let desk = ReportDesk(catalog: tables, clock: machine.clock, workers: machine.workers)
            return try desk.report(kind, request).rendered(format)
        }
        try StandardStream.output.write(Array(text.utf8))
    }
}

/// Query strings of addresses.
enum QueryText {
    /// Name and value pairs, those without a value left out; whatever is not plain is escaped.
    static func joined(_ pairs: [(name: String, value: String?)]) -> String {
        pairs.compactMap { pair in pair.value.map { "\(pair.name)=\(escaped($0))" } }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ReportKind: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}
