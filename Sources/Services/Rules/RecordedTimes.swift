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

    /// How many times some questions have.
    static func count(of questions: [PromQLQuestion.Times]) -> Int {
        questions.reduce(0) { sum, question in
            switch question {
            case .instant: sum + 1
            case .range(let first, let end, let step): sum + Int(end.saturatingSubtract(first) / step) + 1
            }
        }
    }

    /// Steps of a stretch: a month by hours is three or four of them.
    private static let stretchSteps: Int64 = 256

    /// The last ms before the multiple of so many steps that is next behind a time.
    private static func stretchEnd(_ time: Int64, step: Int64) -> Int64 {
        let length = step.saturatingMultiply(by: stretchSteps)
        return (floorDivide(time, length) + 1).saturatingMultiply(by: length).saturatingSubtract(1)
    }

    /// The same times as questions that others have in common whose ends lie elsewhere: a panel's move on with the
    /// clock.
    static func stretches(of times: PromQLQuestion.Times) -> [PromQLQuestion.Times] {
        guard case .range(let first, let end, let step) = times, step > 0 else { return [times] }
        var parts: [PromQLQuestion.Times] = []
        var begin = first
        while begin <= end {
            let last = begin + (min(end, stretchEnd(begin, step: step)) - begin) / step * step
            parts.append(begin == last ? .instant(begin) : .range(from: begin, through: last, step: step))
            let (later, isBeyond) = last.addingReportingOverflow(step)
            if isBeyond { break }
            begin = later
        }
        assert(each(of: parts).count == each(of: [times]).count, "each time once")
        return parts
    }

    /// A time that is not before any of a stretch, and the same for all stretches between two multiples.
    static func stretchEnd(of times: PromQLQuestion.Times) -> Int64 {
        switch times {
        case .instant(let time): time
        case .range(let first, let end, let step): max(end, stretchEnd(first, step: step))
        }
    }

    /// The first and the second half of some times; nil: there is only one.
    static func halves(
        of times: PromQLQuestion.Times
    ) -> (first: PromQLQuestion.Times, second: PromQLQuestion.Times)? {
        guard case .range(let first, let end, let step) = times else { return nil }
        let steps = end.saturatingSubtract(first) / step
        guard steps > 0 else { return nil }
        func part(_ begin: Int64, _ end: Int64) -> PromQLQuestion.Times {
            begin == end ? .instant(begin) : .range(from: begin, through: end, step: step)
        }
        let middle = first + (steps - 1) / 2 * step
        return (part(first, middle), part(middle + step, first + steps * step))
    }

    /// What is to be asked besides where evaluations failed and the last of each window alone is looked at.
    func earlier(than failed: Set<Int64>) -> EarlierEvaluations {
        guard let windows = request.windows, windows.look == .last else { return EarlierEvaluations([], interval) }
        let ends = failed.sorted().map { time in
            (time: time, begin: max(request.after, time.saturatingSubtract(windows.length)))
        }
        return EarlierEvaluations(ends, interval)
    }

    /// Evaluations before the last ones of windows, where these failed: of each window until one did not.
    struct EarlierEvaluations {
        /// Of each window the last evaluation of which nothing is known to be written, and where the window begins, or
        /// a little before.
        private var open: [(time: Int64, begin: Int64)]
        private let interval: Int64
        /// So many of each window are asked at once.
        private var count = 1

        fileprivate init(_ open: [(time: Int64, begin: Int64)], _ interval: Int64) {
            (self.open, self.interval) = (open, interval)
        }

        /// Questions about times of which none was asked; nil: all is known.
        /// - Parameters:
        ///   - failed: all that failed so far.
        ///   - known: all that were asked so far.
        mutating func next(
            after failed: Set<Int64>, _ known: Set<Int64>
        ) throws(SeriesSourceError) -> [PromQLQuestion.Times]? {
            open = open.compactMap { window -> (time: Int64, begin: Int64)? in
                var time = window.time
                while time > window.begin, failed.contains(time) { time = time.saturatingSubtract(interval) }
                return time > window.begin && !known.contains(time) ? (time: time, begin: window.begin) : nil
            }
            if open.isEmpty { return nil }
            var wanted = known
            // Those of windows far apart lie as evenly as the windows do, those of one window follow each other.
            var rows = [[Int64]](repeating: [], count: open.count == 1 ? 1 : count)
            for window in open {
                var time = window.time
                for place in 0..<count where time > window.begin {
                    if wanted.insert(time).inserted { rows[rows.count == 1 ? 0 : place].append(time) }
                    time = time.saturatingSubtract(interval)
                }
            }
            guard wanted.count <= pointsMax else { throw .tooManySamples(max: Int(pointsMax)) }
            count *= 2
            return rows.flatMap { RecordedTimes.questions($0.sorted()) }
        }
    }

    /// Questions about some times.
    /// - Parameter times: ascending, each once.
    private static func questions(_ times: [Int64]) -> [PromQLQuestion.Times] {
        var (found, index) = ([PromQLQuestion.Times](), 0)
        while index < times.count {
            var end = index
            while end + 1 < times.count, times[end + 1] - times[end] == times[index + 1] - times[index] { end += 1 }
            found.append(
                end == index
                    ? .instant(times[index])
                    : .range(from: times[index], through: times[end], step: times[index + 1] - times[index]))
            index = end + 1
        }
        return found
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
