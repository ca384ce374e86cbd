import Platform
import Synchronization
import Testing
import Transfers

@Suite struct ProgressLineTests {
    @Test func showsShareRateAndTimeLeft() {
        let line = ProgressLine.line(
            done: 50, total: 100, count: 1000, unit: "events", elapsedNanoseconds: 2_000_000_000)
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

    @Test func whereNobodyWatchesAPlainLineComesEveryFiveSeconds() {
        let clock = SimulatedClock()
        let written = Mutex("")
        var progress = ProgressLine(clock: clock, form: .lines) { text in written.withLock { $0 += text } }
        for _ in 0..<11 {
            progress.update(done: 1, total: nil, count: 10, unit: "events")
            clock.advance(nanoseconds: 1_000_000_000)
        }
        progress.clear()
        #expect(written.withLock { $0 } == "10 events  2/s\n10 events  1/s\n")
    }

    /// What is told of it begins a line.
    @Test func aFailedImportLeavesNoBarBehind() throws {
        let (source, target) = (MovingTests.Place(92), MovingTests.Place(93))
        let lines = MovingTests.lines(try MovingTests.exported(source.open()))
        let written = Mutex("")
        let progress = ProgressLine(clock: target.clock, form: .terminal) { text in written.withLock { $0 += text } }
        #expect(throws: ImportError.self) {
            try target.importing(
                Array(lines.dropFirst().map { $0 + "\n" }.joined().utf8), progress: progress)
        }
        #expect(written.withLock { $0.contains(" events ") && $0.hasSuffix(" \r") })
    }
}
