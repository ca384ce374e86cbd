import Bytes
import Columnar
import Domain

/// How many of something, conversations or users, had an event within some time before each wanted time, both ends
/// included.
struct ActivityFold {
    /// ns: as long as `/metrics` looks back.
    static let length = 15 * Nanoseconds.minute
    private static let bias: Int64 = 1 << 31

    private let points: SamplePoints
    private var groups: GroupTable
    private var ordinal: UInt64 = 0
    /// Who, the first time at which the event counts, and whether it lies on that time, as one number.
    private var moments: [UInt64] = []

    init(_ points: SamplePoints) {
        self.points = points.unthinned
        groups = GroupTable(types: [.text])
    }

    var memoryBytes: Int { groups.memoryBytes + moments.capacity * 8 }

    /// Events outside of these times (ns) count at no wanted one.
    static func times(_ points: SamplePoints) -> (first: Int64, last: Int64) {
        (
            (points.lower * SamplePoints.nanoseconds).saturatingSubtract(length),
            points.upper * SamplePoints.nanoseconds
        )
    }

    /// Takes rows.
    /// - Parameter wanted: which count; nil: all.
    mutating func add(names: Vector, times: NumberColumn, wanted: [Bool]?) {
        let numbers = groups.assign([names], ordinal: ordinal)
        ordinal += UInt64(names.count)
        let bounds = Self.times(points)
        for row in 0..<names.count where wanted?[row] ?? true {
            guard !names.isNull(row), let time = times.time(row), time >= bounds.first, time <= bounds.last else {
                continue
            }
            let first = SamplePoints.number(atOrAfter: time)
            let isExact = first * SamplePoints.nanoseconds == time
            // Most events of questions with long steps are looked at by no step.
            guard let next = points.wanted(from: first), next <= Self.last(first, isExact) else { continue }
            let moment =
                UInt64(numbers[row]) << 33 | UInt64(bitPattern: first + Self.bias) << 1 | (isExact ? 1 : 0)
            if moments.last != moment { moments.append(moment) }
        }
    }

    /// The last time at which an event counts.
    private static func last(_ first: Int64, _ isExact: Bool) -> Int64 {
        let steps = length / SamplePoints.nanoseconds
        return isExact ? first + steps : first + steps - 1
    }

    /// How many there are at each of some times, which ascend.
    func counts(at times: [Int64]) -> [Int64] {
        var changes: [Int64: Int64] = [:]
        var (group, end) = (UInt64.max, Int64.min)
        for moment in moments.sorted() {
            let first = Int64(moment >> 1 & (1 << 32 - 1)) - Self.bias
            let last = Self.last(first, moment & 1 == 1)
            if moment >> 33 == group, first <= end + 1 {
                guard last > end else { continue }
                // It counts on.
                changes[end + 1, default: 0] += 1
                changes[last + 1, default: 0] -= 1
            } else {
                changes[first, default: 0] += 1
                changes[last + 1, default: 0] -= 1
            }
            (group, end) = (moment >> 33, last)
        }
        let ordered = changes.sorted { $0.key < $1.key }
        var (next, total) = (0, 0 as Int64)
        return times.map { time in
            while next < ordered.count, ordered[next].key <= time {
                total += ordered[next].value
                next += 1
            }
            return total
        }
    }
}

extension HistoryReader {
    /// How many conversations had an event, or users a question, at each of some times.
    func activity(of definition: MetricDefinition, at times: [Int64]) throws -> [Int64] {
        var fold = ActivityFold(points)
        let isOfUsers = definition.name == MetricCatalogue.activeUsers
        let (table, name) = isOfUsers ? (QuestionRule.question.table, "user_id") : ("events", "conversation_id")
        let asked = [Array(QuestionRule.question.author.utf8)]
        func add(_ morsel: any Morsel, _ table: NamedTable) throws {
            let wanted =
                isOfUsers
                ? try table.column(QuestionRule.authorColumn, of: morsel).rows(ofTexts: asked, orNull: true) : nil
            fold.add(
                names: try table.column(name, of: morsel),
                times: NumberColumn(try table.column("time", of: morsel)), wanted: wanted)
            try holdRead(fold.memoryBytes)
        }
        let columns = ["time", name] + (isOfUsers ? [QuestionRule.authorColumn] : [])
        if let cache = source.cache, let kept = try keptActivity(table, columns, cache) {
            let known = kept.index.counts(at: times)
            let missing = zip(times, known).compactMap { $1 == nil ? $0 : nil }
            for morsel in kept.reaching(missing) {
                try check()
                try add(morsel, kept.table)
                cache.count(steps: morsel.rowCount)
            }
            let made = fold.counts(at: missing)
            kept.index.keep(made, at: missing)
            var next = made.makeIterator()
            return known.map { $0 ?? next.next() ?? 0 }
        }
        let bounds = ActivityFold.times(points)
        try scan(
            table, columns,
            where: [
                ("time", .greaterOrEqual(.timestamptz(bounds.first))),
                ("time", .lessOrEqual(.timestamptz(bounds.last))),
            ], add)
        return fold.counts(at: times)
    }

    /// What is kept of a table; nil where nothing is.
    private func keptActivity(_ name: String, _ columns: [String], _ cache: SeriesCache) throws -> ActivityPieces? {
        try source.found.activity(name) {
            guard let listed = try listed(name, columns) else { return nil }
            let pieces = try ActivityPieces.listing(listed, old: cache.activity(name))
            if let pieces { cache.keep(pieces.index, ofTable: name) }
            return pieces
        }
    }
}
