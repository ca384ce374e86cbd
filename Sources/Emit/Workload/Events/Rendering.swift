private let quote = UInt8(ascii: "\"")

extension WorkloadField {
    /// Appends `"name":value,`; names are ours and need no escaping.
    func render(into bytes: inout [UInt8]) {
        bytes.append(quote)
        bytes.append(contentsOf: name.utf8)
        bytes.append(quote)
        bytes.append(UInt8(ascii: ":"))
        value.render(into: &bytes)
        bytes.append(UInt8(ascii: ","))
    }
}

extension WorkloadValue {
    /// Appends the value as JSON.
    func render(into bytes: inout [UInt8]) {
        switch self {
        case .text(let text):
            bytes.append(quote)
            appendEscaped(text, to: &bytes)
            bytes.append(quote)
        case .integer(let value):
            appendDecimal(value, to: &bytes)
        case .decimal(let units, let digits):
            appendFixedPoint(units, digits: digits, to: &bytes)
        case .boolean(let value):
            bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .hexadecimal64(let value):
            bytes.append(quote)
            appendHexadecimal(value, digits: 16, to: &bytes)
            bytes.append(quote)
        case .hexadecimal128(let high, let low):
            bytes.append(quote)
            appendHexadecimal(high, digits: 16, to: &bytes)
            appendHexadecimal(low, digits: 16, to: &bytes)
            bytes.append(quote)
        case .json(let document): bytes.append(contentsOf: document.utf8)
        case .timestamp(let time):
            bytes.append(quote)
            appendTimestamp(time, to: &bytes)
            bytes.append(quote)
        }
    }
}

extension WorkloadID {
    /// Appends the identity without quotes, escaped for JSON.
    func render(into bytes: inout [UInt8]) {
        switch self {
        case .uuid(let high, let low):
            appendHexadecimal(high >> 32, digits: 8, to: &bytes)
            bytes.append(UInt8(ascii: "-"))
            appendHexadecimal(high >> 16, digits: 4, to: &bytes)
            bytes.append(UInt8(ascii: "-"))
            appendHexadecimal(high, digits: 4, to: &bytes)
            bytes.append(UInt8(ascii: "-"))
            appendHexadecimal(low >> 48, digits: 4, to: &bytes)
            bytes.append(UInt8(ascii: "-"))
            appendHexadecimal(low, digits: 12, to: &bytes)
        case .text(let text):
            appendEscaped(text, to: &bytes)
        }
    }
}

/// Appends text as the inside of a JSON string (RFC 8259, section 7).
func appendEscaped(_ text: String, to bytes: inout [UInt8]) {
    for byte in text.utf8 {
        if byte == quote || byte == UInt8(ascii: "\\") {
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        } else if byte < 0x20 {
            bytes.append(contentsOf: "\\u".utf8)
            appendHexadecimal(UInt64(byte), digits: 4, to: &bytes)
        } else {
            bytes.append(byte)
        }
    }
}

/// Appends the lowest `digits` hexadecimal digits of a value, lower case.
package func appendHexadecimal(_ value: UInt64, digits: Int, to bytes: inout [UInt8]) {
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

/// Appends `units / 10^digits` with exactly that many decimals.
package func appendFixedPoint(_ units: Int64, digits: Int, to bytes: inout [UInt8]) {
    var scale: UInt64 = 1
    for _ in 0..<digits { scale *= 10 }
    if units < 0 { bytes.append(UInt8(ascii: "-")) }
    let (whole, fraction) = units.magnitude.quotientAndRemainder(dividingBy: scale)
    appendDecimal(Int64(whole), to: &bytes)
    guard digits > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    appendPadded(fraction, digits: digits, to: &bytes)
}

/// Appends a number of exactly `digits` decimal digits, with leading zeros.
func appendPadded(_ value: UInt64, digits: Int, to bytes: inout [UInt8]) {
    let start = bytes.count
    for _ in 0..<digits { bytes.append(48) }
    var (rest, index) = (value, start + digits)
    while index > start {
        index -= 1
        bytes[index] = 48 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
    }
}
