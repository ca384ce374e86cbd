import Domain
import Projections

/// What became of the traces for one destination since the process started.
package struct TraceExportSample: Hashable, Sendable {
    /// Where they go.
    package var destination: String
    /// Traces of answers that the receiver took.
    package var tracesSent = 0
    /// Those that sampling left out.
    package var tracesSampledOut = 0
    /// Those that the receiver refused for good.
    package var tracesDropped = 0
    /// Turns that were let go before their answer came, because too many waited for one.
    package var turnsForgotten = 0
    /// Spans that the receiver took.
    package var spansSent = 0
    /// Spans that the receiver did not take although it took their request.
    package var spansRejected = 0
    /// Spans of requests that the receiver refused for good.
    package var spansDropped = 0
    /// Requests that brought no success, by reason.
    package var failures: [String: Int] = [:]
    /// Everything up to this position is done with.
    package var position: Int64 = 0
    /// How long the oldest event that is not done with has waited, in seconds; 0 when there is none.
    package var lagSeconds = 0

    /// Nothing yet.
    package init(destination: String) { self.destination = destination }
}

extension TraceExportSample {
    /// The samples of all destinations as metrics.
    static func families(_ samples: [TraceExportSample]) -> [MetricFamily] {
        guard !samples.isEmpty else { return [] }
        func family(_ name: String, _ values: (TraceExportSample) -> [([String], Int)]) -> MetricFamily? {
            .counted(name, samples.map { ([$0.destination], values($0)) })
        }
        return [
            family("plimsoll_trace_export_traces_total") {
                [
                    (["sent"], $0.tracesSent), (["sampled_out"], $0.tracesSampledOut), (["dropped"], $0.tracesDropped),
                    (["forgotten"], $0.turnsForgotten),
                ]
            },
            family("plimsoll_trace_export_spans_total") {
                [(["sent"], $0.spansSent), (["rejected"], $0.spansRejected), (["dropped"], $0.spansDropped)]
            },
            family("plimsoll_trace_export_failures_total") {
                $0.failures.sorted { $0.key < $1.key }.map { ([$0.key], $0.value) }
            },
            family("plimsoll_trace_export_lag_seconds") { [([], $0.lagSeconds)] },
            family("plimsoll_trace_export_position") { [([], Int($0.position))] },
        ].compactMap { $0 }
    }
}
