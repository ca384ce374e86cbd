internal import Domain
internal import JSONParsing

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
    /// What the sender should know of an event that was accepted; nil where nothing is amiss.
    func warning(_ tape: JSONTape, _ type: UInt16) -> String? {
        var parts: [String] = []
        for key in privateKeys {
            let name = String(decoding: tape.string(key), as: UTF8.self)
            let field =
                misnamed.field(tape.string(key))?.column == registry.wellKnown.userID ? "; the field is user_id" : ""
            parts.append("\(name): withheld, since it may open something, say who somebody is or what was said\(field)")
        }
        for key in attributeKeys where !privateKeys.contains(key) {
            guard let (column, hint) = misnamed.field(tape.string(key)), registry.isAllowed(column, in: type),
                !isFilled(column)
            else { continue }
            let name = String(decoding: tape.string(key), as: UTF8.self)
            parts.append("\(name): kept as an attribute, no figure has it; the field is \(hint)")
        }
        return parts.isEmpty ? nil : parts.sorted().joined(separator: "; ")
    }
}
