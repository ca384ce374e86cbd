import Bytes

/// An expression of PromQL as it is written: parentheses stand in it, precedence is resolved.
///
/// How high a tree may be is bounded where it is made (`ParserLimits`), so that whoever walks it may recurse.
indirect enum Expression: Hashable, Sendable {
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
    var place: Place {
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
}

/// A number, also one that was written as a duration: its value is then in seconds.
struct NumberLiteral: Hashable, Sendable {
    var value: Double
    var isDuration: Bool
    var place: Place

    static func == (left: NumberLiteral, right: NumberLiteral) -> Bool {
        left.bits == right.bits && left.isDuration == right.isDuration
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(bits)
        hasher.combine(isDuration)
    }

    /// What is no number is itself, and the zeros differ.
    private var bits: UInt64 { value.isNaN ? Double.nan.bitPattern : value.bitPattern }
}

/// A text in quotes.
struct StringLiteral: Hashable, Sendable {
    var value: ByteText
    var place: Place
}

/// `( … )`.
struct Parentheses: Hashable, Sendable {
    var inner: Expression
    var place: Place
}

/// A sign before an expression; before a number it is part of the number.
struct UnaryOperation: Hashable, Sendable {
    var isNegative: Bool
    var operand: Expression
    var place: Place
}

/// `name( … )`.
struct FunctionCall: Hashable, Sendable {
    var function: FunctionSignature
    var arguments: [Expression]
    var place: Place
}

/// `sum by (a, b) ( … )`.
struct Aggregation: Hashable, Sendable {
    var operation: AggregationOperator
    var expression: Expression
    /// What `topk` and its like are given before the expression.
    var parameter: Expression?
    var grouping: [ByteText]
    /// Whether the labels are those to drop.
    var isWithout: Bool
    var place: Place
}
