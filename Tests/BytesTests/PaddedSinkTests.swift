import Bytes
import Testing

@Suite struct PaddedSinkTests {
    @Test func aHeadAndTextInOneStepAreTheTwoInTwo() {
        for headCount in 0...8 {
            for count in 0..<40 {
                let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 53 &+ 7) }
                var (one, two) = (PaddedSink(), PaddedSink())
                // Often enough that the storage grows in between.
                for _ in 0..<20 {
                    one.append(head: 0x8877_6655_4433_2211, headCount, contentsOf: text.span)
                    two.append(word: 0x8877_6655_4433_2211, count: headCount)
                    two.append(contentsOf: text.span)
                }
                #expect(one.count == 20 * (headCount + count))
                #expect(one.take() == two.take(), "\(headCount) bytes before \(count)")
            }
        }
    }
}
