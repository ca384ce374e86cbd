import JSONTexts

/// Query strings of addresses.
package enum QueryText {
    /// Name and value pairs, those without a value left out; whatever is not plain is escaped.
    package static func joined(_ pairs: [(name: String, value: String?)]) -> String {
        pairs.compactMap { pair in pair.value.map { "\(pair.name)=\(escaped($0))" } }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        PercentText.escaped(text) { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
