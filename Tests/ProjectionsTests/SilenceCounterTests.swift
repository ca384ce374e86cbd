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

    private static func takenBack(_ counters: MetricCounters) -> [String] {
        lines(counters, "support_conversations_closed_corrected_total")
    }

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

    @Test func aReturnAfterASilenceThatNobodyNoticedLeavesOneClosing() {
        var events = FoldEvents()
        events.add("message.received", at: 0, Self.of("a"))
        events.add("message.received", at: 700, Self.of("a"))
        events.add("message.received", at: 800, Self.of("b"))
        events.add("conversation.closed", at: 801, Self.of("b").merging(["reason": .text("completed")]) { $1 })
        // On its way since before the closing: it opens nothing.
        events.add("message.sent", at: 800.5, Self.of("b"))
        var counters = Self.counters()
        events.fold(into: &counters, receivedSeconds: 801)
        #expect(Self.closed(counters) == ["support_conversations_closed_total default,,completed number(1)"])
        counters.reach(Self.time(20_000))
        #expect(
            Self.closed(counters) == [
                "support_conversations_closed_total default,,completed number(1)",
                "support_conversations_closed_total default,,idle number(1)",
            ])
        #expect(Self.takenBack(counters).isEmpty)
    }

    /// What is counted and what is taken back of closings by silence, by labels.
    private struct Idle {
        var counted: [[String]: Int128] = [:]
        var takenBack: [[String]: Int128] = [:]

        init(_ counters: MetricCounters) {
            for family in counters.totals.families {
                for series in family.series where series.labels.last == "idle" {
                    guard case .number(let count) = series.value else { continue }
                    if family.definition.name == MetricCatalogue.closedConversations { counted[series.labels] = count }
                    if family.definition.name == "support_conversations_closed_corrected_total" { takenBack[series.labels] = count }
                }
            }
        }

        /// Counted less taken back, where that is not nothing.
        var standing: [[String]: Int128] {
            counted.merging(takenBack.mapValues { -$0 }) { $0 + $1 }.filter { $0.value != 0 }
        }

        var standingCount: Int128 { standing.values.reduce(0, +) }

        func isNowhereLess(than before: Idle) -> Bool {
            before.counted.allSatisfy { counted[$0.key, default: 0] >= $0.value }
                && before.takenBack.allSatisfy { takenBack[$0.key, default: 0] >= $0.value }
        }
    }

    private enum Step {
        case event(Int)
        case reach(Double)
        case restart
    }

    private static let acts: [(type: String, seconds: Double, channel: String?)] = [
        ("message.received", 0, "web"), ("message.sent", 200, nil), ("message.received", 900, "chat"),
    ]

    private static func permutations(_ count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return permutations(count - 1).flatMap { shorter in
            (0..<count).map { place in Array(shorter[..<place]) + [count - 1] + Array(shorter[place...]) }
        }
    }

    /// Whether silence is the standing close of what is known, by its definition.
    private static func isClosedBySilence(_ known: Set<Int>, closing: Double?, reached: Double) -> Bool {
        let times = acts.indices.filter { known.contains($0) }.map { acts[$0].seconds }
        let returns = acts.indices.filter { known.contains($0) && acts[$0].type == "message.received" }.map { acts[$0].seconds }
        if let closing, known.contains(acts.count), returns.allSatisfy({ $0 <= closing }) { return false }
        return times.max().map { $0 + 600 <= reached } ?? false
    }

    @Test(arguments: [nil, 300, 850, 950] as [Double?]) func countedLessTakenBackIsTheSameInEveryOrder(closing: Double?) throws {
        var events = FoldEvents()
        for act in Self.acts { events.add(act.type, at: act.seconds, Self.of("c", channel: act.channel)) }
        if let closing { events.add("conversation.closed", at: closing, Self.of("c").merging(["reason": .text("completed")]) { $1 }) }
        let count = events.offsets.count
        for order in Self.permutations(count) {
            for first in 0...count {
                for second in first...count {
                    var steps: [Step] = []
                    for place in 0...count {
                        if place == first { steps.append(.reach(700)) }
                        if place == second { steps += [.restart, .reach(1_200)] }
                        if place < count { steps.append(.event(order[place])) }
                    }
                    try Self.check(steps + [.reach(1_499), .reach(1_500), .reach(20_000)], events, closing)
                }
            }
        }
    }

    private static func check(_ steps: [Step], _ events: FoldEvents, _ closing: Double?) throws {
        var counters = Self.counters()
        var (known, reached) = (Set<Int>(), -Double.infinity)
        var before = Idle(counters)
        for step in steps {
            switch step {
            case .event(let index):
                events.fold(into: &counters, receivedSeconds: 1_000, index..<(index + 1))
                known.insert(index)
            case .reach(let seconds):
                counters.reach(time(seconds))
                reached = seconds
            case .restart:
                counters = try MetricCounters(parsing: counters.serialised, registry: FoldEvents.registry)
                counters.idleAfterNanoseconds = 600 * 1_000_000_000
            }
            let now = Idle(counters)
            let expected: Int128 = isClosedBySilence(known, closing: closing, reached: reached) ? 1 : 0
            #expect(now.standingCount == expected, "\(step) of \(steps)")
            #expect(now.isNowhereLess(than: before), "\(step) of \(steps)")
            before = now
        }
        let standing: [[String]: Int128] = closing == 950 ? [:] : [["default", "web", "idle"]: 1]
        #expect(before.standing == standing, "\(steps)")
        let told: [String] = closing == nil ? [] : ["support_conversations_closed_total default,,completed number(1)"]
        #expect(closed(counters).filter { $0.contains(",completed ") } == told)
    }

    /// As rows have it: what reopens comes after the closing of its time, a question before it.
    @Test(arguments: ["conversation.reopened", "message.received"]) func aReturnAtTheTimeOfAClosing(type: String) {
        var events = FoldEvents()
        events.add(type, at: 5, Self.of("a"))
        events.add("conversation.closed", at: 5, Self.of("a").merging(["reason": .text("completed")]) { $1 })
        for order in [[0, 1], [1, 0]] {
            var counters = Self.counters()
            for index in order { events.fold(into: &counters, receivedSeconds: 6, index..<(index + 1)) }
            counters.reach(Self.time(700))
            let expected: Int128 = type == "conversation.reopened" ? 1 : 0
            #expect(Idle(counters).standingCount == expected, "\(order)")
        }
    }

    @Test func whoComesBackTheDayAfterTakesTheClosingBack() {
        var events = FoldEvents()
        events.add("message.received", at: 0, Self.of("a"))
        events.add("message.received", at: 86_400, Self.of("a"))
        var counters = Self.counters()
        events.fold(into: &counters, receivedSeconds: 1, 0..<1)
        for seconds in [700.0, 10_000, 80_000] { counters.reach(Self.time(seconds)) }
        #expect(Self.closed(counters) == ["support_conversations_closed_total default,,idle number(1)"])
        events.fold(into: &counters, receivedSeconds: 86_400, 1..<2)
        #expect(Self.takenBack(counters) == ["support_conversations_closed_corrected_total default,,idle number(1)"])
        counters.reach(Self.time(87_000))
        #expect(Self.closed(counters) == ["support_conversations_closed_total default,,idle number(2)"])
        #expect(Self.takenBack(counters) == ["support_conversations_closed_corrected_total default,,idle number(1)"])
    }

    @Test func anotherSettingCountsAndTakesBackWhatItChanges() {
        var events = FoldEvents()
        events.add("message.received", at: 0, Self.of("a"))
        var counters = Self.counters()
        events.fold(into: &counters, receivedSeconds: 1)
        func standing(_ seconds: Double) -> Int128 {
            let isDue = counters.isDue(at: Self.time(seconds))
            #expect(isDue, "\(seconds)")
            counters.reach(Self.time(seconds))
            return Idle(counters).standingCount
        }
        #expect(standing(700) == 1)
        counters.idleAfterNanoseconds = 1_200 * 1_000_000_000
        #expect(standing(710) == 0)
        #expect(standing(1_300) == 1)
        counters.idleAfterNanoseconds = nil
        #expect(standing(1_310) == 0)
        #expect(Self.closed(counters) == ["support_conversations_closed_total default,,idle number(2)"])
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
