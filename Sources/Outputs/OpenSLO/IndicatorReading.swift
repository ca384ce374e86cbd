import Bytes
import Domain
import JSONTexts
import PromQLText

/// What queries of an indicator count, in events.
extension ServiceLevelIndicator {
    /// A share of good ones.
    static func ratio(
        part: IndicatorFields.ShownQuery, isGood: Bool, total: IndicatorFields.ShownQuery
    ) throws(OpenSLOFinding) -> ServiceLevelIndicator {
        var counted = try Self.sum(part)
        let all = try Self.sum(total)
        guard counted.range == nil, all.range == nil else {
            throw part.finding("expected counters as they are, without increase")
        }
        do throws(CounterSum.Refusal) {
            let measure = try Self.measure(&counted, of: all.metric, isGood: isGood)
            let labels = try counted.labels()
            guard try labels == all.labels() else {
                throw CounterSum.Refusal(message: "part and total are not of the same labels")
            }
            try Self.check(labels, of: all.metric)
            return ServiceLevelIndicator(measure, labels: labels)
        } catch {
            throw part.finding(error.message)
        }
    }

    private static func sum(_ query: IndicatorFields.ShownQuery) throws(OpenSLOFinding) -> CounterSum {
        do throws(CounterSum.Refusal) {
            return try CounterSum(query.expression)
        } catch {
            throw query.finding(error.message)
        }
    }

    /// Labels that the metric does not have would select nothing.
    private static func check(_ labels: [LabelCondition], of metric: String) throws(CounterSum.Refusal) {
        let name = metric.hasSuffix("_count") ? String(metric.dropLast("_count".count)) : metric
        let known = MetricCatalogue.metric(named: name)?.labels.map(\.name) ?? []
        for condition in labels where !known.contains(condition.label.rawValue) {
            throw CounterSum.Refusal(message: "\(name) has no label \(condition.label.rawValue); \(knownNames(known))")
        }
    }

    private static func measure(
        _ part: inout CounterSum, of total: String, isGood: Bool
    ) throws(CounterSum.Refusal) -> Measure {
        for (histogram, make) in histograms where total.hasSameBytes(as: histogram + "_count") {
            guard part.metric.hasSameBytes(as: histogram + "_bucket"), isGood, let bound = part.take("le"),
                !bound.isExcluded
            else { throw CounterSum.Refusal(message: "expected good as \(histogram)_bucket{le=\"…\"}") }
            return make(try seconds(bound.values))
        }
        guard part.metric.hasSameBytes(as: total) else {
            throw CounterSum.Refusal(message: "part and total are not of one metric: \(part.metric), \(total)")
        }
        switch total {
        case "support_questions_total":
            try expect(&part, "result", isGood ? "good" : "failed", else: isGood ? "failed" : "good")
            return .questions
        case "support_answers_total":
            guard let status = part.take("status"), status.values == [Array("error".utf8)], status.isExcluded == isGood
            else {
                throw CounterSum.Refusal(
                    message: "expected bad as {status=\"error\"}, or good as {status!=\"error\"}")
            }
            return .answers
        case "support_feedback_total": return .ratings(good: try scores(&part, isGood: isGood))
        default:
            throw CounterSum.Refusal(
                message: "\(total) is none of what is counted in events here; known: support_questions_total, "
                    + "support_answers_total, support_feedback_total, "
                    + histograms.map { "\($0.0)_count" }.joined(separator: ", "))
        }
    }

    private static let histograms: [(String, @Sendable (Int64) -> Measure)] = [
        ("support_answer_duration_seconds", { .answerDuration(within: $0) }),
        ("support_time_to_first_token_seconds", { .firstToken(within: $0) }),
    ]

    private static func expect(
        _ part: inout CounterSum, _ label: String, _ value: String, else other: String
    ) throws(CounterSum.Refusal) {
        let condition = part.take(label)
        let isMet =
            condition?.isExcluded == true
            ? condition?.values == [Array(other.utf8)] : condition?.values == [Array(value.utf8)]
        guard isMet else { throw CounterSum.Refusal(message: "expected {\(label)=\"\(value)\"}") }
    }

    /// The bound that all spellings of it say: `2|2.0`.
    private static func seconds(_ values: [[UInt8]]) throws(CounterSum.Refusal) -> Int64 {
        var bounds: Set<Int64> = []
        for value in values {
            guard let bound = try? DecimalText.parse(value[...], scale: 9) else {
                throw CounterSum.Refusal(message: "le is no number of seconds")
            }
            bounds.insert(bound)
        }
        guard bounds.count == 1, let bound = bounds.first, (1...7 * Nanoseconds.day).contains(bound) else {
            throw CounterSum.Refusal(message: "expected le to be one bound, above 0")
        }
        return bound
    }

    private static func scores(_ part: inout CounterSum, isGood: Bool) throws(CounterSum.Refusal) -> [Int] {
        let all = 1...5
        guard let condition = part.take("score") else {
            throw CounterSum.Refusal(message: "expected {score=~\"4|5\"}, the good ratings")
        }
        var named: [Int] = []
        for value in condition.values {
            guard value.count == 1, let score = value.first.map({ Int($0) - 0x30 }), all.contains(score) else {
                throw CounterSum.Refusal(message: "scores are 1 to 5")
            }
            named.append(score)
        }
        let good = all.filter { named.contains($0) != (condition.isExcluded == isGood) }
        guard !good.isEmpty, good.count < all.count else {
            throw CounterSum.Refusal(message: "some scores have to be good and others not")
        }
        return good
    }

    /// Cost of an answer, slice by slice of the time.
    static func cost(
        _ query: IndicatorFields.ShownQuery, atMost: Int64, slice: Int64
    ) throws(OpenSLOFinding) -> ServiceLevelIndicator {
        do throws(CounterSum.Refusal) {
            var expression = query.expression
            while case .parentheses(let outer) = expression { expression = outer.inner }
            guard case .binary(let quotient) = expression, quotient.operation == .divide else {
                throw CounterSum.Refusal(message: Self.costForm)
            }
            let (cost, answers) = (try CounterSum(quotient.left), try CounterSum(quotient.right))
            guard cost.metric.hasSameBytes(as: "support_llm_cost_usd_total"),
                answers.metric.hasSameBytes(as: "support_answers_total"), cost.range == answers.range,
                let range = cost.range
            else { throw CounterSum.Refusal(message: Self.costForm) }
            guard range == slice else {
                throw CounterSum.Refusal(message: "the range is not the objective's timeSliceWindow")
            }
            let labels = try cost.labels()
            guard try labels == answers.labels() else {
                throw CounterSum.Refusal(message: "cost and answers are not of the same labels")
            }
            try Self.check(labels, of: cost.metric)
            return ServiceLevelIndicator(.costPerAnswer(atMost: atMost, slice: slice), labels: labels)
        } catch {
            throw query.finding(error.message)
        }
    }

    private static let costForm =
        "a value that is compared is counted in events only as cost of an answer: sum(increase("
        + "support_llm_cost_usd_total[1h]) - increase(support_llm_cost_corrected_usd_total[1h])) / "
        + "sum(increase(support_answers_total[1h]) - increase(support_answers_corrected_total[1h]))"
}
