internal import Bytes

extension Span<Bool> {
    /// The rows that hold true, ascending; nil when all do.
    /// - Complexity: O(rows), eight at a time, and O(true rows).
    package func trueRows() -> [UInt32]? {
        var masks = [UInt64](repeating: 0, count: (count + 63) / 64)
        var words = masks.mutableSpan
        var total = 0
        for word in 0..<words.count {
            words[word] = mask(from: word * 64)
            total += words[word].nonzeroBitCount
        }
        if total == count { return nil }
        var rows = [UInt32](repeating: 0, count: total)
        var numbers = rows.mutableSpan
        var next = 0
        for word in 0..<words.count {
            let first = UInt32(truncatingIfNeeded: word * 64)
            var bits = words[word]
            if bits == .max {
                for place in 0..<64 { numbers[next + place] = first &+ UInt32(truncatingIfNeeded: place) }
                next += 64
                continue
            }
            while bits != 0 {
                numbers[next] = first &+ UInt32(truncatingIfNeeded: bits.trailingZeroBitCount)
                next += 1
                bits &= bits &- 1
            }
        }
        assert(next == total, "every true row has its place")
        return rows
    }

    /// Up to 64 rows from one on, the first in the lowest bit.
    func mask(from first: Int) -> UInt64 {
        var mask: UInt64 = 0
        let rows = min(64, count - first)
        for place in stride(from: 0, to: rows & ~7, by: 8) {
            mask |= loadMask(at: first + place) << UInt64(truncatingIfNeeded: place)
        }
        for place in (rows & ~7)..<rows where self[first + place] { mask |= 1 << UInt64(truncatingIfNeeded: place) }
        return mask
    }

    /// 1 for true, 0 for false.
    package func numbers() -> [Int64] {
        var result = [Int64](repeating: 0, count: count)
        var target = result.mutableSpan
        for row in 0..<count { target[row] = self[row] ? 1 : 0 }
        return result
    }
}

extension Span<UInt32> {
    /// What stands in the table under each code.
    /// - Precondition: the table has a place for every code.
    package func looked(up table: [Bool]) -> [Bool] {
        let known = table.span
        var result = [Bool](repeating: false, count: count)
        var target = result.mutableSpan
        for row in 0..<count { target[row] = known[Int(self[row])] }
        return result
    }

    /// What stands in the table under each code.
    /// - Precondition: the table has a place for every code.
    package func looked(up table: [UInt32]) -> [UInt32] {
        let known = table.span
        var result = [UInt32](repeating: 0, count: count)
        var target = result.mutableSpan
        for row in 0..<count { target[row] = known[Int(self[row])] }
        return result
    }
}

/// Rows by what their values are, for vectors that are stored as 64-bit integers.
extension Vector {
    /// The rows whose value lies in `range`, ascending; a null lies in none.
    /// - Complexity: O(rows).
    package func rows(within range: ClosedRange<Int64>) -> [UInt32] {
        switch integers {
        case .constant(let value)?: return range.contains(value) ? Array(0..<UInt32(count)) : []
        case .array(let values)?:
            var rows: [UInt32] = []
            rows.reserveCapacity(count)
            let source = values.span
            for row in 0..<source.count where range.contains(source[row]) {
                rows.append(UInt32(truncatingIfNeeded: row))
            }
            if let validity { rows.removeAll { !validity[Int($0)] } }
            return rows
        case nil: return []
        }
    }
}
