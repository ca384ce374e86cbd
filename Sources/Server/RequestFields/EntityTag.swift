import Bytes
import Hashing

/// A strong entity tag: equal for equal bytes, another one for others.
package struct EntityTag: Hashable, Sendable {
    /// As the field `ETag` has it.
    package let text: String

    /// Of an answer's body, or of what stands for it.
    package init(of bytes: [UInt8]) { text = "\"\(hexadecimal(SHA256.hash(bytes).prefix(16)))\"" }

    /// Whether the values of `If-None-Match` (RFC 9110, section 13.1.2) name it; weak tags count.
    /// - Complexity: O(bytes).
    package func isKnown(_ fields: [String]) -> Bool {
        fields.flatMap { $0.split(separator: ",") }.contains { part in
            let tag = part.filter { $0 != " " && $0 != "\t" }
            return tag == "*" || tag.dropFirst(tag.hasPrefix("W/") ? 2 : 0) == text
        }
    }
}
