import Bytes
import Workload

/// Whole days of simulated traffic, with one hour in the last of them in which a local model is slow and failing.
package struct DemoDays: Sendable {
    /// When they begin and end (ns since 1970 UTC), and when the bad hour begins.
    package let start, end, badHour: Int64
    private let configuration: WorkloadConfiguration

    /// The days before `end`, a midnight.
    package init(_ days: Int, before end: Int64, users: Int, seed: UInt64) {
        start = end - Int64(days) * Nanoseconds.day
        self.end = end
        badHour = end - Nanoseconds.day + 14 * Nanoseconds.hour
        let bad = BadHour(start: badHour, model: "llama-3.1-8b-instruct", slowdown: 8, errorRate: 0.25)
        configuration = WorkloadConfiguration(seed: seed, start: start, users: users, badHours: [bad])
    }

    /// The same ones whenever they are asked for.
    func events() -> WorkloadEvents { SupportTraffic(configuration).events(from: start, to: end) }

    /// How many events they are.
    /// - Complexity: O(events): all are made, which takes a fraction of the time that sending them does.
    package func eventCount(_ progress: inout ProgressLine) -> Int {
        var events = events()
        var count = 0
        while let event = events.next() {
            count += 1
            guard count.isMultiple(of: 1000) else { continue }
            progress.update(
                done: Int((event.time - start) / Nanoseconds.second), total: Int((end - start) / Nanoseconds.second),
                count: count, unit: "events made")
        }
        progress.clear()
        return count
    }
}
