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

    private static func closed(_ counters: MetricCounters) -> [String] {
        lines(counters, MetricCatalogue.closedConversations)
    }

    private static func takenBack(_ counters: MetricCounters) -> [String] {
        lines(counters, "support_conversations_closed_corrected_total").filter { !$0.hasSuffix(" number(0)") }
    }

    /// Each part of a name behind its length, whatever names came before: states that are there name conversations so.
    @Test func conversationsHaveTheKeysThatStatesHave() {
        let names = [
            ("tenant-1", String(repeating: "x", count: 300)), ("t", "c"), ("ü", String(repeating: "y", count: 41)),
        ]
        var events = FoldEvents()
        for (tenant, conversation) in names {
            // Nothing else is noted of these.
            events.add("llm.call", at: 8, Self.of(conversation), tenant: tenant)
        }
        var counters = Self.counters()
        events.fold(into: &counters, receivedSeconds: 300)
        let state = counters.serialised
        for (tenant, conversation) in names {
            var name: [UInt8] = []
            for part in [Array(tenant.utf8), Array(conversation.utf8)] {
                name += [UInt8(part.count & 0xFF), UInt8(part.count >> 8)] + part
            }
            let key = FoldEvents.turnHash(name)
            #expect(state.indices.contains { state[$0...].starts(with: key) }, "\(tenant)")
        }
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
                    if family.definition.name == "support_conversations_closed_corrected_total" {
                        takenBack[series.labels] = count
                    }
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

    /// Whether silence is the standing close of what is known, by its definition.
    private static func isClosedBySilence(_ known: Set<Int>, closing: Double?, reached: Double) -> Bool {
        let times = acts.indices.filter { known.contains($0) }.map { acts[$0].seconds }
        let returns = acts.indices.filter { known.contains($0) && acts[$0].type == "message.received" }.map {
            acts[$0].seconds
        }
        if let closing, known.contains(acts.count), returns.allSatisfy({ $0 <= closing }) { return false }
        return times.max().map { $0 + 600 <= reached } ?? false
    }

    @Test(arguments: [nil, 300, 850, 950] as [Double?]) func countedLessTakenBackIsTheSameInEveryOrder(closing: Double?)
        throws
    {
        var events = FoldEvents()
        for act in Self.acts { events.add(act.type, at: act.seconds, Self.of("c", channel: act.channel)) }
        if let closing {
            events.add("conversation.closed", at: closing, Self.of("c").merging(["reason": .text("completed")]) { $1 })
        }
        let count = events.offsets.count
        for order in permutations(count) {
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
        for number in 0..<9 {
            events.add("message.received", at: Double(number * 100), Self.of("c\(number)", channel: "web"))
        }
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

    /// What the silence of no conversation, and the ratings and late answers of none, are as bytes.
    private static let emptySilence: [UInt8] = [0, 1, 0] + [UInt8](repeating: 0, count: 12)
    private static let noRatings: [UInt8] = [0, 0, 0, 0]
    private static let noLateAnswers: [UInt8] = [0, 0]

    /// As version 3 wrote it, without silence, and as 5 did where there was none.
    @Test func olderStatesAreRead() throws {
        var events = FoldEvents()
        events.add("conversation.closed", at: 0, ["reason": .text("completed")])
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 1)
        let state = counters.serialised
        let end = Self.emptySilence + Self.noRatings + Self.noLateAnswers
        #expect(state[0] == 6 && Array(state.suffix(end.count)) == end)
        for (version, suffix) in [(3, []), (4, [0, 0]), (5, [0, 0, 0, 0])] as [(UInt8, [UInt8])] {
            var older = Array(state.dropLast(end.count)) + suffix
            older[0] = version
            let read = try MetricCounters(parsing: older, registry: FoldEvents.registry)
            #expect(read.serialised == counters.serialised, "version \(version)")
        }
    }

    /// Version 5 kept bare times: conversation c, closed by silence, under web.
    @Test func conversationsOfTheVersionBeforeGoOn() throws {
        var state = MetricCounters(registry: FoldEvents.registry).serialised
        state.removeLast(Self.emptySilence.count + Self.noRatings.count + Self.noLateAnswers.count)
        state[0] = 5
        var sink = ByteSink()
        sink.append(contentsOf: state + [0, 1])
        sink.append(contentsOf: FoldEvents.turnHash([7, 0] + Array("default".utf8) + [1, 0] + Array("c".utf8)))
        for time in [FoldEvents.start, FoldEvents.start, .min] { sink.append(littleEndian: time) }
        sink.append(UInt8(1))
        sink.append(littleEndian: FoldEvents.start)
        let labels: [UInt8] = [7] + Array("default".utf8) + [3] + Array("web".utf8) + [4] + Array("idle".utf8)
        sink.append(UInt8(0))
        sink.append(varint: UInt64(labels.count))
        sink.append(contentsOf: labels + [0, 0])
        var counters = try MetricCounters(parsing: sink.bytes, registry: FoldEvents.registry)
        counters.idleAfterNanoseconds = 600 * 1_000_000_000
        counters.reach(Self.time(700))
        #expect(Self.closed(counters).isEmpty && Self.takenBack(counters).isEmpty)
        var events = FoldEvents()
        events.add("message.received", at: 800, Self.of("c", channel: "chat"))
        events.fold(into: &counters, receivedSeconds: 801)
        #expect(Self.takenBack(counters) == ["support_conversations_closed_corrected_total default,web,idle number(1)"])
        counters.reach(Self.time(1_500))
        #expect(Self.closed(counters) == ["support_conversations_closed_total default,web,idle number(1)"])
    }

    /// What comes more than an hour late counts nothing itself, and has its part in what was counted.
    @Test(arguments: ["conversation.closed", "message.received"]) func whatComesTooLateIsTakenIntoAccount(type: String)
    {
        var events = FoldEvents()
        events.add("message.received", at: 0, Self.of("a"))
        events.add(type, at: 500, Self.of("a").merging(["reason": .text("completed")]) { $1 })
        var counters = Self.counters()
        events.fold(into: &counters, receivedSeconds: 1, 0..<1)
        counters.reach(Self.time(700))
        #expect(Idle(counters).standingCount == 1)
        // Time has not been noted since.
        events.fold(into: &counters, receivedSeconds: 9_000, 1..<2)
        #expect(Idle(counters).standingCount == 0)
        counters.reach(Self.time(9_000))
        #expect(Idle(counters).standingCount == (type == "conversation.closed" ? 0 : 1))
        #expect(!Self.closed(counters).contains { $0.contains("completed") })
    }

    @Test func whatBeganWhileSilenceClosedNothingIsCountedByTheSettingThatFollows() {
        var events = FoldEvents()
        for number in 0..<3 { events.add("message.received", at: 0, Self.of("c\(number)")) }
        events.add("conversation.closed", at: 1, Self.of("c2"))
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 1)
        counters.reach(Self.time(1_000))
        #expect(Self.closed(counters).filter { $0.contains("idle") }.isEmpty)
        for (setting, standing) in [(300, 2), (nil, 0), (300, 2), (5_000, 0), (300, 2)] as [(Int64?, Int128)] {
            counters.idleAfterNanoseconds = setting.map { $0 * 1_000_000_000 }
            let isDue = counters.isDue(at: Self.time(1_001))
            #expect(isDue)
            counters.reach(Self.time(1_001))
            #expect(Idle(counters).standingCount == standing, "\(String(describing: setting))")
        }
        #expect(
            lines(counters, MetricCatalogue.untrackedConversations) == [
                "\(MetricCatalogue.untrackedConversations)  number(0)"
            ])
    }

    /// Of one time, and without one of their own: as they came.
    @Test func whatIsOfOneTimeStandsAsInRows() {
        func standing(_ types: [String]) -> Int128 {
            var events = FoldEvents()
            for type in types { events.add(type, at: 0, Self.of("a"), isTimeAbsent: true) }
            var counters = Self.counters()
            events.fold(into: &counters, receivedSeconds: 1)
            counters.reach(Self.time(700))
            return Idle(counters).standingCount
        }
        #expect(standing(["message.received", "message.sent", "conversation.closed", "message.received"]) == 1)
        #expect(standing(["message.received", "conversation.reopened", "conversation.closed"]) == 0)
    }

    private static func untracked(_ counters: MetricCounters) -> Int128 {
        firstNumber(counters, MetricCatalogue.untrackedConversations)
    }

    /// Who comes back is taken back for as long as the conversation is remembered, and where it is not, that is told.
    @Test func whoComesBackToWhatIsForgottenIsTold() {
        let (openMax, batches) = (1 << 6, 5)
        var counters = Self.counters(openMax: openMax)
        for batch in 0..<batches {
            var events = FoldEvents()
            let at = Double(batch) * 1_000
            for number in 0..<openMax { events.add("message.received", at: at, Self.of("c\(batch)-\(number)")) }
            counters.beginStep()
            events.fold(into: &counters, receivedSeconds: at)
            counters.reach(Self.time(at + 700))
        }
        let all = Int128(openMax * batches)
        #expect(Idle(counters).standingCount == all && Self.untracked(counters) == 0)
        for (batch, isKnown) in [(batches - 1, true), (batches - 2, false)] {
            let before = counters
            var events = FoldEvents()
            for number in 0..<openMax { events.add("message.received", at: 5_000, Self.of("c\(batch)-\(number)")) }
            counters.beginStep()
            events.fold(into: &counters, receivedSeconds: 5_000)
            #expect(Idle(counters).standingCount == (isKnown ? all - Int128(openMax) : all), "batch \(batch)")
            #expect(Self.untracked(counters) == (isKnown ? 0 : Int128(openMax)), "batch \(batch)")
            counters.rollBack(to: before.totals)
            #expect(counters.serialised == before.serialised)
        }
        // What is forgotten stands as it was counted, whatever the setting.
        counters.idleAfterNanoseconds = nil
        counters.reach(Self.time(5_000))
        #expect(Idle(counters).standingCount == Self.untracked(counters))
        #expect(Idle(counters).standingCount == all - Int128(openMax))
    }

    /// An import, however large, makes no conversation of today be forgotten.
    @Test func backfillHasRoomOfItsOwn() {
        var counters = Self.counters(openMax: 1 << 6)
        var events = FoldEvents()
        events.add("message.received", at: 90_000, Self.of("today"))
        for number in 0..<1_000 { events.add("message.received", at: 0, Self.of("c\(number)")) }
        events.add("message.received", at: 90_700, Self.of("today"))
        events.fold(into: &counters, receivedSeconds: 90_000, 0..<1)
        counters.reach(Self.time(90_650))
        #expect(Idle(counters).standingCount == 1)
        events.fold(into: &counters, receivedSeconds: 90_660, 1..<1_001)
        events.fold(into: &counters, receivedSeconds: 90_700, 1_001..<1_002)
        #expect(Idle(counters).standingCount == 0 && Self.untracked(counters) == 0)
        counters.reach(Self.time(91_400))
        #expect(Idle(counters).standingCount == 1)
    }

    /// What a long step would put back grows with the conversations that it comes to, and not with its events.
    @Test(arguments: [12.0, 90_000]) func aLongStepNotesAConversationOnce(receivedSeconds: Double) {
        var counters = Self.counters(openMax: 1 << 10)
        var events = FoldEvents()
        for number in 0..<12_000 {
            events.add("message.received", at: Double(number) / 1_000, Self.of("c\(number % 40)"))
        }
        events.fold(into: &counters, receivedSeconds: receivedSeconds, 0..<20)
        let before = counters
        counters.beginStep()
        events.fold(into: &counters, receivedSeconds: receivedSeconds, 20..<12_000)
        #expect(counters.silenceNotes < 5_000)
        #expect(counters.serialised != before.serialised)
        var whole = before
        let rows = EventRows(bytes: events.writer.sink.bytes, starts: events.offsets.map { UInt32($0) })
        let arrival = EventArrival(receivedTime: Self.time(receivedSeconds))
        whole.fold(
            EventRows(bytes: rows.bytes, starts: Array(rows.starts[20...])), position: { Int64($0 + 21) },
            arrival: { _, _ in arrival }, cost: { _ in nil })
        #expect(whole.serialised == counters.serialised)
        counters.rollBack(to: before.totals)
        #expect(counters.serialised == before.serialised)
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
        #expect(
            lines(counters, MetricCatalogue.untrackedConversations) == [
                "\(MetricCatalogue.untrackedConversations)  number(\(batch))"
            ])
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

    // MARK: Any order, cut, restart and setting

    /// One event as the plain recomputation sees it.
    private struct Told {
        var type: String
        var seconds: Double
        var conversation: Int
        var channel: String?
        var isTimeAbsent: Bool
        var id: String
        /// When it came, and as which.
        var arrived = 0.0
        var position = 0

        var isReturn: Bool { ["message.received", "conversation.started", "conversation.reopened"].contains(type) }
        var isActivity: Bool { isReturn || ["message.sent", "tool.call"].contains(type) }
        var isClosing: Bool { type == "conversation.closed" }
        var isLive: Bool { seconds >= arrived - 3_600 }

        private static let ranks = [
            "conversation.started": 0, "message.received": 1, "tool.call": 2, "message.sent": 3,
            "conversation.classified": 5,
            "conversation.closed": 6, "conversation.reopened": 7, "feedback.submitted": 9,
        ]

        func isBefore(_ other: Told) -> Bool {
            if seconds != other.seconds { return seconds < other.seconds }
            if isTimeAbsent != other.isTimeAbsent { return isTimeAbsent }
            if isTimeAbsent { return position < other.position }
            let (own, others) = (Self.ranks[type, default: 2], Self.ranks[other.type, default: 2])
            return own != others ? own < others : id < other.id
        }
    }

    /// What stands of what is known, by the definitions.
    private static func standing(_ known: [Told], idleAfter: Double?, reached: Double) -> [[String]: Int128] {
        var standing: [[String]: Int128] = [:]
        guard let idleAfter else { return standing }
        for conversation in 0..<2 {
            let own = known.filter { $0.conversation == conversation }.sorted { $0.isBefore($1) }
            guard own.contains(where: { $0.isLive && ($0.isActivity || $0.isClosing) }) else { continue }
            guard let last = own.last(where: \.isActivity), last.seconds + idleAfter <= reached else { continue }
            if let closing = own.lastIndex(where: \.isClosing), !own[closing...].contains(where: \.isReturn) {
                continue
            }
            standing[["default", own.compactMap(\.channel).first ?? "", "idle"], default: 0] += 1
        }
        return standing
    }

    @Test(arguments: 0..<150 as Range<UInt64>) func aPlainRecomputationGivesTheSame(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        func pick<T>(_ values: [T]) -> T { values[next(values.count)] }
        var counters = MetricCounters(registry: FoldEvents.registry)
        var events = FoldEvents()
        var (known, now, reached): ([Told], Double, Double) = ([], 3_000, -.infinity)
        var setting: Double?
        var isJudged = true
        var before = Idle(counters)
        let types = [
            "message.received", "message.sent", "message.received", "message.sent", "tool.call", "conversation.closed",
            "conversation.closed", "conversation.reopened", "conversation.started", "conversation.classified",
            "feedback.submitted",
        ]
        for step in 0..<60 {
            now += Double(next(3) * 150)
            switch next(8) {
            case 0:
                counters = try MetricCounters(parsing: counters.serialised, registry: FoldEvents.registry)
                counters.idleAfterNanoseconds = setting.map { Int64($0 * 1e9) }
            case 1:
                setting = pick([nil, 200, 600, 2_000, 7_200])
                counters.idleAfterNanoseconds = setting.map { Int64($0 * 1e9) }
                isJudged = false
            case 2, 3:
                counters.reach(Self.time(now))
                (reached, isJudged) = (now, true)
            default:
                var told = Told(
                    type: pick(types), seconds: pick([0, 100, 100, 700, 1_500, now - 300, now, now]),
                    conversation: next(2),
                    channel: pick([nil, nil, "web", "chat", "phone"]), isTimeAbsent: next(3) == 0,
                    id: "e\(events.offsets.count)")
                (told.arrived, told.position) = (now, known.count + 1)
                events.add(
                    told.type, at: told.seconds, Self.of("c\(told.conversation)", channel: told.channel),
                    isTimeAbsent: told.isTimeAbsent)
                let index = events.offsets.count - 1
                events.fold(into: &counters, receivedSeconds: now, index..<(index + 1), position: Int64(told.position))
                known.append(told)
            }
            let found = Idle(counters)
            #expect(found.isNowhereLess(than: before), "seed \(seed), step \(step)")
            before = found
            guard isJudged else { continue }
            let expected = Self.standing(known, idleAfter: setting, reached: reached)
            #expect(found.standing == expected, "seed \(seed), step \(step)")
        }
        #expect(Self.untracked(counters) == 0)
    }
}
