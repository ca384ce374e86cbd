import Bytes
import Domain

/// What everything costs: calls, and what is no call. A bill from whoever answered the calls is the same money once
/// more, and is left out.
struct AllCosts {
    let calls: CostFigures
    /// Of tools, as they say themselves.
    let tools: (records: Int128, picoUSD: Int128)
    let recorded: RecordedCosts
    private let period: ReportPeriod
    /// Providers of calls that are booked in a time, in small letters.
    private let providers: [ReportPeriod: Set<ExactText>]

    /// More than anybody has agreements with; those with most calls count.
    private static let providersMax = 1_000
    /// Nor bills of more times; then each is compared with the calls of all of these.
    private static let timesMax = 100

    /// - Throws: as `ReportRunner/report(_:_:)`.
    init(runner: ReportRunner, period: ReportPeriod, calls: CostFigures, recorded: RecordedCosts) throws {
        (self.calls, self.recorded, self.period) = (calls, recorded, period)
        let tools = try runner.rows(
            "select count(cost_usd), sum(cost_usd) from tool_call where \(period.contains("time"))")
        self.tools = (tools.first?.integer(0) ?? 0, tools.first?.picoUSD(1) ?? 0)
        let times = Set(recorded.records.filter { $0.vendor != nil }.map { $0.covered ?? period })
        var providers: [ReportPeriod: Set<ExactText>] = [:]
        if times.count <= Self.timesMax {
            // order: each is asked for itself
            for time in times { providers[time] = try Self.providers(runner, time) }
        } else {
            let found = try Self.providers(runner, recorded.span(with: period))
            // order: all have the same
            for time in times { providers[time] = found }
        }
        self.providers = providers
    }

    private static func providers(_ runner: ReportRunner, _ time: ReportPeriod) throws -> Set<ExactText> {
        var providers: Set<ExactText> = []
        for table in CostQueries.tables {
            let rows = try runner.rows(
                "select provider, count(*) from \(table) where provider is not null and \(time.contains("time")) "
                    + "group by 1 order by 2 desc, 1 limit \(providersMax)")
            for row in rows { if let name = row.text(0) { providers.insert(ExactText(name.lowercased())) } }
        }
        return providers
    }

    /// Whether the calls that a record bills are booked: those of the time that it is for, whatever others are for.
    private func isOfBookedCalls(_ record: RecordedCosts.Record) -> Bool {
        guard let vendor = record.vendor else { return false }
        return providers[record.covered ?? period]?.contains(ExactText(vendor.lowercased())) ?? false
    }

    /// What is no call, a line each.
    private struct Other {
        var kind: String
        var category: String?
        var records: Int128
        var amount: Int128
        /// What of it is in the total.
        var amountInTotal: Int128
    }

    private var others: [Other] {
        let ofTools = Other(
            kind: "tool_calls", records: tools.records, amount: tools.picoUSD, amountInTotal: tools.picoUSD)
        let ofRecords = recorded.byCategory { !isOfBookedCalls($0) }.map { category in
            Other(
                kind: "recorded", category: category.name, records: category.records, amount: category.amount,
                amountInTotal: category.amountAsked)
        }
        return [ofTools] + ofRecords
    }

    /// Three lines that add up, of the cost and of both ends of its range.
    var section: ReportSection {
        let other = others.reduce(Int128(0)) { $0 + $1.amountInTotal }
        let high = calls.high.map { $0 + other }
        return ReportSection(
            name: "all_costs", title: "All costs: calls + other costs = total",
            columns: [
                ReportColumn("kind", "what"), ReportColumn("cost_usd", "cost"),
                ReportColumn("cost_low_usd", "at least"), ReportColumn("cost_high_usd", "at most"),
            ],
            rows: [
                [.text("calls"), calls.bookedShown, .usd(calls.low), .amount(calls.high)],
                [.text("other_costs"), .usd(other), .usd(other), .usd(other)],
                [.text("total"), .amount(calls.known.map { $0 + other }), .usd(calls.low + other), .amount(high)],
            ])
    }

    /// What else there is, a line each.
    var otherSection: ReportSection {
        ReportSection(
            name: "other_costs", title: "Other costs, in no figure above but all costs",
            columns: [
                ReportColumn("kind", "kind"), ReportColumn("category", "category"), ReportColumn("records", "records"),
                ReportColumn("cost_usd", "cost"), ReportColumn("in_total_usd", "in the total"),
            ],
            rows: others.map { other in
                [
                    .text(other.kind), .optional(other.category), .count(other.records), .usd(other.amount),
                    .usd(other.amountInTotal),
                ]
            })
    }

    static let definitions = [
        ReportDefinition(
            "all_costs",
            "booked cost of model and embedding calls, and what other_costs has in the total; the cost of one, of "
                + "groups and of budgets is of calls alone"),
        ReportDefinition(
            "in_total_usd",
            "not what a vendor bills whose calls are booked as a provider's (capitals are the same) in the bill's own "
                + "time, else the report's: that is the same money, see invoices"),
    ]
}
