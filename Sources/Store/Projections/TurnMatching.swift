import Bytes
import Hashing

/// Finds the turn of each event of a conversation: a pure function of the sorted events, whatever came first.
///
/// - A question with a number opens the turn of that number; one without opens a turn of its own, unless its trace is
///   that of a question with a number, of which it is a repeat by another sender.
/// - An event with a number belongs to the turn of that number. Where no question of the conversation has one, it
///   belongs to the turn of its trace, else to the question that has the number when they are counted in order: from 0
///   where some event says 0, else from 1.
/// - An event without a number belongs to the turn of its trace (of several, to the last question before it), else to
///   the last question before it.
/// - A turn's answer is the first that says its number, else the first of its trace, else, where the question has no
///   number, the first after it that has no number either and that no trace gives to another turn.
struct TurnMatching: Sendable {
    /// In the order in which their first events come.
    var turns: [TurnState] = []
    /// By event: index of its turn; −1 for none.
    private(set) var turnOf: [Int] = []
    private var byNumber = TurnNumbers()
    /// Turns of questions without a number, in order.
    private var unnumbered: [Int] = []
    /// Turns that have a question in the trace, in the order of their questions.
    private var byTrace: [Hash128: TraceTurns] = [:]
    private var hasNumberedQuestions = false
    private var firstNumber: Int64 = 1
    /// Questions without a number that came before all these events and are not among them.
    private var questionsBefore: Int64 = 0

    /// Reads the trace of an event; nil for one without.
    typealias Traces = (_ index: Int) -> Hash128?

    /// - Complexity: O(events).
    mutating func match(_ events: [FoldEvent], _ source: FoldSource) {
        match(events) { index in
            events[index].trace.map { xxh3Wide(source.buffers[Int(source.events[index].buffer)][$0]) }
        }
    }

    /// - Parameter questionsBefore: questions without a number that came before all these events and are not among
    ///   them.
    mutating func match(_ events: [FoldEvent], questionsBefore: Int64 = 0, _ source: @escaping Traces) {
        assert(questionsBefore >= 0, "a number of questions")
        self.questionsBefore = questionsBefore
        turns.removeAll(keepingCapacity: true)
        byNumber.removeAll()
        unnumbered.removeAll(keepingCapacity: true)
        byTrace.removeAll(keepingCapacity: true)
        turnOf.removeAll(keepingCapacity: true)
        turnOf.append(contentsOf: repeatElement(-1, count: events.count))
        hasNumberedQuestions = events.contains { $0.isQuestion && $0.turn != nil }
        firstNumber = events.contains { $0.turn == 0 } ? 0 : 1
        let needsTraces = events.contains { $0.trace != nil && ($0.turn == nil || !hasNumberedQuestions) }
        let traces: Traces? = needsTraces ? source : nil
        openNumbered(events, traces)
        openUnnumbered(events, traces)
        var latest = -1
        for index in events.indices {
            if events[index].isQuestion {
                latest = turnOf[index]
            } else {
                turnOf[index] = turn(of: events[index], index, latest, traces)
            }
        }
        assert(turnOf.allSatisfy { $0 >= -1 && $0 < turns.count }, "an event belongs to a turn or to none")
        attachAnswers(events, traces)
    }

    private mutating func openNumbered(_ events: [FoldEvent], _ source: Traces?) {
        assert(turns.isEmpty && byTrace.isEmpty, "numbered turns come first")
        guard hasNumberedQuestions else { return }
        for index in events.indices where events[index].isQuestion {
            guard let number = events[index].turn else { continue }
            let turn = numbered(number)
            turnOf[index] = turn
            guard turns[turn].question < 0 else { continue }
            turns[turn].question = index
            if let trace = source?(index) { byTrace[trace, default: TraceTurns()].add(turn) }
        }
    }

    private mutating func openUnnumbered(_ events: [FoldEvent], _ source: Traces?) {
        for index in events.indices where events[index].isQuestion && events[index].turn == nil {
            let trace = source?(index)
            if hasNumberedQuestions, let trace, let known = byTrace[trace], turns[known.first].number != nil {
                turnOf[index] = last(of: known, upTo: index)
                continue
            }
            turnOf[index] = turns.count
            unnumbered.append(turns.count)
            if let trace { byTrace[trace, default: TraceTurns()].add(turns.count) }
            turns.append(TurnState(number: nil, question: index))
        }
    }

    private mutating func numbered(_ number: Int64) -> Int {
        if let known = byNumber[number] { return known }
        byNumber[number] = turns.count
        turns.append(TurnState(number: number))
        return turns.count - 1
    }

    /// Of some turns, the last whose question does not come after the event; the first where all do.
    /// - Complexity: O(log of the turns).
    private func last(of candidates: TraceTurns, upTo index: Int) -> Int {
        assert(candidates.first >= 0, "a trace that is known has a turn")
        let place = candidates.others.partitioningIndex { turns[$0].question > index }
        return place == 0 ? candidates.first : candidates.others[place - 1]
    }

    private func turn(ofTrace index: Int, _ source: Traces?) -> Int? {
        source?(index).flatMap { byTrace[$0] }.map { last(of: $0, upTo: index) }
    }

    private mutating func turn(of event: FoldEvent, _ index: Int, _ latest: Int, _ source: Traces?) -> Int {
        guard let number = event.turn else { return turn(ofTrace: index, source) ?? latest }
        if !hasNumberedQuestions, !unnumbered.isEmpty {
            if let turn = turn(ofTrace: index, source) { return turn }
            let (place, isBeyond) = number.subtractingReportingOverflow(firstNumber + questionsBefore)
            if !isBeyond, place >= 0, place < unnumbered.count { return unnumbered[Int(place)] }
        }
        return numbered(number)
    }

    private mutating func attachAnswers(_ events: [FoldEvent], _ source: Traces?) {
        var isClaimed = [Bool](repeating: false, count: events.count)
        for index in events.indices where events[index].isAnswer {
            let turn = turnOf[index]
            if events[index].turn != nil, turn >= 0, turns[turn].answer < 0 { turns[turn].answer = index }
        }
        for index in events.indices where events[index].isAnswer && events[index].turn == nil {
            guard let turn = turn(ofTrace: index, source) else { continue }
            isClaimed[index] = true
            if turns[turn].answer < 0 { turns[turn].answer = index }
        }
        guard unnumbered.contains(where: { turns[$0].answer < 0 }) else { return }
        var next = -1
        for index in events.indices.reversed() {
            let event = events[index]
            if event.isAnswer, event.turn == nil, !isClaimed[index] { next = index }
            guard event.isQuestion, event.turn == nil else { continue }
            let turn = turnOf[index]
            if turns[turn].number == nil, turns[turn].answer < 0 { turns[turn].answer = next }
        }
    }
}

/// Turns by their numbers. Nearly all are small and are places of a list; only the others are hashed.
private struct TurnNumbers: Sendable {
    private static let listedCount = 64
    /// By number; −1 for none.
    private var listed = [Int](repeating: -1, count: listedCount)
    private var others: [Int64: Int] = [:]

    subscript(number: Int64) -> Int? {
        get {
            guard number >= 0, number < Int64(Self.listedCount) else { return others[number] }
            let turn = listed[Int(number)]
            return turn < 0 ? nil : turn
        }
        set {
            if number >= 0, number < Int64(Self.listedCount) {
                listed[Int(number)] = newValue ?? -1
            } else {
                others[number] = newValue
            }
        }
    }

    mutating func removeAll() {
        for number in listed.indices { listed[number] = -1 }
        if !others.isEmpty { others.removeAll(keepingCapacity: true) }
    }
}

/// The turns that have a question in one trace, in the order of their questions: mostly one.
private struct TraceTurns: Sendable {
    private(set) var first = -1
    private(set) var others: [Int] = []

    mutating func add(_ turn: Int) { if first < 0 { first = turn } else { others.append(turn) } }
}
