package import Bytes

// tests: bytes of the encoding are looked at one by one.
/// Integers by their differences (`DELTA_BINARY_PACKED`): blocks of 128, each with its least difference and, by 32, how
/// much more than it the others are, in as few bits as the greatest of them takes. Ascending numbers take little.
package enum DeltaIntegers {
    private static let blockCount = 128
    private static let partCount = 32

    /// Appends numbers; differences wrap around, as readers add them.
    /// - Complexity: O(values).
    package static func append(_ values: [Int64], to sink: inout ByteSink) {
        sink.append(varint: UInt64(blockCount))
        sink.append(varint: UInt64(blockCount / partCount))
        sink.append(varint: UInt64(values.count))
        sink.append(zigzag: values.first ?? 0)
        var place = 1
        while place < values.count {
            let end = min(place + blockCount, values.count)
            append(block: (place..<end).map { values[$0] &- values[$0 - 1] }, to: &sink)
            place = end
        }
    }

    private static func append(block: [Int64], to sink: inout ByteSink) {
        let least = block.min() ?? 0
        let rests = block.map { UInt64(bitPattern: $0 &- least) }
        sink.append(zigzag: least)
        let parts = stride(from: 0, to: blockCount, by: partCount).map { start in
            rests[min(start, rests.count)..<min(start + partCount, rests.count)]
        }
        let widths = parts.map { BitPacking.width($0.max() ?? 0) }
        for width in widths { sink.append(UInt8(width)) }
        for (part, width) in zip(parts, widths) where !part.isEmpty { pack(part, width, to: &sink) }
    }

    /// As many as a part has, zeros where there are no more.
    private static func pack(_ values: ArraySlice<UInt64>, _ width: Int, to sink: inout ByteSink) {
        var (word, bits) = (UInt128(0), 0)
        for value in values {
            word |= UInt128(value) << UInt128(bits)
            bits += width
            if bits >= 64 {
                sink.append(littleEndian: UInt64(truncatingIfNeeded: word))
                word >>= 64
                bits -= 64
            }
        }
        var missing = partCount * width / 8 - values.count * width / 64 * 8
        while missing > 0 {
            let step = min(missing, 8)
            sink.append(word: UInt64(truncatingIfNeeded: word), count: step)
            word = 0
            missing -= step
        }
    }
}
