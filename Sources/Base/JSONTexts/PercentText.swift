import Bytes

/// Text where bytes may be written as `%2F`: of an address, of a header field.
package enum PercentText {
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
