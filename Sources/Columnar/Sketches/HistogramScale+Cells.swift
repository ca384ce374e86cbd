// Who asks for ranks alone wants no bucket of each value. The cells of the table above, 256 of an octave, stand in the
// same order as buckets, and are the upper bits of a double: no table is looked at for them, and several are told at
// once. Since a cell holds one boundary at most, the bucket of a rank follows from the cell that it lies in and, where
// that holds a boundary, from how many values lie up to there.

extension HistogramScale {
    /// Cells of the whole numbers from 1 to below 2^52, which are numbered from 0 on.
    static let cellCount = 52 * 256 + 1
    /// That of 1: what lies next below a double tells its cell, as it does its bucket.
    private static let firstCell: UInt64 = 1_022 << 8 | 255
    /// The bits that a cell's number takes, said so that many are narrowed at once.
    private static let cellBits: UInt64 = 1 << 14 - 1
    /// 2^52, above which whole numbers are the fractions of doubles as they stand.
    private static let wholeBits: UInt64 = 0x4330_0000_0000_0000

    /// Whether all of some numbers have cells; true of none.
    /// - Complexity: O(values), several at a time.
    static func haveCells(_ values: Span<Int64>) -> Bool {
        // Of zero and of what is negative, one less has the sign bit.
        var bits: Int64 = 0
        for row in 0..<values.count { bits |= values[row] | (values[row] &- 1) }
        return bits >> 52 == 0
    }

    /// Puts the cell of each value where that stands in `cells`, which may be longer.
    /// - Precondition: each has one.
    /// - Returns: the first and the last of them; the last is before the first where there is no value.
    /// - Complexity: O(values), several at a time.
    static func putCells(
        of values: Span<Int64>, into cells: inout MutableSpan<Int16>
    ) -> (first: Int16, last: Int16) {
        precondition(cells.count >= values.count, "room for the cells")
        // What lies next below, counted from the first cell.
        let distance = UInt64(1) &+ firstCell << 44
        var (first, last) = (Int16.max, Int16.min)
        for row in 0..<values.count {
            // As `Double(_:)` has it, which is told of one value at a time.
            let whole = Double(bitPattern: UInt64(bitPattern: values[row]) | wholeBits) - 0x1p52
            let cell = Int16(truncatingIfNeeded: ((whole.bitPattern &- distance) &>> 44) & cellBits)
            cells[row] = cell
            first = min(first, cell)
            last = max(last, cell)
        }
        return (first, last)
    }

    /// The bucket of a cell's values that are not above `last`; the others are of the next one. nil: all are of that
    /// bucket.
    static func bucket(ofCell cell: Int) -> (bucket: Int32, last: Int64?) {
        assert((0..<cellCount).contains(cell), "a cell")
        let number = UInt64(cell) + firstCell
        let (octave, place) = (Int(number >> 8) - 1_023, number & 255)
        let part = Int(cells[Int(place)] >> 52)
        let bucket = Int32(octave * 128 + part)
        guard fractions[part + 1] < (place + 1) << 44 else { return (bucket, nil) }
        // Whole numbers up to a boundary are those up to the whole part of it.
        return (bucket, Int64(Double(sign: .plus, exponent: octave, significand: boundaries[part + 1])))
    }
}
