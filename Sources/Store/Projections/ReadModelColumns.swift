package import Columnar
import Domain

/// The columns of the read models `turns` and `conversations`, by name and type, in the order of their tables.
package enum ReadModelColumns {
    /// Context that a turn takes from its answer, else its question, but for ``QuestionRule/placeColumns``, which a
    /// question has of itself alone, and a conversation from its first event that has it.
    package static let context = [
        "tenant", "channel", "user_id", "agent", "agent_version", "team", "cost_centre", "environment", "region",
        "service_name",
        "service_version", "experiment", "variant", "prompt_name", "prompt_version", "trace_id",
    ]
    /// Classes of tokens, each summed over the calls of a turn or conversation.
    package static let tokens = [
        "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
        "reasoning_tokens",
    ]
    static let money: [(String, ColumnType)] = [
        ("cost_usd", .numeric(scale: 12)), ("cost_low_usd", .numeric(scale: 12)),
        ("cost_high_usd", .numeric(scale: 12)),
        ("price_state", .text),
    ]

    /// Columns of `turns`, one row a question and its answer.
    package static let turns: [TableColumn] = columns(
        [("conversation_id", .text), ("turn", .integer), ("asked_time", .timestamptz), ("time", .timestamptz)],
        context.map { ($0, .text) },
        [
            ("status", .text), ("error_type", .text), ("duration_ns", .integer), ("time_to_first_token_ns", .integer),
            ("answered_from", .text), ("provider", .text), ("model", .text), ("request_model", .text), ("route", .text),
        ],
        tokens.map { ($0, .integer) }, money,
        [
            ("llm_calls", .integer), ("tool_calls", .integer), ("retrievals", .integer), ("cache_hits", .integer),
            ("escalated", .boolean), ("score", .integer),
        ])

    /// Columns of `conversations`, one row each.
    package static let conversations: [TableColumn] = columns(
        [
            ("conversation_id", .text), ("start_time", .timestamptz), ("last_time", .timestamptz),
            ("closed_time", .timestamptz),
        ],
        context.map { ($0, .text) },
        [
            // By house-1, as events say it; readers see what silence makes of it. The facts beside it serve the other
            // rules.
            ("outcome", .text), ("outcome_intercom_fin", .text), ("resolved_time", .timestamptz),
            ("resolved_by", .text),
            ("reopened", .boolean), ("topic", .text), ("turns", .integer), ("answers", .integer), ("errors", .integer),
        ],
        tokens.map { ($0, .integer) }, money,
        [
            ("escalations", .integer), ("escalation_reason", .text), ("score", .integer),
            ("feedback_requests", .integer),
            ("rated_time", .timestamptz), ("closed_reason", .text), ("last_activity_time", .timestamptz),
            ("last_message", .text),
            ("resolved_certainty", .text),
            // Follows from the others, the setting in force and the time reached, when it is read; rows keep none.
            ("outcome_silence_resolves", .text),
            // Null but where the row is made of a part of the events.
            ("cut_after", .integer),
        ])

    private static func columns(_ groups: [(String, ColumnType)]...) -> [TableColumn] {
        groups.flatMap { $0 }.map { TableColumn(name: $0.0, type: $0.1) }
    }
}
