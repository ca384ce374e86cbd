import Dialects
import Domain
import Testing
import WireFormats

struct UsageNameTests {
    @Test(
        arguments: [
            ("gen_ai.usage.input_tokens", UsageName.field(.inputTokens)),
            ("gen_ai.response.prompt_tokens", .field(.inputTokens)),
            ("gen_ai.usage.input_tokens.cached", .field(.cacheReadTokens)),
            ("gen_ai.usage.input_tokens.cache_write", .field(.cacheWriteTokens)),
            ("gen_ai.usage.output_tokens.reasoning", .field(.reasoningTokens)),
            ("llm.usage.total_tokens", .field(.totalTokens)),
            ("ai.usage.inputTokenDetails.cacheReadTokens", .field(.cacheReadTokens)),
            ("ai.usage.inputTokenDetails.noCacheTokens", .part),
            ("usage_metadata/cachedContentTokenCount", .field(.cacheReadTokens)),
            ("usageMetadata/candidatesTokenCount", .field(.outputTokens)),
            ("usageMetadata/thoughtsTokenCount", .field(.reasoningTokens)),
            ("usageMetadata/toolUsePromptTokenCount", .other("tool_use")),
            ("response.usage.prompt_tokens", .field(.inputTokens)),
            ("llm.usage/prompt_tokens_details/cached_tokens", .field(.cacheReadTokens)),
            ("$ai_cache_creation_input_tokens", .field(.cacheWriteTokens)),
            ("braintrust.metrics/prompt_cached_tokens", .field(.cacheReadTokens)),
            ("gen_ai.usage.cache_creation.ephemeral_1h_input_tokens", .field(.cacheWrite1hTokens)),
            ("gen_ai.usage.cache_creation.ephemeral_5m_input_tokens", .cacheWrite5m),
            ("acme.llm.completion_tokens", .field(.outputTokens)),
            ("mlflow.chat.tokenUsage/cache_read_input_tokens", .field(.cacheReadTokens)),
            ("gen_ai.usage.prompt_cache_miss_tokens", .part),
            ("gen_ai.usage.prompt_cache_hit_tokens", .field(.cacheReadTokens)),
            ("llm.token_count.prompt_details.audio", .other("input_audio")),
            ("gen_ai.usage.image.output_tokens", .other("output_image")),
            ("gen_ai.usage.server_tool_use/web_search_requests", .other("web_search")),
            ("gen_ai.usage.num_search_queries", .other("search")), ("gen_ai.usage.requests", .part),
            ("gen_ai.usage.accepted_prediction_tokens", .part), ("gen_ai.usage.cost", .field(.reportedCost)),
            ("gen_ai.cost.total_tokens", .field(.reportedCost)), ("gen_ai.cost.input_tokens", .inputCost),
            ("llm.cost.completion", .outputCost),
            ("usage/cost/request_cost", .other("request")), ("litellm.cost.discount_amount", .costPart),
            ("$ai_total_cost_usd", .field(.reportedCost)),
            ("dspy.lm_usage/openai/gpt-4o/prompt_tokens", .field(.inputTokens)),
            ("gen_ai.usage.frobnicated_tokens", .unread),
            ("gen_ai.usage.saved_input_tokens", .unread),
            ("gen_ai.usage.output_tokens.cached", .unread), ("token_usage/prompt_tokens", .field(.inputTokens)),
            ("acme.usage/completion_tokens", .field(.outputTokens)),
            ("gen_ai.usage.experimental.reasoning_tokens", .field(.reasoningTokens)),
            ("usage/*", .unread), ("usage/*/tokens", .unread), ("usage", .unread),
            ("dspy.lm_usage/openai/*/prompt_tokens", .field(.inputTokens)),
            ("gen_ai.usage.judge.total_tokens", .unread),
        ] as [(String, UsageName)])
    func namesSayWhatTheyCount(_ name: String, _ expected: UsageName) { #expect(UsageName(name) == expected) }

    @Test(arguments: [
        "gen_ai.request.max_tokens", "gen_ai.server.time_per_output_token", "gen_ai.token.type",
        "metadata.user_api_key_spend",
        "system.cpu.usage",
        "gen_ai.server.time_to_first_token", "rate_limit.remaining_tokens", "gen_ai.usage.cost.currency",
        "gen_ai.request.thinking_tokens",
        "service.name", "thinking.budget_tokens", "cost_center",
    ])
    func otherMattersAreNoUsage(_ name: String) { #expect(UsageName(name) == nil) }

    /// What stands under anybody's name, or speaks of more than a call.
    @Test(arguments: [
        "context.cached_tokens", "prompt.cache.tokens", "history.cached.tokens", "session.total_tokens",
        "session.cumulative_input_tokens",
        "conversation.total_tokens", "app.tokens", "user.tokens", "trace.usage.total_tokens", "rag.search.tokens",
        "tool.cost",
        "agent.web_search.cost", "order.total.price", "refund.amount.usd", "subscription.price", "session.cost",
        "tokens", "total_tokens",
        "tool.usage.total_tokens", "user_usage", "gen_ai.session.total_tokens", "gen_ai.aggregated_usage.input_tokens",
        "mlflow.trace.tokenUsage/total_tokens", "langfuse.accumulated_cost",
    ])
    func whatIsNotTheCallsOwnIsNoUsage(_ name: String) { #expect(UsageName(name) == nil) }

    @Test(arguments: [
        "token", "access_token", "refresh_token", "session_token", "card.token", "phone_token", "sms.token", "ai.token",
        "llm.access_token",
        "gen_ai.access_tokens", "usage.otp_token", "openai.api_token", "usage/jwt_token", "ai.sign_in_token",
        "deviceToken",
        "llm.code.token",
    ])
    func tokensThatOpenSomethingAreNoUsage(_ name: String) { #expect(UsageName(name) == nil) }

    @Test(arguments: [
        (
            #"{"cache_read": 9000, "note": "x", "deep": {"a": [1, {"b": 2.5}]}}"#,
            ["cache_read=9000", "deep/a=1", "deep/a/b=2.5"]
        ),
        ("{'cached_tokens': 9, 'audio_tokens': None, 'flag': True, 'n': '12'}", ["cached_tokens=9", "n=12"]),
        (
            "Usage(prompt_tokens=10, details=Details(cached_tokens=9, kind=<Kind.A: 'a'>))",
            ["prompt_tokens=10", "details/cached_tokens=9"]
        ),
        (#"{"details": [{"modality": "AUDIO", "tokenCount": 34}]}"#, ["details/audio/tokenCount=34"]),
    ])
    func numbersAreFoundInTexts(_ text: String, _ expected: [String]) {
        let found = NumberExtractor.leaves(in: Array(text.utf8)[...])
        #expect(found?.map { "\($0.path)=\($0.value.plainText ?? "")" } == expected)
    }

    @Test(arguments: [
        "", "12", "plain words (really)", "{\"a\": 1", "{\"a\" 1}", "[1,,]x", "{{{{",
        String(repeating: "[", count: 1000),
    ])
    func otherTextsHaveNone(_ text: String) { #expect(NumberExtractor.leaves(in: Array(text.utf8)[...])?.isEmpty ?? true) }
}
