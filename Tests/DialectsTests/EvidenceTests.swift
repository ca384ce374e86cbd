import Dialects
import Domain
import Testing
import WireFormats

struct EvidenceTests {
    @Test func whatNoTableNamesIsWithheldAndCounted() throws {
        var span = SampleSpan(name: "chat", id: 1, parent: nil, start: 0, end: 5)
        span.attributes = [
            "gen_ai.request.model": .string("m"), "gen_ai.input.messages": .string("my secret"),
            "user.id": .string("ann@example.org"),
            "llm.input_messages.3.message.content": .string("another secret"),
            "my.own.7.thing": .string("third secret"),
            "my.number": .integer(4),
            "metadata": .string(#"{"thread_id":"t1","user_id":"bob","notes":"fourth secret"}"#),
        ]
        var traces = SampleTraces()
        try traces.receive(OTLPTraces([span]))
        let row = try #require(traces.evidence.first)
        let everything = "\(row.fields)"
        for word in ["secret", "ann", "bob"] { #expect(!everything.contains(word), "\(word)") }
        // Four texts, and a number that may be anybody's.
        #expect(row.integer("withheld_values") == 5)
        #expect(
            row.fields["unknown_attributes"]
                == .json(#"{"metadata/notes":"string","my.number":"int","my.own.N.thing":"string"}"#))
        guard case .json(let kept)? = row.fields["span_attributes"] else {
            Issue.record("no attributes")
            return
        }
        #expect(kept.contains(#""gen_ai.request.model":"m""#) && kept.contains(#""metadata/thread_id":"t1""#))
        #expect(!kept.contains("my.number") && kept.contains(#""metadata/user_id":"\#(traces.token("bob"))""#))
        #expect(kept.contains(#""user.id":"\#(traces.token("ann@example.org"))""#))
    }

    /// Texts that read as numbers, and names inside of values, are as private as any other text.
    @Test func numbersThatAreNoUsageAreWithheld() throws {
        var span = SampleSpan(name: "chat", id: 1, parent: nil, start: 0, end: 5)
        let names = [
            "access_token", "session_token", "card.token", "phone_token", "sms.token", "order.price", "usage",
            "ai.token",
        ]
        for (index, name) in names.enumerated() { span.attributes[name] = .string("49170123456\(index)") }
        span.attributes["user_usage"] = .string(#"{"john.doe@corp.com": 12, "ssn": 123456789}"#)
        span.attributes["token_usage"] = .string(
            #"{"ann@corp.com": 13, "ssn": 987654321, "prompt_tokens": 7, "bob": {"tokens": 5}}"#)
        span.attributes["llm.usage"] = .map(
            [OTLPAttribute("eve@corp.com", .integer(555_123)), OTLPAttribute("completion_tokens", .integer(8))])
        var traces = SampleTraces()
        try traces.receive(OTLPTraces([span]))
        let row = try #require(traces.evidence.first)
        let everything = "\(row.fields)"
        for word in ["49170123456", "corp", "ssn", "123456789", "987654321", "555123", "bob"] {
            #expect(!everything.contains(word), "\(word)")
        }
        #expect(everything.contains("token_usage/*") && everything.contains("llm.usage/*"))
        guard case .json(let kept)? = row.fields["span_attributes"] else {
            Issue.record("no attributes")
            return
        }
        #expect(kept.contains(#""token_usage/prompt_tokens":7"#) && kept.contains(#""llm.usage/completion_tokens":8"#))
    }

    /// Under names of usage only numbers are kept, and what opens something under none, be the name one that tables
    /// have kept.
    @Test func textsAmongUsageAndCredentialsAreWithheld() throws {
        var span = SampleSpan(name: "chat", id: 1, parent: nil, start: 0, end: 5)
        span.attributes = [
            "gen_ai.usage.access_token": .string("hidden-1"), "gen_ai.usage.session_token": .integer(77_001),
            "gen_ai.usage.note": .string("hidden-2"), "gen_ai.usage.input_tokens": .string("hidden-3"),
            "gen_ai.cost.comment": .array([.string("hidden-4")]),
            "gen_ai.aggregated_usage.by": .string(#"{"ann@corp.com": 77002, "prompt_tokens": 7, "who": "hidden-5"}"#),
            "http.request.header.authorization": .array([.string("hidden-6")]),
            "gen_ai.request.api_key": .string("hidden-7"),
            "gen_ai.request.model": .string("sk-hidden-0123456789abcdef"), "phone": .integer(77_003),
            "card.number": .double(77_004),
            "gen_ai.usage.is_estimated": .boolean(true), "gen_ai.usage.output_tokens": .string("12"),
            "gen_ai.usage.odd": .integer(5),
            "gen_ai.request.temperature": .double(0.5), "is_member": .boolean(true),
        ]
        var traces = SampleTraces()
        try traces.receive(OTLPTraces([span]))
        let row = try #require(traces.evidence.first)
        let everything = "\(row.fields)"
        for word in ["hidden", "7700", "ann@corp"] { #expect(!everything.contains(word), "\(word)") }
        guard case .json(let kept)? = row.fields["span_attributes"] else {
            Issue.record("no attributes")
            return
        }
        let expected = [
            #""gen_ai.aggregated_usage.by/prompt_tokens":7"#, #""gen_ai.usage.is_estimated":true"#,
            #""gen_ai.usage.odd":5"#,
            #""gen_ai.usage.output_tokens":"12""#, #""gen_ai.request.temperature":0.5"#, #""is_member":true"#,
        ]
        for member in expected { #expect(kept.contains(member), "\(member) in \(kept)") }
        // Each once; a text of numbers as one.
        #expect(row.integer("withheld_values") == 11)
    }

    /// What a field cannot read is named with its type, whatever the type; what it can read is not.
    @Test func valuesOfAWrongFormAreListed() throws {
        let wrong: [(name: String, value: OTLPValue, type: String)] = [
            ("gen_ai.usage.input_tokens", .boolean(true), "bool"),
            ("gen_ai.usage.input_tokens", .array([.integer(12)]), "array"),
            ("gen_ai.usage.input_tokens", .string("twelve"), "string"),
            ("gen_ai.usage.output_tokens", .double(1.5), "double"), ("gen_ai.usage.output_tokens", .integer(-1), "int"),
            ("gen_ai.usage.cost", .boolean(false), "bool"), ("gen_ai.usage.cost", .string("a lot"), "string"),
            ("gen_ai.embeddings.dimension.count", .double(1.5), "double"),
            ("http.request.resend_count", .integer(-2), "int"), ("gen_ai.request.stream", .string("maybe"), "string"),
            ("gen_ai.request.stream", .integer(7), "int"), ("gen_ai.latency.time_in_queue", .double(-1), "double"),
            ("gen_ai.response.time_to_first_chunk", .string("fast"), "string"),
            ("plimsoll.outcome", .string("solved"), "string"), ("plimsoll.feedback.score", .integer(9), "int"),
            ("plimsoll.attempt", .double(1.5), "double"),
        ]
        let right: [(name: String, value: OTLPValue)] = [
            ("gen_ai.usage.input_tokens", .string("12")), ("gen_ai.usage.output_tokens", .double(3)),
            ("gen_ai.usage.cost", .double(0.25)), ("gen_ai.embeddings.dimension.count", .integer(3)),
            ("gen_ai.request.stream", .string("True")), ("gen_ai.latency.time_in_queue", .double(0)),
            ("plimsoll.outcome", .string("Resolved")),
        ]
        func unknown(_ name: String, _ value: OTLPValue) throws -> String? {
            var span = SampleSpan(name: "chat", id: 1, parent: nil, start: 0, end: 5)
            span.attributes = ["gen_ai.operation.name": .string("chat"), name: value]
            var traces = SampleTraces()
            try traces.receive(OTLPTraces([span]))
            guard case .json(let text)? = traces.evidence.first?.fields["unknown_attributes"] else { return nil }
            return text
        }
        for (name, value, type) in wrong {
            let found = try unknown(name, value)
            #expect(found == "{\"\(name)\":\"\(type)\"}", "\(value)")
            #expect(DialectBook.builtIn.form(of: name) != nil, "\(name)")
        }
        for (name, value) in right { #expect(try unknown(name, value) == nil, "\(name) \(value)") }
    }

    @Test func spansWithoutIdsOrEndAreRefused() throws {
        var request = OTLPTraces([1, 2].map { SampleSpan(name: "a", id: $0, parent: nil, start: 0, end: 5) })
        request.resources[0].scopes[0].spans[0].traceID = []
        request.resources[0].scopes[1].spans[0].end = 0
        var traces = SampleTraces()
        try traces.receive(request)
        #expect(traces.rejected == 2 && traces.evidence.isEmpty)
    }

    /// Each is refused for what it is: who looks for a span id that is there finds nothing.
    @Test func whatASpanLacksHasItsName() throws {
        func refused(_ change: (inout OTLPSpan) -> Void) -> (names: [RefusalName: Int], reason: String) {
            var request = OTLPTraces([SampleSpan(name: "a", id: 1, parent: nil, start: 0, end: 5)])
            change(&request.resources[0].scopes[0].spans[0])
            var encoder = EvidenceEncoder(registry: .builtIn, tokeniser: UserTokeniser(key: Array(0..<32)))
            let batch = encoder.encode(request)
            return (batch.refusals, batch.reason)
        }
        let none = refused { $0.traceID = [] }
        #expect(none.names == [.noTraceID: 1] && none.reason == "a span needs a trace id, and has none")
        let zeros = refused { $0.traceID = [UInt8](repeating: 0, count: 16) }
        #expect(zeros.names == [.noTraceID: 1] && zeros.reason.contains("trace id is not all zeros"))
        let short = refused { $0.spanID = [1, 2] }
        #expect(short.names == [.noSpanID: 1] && short.reason == "a span's span id has 8 bytes, not 2")
        #expect(refused { $0.parentSpanID = [1] }.names == [.malformedSpan: 1])
        #expect(refused { $0.end = 0 }.names == [.noEndTime: 1])
        #expect(refused { $0.end = .max }.names == [.impossibleTime: 1])
        #expect(refused { $0.name = "b" }.names == [:])
    }

    /// Bytes that are no UTF-8 are no text: two ids that differ in them would be one.
    @Test func textsThatAreNoUTF8AreRefusedWithTheirSpan() throws {
        for (byte, place) in [(0xFF, 0), (0xFE, 1), (0xC3, 2)] as [(UInt8, Int)] {
            let broken = OTLPValue.text([0x63, byte][...])
            var span = SampleSpan(
                name: "a", id: 1, parent: nil, start: 0, end: 5, attributes: ["gen_ai.operation.name": .string("chat")])
            span.attributes["session.id"] = [broken, .array([broken]), .map([OTLPAttribute("k", broken)])][place]
            let fine = SampleSpan(
                name: "b", id: 2, parent: nil, start: 0, end: 5, attributes: ["session.id": .string("cé")])
            var traces = SampleTraces()
            try traces.receive(OTLPTraces([span, fine]))
            #expect(traces.rejected == 1 && traces.evidence.count == 1)
            var encoder = EvidenceEncoder(registry: .builtIn, tokeniser: UserTokeniser(key: Array(0..<32)))
            let refused = encoder.encode(OTLPTraces([span]))
            #expect(refused.reason == "the text of session.id is no UTF-8" && refused.refusals == [.notText: 1])
        }
    }

    @Test func theSameSpanGivesTheSameRow() throws {
        var traces = SampleTraces()
        let span = SampleSpan(
            name: "a", id: 1, parent: nil, start: 3, end: 5, attributes: ["gen_ai.operation.name": .string("chat")])
        try traces.receive(OTLPTraces([span]))
        try traces.receive(OTLPTraces([span]))
        #expect(traces.evidence.count == 1)
        #expect(
            traces.evidence[0].text("id") == String(repeating: "01", count: 16) + "-"
                + String(repeating: "01", count: 8))
        #expect(
            traces.evidence[0].text("source") == "otlp/bot" && traces.evidence[0].text("span_class") == "model_call")
    }

    @Test func brokenTablesSayWhere() throws {
        #expect(throws: DialectTableError(place: "dialect", expected: "a name")) {
            try DialectTable(parsing: Array("{}".utf8))
        }
        let wrong = #"{"dialect":"d","fields":{"tool":[{"path":["x"]}]}}"#
        #expect(
            throws: DialectTableError(place: "fields.tool[0]", expected: "an attribute, an event or exception_type")
        ) {
            try DialectTable(parsing: Array(wrong.utf8))
        }
        // Nobody knows what else will begin like what is kept.
        for list in ["metadata", "settings"] {
            let wild = #"{"dialect":"d","\#(list)":["a","b.*"]}"#
            let error = #expect(throws: DialectTableError.self) { try DialectTable(parsing: Array(wild.utf8)) }
            #expect(error?.place == "\(list)[1]")
        }
    }

    /// What others send along is withheld whatever its name ends in; of a template its beginning is kept, of a time
    /// its digits.
    @Test func nothingElseIsKeptUnderNamesThatAreRead() throws {
        var span = SampleSpan(name: "chat", id: 1, parent: nil, start: 0, end: 5)
        span.attributes = [
            "http.request.header.session_id": .string("hidden-1"),
            "rpc.grpc.request.metadata.thread_id": .integer(77_001),
            "http.request.header.x-count": .integer(77_002), "gen_ai.response.text": .integer(77_003),
            "logfire.msg_template": .string("Agent run hidden-2"),
            "gen_ai.response.time_to_first_chunk": .string("hidden-3"),
            "gen_ai.request.temperature": .string("0.5"),
            "gen_ai.tool.name": .array([.string("x"), .string("a=sk-hidden0123456789abc")]),
            "session.id": .string("c-1"),
        ]
        var traces = SampleTraces()
        try traces.receive(OTLPTraces([span]))
        let row = try #require(traces.evidence.first)
        let everything = "\(row.fields)"
        for word in ["hidden", "7700"] { #expect(!everything.contains(word), "\(word)") }
        guard case .json(let kept)? = row.fields["span_attributes"] else {
            Issue.record("no attributes")
            return
        }
        #expect(kept.contains(#""logfire.msg_template":"Agent run""#) && kept.contains(#""session.id":"c-1""#))
        #expect(kept.contains(#""gen_ai.request.temperature":"0.5""#))
    }

    /// Adding a dialect is adding a file.
    @Test func aNewTableIsUnderstood() throws {
        let table = try DialectTable(
            parsing: Array(
                """
                {"dialect": "mine", "kinds": [{"attribute": "my.kind", "values": {"ask": "model_call"}}],
                 "fields": {"input_tokens": [{"attribute": "my.usage", "path": ["in"]}], "conversation": ["my.talk"]}}
                """.utf8))
        let book = DialectBook([table])
        var encoder = EvidenceEncoder(registry: .builtIn, tokeniser: UserTokeniser(key: Array(0..<32)), book: book)
        let span = SampleSpan(
            name: "a", id: 1, parent: nil, start: 0, end: 5,
            attributes: ["my.kind": .string("ask"), "my.usage": .string(#"{"in": 7}"#), "my.talk": .string("t")])
        let batch = encoder.encode(OTLPTraces([span]))
        #expect(Derived(batch.events[0]).text("span_class") == "model_call")
    }

    @Test func theReportNamesWhatIsUnknown() throws {
        let answer = """
            {"rows":[["scope.a","","other","{\\"x.y\\":\\"string\\"}",3,"5","no_start"],
            ["scope.b","openlit","model_call",{"x.y":"int","z":"bool"},"2",0,""]]}
            """
        let traces =
            #"{"rows":[["trace.full","false","false","1"],["trace.settled","false","true",4],["trace.settled","true","true","2"]]}"#
        let report = try DialectReport(answer: Array(answer.utf8), traces: Array(traces.utf8))
        #expect(report.attributes.map(\.name) == ["x.y", "z"])
        #expect(report.attributes[0].spans == 5 && report.attributes[0].types == ["int", "string"])
        #expect(report.scopes.map(\.unclassed) == [3, 0] && report.text.contains("scope.a (no dialect): 3, 3, 5"))
        #expect(report.text.contains("no_start: 3") && report.text.contains("more were refused: 1"))
        #expect(report.joinedTraces == 2 && report.unansweredTraces == 6)
        #expect(report.text.contains("several questions read as one, for all that their spans tell: 2"))
    }

    @Test func whatWaitsIsCountedUntilItSettles() {
        let rule = SettleRule()
        var pending = PendingTraces(rule: rule)
        #expect(pending.backlog(at: 0).traces == 0 && pending.backlog(at: 0).nanoseconds == 0)
        pending.note("a", isRoot: true, receivedTime: 100)
        pending.note("b", isRoot: false, receivedTime: 200)
        pending.note("b", isRoot: false, receivedTime: 300)
        let backlog = pending.backlog(at: 400)
        #expect(backlog.spans == 3 && backlog.traces == 2)
        #expect(backlog.nanoseconds == rule.idleNanoseconds - 100)
        // What is due waits no longer, whatever the clock says.
        #expect(pending.backlog(at: .max).nanoseconds == 0)
        for trace in pending.due(at: rule.quietNanoseconds + 100, atMost: 9) { pending.settled(trace) }
        let rest = pending.backlog(at: 400)
        #expect(rest.spans == 2 && rest.traces == 1)
    }

    /// Names that differ only in how a letter is spelled are two names, in evidence and in the report.
    @Test func spellingsOfALetterAreTwoNames() throws {
        let (composed, decomposed) = ("x.caf\u{E9}", "x.cafe\u{301}")
        let row = #"{"rows":[["s.caf\#u{E9}","","other",{"\#(composed)":"int","\#(decomposed)":"bool"},2,0,""],"#
        let other = #"["s.cafe\#u{301}","","other",{"\#(composed)":"int"},3,0,""]]}"#
        let report = try DialectReport(answer: Array((row + other).utf8), traces: Array(#"{"rows":[]}"#.utf8))
        #expect(report.scopes.map(\.spans) == [3, 2], "by bytes")
        #expect(report.attributes.map(\.spans) == [5, 2])
        #expect(report.attributes.map { Array($0.name.utf8) } == [Array(composed.utf8), Array(decomposed.utf8)])
        #expect(report.attributes[0].scopes.count == 2)

        var traces = SampleTraces()
        var request = OTLPTraces([SampleSpan(name: "a", id: 1, parent: nil, start: 0, end: 5)])
        let attributes = [composed, decomposed].map { OTLPAttribute($0, .integer(1)) }
        request.resources[0].scopes[0].spans[0].attributes = attributes
        try traces.receive(request)
        guard case .json(let text)? = traces.evidence.first?.fields["unknown_attributes"] else {
            Issue.record("nothing is noted")
            return
        }
        #expect(Array(text.utf8) == Array(#"{"\#(decomposed)":"int","\#(composed)":"int"}"#.utf8))
    }

    @Test func waitingTracesAreBounded() {
        var rule = SettleRule()
        rule.pendingMax = 3
        var pending = PendingTraces(rule: rule)
        for index in 0..<5 { pending.note("t\(index)", isRoot: index == 4, receivedTime: Int64(index)) }
        #expect(pending.due(at: 10, atMost: 10).map(\.traceID) == ["t0", "t1"])
        #expect(pending.due(at: rule.quietNanoseconds + 4, atMost: 10).map(\.reason).first == .rootAndQuiet)
        #expect(pending.due(at: rule.idleNanoseconds + 5, atMost: 10).count == 5)
        let due = pending.due(at: rule.idleNanoseconds + 5, atMost: 10)
        pending.note("t3", isRoot: false, receivedTime: 5)
        for trace in due { pending.settled(trace) }
        // A span that came while its trace settled is not forgotten.
        #expect(pending.count == 1)
        for trace in pending.due(at: .max / 2, atMost: 10) { pending.settled(trace) }
        #expect(pending.count == 0)
    }
}
