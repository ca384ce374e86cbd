import WireFormats

/// What opens something: it is withheld under any name, also where a table has the name kept.
enum CredentialDetection {
    /// - Complexity: O(bytes of the name, values).
    static func isLikely(_ name: String, _ value: OTLPValue) -> Bool {
        guard mayOpen(value) else { return false }
        let name = Array(name.utf8)[...]
        return holds(value, under: name) || CredentialNames.open(name)
    }

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
