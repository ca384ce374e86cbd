/// Texts read as values of a type, as PostgreSQL reads them, whether they stand in the question or in a column.
package enum InputText {
    /// A number beyond what a double holds, or too small for one.
    package struct OutOfRange: Error {}

    /// The text without white space around it, of which only ASCII's counts.
    package static func trimmed(_ text: String) -> String {
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !$0.isBlank }), let last = bytes.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return String(text[first...last])
    }

    /// Decimal digits with sign, point and exponent, the same in sixteens behind `0x`, NaN or Infinity; nil for
    /// anything else.
    /// - Parameter text: without white space around it.
    package static func double(_ text: String) throws(OutOfRange) -> Double? {
        if let special = nonFinite(text) ?? signedNaN(text) { return special }
        let digits = text.utf8.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        let isHexadecimal = digits.prefix(2).elementsEqual("0x".utf8) || digits.prefix(2).elementsEqual("0X".utf8)
        let letters = Array((isHexadecimal ? "xXpPabcdefABCDEF" : "eE").utf8)
        let isAllowed = text.utf8.allSatisfy { $0.isDigit || [43, 45, 46].contains($0) || letters.contains($0) }
        guard isAllowed, let value = Double(text) else { return nil }
        let exponent = Array((isHexadecimal ? "pP" : "eE").utf8)
        let significand = digits.dropFirst(isHexadecimal ? 2 : 0).prefix { !exponent.contains($0) }
        let isZero = significand.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        if value.isInfinite || (value == 0 && !isZero) { throw OutOfRange() }
        return value
    }

    /// What a numeric may be in PostgreSQL and never is here; nil for anything else.
    /// - Parameter text: without white space around it.
    package static func nonFinite(_ text: String) -> Double? {
        switch text.lowercased() {
        case "nan": .nan
        case "inf", "infinity", "+inf", "+infinity": .infinity
        case "-inf", "-infinity": -.infinity
        default: nil
        }
    }

    /// A NaN with a sign is one as a double only.
    private static func signedNaN(_ text: String) -> Double? {
        ["+nan", "-nan"].contains(text.lowercased()) ? .nan : nil
    }

    /// Truth in PostgreSQL's spellings; nil for anything else.
    package static func boolean(_ text: String) -> Bool? {
        switch trimmed(text).lowercased() {
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
