import Dialects
import Domain
import Testing
import WireFormats

/// What may be somebody's is not in the evidence, whatever name it came under.
struct PrivacyTests {
    private static func evidence(_ span: SampleSpan) throws -> Derived {
        var traces = SampleTraces()
        try traces.receive(OTLPTraces([span]))
        return try #require(traces.evidence.first)
    }

    /// Tables name some attributes by how they begin: what begins so and is free text is nobody's business.
    @Test(arguments: [
        "http.request.header.authorization", "http.request.header.cookie", "http.request.header.x_customer",
        "http.request.body",
        "rpc.grpc.request.metadata.authorization", "rpc.request.metadata.customer", "llm.headers",
        "gen_ai.request.extra_headers",
        "gen_ai.request.extra_header.x-user", "gen_ai.request.messages", "gen_ai.request.prompt",
        "gen_ai.request.stop_sequences",
        "gen_ai.response.text", "gen_ai.response.tool_calls", "gen_ai.response.object", "anthropic.request.messages",
        "gen_ai.embeddings.input", "openlit.note", "traceloop.entity.note", "langfuse.internal.note", "event_loop.note",
        "tag.tags",
        "langfuse.trace.tags",
    ])
    func freeTextUnderABeginningIsWithheld(_ name: String) throws {
        let list = OTLPValue.array([.string("hidden one"), .string("hidden")])
        for value in [.string("hidden words"), .string("hidden"), list, .map([OTLPAttribute("k", .string("hidden"))])]
            as [OTLPValue]
        {
            let row = try Self.evidence(
                SampleSpan(name: "a", id: 1, parent: nil, start: 0, end: 5, attributes: [name: value]))
            #expect(!"\(row.fields)".contains("hidden"), "\(value)")
            #expect(row.integer("withheld_values") ?? 0 > 0)
        }
    }

    /// Also under a name that a table has kept, whole or in a list; of names of spans the part is taken out.
    @Test(arguments: [
        "sk-Zx4Q9hT2bV7mK1pL8wR3", "ghp_Zx4Q9hT2bV7mK1pL8wR3yN6cD5fG0jS", "AKIAZX4Q7HT2BV6MK3PL",
        "xoxb-123456789012-Zx4Q9hT2bV7mK1pL8wR3", "dop_v1_4bf92f3577b34da6a3ce929d0e0e47364bf92f3577b34da6",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.Zx4Q9hT2", "plim_0123456789ab_4bf92f3577b34da6a3ce929d0e0e4736a1b2c3d4",
    ])
    func secretsAreWithheld(_ secret: String) throws {
        for value in [.string(secret), .array([.string("auto"), .string(secret)])] as [OTLPValue] {
            var span = SampleSpan(name: "call \(secret) now", id: 1, parent: nil, start: 0, end: 5)
            span.attributes = ["gen_ai.response.status": value, "http.request.method": .string("QUERY")]
            let row = try Self.evidence(span)
            guard case .json(let kept)? = row.fields["span_attributes"] else {
                Issue.record("no attributes")
                return
            }
            #expect(!kept.contains(secret) && kept.contains("QUERY"), "\(kept)")
            #expect(row.integer("withheld_values") ?? 0 > 0)
            #expect(row.text("span_name") == "call * now")
        }
    }

    /// What tables name whole is one text, of flags yes or no and of reasons words: a list of texts or a sentence is
    /// what somebody said.
    @Test(arguments: [
        ("error.type", .array([.string("hidden words")])), ("error.type", .array([.string("hidden")])),
        ("gen_ai.tool.name", .array([.string("x"), .string("hidden words")])),
        ("gen_ai.response.status", .array([.string("hidden")])), ("gen_ai.request.stream", .string("hidden words")),
        ("gen_ai.request.stream", .array([.string("hidden")])), ("llm.is_streaming", .string("hidden")),
        ("gen_ai.response.finish_reasons", .string("hidden words")),
        ("gen_ai.response.finish_reasons", .array([.string("stop"), .string("hidden words")])),
        ("gen_ai.response.finish_reasons", .string(#"["stop", "hidden words"]"#)),
        ("gen_ai.response.finish_reasons", .string(#"{"k":"hidden"}"#)),
        ("gen_ai.response.finish_reasons", .array([.array([.string("hidden")])])),
        ("llm.finish_reason", .string("hidden, words and words")),
    ] as [(String, OTLPValue)])
    func otherFormsAreWithheld(name: String, value: OTLPValue) throws {
        let row = try Self.evidence(
            SampleSpan(name: "a", id: 1, parent: nil, start: 0, end: 5, attributes: [name: value]))
        #expect(!"\(row.fields)".contains("hidden"), "\(row.fields)")
        #expect(row.integer("withheld_values") ?? 0 > 0)
    }

    /// Words in the same places stay.
    @Test(arguments: [
        ("error.type", .string("TimeoutError"), #""TimeoutError""#),
        ("error.type", .array([.string("x")]), #""_OTHER""#),
        ("gen_ai.response.finish_reasons", .array([.string("stop"), .string("tool_calls")]), #"["stop","tool_calls"]"#),
        ("gen_ai.response.finish_reasons", .string("['stop', 'length']"), #""['stop', 'length']""#),
        ("llm.finish_reason", .string("FinishReason.STOP"), #""FinishReason.STOP""#),
        ("gen_ai.request.stream", .string("True"), #""True""#), ("llm.is_streaming", .boolean(false), "false"),
    ] as [(String, OTLPValue, String)])
    func theirFormsAreKept(name: String, value: OTLPValue, shown: String) throws {
        let row = try Self.evidence(
            SampleSpan(name: "a", id: 1, parent: nil, start: 0, end: 5, attributes: [name: value]))
        guard case .json(let kept)? = row.fields["span_attributes"] else {
            Issue.record("no attributes")
            return
        }
        #expect(kept == "{\"\(name)\":\(shown)}")
    }

    /// A model may be named by its digest; under other names the same is a key.
    @Test func digestsOfModelsAreKept() throws {
        let digest = "llama3:4bf92f3577b34da6a3ce929d0e0e4736"
        var span = SampleSpan(name: "a", id: 1, parent: nil, start: 0, end: 5)
        span.attributes = [
            "gen_ai.request.model": .string(digest), "llm.model_name": .string(digest),
            "gen_ai.tool.name": .string(digest),
        ]
        let row = try Self.evidence(span)
        guard case .json(let kept)? = row.fields["span_attributes"] else {
            Issue.record("no attributes")
            return
        }
        #expect(kept.contains(#""gen_ai.request.model":"\#(digest)""#))
        #expect(kept.contains(#""llm.model_name":"\#(digest)""#) && !kept.contains("gen_ai.tool.name"))
    }

    @Test func settingsAreKept() throws {
        var span = SampleSpan(name: "a", id: 1, parent: nil, start: 0, end: 5)
        span.attributes = [
            "gen_ai.request.temperature": .double(0.5), "gen_ai.request.reasoning_effort": .string("high"),
            "gen_ai.request.encoding_formats": .array([.string("base64"), .string("float")]),
            "gen_ai.request.seed": .integer(7),
            "gen_ai.response.status": .string("whatever"), "http.request.method": .string("QUERY"),
            "rpc.method": .string("GetAnswer"),
            "langfuse.internal.as_root": .boolean(true),
        ]
        let row = try Self.evidence(span)
        guard case .json(let kept)? = row.fields["span_attributes"] else {
            Issue.record("no attributes")
            return
        }
        for name in span.attributes.keys { #expect(kept.contains("\"\(name)\":"), "\(name) in \(kept)") }
        #expect(row.integer("withheld_values") ?? 0 == 0)
    }

    @Test func namesLoseWhatIsSomebodys() throws {
        var span = SampleSpan(
            name: "GET /users/alice@example.com?key=sk-0123456789abcdefghij HTTP", id: 1, parent: nil, start: 0, end: 5)
        span.attributes = [
            "score.bob@example.com": .integer(3), "is.carol@example.com.member": .boolean(true),
            "my.dave%40example.com": .string("x"),
            "sk-0123456789abcdefghij": .string("x"), "error.type": .string("no account erin@example.com was found"),
        ]
        var request = OTLPTraces([span])
        var moment = OTLPSpanEvent()
        (moment.name, moment.time) = ("mail to frank@example.com", request.resources[0].scopes[0].spans[0].end)
        request.resources[0].scopes[0].spans[0].events = [moment]
        var traces = SampleTraces()
        try traces.receive(request)
        let row = try #require(traces.evidence.first)
        let everything = "\(row.fields)"
        for word in ["example", "alice", "bob", "carol", "dave", "erin", "frank", "sk-0", "account"] {
            #expect(!everything.contains(word), "\(word) in \(everything)")
        }
        #expect(row.text("span_name") == "GET /users/*?* HTTP")
        #expect(everything.contains("_OTHER"))
    }

    @Test(arguments: [
        "chat gpt-4o", "chat claude-sonnet-4-5@20250929", "POST /v1/messages", "npm @scope/package", "100% sure",
        "what now?",
        "ask-anyone sk-SK",
        "<class 'openai.RateLimitError'>",
    ])
    func otherNamesStay(_ name: String) throws {
        let span = SampleSpan(
            name: name, id: 1, parent: nil, start: 0, end: 5, attributes: ["error.type": .string("app.RateLimitError")])
        let row = try Self.evidence(span)
        #expect(row.text("span_name") == name)
        #expect("\(row.fields)".contains("app.RateLimitError"))
    }
}
