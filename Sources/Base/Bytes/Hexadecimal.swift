/// Lower-case hexadecimal digits of the bytes, two a byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// The bytes of hexadecimal digits, two a byte; nil for anything else.
/// - Parameter allowsCapitals: whether `A` is a digit. Not where texts are compared afterwards, or one value has two.
package func bytes(ofHexadecimal digits: some Collection<UInt8>, allowsCapitals: Bool = false) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
        let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(digit)
        guard let nibble = hexadecimalValue(of: digit), allowsCapitals || !isCapital else { return nil }
        if let first = high {
            bytes.append(first << 4 | nibble)
            high = nil
        } else {
            high = nibble
        }
    }
    return bytes
}

/// The value of a hexadecimal digit of either case; nil for anything else.
package func hexadecimalValue(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}
