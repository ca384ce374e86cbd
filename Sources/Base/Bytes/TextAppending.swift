/// Appends the lowest `digits` hexadecimal digits of a value, lower case.
package func appendHexadecimal(_ value: UInt64, digits: Int, to bytes: inout [UInt8]) {
    assert((0...16).contains(digits), "a word has sixteen digits")
    var shift = UInt64(digits) * 4
    while shift > 0 {
        shift -= 4
        let digit = UInt8(truncatingIfNeeded: (value >> shift) & 15)
        bytes.append(digit < 10 ? 48 + digit : 87 + digit)
    }
}

/// Appends an integer in decimal.
package func appendDecimal(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let (high, low) = value.magnitude.quotientAndRemainder(dividingBy: 100_000_000)
    if high == 0 { return append(eightDigits(low), withoutZeros: true, to: &bytes) }
    let (top, middle) = high.quotientAndRemainder(dividingBy: 100_000_000)
    if top > 0 { append(eightDigits(top), withoutZeros: true, to: &bytes) }
    append(eightDigits(middle), withoutZeros: top == 0, to: &bytes)
    append(eightDigits(low), withoutZeros: false, to: &bytes)
}

/// The digits of a number below 10⁸, the first one in the lowest byte.
private func eightDigits(_ number: UInt64) -> UInt64 {
    assert(number < 100_000_000, "a number of eight digits")
    // Two numbers of four digits, four of two, eight of one, side by side; each half is found by multiplying with what
    // is near enough to a hundredth or a tenth, which stays within its own part of the word.
    let fours = number / 10_000 | (number % 10_000) << 32
    let hundreds = (fours &* 5_243) >> 19 & 0x0000_007F_0000_007F
    let twos = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (twos &* 103) >> 10 & 0x000F_000F_000F_000F
    return tens | (twos &- tens &* 10) << 8
}

/// - Parameter withoutZeros: whether zeros in front are left out; the last digit never is.
private func append(_ digits: UInt64, withoutZeros: Bool, to bytes: inout [UInt8]) {
    let first = withoutZeros ? min(digits.trailingZeroBitCount / 8, 7) : 0
    for place in first..<8 { bytes.append(48 + UInt8(truncatingIfNeeded: digits >> UInt64(8 * place) & 15)) }
}

/// Appends a number of exactly `digits` decimal digits, with leading zeros.
package func appendPadded(_ value: UInt64, digits: Int, to bytes: inout [UInt8]) {
    let start = bytes.count
    assert(digits >= 0, "a number of digits")
    for _ in 0..<digits { bytes.append(48) }
    var (rest, index) = (value, start + digits)
    assert(bytes.count == start + digits, "zeros stand where the digits go")
    while index > start {
        index -= 1
        bytes[index] = 48 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
    }
}
