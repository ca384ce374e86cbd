import Domain
import Testing
import WireFormats

struct WarningTests {
    private func decoded(_ type: String, _ data: String) -> DecodedBatch {
        var decoder = makeDecoder()
        let line = #"{"specversion":"1.0","id":"e","source":"s","type":"\#(type)","data":\#(data)}"#
        return decoder.decodeLines(Array(line.utf8).span)
    }

    @Test func namesThatLookLikeOursAreToldWithTheRightOne() {
        let batch = decoded(
            "llm.call",
            #"{"model":"gpt","prompt_tokens":5,"completionTokens":6,"session_id":"c","cost":0.1,"latency_ms":7,"InputTokens":5,"mine":1}"#
        )
        #expect(batch.batch.count == 1 && batch.rejectedCount == 0 && batch.warningCount == 1)
        let warning = batch.warnings.first?.warning ?? ""
        for part in [
            "model: kept as an attribute, no figure has it; the field is request_model", "prompt_tokens: ",
            "is input_tokens",
            "is output_tokens",
            "is conversation_id", "is reported_cost_usd", "is duration_ns in nanoseconds",
        ] { #expect(warning.contains(part), "\(part)") }
        #expect(!warning.contains("mine") && batch.warnings.first?.id == "e" && batch.warnings.first?.index == 0)
    }

    @Test func whatIsToldRightOrMeansNothingHereIsNoMatter() {
        #expect(decoded("llm.call", #"{"request_model":"gpt","model":"gpt","input_tokens":5}"#).warningCount == 0)
        let rating = #"{"conversation_id":"c","score":5,"prompt_tokens":3,"colour":"red"}"#
        #expect(decoded("feedback.submitted", rating).warningCount == 0)
        #expect(decoded("feedback.submitted", #"{"rating":5}"#).warnings.first?.warning.contains("is score") == true)
    }

    /// Of a name or a word that is nearly another: which one; never what stands there.
    @Test(arguments: [
        ("feedback.submitted", #"{"scor":4}"#, "scor: kept as an attribute, no figure has it; did you mean score?"),
        ("escalation.raised", #"{"reasn":"user_request"}"#, "did you mean reason?"),
        ("conversation.resolved", #"{"by":"agnt"}"#, "by: kept, and no figure knows this word; did you mean agent?"),
        ("conversation.resolved", #"{"by":"bot"}"#, "by: kept, and no figure knows this word; did you mean agent?"),
        ("conversation.resolved", #"{"by":"robot"}"#, "by: kept, and no figure knows this word; one of agent, human"),
        ("feedback.submitted", #"{"kind":"thumb","score":4}"#, "knows this word; did you mean thumbs?"),
        ("llm.call", #"{"channel":"Email"}"#, "channel: kept, and no figure knows this word; did you mean email?"),
        ("message.sent", #"{"channel":"chatt"}"#, "channel: kept, and no figure knows this word; did you mean chat?"),
        ("tool.call", #"{"channel":"Web"}"#, "channel: kept, and no figure knows this word; did you mean web?"),
        ("tool.call", #"{"channel":"wbe"}"#, "channel: kept, and no figure knows this word; did you mean web?"),
        ("llm.call", #"{"environment":"Production"}"#, "knows this word; did you mean production?"),
    ])
    func whatIsNearlyKnownIsToldWithWhatWasMeant(_ type: String, _ data: String, _ wanted: String) {
        let batch = decoded(type, data)
        #expect(batch.batch.count == 1 && batch.warningCount == 1)
        let warning = batch.warnings.first?.warning ?? ""
        #expect(warning.contains(wanted) && !warning.contains("agnt") && !warning.contains("robot"), "\(warning)")
    }

    /// Of fields that all events have, whoever runs the server is told as well: each word once, batch by batch.
    @Test func slipsInWordsThatAllEventsHaveAreListed() {
        let channel = registry.wellKnown.channel
        let lines = [
            ("message.sent", #"{"channel":"Email","author":"bot"}"#), ("llm.call", #"{"channel":"Email"}"#),
            ("llm.call", #"{"channel":"fax","environment":"Production"}"#), ("tool.call", #"{"channel":"chatt"}"#),
        ].enumerated().map { number, line in
            #"{"specversion":"1.0","id":"\#(number)","source":"s","type":"\#(line.0)","data":\#(line.1)}"#
        }
        var decoder = makeDecoder()
        let batch = decoder.decodeLines(Array(lines.joined(separator: "\n").utf8).span)
        #expect(
            batch.slips == [
                WordSlip(column: channel, said: Array("Email".utf8), meant: "email"),
                WordSlip(column: registry.wellKnown.environment, said: Array("Production".utf8), meant: "production"),
                WordSlip(column: channel, said: Array("chatt".utf8), meant: "chat"),
            ])
        #expect(decoder.decodeLines(Array(lines[2].utf8).span).slips.count == 1)
    }

    /// Whose message it is decides whether it counts; others have other names for them.
    @Test(arguments: [
        ("message.received", "customer", "user"), ("message.received", "User", "user"),
        ("message.received", "end_user", "user"), ("message.received", "END-USER", "user"),
        ("message.sent", "assistant", "agent"), ("message.sent", "ai", "agent"), ("message.sent", "bot", "agent"),
        ("message.sent", "model", "agent"), ("message.received", "assistant", "agent"),
        ("message.sent", "Admin", "human"), ("message.sent", "developer", "system"),
        // A customer sends nothing to himself.
        ("message.sent", "customer", nil), ("message.received", "warehouse", nil),
    ] as [(String, String, String?)])
    func anAuthorThatNoFigureKnowsIsTold(_ type: String, _ author: String, _ meant: String?) {
        let batch = decoded(type, #"{"conversation_id":"c","author":"\#(author)"}"#)
        let known = type == "message.sent" ? "agent, human, system" : "agent, human, system, user"
        let hint = meant.map { "did you mean \($0)?" } ?? "one of \(known)"
        #expect(batch.batch.count == 1 && batch.rejectedCount == 0)
        #expect(batch.warnings.map(\.warning) == ["author: kept, and no figure knows this word; \(hint)"])
    }

    /// An event that is kept and that nobody can count.
    @Test(arguments: [
        ("conversation.resolved", #"{"by":"agent"}"#, "conversation_id"),
        ("conversation.closed", #"{"conversation_id":"","reason":"completed"}"#, "conversation_id"),
        ("message.sent", #"{"status":"ok"}"#, "conversation_id"),
        ("feedback.submitted", #"{"conversation_id":"c","kind":"stars"}"#, "score"),
        ("feedback.submitted", #"{"conversation_id":"c","score":null}"#, "score"),
    ])
    func whatNobodyCountsIsToldWithWhatIsMissing(_ type: String, _ data: String, _ field: String) {
        let batch = decoded(type, data)
        #expect(batch.batch.count == 1 && batch.rejectedCount == 0)
        #expect(
            batch.warnings.map(\.warning) == ["\(field): missing, and no report counts such an event without it"])
    }

    /// Empty text and what nobody can see name nothing: what reports say of an event without a conversation is true of
    /// these.
    @Test(arguments: [
        "", " ", "\\t\\n ", "\u{A0}", "\u{2003}\u{3000}", "\u{200B}", "\u{2060}\u{AD}\u{FEFF}", "\u{2800}", "\u{3164}",
        "\\u0000", "\u{7F}",
    ])
    func aTextThatNamesNothingIsNone(_ blank: String) {
        let names = [
            "conversation_id", "message_id", "channel", "user_id", "agent", "team", "trace_id", "span_id",
            "parent_span_id", "environment", "author",
        ]
        let data = names.map { "\"\($0)\":\"\(blank)\"" }.joined(separator: ",")
        let batch = decoded("message.received", "{\(data)}")
        #expect(dump(batch.batch) == "message.received id='e' source='s' tenant='default'")
        #expect(
            batch.warnings.map(\.warning) == [
                "conversation_id: missing, and no report counts such an event without it"
            ])
        #expect(batch.unknownValues.isEmpty && batch.withheld.isEmpty)
        // What the envelope says holds then.
        let trace = "0f5ee02a2e35937b3c6537cfcc16b38d"
        let around = #","subject":"c","traceparent":"00-\#(trace)-00f067aa0ba902b7-01""#
        #expect(
            row(event("message.received", data, extra: around))
                == "message.received id='e1' source='s' tenant='default' conversation_id='c' trace_id='\(trace)' "
                + "span_id='00f067aa0ba902b7'")
        // Nobody's event is not taken for another's, a value is one though it is empty, and what was taken in is moved.
        #expect(row(event("llm.call", "\"tenant\":\"\(blank)\"")).hasPrefix("refused: tenant: "))
        let price =
            #""model":"m","token_class":"input","usd_per_million_tokens":"1","valid_from":"2026-08-01T00:00:00Z""#
        #expect(
            row(event("price.set", "\"provider\":\"\(blank)\"," + price))
                == "refused: provider: expected text, found nothing")
        #expect(row(event("experiment.changed", "\"to_value\":\"\"")).hasSuffix(" to_value=''"))
        var decoder = makeDecoder()
        let moved = event("llm.call", "\"conversation_id\":\"\"")
        let kept = decoder.decodeLines(Array(moved.utf8).span, from: .export).batch
        #expect(dump(kept) == "llm.call id='e1' source='s' tenant='default' conversation_id=''")
    }

    /// An event is known by what can be seen; what was taken in once is moved as it is.
    @Test(
        arguments: ["id", "source"],
        [" ", "\\t", "\u{200B}", "\u{2060}", "\u{AD}", "\u{FEFF}", "\u{2800}", "\u{3164}", "\\u0000"])
    func anEventThatNothingNamesIsRefused(_ name: String, _ blank: String) {
        let text = name == "id" ? event(id: blank) : event(source: blank)
        #expect(
            row(text) == "refused: \(name): expected text that is not empty, found text without a visible character")
        var decoder = makeDecoder()
        #expect(decoder.decodeLines(Array(text.utf8).span, from: .export).batch.count == 1)
    }

    /// A tenant beside the data is nobody's word for whose the event is, and the sender should know.
    @Test(arguments: ["", " ", "\u{200B}", "acme"]) func aTenantBesideTheDataIsTold(_ tenant: String) {
        let (data, around) = (#""conversation_id":"c""#, #","tenant":"\#(tenant)""#)
        let unsaid = decodeLines(event("message.received", data, extra: around))
        #expect(
            unsaid.warnings.map(\.warning) == ["tenant: kept as an attribute, no figure has it; it is a field of data"])
        #expect(dump(unsaid.batch).contains(" tenant='default' "))
        let said = decodeLines(event("message.received", data + #","tenant":"umbra""#, extra: around))
        #expect(said.warningCount == 0 && dump(said.batch).contains(" tenant='umbra' "))
    }

    @Test func whatIsMissingIsToldOnce() {
        #expect(
            decoded("feedback.submitted", #"{"session_id":"c","rating":5}"#).warnings.map(\.warning) == [
                "rating: kept as an attribute, no figure has it; the field is score; "
                    + "session_id: kept as an attribute, no figure has it; the field is conversation_id"
            ])
        #expect(decoded("conversation.resolved", #"{"conversation_id":"c"}"#).warningCount == 0)
        // A conversation may stand in the envelope, and other types count without one.
        let subject =
            #"{"specversion":"1.0","id":"e","source":"s","subject":"c","type":"conversation.closed","data":{}}"#
        var decoder = makeDecoder()
        #expect(decoder.decodeLines(Array(subject.utf8).span).warningCount == 0)
        #expect(decoded("llm.call", "{}").warningCount == 0 && decoded("tool.call", "{}").warningCount == 0)
    }

    /// Rules take any reason that they do not know for consent.
    @Test func aReasonThatNoRuleKnowsIsTold() {
        let warning = decoded("conversation.closed", #"{"conversation_id":"c","reason":"finished"}"#).warnings.first
        let known = "abandoned, completed, handed_over, idle"
        #expect(warning?.warning == "reason: kept, and no figure knows this word; one of \(known)")
    }

    @Test func anApplicationsOwnNamesAndWordsAreNoSlips() {
        for (type, data) in [
            ("feedback.submitted", #"{"conversation_id":"c","kind":"smileys","score":4,"scope":"checkout"}"#),
            ("escalation.raised", #"{"conversation_id":"c","reason":"vip","warehouse":"north"}"#),
            ("llm.call", #"{"channel":"whatsapp","environment":"staging2"}"#),
            ("message.received", #"{"conversation_id":"c","channel":"sms","author":"human","environment":"qa"}"#),
        ] { #expect(decoded(type, data).warningCount == 0, "\(data): \(decoded(type, data).warnings)") }
        // Said again and among others they are as little one as the first time, and a slip among them is told again.
        let channels = (0..<12).map { "desk-\($0)" } + ["Email"]
        let lines = (channels + channels).map { event("llm.call", "\"channel\":\"\($0)\"") }
        let batch = decodeLines(lines.joined(separator: "\n"))
        #expect(batch.batch.count == 26 && batch.warnings.map(\.index) == [12, 25])
        // However many slips there are, a warning is a line.
        let names = (0..<26).map { #""sco\#(UnicodeScalar(UInt8(97 + $0)))re":1"# }
        let slips = #"{"conversation_id":"c",\#(names.joined(separator: ","))}"#
        let warning = decoded("feedback.submitted", slips).warnings.first?.warning ?? ""
        #expect(warning.utf8.count < 1500 && warning.hasSuffix("did you mean score?; and 16 more"), "\(warning)")
    }

    /// Under names that no field has stays neither what opens something nor who somebody is.
    @Test(arguments: [
        ("email", #""hidden""#), ("contactEmail", #""hidden""#), ("api_key", #""hidden""#), ("x-api-key", #""hidden""#),
        ("password", #"["hidden"]"#), ("userId", #""hidden""#), ("note", #""write to hidden@example.com, please""#),
        ("deep", #"{"a":[{"secret":"hidden"}]}"#), ("list", #"["x","hidden@example.com"]"#),
        ("passwort", #""hidden""#), ("contraseña", #""hidden""#), ("密码", #""hidden""#), ("Пароль", #"["hidden"]"#),
        ("key", #""sk-hidden0123456789abcd""#),
    ])
    func whatMayBeSomebodysIsWithheldAndTold(_ name: String, _ value: String) {
        let batch = decoded("llm.call", #"{"colour":"red","\#(name)":\#(value)}"#)
        #expect(batch.batch.count == 1 && batch.warningCount == 1)
        let row = String(decoding: batch.batch.bytes, as: UTF8.self)
        #expect(row.contains("red") && !row.contains("hidden"))
        let warning = batch.warnings.first?.warning ?? ""
        #expect(warning.contains("withheld") && !warning.contains("hidden"))
        #expect(warning.contains("the field is user_id") == (name == "userId"))
    }

    @Test func otherAttributesStay() {
        let batch = decoded(
            "llm.call",
            #"{"channel_name":"email","has_email":true,"token_count":7,"path":"@scope/model","at":"5 @ 3.50","cookies_used":3}"#
        )
        let row = String(decoding: batch.batch.bytes, as: UTF8.self)
        #expect(batch.warningCount == 0)
        for part in ["email", "has_email", "token_count", "@scope/model", "5 @ 3.50", "cookies_used"] {
            #expect(row.contains(part), "\(part)")
        }
    }
}
