import Bytes
import Testing

@Suite struct UnalignedLoadsTests {
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
