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
    var rest = value.magnitude
    let start = bytes.count
    repeat {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        bytes.append(48 + UInt8(truncatingIfNeeded: digit))
        rest = quotient
    } while rest > 0
    var (low, high) = (start, bytes.count - 1)
    while low < high {
        bytes.swapAt(low, high)
        low += 1
        high -= 1
    }
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
