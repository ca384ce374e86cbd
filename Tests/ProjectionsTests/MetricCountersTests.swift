import Bytes
import Domain
import Hashing
import Projections
import Testing

/// Rows by field name, for folds.
struct FoldEvents {
    static let registry = SchemaRegistry.builtIn
    static let start: Int64 = 1_785_574_800_000_000_000
    var writer = EventRowWriter()
    var offsets: [Int] = []

    mutating func add(
        _ type: String, at seconds: Double, _ fields: [String: EventValue] = [:], tenant: String = "default",
        isTimeAbsent: Bool = false
    ) {
        let registry = Self.registry
        var values: [(UInt16, EventValue)] = [
            (registry.wellKnown.id, .text("e\(offsets.count)")), (registry.wellKnown.source, .text("test")),
            (registry.wellKnown.tenant, .text(tenant)),
        ]
        for (name, value) in fields { values.append((registry.column(named: name)!, value)) }
        offsets.append(writer.sink.count)
        writer.begin(
            type: registry.type(named: type)!, time: Self.start + Int64(seconds * 1e9), isTimeAbsent: isTimeAbsent)
        for (column, value) in values.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
        writer.end()
    }

    /// - Parameter position: of the first; nil: where it stands here.
    func fold(
        into counters: inout MetricCounters, receivedSeconds: Double, _ range: Range<Int>? = nil,
        position: Int64? = nil,
        cost: CallCost? = nil
    ) {
        let range = range ?? 0..<offsets.count
        let first = position ?? Int64(range.lowerBound + 1)
        for index in range {
            counters.fold(
                EventRow(writer.sink.bytes, at: offsets[index]), position: first + Int64(index - range.lowerBound),
                arrival: EventArrival(receivedTime: Self.start + Int64(receivedSeconds * 1e9)), cost: cost)
        }
    }
}

extension FoldEvents {
    /// The hash of a key, high word first, as states write it.
    static func turnHash(_ key: [UInt8]) -> [UInt8] {
        let hash = xxh3Wide(key)
        var sink = ByteSink()
        sink.append(littleEndian: hash.high)
        sink.append(littleEndian: hash.low)
        return sink.bytes
    }
}

/// Series as lines, in order.
func lines(_ counters: MetricCounters, _ prefix: String) -> [String] {
    counters.totals.families.filter { $0.definition.name.hasPrefix(prefix) }.flatMap { family in
        family.series.map { "\(family.definition.name) \($0.labels.joined(separator: ",")) \($0.value)" }
    }
}

/// The first number of a family; -1 where it has none.
func firstNumber(_ counters: MetricCounters, _ name: String) -> Int128 {
    let series = counters.totals.families.first { $0.definition.name == name }?.series
    guard case .number(let count)? = series?.first?.value else { return -1 }
    return count
}

/// Every order of so many places.
func permutations(_ count: Int) -> [[Int]] {
    guard count > 0 else { return [[]] }
    return permutations(count - 1).flatMap { shorter in
        (0..<count).map { place in Array(shorter[..<place]) + [count - 1] + Array(shorter[place...]) }
    }
}

@Suite struct MetricCountersTests {
    static func call(
        _ tokens: Int64, model: String = "m", response: String? = nil, duration: Int64 = 3_000_000_000
    ) -> [String: EventValue] {
        var fields: [String: EventValue] = [
            "provider": .text("p"), "request_model": .text(model), "route": .text("cloud"), "status": .text("ok"),
            "input_tokens": .integer(tokens), "duration_ns": .integer(duration),
        ]
        if let response { fields["response_model"] = .text(response) }
        return fields
    }

    static func ask(_ turn: Int64?, _ conversation: String = "c") -> [String: EventValue] {
        var fields: [String: EventValue] = ["conversation_id": .text(conversation), "channel": .text("web")]
        if let turn { fields["turn"] = .integer(turn) }
        return fields
    }

    @Test func callsAreCountedByModelWithExactSumsAndBuckets() {
        var events = FoldEvents()
        events.add("llm.call", at: 0, Self.call(10))
        events.add("llm.call", at: 1, Self.call(32, model: "asked", response: "m", duration: 3_000_000_001))
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(
            into: &counters, receivedSeconds: 2,
            cost: CallCost(costPicoUSD: 18_750, lowPicoUSD: 18_750, highPicoUSD: 18_750, state: .priced))
        #expect(
            lines(counters, "support_llm_calls_total") == ["support_llm_calls_total default,p,m,cloud,ok number(2)"])
        #expect(
            lines(counters, "support_llm_input_tokens_total") == [
                "support_llm_input_tokens_total default,p,m,cloud number(42)"
            ])
        #expect(lines(counters, "support_llm_output").isEmpty)
        #expect(
            lines(counters, "support_llm_cost_usd_total") == [
                "support_llm_cost_usd_total default,p,m,cloud picoUSD(37500)"
            ])
        #expect(lines(counters, "support_llm_unpriced").isEmpty)
        var counts = [UInt64](repeating: 0, count: MetricCatalogue.bucketBoundsNanoseconds.count + 1)
        (counts[6], counts[7]) = (1, 1)
        #expect(
            lines(counters, "support_llm_call_duration")
                == [
                    "support_llm_call_duration_seconds default,p,m,cloud histogram(counts: \(counts), sumNanoseconds: 6000000001)"
                ])
    }

    @Test func oldEventsAreBackfillAndNothingElse() {
        var events = FoldEvents()
        events.add("tool.call", at: 0, ["tool": .text("t")])
        events.add("tool.call", at: 1, ["tool": .text("t")])
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 3600.5)
        #expect(lines(counters, "support_tool_calls_total") == ["support_tool_calls_total default,t, number(1)"])
        #expect(lines(counters, "plimsoll_backfilled") == ["plimsoll_backfilled_events_total tool.call number(1)"])
        #expect(lines(counters, "plimsoll_events_accepted") == ["plimsoll_events_accepted_total tool.call number(2)"])
    }

    @Test func setsBeyondTheCapCountExactlyAsOther() {
        var events = FoldEvents()
        for index in 0..<2500 {
            events.add("conversation.started", at: Double(index) / 100, ["channel": .text("ch\(index)")])
            events.add("conversation.started", at: Double(index) / 100, ["channel": .text("ch7")])
        }
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 30)
        let started = counters.totals.families.first { $0.definition.name == "support_conversations_started_total" }!
        #expect(started.series.count == 1001)
        let other = started.series.first { $0.labels == ["other", "other"] }?.value
        #expect(other == .number(1500))
        #expect(started.series.first { $0.labels == ["default", "ch7"] }?.value == .number(2501))
    }

    /// Events may call all of theirs `other`: labels are there once, and nothing is lost.
    @Test func whatIsCalledOtherStandsWithWhatFoundNoRoom() throws {
        var events = FoldEvents()
        var call = Self.call(10)
        for label in ["provider", "request_model", "route", "status"] { call[label] = .text("other") }
        for index in 0..<1_000 { events.add("llm.call", at: Double(index) / 100, Self.call(1, model: "m\(index)")) }
        for tenant in ["other", "elsewhere"] { events.add("llm.call", at: 20, call, tenant: tenant) }
        var early = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &early, receivedSeconds: 30, 1_000..<1_001)
        events.fold(into: &early, receivedSeconds: 30, 0..<1_000)
        events.fold(into: &early, receivedSeconds: 30, 1_001..<1_002)
        let again = try MetricCounters(parsing: early.serialised, registry: FoldEvents.registry)
        for counters in [early, again] {
            for family in counters.totals.families {
                #expect(Set(family.series.map(\.labels)).count == family.series.count, "\(family.definition.name)")
            }
            let calls = try #require(
                counters.totals.families.first { $0.definition.name == "support_llm_calls_total" }?.series)
            let others = calls.filter { $0.labels.allSatisfy { $0 == "other" } }
            // One by its name, two that found no room.
            #expect(others.map(\.value) == [.number(3)] && calls.count == 1_000)
            let durations = try #require(
                counters.totals.families.first { $0.definition.name == "support_llm_call_duration_seconds" }?.series)
            let duration = try #require(durations.first { $0.labels.allSatisfy { $0 == "other" } })
            guard case .histogram(let counts, let sum) = duration.value else {
                Issue.record("no histogram")
                return
            }
            #expect(counts.reduce(0, +) == duration.exponential?.count && sum >= 3_000_000_000)
        }
    }

    @Test func questionsAreJudgedByEventTimeAndFailOnceTimeHasPassed() {
        var events = FoldEvents()
        events.add("message.received", at: 0, Self.ask(1))
        events.add("message.sent", at: 30, Self.ask(1).merging(["status": .text("ok")]) { $1 })
        events.add("message.received", at: 100, Self.ask(2))
        events.add("message.sent", at: 131, Self.ask(2))
        events.add("message.received", at: 200, Self.ask(3))
        events.add("message.sent", at: 201, Self.ask(3).merging(["status": .text("error")]) { $1 })
        events.add("message.received", at: 300, Self.ask(4))
        events.add("message.sent", at: 301, Self.ask(5))
        events.add("message.sent", at: 302, Self.ask(4).merging(["author": .text("human")]) { $1 })
        events.add("message.received", at: 303, Self.ask(6).merging(["author": .text("system")]) { $1 })
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 305)
        func results() -> [String] {
            lines(counters, "support_questions_total").map { String($0.dropFirst("support_questions_total ".count)) }
        }
        #expect(results() == ["default,web,failed number(2)", "default,web,good number(1)"])
        #expect(counters.nextDeadline == FoldEvents.start + 335_000_000_000)
        let isDueAtDeadline = counters.isDue(at: FoldEvents.start + 335_000_000_000)
        #expect(!isDueAtDeadline)
        counters.reach(FoldEvents.start + 335_000_000_000)
        #expect(results()[0] == "default,web,failed number(2)")
        let isDueAfter = counters.isDue(at: FoldEvents.start + 335_000_000_001)
        #expect(isDueAfter)
        counters.reach(FoldEvents.start + 335_000_000_001)
        #expect(results() == ["default,web,failed number(3)", "default,web,good number(1)"])
        #expect(counters.nextDeadline == nil)
    }

    @Test func withoutTurnNumbersTheFirstAnswerAfterTheQuestionCounts() {
        var events = FoldEvents()
        events.add("message.received", at: 10, Self.ask(nil))
        events.add("message.sent", at: 9, Self.ask(nil))
        events.add("message.sent", at: 12, Self.ask(nil, "another"))
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 12)
        #expect(counters.nextDeadline != nil)
        var answer = FoldEvents()
        answer.add("message.sent", at: 13, Self.ask(nil))
        answer.fold(into: &counters, receivedSeconds: 13)
        #expect(counters.nextDeadline == nil)
        #expect(lines(counters, "support_questions").contains("support_questions_total default,web,good number(1)"))
    }

    @Test func aStepTakenBackLeavesNoTrace() {
        var events = FoldEvents()
        for turn in 0..<6 {
            events.add("message.received", at: Double(turn), Self.ask(Int64(turn)))
            if turn != 2 { events.add("message.sent", at: Double(turn) + 0.5, Self.ask(Int64(turn))) }
        }
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 10, 0..<6)
        let before = counters.serialised
        let totals = counters.totals
        counters.beginStep()
        events.fold(into: &counters, receivedSeconds: 10, 6..<events.offsets.count)
        #expect(counters.serialised != before)
        counters.rollBack(to: totals)
        #expect(counters.serialised == before)
        counters.reach(.max)
        #expect(counters.nextDeadline == nil)
    }

    @Test(arguments: 0..<8 as Range<UInt64>) func everySplitWithRestartsGivesTheSameBytes(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var events = FoldEvents()
        for index in 0..<600 {
            let time = Double(index)
            switch next(5) {
            case 0: events.add("message.received", at: time, Self.ask(Int64(next(40)), "c\(next(4))"))
            case 1: events.add("message.sent", at: time, Self.ask(Int64(next(40)), "c\(next(4))"))
            case 2: events.add("llm.call", at: time, Self.call(Int64(next(1000)), model: "m\(next(20))"))
            case 3:
                let fields: [String: EventValue] = [
                    "score": .integer(Int64(next(5)) + 1), "conversation_id": .text("c\(next(4))"),
                ]
                events.add("feedback.submitted", at: time, fields)
            default: events.add("probe.checked", at: time - 5000, ["target": .text("t"), "up": .boolean(next(2) == 0)])
            }
        }
        var whole = MetricCounters(registry: FoldEvents.registry)
        var split = whole
        for index in 0..<600 {
            for isSplit in [false, true] {
                if isSplit, next(10) == 0 {
                    split = try MetricCounters(parsing: split.serialised, registry: FoldEvents.registry)
                }
                if isSplit {
                    events.fold(into: &split, receivedSeconds: Double(index), index..<(index + 1))
                } else {
                    events.fold(into: &whole, receivedSeconds: Double(index), index..<(index + 1))
                }
            }
            let time = FoldEvents.start + Int64(index) * 1_000_000_000
            if index % 20 == 0 {
                whole.reach(time)
                split.reach(time)
            }
        }
        #expect(whole.serialised == split.serialised, "seed \(seed)")
        #expect(whole.totals.families == split.totals.families, "seed \(seed)")
    }

    @Test func brokenBytesAreRefused() throws {
        var events = FoldEvents()
        events.add("message.received", at: 0, Self.ask(1))
        events.add("tool.call", at: 0, ["tool": .text("t")])
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 0)
        let bytes = counters.serialised
        for count in 0..<bytes.count {
            #expect(throws: (any Error).self) {
                try MetricCounters(parsing: Array(bytes[..<count]), registry: FoldEvents.registry)
            }
        }
        var damaged = bytes
        damaged[0] = 99
        #expect(throws: (any Error).self) { try MetricCounters(parsing: damaged, registry: FoldEvents.registry) }
    }
}
