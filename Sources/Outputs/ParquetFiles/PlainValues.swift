import Bytes

/// Values one after the other (`PLAIN`).
enum PlainValues {
    /// A decimal's mantissa in two's complement, the greatest byte first.
    static func append(_ value: Int128, to sink: inout ByteSink) {
        let bits = UInt128(bitPattern: value)
        sink.append(littleEndian: UInt64(truncatingIfNeeded: bits >> 64).byteSwapped)
        sink.append(littleEndian: UInt64(truncatingIfNeeded: bits).byteSwapped)
    }

    /// A bit each, the lowest of a byte first.
    static func append(_ values: [Bool], to sink: inout ByteSink) {
        var (byte, bits) = (UInt8(0), 0)
        for value in values {
            if value { byte |= 1 << UInt8(bits) }
            bits += 1
            if bits == 8 {
                sink.append(byte)
                (byte, bits) = (0, 0)
            }
        }
        if bits > 0 { sink.append(byte) }
    }

    /// A text with its length ahead.
    static func append(text: ArraySlice<UInt8>, to sink: inout ByteSink) {
        // A page is bounded before it is compressed.
        sink.append(word: UInt64(text.count), count: 4)
        sink.append(contentsOf: text.span)
    }
}
