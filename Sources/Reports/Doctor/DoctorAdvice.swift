import Dialects
import Domain
import JSONTexts

/// The lines to change.
enum DoctorAdvice {
    /// Stands for the server where nobody knows its address.
    static let server = "http://HOST:8910"
    static let endpoint = ["OTEL_EXPORTER_OTLP_ENDPOINT=\(server)", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"]
    /// For who sends events, and no call among them.
    static let calls = [
        "llm.call events as well, by POST to \(server)/v1/events, for each call of a model",
        "`plimsoll schemas llm.call` has their fields",
        "nothing, where no model is asked: messages, outcomes and all else are counted without calls",
    ]
    static let waiting = ["nothing: a trace settles 1 s after its root came, else 5 s after its last span"]
    static let service = ["OTEL_SERVICE_NAME=my-bot"]
    static let conversation = ["span.set_attribute(\"gen_ai.conversation.id\", ID) on the outermost span"]
    static let usage = [
        "stream_options={\"include_usage\": True} where the model's answer is streamed",
        "else gen_ai.usage.input_tokens and gen_ai.usage.output_tokens on the call's span",
    ]
    /// A line with the address of the server, as far as it knows it.
    static func addressed(_ line: String, _ address: String?) -> String {
        address.map { line.replacing(server, with: $0) } ?? line
    }

    /// What to change where calls lack something: on spans, or in events, by what told them.
    /// - Parameters:
    ///   - all: calls that lack it.
    ///   - events: how many of them came as events of each of `DoctorQueries/callTypes`.
    static func lack(
        _ all: Int128, _ events: [Int128], ofSpan span: [String], ofEvent event: (String) -> String
    ) -> [String] {
        let types = zip(DoctorQueries.callTypes, events).filter { $0.1 > 0 }.map(\.0)
        return (all > events.reduce(0, +) ? span : []) + types.map(event)
    }

    static func conversation(ofEvent type: String) -> String { "\"conversation_id\": ID in the data of \(type)" }

    static func usage(ofEvent type: String) -> String {
        type == "llm.call"
            ? "\"input_tokens\" and \"output_tokens\" in the data of \(type)"
            : "\"input_tokens\" in the data of \(type)"
    }

    static let usageOfEvents = ["\"input_tokens\" and \"output_tokens\" in the data of the call"]

    static let allPrices = ["`plimsoll prices check` lists all that lack a price"]

    static let ahead = ["timedatectl set-ntp true on the machine that sends: its clock is wrong"]
    static let late = [
        "nothing, where a sender had to wait: it is kept, and reports have it, though /metrics has not",
        "timedatectl set-ntp true on the machine that sends, where all it sends is as late: its clock is behind",
        "else OTEL_BSP_SCHEDULE_DELAY=1000 for spans; `plimsoll import FILE` for history",
    ]
    static let stepped = ["timedatectl set-ntp true on this server: its clock was wrong"]
    static let laterVersion = ["the version of plimsoll that wrote the file, or a later one: the file is whole"]
    private static let taking = "GET /readyz answers 200 once events are taken again"
    static let call = ["gen_ai.provider.name and gen_ai.request.model on the call's span"]
    static let callOfEvents = [
        "\"provider\" and \"request_model\" in the data of the call; one that was sent may have looked "
            + "like a credential and was withheld: the answer's warnings say so (plimsoll_withheld_values_total)"
    ]
    static let operation = ["span.set_attribute(\"gen_ai.operation.name\", \"chat\") on the call's span"]
    static let reading = ["gen_ai.usage.total_tokens beside the counts, so that one reading is left"]
    static let readingOfEvents = ["\"total_tokens\" beside the counts in the data of the call: one reading is left"]

    static func trouble(_ remedy: Trouble.Remedy) -> [String] {
        switch remedy {
        case .space: ["free space on the data directory's disk", taking]
        case .restart: ["a look at the data directory's disk, then a restart: a flush failed", taking]
        case .laterVersion: laterVersion
        case .backup: ["`plimsoll verify` shows the extent; the server's log has the rest"]
        case .asTold: ["what it says itself; the server's log has the rest"]
        }
    }

    /// By why times of a span are not believed, as `time_doubt` says it.
    static func times(_ doubt: String) -> [String] {
        doubt == SpanTimeDoubt.firstToken.rawValue
            ? ["gen_ai.response.time_to_first_chunk: a number of s, from 0 to those of a day"]
            : ["start and end of spans in ns since 1970 UTC: who sets them by hand?"]
    }

    /// - Parameters:
    ///   - type: of the event that names no conversation.
    ///   - isOfSpan: whether a span told it.
    static func outcome(_ type: String, isOfSpan: Bool) -> [String] {
        isOfSpan
            ? ["gen_ai.conversation.id on the span that says it, or on one around it"]
            : [conversation(ofEvent: type)]
    }

    /// Of messages that came in and of which none is a question.
    static let question =
        "\(QuestionRule.authorColumn) of \(QuestionRule.question.eventType): \(QuestionRule.question.author), or none, "
        + "for who asks: no message of the period is a question"

    /// What an attribute has to say in place of what it said.
    static func value(_ name: String, _ form: AttributeForm, found: String) -> String {
        "\(name): \(form.wanted), not \(found)"
    }

    /// The word that a mistyped one may have meant.
    static func word(_ name: String, _ said: String, among values: [String]) -> String? {
        nearestName(to: said, among: values).map { "\(name): \($0) instead of \"\(said)\"" }
    }

    /// What to say instead of a name that nothing reads, as a line.
    static func change(ofName name: String) -> String? {
        Self.name(name).map { $0.hasPrefix("`") ? $0 : "\(name): say it as \($0)" }
    }

    /// What to say instead of a member that was meant to be a field: one of the field's own name stands beside the
    /// data, or among its attributes.
    static func change(of slip: DoctorQueries.MisspeltMember) -> String {
        let isIt = slip.name == slip.meant
        return "\(slip.name) of \(slip.type): " + (isIt ? "say it in the data" : "say it as \(slip.meant)")
    }

    /// What says the same as a name that nothing reads: the name that it may have meant, else by its words.
    static func name(_ name: String) -> String? {
        let words = name.lowercased()
        func has(_ parts: String...) -> Bool { parts.contains { words.contains($0) } }
        if let meant = AttributeSpelling.meant(by: name) { return meant }
        if words.hasPrefix("plimsoll.") { return "`plimsoll schemas TYPE` has the names under OPENTELEMETRY" }
        if has("cost") { return "plimsoll.cost_usd" }
        if has("token", "usage") {
            return has("output", "completion") ? "gen_ai.usage.output_tokens" : "gen_ai.usage.input_tokens"
        }
        if has("conversation", "session", "thread") { return "gen_ai.conversation.id" }
        if has("tenant", "customer", "organi", "account") { return "plimsoll.tenant" }
        if has("channel") { return "plimsoll.channel" }
        if has("team") { return "plimsoll.team" }
        if has("user") { return "user.id" }
        if has("model") { return "gen_ai.request.model" }
        return nil
    }
}

/// Which attribute a mistyped name may have meant: one of the same words but for their parting, or of which one word is
/// near.
enum AttributeSpelling {
    private static let known: [(name: String, letters: [UInt8], words: [String])] = DialectBook.builtIn.readAttributes
        .map { ($0, letters(of: $0), words(of: $0)) }

    /// - Complexity: O(names that are known).
    static func meant(by name: String) -> String? {
        let (letters, words) = (letters(of: name), words(of: name))
        guard !letters.isEmpty else { return nil }
        return known.first { $0.letters == letters }?.name ?? known.first { isNear($0.words, words) }?.name
    }

    private static func letters(of name: String) -> [UInt8] {
        name.utf8.filter { isLetter($0) }.map { isCapital($0) ? $0 | 0x20 : $0 }
    }

    private static func words(of name: String) -> [String] {
        name.utf8.split { !isLetter($0) }.map { String(decoding: $0, as: UTF8.self).lowercased() }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        isCapital(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte >= 0x80
    }

    private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

    /// Of a name of one word nobody knows whether another was meant.
    private static func isNear(_ known: [String], _ said: [String]) -> Bool {
        guard known.count == said.count, known.count > 1 else { return false }
        let different = known.indices.filter { known[$0] != said[$0] }
        return different.count == 1 && isNear(known[different[0]], said[different[0]])
    }

    private static func isNear(_ known: String, _ said: String) -> Bool {
        let (shorter, longer) = known.utf8.count < said.utf8.count ? (known, said) : (said, known)
        let more = longer.utf8.count - shorter.utf8.count
        if shorter.utf8.count >= 3, more <= 2, longer.hasPrefix(shorter) { return true }
        return shorter.utf8.count >= 4 && known.utf8.first == said.utf8.first
            && nearestName(to: said, among: [known]) != nil
    }
}
