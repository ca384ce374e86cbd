import Columnar
import Domain
import Projections

/// One event of a conversation, as a test tells it.
struct ReferenceEvent {
    /// Of at most eight bytes, so that it alone settles the order among events of one time and kind.
    var id: String
    var type: String
    var time: Int64
    /// Came without a time: stands where it was received, in the order of arrival.
    var isTimeAbsent = false
    var fields: [String: EventValue] = [:]
    var cost: CallCost?
}

/// The rows of a conversation as the words of the map define them: every question of it is a search through all events,
/// nothing is carried along, and no code of the fold is used.
struct ConversationReference {
    /// What a turn is known by.
    private enum Key: Hashable {
        case number(Int64)
        /// The place of a question that has no number.
        case question(Int)
    }

    static let context = ["tenant", "channel", "user_id", "agent", "experiment", "trace_id"]
    static let tokens = [
        "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
        "reasoning_tokens",
    ]
    /// What people and agents do, questions, answers and model calls apart.
    private static let acts: Set<String> = [
        "conversation.started", "conversation.reopened", "embedding.call", "tool.call", "retrieval.query",
        "cache.lookup", "agent.run",
        "escalation.raised", "escalation.accepted", "escalation.closed", "workflow.step", "ticket.created",
    ]

    private let conversation: String
    private let events: [ReferenceEvent]
    /// Places of questions, ascending.
    private var questions: [Int] = []

    /// - Parameter told: in the order of arrival.
    init(_ conversation: String, _ told: [ReferenceEvent]) {
        self.conversation = conversation
        func key(_ place: Int) -> (Int64, Int, Int, String) {
            let event = told[place]
            if event.isTimeAbsent { return (event.time, 0, place, "") }
            return (event.time, 1, Self.rank(event.type), event.id)
        }
        let order = told.indices.sorted { left, right in
            let (a, b) = (key(left), key(right))
            if (a.0, a.1, a.2) != (b.0, b.1, b.2) { return (a.0, a.1, a.2) < (b.0, b.1, b.2) }
            return a.3.utf8.lexicographicallyPrecedes(b.3.utf8)
        }
        events = order.map { told[$0] }
        questions = events.indices.filter(isQuestion)
    }

    private static func rank(_ type: String) -> Int {
        if type.hasPrefix("escalation.") { return 4 }
        let ranks = [
            "conversation.started": 0, "message.received": 1, "message.sent": 3, "conversation.classified": 5,
            "conversation.resolved": 5, "conversation.closed": 6, "conversation.reopened": 7, "feedback.requested": 8,
            "feedback.submitted": 9,
        ]
        return ranks[type] ?? 2
    }

    // MARK: What an event says

    private func text(_ place: Int, _ name: String) -> String? {
        if case .text(let text)? = events[place].fields[name] { text } else { nil }
    }
    private func integer(_ place: Int, _ name: String) -> Int64? {
        if case .integer(let value)? = events[place].fields[name] { value } else { nil }
    }
    private func number(_ place: Int) -> Int64? { integer(place, "turn") }
    private func isOf(_ place: Int, _ type: String) -> Bool { events[place].type == type }

    private func isQuestion(_ place: Int) -> Bool {
        isOf(place, "message.received") && [nil, "user"].contains(text(place, "author"))
    }
    private func isAnswer(_ place: Int) -> Bool {
        isOf(place, "message.sent") && [nil, "agent"].contains(text(place, "author"))
    }
    private func isCall(_ place: Int) -> Bool { isOf(place, "llm.call") || isOf(place, "embedding.call") }
    private func isForAnswer(_ place: Int) -> Bool {
        isOf(place, "llm.call") && [nil, "answer"].contains(text(place, "purpose"))
    }

    private func isActivity(_ place: Int) -> Bool {
        switch events[place].type {
        case "message.received", "message.sent": text(place, "author") != "system"
        case "llm.call": isForAnswer(place)
        default: Self.acts.contains(events[place].type)
        }
    }

    // MARK: Turns

    private var areNumbered: Bool { questions.contains { number($0) != nil } }

    private func firstQuestion(_ wanted: Int64) -> Int? { questions.first { number($0) == wanted } }

    /// Questions that open a turn, with the turn that they open.
    private var openings: [(place: Int, key: Key)] {
        questions.compactMap { place in
            let key = key(ofQuestion: place)
            switch key {
            case .number(let number): return firstQuestion(number) == place ? (place, key) : nil
            case .question(let own): return own == place ? (place, key) : nil
            }
        }
    }

    /// Of some questions that open a turn, the last that is not after the event; the first where all are.
    private func nearest(_ candidates: [Int], to place: Int) -> Int? {
        candidates.last { $0 <= place } ?? candidates.first
    }

    private func key(ofQuestion place: Int) -> Key {
        if let number = number(place) { return .number(number) }
        if let trace = text(place, "trace_id") {
            let numbered = questions.filter { other in
                guard let number = number(other), text(other, "trace_id") == trace else { return false }
                return firstQuestion(number) == other
            }
            if let other = nearest(numbered, to: place), let number = number(other) { return .number(number) }
        }
        return .question(place)
    }

    private func key(byTrace place: Int) -> Key? {
        guard let trace = text(place, "trace_id") else { return nil }
        let candidates = openings.filter { text($0.place, "trace_id") == trace }
        guard let found = nearest(candidates.map(\.place), to: place) else { return nil }
        return candidates.first { $0.place == found }?.key
    }

    private func key(of place: Int) -> Key? {
        if isQuestion(place) { return key(ofQuestion: place) }
        guard let number = number(place) else {
            return key(byTrace: place) ?? questions.last { $0 < place }.map(key(ofQuestion:))
        }
        if !areNumbered, !questions.isEmpty {
            if let key = key(byTrace: place) { return key }
            let first: Int128 = events.indices.contains { self.number($0) == 0 } ? 0 : 1
            if let counted = Int(exactly: Int128(number) - first), questions.indices.contains(counted) {
                return .question(questions[counted])
            }
        }
        return .number(number)
    }

    private func answer(of key: Key, _ keys: [Key?]) -> Int? {
        let answers = events.indices.filter(isAnswer)
        if let told = answers.first(where: { number($0) != nil && keys[$0] == key }) { return told }
        if let traced = answers.first(where: { number($0) == nil && self.key(byTrace: $0) == key }) { return traced }
        guard case .question(let place) = key else { return nil }
        return answers.first { $0 > place && number($0) == nil && self.key(byTrace: $0) == nil }
    }

    // MARK: Rows

    /// Every turn that has a question or an answer, in no particular order.
    func turns() -> [[String: Scalar]] {
        let asked = openings
        let homes = events.indices.map { key(of: $0) }
        var keys = asked.map(\.key)
        for place in events.indices where isAnswer(place) {
            if let key = homes[place], case .number = key, !keys.contains(key) { keys.append(key) }
        }
        return keys.map { key in
            let members = events.indices.filter { homes[$0] == key }
            return row(key, members, question: asked.first { $0.key == key }?.place, answer: answer(of: key, homes))
        }
    }

    private func row(_ key: Key, _ members: [Int], question: Int?, answer: Int?) -> [String: Scalar] {
        var row: [String: Scalar] = ["conversation_id": .text(conversation)]
        if case .number(let number) = key { row["turn"] = .integer(number) }
        for name in Self.context {
            // Where it was asked is the question's to say.
            let told = question != nil && name == "channel" ? nil : answer
            row[name] = told.flatMap { value($0, name) } ?? question.flatMap { value($0, name) }
        }
        row["asked_time"] = question.map { .timestamptz(events[$0].time) }
        row["time"] = (answer ?? question).map { .timestamptz(events[$0].time) }
        if let answer {
            for name in ["error_type", "duration_ns", "time_to_first_token_ns", "answered_from"] {
                row[name] = value(answer, name)
            }
            row["status"] = value(answer, "status") ?? .text("ok")
        }
        if let call = members.last(where: isForAnswer) {
            for name in ["provider", "request_model", "route"] { row[name] = value(call, name) }
            row["model"] = value(call, "response_model") ?? value(call, "request_model")
        }
        addSums(members.filter(isCall), to: &row)
        func count(_ type: String) -> Int { members.count { isOf($0, type) } }
        row["llm_calls"] = .integer(Int64(count("llm.call")))
        row["tool_calls"] = .integer(Int64(count("tool.call")))
        row["retrievals"] = .integer(Int64(count("retrieval.query")))
        row["cache_hits"] = .integer(
            Int64(members.count { isOf($0, "cache.lookup") && events[$0].fields["hit"] == .boolean(true) }))
        row["escalated"] = .boolean(count("escalation.raised") > 0)
        row["score"] = members.last { isOf($0, "feedback.submitted") && integer($0, "score") != nil }.flatMap {
            value($0, "score")
        }
        return row
    }

    /// The conversation's one row.
    func row() -> [String: Scalar] {
        var row: [String: Scalar] = ["conversation_id": .text(conversation)]
        for name in Self.context {
            row[name] = events.indices.first { events[$0].fields[name] != nil }.flatMap { value($0, name) }
        }
        func last(_ types: String...) -> Int? { events.indices.last { types.contains(events[$0].type) } }
        row["start_time"] = events.map(\.time).min().map { .timestamptz($0) }
        row["last_time"] = events.map(\.time).max().map { .timestamptz($0) }
        row["last_activity_time"] = events.indices.last(where: isActivity).map { .timestamptz(events[$0].time) }

        let back = events.indices.last {
            isQuestion($0) || isOf($0, "conversation.started") || isOf($0, "conversation.reopened")
        }
        let closing = last("conversation.closed").flatMap { closed in back.map { $0 < closed } ?? true ? closed : nil }
        row["closed_time"] = closing.map { .timestamptz(events[$0].time) }
        row["closed_reason"] = closing.flatMap { value($0, "reason") }

        let word = events.indices.last {
            isQuestion($0) || (isOf($0, "message.sent") && text($0, "author") != "system")
        }
        row["last_message"] = word.map { place in
            if isQuestion(place) { return .text("question") }
            return .text(text(place, "status") == "error" ? "error" : "answer")
        }

        let escalation = last("escalation.raised")
        row["escalations"] = .integer(Int64(events.count { $0.type == "escalation.raised" }))
        row["escalation_reason"] = escalation.flatMap { value($0, "reason") }
        let verdict = last("conversation.resolved", "conversation.reopened")
        let resolution = verdict.flatMap { isOf($0, "conversation.resolved") ? $0 : nil }
        if let resolution {
            row["resolved_time"] = .timestamptz(events[resolution].time)
            row["resolved_by"] = value(resolution, "by") ?? .text("agent")
            row["resolved_certainty"] = value(resolution, "certainty") ?? .text("assumed")
        }
        let otherwise = escalation != nil ? "escalated" : closing != nil ? "abandoned" : "open"
        row["outcome"] = .text(resolution != nil ? "resolved" : otherwise)
        let isAgents = resolution.map { text($0, "by") != "human" && (escalation ?? -1) < $0 } ?? false
        row["outcome_intercom_fin"] = .text(isAgents ? "resolved" : otherwise)
        row["reopened"] = .boolean(events.contains { $0.type == "conversation.reopened" })

        row["topic"] = events.indices.last { isOf($0, "conversation.classified") && text($0, "topic") != nil }.flatMap {
            value($0, "topic")
        }
        row["turns"] = .integer(Int64(openings.count))
        let answers = events.indices.filter(isAnswer)
        row["answers"] = .integer(Int64(answers.count))
        row["errors"] = .integer(Int64(answers.count { text($0, "status") == "error" }))
        addSums(events.indices.filter(isCall), to: &row)
        let rating = events.indices.last { isOf($0, "feedback.submitted") && integer($0, "score") != nil }
        row["score"] = rating.flatMap { value($0, "score") }
        row["rated_time"] = rating.map { .timestamptz(events[$0].time) }
        row["feedback_requests"] = .integer(Int64(events.count { $0.type == "feedback.requested" }))
        return row
    }

    private func value(_ place: Int, _ name: String) -> Scalar? {
        switch events[place].fields[name] {
        case .integer(let value): .integer(value)
        case .boolean(let value): .boolean(value)
        case .text(let text): .text(text)
        default: nil
        }
    }

    private func addSums(_ calls: [Int], to row: inout [String: Scalar]) {
        for name in Self.tokens { row[name] = .integer(calls.reduce(0) { $0 &+ (integer($1, name) ?? 0) }) }
        let costs = calls.compactMap { events[$0].cost }
        let low = costs.reduce(Int128(0)) { $0 + $1.lowPicoUSD }
        row["cost_low_usd"] = .numeric(low, scale: 12)
        let isAllPriced = costs.allSatisfy { $0.state == .priced }
        if isAllPriced { row["cost_usd"] = .numeric(low, scale: 12) }
        let tops = costs.compactMap(\.highPicoUSD)
        if tops.count == costs.count { row["cost_high_usd"] = .numeric(tops.reduce(0, +), scale: 12) }
        let isNonePriced = costs.allSatisfy { $0.state == .unpriced }
        row["price_state"] = .text(isAllPriced ? "priced" : isNonePriced ? "unpriced" : "partly")
    }
}
