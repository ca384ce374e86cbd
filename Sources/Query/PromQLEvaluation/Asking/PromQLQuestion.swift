package import PromQLText

/// An expression, and when its value is asked for.
package struct PromQLQuestion: Sendable {
    /// What is asked.
    package let expression: PromQLExpression
    /// When.
    package let times: Times
    /// How far back a sample may stand for a later time, in ms.
    package var lookback: Int64 = 300_000
    /// The step of subqueries that say none, in ms.
    package var defaultStep: Int64 = 60_000
    /// Whether names of metrics go at the end of the evaluation rather than with the function that makes them wrong.
    package var delaysNameRemoval = false
    /// How many samples may be read or held at a time.
    package var samplesMax = 50_000_000
    /// How many steps a question may have, those of subqueries included.
    package var stepsMax = 10_000_000

    /// ms since 1970.
    package enum Times: Hashable, Sendable {
        /// Once.
        case instant(Int64)
        /// From a time to another, both included, again and again.
        case range(from: Int64, through: Int64, step: Int64)
    }

    /// Joins both.
    package init(_ expression: PromQLExpression, at times: Times) {
        (self.expression, self.times) = (expression, times)
    }
}
