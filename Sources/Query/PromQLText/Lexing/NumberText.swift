import Bytes

/// What a number's token says.
enum NumberText {
    enum Fault {
        case syntax, range
    }

    /// Whole numbers may be hexadecimal or octal; all may have underscores between digits.
    static func value(of token: ArraySlice<UInt8>) -> Result<Double, FaultError> {
        if let word = word(token) { return .success(word) }
        guard hasSoundUnderscores(token) else { return .failure(FaultError(.syntax)) }
        let bytes = token.filter { $0 != UInt8(ascii: "_") }
        if let whole = prefixed(bytes) { return whole }
        guard let decimal = decimal(bytes) else { return .failure(FaultError(.syntax)) }
        return decimal.isFinite ? .success(decimal) : .failure(FaultError(.range))
    }

    struct FaultError: Error {
        let fault: Fault
        init(_ fault: Fault) { self.fault = fault }
    }

    /// Infinity and what is no number, which are words.
    private static func word(_ token: ArraySlice<UInt8>) -> Double? {
        guard let first = token.first, first.isNameStart else { return nil }
        return first | 0x20 == UInt8(ascii: "i") ? .infinity : .nan
    }

    /// Whether each underscore has a digit, or the prefix, before it and a digit behind it.
    private static func hasSoundUnderscores(_ token: ArraySlice<UInt8>) -> Bool {
        guard token.contains(UInt8(ascii: "_")) else { return true }
        let isHexadecimal = hasHexadecimalPrefix(token)
        func isDigit(_ byte: UInt8?) -> Bool {
            guard let byte else { return false }
            return byte.isDigit || (isHexadecimal && hexadecimalValue(of: byte) != nil)
        }
        let bytes = Array(isHexadecimal ? token.dropFirst(2) : token)
        return bytes.indices.allSatisfy { index in
            guard bytes[index] == UInt8(ascii: "_") else { return true }
            let before = index == 0 ? isHexadecimal : isDigit(bytes[index - 1])
            return before && isDigit(index + 1 < bytes.count ? bytes[index + 1] : nil)
        }
    }

    private static func hasHexadecimalPrefix(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count >= 2 && bytes.first == UInt8(ascii: "0")
            && bytes[bytes.startIndex + 1] | 0x20 == UInt8(ascii: "x")
    }

    /// A hexadecimal or octal number; nil for what is read as a decimal, which an octal too large is as well.
    private static func prefixed(_ bytes: [UInt8]) -> Result<Double, FaultError>? {
        if hasHexadecimalPrefix(bytes[...]) {
            let value = Int64(String(decoding: bytes.dropFirst(2), as: UTF8.self), radix: 16)
            return value.map { .success(Double($0)) } ?? .failure(FaultError(.syntax))
        }
        guard bytes.count > 1, bytes[0] == UInt8(ascii: "0") else { return nil }
        return Int64(String(decoding: bytes, as: UTF8.self), radix: 8).map { .success(Double($0)) }
    }

    /// Digits beyond these change a double only by whether there is one that is not zero.
    private static let digitsMax = 800

    /// Digits with a point and an exponent. The text is put into a short form first, so that reading it takes linear
    /// time.
    private static func decimal(_ bytes: [UInt8]) -> Double? {
        let exponentStart = bytes.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? bytes.endIndex
        let mantissa = bytes[..<exponentStart]
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        let digits = mantissa[..<point] + mantissa[point...].dropFirst()
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { return nil }
        var exponent = point - digits.count
        if exponentStart < bytes.endIndex {
            guard let written = exponentValue(bytes[(exponentStart + 1)...]) else { return nil }
            exponent += written
        }
        var significant = Array(digits.drop { $0 == UInt8(ascii: "0") })
        if significant.count > digitsMax {
            let dropped = significant[digitsMax...]
            exponent += dropped.count - 1
            let sticky = dropped.contains { $0 != UInt8(ascii: "0") } ? UInt8(ascii: "1") : UInt8(ascii: "0")
            significant = significant[..<digitsMax] + [sticky]
        }
        if significant.isEmpty { return 0 }
        return Double(String(decoding: significant, as: UTF8.self) + "e\(exponent)")
    }

    /// Bounded: what is beyond gives zero or infinity as well.
    private static func exponentValue(_ bytes: ArraySlice<UInt8>) -> Int? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = isNegative || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { return nil }
        var value = 0
        for digit in digits { value = min(value * 10 + Int(digit - UInt8(ascii: "0")), 100_000_000) }
        return isNegative ? -value : value
    }
}
