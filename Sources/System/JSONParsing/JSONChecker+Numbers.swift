// Numbers, and whether they are too large: told by their first digits, so that a long one costs a look at each byte.
extension JSONChecker {
    mutating func readNumber() throws(JSONError) {
        let first = index
        if peek() == UInt8(ascii: "-") { index += 1 }
        let firstDigit = index
        try readDigits()
        guard text[firstDigit] != UInt8(ascii: "0") || index == firstDigit + 1 else {
            index = first
            throw failure("a number without leading zeros")
        }
        var isInteger = true
        if peek() == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            try readDigits()
        }
        let significand = text[firstDigit..<index]
        var exponent = text[index..<index]
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            let start = index
            if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { index += 1 }
            try readDigits()
            exponent = text[start..<index]
        }
        guard limitsNumbers else { return }
        let fits = isInteger ? Self.isInteger(text[first..<index]) : Self.isFinite(significand, exponent)
        guard fits else {
            index = first
            throw failure(isInteger ? "an integer within 64 bits" : "a number within a finite double", limit: .number)
        }
    }

    private mutating func readDigits() throws(JSONError) {
        let first = index
        while let byte = peek(), (0x30...0x39).contains(byte) { index += 1 }
        guard index > first else { throw failure("a digit") }
    }

    /// Whether digits without leading zeros are an integer of 64 bits, with or without a sign.
    private static func isInteger(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count <= 20 else { return false }
        let text = String(decoding: digits, as: UTF8.self)
        return Int64(text) != nil || UInt64(text) != nil
    }

    /// The largest double begins with 1.79 and has 308 digits behind the first.
    private static let magnitudeMax = 308
    /// So many digits tell a number from the largest double.
    private static let digitsTold = 40

    /// Whether a number is less than infinite once it is a double.
    private static func isFinite(_ significand: ArraySlice<UInt8>, _ exponent: ArraySlice<UInt8>) -> Bool {
        let point = significand.firstIndex(of: UInt8(ascii: ".")) ?? significand.endIndex
        guard let leading = significand.firstIndex(where: { (0x31...0x39).contains($0) }) else { return true }
        // Of the first digit that counts: the power of ten that it stands for.
        let power = leading < point ? point - leading - 1 : point - leading
        var told = significand[leading...].prefix(digitsTold + 1).filter { $0 != UInt8(ascii: ".") }
        let magnitude = power + saturated(exponent)
        guard magnitude == magnitudeMax else { return magnitude < magnitudeMax }
        told.insert(UInt8(ascii: "."), at: 1)
        return Double(String(decoding: told, as: UTF8.self) + "0e\(magnitudeMax)")?.isFinite == true
    }

    /// An exponent; beyond any text's length it is as good as its bound.
    private static func saturated(_ exponent: ArraySlice<UInt8>) -> Int {
        let isNegative = exponent.first == UInt8(ascii: "-")
        var value = 0
        for byte in exponent where (0x30...0x39).contains(byte) {
            value = min(value * 10 + Int(byte - 0x30), 1 << 40)
        }
        return isNegative ? -value : value
    }
}
