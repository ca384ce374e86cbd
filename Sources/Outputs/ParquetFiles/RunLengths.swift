package import Bytes

// tests: bytes of the encoding are looked at one by one.
/// Small numbers as Parquet writes levels and codes: runs of one number, and between them groups of eight, each number
/// in as many bits as all have (https://parquet.apache.org/docs/file-format/data-pages/encodings/).
package enum RunLengths {
    /// Appends numbers, without a length ahead of them.
    /// - Precondition: each fits `width` bits, 1...32.
    /// - Complexity: O(values).
    package static func append(_ values: Span<UInt32>, width: Int, to sink: inout ByteSink) {
        precondition((1...32).contains(width), "bits of a number")
        var (literals, place) = (0, 0)
        while place < values.count {
            let value = values[place]
            var end = place + 1
            while end < values.count, values[end] == value { end += 1 }
            // What stands before a run is whole groups, so it gives the last one what is missing.
            let missing = -(place - literals) & 7
            if end - place - missing >= shortestRun {
                pack(values.extracting(literals..<(place + missing)), width, to: &sink)
                sink.append(varint: UInt64(end - place - missing) << 1)
                sink.append(word: UInt64(value), count: (width + 7) / 8)
                literals = end
            }
            place = end
        }
        pack(values.extracting(literals..<values.count), width, to: &sink)
    }

    private static let shortestRun = 8

    /// Groups of eight, the last filled up with zeros, the lowest bits of a byte first.
    private static func pack(_ values: Span<UInt32>, _ width: Int, to sink: inout ByteSink) {
        if values.isEmpty { return }
        let groups = (values.count + 7) / 8
        sink.append(varint: UInt64(groups) << 1 | 1)
        var (word, bits) = (UInt64(0), 0)
        for index in 0..<(groups * 8) {
            let value = index < values.count ? UInt64(values[index]) : 0
            assert(value >> UInt64(width) == 0, "a number of so many bits")
            word |= value << UInt64(bits)
            bits += width
            while bits >= 8 {
                sink.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
                bits -= 8
            }
        }
        assert(bits == 0, "eight numbers end with a byte")
    }
}
