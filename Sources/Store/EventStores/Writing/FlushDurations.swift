import Domain
import EventLogs
import Platform

/// How long flushes of the log took since the process started: what `plimsoll_flush_duration_seconds` shows.
package struct FlushDurations: Hashable, Sendable {
    /// By ``MetricCatalogue/flushBoundsNanoseconds``, not cumulative, the last one without a bound.
    package private(set) var counts = [UInt64](repeating: 0, count: MetricCatalogue.flushBoundsNanoseconds.count + 1)
    /// Of all flushes.
    package private(set) var sumNanoseconds: Int128 = 0

    /// No flush yet.
    package init() {}

    /// Counts one flush.
    package mutating func observe(nanoseconds: Int64) {
        let bounds = MetricCatalogue.flushBoundsNanoseconds
        counts[bounds.firstIndex { nanoseconds <= $0 } ?? bounds.count] += 1
        sumNanoseconds += Int128(nanoseconds)
    }
}

extension Writer {
    /// Makes what was logged durable, and notes how long that took.
    func flushLog() throws {
        let (isNew, began) = (!log.isFlushed, context.clock.monotonicNanoseconds())
        try log.flush()
        if isNew { flushes.observe(nanoseconds: context.clock.monotonicNanoseconds() - began) }
    }

    /// Has the log write ahead what flushes of the next records are not to wait for.
    func makeReady() {
        if !isClosed, failure == nil { try? log.fillAhead() }
    }
}
