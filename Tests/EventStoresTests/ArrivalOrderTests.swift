import Columnar
import Domain
import EventStores
import Platform
import Projections
import Testing

/// A small conversation in every order of arrival, in one batch or several, with seals, time that passes and restarts
/// in between.
@Suite struct ArrivalOrderTests {
    private static func permutations(_ count: Int) -> [[Int]] {
        guard count > 1 else { return [[Int](0..<count)] }
        return permutations(count - 1).flatMap { rest in
            (0..<count).map { place in Array(rest[..<place]) + [count - 1] + Array(rest[place...]) }
        }
    }

    private static func events(_ order: [Int], isNumbered: Bool) -> [IngestBatch] {
        order.map { index in
            var events = SampleEvents()
            func add(_ type: String, _ turn: Int64, _ seconds: Double, _ more: [String: EventValue] = [:]) {
                var fields: [String: EventValue] = ["conversation_id": .text("c"), "channel": .text("web")]
                if isNumbered { fields["turn"] = .integer(turn) }
                events.add(type, id: "e\(index)", at: seconds, fields.merging(more) { $1 })
            }
            switch index {
            case 0: add("message.received", 1, 0, ["author": .text("user")])
            case 1:
                add(
                    "llm.call", 1, 2,
                    [
                        "provider": .text("openai"), "request_model": .text("gpt-4o"), "input_tokens": .integer(1_000),
                        "output_tokens": .integer(9),
                    ])
            case 2: add("message.sent", 1, 3, ["author": .text("agent"), "status": .text("ok")])
            case 3: add("escalation.raised", 1, 4, ["reason": .text("asked")])
            case 4: add("feedback.submitted", 1, 5, ["score": .integer(4)])
            default: add("message.received", 2, 60, ["author": .text("user")])
            }
            return events.batch
        }
    }

    @Test(arguments: [false, true]) func everyOrderGivesTheSameAnswers(isNumbered: Bool) throws {
        var turns: [String]?
        var conversations: [String]?
        for (number, order) in Self.permutations(6).enumerated() {
            let machine = CounterTests.Machine(seed: UInt64(number))
            machine.clock.advance(nanoseconds: 61_000_000_000)
            var store = try machine.open()
            let batches = Self.events(order, isNumbered: isNumbered)
            if number % 5 == 0 {
                _ = try store.append(batches)
            } else {
                for (step, batch) in batches.enumerated() {
                    _ = try store.append([batch])
                    machine.clock.advance(nanoseconds: number % 2 == 0 ? 31_000_000_000 : 1_000_000)
                    try store.tick()
                    switch (number + step) % 7 {
                    case 0: try store.seal()
                    case 1:
                        machine.disk.crash()
                        store = try machine.open()
                    default: break
                    }
                }
            }
            machine.clock.advance(nanoseconds: 100_000_000_000)
            try store.tick()
            let found = try rows(
                store, "turns",
                ["turn", "asked_time", "time", "status", "input_tokens", "llm_calls", "cost_usd", "escalated"])
            let outcome = try rows(
                store, "conversations", ["outcome", "turns", "answers", "score", "escalations", "cost_usd"])
            #expect(found == turns ?? found && outcome == conversations ?? outcome, "\(order)")
            (turns, conversations) = (found, outcome)
            #expect(Self.net(store, "good") == 1 && Self.net(store, "failed") == 1, "\(order)")
            if number % 40 == 0 { #expect(try store.verify().findings == []) }
            try store.close()
        }
        #expect(turns?.count == 2)
    }

    /// Answers that go out elsewhere than their questions came in: one after the limit of its question's channel and
    /// within that of its own, one to a question that names no channel, one that nobody asked for.
    private static func events(movingThrough order: [Int]) -> [IngestBatch] {
        let messages: [(type: String, turn: Int64, channel: String?, seconds: Double)] = [
            ("message.received", 1, "web", 0), ("message.sent", 1, "email", 40), ("message.received", 2, nil, 5),
            ("message.sent", 2, "email", 9), ("message.sent", 3, "chat", 12),
        ]
        return order.map { index in
            let message = messages[index]
            var fields: [String: EventValue] = ["conversation_id": .text("c"), "turn": .integer(message.turn)]
            fields["channel"] = message.channel.map { .text($0) }
            if message.type == "message.sent" { fields["status"] = .text("ok") }
            var events = SampleEvents()
            events.add(message.type, id: "e\(index)", at: message.seconds, fields)
            return events.batch
        }
    }

    @Test func aQuestionCountsWhereItWasAskedInEveryOrder() throws {
        var set = ObjectiveSet.builtIn
        set.answerLimits = AnswerLimits(
            nanoseconds: 30_000_000_000,
            channels: [AnswerLimits.Channel(name: Array("email".utf8), nanoseconds: 300_000_000_000)])
        for (number, order) in Self.permutations(5).enumerated() {
            let machine = CounterTests.Machine(seed: UInt64(number))
            var store = try machine.open()
            _ = try store.putInForce(set)
            machine.clock.advance(nanoseconds: 41_000_000_000)
            for (step, batch) in Self.events(movingThrough: order).enumerated() {
                _ = try store.append([batch])
                machine.clock.advance(nanoseconds: number % 2 == 0 ? 31_000_000_000 : 1_000_000)
                try store.tick()
                if (number + step) % 4 == 0 { try store.seal() }
                if (number + step) % 4 == 1 {
                    machine.disk.crash()
                    store = try machine.open()
                }
            }
            machine.clock.advance(nanoseconds: 400_000_000_000)
            try store.tick()
            #expect(Self.questions(store) == ["default||good": 1, "default|web|failed": 1], "\(order)")
            let places = try rows(store, "turns", ["turn", "tenant", "channel"])
            let tenant = "\(Scalar.text("default"))"
            let expected: [(Int64, Scalar)] = [(1, .text("web")), (2, .null), (3, .text("chat"))]
            #expect(places == expected.map { "\(Scalar.integer($0))|\(tenant)|\($1)" }, "\(order)")
            if number % 20 == 0 { #expect(try store.verify().findings == []) }
            try store.close()
        }
    }

    /// Questions that were counted and not taken back, by tenant, channel and result; those that are some.
    private static func questions(_ store: EventStore) -> [String: Int128] {
        var found: [String: Int128] = [:]
        for family in store.snapshot().counters.families {
            let sign: Int128
            switch family.definition.name {
            case "support_questions_total": sign = 1
            case "support_questions_corrected_total": sign = -1
            default: continue
            }
            for series in family.series {
                guard case .number(let count) = series.value else { continue }
                found[series.labels.joined(separator: "|"), default: 0] += sign * count
            }
        }
        return found.filter { $0.value != 0 }
    }

    private static func net(_ store: EventStore, _ result: String) -> Int128 {
        func value(_ name: String) -> Int128 {
            if case .number(let value)? = CounterTests.value(store, name, ["default", "web", result]) {
                value
            } else {
                0
            }
        }
        return value("support_questions_total") - value("support_questions_corrected_total")
    }

    @Test func aStepThatFailsIsTakenBackFromTheCounters() throws {
        let machine = CounterTests.Machine(seed: 3)
        let store = try machine.open()
        var first = SampleEvents()
        first.addTurn("c", 1, at: 0)
        _ = try store.append([first.batch])
        let before = store.snapshot().counters.families
        var second = SampleEvents()
        second.addTurn("c", 2, at: 0.5)
        second.add("message.received", id: "open", at: 1, ["conversation_id": .text("d"), "channel": .text("web")])
        machine.disk.arm(SimulatedFault(.lostFlush, atCall: 1, of: [.flush]))
        #expect(throws: (any Error).self) { try store.append([second.batch]) }
        #expect(store.snapshot().counters.families == before)
        #expect(try rows(store, "events", ["id"]).count == 3)
    }
}
