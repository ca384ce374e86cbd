import Platform
import Testing

@Suite struct ClockAndRandomnessTests {
    @Test func theSystemClockMovesForward() {
        let clock = SystemClock()
        let first = clock.monotonicNanoseconds()
        #expect(clock.monotonicNanoseconds() >= first)
        #expect(clock.wallNanoseconds() > 1_700_000_000_000_000_000)
    }

    @Test func theSimulatedClockStandsUntilMoved() {
        let clock = SimulatedClock(wallNanoseconds: 100)
        clock.advance(nanoseconds: 5)
        #expect((clock.wallNanoseconds(), clock.monotonicNanoseconds()) == (105, 5))
        clock.step(toWallNanoseconds: 7)
        #expect((clock.wallNanoseconds(), clock.monotonicNanoseconds()) == (7, 5))
        clock.stop(nanoseconds: 3)
        #expect((clock.wallNanoseconds(), clock.monotonicNanoseconds()) == (7, 8))
    }

    /// First numbers of xoshiro256++ for the state that SplitMix64 makes of seed 0, computed apart from this code.
    @Test func seededNumbersAreTheSameEverywhere() {
        var generator = SeededGenerator(seed: 0)
        #expect((0..<3).map { _ in generator.next() } == [0x53175D61490B23DF, 0x61DA6F3DC380D507, 0x5C0FDF91EC9A7BFC])
        var bounded = SeededGenerator(seed: 5)
        #expect((0..<1000).allSatisfy { _ in (0..<7).contains(bounded.next(below: 7)) })
        #expect(SeededRandomness(seed: 9).bytes(32) == SeededRandomness(seed: 9).bytes(32))
        #expect(SeededRandomness(seed: 9).nextUInt64() != SeededRandomness(seed: 10).nextUInt64())
    }

    @Test func systemRandomnessFillsEveryByte() {
        var seen = [UInt8](repeating: 0, count: 37)
        for _ in 0..<20 { for (index, byte) in SystemRandomness().bytes(37).enumerated() { seen[index] |= byte } }
        #expect(!seen.contains(0))
    }
}
