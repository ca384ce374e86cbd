package import Bytes

/// Names of labels that are no plain words, as addresses spell them: `U__` before them, an underscore twice, other
/// characters by their number in hexadecimal digits between underscores.
package enum EscapedLabelName {
    /// The name; what is no such spelling is a name itself.
    /// - Complexity: O(bytes).
    package static func name(_ text: [UInt8]) -> ByteText {
        guard text.starts(with: Array("U__".utf8)) else { return ByteText(text) }
        let underscore = UInt8(ascii: "_")
        var (plain, rest) = ([UInt8](), text.dropFirst(3))
        while let byte = rest.popFirst() {
            guard byte == underscore else {
                plain.append(byte)
                continue
            }
            let digits = rest.prefix { $0 != underscore }
            rest = rest.dropFirst(digits.count)
            // The underscore that ends it.
            guard rest.popFirst() != nil, digits.count <= 6, digits.allSatisfy({ hexadecimalValue(of: $0) != nil })
            else { return ByteText(text) }
            if digits.isEmpty {
                plain.append(underscore)
                continue
            }
            let number = digits.reduce(UInt32(0)) { $0 << 4 | UInt32(hexadecimalValue(of: $1) ?? 0) }
            guard let scalar = Unicode.Scalar(number) else { return ByteText(text) }
            plain += Array(String(Character(scalar)).utf8)
        }
        return ByteText(plain)
    }
}
