import Columnar
import Shipping
import Synchronization

/// A store in memory as it is shipped from: calls and uses of tools, what conversations and hours make of them, and
/// notes of what changed.
final class ShippedWorld: ShippingSource {
    struct Event: Hashable {
        var position: Int64
        var isCall = true
        var tenant = "acme"
        var conversation: String?
        var trace: String
        var provider = "openai"
        /// ns since 1970 UTC.
        var time: Int64
        var cost: Int64
        /// When it was received; nil: as if at its position.
        var received: Int64?
    }

    struct State {
        var events: [Event] = []
        var changes: [ShippingChange] = []
        /// Conversations whose last event is before it are closed.
        var silentUntil: Int64 = 1
        var failures = 0
    }

    let name: String
    let state: Mutex<State>

    init(name: String = "a1", _ state: State = State()) {
        self.name = name
        self.state = Mutex(state)
    }

    /// The most rows that one answer had which has all columns.
    let largestAnswer = LargestAnswer()

    func pinned() throws -> any ShippingView {
        ShippedMoment(state: state.withLock { $0 }, largest: largestAnswer)
    }

    static let hour: Int64 = 3_600_000_000_000
    private static let envelope = [
        TableColumn(name: "position", type: .integer), TableColumn(name: "time", type: .timestamptz),
        TableColumn(name: "received_time", type: .timestamptz), TableColumn(name: "tenant", type: .text),
        TableColumn(name: "conversation_id", type: .text), TableColumn(name: "trace_id", type: .text),
    ]
    static let calls = ShippedTable(
        name: "llm_call", kind: .events,
        columns: envelope + [
            TableColumn(name: "provider", type: .text), TableColumn(name: "price_state", type: .text),
            TableColumn(name: "cost_usd", type: .numeric(scale: 12)),
        ])
    static let tools = ShippedTable(name: "tool_call", kind: .events, columns: envelope)
    static let turns = ShippedTable(
        name: "turns", kind: .turns,
        columns: [
            TableColumn(name: "conversation_id", type: .text), TableColumn(name: "tenant", type: .text),
            TableColumn(name: "asked_time", type: .timestamptz),
            TableColumn(name: "cost_usd", type: .numeric(scale: 12)),
        ])
    static let conversations = ShippedTable(
        name: "conversations", kind: .conversations,
        columns: [
            TableColumn(name: "conversation_id", type: .text), TableColumn(name: "tenant", type: .text),
            TableColumn(name: "start_time", type: .timestamptz), TableColumn(name: "closed_time", type: .timestamptz),
            TableColumn(name: "cost_usd", type: .numeric(scale: 12)),
        ])
    static let hours = ShippedTable(
        name: "rollup_llm_call_1h", kind: .rollup(dimensions: 1, grainNanoseconds: hour),
        columns: [
            TableColumn(name: "time", type: .timestamptz), TableColumn(name: "provider", type: .text),
            TableColumn(name: "events", type: .integer), TableColumn(name: "cost_usd_sum", type: .numeric(scale: 12)),
        ])
    static let tables = [calls, tools, turns, conversations, hours]
}

/// The most of what it was told.
final class LargestAnswer: Sendable {
    private let rows = Mutex(0)

    var value: Int { rows.withLock { $0 } }
    func note(_ count: Int) { rows.withLock { $0 = max($0, count) } }
}

/// The same at one moment.
struct ShippedMoment: ShippingView {
    var state: ShippedWorld.State
    var largest: LargestAnswer?

    var position: Int64 { Int64(state.events.count) }
    var receivedTime: Int64 { position }
    var silentUntil: Int64 { state.silentUntil }
    var hasDropped: Bool { false }
    var tables: [ShippedTable] { ShippedWorld.tables }

    func silent(until time: Int64) -> any ShippingView {
        var moment = self
        moment.state.silentUntil = time
        return moment
    }

    func changes(from position: Int64) -> [ShippingChange] { state.changes.filter { $0.position >= position } }

    func rows(_ request: ShippingRequest) throws -> [Chunk] {
        let rows = all(request.table).filter { row in
            request.conditions.allSatisfy { Self.holds($0.comparison, row[$0.column.name] ?? .null) }
        }
        if request.columns.count > 3 { largest?.note(rows.count) }
        if rows.isEmpty { return [] }
        let columns = request.columns.map { column in
            Vector(
                type: column.type, count: rows.count, storage: .scalars(rows.map { $0[column.name] ?? .null }))
        }
        return [Chunk(columns: columns, rowCount: rows.count)]
    }

    /// All rows of a table, by names of columns.
    func all(_ table: String) -> [[String: Scalar]] {
        switch table {
        case "llm_call": state.events.filter(\.isCall).map(row)
        case "tool_call", "events": state.events.filter { table == "events" || !$0.isCall }.map(row)
        case "turns": groups { "\($0.tenant)/\($0.conversation ?? "")" }.flatMap { $0.filter(\.isCall) }.map(turn)
        case "conversations": groups { "\($0.tenant)/\($0.conversation ?? "")" }.map(conversation)
        case "rollup_llm_call_1h": hours
        default: []
        }
    }

    private func row(_ event: ShippedWorld.Event) -> [String: Scalar] {
        var row: [String: Scalar] = [
            "position": .integer(event.position), "time": .timestamptz(event.time),
            "received_time": .timestamptz(event.received ?? event.position), "tenant": .text(event.tenant),
            "conversation_id": event.conversation.map { .text($0) } ?? .null, "trace_id": .text(event.trace),
        ]
        if event.isCall {
            row["provider"] = .text(event.provider)
            row["price_state"] = .text("priced")
            row["cost_usd"] = .numeric(Int128(event.cost), scale: 12)
        }
        return row
    }

    private func groups(_ key: (ShippedWorld.Event) -> String) -> [[ShippedWorld.Event]] {
        Dictionary(grouping: state.events.filter { $0.conversation != nil }, by: key).sorted { $0.key < $1.key }
            .map(\.value)
    }

    private func turn(_ event: ShippedWorld.Event) -> [String: Scalar] {
        [
            "conversation_id": event.conversation.map { .text($0) } ?? .null, "tenant": .text(event.tenant),
            "asked_time": .timestamptz(event.time), "cost_usd": .numeric(Int128(event.cost), scale: 12),
        ]
    }

    private func conversation(_ events: [ShippedWorld.Event]) -> [String: Scalar] {
        let last = events.map(\.time).max() ?? 0
        return [
            "conversation_id": events[0].conversation.map { .text($0) } ?? .null, "tenant": .text(events[0].tenant),
            "start_time": .timestamptz(events.map(\.time).min() ?? 0),
            "closed_time": last <= state.silentUntil ? .timestamptz(last) : .null,
            "cost_usd": .numeric(events.reduce(0) { $0 + ($1.isCall ? Int128($1.cost) : 0) }, scale: 12),
        ]
    }

    private var hours: [[String: Scalar]] {
        let calls = state.events.filter(\.isCall)
        let grouped = Dictionary(grouping: calls) { "\($0.time / ShippedWorld.hour) \($0.provider)" }
        return grouped.sorted { $0.key < $1.key }.map { _, members in
            [
                "time": .timestamptz(members[0].time / ShippedWorld.hour * ShippedWorld.hour),
                "provider": .text(members[0].provider), "events": .integer(Int64(members.count)),
                "cost_usd_sum": .numeric(members.reduce(0) { $0 + Int128($1.cost) }, scale: 12),
            ]
        }
    }

    private static func holds(_ comparison: ColumnPredicate.Comparison, _ value: Scalar) -> Bool {
        switch comparison {
        case .equal(let other): value == other
        case .oneOf(let others): others.contains(value)
        case .greater(let other): Scalar.order(value, other) == .greater
        case .greaterOrEqual(let other): Scalar.order(value, other).map { $0 != .less } ?? false
        case .lessOrEqual(let other): Scalar.order(value, other).map { $0 != .greater } ?? false
        case .less(let other): Scalar.order(value, other) == .less
        case .isNull: value.isNull
        default: false
        }
    }
}
