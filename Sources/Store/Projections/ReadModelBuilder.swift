package import Columnar
package import Domain

/// The events of the conversation being folded, for copying fields of one of them into a row.
struct FoldSource {
    var events: [EventReference]
    var buffers: [[UInt8]]

    func row(_ index: Int) -> EventRow { events[index].row(in: buffers) }

    func time(_ index: Int) -> Int64 { row(index).time }
}

/// One value of a row under construction.
enum RowSlot {
    case none
    case integer(Int64)
    case wide(Int128)
    case boolean(Bool)
    case text(buffer: Int32, Range<Int>)
    case string(String)
}

/// The values of one row under construction; most columns have none.
struct RowSlots: Sendable {
    private var slots: [RowSlot]
    /// Columns that were given a value, some perhaps twice.
    private var touched: [Int] = []

    init(count: Int) { slots = Array(repeating: .none, count: count) }

    subscript(column: Int) -> RowSlot {
        get { slots[column] }
        set {
            slots[column] = newValue
            touched.append(column)
        }
    }

    /// Hands each value out once and forgets it.
    mutating func drain(_ body: (Int, RowSlot) -> Void) {
        for column in touched {
            if case .none = slots[column] { continue }
            body(column, slots[column])
            slots[column] = .none
        }
        touched.removeAll(keepingCapacity: true)
    }
}

/// A table that grows row by row through named slots.
struct RowTable: Sendable {
    private(set) var rowCount = 0
    private var builders: [ColumnBuilder]

    init(_ columns: [TableColumn]) { builders = columns.map { ColumnBuilder(type: $0.type) } }

    mutating func append(_ row: inout RowSlots, buffers: [[UInt8]]) {
        row.drain { index, slot in
            assert(builders[index].count <= rowCount, "a row has one value in a column")
            builders[index].padNulls(to: rowCount)
            switch slot {
            case .none: break
            case .integer(let value): builders[index].append(integer: value)
            case .wide(let value): builders[index].append(wide: value)
            case .boolean(let value): builders[index].append(boolean: value)
            case .text(let buffer, let range): builders[index].append(utf8: range, of: buffers[Int(buffer)])
            case .string(let value): builders[index].append(text: value)
            }
        }
        rowCount += 1
    }

    mutating func finish() -> Chunk {
        let vectors = builders.indices.map { index in
            builders[index].padNulls(to: rowCount)
            return builders[index].finish()
        }
        return Chunk(columns: vectors, rowCount: rowCount)
    }
}

/// Grows the tables `turns` and `conversations` row by row.
package struct ReadModelBuilder: Sendable {
    private var turns = RowTable(ReadModelColumns.turns)
    private var conversations = RowTable(ReadModelColumns.conversations)
    private let places: ReadModelPlaces
    private var turnSlots = RowSlots(count: ReadModelColumns.turns.count)
    private var conversationSlots = RowSlots(count: ReadModelColumns.conversations.count)

    /// Empty tables.
    package init(registry: SchemaRegistry) { places = ReadModelPlaces(registry) }

    /// The rows so far, as one chunk each; columns as in ``ReadModelColumns``.
    package mutating func finish() -> (turns: Chunk, conversations: Chunk) { (turns.finish(), conversations.finish()) }

    mutating func appendTurn(_ turn: TurnState, _ source: FoldSource) {
        assert(turn.question >= 0 || turn.answer >= 0, "a turn was asked or answered")
        if turn.question >= 0 { copy(turn.question, places.fromQuestion, source) }
        if turn.answer >= 0 {
            turnSlots[places.turn.status] = .string("ok")
            copy(turn.answer, turn.question >= 0 ? places.fromAnswer : places.fromAnswerAlone, source)
        }
        let at = places.turn
        if turn.call >= 0 {
            copy(turn.call, places.fromCall, source)
            // Where nobody answered, the model is the one that was asked for.
            if case .none = turnSlots[at.model] { turnSlots[at.model] = turnSlots[at.requestModel] }
        }
        if let number = turn.number { turnSlots[at.turn] = .integer(number) }
        if turn.question >= 0 { turnSlots[at.askedTime] = .integer(source.time(turn.question)) }
        turnSlots[at.time] = .integer(source.time(turn.answer >= 0 ? turn.answer : turn.question))
        for index in turn.tokens.indices { turnSlots[at.tokens + index] = .integer(turn.tokens[index]) }
        Self.put(turn.cost, at: at.money, &turnSlots)
        turnSlots[at.modelCalls] = .integer(Int64(turn.modelCalls))
        turnSlots[at.toolCalls] = .integer(Int64(turn.toolCalls))
        turnSlots[at.retrievals] = .integer(Int64(turn.retrievals))
        turnSlots[at.cacheHits] = .integer(Int64(turn.cacheHits))
        turnSlots[at.escalated] = .boolean(turn.isEscalated)
        if let score = turn.score { turnSlots[at.score] = .integer(score) }
        turns.append(&turnSlots, buffers: source.buffers)
    }

    mutating func appendConversation(
        _ summary: ConversationSummary, _ source: FoldSource, contextEvents: [Int], contextRanges: [Range<Int>]
    ) {
        let at = places.conversation
        assert(!source.events.isEmpty && summary.startTime <= summary.lastTime, "a conversation has an event")
        assert(contextEvents.count == contextRanges.count, "a place for each context column")
        conversationSlots[at.conversation] = conversationID(source)
        conversationSlots[at.startTime] = .integer(summary.startTime)
        conversationSlots[at.lastTime] = .integer(summary.lastTime)
        for (index, event) in contextEvents.enumerated() where event >= 0 {
            conversationSlots[at.context + index] = .text(buffer: source.events[event].buffer, contextRanges[index])
        }
        if let kept = summary.cutAfter {
            conversationSlots[at.cutAfter] = .integer(kept)
        } else {
            appendStanding(summary)
        }
        if let topic = summary.topic { conversationSlots[at.topic] = .string(topic) }
        conversationSlots[at.turns] = .integer(summary.turns)
        conversationSlots[at.answers] = .integer(summary.answers)
        conversationSlots[at.errors] = .integer(summary.errors)
        for (index, count) in summary.tokens.enumerated() { conversationSlots[at.tokens + index] = .integer(count) }
        if summary.cutAfter == nil {
            Self.put(summary.cost, at: at.money, &conversationSlots)
        } else {
            // What the other calls cost is not known.
            conversationSlots[at.money + 1] = .wide(summary.cost.low)
        }
        conversationSlots[at.escalations] = .integer(Int64(summary.facts.escalations))
        conversationSlots[at.feedbackRequests] = .integer(summary.feedbackRequests)
        conversations.append(&conversationSlots, buffers: source.buffers)
    }

    /// What any later event may change: the last word, verdict, closing and rating. Of a conversation of which events
    /// were left out nobody knows them.
    private mutating func appendStanding(_ summary: ConversationSummary) {
        let (at, facts) = (places.conversation, summary.facts)
        if let closed = facts.standingClose {
            conversationSlots[at.closedTime] = .integer(closed.time)
            if let reason = facts.closeReason { conversationSlots[at.closedReason] = .string(reason) }
        }
        if let time = summary.lastActivityTime { conversationSlots[at.lastActivityTime] = .integer(time) }
        if let last = facts.lastWord { conversationSlots[at.lastMessage] = .string(last.rawValue) }
        conversationSlots[at.outcome] = .string(OutcomeRule.house1.outcome(of: facts, at: summary.lastTime).rawValue)
        conversationSlots[at.outcomeFin] = .string(
            OutcomeRule.intercomFin.outcome(of: facts, at: summary.lastTime).rawValue)
        if let verdict = facts.verdict, verdict.isResolved {
            conversationSlots[at.resolvedTime] = .integer(verdict.instant.time)
            conversationSlots[at.resolvedBy] = .string(verdict.by ?? "agent")
            conversationSlots[at.resolvedCertainty] = .string(verdict.certainty ?? "assumed")
        }
        conversationSlots[at.reopened] = .boolean(facts.reopenings > 0)
        if let reason = facts.escalationReason { conversationSlots[at.escalationReason] = .string(reason) }
        if let score = summary.score { conversationSlots[at.score] = .integer(score) }
        if let time = summary.ratedTime { conversationSlots[at.ratedTime] = .integer(time) }
    }

    private static func put(_ cost: CostSum, at first: Int, _ slots: inout RowSlots) {
        assert((cost.exact == nil) == (cost.state != .priced), "only what is priced is exact")
        if let exact = cost.exact { slots[first] = .wide(exact) }
        slots[first + 1] = .wide(cost.low)
        if let high = cost.high { slots[first + 2] = .wide(high) }
        slots[first + 3] = .string(cost.state.name)
    }

    private func conversationID(_ source: FoldSource) -> RowSlot {
        guard case .text(let range)? = source.row(0).value(of: places.conversationColumn) else { return .none }
        return .text(buffer: source.events[0].buffer, range)
    }

    /// Copies the fields of one event to the slots that `targets` names for their columns; −1 stays out.
    private mutating func copy(_ index: Int, _ targets: [Int], _ source: FoldSource) {
        let (row, buffer) = (source.row(index), source.events[index].buffer)
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) {
            let target = targets[Int(cursor.column)]
            guard target >= 0 else { continue }
            switch cursor.value {
            case .integer(let value): turnSlots[target] = .integer(value)
            case .boolean(let value): turnSlots[target] = .boolean(value)
            case .text(let range), .json(let range): turnSlots[target] = .text(buffer: buffer, range)
            case .double: break
            }
        }
    }
}
