import Bytes
import Domain
import Projections
import Testing

/// The counter of conversations that silence closed.
@Suite struct SilenceCounterTests {
    private static func counters(openMax: Int = 1 << 18) -> MetricCounters {
        var counters = MetricCounters(registry: FoldEvents.registry, openConversationsMax: openMax)
        counters.idleAfterNanoseconds = 600 * 1_000_000_000
        return counters
    }

    private static func time(_ seconds: Double) -> Int64 { FoldEvents.start + Int64(seconds * 1e9) }

    private static func of(_ conversation: String, channel: String? = nil) -> [String: EventValue] {
        var fields: [String: EventValue] = ["conversation_id": .text(conversation)]
        if let channel { fields["channel"] = .text(channel) }
        return fields
    }

    private static func closed(_ counters: MetricCounters) -> [String] { lines(counters, MetricCatalogue.closedConversations) }

    @Test func silenceIsCountedOnceUnderTheEarliestChannel() {
        var events = FoldEvents()
        events.add("llm.call", at: 9, Self.of("a"))
        events.add("message.received", at: 8, Self.of("a", channel: "chat"))
        events.add("message.received", at: 5, Self.of("a", channel: "web"))
        events.add("message.sent", at: 10, Self.of("a", channel: "phone"))
        events.add("conversation.classified", at: 300, Self.of("a"))
        var counters = Self.counters()
        events.fold(into: &counters, receivedSeconds: 300)
        counters.reach(Self.time(301))
        let isDueEarly = counters.isDue(at: Self.time(609))
        #expect(!isDueEarly && Self.closed(counters).isEmpty)
        counters.reach(Self.time(609.9))
        #expect(Self.closed(counters).isEmpty)
        let isDue = counters.isDue(at: Self.time(625))
        #expect(isDue)
        for seconds in [610.0, 700, 9_000] { counters.reach(Self.time(seconds)) }
        #expect(Self.closed(counters) == ["support_conversations_closed_total default,web,idle number(1)"])
    }

    @Test func aReturnAfterASilenceThatNobodyNoticedCountsIt() {
        var events = FoldEvents()
        events.add("message.received", at: 0, Self.of("a"))
        events.add("message.received", at: 700, Self.of("a"))
        events.add("message.received", at: 800, Self.of("b"))
        events.add("conversation.closed", at: 801, Self.of("b").merging(["reason": .text("completed")]) { $1 })
        // On its way since before the closing: it opens nothing.
        events.add("message.sent", at: 800.5, Self.of("b"))
        var counters = Self.counters()
        events.fold(into: &counters, receivedSeconds: 801)
        #expect(Self.closed(counters).count == 2)
        counters.reach(Self.time(20_000))
        #expect(
            Self.closed(counters) == [
                "support_conversations_closed_total default,,completed number(1)",
                "support_conversations_closed_total default,,idle number(2)",
            ])
    }

    @Test func theStateGoesOnWhereItWas() throws {
        var events = FoldEvents()
        for number in 0..<9 { events.add("message.received", at: Double(number * 100), Self.of("c\(number)", channel: "web")) }
        events.add("conversation.closed", at: 850, Self.of("c3"))
        for cut in 0...events.offsets.count {
            var counters = Self.counters()
            events.fold(into: &counters, receivedSeconds: 900, 0..<cut)
            counters.reach(Self.time(901))
            let state = counters.serialised
            var again = try MetricCounters(parsing: state, registry: FoldEvents.registry)
            #expect(again.serialised == state)
            again.idleAfterNanoseconds = counters.idleAfterNanoseconds
            events.fold(into: &counters, receivedSeconds: 900, cut..<events.offsets.count)
            events.fold(into: &again, receivedSeconds: 900, cut..<events.offsets.count)
            for seconds in [1_000.0, 1_350, 5_000] {
                counters.reach(Self.time(seconds))
                again.reach(Self.time(seconds))
                #expect(again.serialised == counters.serialised, "cut at \(cut), \(seconds) s")
            }
        }
    }

    /// As the version before wrote it: without silence.
    @Test func olderStatesAreRead() throws {
        var events = FoldEvents()
        events.add("conversation.closed", at: 0, ["reason": .text("completed")])
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 1)
        var state = counters.serialised
        #expect(state[0] == 4 && state.suffix(2) == [0, 0])
        state[0] = 3
        state.removeLast(2)
        let read = try MetricCounters(parsing: state, registry: FoldEvents.registry)
        #expect(read.serialised == counters.serialised)
    }

    @Test func whatManyConversationsCostIsBounded() {
        let (open, batch) = (1 << 10, 1 << 7)
        var counters = Self.counters(openMax: open)
        for first in stride(from: 0, to: open + batch, by: batch) {
            var events = FoldEvents()
            for number in first..<(first + batch) { events.add("message.received", at: 0, Self.of("c\(number)")) }
            counters.beginStep()
            events.fold(into: &counters, receivedSeconds: 1)
        }
        #expect(lines(counters, MetricCatalogue.untrackedConversations) == ["\(MetricCatalogue.untrackedConversations)  number(\(batch))"])
        counters.reach(Self.time(700))
        #expect(Self.closed(counters) == ["support_conversations_closed_total default,,idle number(\(open))"])
        // Those that are done with leave room.
        counters.reach(Self.time(700 + 3_700))
        var events = FoldEvents()
        events.add("message.received", at: 4_400, Self.of("new"))
        events.fold(into: &counters, receivedSeconds: 4_400)
        counters.reach(Self.time(6_000))
        #expect(Self.closed(counters) == ["support_conversations_closed_total default,,idle number(\(open + 1))"])
    }
}
