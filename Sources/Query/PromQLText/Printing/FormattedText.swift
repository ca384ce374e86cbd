/// An expression over several lines: what takes more than a line's width on one is split at its parentheses, commas
/// and operators, and indented by its depth.
///
/// - Complexity: O(text): an expression that fits is copied from the one line, never written again.
struct FormattedText {
    private static let widthMax = 100
    /// Deeper lines are indented no further, or a hostile text would become a thousand times as long.
    private static let levelMax = 64

    private let line: ExpressionText
    private var text: [UInt8] = []
    /// The mark of the expression that is written next.
    private var next = 0

    private init(_ line: ExpressionText) { self.line = line }

    static func written(_ expression: Expression) -> [UInt8] {
        var formatted = FormattedText(ExpressionText(expression))
        formatted.append(expression, level: 0)
        return formatted.text
    }

    /// - Parameter level: how many lines are open around it; 0 where it begins on the line of what is around it.
    private mutating func append(_ expression: Expression, level: Int) {
        let mark = line.marks[next]
        let isSplit = mark.range.count > Self.widthMax
        switch expression {
        case .unary(let node):
            indent(level)
            append(node.isNegative ? "-" : "+")
            next += 1
            appendBehindSign(node.operand, level: level)
        case .subquery(let node) where isSplit:
            next += 1
            let inner = line.marks[next]
            append(node.expression, level: level)
            text += line.text[inner.range.upperBound..<mark.range.upperBound]
        case .binary(let node) where isSplit: append(node, level: level)
        case .parentheses(let node) where isSplit: appendList([node.inner], level: level)
        case .call(let node) where isSplit && !node.arguments.isEmpty: appendList(node.arguments, level: level)
        case .aggregation(let node) where isSplit:
            appendList((node.parameter.map { [$0] } ?? []) + [node.expression], level: level)
        default:
            // A subquery that fits is the one that does not ask for its place.
            if case .subquery = expression {} else { indent(level) }
            text += line.text[mark.range]
            next += mark.count
        }
    }

    /// What stands before a parenthesis, and in it line by line.
    private mutating func appendList(_ expressions: [Expression], level: Int) {
        let start = line.marks[next].range.lowerBound
        next += 1
        indent(level)
        text += line.text[start..<line.marks[next].range.lowerBound]
        for (index, expression) in expressions.enumerated() {
            append(index == 0 ? "\n" : ",\n")
            append(expression, level: level + 1)
        }
        append("\n")
        indent(level)
        append(")")
    }

    private mutating func append(_ node: BinaryOperation, level: Int) {
        next += 1
        let left = line.marks[next]
        let right = line.marks[next + left.count]
        append(node.left, level: level + 1)
        append("\n")
        indent(level)
        // Without the space on either side.
        text += line.text[(left.range.upperBound + 1)..<(right.range.lowerBound - 1)]
        append("\n")
        append(node.right, level: level + 1)
    }

    /// A sign stands directly before its operand, however deep that is.
    private mutating func appendBehindSign(_ operand: Expression, level: Int) {
        let start = text.count
        append(operand, level: level)
        let spaces = text[start...].prefix { $0 == UInt8(ascii: " ") }.count
        text.removeSubrange(start..<(start + spaces))
    }

    private mutating func append(_ written: String) { text += written.utf8 }

    private mutating func indent(_ level: Int) {
        text += [UInt8](repeating: UInt8(ascii: " "), count: min(level, Self.levelMax) * 2)
    }
}
