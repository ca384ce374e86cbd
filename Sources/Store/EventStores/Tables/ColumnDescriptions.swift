/// Meanings of columns that no schema describes, or that mean something of their own in a table.
enum ColumnDescriptions {
    static let envelope = [
        "type": "The event's type, such as llm.call.",
        "time": "When it happened; where the sender did not say, when it was received.",
        "received_time": "When the store took it; never falls. See clock.stepped in system_events.",
        "position": "Its place in the log, from 1.",
    ]

    private static let money = [
        "cost_usd": "Sum of the booked costs of its calls; null when one of them is not fully priced.",
        "cost_low_usd": "Sum of what has a price.",
        "cost_high_usd": "Sum of the upper bounds; null when one is unknown.",
        "price_state": "Whether all, some or none of its calls are priced: priced, partly, unpriced.",
    ]

    static let turns = money.merging(
        [
            "conversation_id": "The conversation.",
            "turn": "Its number in the conversation; null where events carry none.",
            "channel": "Where it was asked, as the question says; without a question, as the answer says.",
            "asked_time": "When the question came.",
            "time": "When the answer was sent; without an answer, when the question came.",
            "status": "ok or error, as the answer says; null without an answer.",
            "duration_ns": "From question to answer, as the answer says.",
            "time_to_first_token_ns": "From question to the first part of the answer, as the answer says.",
            "provider": "Of the last model call that made the answer.",
            "model": "The model that answered in that call, else the one that was asked for.",
            "request_model": "The model that was asked for in that call.",
            "llm_calls": "How many model calls.", "tool_calls": "How many tool calls.",
            "retrievals": "How many retrievals.",
            "cache_hits": "How many cache lookups that hit.", "escalated": "Whether an escalation was raised in it.",
            "score": "The last rating, 1 to 5, given for it; null without one.",
        ]
    ) { $1 }

    static let conversations = money.merging(
        [
            "conversation_id": "The conversation.", "start_time": "Time of its first event.",
            "last_time": "Time of its last event.",
            "closed_time":
                "When an event or silence closed it; null while it is open, also again after the user came back.",
            "closed_reason": "Why it was closed, as the closing says; idle for silence.",
            "last_activity_time": "When a person or an agent last did something in it.",
            "last_message": "Who had the last word: question, answer, or error for an answer that failed.",
            "outcome": "How it ended by the rule house-1.",
            "outcome_intercom_fin": "How it ended by the rule intercom-fin.",
            "outcome_silence_resolves": "How it ended by the rule silence-resolves-1.",
            "resolved_time": "When the last verdict said resolved; null otherwise.", "resolved_by": "Who said so.",
            "resolved_certainty": "Whether the verdict says confirmed; assumed where it does not.",
            "reopened": "Whether it was reopened after a resolution.", "topic": "What it was about, where events say.",
            "turns": "How many questions.", "answers": "How many answers.", "errors": "How many of them with an error.",
            "escalations": "How many escalations.", "escalation_reason": "Why the last of them was raised.",
            "score": "The last rating, 1 to 5; null without one.", "rated_time": "When it was given.",
            "feedback_requests": "How often feedback was asked for.",
            "cut_after":
                "Null: the row is made of all events. A number: of so many, the first by position, since it has more than are folded; then counts and sums are at least so much, and what the others may change is null.",
        ]
    ) { $1 }

    static let deadLetters = [
        "position": "Place in the log, from 1.", "received_time": "When it was refused.", "id": "The event's id.",
        "source": "Who sent it.", "type": "The unknown type.", "time": "When it happened, where it says.",
        "error": "Why it was refused.",
        "fields": "Names of its fields with the types of their values, no contents.",
    ]

    static let systemEvents = [
        "position": "Place in the log, from 1.", "received_time": "When it was noted.",
        "type": "What was noted, such as cost.rebooked or clock.stepped.",
        "data": "The details, as JSON.",
    ]
}
