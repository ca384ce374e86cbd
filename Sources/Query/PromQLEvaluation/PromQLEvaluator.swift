package import PromQLText

/// What an expression says of the series of a source, by the rules of Prometheus 3.
///
/// Each selector reads its samples once, in one request with its matchers and the times that the question needs of it;
/// ranges slide over them. Time is linear in samples, steps times series, and what order statistics need.
package enum PromQLEvaluator {
    /// In a question with steps, ranges of so many steps and more are folded along all of them, by which what is added
    /// up may differ in its last bits from what the question says when it is asked once.
    package static let slidesFrom: Int64 = 32

    /// - Parameters:
    ///   - budget: who bounds memory and time.
    ///   - parts: what other questions over the same series said; nil: nothing is shared with them.
    package static func answer(
        _ question: PromQLQuestion, over source: some SeriesSource,
        within budget: some QuestionBudget = UnboundedBudget(), sharing parts: SharedParts? = nil
    ) throws(EvaluationError) -> PromQLAnswer {
        let evaluation = try Evaluation(question, source, budget, parts)
        let value = try evaluation.value()
        let text = question.expression.text
        return PromQLAnswer(
            value: value, warnings: evaluation.remarks.written(in: text, areWarnings: true),
            infos: evaluation.remarks.written(in: text, areWarnings: false),
            samplesMost: evaluation.ledger.samplesMost)
    }
}
