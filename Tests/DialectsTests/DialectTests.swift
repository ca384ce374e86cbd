import Domain
import Testing
import WireFormats

/// One model call in the words of each dialect.
struct DialectTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var dialect: String
        var scope: String
        var attributes: [String: OTLPValue]
        /// Fields that differ from those that all samples say.
        var expected: [String: EventValue] = [:]

        var testDescription: String { dialect }
    }

    static let samples = [
        Sample(
            dialect: "first generation", scope: "opentelemetry.instrumentation.openai_v2",
            attributes: [
                "gen_ai.operation.name": .string("chat"), "gen_ai.system": .string("openai"),
                "gen_ai.request.model": .string("m"),
                "gen_ai.response.model": .string("m-1"), "gen_ai.usage.prompt_tokens": .integer(90),
                "gen_ai.usage.completion_tokens": .integer(30),
                "enduser.id": .string("ann"), "session.id": .string("c-1"),
            ], expected: ["cache_read_tokens": .integer(-1), "reasoning_tokens": .integer(-1)]),
        Sample(
            dialect: "latest generation", scope: "opentelemetry.instrumentation.genai.openai",
            attributes: [
                "gen_ai.operation.name": .string("chat"), "gen_ai.provider.name": .string("openai"),
                "gen_ai.response.model": .string("m-1"),
                "gen_ai.usage.input_tokens": .integer(90), "gen_ai.usage.output_tokens": .integer(30),
                "gen_ai.usage.cache_read.input_tokens": .integer(40),
                "gen_ai.usage.reasoning.output_tokens": .integer(12),
                "gen_ai.conversation.id": .string("c-1"), "user.id": .string("ann"),
            ]),
        Sample(
            dialect: "openinference", scope: "openinference.instrumentation.langchain",
            attributes: [
                "openinference.span.kind": .string("LLM"), "llm.provider": .string("openai"),
                "llm.model_name": .string("m-1"),
                "llm.token_count.prompt": .integer(90), "llm.token_count.completion": .integer(30),
                "llm.token_count.prompt_details.cache_read": .integer(40),
                "llm.token_count.completion_details.reasoning": .integer(12),
                "metadata": .string(#"{"thread_id": "c-1", "user_id": "ann"}"#),
            ]),
        Sample(
            dialect: "openinference of Agno", scope: "openinference.instrumentation.agno",
            attributes: [
                "openinference.span.kind": .string("LLM"), "llm.provider": .string("OpenAI"),
                "llm.model_name": .string("m-1"),
                "llm.token_count.prompt": .integer(90), "llm.token_count.completion": .integer(30),
                "llm.token_count.prompt_details.cache_read": .integer(40), "session.id": .string("c-1"),
                "user.id": .string("ann"),
            ], expected: ["reasoning_tokens": .integer(-1)]),
        Sample(
            dialect: "traceloop", scope: "opentelemetry.instrumentation.langchain",
            attributes: [
                "gen_ai.operation.name": .string("chat"), "gen_ai.provider.name": .string("openai"),
                "gen_ai.response.model": .string("m-1"),
                "gen_ai.usage.input_tokens": .integer(90), "gen_ai.usage.output_tokens": .integer(30),
                "gen_ai.usage.cache_read.input_tokens": .integer(40), "gen_ai.usage.reasoning_tokens": .integer(12),
                "traceloop.association.properties.session_id": .string("c-1"),
                "traceloop.association.properties.user_id": .string("ann"),
            ]),
        Sample(
            dialect: "logfire", scope: "logfire.openai_agents",
            attributes: [
                "logfire.msg_template": .string("Responses API with {gen_ai.request.model!r}"),
                "gen_ai.system": .string("openai"),
                "gen_ai.response.model": .string("m-1"), "gen_ai.usage.input_tokens": .integer(90),
                "gen_ai.usage.output_tokens": .integer(30),
                "gen_ai.usage.raw": .string(
                    #"{"input_tokens_details":{"cached_tokens":40},"output_tokens_details":{"reasoning_tokens":12}}"#),
                "session.id": .string("[Scrubbed due to 'session']"), "group_id": .string("c-1"),
                "user.id": .string("ann"),
            ]),
        Sample(
            dialect: "langfuse", scope: "langfuse-sdk",
            attributes: [
                "langfuse.observation.type": .string("generation"), "langfuse.observation.model.name": .string("m-1"),
                "langfuse.observation.usage_details": .string(
                    #"{"prompt_tokens":90,"completion_tokens":30,"prompt_tokens_details":{"cached_tokens":40},"#
                        + #""completion_tokens_details":{"reasoning_tokens":12}}"#),
                "langfuse.observation.completion_start_time": .string("\"2026-11-22T14:25:20.250Z\""),
                "langfuse.session.id": .string("c-1"), "langfuse.user.id": .string("ann"),
            ], expected: ["time_to_first_token_ns": .integer(250_000_000)]),
        Sample(
            dialect: "litellm", scope: "litellm",
            attributes: [
                "gen_ai.operation.name": .string("acompletion"), "gen_ai.system": .string("openai"),
                "gen_ai.response.model": .string("m-1"),
                "gen_ai.usage.input_tokens": .integer(90), "gen_ai.usage.output_tokens": .integer(30),
                "gen_ai.usage.cache_read.input_tokens": .integer(40), "gen_ai.usage.reasoning_tokens": .integer(12),
                "gen_ai.response.finish_reasons": .string(#"["tool_calls"]"#), "llm.is_streaming": .string("False"),
                "gen_ai.conversation.id": .string("c-1"), "llm.user": .string("ann"),
            ], expected: ["finish_reason": .text("tool_calls"), "stream": .boolean(false)]),
        Sample(
            dialect: "strands", scope: "strands.telemetry.tracer",
            attributes: [
                "gen_ai.operation.name": .string("chat"), "gen_ai.system": .string("strands-agents"),
                "gen_ai.request.model": .string("m-1"),
                "gen_ai.usage.input_tokens": .integer(90), "gen_ai.usage.prompt_tokens": .integer(90),
                "gen_ai.usage.output_tokens": .integer(30),
                "gen_ai.usage.cache_read_input_tokens": .integer(40),
                "gen_ai.server.time_to_first_token": .integer(250),
                "session.id": .string("c-1"), "user.id": .string("ann"),
            ],
            expected: [
                "time_to_first_token_ns": .integer(250_000_000), "reasoning_tokens": .integer(-1),
                "provider": .integer(-1),
            ]),
    ]

    @Test(arguments: samples) func aCallIsUnderstood(_ sample: Sample) throws {
        var traces = SampleTraces()
        // 2026-11-22T14:25:20Z
        try traces.receive(
            OTLPTraces([
                SampleSpan(
                    name: "x", id: 1, parent: nil, scope: sample.scope, start: 0, end: 900,
                    attributes: sample.attributes)
            ]))
        try traces.settle()
        let call = try #require(traces.events("llm.call").first)
        var expected: [String: EventValue] = [
            "input_tokens": .integer(90), "output_tokens": .integer(30), "cache_read_tokens": .integer(40),
            "reasoning_tokens": .integer(12),
            "conversation_id": .text("c-1"), "user_id": .text(traces.token("ann")),
            "duration_ns": .integer(900_000_000),
        ]
        expected.merge(sample.expected) { $1 }
        for (name, value) in expected {
            // -1 stands for null: absent is not zero.
            #expect(call.fields[name] == (value == .integer(-1) ? nil : value), "\(name)")
        }
        #expect((call.text("response_model") ?? call.text("request_model")) == "m-1")
        #expect(traces.evidence[0].fields["unknown_attributes"] == nil)
    }
}
