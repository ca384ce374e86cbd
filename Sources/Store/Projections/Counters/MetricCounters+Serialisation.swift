package import Bytes
package import Domain
import Hashing

// The counters as bytes: equal exactly where the counters are. Little-endian; counts are varints.
//
//     1  version    MetricStateVersion
//     …  types      count, then by name: name, accepted, backfilled
//     …  untracked  questions that were not followed
//     …  metrics    count, then by name: name, words of a set, sets; each set, sorted: label set, 8 bytes a word
//     …  pending    up to version 2: count, then by deadline: 8 + 8 key, 8 asked time, 8 deadline, label set
//     …  questions  from version 3 on: 8 reached time, 8 begin of the younger generation, messages in it, answers forgotten; then the
//                   younger and the elder generation: count, then by key: 8 + 8 key,
//                   8 forgotten time (from version 6 on 1 and, where that is not 0, the place of an event as below), forgotten questions,
//                   messages; each message, in order: 8 time, 8 rank, 8 prefix, 8 hash, 1 flags (1 question, 2 error, 4 turn, 8 trace,
//                   16 waiting, verdict × 32), 8 turn and 8 + 8 trace where flagged, and for a question 8 good until, 8 deadline,
//                   label set
//     …  taken back from version 3 on: as metrics, those with words that are not zero
//     …  fine       count, then by name of the histogram: name, sets; each set, sorted: label set, count of zeros, buckets;
//                   each bucket, ascending: index as zigzag, count (from version 2 on)
//     …  silence    versions 4 and 5: events not followed; count, then by key: 8 + 8 key, 8 last activity, 8 last return, 8 closing told
//                   (each the least number for none), 1 counted as idle, 8 time of the labels, label set
//                   from version 6 on: events not followed, setting as zigzag (−1 never), those that wait; then twice, of those for which
//                   nothing is awaited and of those that are backfill: forgotten idle ones, forgotten open ones, 8 latest activity of the
//                   former where there are some, the younger and the elder generation, names of forgotten ones likewise (count, then
//                   8 each). Conversations are a count, then by key: 8 + 8 key, 1 flags (1 counted as idle, 2 live, 4 activity, 8 return,
//                   16 closing told, 32 channel), where flagged 8 last activity, return and closing as 8 time and rank turned left by
//                   one bit, place of the event that gave the labels as 8 time, rank, 8 prefix, 8 hash; label set
//     …  ratings    the younger and the elder generation: count, then by key: 8 + 8 key, ratings; each, in order: 8 time, 8 rank,
//                   8 prefix, 8 hash, label set (from version 5 on); then names of forgotten ones as of silence (from version 6 on)
//     …  late       the younger and the elder generation of answers that came late and before their questions, as those of questions
//                   (from version 6 on)
//
// A label set is a byte, 1 for `other`, and a count of bytes with the values, each with a length byte ahead. Metrics
// that the program no longer has, or has in another shape, are dropped when they are read; new ones begin at zero.

/// The ladder of the counters' format.
enum MetricStateVersion: UInt8 {
    /// Classic buckets only; the finer ones begin at zero when it is read.
    case first = 1
    /// Questions that waited only: what was judged before is not judged again.
    case exponential = 2
    /// Without silence: conversations are followed from their next event on.
    case questions = 3
    /// Every rating was counted, and none is remembered: a conversation that is rated again counts once more, the first
    /// time.
    case silence = 4
    /// Silence by bare times, only of what came in time and under a setting.
    case ratings = 5
    /// As drawn above.
    case silenceByOrder = 6
}

extension MetricCounters {
    /// Canonical bytes.
    package var serialised: [UInt8] {
        var sink = ByteSink()
        sink.append(MetricStateVersion.silenceByOrder.rawValue)
        let types = program.typesByName.filter { totals.accepted[$0] > 0 }
        sink.append(varint: UInt64(types.count))
        for type in types {
            sink.append(text: program.typeNames[type])
            sink.append(varint: totals.accepted[type])
            sink.append(varint: totals.backfilled[type])
        }
        sink.append(varint: totals.untracked)
        let metrics = program.metricsByName.filter { program.placements[$0] != nil }
        sink.append(varint: UInt64(metrics.count))
        for metric in metrics {
            guard let placement = program.placements[metric] else { continue }
            let table = totals.tables[placement.table]
            append(placement, named: program.definitions[metric].name, to: &sink) {
                Array(table.words(placement.words, of: $0))
            }
        }
        appendTracked(to: &sink)
        sink.append(varint: UInt64(metrics.count))
        for metric in metrics {
            guard let placement = program.placements[metric] else { continue }
            let table = totals.corrections[placement.table]
            append(placement, named: program.definitions[metric].name, to: &sink) {
                table.words(placement.words, of: $0)
            }
        }
        let histograms = metrics.filter { program.placements[$0]?.histogram ?? -1 >= 0 }
        sink.append(varint: UInt64(histograms.count))
        for metric in histograms {
            guard let placement = program.placements[metric] else { continue }
            append(exponential: placement, named: program.definitions[metric].name, to: &sink)
        }
        appendSilence(to: &sink)
        appendRatings(to: &sink)
        appendLateAnswers(to: &sink)
        return sink.bytes
    }

    private func append(exponential placement: MetricProgram.Placement, named name: String, to sink: inout ByteSink) {
        let table = totals.tables[placement.table]
        let buckets = totals.exponential.buckets(histogram: placement.histogram)
        sink.append(text: name)
        sink.append(varint: UInt64(buckets.count))
        for set in sorted(Array(buckets.keys), of: table) {
            guard let found = buckets[set] else { continue }
            append(set, of: table, to: &sink)
            sink.append(varint: found.zeroCount)
            sink.append(varint: UInt64(found.buckets.count))
            for bucket in found.buckets {
                sink.append(zigzag: Int64(bucket.index))
                sink.append(varint: bucket.count)
            }
        }
    }

    /// Label sets by their values, `other` first.
    private func sorted(_ sets: [Int], of table: LabelTable) -> [Int] {
        sets.sorted { ($0 == 0 ? 0 : 1, Array(table.key(of: $0))) < ($1 == 0 ? 0 : 1, Array(table.key(of: $1))) }
    }

    var questionTable: Int? {
        program.definitions.firstIndex { $0.source == .questions }.flatMap { program.placements[$0]?.table }
    }

    private func append(
        _ placement: MetricProgram.Placement, named name: String, to sink: inout ByteSink,
        words: (_ set: Int) -> [UInt64]
    ) {
        let table = totals.tables[placement.table]
        let sets = sorted((0..<table.setCount).filter { words($0).contains { $0 != 0 } }, of: table)
        sink.append(text: name)
        sink.append(varint: UInt64(placement.words.count))
        sink.append(varint: UInt64(sets.count))
        for set in sets {
            append(set, of: table, to: &sink)
            for word in words(set) { sink.append(littleEndian: word) }
        }
    }

    func append(_ set: Int, of table: LabelTable, to sink: inout ByteSink) {
        let key = table.key(of: set)
        sink.append(UInt8(set == 0 ? 1 : 0))
        sink.append(varint: UInt64(key.count))
        sink.append(contentsOf: key)
    }

    /// Counters as they were when ``serialised`` was taken.
    /// - Parameters:
    ///   - objectives: those in force from now on.
    ///   - bounds: where buckets ended when the bytes were written; nil: where they end now.
    /// - Throws: ``DecodingError`` for bytes that are not counters.
    package init(
        parsing bytes: [UInt8], registry: SchemaRegistry, objectives: ObjectiveSet = .builtIn, bounds: [Int64]? = nil
    ) throws(DecodingError) {
        self.init(registry: registry, objectives: objectives)
        let layout = BucketMove(from: bounds ?? objectives.bucketBounds, to: objectives.bucketBounds)
        var cursor = ByteCursor(bytes)
        let number = try cursor.readByte()
        guard let version = MetricStateVersion(rawValue: number) else {
            throw cursor.newerForm("a known version of the counters", found: number)
        }
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
            let name = try cursor.readText(max: cursor.remaining)
            let (accepted, backfilled) = (try cursor.readVarint(), try cursor.readVarint())
            guard let type = registry.type(named: name) else { continue }
            (totals.accepted[Int(type)], totals.backfilled[Int(type)]) = (accepted, backfilled)
        }
        totals.untracked = try cursor.readVarint()
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
            try readMetric(&cursor, layout) { $0.tables[$3].restore($1, at: $2, of: $4) }
        }
        if version.rawValue >= MetricStateVersion.questions.rawValue {
            try readTracked(&cursor, version)
            for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
                try readMetric(&cursor, layout) { $0.corrections[$3].restore($1, at: $2, of: $4) }
            }
        } else {
            try readWaitingQuestions(&cursor)
        }
        if version != .first {
            for _ in 0..<(try cursor.readCount(max: cursor.remaining)) { try readExponential(&cursor) }
        }
        if version.rawValue >= MetricStateVersion.silenceByOrder.rawValue {
            try readSilence(&cursor)
        } else if version.rawValue >= MetricStateVersion.silence.rawValue {
            try readSilenceOfTimes(&cursor)
        }
        if version.rawValue >= MetricStateVersion.ratings.rawValue { try readRatings(&cursor, version) }
        if version.rawValue >= MetricStateVersion.silenceByOrder.rawValue { try readLateAnswers(&cursor, version) }
        guard cursor.isAtEnd else { throw cursor.failure("the end of the counters") }
        beginStep()
    }

    private typealias Restoring = (_ totals: inout MetricTotals, _ value: UInt64, _ word: Int, _ table: Int, _ set: Int)
        -> Void

    private mutating func readMetric(_ cursor: inout ByteCursor, _ layout: BucketMove, _ restore: Restoring)
        throws(DecodingError)
    {
        let name = try cursor.readText(max: cursor.remaining)
        let width = try cursor.readCount(max: cursor.remaining)
        let index = program.definitions.firstIndex { $0.name == name }
        let isHistogram = index.map { program.placements[$0]?.histogram ?? -1 >= 0 } ?? false
        let placement = index.flatMap { program.placements[$0] }.flatMap { place in
            (isHistogram ? layout.oldWidth : place.words.count) == width ? place : nil
        }
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
            let key = try Self.readKey(&cursor)
            let set = placement.map { place in key.map { totals.tables[place.table].set(of: $0) } ?? 0 }
            for word in 0..<width {
                let value = try cursor.read(littleEndian: UInt64.self)
                guard let placement, let set else { continue }
                restore(
                    &totals, value, placement.words.lowerBound + (isHistogram ? layout.word(word) : word),
                    placement.table, set)
            }
        }
    }

    private mutating func readExponential(_ cursor: inout ByteCursor) throws(DecodingError) {
        let name = try cursor.readText(max: cursor.remaining)
        let index = program.definitions.firstIndex { $0.name == name }
        let placement = index.flatMap { program.placements[$0] }.flatMap { $0.histogram < 0 ? nil : $0 }
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
            let key = try Self.readKey(&cursor)
            let set = placement.map { place in key.map { totals.tables[place.table].set(of: $0) } ?? 0 }
            let zeros = try cursor.readVarint()
            if let placement, let set, zeros > 0 {
                totals.exponential.add(zeros, histogram: placement.histogram, set: set, bucket: nil)
            }
            for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
                let (bucket, count) = (try cursor.readZigzag(), try cursor.readVarint())
                guard let bucket = Int(exactly: bucket), ExponentialBuckets.indexes.contains(bucket) else {
                    throw cursor.failure("the index of a bucket")
                }
                if let placement, let set {
                    totals.exponential.add(count, histogram: placement.histogram, set: set, bucket: bucket)
                }
            }
        }
    }

    /// The values of a label set; nil for `other`.
    static func readKey(_ cursor: inout ByteCursor) throws(DecodingError) -> [UInt8]? {
        let isOther = try cursor.readByte() == 1
        let key = Array(try cursor.readSlice(try cursor.readCount(max: cursor.remaining)))
        var index = 0
        while index < key.count { index += 1 + Int(key[index]) }
        guard index == key.count else { throw cursor.failure("label values with their lengths") }
        return isOther ? nil : key
    }
}

private func < (left: (Int, [UInt8]), right: (Int, [UInt8])) -> Bool {
    left.0 != right.0 ? left.0 < right.0 : left.1.lexicographicallyPrecedes(right.1)
}
