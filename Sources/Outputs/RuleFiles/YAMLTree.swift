import Yams

/// A YAML document as files of rules need it: values with their places, so many that it can be walked.
struct YAMLNode {
    indirect enum Value {
        case scalar(String, isNull: Bool)
        case list([YAMLNode])
        /// In the order of the file, each name once.
        case members([(name: YAMLNode, value: YAMLNode)])
    }

    let value: Value
    let line: Int?
    let column: Int?

    /// The text of a scalar; empty for null.
    var text: String? {
        guard case .scalar(let text, let isNull) = value else { return nil }
        return isNull ? "" : text
    }

    var isNull: Bool { if case .scalar(_, true) = value { true } else { false } }

    func fault(_ reason: String) -> RuleFileError.Fault {
        RuleFileError.Fault(line: line, column: column, reason: reason)
    }
}

/// Reads documents.
struct YAMLTree {
    /// Bytes of a document.
    static let bytesMax = 16 << 20
    /// Values of a document; one that is named and repeated counts each time.
    static let nodesMax = 1_000_000
    static let depthMax = 32
    /// Brackets that are open at a place; those in texts count, too.
    static let openMax = 200
    /// Blanks at the beginning of a line.
    static let blanksMax = 400

    private static let tooMany = "the file has more, or deeper, values than are read"

    private var nodes = 0

    /// The document of a text; nil where there is nothing in it.
    static func read(_ bytes: [UInt8]) throws(RuleFileError.Fault) -> YAMLNode? {
        func whole(_ reason: String) -> RuleFileError.Fault {
            RuleFileError.Fault(line: nil, column: nil, reason: reason)
        }
        guard bytes.count <= bytesMax else {
            throw whole("the file has \(bytes.count) bytes, at most \(bytesMax) are read")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw whole("the file is no UTF-8") }
        guard !isTooDeep(bytes) else { throw whole(tooMany) }
        let root: Node?
        do {
            try YAMLAliases.check(text, nodesMax: nodesMax)
            root = try Yams.compose(yaml: text)
        } catch let error as YAMLAliases.TooMany {
            throw RuleFileError.Fault(line: error.line, column: error.column, reason: tooMany)
        } catch let error as YamlError {
            throw fault(error)
        } catch {
            throw whole("no YAML: \(error)")
        }
        var tree = YAMLTree()
        guard let root else { return nil }
        return try tree.node(root, depth: 0)
    }

    /// Whether values may be so deep inside one another that the parser's stack would not hold them: by brackets that
    /// are open, and by what a line begins with.
    private static func isTooDeep(_ bytes: [UInt8]) -> Bool {
        var (open, blanks, marks, isAtStart) = (0, 0, 0, true)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"): (blanks, marks, isAtStart) = (0, 0, true)
            case UInt8(ascii: " ") where isAtStart: blanks += 1
            case UInt8(ascii: "-") where isAtStart, UInt8(ascii: "?") where isAtStart: marks += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"): (open, isAtStart) = (open + 1, false)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): (open, isAtStart) = (max(open - 1, 0), false)
            default: isAtStart = false
            }
            if open > openMax || blanks > blanksMax || marks > depthMax { return true }
        }
        return false
    }

    private mutating func node(_ node: Node, depth: Int) throws(RuleFileError.Fault) -> YAMLNode {
        func at(_ value: YAMLNode.Value) -> YAMLNode {
            YAMLNode(value: value, line: node.mark?.line, column: node.mark?.column)
        }
        nodes += 1
        guard nodes <= Self.nodesMax, depth <= Self.depthMax else {
            throw at(.list([])).fault(Self.tooMany)
        }
        switch node {
        case .scalar(let scalar):
            let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return at(.scalar(scalar.string, isNull: isNull))
        case .sequence(let sequence):
            var list: [YAMLNode] = []
            for element in sequence { list.append(try self.node(element, depth: depth + 1)) }
            return at(.list(list))
        case .mapping(let mapping):
            var members: [(name: YAMLNode, value: YAMLNode)] = []
            for (name, value) in mapping {
                members.append((try self.node(name, depth: depth + 1), try self.node(value, depth: depth + 1)))
            }
            return at(.members(members))
        case .alias: throw at(.list([])).fault("an alias of nothing that is known")
        }
    }

    private static func fault(_ error: YamlError) -> RuleFileError.Fault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return RuleFileError.Fault(line: mark.line, column: mark.column, reason: "no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().joined(separator: ", ")
            return RuleFileError.Fault(
                line: context.mark.line, column: context.mark.column, reason: "given twice: \(names)")
        default: return RuleFileError.Fault(line: nil, column: nil, reason: "no YAML: \(error)")
        }
    }
}
