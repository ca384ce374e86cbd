import Bytes
import Workload

/// What the store took for new, added up by hour from what was sent, without any of the store's code.
package struct YearTally: Sendable {
    private struct Hour {
        var calls: Int128 = 0
        var inputTokens: Int128 = 0
        var outputTokens: Int128 = 0
        var answers: Int128 = 0
    }

    /// By their beginnings (ns since 1970 UTC).
    private var hours: [Int64: Hour] = [:]
    /// All events.
    private(set) var events = 0

    /// Of nothing.
    init() {}

    /// Counts an event that was taken.
    mutating func add(_ event: WorkloadEvent) {
        events += 1
        let hour = Self.floored(event.time, to: Nanoseconds.hour)
        switch event.type {
        case "llm.call":
            hours[hour, default: Hour()].calls += 1
            hours[hour, default: Hour()].inputTokens += Self.number(event, "input_tokens")
            hours[hour, default: Hour()].outputTokens += Self.number(event, "output_tokens")
        case "message.sent": hours[hour, default: Hour()].answers += 1
        default: break
        }
    }

    private static func number(_ event: WorkloadEvent, _ field: String) -> Int128 {
        if case .integer(let value)? = event.value(of: field) { Int128(value) } else { 0 }
    }

    private static func floored(_ time: Int64, to step: Int64) -> Int64 { floorDivide(time, step) * step }

    /// Calls, their input and their output tokens, by the stretch that `beginning` puts an hour into.
    /// - Parameter first: hours before it are left out.
    func calls(from first: Int64 = .min, by beginning: (Int64) -> Int64) -> [Int64: [Int128]] {
        sums(from: first, by: beginning) { $0.calls > 0 ? [$0.calls, $0.inputTokens, $0.outputTokens] : nil }
    }

    /// Answers, likewise.
    func answers(by beginning: (Int64) -> Int64) -> [Int64: [Int128]] {
        sums(from: .min, by: beginning) { $0.answers > 0 ? [$0.answers] : nil }
    }

    private func sums(
        from first: Int64, by beginning: (Int64) -> Int64, _ values: (Hour) -> [Int128]?
    ) -> [Int64: [Int128]] {
        var sums: [Int64: [Int128]] = [:]
        // order: sums.
        for (start, hour) in hours where start >= first {
            guard let more = values(hour) else { continue }
            let key = beginning(start)
            sums[key] = sums[key].map { known in zip(known, more).map { $0 + $1 } } ?? more
        }
        return sums
    }

    /// The beginning of an hour's day, UTC.
    static func day(of hour: Int64) -> Int64 { floored(hour, to: Nanoseconds.day) }

    /// The beginning of its day in Berlin, by the two instants at which clocks are changed there.
    static func dayInBerlin(of hour: Int64) -> Int64 {
        let midnight = floored(hour + offset(at: hour), to: Nanoseconds.day)
        // The offset of midnight is that of before the change.
        return midnight - offset(at: midnight - offset(at: hour))
    }

    private static func offset(at time: Int64) -> Int64 {
        time >= YearPlan.clocksBack && time < YearPlan.clocksForward ? Nanoseconds.hour : 2 * Nanoseconds.hour
    }
}
