internal import Domain
internal import JSONParsing
internal import JSONTexts

/// Fields of an event's data that are kept as attributes and look like fields of ours under another name: no figure has
/// them, and the sender should know.
struct MisnamedFields: Sendable {
    /// Our fields by spellings without capitals and marks.
    private let names: [[UInt8]: (column: UInt16, hint: String)]

    /// Names in use elsewhere, and ours; after a blank what else has to change.
    private static let others: [(name: String, field: String)] = [
        ("prompttokens", "input_tokens"), ("prompttokencount", "input_tokens"), ("inputtokencount", "input_tokens"),
        (
            "tokensin",
            "input_tokens"
        ),
        ("inputtokens", "input_tokens"), ("completiontokens", "output_tokens"),
        ("completiontokencount", "output_tokens"),
        ("outputtokencount", "output_tokens"), ("tokensout", "output_tokens"),
        ("candidatestokencount", "output_tokens"),
        ("cachedtokens", "cache_read_tokens"), ("cachedinputtokens", "cache_read_tokens"),
        ("cachereadinputtokens", "cache_read_tokens"),
        ("cachedcontenttokencount", "cache_read_tokens"), ("cachecreationinputtokens", "cache_write_tokens"),
        ("cachecreationtokens", "cache_write_tokens"), ("cachewriteinputtokens", "cache_write_tokens"),
        (
            "thinkingtokens",
            "reasoning_tokens"
        ),
        ("thoughtstokencount", "reasoning_tokens"), ("tokens", "total_tokens"), ("totaltokencount", "total_tokens"),
        (
            "model",
            "request_model"
        ),
        ("modelname", "request_model"), ("modelid", "request_model"), ("cost", "reported_cost_usd"),
        ("costusd", "reported_cost_usd"),
        ("totalcost", "reported_cost_usd"), ("sessionid", "conversation_id"), ("session", "conversation_id"),
        ("conversation", "conversation_id"), ("convid", "conversation_id"), ("threadid", "conversation_id"),
        ("chatid", "conversation_id"),
        ("user", "user_id"), ("userid", "user_id"), ("enduser", "user_id"), ("enduserid", "user_id"),
        ("customerid", "user_id"),
        ("vendor", "provider"), ("system", "provider"), ("modelprovider", "provider"),
        ("latency", "duration_ns in nanoseconds"),
        ("latencyms", "duration_ns in nanoseconds"), ("duration", "duration_ns in nanoseconds"),
        (
            "durationms",
            "duration_ns in nanoseconds"
        ),
        ("responsetime", "duration_ns in nanoseconds"), ("elapsedms", "duration_ns in nanoseconds"),
        ("ttft", "time_to_first_token_ns in nanoseconds"), ("ttftms", "time_to_first_token_ns in nanoseconds"),
        ("timetofirsttoken", "time_to_first_token_ns in nanoseconds"), ("finish", "finish_reason"),
        ("stopreason", "finish_reason"),
        ("error", "error_type"), ("toolname", "tool"), ("agentname", "agent"), ("rating", "score"),
        ("stars", "score"), ("csat", "score"), ("tier", "service_tier"), ("streaming", "stream"),
        ("isstreaming", "stream"),
    ]

    init(_ registry: SchemaRegistry) {
        var names: [[UInt8]: (column: UInt16, hint: String)] = [:]
        for column in registry.columns { names[Self.plain(Array(column.name.utf8)[...])] = (column.id, column.name) }
        for other in Self.others {
            let field = other.field.split(separator: " ").first.map(String.init) ?? ""
            guard let column = registry.column(named: field) else { continue }
            names[Array(other.name.utf8)] = (column, other.field)
        }
        self.names = names
    }

    /// The field of ours that the name stands for, in words; nil for a name that looks like none.
    func field(_ name: ArraySlice<UInt8>) -> (column: UInt16, hint: String)? {
        guard name.count <= 48 else { return nil }
        return names[Self.plain(name)]
    }

    /// Without capitals, and without what is neither letter nor digit.
    static func plain(_ name: ArraySlice<UInt8>) -> [UInt8] {
        name.compactMap { byte in
            switch byte {
            case 0x41...0x5A: byte | 0x20
            case 0x30...0x39, 0x61...0x7A: byte
            default: byte < 0x80 ? nil : byte
            }
        }
    }
}

extension EventAssembler {
    /// Slips that one warning names.
    private static let slipsMax = 10

    /// What the sender should know of an event that was accepted; nil where nothing is amiss.
    mutating func warning(_ tape: JSONTape, _ type: UInt16) -> String? {
        var parts: [String] = []
        // Fields to which a part leads: that they are missing needs no second one.
        var led: [UInt16] = []
        for key in privateKeys {
            let name = String(decoding: tape.string(key), as: UTF8.self)
            let field =
                misnamed.field(tape.string(key))?.column == registry.wellKnown.userID ? "; the field is user_id" : ""
            parts.append("\(name): withheld, since it may open something, say who somebody is or what was said\(field)")
        }
        for column in credentialColumns {
            led.append(column)
            parts.append("\(registry.columns[Int(column)].name): withheld, since it looks like a credential")
        }
        for key in attributeKeys where !privateKeys.contains(key) {
            let spelt = tape.string(key)
            func said() -> String {
                "\(String(decoding: spelt, as: UTF8.self)): kept as an attribute, no figure has it"
            }
            if let (column, hint) = misnamed.field(spelt) {
                guard registry.isAllowed(column, in: type), !isFilled(column) || isOfNobody(column) else { continue }
                led.append(column)
                // Beside the data, or among its attributes.
                let isIt = spelt.elementsEqual(hint.utf8)
                parts.append("\(said()); " + (isIt ? "it is a field of data" : "the field is \(hint)"))
            } else if let meant = slips.field(spelt, in: type, registry), !isFilled(meant) {
                led.append(meant)
                parts.append("\(said()); did you mean \(registry.columns[Int(meant)].name)?")
            }
        }
        for column in lacking(type) where !led.contains(column) {
            let name = registry.columns[Int(column)].name
            parts.append("\(name): missing, and no report counts such an event without it")
        }
        for column in unknownValueColumns {
            if let part = unlisted(tape, column, type) { parts.append(part) }
        }
        guard !parts.isEmpty else { return nil }
        let more = parts.count > Self.slipsMax ? "; and \(parts.count - Self.slipsMax) more" : ""
        return parts.sorted().prefix(Self.slipsMax).joined(separator: "; ") + more
    }

    /// Whether it is the tenant, and the one of events that name none.
    private func isOfNobody(_ column: UInt16) -> Bool {
        column == registry.wellKnown.tenant && slot(column).kind == .scratchText
    }

    /// What is said of a word that its field does not list: that it is nearly one of those, or that no figure asks for
    /// any other. Where it is neither it is the sender's own.
    private mutating func unlisted(_ tape: JSONTape, _ column: UInt16, _ type: UInt16) -> String? {
        let slot = slots[Int(column)]
        guard isFilled(column), slot.kind == .text else { return nil }
        let start = Int(slot.payload)
        let said = tape.strings[start..<(start + Int(slot.count))]
        guard !slips.isOwn(said, of: column, in: type), let known = registry.listedWords(of: column, in: type) else {
            return nil
        }
        let name = registry.columns[Int(column)].name
        if let meant = slips.word(said, of: column, in: type, known, registry) {
            noteSlip(WordSlip(column: column, said: Array(said), meant: known[meant]))
            return "\(name): kept, and no figure knows this word; did you mean \(known[meant])?"
        }
        if registry.isClosed(column, in: type) {
            return "\(name): kept, and no figure knows this word; one of \(known.sorted().joined(separator: ", "))"
        }
        slips.noteOwn(said, of: column, in: type)
        return nil
    }

    /// Keeps a slip for whoever runs the server: of what only some events have the sender alone is told.
    private mutating func noteSlip(_ slip: WordSlip) {
        guard sharedWords.contains(slip.column), wordSlips.count < DecodedBatch.slipsMax, !wordSlips.contains(slip)
        else { return }
        wordSlips.append(slip)
    }
}

/// Names and words that are nearly others, remembered, since a sender who slips slips in every event.
struct SpellingSlips: Sendable {
    private struct Word: Hashable {
        var type: UInt16
        /// Of which it is a value; nil: it is the name of a field.
        var column: UInt16?
        var bytes: [UInt8]
    }

    /// By what was said: the column or the place of the word that was meant; −1 for none.
    private var known: [Word: Int] = [:]
    /// So many are looked at, be they of one batch or of several: strangers' words may all be different.
    private static let wordsMax = 1024
    private static let bytesMax = 48

    /// Words that are a sender's own, the last ones: whoever has some says one in each event, and no key is built for
    /// these.
    private var own: [Word] = []
    private var oldestOwn = 0
    private static let ownMax = 8

    /// Forgets them where no more of them would be looked at.
    mutating func endBatch() { if known.count >= Self.wordsMax { known = [:] } }

    /// The field of an event's type that a name nearly is.
    mutating func field(_ name: ArraySlice<UInt8>, in type: UInt16, _ registry: SchemaRegistry) -> UInt16? {
        meant(name, Word(type: type, column: nil, bytes: [])) { registry.column(nearly: $0, in: type).map(Int.init) }
            .flatMap(UInt16.init(exactly:))
    }

    /// The place of the listed word that a value nearly is, or stands for elsewhere.
    mutating func word(
        _ value: ArraySlice<UInt8>, of column: UInt16, in type: UInt16, _ listed: [String], _ registry: SchemaRegistry
    ) -> Int? {
        meant(value, Word(type: type, column: column, bytes: [])) { said in
            registry.word(meantBy: said, of: column, among: listed).flatMap { listed.firstIndex(of: $0) }
        }
    }

    /// Whether a value is one of those that were noted last as a sender's own. Does not allocate.
    func isOwn(_ value: ArraySlice<UInt8>, of column: UInt16, in type: UInt16) -> Bool {
        for place in own.indices
        where own[place].column == column && own[place].type == type && own[place].bytes.elementsEqual(value) {
            return true
        }
        return false
    }

    /// Notes a value as a sender's own, in the place of the one noted first where there are too many.
    mutating func noteOwn(_ value: ArraySlice<UInt8>, of column: UInt16, in type: UInt16) {
        guard value.count <= Self.bytesMax else { return }
        let word = Word(type: type, column: column, bytes: Array(value))
        if own.count < Self.ownMax { return own.append(word) }
        own[oldestOwn] = word
        oldestOwn = (oldestOwn + 1) % Self.ownMax
    }

    private mutating func meant(
        _ said: ArraySlice<UInt8>, _ key: Word, _ find: (String) -> Int?
    ) -> Int? {
        guard said.count <= Self.bytesMax else { return nil }
        var key = key
        key.bytes = Array(said)
        if let place = known[key] { return place < 0 ? nil : place }
        guard known.count < Self.wordsMax else { return nil }
        let place = find(String(decoding: said, as: UTF8.self))
        known[key] = place ?? -1
        return place
    }
}
