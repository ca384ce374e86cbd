internal import Bytes

/// Rows of a vector that stay, ascending, in the form that is cheaper to copy by: runs of neighbours where most rows
/// stay, positions where they are scattered.
package struct KeptRows: Sendable {
    /// Rows that a run has to have, on average, for runs to be cheaper.
    private static let rowsPerRunMin = 16

    fileprivate enum Form: Sendable {
        case runs([Range<Int>])
        case positions([UInt32])
    }

    /// How many rows stay.
    package let count: Int
    fileprivate let form: Form

    /// The rows of a range.
    init(_ rows: Range<Int>) {
        count = rows.count
        form = .runs(rows.isEmpty ? [] : [rows])
    }

    /// The rows whose bit is set.
    /// - Complexity: O(words of bits and runs), or O(rows that stay) where they are scattered.
    package init(_ bits: Validity) {
        count = bits.validCount
        let runs = Self.runs(of: bits.words, rowCount: bits.count, most: count / Self.rowsPerRunMin + 1)
        form = runs.map { Form.runs($0) } ?? .positions(Self.positions(of: bits.words, count: count))
    }

    /// Rows by their positions, which ascend.
    /// - Complexity: O(positions).
    package init(ascending positions: [UInt32]) {
        assert(zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 }, "rows that stay ascend")
        count = positions.count
        let source = positions.span
        var gaps = 0
        for place in 0..<max(0, source.count - 1) { gaps &+= source[place + 1] &- source[place] == 1 ? 0 : 1 }
        guard gaps <= count / Self.rowsPerRunMin, let first = positions.first else {
            form = .positions(positions)
            return
        }
        var runs: [Range<Int>] = []
        runs.reserveCapacity(gaps + 1)
        var start = Int(first)
        for place in 1..<source.count + 1 {
            let last = Int(source[place - 1])
            if place < source.count, Int(source[place]) == last + 1 { continue }
            runs.append(start..<last + 1)
            if place < source.count { start = Int(source[place]) }
        }
        assert(runs.reduce(0) { $0 + $1.count } == count, "runs make up the rows")
        form = .runs(runs)
    }

    /// The rows at some places among those that stay.
    /// - Precondition: places ascend and are below ``count``.
    /// - Complexity: O(places + runs).
    package func rows(at places: [UInt32]) -> [UInt32] {
        assert(places.last.map { Int($0) < count } ?? true, "places among those that stay")
        switch form {
        case .positions(let positions): return places.map { positions[Int($0)] }
        case .runs(let runs):
            var found: [UInt32] = []
            found.reserveCapacity(places.count)
            // How many rows the runs before this one have.
            var (run, before) = (0, 0)
            for place in places {
                while Int(place) - before >= runs[run].count {
                    before += runs[run].count
                    run += 1
                }
                found.append(UInt32(truncatingIfNeeded: runs[run].lowerBound + Int(place) - before))
            }
            return found
        }
    }

    /// At which places among those that stay some rows stand.
    /// - Precondition: rows ascend and stay.
    /// - Complexity: O(rows · log(rows that stay)), or O(rows + runs).
    package func places(of rows: [UInt32]) -> [UInt32] {
        switch form {
        case .positions(let positions):
            return rows.map { row in UInt32(truncatingIfNeeded: positions.partitioningIndex { $0 >= row }) }
        case .runs(let runs):
            var (run, before) = (0, 0)
            return rows.map { row in
                while Int(row) >= runs[run].upperBound {
                    before += runs[run].count
                    run += 1
                }
                return UInt32(truncatingIfNeeded: before + Int(row) - runs[run].lowerBound)
            }
        }
    }

    /// How many of those that stay stand before each of some rows, which ascend.
    /// - Complexity: as ``places(of:)``.
    func counts(before rows: [Int]) -> [Int] {
        switch form {
        case .positions(let positions):
            return rows.map { row in positions.partitioningIndex { Int($0) >= row } }
        case .runs(let runs):
            var (run, before) = (0, 0)
            return rows.map { row in
                while run < runs.count, runs[run].upperBound <= row {
                    before += runs[run].count
                    run += 1
                }
                return before + (run < runs.count ? max(0, row - runs[run].lowerBound) : 0)
            }
        }
    }

    /// nil where there are more than `most`.
    private static func runs(of bits: [UInt64], rowCount: Int, most: Int) -> [Range<Int>]? {
        var runs: [Range<Int>] = []
        var start: Int?
        let words = bits.span
        for index in 0..<words.count {
            let word = words[index]
            // Most words are all of one kind.
            if word == (start == nil ? 0 : ~0) { continue }
            var place = 0
            while place < 64 {
                let rest = word >> UInt64(place)
                if let first = start {
                    place += (~rest).trailingZeroBitCount
                    if place >= 64 { break }
                    if runs.count == most { return nil }
                    runs.append(first..<index * 64 + place)
                    start = nil
                } else if rest == 0 {
                    break
                } else {
                    place += rest.trailingZeroBitCount
                    start = index * 64 + place
                }
            }
        }
        if let first = start {
            if runs.count == most { return nil }
            runs.append(first..<rowCount)
        }
        return runs
    }

    private static func positions(of bits: [UInt64], count: Int) -> [UInt32] {
        var positions: [UInt32] = []
        positions.reserveCapacity(count)
        for index in bits.indices {
            var word = bits[index]
            while word != 0 {
                positions.append(UInt32(truncatingIfNeeded: index * 64 + word.trailingZeroBitCount))
                word &= word &- 1
            }
        }
        assert(positions.count == count, "a position for each bit")
        return positions
    }
}

extension Vector {
    /// The rows that stay.
    /// - Precondition: each is a row.
    /// - Complexity: O(rows that stay), few of its steps where they come in runs.
    package func gather(_ rows: KeptRows) -> Vector {
        let runs: [Range<Int>]
        switch rows.form {
        case .positions(let positions): return gather(positions)
        case .runs(let known): runs = known
        }
        if rows.count == count { return self }
        assert(runs.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= count }, "every run is of rows")
        let kept: Storage
        switch storage {
        case .int64(let values): kept = .int64(copied(values, runs, rows.count))
        case .int128(let values): kept = .int128(copied(values, runs, rows.count))
        case .double(let values): kept = .double(copied(values, runs, rows.count))
        case .boolean(let values): kept = .boolean(copied(values, runs, rows.count))
        case .text(let codes, let dictionary):
            kept = .text(codes: copied(codes, runs, rows.count), dictionary: dictionary)
        case .interval(let values): kept = .interval(copied(values, runs, rows.count))
        case .scalars(let values): kept = .scalars(copied(values, runs, rows.count))
        case .constant: kept = storage
        }
        return Vector(type: type, count: rows.count, storage: kept, validity: validity?.copied(runs, rows.count))
    }
}

extension Chunk {
    /// The rows that stay.
    /// - Precondition: each is a row.
    package func gather(_ rows: KeptRows) -> Chunk {
        Chunk(columns: columns.map { $0.gather(rows) }, rowCount: rows.count)
    }
}

private func copied<Value>(_ values: [Value], _ runs: [Range<Int>], _ count: Int) -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(count)
    for run in runs { result.append(contentsOf: values[run]) }
    return result
}

extension Validity {
    /// The bits of runs, end to end; nil where all are set.
    fileprivate func copied(_ runs: [Range<Int>], _ total: Int) -> Validity? {
        var result = [UInt64](repeating: 0, count: (total + 63) / 64)
        let source = words.span
        var target = result.mutableSpan
        var end = 0
        for run in runs {
            var row = run.lowerBound
            while row < run.upperBound {
                let taken = min(64, run.upperBound - row)
                let (word, bit) = (row >> 6, UInt64(row & 63))
                var bits = source[word] >> bit
                if bit > 0, word + 1 < source.count { bits |= source[word + 1] << (64 - bit) }
                if taken < 64 { bits &= (1 << UInt64(taken)) - 1 }
                let (place, shift) = (end >> 6, UInt64(end & 63))
                target[place] |= bits << shift
                if shift > 0, Int(shift) + taken > 64 { target[place + 1] |= bits >> (64 - shift) }
                row += taken
                end += taken
            }
        }
        let validity = Validity(words: result, count: total)
        return validity.validCount == total ? nil : validity
    }
}
