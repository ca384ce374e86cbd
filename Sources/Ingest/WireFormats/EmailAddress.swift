/// E-mail addresses in texts and names.
package enum EmailAddress {
    /// Whether one is in a text: something before the sign `@`, be it written `%40`, and behind it a name with a dot
    /// and a letter behind that: the version of a model or a package is no domain.
    /// - Complexity: O(bytes).
    package static func isIn(_ text: ArraySlice<UInt8>) -> Bool {
        var place = text.startIndex
        var isBehindName = false
        while place < text.endIndex {
            let bytes = signBytes(text[place...])
            guard bytes > 0 else {
                isBehindName = !isBetween(text[place])
                place += 1
                continue
            }
            // Of signs upon signs the last has the domain behind it.
            place += bytes
            guard isBehindName else { continue }
            let domain = text[place...].prefix(while: isOfDomain)
            guard let dot = domain.firstIndex(of: UInt8(ascii: ".")), dot > domain.startIndex else { continue }
            if domain[dot...].contains(where: isLetter) { return true }
        }
        return false
    }

    /// How long the sign is that the text begins with; 0: it begins with none.
    private static func signBytes(_ text: ArraySlice<UInt8>) -> Int {
        if text.first == UInt8(ascii: "@") { return 1 }
        return text.first == UInt8(ascii: "%") && text.dropFirst().starts(with: "40".utf8) ? 3 : 0
    }

    /// Blanks, and what parts words and parts of addresses.
    private static func isBetween(_ byte: UInt8) -> Bool {
        CredentialText.isBetweenWords(byte) || byte != UInt8(ascii: "@") && CredentialText.isBetweenParts(byte)
    }

    private static func isOfDomain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x30...0x39: true
        default: isLetter(byte)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80 }
}
