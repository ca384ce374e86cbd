/// Lines and columns of a text.
package enum TextPosition {
    /// `line:column` of a byte, both from 1, columns in bytes.
    /// - Complexity: O(place).
    package static func written(_ place: Int, in text: [UInt8]) -> String {
        guard !text.isEmpty else { return "unknown position" }
        let before = text[..<min(max(place, 0), text.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
        return "\(line):\(column)"
    }
}
