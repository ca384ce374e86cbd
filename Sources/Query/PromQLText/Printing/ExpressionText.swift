import Bytes

/// An expression on one line, in the language's own spelling. Reading it gives the same tree, but for durations below
/// a ms, which it does not write.
struct ExpressionText {
    private(set) var text: [UInt8] = []
    /// The expressions of the tree in the order in which they begin.
    private(set) var marks: [Mark] = []

    /// What is written of one expression.
    struct Mark {
        var range: Range<Int>
        /// How many marks are its own: itself and all inside it.
        var count: Int
    }

    init(_ expression: Expression) { append(expression) }

    private mutating func append(_ expression: Expression) {
        let index = marks.count
        let start = text.count
        marks.append(Mark(range: start..<start, count: 1))
        appendNode(expression)
        marks[index] = Mark(range: start..<text.count, count: marks.count - index)
    }

    private mutating func appendNode(_ expression: Expression) {
        switch expression {
        case .number(let node): append(node)
        case .string(let node): append(QuotedText.quoted(node.value.bytes))
        case .selector(let node):
            appendSeries(node)
            appendAnchor(node.time)
            if let boundary = node.boundary { append(" " + boundary.rawValue) }
            appendOffset(node.time)
        case .range(let node):
            appendSeries(node.selector)
            append("[")
            append(node.range)
            append("]")
            if let boundary = node.selector.boundary { append(" " + boundary.rawValue) }
            appendAnchor(node.selector.time)
            appendOffset(node.selector.time)
        case .subquery(let node):
            append(node.expression)
            append("[")
            append(node.range)
            append(":")
            if let step = node.step { append(step) }
            append("]")
            appendAnchor(node.time)
            appendOffset(node.time)
        case .parentheses(let node):
            append("(")
            append(node.inner)
            append(")")
        case .unary(let node):
            append(node.isNegative ? "-" : "+")
            append(node.operand)
        case .binary(let node):
            append(node.left)
            append(" " + node.operation.rawValue)
            if node.returnsBool { append(" bool") }
            if let matching = node.matching { append(matching) }
            append(" ")
            append(node.right)
        case .call(let node):
            append(node.function.name + "(")
            appendList(node.arguments)
            append(")")
        case .aggregation(let node):
            append(node.operation.rawValue)
            if node.isWithout || !node.grouping.isEmpty {
                append(node.isWithout ? " without " : " by ")
                append(node.grouping)
                append(" ")
            }
            append("(")
            appendList((node.parameter.map { [$0] } ?? []) + [node.expression])
            append(")")
        }
    }

    private mutating func append(_ written: String) { text += written.utf8 }

    private mutating func append(_ literal: NumberLiteral) {
        guard literal.isDuration else { return append(WrittenNumber.plain(literal.value)) }
        append(DurationText.written(nanoseconds: DurationText.saturated(literal.value * 1e9)))
    }

    private mutating func appendList(_ expressions: [Expression]) {
        for (index, expression) in expressions.enumerated() {
            if index > 0 { append(", ") }
            append(expression)
        }
    }

    /// Labels in parentheses.
    private mutating func append(_ labels: [ByteText]) {
        append("(" + labels.map(LabelText.written).joined(separator: ", ") + ")")
    }
}

// Selectors and durations.
extension ExpressionText {
    private mutating func appendSeries(_ selector: VectorSelector) {
        if let name = selector.name { text += name.bytes }
        if selector.name != nil, selector.matchers.isEmpty { return }
        let matchers = selector.matchers.map {
            LabelText.written($0.label) + $0.comparison.rawValue + QuotedText.quoted($0.value.bytes)
        }
        let sorted = matchers.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        append("{" + sorted.joined(separator: ",") + "}")
    }

    private mutating func appendAnchor(_ time: SelectedTime) {
        switch time.anchor {
        case .timestamp(let milliseconds)?: append(" @ " + WrittenNumber.seconds(milliseconds: milliseconds))
        case .start?: append(" @ start()")
        case .end?: append(" @ end()")
        case nil: break
        }
    }

    private mutating func appendOffset(_ time: SelectedTime) {
        guard time.hasOffset else { return }
        append(" offset ")
        append(time.offset)
    }

    private mutating func append(_ duration: DurationValue) {
        switch duration {
        case .constant(let nanoseconds): append(DurationText.written(nanoseconds: nanoseconds))
        case .computed(let expression): append(expression)
        }
    }

    private mutating func append(_ duration: DurationExpression) {
        switch duration {
        case .literal(let literal): append(literal)
        case .word(let word, _): append(word.rawValue + "()")
        case .choice(let word, let first, let second, _):
            append(word.rawValue + "(")
            append(first)
            append(", ")
            append(second)
            append(")")
        case .negated(let inner, _):
            append("-")
            append(inner)
        case .binary(let operation, let left, let right):
            append(left)
            append(" " + operation.rawValue + " ")
            append(right)
        case .parentheses(let inner, _):
            append("(")
            append(inner)
            append(")")
        }
    }
}

// How series of two sides find each other.
extension ExpressionText {
    private mutating func append(_ matching: VectorMatching) {
        let groups = matching.cardinality == .manyToOne || matching.cardinality == .oneToMany
        if matching.isOn || groups || !matching.labels.isEmpty {
            append(matching.isOn ? " on " : " ignoring ")
            append(matching.labels)
        }
        if groups {
            append(matching.cardinality == .manyToOne ? " group_left " : " group_right ")
            append(matching.included)
        }
        if let left = matching.fill.left {
            append((matching.fill.isCommon ? " fill (" : " fill_left (") + WrittenNumber.general(left) + ")")
        }
        if let right = matching.fill.right, !matching.fill.isCommon {
            append(" fill_right (" + WrittenNumber.general(right) + ")")
        }
    }
}
