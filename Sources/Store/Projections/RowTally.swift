import Columnar

/// Rows of a table on their way to the sum of their hashes, which is that of their columns (``RowHashes``): no column
/// is made of them. The values of some rows are hashed before they go into the hashes of these, a column at a time.
struct RowTally: Sendable {
    /// How the values of a column are hashed.
    private enum Way: Sendable {
        /// Numbers and truths, which go on from a hash of their kind.
        case number(UInt64)
        /// Likewise decimals, as 128 bits.
        case decimal(UInt64)
        case text
    }

    private let ways: [Way]
    /// By column, ``rowsAtOnce`` each.
    private var values: [UInt64]
    /// Beside each value its row, of those that are gathered.
    private var rows: [UInt16]
    /// By column.
    private var counts: [Int]
    private var gathered = 0
    private var hashes = [UInt64](repeating: 0, count: rowsAtOnce)
    private var total = RowSum()

    private static let rowsAtOnce = 64

    /// - Precondition: columns of read models: their types are those that rows of these have.
    init(_ columns: [TableColumn]) {
        ways = columns.map { column in
            switch column.type {
            case .numeric(let scale): return .decimal(RowHashes.hash(Int64(scale), .numeric))
            case .boolean: return .number(RowHashes.mixed(RowHashes.Kind.boolean.rawValue, 0))
            case .text: return .text
            default:
                guard let kind = RowHashes.kind(ofIntegers: column.type) else {
                    preconditionFailure("a column of \(column.type) in a read model")
                }
                return .number(RowHashes.mixed(kind.rawValue, 0))
            }
        }
        values = Array(repeating: 0, count: columns.count * Self.rowsAtOnce)
        rows = Array(repeating: 0, count: columns.count * Self.rowsAtOnce)
        counts = Array(repeating: 0, count: columns.count)
    }

    mutating func append(_ row: inout RowSlots, buffers: [[UInt8]]) {
        if gathered == Self.rowsAtOnce { flush() }
        row.drain(into: &self, buffers)
        gathered += 1
    }

    /// The rows since the last call.
    mutating func take() -> RowSum {
        flush()
        defer { total = RowSum() }
        return total
    }

    /// Hashes the values of one row and empties its slots.
    /// - Parameters:
    ///   - touched: a bit for each slot that may have a value.
    ///   - own: texts that no event has.
    ///   - wides: numbers that 64 bits do not hold.
    mutating func stage(
        _ slots: inout [RowSlot], _ touched: UInt64, texts own: [UInt8], wides: [Int128], _ buffers: [[UInt8]]
    ) {
        // As locals, so that nothing asks for each value whether the memory is ours alone.
        var (values, rows, counts): ([UInt64], [UInt16], [Int]) = ([], [], [])
        swap(&values, &self.values)
        swap(&rows, &self.rows)
        swap(&counts, &self.counts)
        stage(
            &slots, touched, own, wides, buffers, number: UInt16(gathered), values: &values, rows: &rows,
            counts: &counts)
        swap(&values, &self.values)
        swap(&rows, &self.rows)
        swap(&counts, &self.counts)
    }

    private func stage(
        _ slots: inout [RowSlot], _ touched: UInt64, _ own: [UInt8], _ wides: [Int128], _ buffers: [[UInt8]],
        number: UInt16, values: inout [UInt64], rows: inout [UInt16], counts: inout [Int]
    ) {
        var slots = slots.mutableSpan
        var values = values.mutableSpan
        var rows = rows.mutableSpan
        var counts = counts.mutableSpan
        // Most texts of a row are of one buffer: it is not counted for each.
        var (known, buffer): (Int32, [UInt8]) = (-1, [])
        var bits = touched
        while bits != 0 {
            let column = bits.trailingZeroBitCount
            bits &= bits &- 1
            let slot = slots[column]
            slots[column] = .none
            let value: UInt64
            switch slot.kind {
            case .none: continue
            case .number: value = hash(slot.word, column)
            case .wide: value = hash(wide: wides[Int(slot.word)], column)
            case .text:
                if slot.buffer != known { (known, buffer) = (slot.buffer, buffers[Int(slot.buffer)]) }
                value = RowHashes.hash(buffer.span.extracting(slot.range), .text)
            case .ownText: value = RowHashes.hash(own.span.extracting(slot.range), .text)
            }
            let count = counts[column]
            assert(count <= Int(number), "a row has one value in a column")
            values[column &* Self.rowsAtOnce &+ count] = value
            rows[column &* Self.rowsAtOnce &+ count] = number
            counts[column] = count &+ 1
        }
    }

    @inline(__always) private func hash(_ word: UInt64, _ column: Int) -> UInt64 {
        switch ways[column] {
        case .number(let seed): return RowHashes.mixed(seed, word)
        case .decimal(let seed): return RowHashes.mixed(seed, wide: Int128(Int64(bitPattern: word)))
        case .text: preconditionFailure("a number in a column of texts")
        }
    }

    private func hash(wide value: Int128, _ column: Int) -> UInt64 {
        guard case .decimal(let seed) = ways[column] else { preconditionFailure("a decimal in another column") }
        return RowHashes.mixed(seed, wide: value)
    }

    private mutating func flush() {
        guard gathered > 0 else { return }
        // Likewise.
        var hashes: [UInt64] = []
        swap(&hashes, &self.hashes)
        total.add(RowSum(rows: gathered, sum: sum(&hashes)))
        swap(&hashes, &self.hashes)
        for column in counts.indices { counts[column] = 0 }
        gathered = 0
    }

    /// - Parameter hashes: where those of the rows are made.
    private func sum(_ hashes: inout [UInt64]) -> UInt64 {
        let null = RowHashes.null
        var hashes = hashes.mutableSpan
        for row in 0..<gathered { hashes[row] = UInt64(ways.count) }
        for column in ways.indices {
            let (first, count) = (column &* Self.rowsAtOnce, counts[column])
            let (values, places) = (values.span, rows.span)
            if count == gathered {
                for row in 0..<gathered { hashes[row] = RowHashes.mixed(hashes[row], values[first &+ row]) }
                continue
            }
            var next = 0
            for row in 0..<gathered {
                var value = null
                if next < count, Int(places[first &+ next]) == row {
                    value = values[first &+ next]
                    next &+= 1
                }
                hashes[row] = RowHashes.mixed(hashes[row], value)
            }
            assert(next == count, "rows ascend")
        }
        var sum: UInt64 = 0
        for row in 0..<gathered { sum &+= RowHashes.ended(hashes[row]) }
        return sum
    }
}
