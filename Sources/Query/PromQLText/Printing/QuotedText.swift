import Bytes

/// Texts in quotes as the language itself writes them: what cannot be shown is escaped, so that what is written is
/// UTF-8 on one line whatever the bytes, and reading it gives them back.
package enum QuotedText {
    /// In double quotes.
    /// - Parameter charactersMax: how many characters are shown.
    package static func quoted(_ bytes: some RandomAccessCollection<UInt8>, charactersMax: Int = .max) -> String {
        let bytes = Array(bytes)
        var text = "\""
        var place = 0
        var count = 0
        while place < bytes.count, count < charactersMax {
            if let (scalar, length) = scalar(in: bytes, at: place) {
                append(scalar, quote: "\"", to: &text)
                place += length
            } else {
                text += "\\x" + hexadecimal(UInt32(bytes[place]), digits: 2)
                place += 1
            }
            count += 1
        }
        return text + "\""
    }

    /// The character at a place, in single quotes.
    static func character(in bytes: [UInt8], at place: Int) -> String {
        var text = "'"
        append(scalar(in: bytes, at: place)?.scalar ?? "\u{FFFD}", quote: "'", to: &text)
        return text + "'"
    }

    /// The character at a place by its number in Unicode, and as it looks.
    static func codePoint(in bytes: [UInt8], at place: Int) -> String {
        let scalar = scalar(in: bytes, at: place)?.scalar ?? "\u{FFFD}"
        let digits = scalar.value < 0x10000 ? 4 : scalar.value < 0x100000 ? 5 : 6
        let number = "U+" + hexadecimal(scalar.value, digits: digits).uppercased()
        return isShown(scalar) ? number + " '" + String(scalar) + "'" : number
    }

    /// Whether all bytes are UTF-8.
    package static func isUTF8(_ bytes: [UInt8]) -> Bool {
        var place = 0
        while place < bytes.count {
            guard let (_, length) = scalar(in: bytes, at: place) else { return false }
            place += length
        }
        return true
    }

    /// The character that begins at a place; nil where the bytes are no UTF-8.
    static func scalar(in bytes: [UInt8], at place: Int) -> (scalar: Unicode.Scalar, length: Int)? {
        guard place < bytes.count else { return nil }
        let first = bytes[place]
        let length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
        guard length > 0, place + length <= bytes.count else { return nil }
        var value = length == 1 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(length))
        for byte in bytes[(place + 1)..<(place + length)] {
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        // Each number has one spelling.
        let least: UInt32 = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0
        guard value >= least, let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, length)
    }

    private static func append(_ scalar: Unicode.Scalar, quote: Unicode.Scalar, to text: inout String) {
        if scalar == quote || scalar == "\\" {
            text += "\\"
            text.unicodeScalars.append(scalar)
        } else if isShown(scalar) {
            text.unicodeScalars.append(scalar)
        } else {
            text += escape(scalar)
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 7: "\\a"
        case 8: "\\b"
        case 9: "\\t"
        case 10: "\\n"
        case 11: "\\v"
        case 12: "\\f"
        case 13: "\\r"
        case 0..<0x20, 0x7F: "\\x" + hexadecimal(scalar.value, digits: 2)
        case 0..<0x10000: "\\u" + hexadecimal(scalar.value, digits: 4)
        default: "\\U" + hexadecimal(scalar.value, digits: 8)
        }
    }

    /// Letters, marks, numbers, punctuation, symbols; of spaces only the plain one.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            return false
        default: return true
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        var bytes: [UInt8] = []
        appendHexadecimal(UInt64(value), digits: digits, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
