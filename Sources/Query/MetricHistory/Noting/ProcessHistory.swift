import Bytes
import Domain
import Projections

/// What notes say of some metrics of processes, point by point.
///
/// A value stands from its note to the next one that has another, as long as there is a process: until a point more
/// than ``lastsPoints`` behind its last note, or until a whole note, the first of the next process, is without it.
struct ProcessHistory {
    /// How many points a note stands for where none follows: a minute more than notes are apart.
    private static let lastsPoints = (ProcessNoter.pause + 60_000_000_000) / SamplePoints.nanoseconds

    private struct Key: Hashable {
        let metric: Int
        let labels: [ByteText]
    }

    /// What a series said from a note on; nil: it is not there.
    fileprivate struct Change {
        let note: Int
        let value: MetricValue?
    }

    /// A series that was noted.
    struct Noted {
        /// Which of the metrics it is of.
        let metric: Int
        let labels: [ByteText]
        fileprivate var changes: [Change] = []
    }

    private let points: SamplePoints
    /// By note: the points that it stands for; none where one of the same point follows.
    private var spans: [(first: Int64, last: Int64)] = []
    private(set) var series: [Noted] = []

    /// - Parameter notes: in the order of their times; what stands before the first whole one is not known whole.
    init(_ notes: [ProcessNote], of metrics: [MetricDefinition], at points: SamplePoints) {
        self.points = points
        let notes = notes.drop { !$0.isWhole }
        var places: [Key: Int] = [:]
        // texts: names of ours.
        let numbers = Dictionary(metrics.enumerated().map { ($1.name, $0) }) { first, _ in first }
        for (number, note) in notes.enumerated() {
            let first = SamplePoints.number(atOrAfter: note.time)
            if let before = spans.indices.last { spans[before].last = min(spans[before].last, first - 1) }
            spans.append((first, first + Self.lastsPoints))
            if note.isWhole {
                for place in series.indices where series[place].changes.last?.value != nil {
                    series[place].changes.append(Change(note: number, value: nil))
                }
            }
            for family in note.families {
                guard let metric = numbers[family.definition.name] else { continue }
                for one in family.series {
                    let key = Key(metric: metric, labels: one.labels.map { ByteText($0.utf8) })
                    let place = places[key] ?? series.count
                    if place == series.count {
                        places[key] = place
                        series.append(Noted(metric: metric, labels: key.labels))
                    }
                    series[place].changes.append(Change(note: number, value: one.value))
                }
            }
        }
    }

    /// About how many bytes it holds.
    var memoryBytes: Int { spans.count * 16 + series.reduce(0) { $0 + 128 + $1.changes.count * 64 } }

    /// The first point that a note stands for.
    var first: Int64? { spans.first?.first }

    /// For each of some points, in their order, the note that stands for it; nil where there was no process.
    func notes(at times: [Int64]) -> [Int?] {
        var next = 0
        return times.map { time in
            while next < spans.count, spans[next].first <= time { next += 1 }
            return next > 0 && time <= spans[next - 1].last ? next - 1 : nil
        }
    }

    /// The values of a series at the points of some notes.
    /// - Parameter notes: as ``notes(at:)`` gives them.
    func values(of noted: Noted, at notes: [Int?]) -> [MetricValue?] {
        var next = 0
        return notes.map { note in
            guard let note else { return nil }
            while next < noted.changes.count, noted.changes[next].note <= note { next += 1 }
            return next > 0 ? noted.changes[next - 1].value : nil
        }
    }

    /// Those with a value at one of the points.
    /// - Complexity: O(notes + changes).
    func shown() -> [Noted] {
        // By note: the first from it on that stands for a point.
        var visible = [Int](repeating: spans.count, count: spans.count + 1)
        for note in spans.indices.reversed() {
            let (first, last) = (max(spans[note].first, points.lower), min(spans[note].last, points.upper))
            visible[note] = first <= last ? note : visible[note + 1]
        }
        return series.filter { noted in
            noted.changes.indices.contains { place in
                let change = noted.changes[place]
                let end = place + 1 < noted.changes.count ? noted.changes[place + 1].note : spans.count
                return change.value != nil && visible[change.note] < end
            }
        }
    }
}
