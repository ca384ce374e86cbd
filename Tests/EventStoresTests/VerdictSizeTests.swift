import EventStores
import Testing

/// There is a verdict on each event of an import while it lasts.
@Suite struct VerdictSizeTests {
    @Test func aVerdictIsAPositionAndItsKind() {
        #expect(MemoryLayout<EventVerdict>.stride == 16)
        #expect(MemoryLayout<EventVerdict?>.stride == 16)
    }
}
