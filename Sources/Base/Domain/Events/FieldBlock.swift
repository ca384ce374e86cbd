import Bytes

/// The fields of some rows, spread over places in one walk over each row, so that what makes columns of them does so a
/// place at a time.
///
/// A place has the values of its rows one after the other and beside each the number of its row; rows that lack the
/// field take no room there. Memory is made once and used again for the next rows.
package struct FieldBlock: Sendable {
    /// Rows that fit.
    private let capacity: Int
    /// Rows so far.
    package private(set) var rowCount = 0
    /// By column id: the place; −1 for a column that is not wanted.
    private let targets: [Int]
    /// By place, `capacity` each: an integer as it is, a double's bits, a truth as 0 or 1, of a text where it begins in
    /// the row's bytes above, and its length below.
    private var words: [UInt64]
    /// Beside each word the row that has it; ascending in a place.
    private var rows: [UInt16]
    /// By place: how many values it has.
    private var counts: [Int]

    /// An empty block.
    /// - Parameters:
    ///   - targets: by column id, a place below `placeCount` or −1.
    ///   - capacity: of rows, at most 65,536.
    package init(targets: [Int], placeCount: Int, capacity: Int) {
        precondition(capacity > 0 && capacity <= 1 << 16 && targets.allSatisfy { $0 < placeCount })
        (self.targets, self.capacity) = (targets, capacity)
        words = Array(repeating: 0, count: placeCount * capacity)
        rows = Array(repeating: 0, count: placeCount * capacity)
        counts = Array(repeating: 0, count: placeCount)
    }

    /// Whether no further row fits.
    package var isFull: Bool { rowCount == capacity }

    /// Spreads one row. Rows of one type lie far apart: who has many has them fetched before
    /// (``EventRows/touched(_:)``).
    /// - Precondition: the block is not full; the row was checked and lies in less than 4 GiB.
    /// - Complexity: O(fields).
    package mutating func append(_ row: EventRow) {
        precondition(rowCount < capacity && row.bytes.count <= Int(UInt32.max))
        let number = UInt16(truncatingIfNeeded: rowCount)
        // As locals, so that nothing asks for each field whether the memory is ours alone.
        var (words, rows, counts): ([UInt64], [UInt16], [Int]) = ([], [], [])
        swap(&words, &self.words)
        swap(&rows, &self.rows)
        swap(&counts, &self.counts)
        Self.spread(
            row.bytes.span, from: row.start, targets: targets.span, capacity: capacity, number: number,
            words: &words, rows: &rows, counts: &counts)
        swap(&words, &self.words)
        swap(&rows, &self.rows)
        swap(&counts, &self.counts)
        rowCount &+= 1
    }

    private static func spread(
        _ bytes: Span<UInt8>, from start: Int, targets: Span<Int>, capacity: Int, number: UInt16,
        words: inout [UInt64], rows: inout [UInt16], counts: inout [Int]
    ) {
        var index = start &+ EventRowWriter.headerBytes
        let end = start &+ Int(UInt32(truncatingIfNeeded: bytes.loadUInt64(at: start)))
        var words = words.mutableSpan
        var rows = rows.mutableSpan
        var counts = counts.mutableSpan
        while index < end {
            let head = head(bytes, index)
            let target = targets[Int(UInt16(truncatingIfNeeded: head))]
            index &+= 3
            let word: UInt64
            switch UInt8(truncatingIfNeeded: head >> 16) {
            case 1:
                let (raw, length) = varint(bytes, index, head >> 24)
                word = (raw >> 1) ^ (0 &- (raw & 1))
                index &+= length
            case 2:
                word = bytes.loadUInt64(at: index)
                index &+= 8
            case 3:
                word = head >> 24 & 1
                index &+= 1
            default:
                let (count, length) = varint(bytes, index, head >> 24)
                index &+= length
                word = UInt64(truncatingIfNeeded: index) << 32 | count
                index &+= Int(truncatingIfNeeded: count)
            }
            guard target >= 0 else { continue }
            let filled = counts[target]
            words[target &* capacity &+ filled] = word
            rows[target &* capacity &+ filled] = number
            counts[target] = filled &+ 1
        }
        assert(index == end, "fields end with their row")
    }

    /// Column, kind and what follows; the last bytes of the last row are read one by one.
    @inline(__always) private static func head(_ bytes: Span<UInt8>, _ index: Int) -> UInt64 {
        index &+ 8 <= bytes.count
            ? bytes.loadUInt64(at: index) : bytes.loadPartialUInt64(at: index, length: bytes.count &- index)
    }

    /// A varint at `index` and its length in bytes.
    /// - Parameter ahead: its first five bytes, or as many as there are and zeros.
    @inline(__always) private static func varint(_ bytes: Span<UInt8>, _ index: Int, _ ahead: UInt64) -> (UInt64, Int) {
        let (value, length) = EventRowCursor.shortVarint(ahead)
        return length == 0 ? longVarint(bytes, index) : (value, length)
    }

    @inline(never) private static func longVarint(_ bytes: Span<UInt8>, _ start: Int) -> (UInt64, Int) {
        var (value, shift, index): (UInt64, UInt64, Int) = (0, 0, start)
        while true {
            assert(shift < 64, "a varint of 64 bits")
            let byte = bytes[index]
            index &+= 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return (value, index &- start) }
            shift &+= 7
        }
    }

    /// How many rows have a value at a place.
    package func count(at place: Int) -> Int { counts[place] }

    /// Hands the values of a place to `body`, with the numbers of their rows, ascending.
    package func withValues<Result>(at place: Int, _ body: (_ words: Span<UInt64>, _ rows: Span<UInt16>) -> Result)
        -> Result
    {
        let range = (place * capacity)..<(place * capacity + counts[place])
        return body(words.span.extracting(range), rows.span.extracting(range))
    }

    /// Forgets the rows and keeps the memory.
    package mutating func removeAll() {
        rowCount = 0
        for place in counts.indices { counts[place] = 0 }
    }
}
