/// Texts read as values of a type, as PostgreSQL reads them, whether they stand in the question or in a column.
package enum InputText {
    /// The text without white space around it, of which only ASCII's counts.
    package static func trimmed(_ text: String) -> String {
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !$0.isBlank }), let last = bytes.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return String(text[first...last])
    }

    /// In small letters, to be looked up among words that are known. What is longer than any word stays as it is: its
    /// letters would take time.
    package static func word(_ text: String) -> String { text.utf8.count <= 256 ? text.lowercased() : text }

    /// Truth in PostgreSQL's spellings; nil for anything else.
    package static func boolean(_ text: String) -> Bool? {
        switch word(trimmed(text)) {
        case "t", "tr", "tru", "true", "y", "ye", "yes", "on", "1": true
        case "f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0": false
        default: nil
        }
    }
}

/// ASCII's kinds of characters.
extension UInt8 {
    var isDigit: Bool { self >= 48 && self <= 57 }
    var isLetter: Bool { (self | 0x20) >= 97 && (self | 0x20) <= 122 }
    var isBlank: Bool { self == 32 || (self >= 9 && self <= 13) }
}
