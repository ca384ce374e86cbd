import AlertRules
import Bytes
import EventStores
import PromQLText

/// How alerts stood, by the notes of their changes: the series `ALERTS` and `ALERTS_FOR_STATE`, with a sample at each
/// evaluation of their group, and the stale marker at the one that ends them.
struct AlertHistory: Sendable {
    private static let alerts: ByteText = "ALERTS"
    private static let since: ByteText = "ALERTS_FOR_STATE"
    /// Of the series there may be.
    static let names = [alerts, since]

    /// When a group is evaluated, and what it writes.
    struct Pace: Sendable {
        /// ms from one evaluation to the next.
        let interval: Int64
        /// ms that its samples stand before the evaluation.
        let offset: Int64
    }

    /// Of the groups there are; evaluations of others that were are taken to lie a minute apart.
    let paces: [ExactText: Pace]
    /// The notes, in their order.
    let notes: @Sendable () throws -> [AlertNote]

    /// What alerts were at a stage that has a series.
    private struct Stretch {
        var note: AlertNote
        /// ms since 1970 of the change that ended it; nil: it goes on.
        var end: Int64?
    }

    /// A series on its way.
    private struct Course {
        var run = SampleRun()
        /// ms since 1970: where its stage has ended. Whether another one goes on with the series is seen later: two
        /// stages have one `ALERTS_FOR_STATE`, and rules of two groups may have an alert in common.
        var end = Int64.min

        /// Takes a sample, unless there is one already.
        mutating func take(_ time: Int64, _ value: Double) {
            if end < time { finish() }
            if (run.times.last ?? .min) < time { run.append(time, .float(value)) }
        }

        /// Says that it has ended, where it has.
        mutating func finish() {
            if let last = run.times.last, last < end { run.append(end, .float(.staleMarker)) }
        }
    }

    /// - Parameter reached: ms since 1970; no evaluation is later.
    /// - Complexity: O(notes + samples), where the names can be wanted.
    func series(_ request: SeriesRequest, reached: Int64) throws(SeriesSourceError) -> [Series] {
        let names = Self.names.filter(request.matchers.passesName)
        if names.isEmpty { return [] }
        var known: [AlertNote]
        do {
            known = try notes()
        } catch {
            throw .unavailable("\(error)")
        }
        // Notes of one alert in the order of their times, whatever their order in the log.
        known.sort { $0.time < $1.time }
        var courses: [LabelSet: Course] = [:]
        var samples = 0
        for stretch in Self.stretches(known) {
            let pace = paces[stretch.note.group] ?? Pace(interval: 60_000, offset: 0)
            let (interval, began) = (max(1, pace.interval), stretch.note.time)
            // In the times of evaluations.
            let from = max(began, request.after.saturatingAdd(1).saturatingAdd(pace.offset))
            let through = min(request.through.saturatingAdd(pace.offset), reached)
            let end = min(stretch.end?.saturatingSubtract(1) ?? .max, through)
            guard from <= end else { continue }
            for (labels, value) in Self.shown(stretch.note, names) where request.matchers.passes(labels) {
                // At the change itself and at each evaluation after it.
                var time = began
                if from > time { time += (from - time + interval - 1) / interval * interval }
                while time <= end {
                    samples += 1
                    guard samples <= request.samplesMax else { throw .tooManySamples(max: request.samplesMax) }
                    courses[labels, default: Course()].take(time.saturatingSubtract(pace.offset), value)
                    time += interval
                }
                guard let gone = stretch.end, gone <= through, let known = courses[labels]?.end else { continue }
                courses[labels]?.end = max(known, gone.saturatingSubtract(pace.offset))
            }
        }
        return courses.sorted { $0.key < $1.key }.map { labels, course in
            var course = course
            course.finish()
            return Series(labels: labels, samples: course.run)
        }
    }

    private static func stretches(_ notes: [AlertNote]) -> [Stretch] {
        struct Key: Hashable {
            let group: ExactText
            let labels: LabelSet
        }
        var open: [Key: AlertNote] = [:]
        var all: [Stretch] = []
        for note in notes {
            let key = Key(group: note.group, labels: note.labels)
            if let before = open.removeValue(forKey: key) { all.append(Stretch(note: before, end: note.time)) }
            if note.after == .pending || note.after == .firing { open[key] = note }
        }
        // order: sorted below.
        all += open.values.map { Stretch(note: $0, end: nil) }
        return all.sorted { ($0.note.time, $0.note.labels) < ($1.note.time, $1.note.labels) }
    }

    /// The series of an alert, and what they say.
    private static func shown(_ note: AlertNote, _ names: [ByteText]) -> [(labels: LabelSet, value: Double)] {
        let labels = note.labels.labels.map { ($0.name, $0.value) }
        return names.map { name in
            if name == since {
                return (
                    LabelSet(labels + [(LabelMatcher.metricName, name)]), Double(floorDivide(note.activeAt, 1000))
                )
            }
            let stage = ByteText((note.after ?? .pending).word.utf8)
            return (LabelSet(labels + [(LabelMatcher.metricName, name), ("alertstate", stage)]), 1)
        }
    }
}
