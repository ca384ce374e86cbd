import WireFormats

/// What opens something: it is withheld under any name, also where a table has the name kept.
enum Credentials {
    /// What such names end in, word by word.
    private static let names: [[String]] = [
        ["authorization"], ["cookie"], ["cookies"], ["password"], ["passwd"], ["passphrase"], ["secret"], ["secrets"], ["credential"],
        ["credentials"], ["bearer"], ["apikey"], ["api", "key"], ["secret", "key"], ["private", "key"], ["access", "key"],
        ["access", "token"], ["refresh", "token"], ["auth", "token"], ["api", "token"], ["bearer", "token"], ["session", "token"],
    ]
    /// What such values begin with: headers, keys of providers and of code hosts, PEM, and JSON Web Tokens.
    private static let beginnings = [
        "Bearer ", "bearer ", "sk-", "sk_live_", "sk_test_", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "AIza",
        "hf_", "plim_", "-----BEGIN", "eyJhbGci",
    ]
    /// Shorter ones open nothing: `sk-SK` is a language.
    static let valueBytesMin = 20
    /// The last letters of the names, so that most names are not taken apart.
    private static let ends: Set<UInt32> = Set(names.compactMap(\.last).map { end(of: $0) })

    /// - Complexity: O(bytes of the name, values).
    static func isLikely(_ name: String, _ value: OTLPValue) -> Bool {
        guard mayOpen(value) else { return false }
        if beginsSo(value) { return true }
        guard ends.contains(end(of: name)) else { return false }
        let words = UsageWords.segments(of: name).flatMap { $0 }
        return names.contains { words.suffix($0.count).elementsEqual($0) }
    }

    /// The last three bytes, capitals as small letters.
    private static func end(of name: String) -> UInt32 { name.utf8.suffix(3).reduce(0) { $0 << 8 | UInt32($1 | 0x20) } }

    /// Whether there is a text in it at all; numbers and flags open nothing that has such a name.
    private static func mayOpen(_ value: OTLPValue) -> Bool {
        switch value {
        case .text(let bytes): !bytes.isEmpty
        case .bytes: true
        case .array(let elements): elements.contains { mayOpen($0) }
        case .map(let members): members.contains { mayOpen($0.value) }
        case .empty, .boolean, .integer, .double: false
        }
    }

    /// By byte: whether a beginning has it first.
    private static let isFirst: [Bool] = (0..<256).map { byte in beginnings.contains { $0.utf8.first == UInt8(byte) } }

    /// Whether a text begins like a secret, however long it is.
    static func mayBegin(_ text: Substring.UTF8View) -> Bool {
        guard let first = text.first, isFirst[Int(first)] else { return false }
        return beginnings.contains { text.starts(with: $0.utf8) }
    }

    /// Whether a text is long enough for a secret and begins like one.
    static func beginsSo(_ text: ArraySlice<UInt8>) -> Bool {
        text.count >= valueBytesMin && beginnings.contains { text.starts(with: $0.utf8) }
    }

    private static func beginsSo(_ value: OTLPValue) -> Bool {
        switch value {
        case .text(let bytes): beginsSo(bytes)
        case .array(let elements): elements.contains { beginsSo($0) }
        case .map(let members): members.contains { beginsSo($0.value) }
        case .empty, .boolean, .integer, .double, .bytes: false
        }
    }
}
