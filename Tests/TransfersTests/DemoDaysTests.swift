import Bytes
import Platform
import Synchronization
import Testing
import Transfers

@Suite struct DemoDaysTests {
    private static let midnight: Int64 = 1_785_542_400_000_000_000

    private func days(_ count: Int) -> DemoDays { DemoDays(count, before: Self.midnight, users: 20, seed: 3) }

    private func eventCount(_ days: DemoDays) -> Int {
        var progress = ProgressLine(clock: SimulatedClock(), form: .none)
        return days.eventCount(&progress)
    }

    @Test func theLastDayHasTheBadHour() {
        for count in [1, 4] {
            let days = days(count)
            #expect(days.end == Self.midnight && days.start == Self.midnight - Int64(count) * Nanoseconds.day)
            #expect(days.badHour >= days.end - Nanoseconds.day && days.badHour + Nanoseconds.hour <= days.end)
        }
    }

    @Test func howManyEventsIsKnownBeforeTheyAreSent() {
        let one = eventCount(days(1))
        #expect(one > 1000 && one == eventCount(days(1)))
        #expect(eventCount(days(2)) > one + 1000)
    }

    @Test func makingThemIsTold() {
        let written = Mutex("")
        var progress = ProgressLine(clock: SimulatedClock(), form: .terminal) { text in
            written.withLock { $0 += text }
        }
        let count = days(1).eventCount(&progress)
        let text = written.withLock { $0 }
        // The first thousand is drawn at once, and the line is wiped at the end.
        #expect(text.contains("\r[") && text.contains("1000 events made") && text.hasSuffix(" \r"), "\(count): \(text)")
    }
}
