/// The times at which an expression is evaluated: evenly spaced, at least one.
struct Timeline: Hashable, Sendable {
    /// ms since 1970.
    let start: Int64
    /// ms; greater than zero.
    let step: Int64
    let count: Int

    init(at time: Int64) { (start, step, count) = (time, 1, 1) }

    /// Nil where there is none.
    init?(from start: Int64, through end: Int64, step: Int64) {
        guard end >= start, step > 0 else { return nil }
        let (span, overflows) = end.subtractingReportingOverflow(start)
        let steps = (overflows ? Int64.max : span) / step
        (self.start, self.step, count) = (start, step, Int(clamping: steps.adding(1)))
    }

    subscript(_ index: Int) -> Int64 { start + Int64(index) * step }

    var end: Int64 { self[count - 1] }
    var isInstant: Bool { count == 1 }
    var first: Timeline { Timeline(at: start) }
}

extension Int64 {
    /// Times at the ends of the scale stay there.
    func adding(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }

    /// As ``adding(_:)``.
    func subtracting(_ other: Int64) -> Int64 {
        let (difference, overflows) = subtractingReportingOverflow(other)
        return overflows ? (other > 0 ? .min : .max) : difference
    }

    /// The difference in seconds, whatever the times.
    func seconds(since other: Int64) -> Double {
        let (difference, overflows) = subtractingReportingOverflow(other)
        return overflows ? (Double(self) - Double(other)) / 1000 : Double(difference) / 1000
    }
}
