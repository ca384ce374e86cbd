package import Bytes

/// An expression of PromQL as it is written: parentheses stand in it, precedence is resolved.
///
/// How high a tree may be is bounded where it is made (`ParserLimits`), so that whoever walks it may recurse.
package indirect enum Expression: Hashable, Sendable {
    case number(NumberLiteral)
    case string(StringLiteral)
    case selector(VectorSelector)
    case range(RangeSelector)
    case subquery(Subquery)
    case parentheses(Parentheses)
    case unary(UnaryOperation)
    case binary(BinaryOperation)
    case call(FunctionCall)
    case aggregation(Aggregation)

    /// Where it stands.
    package var place: Place {
        switch self {
        case .number(let node): node.place
        case .string(let node): node.place
        case .selector(let node): node.place
        case .range(let node): node.place
        case .subquery(let node): node.place
        case .parentheses(let node): node.place
        case .unary(let node): node.place
        case .binary(let node): node.place
        case .call(let node): node.place
        case .aggregation(let node): node.place
        }
    }

    /// What stands directly in it, in the order of the text.
    /// - Complexity: O(children).
    package var children: [Expression] {
        switch self {
        case .number, .string, .selector, .range: []
        case .subquery(let node): [node.expression]
        case .parentheses(let node): [node.inner]
        case .unary(let node): [node.operand]
        case .binary(let node): [node.left, node.right]
        case .call(let node): node.arguments
        case .aggregation(let node): node.parameter.map { [$0, node.expression] } ?? [node.expression]
        }
    }

    /// Hands out itself and all that stands in it: each before what stands in that, in the order of the text.
    /// - Complexity: O(tree).
    package func visit(_ body: (Expression) -> Void) {
        body(self)
        for child in children { child.visit(body) }
    }

    /// All selectors in it, in the order in which they stand.
    /// - Complexity: O(tree).
    package var selectors: [VectorSelector] {
        var found: [VectorSelector] = []
        visit { part in
            switch part {
            case .selector(let node): found.append(node)
            case .range(let node): found.append(node.selector)
            case .number, .string, .subquery, .parentheses, .unary, .binary, .call, .aggregation: break
            }
        }
        return found
    }
}

/// A number, also one that was written as a duration: its value is then in seconds.
package struct NumberLiteral: Hashable, Sendable {
    /// What it says.
    package var value: Double
    var isDuration: Bool
    var place: Place

    package static func == (left: NumberLiteral, right: NumberLiteral) -> Bool {
        left.bits == right.bits && left.isDuration == right.isDuration
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(bits)
        hasher.combine(isDuration)
    }

    /// What is no number is itself, and the zeros differ.
    private var bits: UInt64 { value.isNaN ? Double.nan.bitPattern : value.bitPattern }
}

/// A text in quotes.
package struct StringLiteral: Hashable, Sendable {
    /// What it says.
    package var value: ByteText
    /// Where it stands.
    package var place: Place
}

/// `( … )`.
package struct Parentheses: Hashable, Sendable {
    /// What stands in them.
    package var inner: Expression
    var place: Place
}

/// A sign before an expression; before a number it is part of the number.
package struct UnaryOperation: Hashable, Sendable {
    /// Whether the sign is a minus.
    package var isNegative: Bool
    /// What it stands before.
    package var operand: Expression
    var place: Place
}

/// `name( … )`.
package struct FunctionCall: Hashable, Sendable {
    /// What is called.
    package var function: FunctionSignature
    /// What it is given.
    package var arguments: [Expression]
    /// Where it stands.
    package var place: Place
}

/// `sum by (a, b) ( … )`.
package struct Aggregation: Hashable, Sendable {
    /// How series are joined.
    package var operation: AggregationOperator
    /// Which series.
    package var expression: Expression
    /// What `topk` and its like are given before the expression.
    package var parameter: Expression?
    /// The labels of the groups, or those to drop.
    package var grouping: [ByteText]
    /// Whether the labels are those to drop.
    package var isWithout: Bool
    /// Where it stands.
    package var place: Place
}
