/// A length of time: known, or computed when the question's step and range are.
package enum DurationValue: Hashable, Sendable {
    /// ns.
    case constant(Int64)
    case computed(DurationExpression)
}

/// Arithmetic of durations, in seconds.
package indirect enum DurationExpression: Hashable, Sendable {
    /// What is done.
    package enum Operation: String, Hashable, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case modulo = "%"
        case power = "^"
    }

    /// A value of the question, or a choice between two durations.
    package enum Word: String, Hashable, Sendable {
        case step, range
        case minimum = "min_of"
        case maximum = "max_of"
    }

    case literal(NumberLiteral)
    case word(Word, Place)
    case choice(Word, DurationExpression, DurationExpression, Place)
    case negated(DurationExpression, Place)
    case binary(Operation, DurationExpression, DurationExpression)
    case parentheses(DurationExpression, Place)

    var place: Place {
        switch self {
        case .literal(let literal): literal.place
        case .word(_, let place), .choice(_, _, _, let place), .negated(_, let place), .parentheses(_, let place):
            place
        case .binary(_, let left, let right): Place(from: left.place, to: right.place)
        }
    }
}
