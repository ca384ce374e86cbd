/// When a trace settles. In force as logged with every trace that settled.
package struct SettleRule: Hashable, Sendable {
    /// A trace whose root was seen settles after this silence, by a clock that is not set while it runs.
    package var quietNanoseconds: Int64 = 1_000_000_000
    /// Any other trace settles after this one.
    package var idleNanoseconds: Int64 = 5_000_000_000
    // tests: the bound is tried with a small one.
    /// Traces that may wait; beyond it the oldest settle at once.
    package var pendingMax = 100_000
    /// How far before the last received time a start looks for traces that had not settled.
    package var recoveryNanoseconds: Int64 = 600_000_000_000

    /// The values above.
    package init() {}
}

/// Traces with spans that no settling has looked at. Holds an id and two numbers a trace; the spans stay in the store.
package struct PendingTraces: Sendable {
    private struct Waiting {
        var lastReceived: Int64
        var hasRoot: Bool
        /// How many spans were noted, so that one that comes while the trace settles is seen.
        var noted = 0
    }

    /// A trace that settles now.
    package struct Due: Hashable, Sendable {
        /// Hexadecimal.
        package var traceID: String
        /// Why it does.
        package var reason: Reason
        fileprivate var noted: Int
    }

    /// Why a trace settles.
    package enum Reason: String, Sendable {
        case rootAndQuiet = "root_and_quiet"
        case idle
        /// More traces wait than the rule lets wait.
        case crowded
    }

    private let rule: SettleRule
    private var waiting: [String: Waiting] = [:]

    /// None wait yet.
    package init(rule: SettleRule) { self.rule = rule }

    /// How many wait.
    package var count: Int { waiting.count }

    /// How much waits, and how long at most, unless more of it comes.
    package struct Backlog: Hashable, Sendable {
        /// Spans that came since their traces settled.
        package var spans = 0
        /// Traces that these are of.
        package var traces = 0
        /// Until the last of them is due.
        package var nanoseconds: Int64 = 0
    }

    /// What waits at a time of the clock that ``note(_:isRoot:receivedTime:)`` is told.
    /// - Complexity: O(n) of those that wait.
    package func backlog(at now: Int64) -> Backlog {
        var backlog = Backlog(traces: waiting.count)
        // order: sums and a maximum.
        for trace in waiting.values {
            backlog.spans += trace.noted
            let silence = trace.hasRoot ? rule.quietNanoseconds : rule.idleNanoseconds
            let (due, isBeyond) = trace.lastReceived.addingReportingOverflow(silence)
            let (left, isFar) = due.subtractingReportingOverflow(now)
            if !isBeyond, !isFar { backlog.nanoseconds = max(backlog.nanoseconds, left) }
        }
        return backlog
    }

    /// Notes a span that was received, at a time of the clock that ``due(at:atMost:)`` is asked by.
    package mutating func note(_ traceID: String, isRoot: Bool, receivedTime: Int64) {
        let before = waiting[traceID]
        waiting[traceID] = Waiting(
            lastReceived: max(receivedTime, before?.lastReceived ?? .min), hasRoot: isRoot || before?.hasRoot ?? false,
            noted: (before?.noted ?? 0) &+ 1)
    }

    /// The traces that settle now, longest silent first, and why. They stay until ``settled(_:)``.
    /// - Complexity: O(n log n) of those that wait.
    package func due(at now: Int64, atMost countMax: Int) -> [Due] {
        var result: [(traceID: String, lastReceived: Int64, reason: Reason, noted: Int)] = []
        let crowd = waiting.count - rule.pendingMax
        // order: sorted below, by values that no two have.
        for (traceID, trace) in waiting {
            let silence = now - trace.lastReceived
            if trace.hasRoot, silence >= rule.quietNanoseconds {
                result.append((traceID, trace.lastReceived, .rootAndQuiet, trace.noted))
            } else if silence >= rule.idleNanoseconds {
                result.append((traceID, trace.lastReceived, .idle, trace.noted))
            } else if crowd > 0 {
                result.append((traceID, trace.lastReceived, .crowded, trace.noted))
            }
        }
        result.sort {
            ($0.reason == .crowded ? 1 : 0, $0.lastReceived, $0.traceID) < (
                $1.reason == .crowded ? 1 : 0, $1.lastReceived, $1.traceID
            )
        }
        let wanted = result.filter { $0.reason != .crowded }.count
        return result.prefix(min(countMax, max(wanted, min(crowd, result.count)))).map {
            Due(traceID: $0.traceID, reason: $0.reason, noted: $0.noted)
        }
    }

    /// Forgets a trace that settled, unless more of its spans came meanwhile.
    package mutating func settled(_ due: Due) {
        if waiting[due.traceID]?.noted == due.noted { waiting[due.traceID] = nil }
    }
}
