/// A piece of a document. What stands in a literal is markup; a text that is put into it is escaped, so that a browser
/// shows it and never reads it as markup:
///
///     let cell: HTML = "<td title=\"\(name)\">\(name)</td>"
///
/// Values of attributes stand in quotation marks. A text becomes a part of an address by `\(part: text)` alone, behind
/// a slash or an equals sign that the literal has.
package struct HTML: ExpressibleByStringInterpolation, Sendable {
    /// As it is sent.
    package let text: String

    /// Markup.
    package init(stringLiteral text: String) { self.text = text }
    /// Markup with pieces in it.
    package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// Markup that code of ours made elsewhere, in which every text is escaped.
    package init(markup: String) { text = markup }

    /// Nothing.
    package static let empty: HTML = ""

    /// What comes of a literal and of what is put into it.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        /// Nothing yet.
        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        /// Markup.
        package mutating func appendLiteral(_ literal: String) { text += literal }

        /// A text of anybody.
        package mutating func appendInterpolation(_ text: String) { self.text += HTML.escaped(text) }

        /// A number, in digits.
        package mutating func appendInterpolation(_ number: Int) { text += String(number) }

        /// Markup, as it is.
        package mutating func appendInterpolation(_ piece: HTML) { text += piece.text }

        /// One after the other.
        package mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { text += piece.text } }

        /// Bytes of a text as one part of a path or one value of a query.
        package mutating func appendInterpolation(part: String) {
            text += PercentText.escaped(part, isPlain: HTML.isPlain)
        }
    }

    /// - Complexity: O(bytes).
    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "\""): bytes += "&quot;".utf8
            case UInt8(ascii: "'"): bytes += "&#39;".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What means nothing in an address (RFC 3986, section 2.3).
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
