import WireFormats

/// What opens something: it is withheld under any name, also where a table has the name kept.
enum CredentialDetection {
    /// What such names end in, word by word.
    private static let names: [[String]] = [
        ["authorization"], ["cookie"], ["cookies"], ["password"], ["passwd"], ["passphrase"], ["secret"], ["secrets"],
        ["credential"],
        ["credentials"], ["bearer"], ["apikey"], ["api", "key"], ["secret", "key"], ["private", "key"],
        ["access", "key"],
        ["access", "token"], ["refresh", "token"], ["auth", "token"], ["api", "token"], ["bearer", "token"],
        ["session", "token"],
    ]
    /// The last letters of the names, so that most names are not taken apart.
    private static let ends: Set<UInt32> = Set(names.compactMap(\.last).map { end(of: $0) })

    private static let nameBytesMax = 64

    /// - Complexity: O(bytes of the name, values).
    static func isLikely(_ name: String, _ value: OTLPValue) -> Bool {
        guard mayOpen(value) else { return false }
        // The end of a name says it, and a list may have as many values as the name has bytes.
        if holds(value, under: Array(name.utf8.suffix(nameBytesMax))[...]) { return true }
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

    private static func holds(_ value: OTLPValue, under name: ArraySlice<UInt8>) -> Bool {
        switch value {
        case .text(let bytes): CredentialText.holds(bytes, under: name)
        case .array(let elements): elements.contains { holds($0, under: name) }
        case .map(let members): members.contains { holds($0.value, under: name) }
        case .empty, .boolean, .integer, .double, .bytes: false
        }
    }
}
