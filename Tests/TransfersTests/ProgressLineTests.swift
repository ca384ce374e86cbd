import Testing
import Transfers

@Suite struct ProgressLineTests {
    @Test func showsShareRateAndTimeLeft() {
        let line = ProgressLine.line(done: 50, total: 100, count: 1000, unit: "events", elapsedNanoseconds: 2_000_000_000)
        #expect(line == "[############------------] 50%  1000 events  500/s  2 s left")
    }

    @Test func withoutATotalItOnlyCounts() {
        let line = ProgressLine.line(done: 50, total: nil, count: 1000, unit: "events", elapsedNanoseconds: 500_000_000)
        #expect(line == "1000 events  2000/s")
    }

    @Test func theEndSaysNothingOfTimeLeft() {
        let line = ProgressLine.line(done: 7, total: 7, count: 7, unit: "events", elapsedNanoseconds: 1_000_000_000)
        #expect(line == "[########################] 100%  7 events  7/s")
    }
}
