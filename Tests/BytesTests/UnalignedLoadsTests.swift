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
}
