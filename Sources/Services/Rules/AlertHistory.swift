import AlertRules
import Bytes
import EventStores
import PromQLText

/// How alerts stood, by the notes of their changes: the series `ALERTS` and `ALERTS_FOR_STATE`, with a sample at each
/// evaluation of their group.
struct AlertHistory: Sendable {
    private static let alerts: ByteText = "ALERTS"
    private static let since: ByteText = "ALERTS_FOR_STATE"
    /// Of the series there may be.
    static let names = [alerts, since]

    /// Evaluations of the groups there are, in ms; those of others that were are taken to lie a minute apart.
    let intervals: [ExactText: Int64]
    /// The notes, in their order.
    let notes: @Sendable () throws -> [AlertNote]

    /// What alerts were at a stage that has a series.
    private struct Stretch {
        var note: AlertNote
        /// ms since 1970 of the change that ended it.
        var end: Int64
    }

    /// - Parameter reached: ms since 1970; no sample is later.
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
        let last = min(request.through, reached)
        var runs: [LabelSet: SampleRun] = [:]
        var samples = 0
        for stretch in Self.stretches(known, until: last.saturatingAdd(1)) {
            let interval = max(1, intervals[stretch.note.group] ?? 60_000)
            let (from, end) = (max(stretch.note.time, request.after.saturatingAdd(1)), min(stretch.end - 1, last))
            guard from <= end else { continue }
            for (labels, value) in Self.shown(stretch.note, names) where request.matchers.passes(labels) {
                // At the change itself and at each evaluation after it.
                var time = stretch.note.time
                if from > time { time += (from - time + interval - 1) / interval * interval }
                while time <= end {
                    samples += 1
                    guard samples <= request.samplesMax else { throw .tooManySamples(max: request.samplesMax) }
                    if (runs[labels]?.times.last ?? .min) < time {
                        runs[labels, default: SampleRun()].append(time, .float(value))
                    }
                    time += interval
                }
            }
        }
        return runs.sorted { $0.key < $1.key }.map { Series(labels: $0.key, samples: $0.value) }
    }

    private static func stretches(_ notes: [AlertNote], until end: Int64) -> [Stretch] {
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
        all += open.values.map { Stretch(note: $0, end: end) }
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
