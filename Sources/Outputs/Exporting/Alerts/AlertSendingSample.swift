import Domain
import Projections

/// What became of what one destination is told of alerts, since the process started.
package struct AlertSendingSample: Hashable, Sendable {
    /// Who is told.
    package var destination: String
    /// Alerts that the receiver was told, each time.
    package var sent = 0
    /// Those that it refused for good, and those that found no room.
    package var dropped = 0
    /// Alerts that wait.
    package var waiting = 0
    /// Requests that brought no success, by reason.
    package var failures: [String: Int] = [:]

    /// Nothing yet.
    package init(destination: String) { self.destination = destination }
}

extension AlertSendingSample {
    /// The samples of all destinations as metrics.
    static func families(_ samples: [AlertSendingSample]) -> [MetricFamily] {
        guard !samples.isEmpty else { return [] }
        func family(_ name: String, _ values: (AlertSendingSample) -> [([String], Int)]) -> MetricFamily? {
            .counted(name, samples.map { ([$0.destination], values($0)) })
        }
        return [
            family("plimsoll_alerts_total") { [(["sent"], $0.sent), (["dropped"], $0.dropped)] },
            family("plimsoll_alert_failures_total") {
                $0.failures.sorted { $0.key < $1.key }.map { ([$0.key], $0.value) }
            },
            family("plimsoll_alerts_waiting") { [([], $0.waiting)] },
        ].compactMap { $0 }
    }
}
