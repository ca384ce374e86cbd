import Bytes
import Domain

/// What agents, wrappers and gateways say was used in a trace, beside the calls of that trace: a check, in no sum.
///
/// Records of one trace may repeat each other (an agent and the one that called it) or stand side by side. So the calls
/// should use as much as the largest of them at least, and as much as all of them together at most.
struct RollupChecks {
    let runner: ReportRunner
    let period: ReportPeriod
    private static let listed = 10
    /// Calls of a trace may lie beyond the period of its roll-up by so much.
    private static let reachNanoseconds: Int64 = Nanoseconds.day

    enum Verdict: String, CaseIterable {
        case agree
        case fewerTokensInCalls = "fewer tokens in calls"
        case moreTokensInCalls = "more tokens in calls"
        case noCallTold = "no call told"
        case noTrace = "no trace told"
    }

    /// A row a trace with records: how many of them, the largest and their sum in tokens and cost; how many calls,
    /// their tokens and cost.
    private var traces: String {
        let tokens = "coalesce(input_tokens, 0) + coalesce(output_tokens, 0)"
        let told = "(input_tokens is not null or output_tokens is not null or reported_cost_usd is not null)"
        // A record of a cost alone says nothing of tokens.
        let claimed = "case when input_tokens is not null or output_tokens is not null then \(tokens) end"
        let isTold = "\(period.contains("time")) and trace_id is not null and \(told)"
        let records =
            "select tenant, trace_id, conversation_id, 1 as records, \(claimed) as told, reported_cost_usd as told_cost, "
            + "0 as calls, 0 as used, null as cost from usage_reported where \(isTold)"
        // Of calls, those of traces with records alone: all others are told apart for nothing.
        let withRecords =
            "select tenant as these_tenant, trace_id as these_trace from usage_reported where \(isTold) group by 1, 2"
        let near = period.widened(byNanoseconds: Self.reachNanoseconds).contains("time")
        let calls = CostQueries.tables.map { table in
            "select tenant, trace_id, conversation_id, 0, null, null, 1, \(tokens), cost_low_usd "
                + "from \(runner.whole(table)) join (\(withRecords)) as these "
                + "on tenant = these_tenant and trace_id = these_trace where \(near)"
        }
        return
            "select tenant, trace_id, max(conversation_id) as conversation_id, sum(records) as records, max(told) as largest, "
            + "sum(told) as told, max(told_cost) as told_cost, sum(calls) as calls, sum(used) as used, sum(cost) as cost from ("
            + ([records] + calls).joined(separator: " union all ") + ") as events group by 1, 2"
    }

    private static let verdict =
        "case when calls = 0 then '\(Verdict.noCallTold.rawValue)' when used < largest then '\(Verdict.fewerTokensInCalls.rawValue)' "
        + "when used > told then '\(Verdict.moreTokensInCalls.rawValue)' else '\(Verdict.agree.rawValue)' end"

    /// How many traces agree, and what those that don't leave open; empty where nothing was rolled up.
    func summary() throws -> ReportSection {
        var found: [Verdict: [ReportValue]] = [:]
        let within = period.contains("time")
        let without = try runner.rows(
            "select count(*) filter (where trace_id is null), sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) "
                + "filter (where trace_id is null), sum(reported_cost_usd) filter (where trace_id is null), count(*) "
                + "from usage_reported where \(within)")
        if let row = without.first, row.integer(0) > 0 {
            let cost = ReportValue.amountOrNone(row.optionalPicoUSD(2))
            found[.noTrace] = [.none, .count(row.integer(0)), .count(row.integer(1)), cost, .none, .none, .none]
        }
        if let row = without.first, row.integer(3) > 0 {
            let rows = try runner.rows(
                "select \(Self.verdict), count(*), sum(records), sum(largest), sum(told_cost), sum(calls), sum(used), sum(cost) "
                    + "from (\(traces)) as traces group by 1")
            for row in rows {
                guard let verdict = row.text(0).flatMap(Verdict.init(rawValue:)) else {
                    preconditionFailure("a verdict of ours")
                }
                found[verdict] = [
                    .count(row.integer(1)), .count(row.integer(2)), .count(row.integer(3)),
                    .amountOrNone(row.optionalPicoUSD(4)),
                    .count(row.integer(5)), .count(row.integer(6)), .amountOrNone(row.optionalPicoUSD(7)),
                ]
            }
        }
        return ReportSection(
            name: "rollups", title: "What agents and wrappers say was used, beside the calls of their traces",
            columns: [
                ReportColumn("verdict", "verdict"), ReportColumn("traces", "traces"),
                ReportColumn("records", "records"),
                ReportColumn("told_tokens", "told tokens"), ReportColumn("told_cost_usd", "told cost"),
                ReportColumn("calls", "calls"),
                ReportColumn("tokens", "their tokens"), ReportColumn("cost_low_usd", "their cost at least"),
            ],
            rows: Verdict.allCases.compactMap { verdict in found[verdict].map { [.text(verdict.rawValue)] + $0 } })
    }

    /// The traces that differ most.
    func differingTraces() throws -> ReportSection {
        let off = "case when used < largest then largest - used else used - told end"
        let hasRecords = try runner.rows(
            "select 1 from usage_reported where \(period.contains("time")) and trace_id is not null limit 1")
        let rows =
            hasRecords.isEmpty
            ? []
            : try runner.rows(
                "select trace_id, conversation_id, verdict, largest, told_cost, calls, used, cost from ("
                    + "select trace_id, conversation_id, \(Self.verdict) as verdict, \(off) as off, largest, told_cost, calls, used, cost "
                    + "from (\(traces)) as traces) as judged where verdict <> '\(Verdict.agree.rawValue)' "
                    + "order by off desc, trace_id limit \(Self.listed)")
        return ReportSection(
            name: "differing_traces", title: "Traces that differ most from what was said of them",
            columns: [
                ReportColumn("trace_id", "trace"), ReportColumn("conversation_id", "conversation"),
                ReportColumn("verdict", "verdict"),
                ReportColumn("told_tokens", "told tokens"), ReportColumn("told_cost_usd", "told cost"),
                ReportColumn("calls", "calls"),
                ReportColumn("tokens", "their tokens"), ReportColumn("cost_low_usd", "their cost at least"),
            ],
            rows: rows.map { row in
                [
                    .optional(row.text(0)), .optional(row.text(1)), .optional(row.text(2)), .count(row.integer(3)),
                    .amountOrNone(row.optionalPicoUSD(4)), .count(row.integer(5)), .count(row.integer(6)),
                    .amountOrNone(row.optionalPicoUSD(7)),
                ]
            })
    }

    static let definitions = [
        ReportDefinition(
            "rollups",
            "usage.reported, a check that is never added; told: the largest record of each trace. Calls of a trace agree when they use as "
                + "much as the largest record at least and as all records together at most"),
        ReportDefinition(
            "no call told", "usage was said of a trace in which no model call was told: it is in no figure above"),
    ]
}
