import Bytes

/// An expression of PromQL, as Prometheus 3 reads it: parsed, its types checked.
///
/// Reading takes time linear in the text, and stack that does not depend on it.
package struct PromQLExpression: Hashable, Sendable, CustomStringConvertible {
    /// What its value is.
    package let type: PromQLType
    /// The tree.
    package let root: Expression
    /// The text that it was read from.
    package var text: [UInt8] { source.bytes }
    private let source: SourceText

    /// Reads a text.
    /// - Parameter features: what may be used though it is not promised.
    package init(_ text: [UInt8], features: PromQLFeatures = .stable) throws(PromQLError) {
        var parser = try Parser.begun(text, features: features)
        var root: Expression
        do throws(Parser.Stop) {
            root = try parser.parseWhole()
        } catch {
            throw PromQLError(parser.faults, in: text, isTooComplex: parser.isTooComplex)
        }
        // Types of what cannot be meant are no news.
        guard parser.faults.isEmpty else { throw PromQLError(parser.faults, in: text) }
        var checker = TypeChecker()
        type = checker.check(&root)
        guard checker.faults.isEmpty else { throw PromQLError(checker.faults, in: text) }
        self.root = root
        source = SourceText(bytes: text)
    }

    /// On one line.
    package var description: String { String(decoding: ExpressionText(root).text, as: UTF8.self) }

    /// Over several lines where it is long, as `promtool promql format` shows it.
    package var formatted: String { String(decoding: FormattedText.written(root), as: UTF8.self) }
}

/// A text, which is no part of what is said in it.
private struct SourceText: Hashable, Sendable {
    let bytes: [UInt8]

    static func == (left: SourceText, right: SourceText) -> Bool { true }
    func hash(into hasher: inout Hasher) {}
}

extension Parser {
    /// A parser of a text that is not too long.
    static func begun(_ text: [UInt8], features: PromQLFeatures) throws(PromQLError) -> Parser {
        guard text.count <= ParserLimits.bytesMax else {
            let message = "the expression has \(text.count) bytes, at most \(ParserLimits.bytesMax) are read"
            let fault = Fault(message: message, place: Place(0..<0))
            throw PromQLError([fault], in: text, isTooComplex: true)
        }
        return Parser(text, features: features)
    }
}

extension PromQLError {
    init(_ faults: [Parser.Fault], in text: [UInt8], isTooComplex: Bool = false) {
        self.faults = faults.map {
            let range = $0.place.range
            let position = TextPosition.written(range.lowerBound, in: text)
            return Fault(message: $0.message, range: range, position: position)
        }
        self.isTooComplex = isTooComplex
    }
}
