import Bytes
import Testing
import Transfers
import Workload

@Suite struct AnsweredTrafficTests {
    private static let start: Int64 = 1_785_542_400_000_000_000

    private func live() -> LiveTraffic {
        SupportTraffic(WorkloadConfiguration(seed: 5, includesPrices: false)).live(
            from: Self.start, messagesPerSecond: 40)
    }

    private func key(_ event: WorkloadEvent) -> [WorkloadValue?] {
        [event.value(of: "conversation_id"), event.value(of: "turn")]
    }

    @Test func whereverItStopsNoQuestionWaits() {
        var (plain, answered) = (live(), AnsweredTraffic(live()))
        var (asked, replied, asWas): (Set<[WorkloadValue?]>, Set<[WorkloadValue?]>, Int) = ([], [], 0)
        var (open, openBefore) = (0, 0)
        for second in 1...300 {
            let instant = Self.start + Int64(second) * Nanoseconds.second
            for event in answered.events(until: instant) {
                #expect(event.time < instant)
                if event.type == "message.sent" { replied.insert(key(event)) }
                guard event.type == "message.received" else { continue }
                if event.time >= instant - 30 * Nanoseconds.second { asked.insert(key(event)) }
            }
            open = max(open, asked.subtracting(replied).count)
            var waiting: Set<[WorkloadValue?]> = []
            for event in plain.events(until: instant) {
                asWas += 1
                if event.type == "message.received" { waiting.insert(key(event)) }
                if event.type == "message.sent" { waiting.remove(key(event)) }
            }
            openBefore = max(openBefore, waiting.count)
        }
        #expect(open == 0 && asked.count > 500)
        #expect(openBefore > 0, "without it some wait")
        #expect(asWas > 5000)
    }

    @Test func everyEventComesOnce() {
        var (plain, answered) = (live(), AnsweredTraffic(live()))
        let middle = Self.start + 100 * Nanoseconds.second
        let end = Self.start + 200 * Nanoseconds.second
        let wanted = plain.events(until: end).filter { $0.time < end - 30 * Nanoseconds.second }.map(\.id)
        let given = (answered.events(until: middle) + answered.events(until: end)).map(\.id)
        #expect(Set(given).count == given.count)
        #expect(!wanted.isEmpty && Set(wanted).isSubset(of: given))
    }
}
