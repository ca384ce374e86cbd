package import PromQLEvaluation
package import PromQLText
package import RuleFiles

/// A source that shows what rules record by evaluating them, and keeps what rules said: a group takes what it knows, so
/// that a rule is evaluated once whoever asks first.
package protocol RecordingSource: SeriesSource {
    /// What a rule's expression says at a time (ms since 1970): series with one sample; of a rule that records, with
    /// its name and labels or without.
    /// - Returns: nil where the group has to evaluate it over the samples of its own.
    /// - Throws: as the evaluation.
    func said(by rule: Rule, at time: Int64) throws(EvaluationError) -> [Series]?

    /// The same source for the rules behind one that records and was evaluated.
    /// - Parameters:
    ///   - written: what that gave, series with one sample; nil: it failed.
    ///   - time: ms since 1970 of those samples.
    func settled(_ rule: Rule, as written: [Series]?, at time: Int64) -> Self
}
