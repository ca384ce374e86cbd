import PromQLEvaluation
import PromQLText

/// Runs scripts: loads what they load, asks what they ask, and holds the answers against what they expect.
///
/// As Prometheus' own runner does, it asks what is asked once in the middle of a range, too, and removes names of
/// metrics at the end of an evaluation.
package struct ScriptRunner: Sendable {
    /// Removes names of metrics at the end of an evaluation, as Prometheus' own runner does.
    private let delaysNameRemoval: Bool

    /// - Parameter delaysNameRemoval: whether names of metrics go at the end of an evaluation.
    package init(delaysNameRemoval: Bool = true) { self.delaysNameRemoval = delaysNameRemoval }

    /// - Throws: where the script cannot be read.
    package func run(_ text: String) throws(ScriptError) -> ScriptReport {
        let script = try Script(text)
        var store = ScriptStore()
        var report = ScriptReport()
        for command in script.commands {
            switch command {
            case .load(let load): store.load(load)
            case .clear: store.clear()
            case .ask(let question): report.add(judged(question, store.series))
            }
        }
        return report
    }

    private func judged(_ question: Question, _ series: MemorySeries) -> ScriptReport.Verdict {
        let feature = ScriptFeature.needed(by: question.expression)
        let fault = fault(of: question, series)
        return ScriptReport.Verdict(question: question, feature: feature, fault: fault)
    }

    /// What is wrong with the answer; nil for nothing.
    private func fault(of question: Question, _ series: MemorySeries) -> ScriptFault? {
        let check = AnswerCheck(question)
        let expression: PromQLExpression
        do throws(PromQLError) {
            expression = try PromQLExpression(Array(question.expression.utf8), features: .all)
        } catch {
            return check.fault(ofRefusal: error.description, message: error.faults.first?.message ?? "")
        }
        do throws(EvaluationError) {
            let answer = try answer(expression, question.times.asked, series)
            if check.expectsFailure { return ScriptFault("a failure", "\(answer.value.shown)") }
            if let fault = check.fault(of: answer) { return fault }
            return try faultInRange(check, expression, question, series)
        } catch {
            return check.fault(ofRefusal: error.description, message: error.description)
        }
    }

    private func answer(
        _ expression: PromQLExpression, _ times: PromQLQuestion.Times, _ series: MemorySeries
    ) throws(EvaluationError) -> PromQLAnswer {
        var asked = PromQLQuestion(expression, at: times)
        asked.delaysNameRemoval = delaysNameRemoval
        return try PromQLEvaluator.answer(asked, over: series)
    }

    /// The same at the middle step of a range.
    private func faultInRange(
        _ check: AnswerCheck, _ expression: PromQLExpression, _ question: Question, _ series: MemorySeries
    ) throws(EvaluationError) -> ScriptFault? {
        guard case .instant(let time) = question.times, !check.expectsOrder,
            expression.type == .vector || expression.type == .scalar, !question.expression.contains("range()"),
            !question.expression.contains("start()"), !question.expression.contains("end()"),
            !question.expression.contains("step()")
        else { return nil }
        let times = PromQLQuestion.Times.range(from: time - 60_000, through: time + 60_000, step: 60_000)
        let answer = try answer(expression, times, series)
        return check.fault(ofMiddle: answer, at: time, isScalar: expression.type == .scalar)
    }
}

extension Question.Times {
    fileprivate var asked: PromQLQuestion.Times {
        switch self {
        case .instant(let time): .instant(time)
        case .range(let start, let end, let step): .range(from: start, through: end, step: step)
        }
    }
}
