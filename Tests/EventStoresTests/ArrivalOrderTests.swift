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
