package import PromQLEvaluation
package import PromQLText
package import RuleFiles

/// A source that shows what rules record by evaluating them, and keeps what they said: a group takes what it knows, so
/// that a rule is evaluated once whoever asks first.
package protocol RecordingSource: SeriesSource {
    /// What a recording rule says at a time (ms since 1970): series with one sample, with the rule's name and labels or
    /// without.
    /// - Returns: nil where the group has to evaluate it over the samples of its own.
    /// - Throws: as the evaluation.
    func recorded(_ rule: Rule, at time: Int64) throws(EvaluationError) -> [Series]?
}
