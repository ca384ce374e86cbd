// Numbers and durations, which begin alike. A token's syntax is checked no further than needed to find its end: what
// it says is read by `NumberText` and `DurationText`.
extension Lexer {
    mutating func numberToken() -> Token {
        if scanNumber() { return token(.number) }
        if scanDuration() { return token(.duration) }
        return fail("bad number or duration syntax: " + QuotedText.quoted(text[start..<position]))
    }

    /// Decimal, hexadecimal or octal, with underscores between digits.
    /// - Returns: false at what is no number's end, with the position where it was found.
    private mutating func scanNumber() -> Bool {
        let isHexadecimal = accept("0") && accept { $0 | 0x20 == UInt8(ascii: "x") }
        if isHexadecimal { _ = accept("_") }
        let isDigit: (UInt8) -> Bool = isHexadecimal ? { $0.isHexadecimalDigit } : { $0.isDigit }
        _ = accept(".")
        accept(isDigit)
        var (hasPoint, hasExponent) = (false, false)
        while let byte = peek() {
            switch Unicode.Scalar(byte) {
            case ".":
                position += 1
                if hasPoint || isHexadecimal || accept({ $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }) {
                    return false
                }
                hasPoint = true
            case "e", "E":
                position += 1
                if hasExponent { return false }
                hasExponent = true
                accept { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
                if accept(\.isNumberSign) || peek() == nil { return false }
            case "_":
                position += 1
                if accept(\.isNumberSign) || peek() == nil { return false }
            default:
                guard isDigit(byte) else { return position > start && !byte.isNameStart && !byte.isDigit }
                position += 1
            }
        }
        return position > start
    }

    /// Goes on behind digits: units, with digits between them.
    private mutating func scanDuration() -> Bool {
        guard acceptUnit(orYears: true) else { return false }
        while accept(\.isDigit) {
            while accept(\.isDigit) {}
            guard acceptUnit(orYears: false) else { return false }
        }
        guard let byte = peek() else { return true }
        if byte.isNamePart { position += 1 }
        return !byte.isNamePart
    }

    /// One letter of a unit, and the `s` of `ms` behind it.
    private mutating func acceptUnit(orYears: Bool) -> Bool {
        let isUnit = accept {
            "smhdw".utf8.contains($0) || (orYears && $0 == UInt8(ascii: "y"))
        }
        if isUnit { _ = accept("s") }
        return isUnit
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }

    /// What cannot follow an exponent's sign or an underscore.
    fileprivate var isNumberSign: Bool {
        self == UInt8(ascii: ".") || self == UInt8(ascii: "_") || self | 0x20 == UInt8(ascii: "e")
    }
}
