import Bytes
import JSONTexts

extension WorkloadField {
    /// Writes the member.
    func render(into json: inout JSONWriter) {
        json.key(name)
        value.render(into: &json)
    }
}

extension WorkloadValue {
    /// Writes the value.
    func render(into json: inout JSONWriter) {
        switch self {
        case .text(let text): json.value(text)
        case .integer(let value): json.value(value)
        case .decimal(let units, let digits): json.value(units, decimals: digits)
        case .boolean(let value): json.value(value)
        case .hexadecimal64(let value): json.value(plain: { appendHexadecimal(value, digits: 16, to: &$0) })
        case .hexadecimal128(let high, let low):
            json.value(plain: { bytes in
                appendHexadecimal(high, digits: 16, to: &bytes)
                appendHexadecimal(low, digits: 16, to: &bytes)
            })
        case .json(let document): json.raw(document)
        case .timestamp(let time): json.value(time: time, decimals: .nine)
        }
    }
}

extension WorkloadID {
    /// Writes the identity.
    func render(into json: inout JSONWriter) {
        switch self {
        case .uuid(let high, let low):
            json.value(plain: { bytes in
                appendHexadecimal(high >> 32, digits: 8, to: &bytes)
                bytes.append(UInt8(ascii: "-"))
                appendHexadecimal(high >> 16, digits: 4, to: &bytes)
                bytes.append(UInt8(ascii: "-"))
                appendHexadecimal(high, digits: 4, to: &bytes)
                bytes.append(UInt8(ascii: "-"))
                appendHexadecimal(low >> 48, digits: 4, to: &bytes)
                bytes.append(UInt8(ascii: "-"))
                appendHexadecimal(low, digits: 12, to: &bytes)
            })
        case .text(let text): json.value(text)
        }
    }
}
