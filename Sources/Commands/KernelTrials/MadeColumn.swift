import Columnar
import Workload

/// Columns of made-up values, the same on every machine; as many rows as a page has at most.
enum MadeColumn {
    /// Rows of each.
    static let rows = Chunk.rowsMax
    /// Monday, 3 August 2026, 00:00 UTC.
    static let start = WorkloadConfiguration.defaultStart

    static func integers(_ values: [Int64], _ type: ColumnType = .integer) -> Vector {
        Vector(type: type, count: values.count, storage: .int64(values))
    }

    /// Evenly from a range.
    static func uniform(_ range: ClosedRange<Int64>, stream: UInt64) -> [Int64] {
        var chance = SeededGenerator(seed: 1, stream: stream)
        return (0..<rows).map { _ in chance.integer(range.lowerBound, range.upperBound) }
    }

    /// Mostly small, one in fifty large.
    static func tailed(stream: UInt64) -> [Int64] {
        var chance = SeededGenerator(seed: 1, stream: stream)
        return (0..<rows).map { _ in
            chance.index(below: 50) == 0 ? chance.integer(0, 1 << 40) : chance.integer(0, 63)
        }
    }

    /// Times that ascend, some milliseconds apart.
    /// - Parameter leap: ms by which one in sixty-four is later.
    static func times(stream: UInt64, leap: Int64 = 0) -> [Int64] {
        var chance = SeededGenerator(seed: 1, stream: stream)
        var time = start
        return (0..<rows).map { row in
            time += (chance.integer(0, 2_000) + (row % 64 == 63 ? leap : 0)) * 1_000_000
            return time
        }
    }

    /// Numbers below a bound, each in a stretch of rows.
    static func stretches(of length: Int, below bound: Int64) -> [Int64] {
        (0..<rows).map { Int64($0 / length) * 7 % bound }
    }

    /// One of so many texts in each row, by no order.
    static func texts(_ count: Int, stream: UInt64, _ text: (Int) -> String) -> Vector {
        var chance = SeededGenerator(seed: 1, stream: stream)
        let codes = (0..<rows).map { _ in UInt32(chance.index(below: count)) }
        let dictionary = TextDictionary((0..<count).map(text))
        return Vector(type: .text, count: rows, storage: .text(codes: codes, dictionary: dictionary))
    }

    /// A text of its own in each row: a UUID of version 4.
    static func identifiers(stream: UInt64) -> Vector {
        var chance = SeededGenerator(seed: 1, stream: stream)
        let dictionary = TextDictionary(
            (0..<rows).map { _ in
                let high = digits(chance.next() & ~0xF000 | 0x4000)
                let low = digits(chance.next() >> 2 | 1 << 63)
                let first = [high.prefix(8), high.dropFirst(8).prefix(4), high.suffix(4)]
                return (first + [low.prefix(4), low.suffix(12)]).joined(separator: "-")
            })
        let codes = (0..<UInt32(rows)).map { $0 }
        return Vector(type: .text, count: rows, storage: .text(codes: codes, dictionary: dictionary))
    }

    private static func digits(_ value: UInt64) -> String {
        let short = String(value, radix: 16)
        return String(repeating: "0", count: 16 - short.count) + short
    }

    /// The same values, three in eight of them absent.
    static func withGaps(_ values: [Int64], type: ColumnType = .integer) -> Vector {
        var validity = Validity(count: values.count, allValid: true)
        var kept = values
        for row in values.indices where isGap(row) {
            validity[row] = false
            kept[row] = 0
        }
        return Vector(type: type, count: values.count, storage: .int64(kept), validity: validity)
    }

    /// Scattered, three rows in eight.
    private static func isGap(_ row: Int) -> Bool { (UInt64(row) &* 0x9E37_79B9_7F4A_7C15) >> 61 < 3 }
}
