import Columnar
import Domain

// A conversation and its turns are a pure function of its events, sorted by (time, position): however the events came, whatever was
// sealed between them, the same rows come out. So the rows are recomputed whole whenever an event touches the conversation.

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
}

/// What the fold reads of one event.
struct FoldEvent {
    var meaning: FoldTypes.Meaning = .other
    var time: Int64 = 0
    var turn: Int64?
    var isAgentOrUser = true
    var hasError = false
    var isAnswerCall = true
    var isHit = false
    var by: Range<Int>?
    var certainty: Range<Int>?
    var reason: Range<Int>?
    var topic: Range<Int>?
    var score: Int64?
}

/// Folds the events of one conversation and appends its rows to the builders of `turns` and `conversations`.
package struct ConversationFold: Sendable {
    let columns: FoldColumns
    private var turns: [TurnState] = []
    private var byNumber: [Int64: Int] = [:]
    /// Index of the event that gave each context column first; −1: none yet.
    private var contextEvents = [Int](repeating: -1, count: ReadModelColumns.context.count)
    private var contextRanges = [Range<Int>](repeating: 0..<0, count: ReadModelColumns.context.count)
    private var tokens = [Int64](repeating: 0, count: ReadModelColumns.tokens.count)
    private var eventTokens = [Int64](repeating: 0, count: ReadModelColumns.tokens.count)

    package init(columns: FoldColumns) { self.columns = columns }

    /// - Parameters:
    ///   - events: of one conversation, ascending by (time, position).
    ///   - costs: what `EventReference.cost` points into.
    /// - Complexity: O(bytes of the events).
    package mutating func fold(
        _ events: [EventReference], buffers: [[UInt8]], costs: [CallCost], into output: inout ReadModelBuilder
    ) {
        precondition(!events.isEmpty)
        reset()
        var summary = ConversationSummary()
        for (index, reference) in events.enumerated() {
            let event = read(reference, index, buffers[Int(reference.buffer)])
            summary.add(event, position: reference.position, buffer: buffers[Int(reference.buffer)])
            apply(event, index, reference.cost >= 0 ? costs[Int(reference.cost)] : nil, &summary)
        }
        attachUnnumberedAnswers(events, buffers)
        summary.tokens = tokens
        let source = FoldSource(events: events, buffers: buffers)
        for turn in turns where turn.question >= 0 || turn.answer >= 0 {
            if turn.question >= 0 { summary.turns += 1 }
            output.appendTurn(turn, source)
        }
        output.appendConversation(
            summary, source, contextEvents: contextEvents, contextRanges: contextRanges)
    }

    private mutating func reset() {
        turns.removeAll(keepingCapacity: true)
        byNumber.removeAll(keepingCapacity: true)
        for index in contextEvents.indices { contextEvents[index] = -1 }
        for index in tokens.indices { tokens[index] = 0 }
    }

    private mutating func read(_ reference: EventReference, _ index: Int, _ bytes: [UInt8]) -> FoldEvent {
        let start = Int(reference.start)
        var event = FoldEvent()
        event.meaning = columns.types.meanings[Int(EventRowCursor.type(bytes, at: start))]
        event.time = EventRowCursor.time(bytes, at: start)
        for token in eventTokens.indices { eventTokens[token] = 0 }
        var cursor = EventRowCursor(bytes, at: start)
        while cursor.advance(in: bytes) {
            let column = Int(cursor.column)
            switch (columns.roles[column], cursor.value) {
            case (.none, _): break
            case (.context, .text(let range)):
                let ordinal = Int(columns.ordinals[column])
                if contextEvents[ordinal] < 0 {
                    contextEvents[ordinal] = index
                    contextRanges[ordinal] = range
                }
            case (.tokens, .integer(let count)): eventTokens[Int(columns.ordinals[column])] = count
            case (.turn, .integer(let turn)): event.turn = turn
            case (.author, .text(let range)): event.isAgentOrUser = !isAuthoredElsewhere(bytes, range, event.meaning)
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
        return event
    }

    /// A question counts when its author is null or the user, an answer when it is null or the agent.
    private func isAuthoredElsewhere(_ bytes: [UInt8], _ range: Range<Int>, _ meaning: FoldTypes.Meaning) -> Bool {
        switch meaning {
        case .question: !equals(bytes, range, Spelling.user)
        case .answer: !equals(bytes, range, Spelling.agent)
        default: false
        }
    }

    private mutating func apply(
        _ event: FoldEvent, _ index: Int, _ cost: CallCost?, _ summary: inout ConversationSummary
    ) {
        let turn = turnIndex(event, opensTurn: event.meaning == .question && event.isAgentOrUser)
        switch event.meaning {
        case .question where event.isAgentOrUser:
            if let turn, turns[turn].question < 0 { turns[turn].question = index }
        case .answer where event.isAgentOrUser:
            if let turn, event.turn != nil, turns[turn].answer < 0 { turns[turn].answer = index }
            summary.answers += 1
            if event.hasError { summary.errors += 1 }
        case .modelCall, .embeddingCall:
            for token in tokens.indices { tokens[token] &+= eventTokens[token] }
            if let cost { summary.cost.add(cost) }
            guard let turn else { return }
            for token in tokens.indices { turns[turn].tokens[token] &+= eventTokens[token] }
            if let cost { turns[turn].cost.add(cost) }
            if event.meaning == .modelCall {
                turns[turn].modelCalls += 1
                if event.isAnswerCall { turns[turn].call = index }
            }
        case .toolCall: if let turn { turns[turn].toolCalls += 1 }
        case .retrieval: if let turn { turns[turn].retrievals += 1 }
        case .cacheLookup: if let turn, event.isHit { turns[turn].cacheHits += 1 }
        case .escalationRaised: if let turn { turns[turn].isEscalated = true }
        default: break
        }
    }

    /// The turn an event belongs to: by its number; without one, the latest unnumbered question before it.
    private mutating func turnIndex(_ event: FoldEvent, opensTurn: Bool) -> Int? {
        if let number = event.turn {
            if let found = byNumber[number] { return found }
            byNumber[number] = turns.count
            turns.append(TurnState(number: number))
            return turns.count - 1
        }
        if opensTurn {
            turns.append(TurnState(number: nil))
            return turns.count - 1
        }
        return turns.lastIndex { $0.number == nil }
    }

    /// Where turns are not numbered, a question's answer is the first answer after it that is not numbered either.
    private mutating func attachUnnumberedAnswers(_ events: [EventReference], _ buffers: [[UInt8]]) {
        guard turns.contains(where: { $0.number == nil }) else { return }
        var next = -1
        var following = [Int](repeating: -1, count: events.count)
        for index in events.indices.reversed() {
            following[index] = next
            let event = readHeader(events[index], buffers)
            if event.meaning == .answer, event.isAgentOrUser, event.turn == nil { next = index }
        }
        for turn in turns.indices where turns[turn].number == nil && turns[turn].question >= 0 {
            turns[turn].answer = following[turns[turn].question]
        }
    }

    private func readHeader(_ reference: EventReference, _ buffers: [[UInt8]]) -> FoldEvent {
        let bytes = buffers[Int(reference.buffer)]
        var event = FoldEvent()
        event.meaning = columns.types.meanings[Int(EventRowCursor.type(bytes, at: Int(reference.start)))]
        var cursor = EventRowCursor(bytes, at: Int(reference.start))
        while cursor.advance(in: bytes) {
            switch (columns.roles[Int(cursor.column)], cursor.value) {
            case (.turn, .integer(let turn)): event.turn = turn
            case (.author, .text(let range)): event.isAgentOrUser = !isAuthoredElsewhere(bytes, range, event.meaning)
            default: break
            }
        }
        return event
    }
}
