import Bytes
import Columnar
import Domain
import EventStores
import Platform
import Projections
import Testing

/// Objectives are records of the log: versioned, durable, the same after a replay.
@Suite struct ObjectiveTests {
    private static func set(limitSeconds: Int64) -> ObjectiveSet {
        var set = ObjectiveSet.builtIn
        set.answerLimits = AnswerLimits(nanoseconds: limitSeconds * 1_000_000_000)
        return set
    }

    @Test(arguments: [false, true], [false, true]) func versionsOutliveARestart(seals: Bool, isClean: Bool) throws {
        let machine = CounterTests.Machine(seed: 21)
        var store = try machine.open()
        #expect(store.snapshot().objectives == ObjectiveHistory())
        #expect(try store.putInForce(.builtIn) == nil)
        let second = try #require(try store.putInForce(Self.set(limitSeconds: 20)))
        #expect(second.number == 2 && second.since == machine.clock.wallNanoseconds())
        #expect(try store.putInForce(Self.set(limitSeconds: 20)) == nil)
        machine.clock.advance(nanoseconds: 1_000_000_000)
        if seals { try store.seal() }
        #expect(try store.putInForce(.builtIn)?.number == 3)
        let before = store.snapshot().objectives
        #expect(before.versions.map(\.number) == [1, 2, 3] && before.current.set == .builtIn)
        if isClean {
            try store.close()
        } else {
            machine.disk.crash()
        }
        store = try machine.open()
        #expect(store.snapshot().objectives == before)
        try store.seal()
        try store.close()
        store = try machine.open()
        #expect(store.snapshot().objectives == before)
        #expect(try store.putInForce(Self.set(limitSeconds: 40))?.number == 4)
        let types = try #require(store.snapshot().table(named: "system_events")).morsels(for: ScanRequest(columns: [2]))
        let records = try types.flatMap { morsel in
            let column = try morsel.column(2)
            return (0..<morsel.rowCount).map { column.scalar(at: $0) }
        }
        #expect(records.count { $0 == .text("objectives.changed") } == 3)
        try store.close()
    }

    private static func message(
        _ events: inout SampleEvents, _ conversation: String, _ channel: String, asked: Double, answered: Double?
    ) {
        let context: [String: EventValue] = [
            "conversation_id": .text(conversation), "turn": .integer(1), "channel": .text(channel),
        ]
        if let answered {
            let answer: [String: EventValue] = [
                "author": .text("agent"), "status": .text("ok"),
                "duration_ns": .integer(Int64((answered - asked) * 1e9)),
            ]
            events.add("message.sent", id: conversation + "/a", at: answered, context.merging(answer) { $1 })
        } else {
            events.add(
                "message.received", id: conversation + "/q", at: asked,
                context.merging(["author": .text("user")]) { $1 })
        }
    }

    private static func questions(_ store: EventStore, _ channel: String) -> [MetricValue?] {
        ["good", "failed"].map { CounterTests.value(store, "support_questions_total", ["default", channel, $0]) }
    }

    /// Each question is judged by the limit of its channel in the set that was in force when it came; a restart changes
    /// nothing.
    @Test(arguments: [false, true]) func countersJudgeByTheLimitOfTheChannel(seals: Bool) throws {
        let machine = CounterTests.Machine(seed: 22)
        var store = try machine.open()
        var events = SampleEvents()
        Self.message(&events, "before", "email", asked: 0, answered: nil)
        _ = try store.append([events.batch])
        var set = ObjectiveSet.builtIn
        set.answerLimits = AnswerLimits(
            nanoseconds: 20_000_000_000,
            channels: [AnswerLimits.Channel(name: Array("email".utf8), nanoseconds: 300_000_000_000)])
        _ = try store.putInForce(set)
        events = SampleEvents()
        Self.message(&events, "mail", "email", asked: 1, answered: nil)
        Self.message(&events, "web", "web", asked: 1, answered: nil)
        _ = try store.append([events.batch])
        if seals { try store.seal() }
        machine.clock.advance(nanoseconds: 60_000_000_000)
        try store.tick()
        #expect(Self.questions(store, "web") == [.number(0), .number(1)])
        // The one of before had the thirty seconds of then; the other one still waits.
        #expect(Self.questions(store, "email") == [.number(0), .number(1)])
        events = SampleEvents()
        Self.message(&events, "mail", "email", asked: 1, answered: 50)
        _ = try store.append([events.batch])
        #expect(Self.questions(store, "email") == [.number(1), .number(1)])
        let before = store.snapshot().counters.families
        machine.disk.crash()
        store = try machine.open()
        #expect(store.snapshot().counters.families == before)
        try store.close()
    }

    private static func buckets(_ store: EventStore) -> [Int64: UInt64] {
        guard
            let family = store.snapshot().counters.families.first(where: {
                $0.definition.name == "support_answer_duration_seconds"
            }),
            case .histogram(let counts, _)? = family.series.first?.value
        else { return [:] }
        let bounds = family.definition.bucketBoundsNanoseconds.map { $0 / 1_000_000 } + [.max]
        return Dictionary(uniqueKeysWithValues: zip(bounds, counts).filter { $0.1 > 0 })
    }

    /// A bucket that an objective adds counts exactly from then on; bounds that stay keep their counts, and one that
    /// goes gives them up.
    @Test(arguments: [false, true]) func bucketsFollowTheObjectives(seals: Bool) throws {
        let machine = CounterTests.Machine(seed: 23)
        var store = try machine.open()
        func answer(_ id: String, _ seconds: Double) throws {
            var events = SampleEvents()
            Self.message(&events, id, "web", asked: 0, answered: seconds)
            _ = try store.append([events.batch])
        }
        func reopen() throws {
            if seals { try store.seal() }
            machine.disk.crash()
            store = try machine.open()
        }
        for (index, seconds) in [2.5, 3.5, 4.5].enumerated() { try answer("old\(index)", seconds) }
        #expect(Self.buckets(store) == [3_000: 1, 5_000: 2])
        var set = ObjectiveSet.builtIn
        set.add(
            Objective(
                .answerDuration(Percentile(permille: 900)!), target: .duration(nanoseconds: 4_000_000_000),
                alertLimit: nil))
        _ = try store.putInForce(set)
        #expect(Self.buckets(store) == [3_000: 1, 5_000: 2])
        for (index, seconds) in [2.5, 3.5, 4.0, 4.5].enumerated() { try answer("new\(index)", seconds) }
        #expect(Self.buckets(store) == [3_000: 2, 4_000: 2, 5_000: 3])
        try reopen()
        #expect(Self.buckets(store) == [3_000: 2, 4_000: 2, 5_000: 3])
        _ = try store.putInForce(.builtIn)
        #expect(Self.buckets(store) == [3_000: 2, 5_000: 5])
        let before = store.snapshot().counters.families
        try reopen()
        #expect(store.snapshot().counters.families == before)
        try store.close()
    }
}
