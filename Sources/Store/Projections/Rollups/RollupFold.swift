package import Columnar

extension RollupLayout {
    /// The rollup's rows for a chunk of its source, in the order in which their first events stand: a pure function of the chunk.
    /// - Parameter watermark: the latest received time; events that are too old for the rollup's retention by then are left out.
    /// - Complexity: O(rows · columns).
    package func fold(_ chunk: Chunk, watermark: Int64) -> RollupPart {
        guard case .bucket(let time) = contents[0] else { preconditionFailure("buckets come first") }
        var kept = chunk
        if let earliest = earliestTime(watermark: watermark) {
            let times = Integers(chunk.columns[time])
            let rows = (0..<UInt32(chunk.rowCount)).filter { times[Int($0)] >= earliest }
            if rows.count < chunk.rowCount {
                kept = Chunk(columns: chunk.columns.map { $0.gather(rows) }, rowCount: rows.count)
            }
        }
        let times = Integers(kept.columns[time])
        let buckets = (0..<kept.rowCount).map { bucket(of: times[$0]) }
        var keys = RowNumbering(rowCount: kept.rowCount)
        keys.refine(by: buckets)
        for case .dimension(let index) in contents { keys.refine(by: kept.columns[index]) }
        assert(keys.numbers.count == kept.rowCount && keys.count <= kept.rowCount, "a rollup row for each event")
        let columns = zip(contents, columns).map { content, column in
            fold(content, column.type, kept, keys, buckets: buckets)
        }
        return RollupPart(rows: Chunk(columns: columns, rowCount: keys.count), eventCount: kept.rowCount)
    }

    private func fold(_ content: Content, _ type: ColumnType, _ chunk: Chunk, _ keys: RowNumbering, buckets: [Int64]) -> Vector {
        switch content {
        case .bucket:
            return Vector(type: type, count: keys.count, storage: .int64(keys.firstRows.map { buckets[Int($0)] }))
        case .dimension(let index):
            return chunk.columns[index].expanded().gather(keys.firstRows)
        case .events:
            var counts = [Int64](repeating: 0, count: keys.count)
            for row in keys.numbers { counts[Int(row)] += 1 }
            return Vector(type: type, count: keys.count, storage: .int64(counts))
        case .count(let index):
            return MeasureFold.counts(chunk.columns[index], keys, atMost: nil)
        case .atMost(let index, let bound):
            return MeasureFold.counts(chunk.columns[index], keys, atMost: bound)
        case .sum(let index):
            return MeasureFold.sums(chunk.columns[index], keys, type)
        case .minimum(let index):
            return MeasureFold.extrema(chunk.columns[index], keys, type, isMaximum: false)
        case .maximum(let index):
            return MeasureFold.extrema(chunk.columns[index], keys, type, isMaximum: true)
        case .histogram(let index):
            return MeasureFold.histograms(chunk.columns[index], keys)
        }
    }
}

/// Rollup rows of some events.
package struct RollupPart: Sendable {
    /// In the layout's columns.
    package var rows: Chunk
    /// How many events they stand for.
    package var eventCount: Int

    /// Parts end to end, in runs of at most `rowsMax` rows; empty where the rows stand for fewer than two events on average, which
    /// makes them not worth their bytes: readers then take the events themselves.
    package static func joined(_ parts: [RollupPart], columns: [TableColumn], rowsMax: Int) -> [Chunk] {
        precondition(rowsMax > 0, "a run has rows")
        assert(parts.allSatisfy { $0.rows.rowCount <= $0.eventCount }, "a row stands for an event at least")
        assert(parts.allSatisfy { $0.rows.columns.count == columns.count }, "parts of one rollup")
        let rowCount = parts.reduce(0) { $0 + $1.rows.rowCount }
        guard rowCount > 0, rowCount * 2 <= parts.reduce(0, { $0 + $1.eventCount }) else { return [] }
        let present = parts.filter { $0.rows.rowCount > 0 }
        let whole = columns.indices.map { index in
            Vector.concatenate(present.map { $0.rows.columns[index] }, type: columns[index].type)
        }
        return stride(from: 0, to: rowCount, by: rowsMax).map { first in
            if rowCount <= rowsMax { return Chunk(columns: whole, rowCount: rowCount) }
            let rows = Array(UInt32(first)..<UInt32(min(first + rowsMax, rowCount)))
            return Chunk(columns: whole.map { $0.gather(rows) }, rowCount: rows.count)
        }
    }
}

/// One measure over the rows of a chunk, by the rollup row that each belongs to.
private enum MeasureFold {
    static func counts(_ vector: Vector, _ keys: RowNumbering, atMost bound: Int64?) -> Vector {
        var counts = [Int64](repeating: 0, count: keys.count)
        assert(vector.count == keys.numbers.count, "a value for each event")
        let values = bound.map { _ in Integers(vector) }
        for (row, key) in keys.numbers.enumerated() where !vector.isNull(row) {
            if let bound, let values, values[row] > bound { continue }
            counts[Int(key)] += 1
        }
        return Vector(type: .integer, count: keys.count, storage: .int64(counts))
    }

    static func sums(_ vector: Vector, _ keys: RowNumbering, _ type: ColumnType) -> Vector {
        var sums = [Int128](repeating: 0, count: keys.count)
        var validity = Validity(count: keys.count, allValid: false)
        assert(vector.count == keys.numbers.count, "a value for each event")
        let wides: [Int128]? = if case .int128(let wides) = vector.storage { wides } else { nil }
        let values = Integers(vector)
        for (row, key) in keys.numbers.enumerated() where !vector.isNull(row) {
            // 2^16 values of at most 2^100 cannot overflow; a cost is below that by far.
            sums[Int(key)] += wides.map { $0[row] } ?? Int128(values[row])
            validity[Int(key)] = true
        }
        let isNarrow = sums.allSatisfy { Int64(exactly: $0) != nil }
        return Vector(
            type: type, count: keys.count, storage: isNarrow ? .int64(sums.map { Int64(truncatingIfNeeded: $0) }) : .int128(sums),
            validity: validity.validCount == keys.count ? nil : validity
        ).orNull
    }

    static func extrema(_ vector: Vector, _ keys: RowNumbering, _ type: ColumnType, isMaximum: Bool) -> Vector {
        assert(vector.count == keys.numbers.count, "a value for each event")
        var found = [Int64](repeating: 0, count: keys.count)
        var validity = Validity(count: keys.count, allValid: false)
        let values = Integers(vector)
        for (row, key) in keys.numbers.enumerated() where !vector.isNull(row) {
            let (value, place) = (values[row], Int(key))
            found[place] = !validity[place] ? value : isMaximum ? max(found[place], value) : min(found[place], value)
            validity[place] = true
        }
        return Vector(
            type: type, count: keys.count, storage: .int64(found), validity: validity.validCount == keys.count ? nil : validity
        ).orNull
    }

    static func histograms(_ vector: Vector, _ keys: RowNumbering) -> Vector {
        assert(vector.count == keys.numbers.count, "a value for each event")
        var histograms = [ExponentialHistogram](repeating: ExponentialHistogram(), count: keys.count)
        let values = Integers(vector)
        for (row, key) in keys.numbers.enumerated() where !vector.isNull(row) { histograms[Int(key)].add(values[row]) }
        var builder = ColumnBuilder(type: .text)
        for (row, histogram) in histograms.enumerated() where histogram.count > 1 {
            let text = histogram.text
            builder.padNulls(to: row)
            builder.append(utf8: 0..<text.count, of: text)
        }
        builder.padNulls(to: keys.count)
        return builder.finish()
    }
}

extension Vector {
    /// A constant null where no row has a value.
    fileprivate var orNull: Vector {
        guard let validity, validity.validCount == 0 else { return self }
        return .constant(.null, type: type, count: count)
    }
}

/// Whole numbers of a column by row, whether they lie there one by one or as a constant; 0 where there are none.
struct Integers {
    private let values: [Int64]
    private let constant: Int64

    init(_ vector: Vector) {
        var constant: Int64 = 0
        var values: [Int64] = []
        switch vector.storage {
        case .int64(let own): values = own
        case .constant(.integer(let value)), .constant(.timestamptz(let value)): constant = value
        case .constant(.numeric(let value, _)): constant = Int64(clamping: value)
        default: break
        }
        self.values = values
        self.constant = constant
    }

    subscript(row: Int) -> Int64 { values.isEmpty ? constant : values[row] }
}
