// tests: each type is either one of these or of agents.
/// Types whose events say what those who run agents did and measured, and nothing of a conversation.
package enum OperatorTypes {
    /// Their names.
    package static let names = [
        "budget.set", "cost.recorded", "deploy.changed", "experiment.changed", "knowledge.indexed", "log.recorded",
        "metric.sampled", "price.set", "probe.checked", "prompt.published", "request.completed", "resource.sampled",
        "span.received", "usage.reported",
    ]
}
