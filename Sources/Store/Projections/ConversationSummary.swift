import Domain

/// What is known of a conversation after its events were folded.
struct ConversationSummary {
    var startTime = Int64.max
    var lastTime = Int64.min
    var facts = OutcomeFacts()
    var topic: String?
    var turns: Int64 = 0
    var answers: Int64 = 0
    var errors: Int64 = 0
    var tokens: [Int64] = []
    var cost = CostSum()
    var score: Int64?
    var feedbackRequests: Int64 = 0

    mutating func add(_ event: FoldEvent, position: Int64, buffer: [UInt8]) {
        startTime = min(startTime, event.time)
        lastTime = max(lastTime, event.time)
        func text(_ range: Range<Int>?) -> String? { range.map { String(decoding: buffer[$0], as: UTF8.self) } }
        let instant = OutcomeInstant(time: event.time, position: position)
        switch event.meaning {
        case .resolved: facts.add(.resolved(by: text(event.by), certainty: text(event.certainty)), at: instant)
        case .reopened: facts.add(.reopened, at: instant)
        case .closed: facts.add(.closed(reason: text(event.reason)), at: instant)
        case .escalationRaised: facts.add(.escalationRaised(reason: text(event.reason)), at: instant)
        case .escalationAccepted: facts.add(.escalationAccepted, at: instant)
        case .escalationClosed: facts.add(.escalationClosed, at: instant)
        case .classified: topic = text(event.topic) ?? topic
        case .feedbackRequested: feedbackRequests += 1
        case .feedback: score = event.score ?? score
        default: break
        }
    }
}
