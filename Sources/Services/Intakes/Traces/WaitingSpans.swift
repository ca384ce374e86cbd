import Dialects

/// Spans that have not settled yet, for whoever asks meanwhile.
package struct WaitingSpans: Hashable, Sendable {
    /// Spans that came since their traces settled.
    package var spans: Int
    /// Traces that these are of.
    package var traces: Int
    /// Within how many seconds they settle, unless more of them come: until the last is due, and the look that finds
    /// it.
    package var seconds: Int

    init(_ backlog: PendingTraces.Backlog) {
        (spans, traces) = (backlog.spans, backlog.traces)
        seconds = Int(backlog.nanoseconds / 1_000_000_000) + 2
    }

    /// One line.
    package var text: String {
        "\(spans) \(spans == 1 ? "span" : "spans") of \(traces) \(traces == 1 ? "trace" : "traces") "
            + "\(spans == 1 ? "waits" : "wait") to settle, at most \(seconds) seconds: ask again then"
    }
}
