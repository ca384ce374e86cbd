import Bytes

/// Text where bytes may be written as `%2F`: of an address, of a header field.
package enum PercentText {
    /// With escapes, in capitals, for each byte that is not plain.
    package static func escaped(_ text: String, isPlain: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// With escapes for all but letters, digits, `_` and `-`: one part of a path, or one value of a query.
    package static func escaped(_ text: String) -> String {
        escaped(text) { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    /// Without the escapes, undone once; what is no escape stays.
    package static func bytes(_ escaped: [UInt8]) -> [UInt8] {
        var (plain, place) = ([UInt8](), 0)
        plain.reserveCapacity(escaped.count)
        while place < escaped.count {
            if escaped[place] == UInt8(ascii: "%"), place + 2 < escaped.count,
                let high = hexadecimalValue(of: escaped[place + 1]), let low = hexadecimalValue(of: escaped[place + 2])
            {
                plain.append(high << 4 | low)
                place += 3
            } else {
                plain.append(escaped[place])
                place += 1
            }
        }
        return plain
    }

    /// The same as a text; nil where that is no UTF-8.
    package static func unescaped(_ text: String) -> String? {
        String(validating: bytes(Array(text.utf8)), as: UTF8.self)
    }
}
