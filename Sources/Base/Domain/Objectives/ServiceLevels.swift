/// The answer limit of the built-in set.
package enum ServiceLevels {
    /// A question must be answered ok within this time.
    package static let answerLimitNanoseconds = ObjectiveSet.builtIn.answerLimits.nanoseconds
}
