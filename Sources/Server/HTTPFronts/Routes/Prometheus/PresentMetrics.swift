import Asking
import Projections
import Synchronization

/// What only the running server knows, for questions about series: asked for again where it is as old as a Prometheus
/// lets a scrape become, so that a page of panels does not count the same again and again.
final class PresentMetrics: Sendable {
    private struct Known {
        var families: [MetricFamily]
        var at: Int64
    }

    private let known = Mutex<Known?>(nil)

    /// - Parameters:
    ///   - now: the monotonic clock.
    ///   - ask: asks for them.
    func families(at now: Int64, _ ask: () async throws -> [MetricFamily]) async throws -> [MetricFamily] {
        let last = known.withLock { $0 }
        if let last, now - last.at < PinnedSeries.stepNanoseconds { return last.families }
        let families = try await ask()
        known.withLock { $0 = Known(families: families, at: now) }
        return families
    }
}
