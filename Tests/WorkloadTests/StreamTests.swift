import Bytes
import Foundation
import Testing
import Workload

@Suite struct StreamTests {
    private let start = WorkloadConfiguration.defaultStart + 10 * Nanoseconds.hour

    @Test func aPeriodEndsBeforeItsEnd() throws {
        let events = Array(SupportTraffic(WorkloadConfiguration()).events(from: start, to: start + Nanoseconds.hour))
        #expect(events.allSatisfy { $0.time >= start && $0.time < start + Nanoseconds.hour })
        #expect(events.count > 10_000)
    }

    @Test func conversationsDoNotDependOnTheWindow() {
        let traffic = SupportTraffic(WorkloadConfiguration(seed: 4, includesPrices: false))
        let whole = Array(traffic.events(from: start, to: start + Nanoseconds.hour))
        let later = Array(traffic.events(from: start + 30 * Nanoseconds.minute, to: start + Nanoseconds.hour))
        let known = Set(whole.map(\.id))
        #expect(later.count > 1000)
        #expect(later.allSatisfy { known.contains($0.id) })
    }

    @Test func liveTrafficIsTheSameHoweverItIsCut() {
        let traffic = SupportTraffic(WorkloadConfiguration(seed: 8))
        var once = traffic.live(from: start, messagesPerSecond: 20)
        var often = traffic.live(from: start, messagesPerSecond: 20)
        let whole = once.events(until: start + 4 * Nanoseconds.minute)
        var pieces: [WorkloadEvent] = []
        var instant = start
        while instant < start + 4 * Nanoseconds.minute {
            instant += 700_000_000
            pieces += often.events(until: min(instant, start + 4 * Nanoseconds.minute))
        }
        #expect(whole.count > 1000)
        #expect(rendered(whole) == rendered(pieces))
    }

    @Test(arguments: [7.5, 25.0]) func liveTrafficKeepsItsRate(_ rate: Double) {
        var live = SupportTraffic(WorkloadConfiguration(seed: 2)).live(
            from: start, messagesPerSecond: rate, leadInNanoseconds: 20 * Nanoseconds.minute)
        _ = live.events(until: start)
        let messages = live.events(until: start + 15 * Nanoseconds.minute).filter { $0.type.hasPrefix("message.") }
        #expect(abs(Double(messages.count) / 900 / rate - 1) < 0.15)
    }

    @Test func liveTrafficContinuesOpenConversations() {
        let period = SupportTraffic(WorkloadConfiguration(seed: 6)).events(from: start, to: start + Nanoseconds.hour)
        var reading = period
        var started: Set<String> = []
        while let event = reading.next() {
            if event.type == "conversation.started", let name = event.text("conversation_id") { started.insert(name) }
        }
        var live = reading.continued()
        let after = live.events(until: start + Nanoseconds.hour + 5 * Nanoseconds.minute)
        #expect(after.allSatisfy { $0.time >= start + Nanoseconds.hour })
        #expect(after.contains { $0.type == "message.sent" && started.contains($0.text("conversation_id") ?? "") })
        #expect(after.contains { $0.type == "conversation.started" })
    }

    @Test func lateAndRepeatedEventsKeepTheirContent() {
        var configuration = WorkloadConfiguration(seed: 5)
        let orderly = Array(SupportTraffic(configuration).events(from: start, to: start + Nanoseconds.hour))
        configuration.lateShare = 0.05
        configuration.duplicateShare = 0.03
        let unruly = Array(SupportTraffic(configuration).events(from: start, to: start + Nanoseconds.hour))
        let expected = Set(orderly.map(\.id))
        #expect(Set(unruly.map(\.id)) == expected)
        let repeats = Double(unruly.count - expected.count) / Double(expected.count)
        #expect(abs(repeats - 0.0285) < 0.008)
        let backward = zip(unruly, unruly.dropFirst()).filter { $0.time > $1.time }.count
        #expect(backward > orderly.count / 50)
    }

    @Test func aBadHourIsSlowAndFails() {
        var configuration = WorkloadConfiguration(seed: 9)
        let hour = Nanoseconds.hour
        configuration.badHours = [BadHour(start: start + hour, model: "qwen3-32b", slowdown: 8, errorRate: 0.4)]
        let calls = SupportTraffic(configuration).events(from: start, to: start + 2 * hour).filter {
            $0.type == "llm.call" && $0.text("request_model") == "qwen3-32b"
        }
        func summary(_ part: [WorkloadEvent]) -> (errors: Double, median: Int64) {
            let durations = part.filter { $0.text("status") == "ok" }.compactMap { $0.integer("duration_ns") }.sorted()
            return (
                Double(part.count { $0.text("status") == "error" }) / Double(part.count), durations[durations.count / 2]
            )
        }
        let good = summary(calls.filter { $0.time < start + hour })
        let bad = summary(calls.filter { $0.time - ($0.integer("duration_ns") ?? 0) >= start + hour })
        #expect(good.errors < 0.05 && bad.errors > 0.3)
        #expect(bad.median > 4 * good.median)
    }

    @Test func theMergeGivesEveryEventInOrder() {
        var random = SeededGenerator(seed: 77, stream: 0)
        var merge = EventMerge()
        var times: [Int64] = []
        for _ in 0..<200 {
            var run: [WorkloadEvent] = []
            var time: Int64 = 0
            for _ in 0..<random.index(below: 9) {
                time += random.integer(0, 5)
                times.append(time)
                run.append(
                    WorkloadEvent(
                        id: .text("x"), source: "", type: "", time: time, context: WorkloadContext([]), ownFields: []))
            }
            merge.add(run)
        }
        var merged: [Int64] = []
        while let event = merge.pop() { merged.append(event.time) }
        #expect(merged == times.sorted())
        #expect(merge.nextTime == nil)
    }
}
