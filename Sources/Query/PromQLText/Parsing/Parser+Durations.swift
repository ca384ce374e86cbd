// Durations: literals, and arithmetic of them.
extension Parser {
    /// What stands in brackets. A literal has to be greater than zero; what is computed is known later.
    mutating func parsePositiveDuration() throws(Stop) -> DurationValue {
        let duration = try parseDuration()
        if case .literal(let literal) = duration, !(literal.value > 0) {
            note("duration must be greater than 0", at: literal.place)
        }
        return value(of: duration)
    }

    /// What stands behind `offset`. It ends where a literal or a word ends, so that `a offset 1m + 2` is a sum; only
    /// parentheses begin arithmetic.
    mutating func parseOffset() throws(Stop) -> DurationValue {
        let sign = current.kind == .add || current.kind == .subtract ? take() : nil
        switch (current.kind, sign) {
        case (.number, _), (.duration, _), (.step, _), (.range, _), (.minimumOf, _), (.maximumOf, _),
            (.leftParenthesis, .some):
            return value(of: signed(sign, try parseDurationOperand()))
        default:
            let first = signed(sign, try parseDurationOperand())
            return value(of: try parseDurationOperators(behind: first, 1))
        }
    }

    private func value(of duration: DurationExpression) -> DurationValue {
        if case .literal(let literal) = duration { return .constant(DurationText.nanoseconds(seconds: literal.value)) }
        return .computed(duration)
    }

    private mutating func parseDuration(_ precedenceMin: Int = 1) throws(Stop) -> DurationExpression {
        try descend()
        defer { ascend() }
        return try parseDurationOperators(behind: try parseDurationOperand(), precedenceMin)
    }

    private mutating func parseDurationOperators(
        behind first: DurationExpression, _ precedenceMin: Int
    ) throws(Stop) -> DurationExpression {
        var left = first
        var height = ParserLimits.nestingMax
        while let operation = durationOperator(current.kind), operation.precedence >= precedenceMin {
            let sign = take()
            let right = try parseDuration(operation.precedence + (operation == .power ? 0 : 1))
            requireArithmetic(at: left.place)
            if case .literal(let literal) = right, literal.value == 0, operation == .divide || operation == .modulo {
                note(operation == .divide ? "division by zero" : "modulo by zero", at: place(of: sign))
            }
            left = .binary(operation, left, right)
            height = try self.height(above: height)
        }
        return left
    }

    private func durationOperator(_ kind: TokenKind) -> DurationExpression.Operation? {
        switch kind {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .modulo: .modulo
        case .power: .power
        default: nil
        }
    }

    /// A literal, a word, parentheses, or a sign before one.
    private mutating func parseDurationOperand() throws(Stop) -> DurationExpression {
        switch current.kind {
        case .number, .duration: return inRange(parseNumber())
        case .add, .subtract:
            let sign = take()
            return signed(sign, try parseDuration(DurationExpression.Operation.power.precedence))
        case .step, .range: return try parseDurationWord()
        case .minimumOf, .maximumOf: return try parseDurationChoice()
        case .leftParenthesis:
            let start = place(of: take())
            let inner = try parseDuration()
            guard accept(.rightParenthesis) != nil else { throw unexpected() }
            requireArithmetic(at: inner.place)
            return .parentheses(inner, place(from: start))
        default: throw unexpected()
        }
    }

    private func signed(_ sign: Token?, _ duration: DurationExpression) -> DurationExpression {
        guard let sign else { return duration }
        let place = Place(from: place(of: sign), to: duration.place)
        let isNegative = sign.kind == .subtract
        if case .literal(var literal) = duration {
            if isNegative { literal.value = -literal.value }
            literal.place = place
            return .literal(literal)
        }
        return isNegative ? .negated(duration, place) : duration
    }

    private mutating func inRange(_ literal: NumberLiteral) -> DurationExpression {
        var literal = literal
        if !(literal.value.magnitude <= 0x1p63 / 1e9) {
            note("duration out of range", at: literal.place)
            literal.value = 0
        }
        return .literal(literal)
    }

    private mutating func parseDurationWord() throws(Stop) -> DurationExpression {
        let word = take()
        guard accept(.leftParenthesis) != nil, accept(.rightParenthesis) != nil else { throw unexpected() }
        let place = place(from: place(of: word))
        requireArithmetic(at: place)
        return .word(word.kind == .step ? .step : .range, place)
    }

    private mutating func parseDurationChoice() throws(Stop) -> DurationExpression {
        let word = take()
        guard accept(.leftParenthesis) != nil else { throw unexpected() }
        let first = try parseDuration()
        guard accept(.comma) != nil else { throw unexpected() }
        let second = try parseDuration()
        guard accept(.rightParenthesis) != nil else { throw unexpected() }
        let place = place(from: place(of: word))
        requireArithmetic(at: place)
        return .choice(word.kind == .minimumOf ? .minimum : .maximum, first, second, place)
    }

    private mutating func requireArithmetic(at place: Place) {
        if !features.contains(.durations) { note("experimental duration expression is not enabled", at: place) }
    }
}

extension DurationExpression.Operation {
    fileprivate var precedence: Int {
        switch self {
        case .add, .subtract: 1
        case .multiply, .divide, .modulo: 2
        case .power: 3
        }
    }
}
