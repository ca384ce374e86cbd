import Bytes

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
