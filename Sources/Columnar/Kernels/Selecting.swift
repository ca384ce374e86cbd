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
