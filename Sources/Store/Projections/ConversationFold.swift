import Bytes
import Columnar
import Domain

// A conversation and its turns are a pure function of its events, sorted by `EventOrder`: however the events came,
// whatever was sealed between them, the same rows come out. So the rows are recomputed whole whenever an event touches
// the conversation.

/// One turn while its conversation is folded. References are indices into the sorted events; −1 is none.
struct TurnState {
    var number: Int64?
    var question = -1
    var answer = -1
    /// The last model call whose purpose is the answer.
    var call = -1
    /// By class, as in `ReadModelColumns.tokens`; in the value itself, because turns are many.
    var tokens = InlineArray<6, Int64>(repeating: 0)
    var cost = CostSum()
    var modelCalls = 0
    var toolCalls = 0
    var retrievals = 0
    var cacheHits = 0
    var isEscalated = false
    /// The last rating.
    var score: Int64?
}

/// Where a text stands in a buffer, or that there is none, in one word: many events are gone through, each with
/// several.
@propertyWrapper struct PackedRange: Sendable {
    private var word: UInt64

    init(wrappedValue: Range<Int>?) { word = Self.word(wrappedValue) }

    var wrappedValue: Range<Int>? {
        get {
            if word == .max { return nil }
            let start = Int(truncatingIfNeeded: word &>> 32)
            return start..<start &+ Int(UInt32(truncatingIfNeeded: word))
        }
        set { word = Self.word(newValue) }
    }

    private static func word(_ range: Range<Int>?) -> UInt64 {
        guard let range else { return .max }
        assert(range.upperBound <= Int(UInt32.max), "buffers are shorter")
        return UInt64(truncatingIfNeeded: range.lowerBound) &<< 32 | UInt64(UInt32(truncatingIfNeeded: range.count))
    }
}

/// What the fold reads of one event.
struct FoldEvent {
    var meaning: FoldTypes.Meaning = .other
    var time: Int64 = 0
    var turn: Int64?
    @PackedRange var trace: Range<Int>? = nil
    /// What ``QuestionRule`` says of a message; true for all that is none.
    var isAgentOrUser = true
    /// Sent by a program that is neither agent nor person.
    var isFromSystem = false
    var hasError = false
    var isAnswerCall = true
    var isHit = false
    @PackedRange var by: Range<Int>? = nil
    @PackedRange var certainty: Range<Int>? = nil
    @PackedRange var reason: Range<Int>? = nil
    @PackedRange var topic: Range<Int>? = nil
    var score: Int64?
    var tokens = InlineArray<6, Int64>(repeating: 0)

    var isQuestion: Bool { meaning == .question && isAgentOrUser }
    var isAnswer: Bool { meaning == .answer && isAgentOrUser }
    /// Whether a person or an agent did something: what ends a silence.
    var isActivity: Bool {
        switch meaning {
        case .question, .answer: !isFromSystem
        case .modelCall: isAnswerCall
        default: meaning.isActivity
        }
    }
    mutating func setAuthor(_ bytes: [UInt8], _ range: Range<Int>) {
        switch meaning {
        case .question: isAgentOrUser = QuestionRule.question.holds(author: range, in: bytes)
        case .answer: isAgentOrUser = QuestionRule.answer.holds(author: range, in: bytes)
        default: isAgentOrUser = true
        }
        isFromSystem = QuestionRule.isFromSystem(author: range, in: bytes)
    }
    /// Whether a conversation that was closed before goes on with it.
    var isReturn: Bool { isQuestion || meaning == .started || meaning == .reopened }
}

/// Folds the events of one conversation and appends its rows to the builders of `turns` and `conversations`.
package struct ConversationFold: Sendable {
    let columns: FoldColumns
    private var events: [FoldEvent] = []
    private var matching = TurnMatching()
    /// Index of the event that gave each context column first; −1: none yet.
    private var contextEvents = [Int](repeating: -1, count: ReadModelColumns.context.count)
    private var contextRanges = [Range<Int>](repeating: 0..<0, count: ReadModelColumns.context.count)
    /// Where the first event says which conversation it is.
    private var conversation: Range<Int>?
    /// A bit for each context column that an event gave.
    private var knownContexts: UInt32 = 0
    private var tokens = [Int64](repeating: 0, count: ReadModelColumns.tokens.count)

    /// Means nothing: what was read of rows to come has to go somewhere.
    private var seen: UInt8 = 0

    /// Rows of a conversation lie far apart: so many are fetched from memory before the first of them is read.
    private static let rowsFetched = 32

    package init(columns: FoldColumns) { self.columns = columns }

    /// - Parameters:
    ///   - events: of one conversation, sorted by ``FoldColumns/sort(_:buffers:tables:)``.
    ///   - buffers: rows, and behind them the texts of each of the tables.
    ///   - costs: for each buffer, what `EventReference.cost` points into.
    ///   - tables: whose events are read there, and not as rows.
    ///   - cut: when the first and the last event of the conversation were, where these are its first ones alone. Then
    ///     a question without an answer may have one among the others, so no turn is made of it, and how the
    ///     conversation stands is not told.
    ///   - check: throws when the rows are no longer wanted; then the output is of no use.
    /// - Complexity: O(bytes of the events).
    package mutating func fold(
        _ events: [EventReference], buffers: [[UInt8]], costs: [[CallCost]], tables: [EventColumns] = [],
        cut: ClosedRange<Int64>? = nil, into output: inout ReadModelBuilder, check: () throws -> Void
    ) rethrows {
        precondition(!events.isEmpty && tables.count <= buffers.count)
        assert(
            events.allSatisfy { $0.cost < 0 || Int($0.cost) < costs[Int($0.buffer)].count },
            "costs lie beside the buffers")
        reset()
        var source = FoldSource(events: events, buffers: buffers, tables: tables)
        try read(source, check)
        assert(zip(self.events, self.events.dropFirst()).allSatisfy { $0.time <= $1.time }, "events ascend by time")
        source.conversation = conversation
        try check()
        matching.match(self.events, source)
        assert(matching.turnOf.count == events.count, "each event was given a turn or none")
        var summary = ConversationSummary()
        for (index, reference) in events.enumerated() {
            if index % FoldColumns.eventsPerLook == 0 { try check() }
            summary.add(self.events[index], place: index, buffer: Int(reference.buffer), of: buffers)
            apply(index, reference.cost >= 0 ? costs[Int(reference.buffer)][Int(reference.cost)] : nil, &summary)
        }
        summary.tokens = tokens
        if let cut {
            (summary.startTime, summary.lastTime) = (cut.lowerBound, cut.upperBound)
            summary.cutAfter = Int64(events.count)
        }
        for (index, turn) in matching.turns.enumerated()
        where turn.answer >= 0 || turn.question >= 0 && cut == nil {
            if index % FoldColumns.eventsPerLook == 0 { try check() }
            if turn.question >= 0 { summary.turns += 1 }
            output.appendTurn(turn, source)
        }
        assert(summary.errors <= summary.answers, "an answer that failed is an answer")
        assert(summary.turns <= matching.turns.count, "a turn is counted once")
        output.appendConversation(
            summary, source, contextEvents: contextEvents, contextRanges: contextRanges)
    }

    /// The same, of which nobody tires.
    package mutating func fold(
        _ events: [EventReference], buffers: [[UInt8]], costs: [[CallCost]], tables: [EventColumns] = [],
        cut: ClosedRange<Int64>? = nil, into output: inout ReadModelBuilder
    ) {
        fold(events, buffers: buffers, costs: costs, tables: tables, cut: cut, into: &output) {}
    }

    private mutating func reset() {
        events.removeAll(keepingCapacity: true)
        conversation = nil
        knownContexts = 0
        for index in contextEvents.indices { contextEvents[index] = -1 }
        for index in tokens.indices { tokens[index] = 0 }
    }

    /// Reads all events.
    private mutating func read(_ source: FoldSource, _ check: () throws -> Void) rethrows {
        let events = source.events
        var index = 0
        while index < events.count {
            // Taken hold of once for neighbours in it, since other threads read it, too.
            let buffer = events[index].buffer
            let (bytes, table) = (source.buffers[Int(buffer)], source.table(ofBuffer: buffer))
            repeat {
                if index % FoldColumns.eventsPerLook == 0 { try check() }
                if index % Self.rowsFetched == 0 {
                    fetch(events[index..<min(index + Self.rowsFetched, events.count)], source)
                }
                let start = Int(events[index].start)
                let event =
                    if let table { read(table, start, index) } else { read(EventRow(bytes, at: start), index) }
                self.events.append(event)
                index += 1
            } while index < events.count && events[index].buffer == buffer
        }
    }

    private mutating func fetch(_ events: ArraySlice<EventReference>, _ source: FoldSource) {
        var (buffer, bytes): (Int32, [UInt8]) = (-1, [])
        for event in events {
            if let table = source.table(ofBuffer: event.buffer) {
                seen &+= table.touched(Int(event.start))
                continue
            }
            if event.buffer != buffer { (buffer, bytes) = (event.buffer, source.buffers[Int(event.buffer)]) }
            seen &+= bytes.span.touched(from: Int(event.start), length: min(Int(event.byteCount), 1 << 10))
        }
    }

    private mutating func read(_ row: EventRow, _ index: Int) -> FoldEvent {
        var event = FoldEvent()
        event.meaning = columns.types.meanings[Int(row.type)]
        event.time = row.time
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) { take(Int(cursor.column), cursor.value, row.bytes, index, &event) }
        return event
    }

    /// The same of an event of columns.
    private mutating func read(_ table: EventColumns, _ place: Int, _ index: Int) -> FoldEvent {
        var event = FoldEvent()
        event.meaning = columns.types.meanings[Int(table.type)]
        event.time = table.times[place]
        var bits = table.present[place] & table.folded
        // What an event before said is not looked at again.
        if index > 0, table.contextOrdinals & ~knownContexts == 0 { bits &= ~table.settled }
        while bits != 0 {
            let (column, value) = table.next(place, &bits)
            take(column, value, table.texts, index, &event)
        }
        return event
    }

    /// Takes what one field says of its event.
    /// - Parameter bytes: among which its text lies.
    @inline(__always) private mutating func take(
        _ column: Int, _ value: EventRowCursor.Value, _ bytes: [UInt8], _ index: Int, _ event: inout FoldEvent
    ) {
        switch (columns.roles[column], value) {
        case (.none, _): break
        case (.conversation, .text(let range)): if index == 0 { conversation = range }
        case (.context, .text(let range)):
            let ordinal = Int(columns.ordinals[column])
            if contextEvents[ordinal] < 0 {
                contextEvents[ordinal] = index
                knownContexts |= 1 << UInt32(ordinal)
                contextRanges[ordinal] = range
            }
            if ordinal == columns.traceOrdinal { event.trace = range }
        case (.tokens, .integer(let count)): event.tokens[Int(columns.ordinals[column])] = count
        case (.turn, .integer(let turn)): event.turn = turn
        case (.author, .text(let range)): event.setAuthor(bytes, range)
        case (.status, .text(let range)): event.hasError = equals(bytes, range, Spelling.error)
        case (.purpose, .text(let range)): event.isAnswerCall = equals(bytes, range, Spelling.answer)
        case (.hit, .boolean(let hit)): event.isHit = hit
        case (.by, .text(let range)): event.by = range
        case (.certainty, .text(let range)): event.certainty = range
        case (.reason, .text(let range)): event.reason = range
        case (.topic, .text(let range)): event.topic = range
        case (.score, .integer(let score)): event.score = score
        default: break
        }
    }

    /// Adds an event to its conversation and to the turn it belongs to.
    private mutating func apply(_ index: Int, _ cost: CallCost?, _ summary: inout ConversationSummary) {
        let turn = matching.turnOf[index]
        let meaning = events[index].meaning
        switch meaning {
        case .answer where events[index].isAgentOrUser:
            summary.answers += 1
            if events[index].hasError { summary.errors += 1 }
        case .modelCall, .embeddingCall:
            for token in tokens.indices { tokens[token] &+= events[index].tokens[token] }
            if let cost { summary.cost.add(cost) }
            guard turn >= 0 else { return }
            for token in tokens.indices { matching.turns[turn].tokens[token] &+= events[index].tokens[token] }
            if let cost { matching.turns[turn].cost.add(cost) }
            if meaning == .modelCall {
                matching.turns[turn].modelCalls += 1
                if events[index].isAnswerCall { matching.turns[turn].call = index }
            }
        case .toolCall where turn >= 0: matching.turns[turn].toolCalls += 1
        case .retrieval where turn >= 0: matching.turns[turn].retrievals += 1
        case .cacheLookup where turn >= 0: if events[index].isHit { matching.turns[turn].cacheHits += 1 }
        case .escalationRaised where turn >= 0: matching.turns[turn].isEscalated = true
        case .feedback where turn >= 0: matching.turns[turn].score = events[index].score ?? matching.turns[turn].score
        default: break
        }
    }
}
