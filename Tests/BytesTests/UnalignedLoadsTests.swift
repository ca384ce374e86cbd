import Bytes
import Testing

@Suite struct UnalignedLoadsTests {
    /// A byte of each line: those that begin 64 bytes one after the other, and the last, wherever lines end.
    @Test func whatIsTouchedIsAByteOfEachLine() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 201) }
        let cases = [(0, 0), (0, 1), (5, 64), (5, 65), (100, 129), (250, 50), (250, 900), (300, 7), (400, 7)]
        for (start, length) in cases {
            let end = min(start + length, bytes.count)
            var expected: UInt8 = 0
            if start < end {
                expected = stride(from: start, to: end, by: 64).reduce(bytes[end - 1]) { $0 &+ bytes[$1] }
            }
            #expect(bytes.span.touched(from: start, length: length) == expected, "\(length) bytes from \(start)")
        }
    }

    @Test func oneByteThatIsNoZeroIsSeenWhereverItStands() {
        for count in Array(0..<40) + [63, 64, 65, 127, 128, 140] {
            var bytes = [UInt8](repeating: 0, count: count)
            #expect(bytes.isZero)
            for place in bytes.indices {
                bytes[place] = 1 << UInt8(place % 8)
                #expect(!bytes.isZero)
                bytes[place] = 0
            }
        }
    }

    @Test func upToSevenBytesAreReadAsTheyStandOneByOne() {
        let bytes = (0..<24).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 201) }
        for offset in 0...bytes.count {
            for length in 0...min(7, bytes.count - offset) {
                var plain: UInt64 = 0
                for place in 0..<length { plain |= UInt64(bytes[offset + place]) << UInt64(8 * place) }
                let ofArray = bytes.loadPartialUInt64(at: offset, length: length)
                // Nothing follows: what is read lies in the span.
                let ofSpan = bytes.span.extracting(offset..<(offset + length)).loadPartialUInt64(at: 0, length: length)
                #expect(ofArray == plain && ofSpan == plain, "\(length) bytes from \(offset)")
            }
        }
    }
}
