import Bytes
import Yams

/// How many values a text of YAML comes to once each alias stands for all that it names. The parser itself looks at
/// names in full, and a few lines can make one of more values than there is time for; so this is asked before it.
///
/// The text is parsed with a mark of ours in the place of each `*`: nothing in it refers to anything then, and where an
/// alias stood is a value that begins with the mark.
package struct YAMLAliases {
    /// A text that is not parsed comes to more values than may be.
    package struct TooMany: Error {
        /// Where that is so first, from 1.
        package let line, column: Int?
    }

    /// A character of nobody's, which YAML takes as a part of a text.
    private static let mark = Array("\u{E000}".utf8)

    private let nodesMax: Int
    /// By name of what an alias stands for, as it was named last.
    private var counts: [ExactText: Int] = [:]
    /// Values that were looked at.
    private var steps = 0

    /// Looks at all documents of a text, in which aliases may stand for what an earlier one names.
    /// - Parameter nodesMax: of a document.
    /// - Returns: how many values were looked at: none where nothing is named.
    /// - Throws: ``TooMany``; what the parser throws of a text that is no YAML.
    /// - Complexity: O(bytes).
    @discardableResult
    package static func check(_ text: String, nodesMax: Int) throws -> Int {
        guard let marked = marked(text) else { return 0 }
        var aliases = YAMLAliases(nodesMax: nodesMax)
        // Names belong to the parser.
        let parser = try Parser(yaml: marked)
        while let root = try parser.nextRoot() { _ = try aliases.count(root) }
        return aliases.steps
    }

    private init(nodesMax: Int) { self.nodesMax = nodesMax }

    /// The text with marks in the places of aliases, wherever they may be some; nil where there can be none.
    private static func marked(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "&")), text.utf8.contains(UInt8(ascii: "*")) else { return nil }
        var (bytes, hasName, hasAlias) = ([UInt8](), false, false)
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if let before = bytes.last, isOfName(byte) {
                if before == UInt8(ascii: "&") { hasName = true }
                if before == UInt8(ascii: "*") {
                    hasAlias = true
                    bytes.removeLast()
                    bytes += mark
                }
            }
            bytes.append(byte)
        }
        return hasName && hasAlias ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// What names of values are made of.
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// How many values a node comes to, itself included.
    private mutating func count(_ node: Node) throws(TooMany) -> Int {
        steps += 1
        var count = 1
        switch node {
        case .scalar(let scalar):
            if scalar.string.utf8.starts(with: Self.mark) {
                let name = scalar.string.utf8.dropFirst(Self.mark.count).prefix(while: Self.isOfName)
                count = counts[ExactText(String(decoding: name, as: UTF8.self))] ?? 1
            }
        case .sequence(let sequence): for element in sequence { count += try self.count(element) }
        case .mapping(let mapping):
            for (name, value) in mapping { count += try self.count(name) + self.count(value) }
        case .alias: break
        }
        guard count <= nodesMax else { throw TooMany(line: node.mark?.line, column: node.mark?.column) }
        if let name = node.anchor { counts[ExactText(name.rawValue)] = count }
        return count
    }
}
