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
        ("conversation.resolved", #"{"by":"robot"}"#, "by: kept, and no figure knows this word; one of agent, human"),
        ("feedback.submitted", #"{"kind":"thumb","score":4}"#, "knows this word; did you mean thumbs?"),
    ])
    func whatIsNearlyKnownIsToldWithWhatWasMeant(_ type: String, _ data: String, _ wanted: String) {
        let batch = decoded(type, data)
        #expect(batch.batch.count == 1 && batch.warningCount == 1)
        let warning = batch.warnings.first?.warning ?? ""
        #expect(warning.contains(wanted) && !warning.contains("agnt") && !warning.contains("robot"), "\(warning)")
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
        ] { #expect(decoded(type, data).warningCount == 0, "\(data): \(decoded(type, data).warnings)") }
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
