import Domain

/// What is known of a conversation after its events were folded.
struct ConversationSummary {
    var startTime = Int64.max
    var lastTime = Int64.min
    /// When a person or an agent last did something; nil where nobody did.
    var lastActivityTime: Int64?
    var facts = OutcomeFacts()
    var topic: String?
    var turns: Int64 = 0
    var answers: Int64 = 0
    var errors: Int64 = 0
    var tokens: [Int64] = []
    var cost = CostSum()
    var score: Int64?
    /// When the rating in ``score`` was given.
    var ratedTime: Int64?
    var feedbackRequests: Int64 = 0
    /// So many events were folded, and there are more; nil where these are all.
    var cutAfter: Int64?

    /// - Parameters:
    ///   - place: of the event among those of its conversation.
    ///   - buffer: that of `buffers` in which its texts lie.
    mutating func add(_ event: FoldEvent, place: Int, buffer: Int, of buffers: [[UInt8]]) {
        startTime = min(startTime, event.time)
        lastTime = max(lastTime, event.time)
        assert(startTime <= event.time && event.time == lastTime, "events ascend by time")
        if event.isActivity { lastActivityTime = event.time }
        let instant = OutcomeInstant(time: event.time, position: Int64(place))
        if event.isReturn, event.meaning != .reopened { facts.add(.returned, at: instant) }
        func text(_ range: Range<Int>?) -> String? {
            range.map { String(decoding: buffers[buffer][$0], as: UTF8.self) }
        }
        switch event.meaning {
        case .question where event.isAgentOrUser: facts.lastWord = .question
        case .answer where !event.isFromSystem: facts.lastWord = event.hasError ? .error : .answer
        case .resolved: facts.add(.resolved(by: text(event.by), certainty: text(event.certainty)), at: instant)
        case .reopened: facts.add(.reopened, at: instant)
        case .closed: facts.add(.closed(reason: text(event.reason)), at: instant)
        case .escalationRaised: facts.add(.escalationRaised(reason: text(event.reason)), at: instant)
        case .escalationAccepted: facts.add(.escalationAccepted, at: instant)
        case .escalationClosed: facts.add(.escalationClosed, at: instant)
        case .classified: topic = text(event.topic) ?? topic
        case .feedbackRequested: feedbackRequests += 1
        case .feedback:
            guard let given = event.score else { return }
            (score, ratedTime) = (given, event.time)
        default: break
        }
    }
}
