import PromQLEvaluation
package import PromQLText

/// An expression as somebody wrote it, and when its value is asked for.
package struct SeriesQuestion: Sendable {
    /// The expression.
    let text: [UInt8]
    /// When.
    private(set) var times: PromQLQuestion.Times
    /// How far back a sample may stand for a later time, in ms.
    package var lookback: Int64 = SeriesQuestion.lookbackStandard
    /// How many series are shown; nil: all.
    package var seriesMax: Int?
    /// The text as it was read; nil: it was not yet.
    private var known: PromQLExpression?

    /// How far back a sample stands for a later time where nobody says so, in ms.
    package static let lookbackStandard: Int64 = 300_000
    /// How many samples a question may read or hold.
    package static let samplesMax = 50_000_000
    /// How many points a series of an answer may have, but for the first.
    package static let pointsMax: Int64 = 11_000

    /// Asked once.
    /// - Parameter time: ms since 1970.
    package init(_ text: [UInt8], at time: Int64) { (self.text, times) = (text, .instant(time)) }

    /// Asked from a time to another, both included, again and again.
    /// - Parameters:
    ///   - start: ms since 1970, as its end.
    ///   - step: ms.
    package init(_ text: [UInt8], from start: Int64, through end: Int64, step: Int64) {
        (self.text, times) = (text, .range(from: start, through: end, step: step))
    }

    /// The same, asked once.
    /// - Parameter time: ms since 1970.
    package func moved(to time: Int64) -> SeriesQuestion {
        var question = self
        question.times = .instant(time)
        return question
    }

    /// Looks whether it can be asked at all; what was read for that is not read again.
    package mutating func check() throws(SeriesRefusal) { known = try checked().expression }

    /// Reads the expression and looks at its times.
    func checked() throws(SeriesRefusal) -> PromQLQuestion {
        if case .range(let start, let end, let step) = times {
            if end < start { throw SeriesRefusal(parameter: "end", "end timestamp must not be before start time") }
            if step <= 0 {
                throw SeriesRefusal(
                    parameter: "step",
                    "zero or negative query resolution step widths are not accepted. Try a positive integer")
            }
            let (span, overflows) = end.subtractingReportingOverflow(start)
            if overflows || span / step > Self.pointsMax {
                throw SeriesRefusal(
                    .badData,
                    "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution "
                        + "(?step=XX)")
            }
        }
        let expression = if let known { known } else { try Self.expression(text) }
        if case .range = times, let type = Self.unranged(expression) {
            throw SeriesRefusal(
                parameter: "query",
                "invalid expression type \"\(type)\" for range query, must be Scalar or instant Vector")
        }
        var question = PromQLQuestion(expression, at: times)
        (question.lookback, question.samplesMax) = (lookback, Self.samplesMax)
        return question
    }

    /// What an expression is of which no range can be asked; nil: one can be.
    private static func unranged(_ expression: PromQLExpression) -> String? {
        switch expression.type {
        case .string: "string"
        case .matrix: "range vector"
        case .scalar, .vector: nil
        }
    }

    /// The expression of a text.
    package static func expression(_ text: [UInt8]) throws(SeriesRefusal) -> PromQLExpression {
        do throws(PromQLError) {
            return try PromQLExpression(text)
        } catch {
            throw SeriesRefusal(parameter: "query", error.description)
        }
    }
}
