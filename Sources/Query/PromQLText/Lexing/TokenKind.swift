/// What a word or sign of the text is. Keywords are such in any spelling of their letters, and most of them may be
/// names, too: where they stand decides.
enum TokenKind: Hashable {
    // What carries a text of its own.
    case endOfInput, failure
    case identifier, metricIdentifier, number, duration, string

    // Signs that hold things together.
    case leftParenthesis, rightParenthesis, leftBrace, rightBrace, leftBracket, rightBracket
    case comma, colon, assign

    // Operators.
    case add, subtract, multiply, divide, modulo, power, atan2
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, trimUpper, trimLower
    case matches, matchesNot
    case and, or, unless
    case at

    case aggregation(AggregationOperator)

    // Words that change what stands beside them.
    case bool, by, without, on, ignoring, groupLeft, groupRight, offset
    case anchored, smoothed
    case fill, fillLeft, fillRight

    // Words for times of the question, functions where a parenthesis follows.
    case start, end, step, range, maximumOf, minimumOf
}

extension TokenKind {
    /// How a message names such a token.
    enum Naming {
        /// By its text alone, in quotes.
        case sign
        case keyword, operation, aggregation
        /// By what it is, and its text in quotes.
        case value(String)
        case end
    }

    var naming: Naming {
        switch self {
        case .endOfInput: .end
        case .failure: .value("error")
        case .identifier: .value("identifier")
        case .metricIdentifier: .value("metric identifier")
        case .number: .value("number")
        case .duration: .value("duration")
        case .string: .value("string")
        case .leftParenthesis, .rightParenthesis, .leftBrace, .rightBrace, .leftBracket, .rightBracket, .comma,
            .colon, .assign, .start, .end, .step, .range, .maximumOf, .minimumOf:
            .sign
        case .add, .subtract, .multiply, .divide, .modulo, .power, .atan2, .equal, .notEqual, .less, .lessOrEqual,
            .greater, .greaterOrEqual, .trimUpper, .trimLower, .matches, .matchesNot, .and, .or, .unless, .at:
            .operation
        case .aggregation: .aggregation
        case .bool, .by, .without, .on, .ignoring, .groupLeft, .groupRight, .offset, .anchored, .smoothed, .fill,
            .fillLeft, .fillRight:
            .keyword
        }
    }

    /// Whether the word may be a metric's name outside quotes and braces.
    var isMetricName: Bool {
        switch self {
        case .identifier, .metricIdentifier, .aggregation, .by, .without, .and, .or, .unless, .offset, .anchored,
            .smoothed, .start, .end, .step, .range, .maximumOf, .minimumOf:
            true
        default: false
        }
    }

    /// Whether the word may be a label's name in a list of labels outside quotes.
    var isLabelName: Bool {
        switch self {
        case .bool, .on, .ignoring, .groupLeft, .groupRight, .atan2: true
        case .without: false
        default: isMetricName
        }
    }

    /// Whether an expression may begin so.
    var isExpressionStart: Bool {
        switch self {
        case .number, .duration, .string, .leftParenthesis, .leftBrace, .add, .subtract: true
        default: isMetricName
        }
    }

    /// Whether values for what is missing follow.
    var isFill: Bool { self == .fill || self == .fillLeft || self == .fillRight }

    /// Whether a parenthesis behind the word makes it a function's name.
    var isFunctionName: Bool {
        switch self {
        case .identifier, .start, .end, .step, .range, .maximumOf, .minimumOf: true
        default: false
        }
    }
}
