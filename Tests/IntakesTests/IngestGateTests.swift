import Intakes
import Testing

@Suite struct IngestGateTests {
    @Test func takesUpToTheLimitsAndCountsRefusals() {
        let gate = IngestGate(bytesMax: 100, eventsMax: 10)
        #expect(gate.take(bytes: 100, events: 0))
        #expect(!gate.take(bytes: 1, events: 0))
        #expect(gate.take(bytes: 0, events: 10))
        #expect(!gate.take(bytes: 0, events: 1))
        #expect(gate.refusals == 2)
        gate.giveBack(bytes: 100, events: 10)
        #expect(gate.take(bytes: 100, events: 10))
    }

    @Test func aRequestLargerThanTheQueueEntersAlone() {
        let gate = IngestGate(bytesMax: 100, eventsMax: 10)
        #expect(gate.take(bytes: 0, events: 50))
        #expect(!gate.take(bytes: 0, events: 1))
        gate.giveBack(bytes: 0, events: 50)
        #expect(gate.eventsHeld == 0)
    }
}
