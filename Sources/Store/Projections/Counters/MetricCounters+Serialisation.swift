package import Bytes
package import Domain
import Hashing

// The counters as bytes: equal exactly where the counters are. Little-endian; counts are varints.
//
//     1  version    MetricStateVersion
//     …  types      count, then by name: name, accepted, backfilled
//     …  untracked  questions that were not followed
//     …  metrics    count, then by name: name, words of a set, sets; each set, sorted: label set, 8 bytes a word
//     …  pending    count, then by deadline: 8 + 8 key, 8 asked time, 8 deadline, label set
//
// A label set is a byte, 1 for `other`, and a count of bytes with the values, each with a length byte ahead. Metrics that the program no
// longer has, or has in another shape, are dropped when they are read; new ones begin at zero.

/// The ladder of the counters' format.
enum MetricStateVersion: UInt8 {
    /// As drawn above.
    case first = 1
}

extension MetricCounters {
    /// Canonical bytes.
    package var serialised: [UInt8] {
        var sink = ByteSink()
        sink.append(MetricStateVersion.first.rawValue)
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
            append(placement, named: program.definitions[metric].name, to: &sink)
        }
        let waiting = pending.sorted
        sink.append(varint: UInt64(waiting.count))
        for (key, question) in waiting {
            sink.append(littleEndian: key.high)
            sink.append(littleEndian: key.low)
            sink.append(littleEndian: question.askedTime)
            sink.append(littleEndian: question.deadline)
            if let table = questionTable { append(question.set, of: totals.tables[table], to: &sink) }
        }
        return sink.bytes
    }

    private var questionTable: Int? {
        program.definitions.firstIndex { $0.source == .questions }.flatMap { program.placements[$0]?.table }
    }

    private func append(_ placement: MetricProgram.Placement, named name: String, to sink: inout ByteSink) {
        let table = totals.tables[placement.table]
        let sets = (0..<table.setCount).filter { table.words(placement.words, of: $0).contains { $0 != 0 } }
            .sorted { ($0 == 0 ? 0 : 1, Array(table.key(of: $0))) < ($1 == 0 ? 0 : 1, Array(table.key(of: $1))) }
        sink.append(text: name)
        sink.append(varint: UInt64(placement.words.count))
        sink.append(varint: UInt64(sets.count))
        for set in sets {
            append(set, of: table, to: &sink)
            for word in table.words(placement.words, of: set) { sink.append(littleEndian: word) }
        }
    }

    private func append(_ set: Int, of table: LabelTable, to sink: inout ByteSink) {
        let key = table.key(of: set)
        sink.append(UInt8(set == 0 ? 1 : 0))
        sink.append(varint: UInt64(key.count))
        sink.append(contentsOf: key)
    }

    /// Counters as they were when ``serialised`` was taken.
    /// - Throws: ``DecodingError`` for bytes that are not counters.
    package init(parsing bytes: [UInt8], registry: SchemaRegistry) throws(DecodingError) {
        self.init(registry: registry)
        var cursor = ByteCursor(bytes)
        guard MetricStateVersion(rawValue: try cursor.readByte()) != nil else { throw cursor.failure("a known version of the counters") }
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
            let name = try cursor.readText(max: cursor.remaining)
            let (accepted, backfilled) = (try cursor.readVarint(), try cursor.readVarint())
            guard let type = registry.type(named: name) else { continue }
            (totals.accepted[Int(type)], totals.backfilled[Int(type)]) = (accepted, backfilled)
        }
        totals.untracked = try cursor.readVarint()
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) { try readMetric(&cursor) }
        for _ in 0..<(try cursor.readCount(max: cursor.remaining / 34)) {
            let high = try cursor.read(littleEndian: UInt64.self)
            let key = Hash128(high: high, low: try cursor.read(littleEndian: UInt64.self))
            let asked = try cursor.read(littleEndian: Int64.self)
            let deadline = try cursor.read(littleEndian: Int64.self)
            let labels = try Self.readKey(&cursor)
            guard let table = questionTable else { continue }
            let set = labels.map { totals.tables[table].set(of: $0) } ?? 0
            _ = pending.add(PendingQuestion(askedTime: asked, deadline: deadline, set: set), key: key)
        }
        guard cursor.isAtEnd else { throw cursor.failure("the end of the counters") }
        beginStep()
    }

    private mutating func readMetric(_ cursor: inout ByteCursor) throws(DecodingError) {
        let name = try cursor.readText(max: cursor.remaining)
        let width = try cursor.readCount(max: cursor.remaining)
        let index = program.definitions.firstIndex { $0.name == name }
        let placement = index.flatMap { program.placements[$0] }.flatMap { $0.words.count == width ? $0 : nil }
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
            let key = try Self.readKey(&cursor)
            let set = placement.map { place in key.map { totals.tables[place.table].set(of: $0) } ?? 0 }
            for word in 0..<width {
                let value = try cursor.read(littleEndian: UInt64.self)
                guard let placement, let set else { continue }
                totals.tables[placement.table].restore(value, at: placement.words.lowerBound + word, of: set)
            }
        }
    }

    /// The values of a label set; nil for `other`.
    private static func readKey(_ cursor: inout ByteCursor) throws(DecodingError) -> [UInt8]? {
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
