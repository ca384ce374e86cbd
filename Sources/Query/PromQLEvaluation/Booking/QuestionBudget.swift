/// Whoever bounds what a question may take: memory, which several questions may share, and time.
package protocol QuestionBudget: Sendable {
    /// Takes bytes for the question, before they are used.
    /// - Throws: ``EvaluationError/outOfMemory`` where they are not to be had; then none are taken.
    func take(bytes: Int) throws(EvaluationError)
    /// Gives them back.
    func giveBack(bytes: Int)
    /// Asked again and again between bounded stretches of work.
    /// - Throws: ``EvaluationError/timedOut`` or ``EvaluationError/cancelled`` where the work is to end.
    func lookAtClock() throws(EvaluationError)
}

/// No bounds but the question's own.
package struct UnboundedBudget: QuestionBudget {
    /// One that never says no.
    package init() {}
    /// See ``QuestionBudget``.
    package func take(bytes: Int) {}
    /// See ``QuestionBudget``.
    package func giveBack(bytes: Int) {}
    /// See ``QuestionBudget``.
    package func lookAtClock() {}
}
