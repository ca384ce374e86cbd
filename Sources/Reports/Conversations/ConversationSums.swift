import Bytes
import Columnar
import Domain
import JSONTexts
import Plans

/// What all events of a conversation add up to, however many of them are told one by one.
struct ConversationSums {
    private static let tokens = [
        "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
        "reasoning_tokens",
    ]

    /// ns since 1970 UTC; nil where there is no event.
    private(set) var firstTime: Int64?
    private(set) var firstReceived: Int64?
    private(set) var lastReceived: Int64?
    private var events: Int128 = 0
    private var errors: Int128 = 0
    /// Of the model and embedding calls.
    private var failedCalls: Int128 = 0
    private var failedTools: Int128 = 0
    private var calls: Int128 = 0
    private var unpriced: Int128 = 0
    private var partly: Int128 = 0
    /// Calls of which nobody knows what they cost at most.
    private var unbounded: Int128 = 0
    /// Pico-USD, as what tools cost.
    private var low: Int128 = 0
    private var high: Int128 = 0
    private var toolCalls: Int128 = 0
    private var toolCost: Int128 = 0
    /// Of calls, by class, as in ``tokens``.
    private var used = [Int128](repeating: 0, count: ConversationSums.tokens.count)

    /// Adds up what was read anyway.
    /// - Parameters:
    ///   - events: all of the conversation, with what is added up among their columns.
    ///   - look: is asked now and then, and ends it by throwing.
    init(of events: ResultSet, look: () throws(QueryError) -> Void) throws(QueryError) {
        for chunk in events.chunks {
            let rows = Rows(events.columns, chunk)
            for row in 0..<chunk.rowCount {
                if row & 1023 == 0 { try look() }
                add(rows, row)
            }
        }
    }

    /// Asks, for more events than are read one by one.
    /// - Parameter events: the condition in SQL that a row of `events` is of the conversation.
    init(runner: ReportRunner, events: String) throws {
        let isCall = "price_state is not null"
        let tokens = Self.tokens.map { "sum(\($0)) filter (where \(isCall))" }.joined(separator: ", ")
        let rows = try runner.rows(
            "select count(*), min(time), min(received_time), max(received_time), "
                + "count(*) filter (where \(isCall)), count(*) filter (where price_state = 'unpriced'), "
                + "count(*) filter (where price_state = 'partly'), sum(cost_low_usd), sum(cost_high_usd), "
                + "count(*) filter (where \(isCall) and cost_high_usd is null), "
                + "count(*) filter (where status = 'error'), count(*) filter (where type = 'tool.call'), "
                + "count(*) filter (where \(isCall) and status = 'error'), "
                + "count(*) filter (where type = 'tool.call' and status = 'error'), "
                + "sum(cost_usd) filter (where type = 'tool.call'), \(tokens) from events where \(events)")
        guard let row = rows.first else { return }
        self.events = row.integer(0)
        (firstTime, firstReceived, lastReceived) = (row.time(1), row.time(2), row.time(3))
        (calls, unpriced, partly) = (row.integer(4), row.integer(5), row.integer(6))
        (low, high, unbounded) = (row.picoUSD(7), row.picoUSD(8), row.integer(9))
        (errors, toolCalls, failedCalls) = (row.integer(10), row.integer(11), row.integer(12))
        (failedTools, toolCost) = (row.integer(13), row.picoUSD(14))
        used = Self.tokens.indices.map { row.integer(15 + $0) }
    }

    /// What one event adds. No sum of so few values of 64 bits leaves 128.
    private mutating func add(_ rows: Rows, _ row: Int) {
        events += 1
        if let time = rows.time?.scalar(at: row).instant { firstTime = min(firstTime ?? time, time) }
        if let time = rows.received?.scalar(at: row).instant {
            firstReceived = min(firstReceived ?? time, time)
            lastReceived = max(lastReceived ?? time, time)
        }
        let isFailed = rows.errors.has(row)
        if isFailed { errors += 1 }
        if rows.tools.has(row) {
            toolCalls += 1
            if isFailed { failedTools += 1 }
            toolCost += rows.cost?.scalar(at: row).picoUSD ?? 0
        }
        low += rows.low?.scalar(at: row).picoUSD ?? 0
        let most = rows.high?.scalar(at: row).picoUSD
        high += most ?? 0
        guard rows.states.hasAny(row) else { return }
        calls += 1
        if isFailed { failedCalls += 1 }
        if most == nil { unbounded += 1 }
        if rows.unpriced.has(row) { unpriced += 1 }
        if rows.partly.has(row) { partly += 1 }
        for (place, tokens) in rows.tokens.enumerated() { used[place] += tokens?.scalar(at: row).wholeNumber ?? 0 }
    }

    /// How long it was, ns: from its first event to the last thing that somebody did, or to its last event where nobody
    /// did anything.
    /// - Parameter row: of `conversations`, nulls left out.
    static func duration(_ row: [ConversationField]) -> Int64 {
        guard let start = row.time("start_time"), let end = row.time("last_activity_time") ?? row.time("last_time")
        else { return 0 }
        return end.saturatingSubtract(start)
    }

    /// - Parameters:
    ///   - loaded: so many events are told one by one.
    ///   - turns: so many turns are, of how many there are.
    ///   - duration: see ``duration(_:)``.
    func write(loaded: Int, turns: (told: Int, all: Int64), duration: Int64, to json: inout JSONWriter) {
        json.beginObject()
        json.member("events", exact: events)
        json.member("events_not_loaded", exact: max(0, events - Int128(loaded)))
        json.member("turns", exact: turns.all)
        json.member("turns_not_loaded", exact: max(0, turns.all - Int64(turns.told)))
        json.member("duration_ns", exact: duration)
        json.member("errors", exact: errors)
        json.member("calls", exact: calls)
        json.member("failed_calls", exact: failedCalls)
        json.member("calls_unpriced", exact: unpriced)
        json.member("calls_partly_priced", exact: partly)
        // Exact only where every call is: else what is known is the least.
        if unpriced == 0, partly == 0 { json.member("cost_usd", DecimalText.renderUSD(low)) }
        json.member("cost_low_usd", DecimalText.renderUSD(low))
        if unbounded == 0 { json.member("cost_high_usd", DecimalText.renderUSD(high)) }
        for (name, count) in zip(Self.tokens, used) { json.member(name, exact: count) }
        json.member("tool_calls", exact: toolCalls)
        json.member("failed_tool_calls", exact: failedTools)
        json.member("tool_cost_usd", DecimalText.renderUSD(toolCost))
        json.endObject()
    }

    /// Columns of a chunk that are added up; nil: the table has no such column.
    private struct Rows {
        let time, received, cost, low, high: Vector?
        let tokens: [Vector?]
        let states, unpriced, partly, errors, tools: RowsWithText

        init(_ columns: [TableColumn], _ chunk: Chunk) {
            func column(_ name: String) -> Vector? {
                columns.firstIndex { $0.name.hasSameBytes(as: name) }.map { chunk.columns[$0] }
            }
            (time, received) = (column("time"), column("received_time"))
            (cost, low, high) = (column("cost_usd"), column("cost_low_usd"), column("cost_high_usd"))
            tokens = ConversationSums.tokens.map(column)
            let state = column("price_state")
            (states, unpriced) = (RowsWithText(state, ""), RowsWithText(state, "unpriced"))
            partly = RowsWithText(state, "partly")
            errors = RowsWithText(column("status"), "error")
            tools = RowsWithText(column("type"), "tool.call")
        }
    }
}

/// Which rows of a column have a text: looked up once for each text of its dictionary, so that no row makes one.
private struct RowsWithText {
    private let column: Vector?
    private let text: String
    /// By code.
    private let isMeant: [Bool]

    /// - Parameter column: nil: no row has one.
    init(_ column: Vector?, _ text: String) {
        (self.column, self.text) = (column, text)
        guard case .text(_, let dictionary)? = column?.storage else {
            isMeant = []
            return
        }
        isMeant = (0..<dictionary.count).map { dictionary[$0].hasSameBytes(as: text) }
    }

    /// Whether a row has any text.
    func hasAny(_ row: Int) -> Bool {
        guard let column else { return false }
        if case .text = column.storage { return column.validity?[row] ?? true }
        return !column.scalar(at: row).isNull
    }

    /// Whether a row has that one.
    func has(_ row: Int) -> Bool {
        guard let column else { return false }
        if case .text(let codes, _) = column.storage {
            return column.validity?[row] ?? true && isMeant[Int(codes[row])]
        }
        guard case .text(let text) = column.scalar(at: row) else { return false }
        return text.hasSameBytes(as: self.text)
    }
}

extension Scalar {
    /// ns since 1970 UTC; nil for what is no instant.
    fileprivate var instant: Int64? { if case .timestamptz(let time) = self { time } else { nil } }
    /// nil for what is no whole number.
    fileprivate var wholeNumber: Int128? { if case .integer(let number) = self { Int128(number) } else { nil } }
    /// nil for what is no money.
    fileprivate var picoUSD: Int128? {
        guard case .numeric(let mantissa, let scale) = self else { return nil }
        assert(scale == DecimalText.usdScale, "money has twelve decimals")
        return mantissa
    }
}
