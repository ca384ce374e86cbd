/// Sums over the frames of rows that slide along: each value is added once and taken away once, so whole numbers and
/// decimals stay exact however long the partition is. By row of the input.
package struct WindowSums: Sendable {
    fileprivate enum Sums: Sendable {
        case narrow([Int64])
        case wide([Int128])
    }

    fileprivate let sums: Sums
    /// Decimal places of the sums.
    fileprivate let scale: Int
    /// How many values of the frame were added.
    fileprivate let counts: [UInt32]

    /// - Parameters:
    ///   - values: whole numbers or decimals, by row.
    ///   - included: which rows count; nil: all.
    /// - Throws: `.decimalOverflow` for a frame whose sum 128 bits do not hold; `.stopped`.
    /// - Complexity: O(rows).
    init(
        _ values: Vector, included: Validity?, _ rows: WindowRows, _ frames: WindowFrames, _ watch: KernelWatch
    ) throws(KernelError) {
        try watch.look()
        let sliding = SlidingRows(rows, frames, included: included)
        if case .int64(let numbers) = values.storage {
            scale = values.type.scale
            let source = numbers.span
            let rowBits = Int.bitWidth - source.count.leadingZeroBitCount
            if numbers.isEmpty || Self.magnitudeBits(source) + rowBits < 63 {
                let (found, counts) = sliding.totals(source, as: Int64.self)
                (sums, self.counts) = (.narrow(found), counts)
            } else {
                // Fewer than 2^32 values of 64 bits.
                let (found, counts) = sliding.totals(source, as: Int128.self)
                (sums, self.counts) = (.wide(found), counts)
            }
            return
        }
        let (mantissas, places) = try Self.mantissas(of: values)
        scale = places
        let (found, counts) = try sliding.wideTotals(mantissas.span)
        (sums, self.counts) = (.wide(found), counts)
    }

    private static func magnitudeBits(_ values: Span<Int64>) -> Int {
        let (least, greatest) = values.range
        return 64 - max(least.magnitude, greatest.magnitude).leadingZeroBitCount
    }

    /// At one scale, the greatest that any of them has.
    private static func mantissas(of values: Vector) throws(KernelError) -> (mantissas: [Int128], scale: Int) {
        if case .int128(let wide) = values.storage { return (wide, values.type.scale) }
        var scale = values.type.scale
        for row in 0..<values.count {
            if case .numeric(_, let places) = values.scalar(at: row) { scale = max(scale, places) }
        }
        var mantissas = [Int128](repeating: 0, count: values.count)
        for row in 0..<values.count {
            let own: (mantissa: Int128, scale: Int)
            switch values.scalar(at: row) {
            case .integer(let value): own = (Int128(value), 0)
            case .numeric(let value, let places): own = (value, places)
            default: continue
            }
            guard let same = Decimal128.rescale(own.mantissa, from: own.scale, to: scale) else {
                throw .decimalOverflow
            }
            mantissas[row] = same
        }
        return (mantissas, scale)
    }

    /// Bytes held.
    var memoryBytes: Int {
        let bytes =
            switch sums {
            case .narrow(let sums): sums.capacity * 8
            case .wide(let sums): sums.capacity * 16
            }
        return bytes + counts.capacity * 4
    }

    private func sum(_ row: Int) -> Int128 {
        switch sums {
        case .narrow(let sums): Int128(sums[row])
        case .wide(let sums): sums[row]
        }
    }

    /// The sums of rows; null of no values.
    func totals(_ rows: Range<Int>, type: ColumnType) -> Vector {
        var present = Validity(count: rows.count, allValid: true)
        for row in rows where counts[row] == 0 { present[row - rows.lowerBound] = false }
        let validity = present.unlessWhole
        if type.scale == scale {
            switch sums {
            case .narrow(let sums):
                return Vector(type: type, count: rows.count, storage: .int64(Array(sums[rows])), validity: validity)
            case .wide(let sums):
                return Vector(type: type, count: rows.count, storage: .int128(Array(sums[rows])), validity: validity)
                    .narrowed()
            }
        }
        return Vector(
            type: type, scalars: rows.map { counts[$0] == 0 ? .null : .numeric(sum($0), scale: scale) })
    }

    /// The averages of rows, by PostgreSQL's rule for quotients of decimals; null of no values.
    /// - Throws: `.decimalOverflow`.
    func averages(_ rows: Range<Int>, type: ColumnType) throws(KernelError) -> Vector {
        var values: [Scalar] = []
        values.reserveCapacity(rows.count)
        for row in rows {
            let (sum, count) = (sum(row), Int128(counts[row]))
            if count == 0 {
                values.append(.null)
                continue
            }
            let places = Decimal128.divisionScale(sum, scale, count, 0)
            guard let quotient = Decimal128.divide(sum, scale, by: count, 0, scale: places) else {
                throw .decimalOverflow
            }
            values.append(.numeric(quotient, scale: places))
        }
        return Vector(type: type, scalars: values)
    }
}

