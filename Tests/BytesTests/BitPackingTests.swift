import Bytes
import Testing

struct BitPackingTests {
    @Test(arguments: [0, 1, 5, 63, 64, 1_023, 1_024, 1_025, 3_000])
    func everyWidthComesBack(count: Int) throws {
        var state: UInt64 = 42
        for width in 0...64 {
            let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
            let values = (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int64(bitPattern: (state ^ state >> 31) & mask)
            }
            var sink = ByteSink()
            BitPacking.pack64(values, base: 0, divisor: 1, width: width, into: &sink)
            #expect(sink.count == BitPacking.packedBytes(count: count, width: width, wordBits: 64))
            #expect(try BitPacking.unpack64(sink.bytes[...], count: count, width: width, base: 0, divisor: 1) == values)
            guard width <= 32 else { continue }
            let narrow = values.map { UInt32(truncatingIfNeeded: $0) }
            var sink32 = ByteSink()
            BitPacking.pack32(narrow, width: width, into: &sink32)
            #expect(sink32.count == BitPacking.packedBytes(count: count, width: width, wordBits: 32))
            #expect(try BitPacking.unpack32(sink32.bytes[...], count: count, width: width) == narrow)
        }
    }

    @Test func baseAndDivisorWrap() throws {
        let values: [Int64] = [.min, .min + 3_000, .max - 807 - 3_000, .min + 6_000]
        var sink = ByteSink()
        BitPacking.pack64(values, base: .min, divisor: 1_000, width: 64, into: &sink)
        let back = try BitPacking.unpack64(sink.bytes[...], count: 4, width: 64, base: .min, divisor: 1_000)
        #expect(back[0] == values[0] && back[1] == values[1] && back[3] == values[3])
    }

    @Test func otherLengthsAreRefused() {
        #expect(throws: DecodingError.self) {
            try BitPacking.unpack64([1, 2, 3], count: 1, width: 8, base: 0, divisor: 1)
        }
        #expect(throws: DecodingError.self) { try BitPacking.unpack32([1, 2, 3], count: 1, width: 40) }
    }
}
