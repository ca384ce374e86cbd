import Domain
import Projections

/// What became of what is shipped to one database since the process started, and where that stands.
package struct ShippingSample: Hashable, Sendable {
    /// Where it goes.
    package var destination: String
    /// Events up to here are there.
    package var position: Int64 = 0
    /// When the last one of them was received, ns since 1970 UTC; 0 where nothing is known yet.
    package var receivedTime: Int64 = 0
    /// Events that are not there yet.
    package var waiting = 0
    /// How long ago the last one that is there was received while others wait, in seconds; 0 when none does.
    package var lagSeconds = 0
    /// Transactions that were taken.
    package var shipments = 0
    /// Rows that these brought, the same ones counted each time.
    package var rows = 0
    /// Bytes that were sent for them.
    package var bytes = 0
    /// Characters that the database cannot hold, for each of which another one stands there.
    package var replaced = 0
    /// Attempts that brought nothing, by reason.
    package var failures: [String: Int] = [:]
    /// When the last transaction was taken, ns since 1970 UTC; nil: none yet.
    package var lastSuccess: Int64?
    /// Whether events of before are brought once more, since something about them changed.
    package var isCorrecting = false
    /// Why the last attempt brought nothing, on one line; nil: it did, or nothing was to be done.
    package var hindrance: String?

    /// Nothing yet.
    package init(destination: String) { self.destination = destination }
}

extension ShippingSample {
    /// The samples of all destinations as metrics.
    static func families(_ samples: [ShippingSample]) -> [MetricFamily] {
        guard !samples.isEmpty else { return [] }
        func family(_ name: String, _ values: (ShippingSample) -> [([String], Int)]) -> MetricFamily? {
            .counted(name, samples.map { ([$0.destination], values($0)) })
        }
        return [
            family("plimsoll_shipping_rows_total") { [([], $0.rows)] },
            family("plimsoll_shipping_bytes_total") { [([], $0.bytes)] },
            family("plimsoll_shipping_replaced_characters_total") { [([], $0.replaced)] },
            family("plimsoll_shipping_transactions_total") { [([], $0.shipments)] },
            family("plimsoll_shipping_failures_total") {
                $0.failures.sorted { $0.key < $1.key }.map { ([$0.key], $0.value) }
            },
            family("plimsoll_shipping_lag_seconds") { [([], $0.lagSeconds)] },
            family("plimsoll_shipping_waiting_events") { [([], $0.waiting)] },
            family("plimsoll_shipping_position") { [([], Int($0.position))] },
            family("plimsoll_shipping_last_success_timestamp_seconds") { sample in
                sample.lastSuccess.map { [([], Int($0 / 1_000_000_000))] } ?? []
            },
        ].compactMap { $0 }
    }
}
