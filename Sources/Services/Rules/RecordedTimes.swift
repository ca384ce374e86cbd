import Bytes
import PromQLEvaluation
import PromQLText

/// When a recording rule is evaluated for a request: at those times of its group that the request looks at.
struct RecordedTimes {
    /// Evaluations of one rule for one request.
    private static let pointsMax: Int64 = 50_000
    /// Into so many questions the windows of a request are taken apart; beyond that one about all times between is
    /// less work.
    private static let phasesMax: Int64 = 16

    private let interval, offset: Int64
    private let request: SeriesRequest
    private let reached: Int64

    /// - Parameter reached: ms since 1970; nothing is later.
    init(_ rule: RecordedRules.Recorded, _ request: SeriesRequest, reached: Int64) {
        (interval, offset) = (rule.interval, rule.queryOffset)
        (self.request, self.reached) = (request, reached)
    }

    /// Questions whose times together are all that are looked at, each time once; none: there are no such times.
    func all() throws(SeriesSourceError) -> [PromQLQuestion.Times] {
        if let windows = request.windows {
            if windows.look == .last {
                if windows.count == 1 || windows.step % interval == 0 { return try lasts(windows) }
            } else if windows.count > 1, windows.step % interval == 0, windows.length < windows.step,
                windows.length / interval < Self.phasesMax
            {
                return try inside(windows)
            }
        }
        let first = last(through: request.after).saturatingAdd(interval)
        return try Self.evenly(first, through: min(request.through, reached), interval)
    }

    /// Each of the times of some questions, ascending.
    /// - Complexity: O(n log n).
    static func each(of questions: [PromQLQuestion.Times]) -> [Int64] {
        var times: [Int64] = []
        for question in questions {
            switch question {
            case .instant(let time): times.append(time)
            case .range(let first, let end, let step):
                var next: Int64? = first
                while let time = next, time <= end {
                    times.append(time)
                    let (later, isBeyond) = time.addingReportingOverflow(step)
                    next = isBeyond ? nil : later
                }
            }
        }
        return questions.count == 1 ? times : times.sorted()
    }

    /// The last evaluation up to a time.
    private func last(through time: Int64) -> Int64 {
        (floorDivide(time.saturatingAdd(offset), interval) * interval).saturatingSubtract(offset)
    }

    /// The last before each end: they lie as evenly as the ends do.
    private func lasts(_ windows: SeriesWindows) throws(SeriesSourceError) -> [PromQLQuestion.Times] {
        let begin = windows.firstEnd.saturatingSubtract(windows.length)
        let latest = last(through: min(request.through, reached))
        if windows.count == 1 {
            let only = min(last(through: windows.firstEnd), latest)
            return only > begin ? [.instant(only)] : []
        }
        let first = last(through: windows.firstEnd)
        guard first > begin else { return [] }
        let end = end(of: windows, from: first)
        let found = try Self.evenly(first, through: end, windows.step)
        // What ends later than anything is evaluated looks at the last evaluation of all.
        let isBeyond = first.saturatingAdd(span(of: windows)) > latest
        let isAsked = first <= latest && latest.saturatingSubtract(first) % windows.step == 0
        return isBeyond && !isAsked && latest > begin ? found + [.instant(latest)] : found
    }

    /// Those of windows with time between them: the last of each, the one before it in each, and so on.
    private func inside(_ windows: SeriesWindows) throws(SeriesSourceError) -> [PromQLQuestion.Times] {
        let begin = windows.firstEnd.saturatingSubtract(windows.length)
        var found: [PromQLQuestion.Times] = []
        var first = last(through: windows.firstEnd)
        while first > begin {
            let end = end(of: windows, from: first)
            // Who asks for windows that begin before the times looks at none of them there.
            let missing = max(0, request.after.saturatingSubtract(first).saturatingAdd(windows.step) / windows.step)
            let own = first.saturatingAdd(missing.saturatingMultiply(by: windows.step))
            found += try Self.evenly(own, through: end, windows.step)
            first = first.saturatingSubtract(interval)
        }
        return found
    }

    /// Where a time before the first end has gone when the last end is reached.
    private func end(of windows: SeriesWindows, from first: Int64) -> Int64 {
        min(request.through, reached, first.saturatingAdd(span(of: windows)))
    }

    /// ms from the first end to the last.
    private func span(of windows: SeriesWindows) -> Int64 {
        Int64(windows.count - 1).saturatingMultiply(by: windows.step)
    }

    private static func evenly(
        _ first: Int64, through end: Int64, _ step: Int64
    ) throws(SeriesSourceError) -> [PromQLQuestion.Times] {
        guard first <= end else { return [] }
        let steps = end.saturatingSubtract(first) / step
        guard steps < pointsMax else { throw .tooManySamples(max: Int(pointsMax)) }
        // Asked once it is what its group asks, so that both are one.
        return [steps == 0 ? .instant(first) : .range(from: first, through: end, step: step)]
    }
}
