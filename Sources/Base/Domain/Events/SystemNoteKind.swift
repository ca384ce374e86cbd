/// What settling of traces, alert rules and the running process note, as the type of a row of `system_events`. Who
/// noted it reads it back, and an export moves it.
package enum SystemNoteKind: String, CaseIterable, Sendable {
    /// A trace became events.
    case traceSettled = "trace.settled"
    /// A trace had more spans than are kept.
    case traceFull = "trace.full"
    /// Derived events have marked ids from here on.
    case settlingMarked = "settling.marked"
    /// A call's total proved how its emitter counts.
    case readingProved = "usage.reading_proved"
    /// Every trace that had settled before knows the proof.
    case readingApplied = "usage.reading_applied"
    /// Calls of an emitter were read by what was known of it, or by convention.
    case readingAssumed = "usage.reading_assumed"
    /// An alert is at another stage than before.
    case alertChanged = "alert.changed"
    /// What metrics said that only a running process knows.
    case metricsSampled = "metrics.sampled"
    /// Evaluations of a group of rules were made.
    case alertsEvaluated = "alerts.evaluated"
}
