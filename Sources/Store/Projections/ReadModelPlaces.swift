import Columnar
import Domain

/// Where each value of a read-model row goes, resolved from names once.
struct ReadModelPlaces: Sendable {
    struct Turn: Sendable {
        let turn, askedTime, time, status, model, requestModel, tokens, money: Int
        let modelCalls, toolCalls, retrievals, cacheHits, escalated, score: Int
    }
    struct Conversation: Sendable {
        let conversation, startTime, lastTime, closedTime, context, resolvedBy, reopened, topic, turns, answers, errors,
            tokens, money: Int
        let escalations, escalationReason, score, feedbackRequests: Int
        let outcome, outcomeFin, resolvedTime, ratedTime, closedReason, lastActivityTime, lastMessage,
            resolvedCertainty, cutAfter: Int
    }

    let turn: Turn
    let conversation: Conversation
    /// By column id: the slot of `turns` that a question's, an answer's or a call's field fills; −1: none.
    let fromQuestion: [Int]
    /// Of an answer to a question, whose place is its own.
    let fromAnswer: [Int]
    /// Of an answer that nobody asked for.
    let fromAnswerAlone: [Int]
    let fromCall: [Int]

    init(_ registry: SchemaRegistry) {
        precondition(ReadModelColumns.tokens.count == TurnState().tokens.count, "a turn holds every class of tokens")
        let turns = Self.index(ReadModelColumns.turns)
        turn = Turn(
            turn: turns("turn"), askedTime: turns("asked_time"), time: turns("time"), status: turns("status"),
            model: turns("model"), requestModel: turns("request_model"), tokens: turns("input_tokens"),
            money: turns("cost_usd"), modelCalls: turns("llm_calls"), toolCalls: turns("tool_calls"),
            retrievals: turns("retrievals"),
            cacheHits: turns("cache_hits"), escalated: turns("escalated"), score: turns("score"))
        let conversations = Self.index(ReadModelColumns.conversations)
        conversation = Conversation(
            conversation: conversations("conversation_id"), startTime: conversations("start_time"),
            lastTime: conversations("last_time"),
            closedTime: conversations("closed_time"), context: conversations("tenant"),
            resolvedBy: conversations("resolved_by"),
            reopened: conversations("reopened"), topic: conversations("topic"), turns: conversations("turns"),
            answers: conversations("answers"), errors: conversations("errors"), tokens: conversations("input_tokens"),
            money: conversations("cost_usd"), escalations: conversations("escalations"),
            escalationReason: conversations("escalation_reason"), score: conversations("score"),
            feedbackRequests: conversations("feedback_requests"),
            outcome: conversations("outcome"), outcomeFin: conversations("outcome_intercom_fin"),
            resolvedTime: conversations("resolved_time"), ratedTime: conversations("rated_time"),
            closedReason: conversations("closed_reason"), lastActivityTime: conversations("last_activity_time"),
            lastMessage: conversations("last_message"), resolvedCertainty: conversations("resolved_certainty"),
            cutAfter: conversations("cut_after"))
        let context = ["conversation_id"] + ReadModelColumns.context
        func targets(_ pairs: [(String, String)]) -> [Int] {
            var targets = [Int](repeating: -1, count: registry.columns.count)
            for (source, target) in pairs {
                guard let id = registry.column(named: source) else { preconditionFailure("the schemas lack \(source)") }
                targets[Int(id)] = turns(target)
            }
            return targets
        }
        fromQuestion = targets(context.map { ($0, $0) })
        let ofAnswers = context + ["status", "error_type", "duration_ns", "time_to_first_token_ns", "answered_from"]
        fromAnswer = targets(ofAnswers.filter { !QuestionRule.placeColumns.contains($0) }.map { ($0, $0) })
        fromAnswerAlone = targets(ofAnswers.map { ($0, $0) })
        fromCall = targets(
            [
                ("provider", "provider"), ("request_model", "request_model"), ("response_model", "model"),
                ("route", "route"),
            ])
    }

    private static func index(_ columns: [TableColumn]) -> (String) -> Int {
        { name in
            guard let index = columns.firstIndex(where: { $0.name == name }) else {
                preconditionFailure("no column \(name)")
            }
            return index
        }
    }
}
