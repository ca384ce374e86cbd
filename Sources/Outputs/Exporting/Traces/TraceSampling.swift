/// Which traces are kept: a share of all, chosen by the trace id so that every sampler chooses the same ones, and every
/// answer that failed or was slow.
package struct TraceSampling: Hashable, Sendable {
    /// Share of traces kept, 0 to 1. OpenTelemetry's consistent sampling: the last 56 bits of the trace id are the
    /// chance.
    package var ratio: Double
    /// Answers that took longer than this (ns) are kept; by default the alert limit of the service level table.
    package var slowNanoseconds: Int64

    /// All traces, unless told otherwise.
    package init(ratio: Double = 1, slowNanoseconds: Int64 = 8_000_000_000) {
        self.ratio = ratio
        self.slowNanoseconds = slowNanoseconds
    }

    /// Whether a trace is among the share.
    /// - Precondition: 16 bytes.
    func keeps(traceID: [UInt8]) -> Bool {
        precondition(traceID.count == 16, "a trace id has 16 bytes")
        if ratio >= 1 { return true }
        let chance = traceID[9...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // As a threshold: dropped are the chances below (1 − ratio) · 2⁵⁶.
        return Double(chance) >= (1 - max(0, ratio)) * 0x1p56
    }

    /// Whether a trace is kept, whatever the share says.
    func keepsAnyway(hasError: Bool, durationNanoseconds: Int64?) -> Bool {
        hasError || durationNanoseconds ?? 0 > slowNanoseconds
    }
}
