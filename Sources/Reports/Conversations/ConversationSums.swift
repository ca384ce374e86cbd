import Bytes
import Columnar
import Domain
import JSONTexts

/// What all events of a conversation add up to, however many of them are told one by one.
struct ConversationSums {
    private static let tokens = [
        "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
        "reasoning_tokens",
    ]

    private let row: ReportRow
    private let turns: Int64

    /// - Parameter whole: the condition in SQL that a row is of the conversation.
    init(runner: ReportRunner, whole: String) throws {
        let isCall = "price_state is not null"
        let tokens = Self.tokens.map { "sum(\($0)) filter (where \(isCall))" }.joined(separator: ", ")
        let rows = try runner.rows(
            "select count(*), min(time), min(received_time), max(received_time), "
                + "count(*) filter (where \(isCall)), count(*) filter (where price_state = 'unpriced'), "
                + "count(*) filter (where price_state = 'partly'), sum(cost_low_usd), sum(cost_high_usd), "
                + "count(*) filter (where \(isCall) and cost_high_usd is null), "
                + "count(*) filter (where status = 'error'), count(*) filter (where type = 'tool.call'), "
                + "sum(cost_usd) filter (where type = 'tool.call'), \(tokens) from events where \(whole)")
        row = rows.first ?? ReportRow(values: Array(repeating: .null, count: 13 + Self.tokens.count))
        turns = Int64(clamping: try runner.rows("select count(*) from turns where \(whole)").first?.integer(0) ?? 0)
    }

    /// How long it was, ns: from its first event to the last thing that somebody did, or to its last event where nobody
    /// did anything.
    /// - Parameter row: of `conversations`, nulls left out.
    static func duration(_ row: [ConversationField]) -> Int64 {
        func time(_ name: String) -> Int64? {
            if case .timestamptz(let time)? = row.first(where: { $0.name == name })?.value { time } else { nil }
        }
        guard let start = time("start_time"), let end = time("last_activity_time") ?? time("last_time") else {
            return 0
        }
        return end.saturatingSubtract(start)
    }

    /// ns since 1970 UTC; nil where there is no event.
    var firstTime: Int64? { row.time(1) }
    var firstReceived: Int64? { row.time(2) }
    var lastReceived: Int64? { row.time(3) }

    /// - Parameters:
    ///   - loaded: so many events are told one by one.
    ///   - turns: so many turns are.
    ///   - duration: see ``duration(_:)``.
    func write(loaded: Int, turns: Int, duration: Int64, to json: inout JSONWriter) {
        let (events, calls, unpriced, partly) = (row.integer(0), row.integer(4), row.integer(5), row.integer(6))
        json.beginObject()
        json.member("events", exact: events)
        json.member("events_not_loaded", exact: max(0, events - Int128(loaded)))
        json.member("turns", exact: self.turns)
        json.member("turns_not_loaded", exact: max(0, self.turns - Int64(turns)))
        json.member("duration_ns", exact: duration)
        json.member("errors", exact: row.integer(10))
        json.member("calls", exact: calls)
        json.member("calls_unpriced", exact: unpriced)
        json.member("calls_partly_priced", exact: partly)
        let low = row.picoUSD(7)
        // Exact only where every call is: else what is known is the least.
        if unpriced == 0, partly == 0 { json.member("cost_usd", DecimalText.renderUSD(low)) }
        json.member("cost_low_usd", DecimalText.renderUSD(low))
        if row.integer(9) == 0 { json.member("cost_high_usd", DecimalText.renderUSD(row.picoUSD(8))) }
        for (index, name) in Self.tokens.enumerated() { json.member(name, exact: row.integer(13 + index)) }
        json.member("tool_calls", exact: row.integer(11))
        json.member("tool_cost_usd", DecimalText.renderUSD(row.picoUSD(12)))
        json.endObject()
    }
}
