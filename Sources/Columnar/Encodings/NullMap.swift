internal import Bytes

// Which rows are null; absent from pages without nulls.
//
//     1  kind       0 bitmap: one bit a row, set = present, in 64-bit words
//                   1 positions of the nulls: an integer stream, ascending
//                   2 positions of the values: an integer stream, ascending

/// Reads and writes the null rows of a page.
enum NullMap {
    static func write(_ validity: Validity, into sink: inout ByteSink) {
        let nullCount = validity.nullCount
        let bitmapBytes = validity.words.count * 8
        let fewNulls = nullCount <= validity.count / 2
        let form = PageForm.forced
        let isRare = min(nullCount, validity.count - nullCount) < validity.count / 8
        if form != .nullBitmaps, isRare || form == .nullPlaces {
            var positions: [Int64] = []
            for row in 0..<validity.count where validity[row] != fewNulls { positions.append(Int64(row)) }
            var stream = ByteSink()
            IntegerStreamEncoder.write(positions, into: &stream)
            if stream.count < bitmapBytes || form == .nullPlaces {
                sink.append(UInt8(fewNulls ? 1 : 2))
                sink.append(contentsOf: stream.bytes)
                return
            }
        }
        sink.append(UInt8(0))
        for word in validity.words { sink.append(littleEndian: word) }
    }

    /// Reads the map of `count` rows and checks that it has `nullCount` nulls.
    static func read(_ cursor: inout ByteCursor, count: Int, nullCount: Int) throws(DecodingError) -> Validity {
        var validity: Validity
        let kind = try cursor.readByte()
        switch kind {
        case 0:
            let wordCount = (count + 63) / 64
            let words = try BitPacking.unpack64(
                try cursor.readSlice(wordCount * 8), count: wordCount, width: 64, base: 0, divisor: 1)
            validity = Validity(words: words.map { UInt64(bitPattern: $0) }, count: count)
        case 1:
            validity = Validity(count: count, allValid: true)
            for row in try readPositions(&cursor, count: nullCount, rows: count) { validity[row] = false }
        case 2:
            validity = Validity(count: count, allValid: false)
            for row in try readPositions(&cursor, count: count - nullCount, rows: count) { validity[row] = true }
        default:
            throw cursor.newerForm("a kind of null map", found: kind)
        }
        guard validity.nullCount == nullCount else { throw cursor.failure("\(nullCount) nulls") }
        return validity
    }

    private static func readPositions(_ cursor: inout ByteCursor, count: Int, rows: Int) throws(DecodingError) -> [Int]
    {
        var positions: [Int] = []
        positions.reserveCapacity(count)
        for position in try IntegerStreamDecoder.read(&cursor, count: count) {
            guard position >= 0, position < Int64(rows) else { throw cursor.failure("a row below \(rows)") }
            positions.append(Int(position))
        }
        return positions
    }
}
