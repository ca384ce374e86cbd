import Domain
import EventStores
import Plans
import Reports
import Testing

/// For which answers no call was told: counted over answers, whatever numbers and traces they have.
@Suite struct AnswersWithoutCallTests {
    private enum Step {
        case question, call, answer
    }

    /// Steps of one conversation, a second each; a number and a trace where they have one.
    private typealias Told = (step: Step, turn: Int64?, trace: String?, conversation: String?)

    private static func question(_ turn: Int64? = nil, trace: String? = nil) -> Told { (.question, turn, trace, "c") }
    private static func call(_ turn: Int64? = nil, trace: String? = nil, of conversation: String? = "c") -> Told {
        (.call, turn, trace, conversation)
    }
    private static func answer(_ turn: Int64? = nil, trace: String? = nil, of conversation: String? = "c") -> Told {
        (.answer, turn, trace, conversation)
    }

    private func count(_ told: [Told], from: Int64 = 0) throws -> Int128? {
        var sample = try SampleStore()
        for (second, one) in told.enumerated() {
            var fields: [String: EventValue] = [:]
            fields["turn"] = one.turn.map { .integer($0) }
            fields["trace_id"] = one.trace.map { .text($0) }
            fields["conversation_id"] = one.conversation.map { .text($0) }
            if one.step == .call { (fields["provider"], fields["request_model"]) = (.text("maker"), .text("big")) }
            let type = one.step == .question ? "message.received" : one.step == .call ? "llm.call" : "message.sent"
            sample.add(type, at: Double(second), fields)
        }
        let runner = try sample.runner()
        let request = ReportRequest(
            from: SampleStore.start + from * 1_000_000_000, to: SampleStore.start + 3_600_000_000_000)
        let found = try runner.report(.cost, request).section("unattributed")?.value("count", row: 1)
        try sample.store.seal()
        #expect(try sample.runner().report(.cost, request).section("unattributed")?.value("count", row: 1) == found)
        if case .count(let count)? = found { return count }
        return nil
    }

    @Test func aCallBelongsToTheAnswerOfAllQuestionsBeforeIt() throws {
        #expect(try count([Self.question(), Self.question(), Self.call(), Self.answer()]) == 0)
        #expect(try count([Self.question(), Self.call(), Self.question(), Self.answer()]) == 0)
        // One answer, whatever it answers.
        #expect(try count([Self.question(), Self.question(), Self.answer()]) == 1)
    }

    @Test func everyAnswerCounts() throws {
        #expect(try count([Self.question(1), Self.answer(1), Self.answer(1), Self.answer(of: nil)]) == 3)
        #expect(try count([Self.question(1), Self.call(1), Self.answer(1), Self.answer(1), Self.answer(of: nil)]) == 1)
        // Second answers, with and without a number, of turns with and without a call.
        let turns = [
            Self.question(1), Self.call(), Self.answer(1), Self.answer(1), Self.question(2), Self.answer(2),
            Self.answer(2), Self.answer(),
        ]
        #expect(try count(turns) == 3)
        let plain = [
            Self.question(), Self.call(), Self.answer(), Self.answer(), Self.question(), Self.answer(), Self.answer(),
            Self.call(),
            Self.question(), Self.call(), Self.answer(), Self.answer(),
        ]
        #expect(try count(plain) == 0)
        #expect(try count(Array(plain.prefix(7))) == 2)
        // The same where the report begins behind the question and its call.
        #expect(try count(Array(plain.prefix(4)) + [Self.question(), Self.answer(), Self.answer()], from: 3) == 2)
    }

    @Test func tracesAndNumbersLeadToCalls() throws {
        let traced = [
            Self.call(trace: "t", of: nil), Self.answer(trace: "t", of: nil), Self.answer(trace: "u", of: nil),
            Self.answer(trace: "t"),
        ]
        #expect(try count(traced) == 1)
        // The number is one of its conversation.
        #expect(try count([Self.call(7), Self.answer(7), Self.answer(8), Self.answer(7, of: "d")]) == 2)
        // Answers of the trace of a question belong to it, not to the last question.
        let crossed = [
            Self.question(trace: "t"), Self.question(trace: "u"), Self.call(trace: "u"), Self.answer(trace: "u"),
            Self.answer(trace: "t"),
            Self.answer(trace: "t"),
        ]
        #expect(try count(crossed) == 2)
    }

    @Test func onlyAnswersOfModelsMissOne() throws {
        var sample = try SampleStore()
        let others: [(String, String)] = [("answered_from", "cache"), ("author", "human"), ("author", "system")]
        for (field, value) in others { sample.add("message.sent", at: 1, [field: .text(value)]) }
        sample.add("message.sent", at: 1, ["answered_from": .text("model"), "author": .text("agent")])
        // The trace of another tenant is another trace.
        sample.add("message.sent", at: 2, ["trace_id": .text("t")])
        sample.add(
            "llm.call", at: 2, ["trace_id": .text("t"), "provider": .text("maker"), "request_model": .text("big")],
            tenant: "other")
        let section = try sample.runner().report(.cost, ReportRequest()).section("unattributed")
        #expect(section?.value("count", row: 1) == .count(2))
    }

    /// Each answer is judged by itself: what does not fit in what a question may hold is asked in parts, by time and,
    /// of one instant, by place in the log. Each third conversation has a call.
    @Test(arguments: [0.25, 0]) func moreAnswersThanMemoryAreCountedInParts(secondsBetween: Double) throws {
        var sample = try SampleStore()
        let conversations = 10_000
        for number in 0..<conversations {
            let second = Double(number) * secondsBetween
            let fields: [String: EventValue] = ["conversation_id": .text("c\(number)")]
            sample.add("message.received", at: second, fields)
            if number % 3 == 2 {
                let model: [String: EventValue] = ["provider": .text("maker"), "request_model": .text("big")]
                sample.add("llm.call", at: second, fields.merging(model) { $1 })
            }
            for _ in 0..<2 { sample.add("message.sent", at: second, fields) }
        }
        let request = ReportRequest(from: SampleStore.start, to: SampleStore.start + 3_600_000_000_000)
        func unattributed(_ options: QueryOptions) throws -> ReportSection? {
            try sample.runner(within: options).report(.cost, request).section("unattributed")
        }
        let whole = try unattributed(QueryOptions())
        #expect(whole?.value("count", row: 1) == .count(Int128(conversations - conversations / 3) * 2))
        var options = QueryOptions()
        options.memoryBudgetBytes = 8 << 20
        #expect(try unattributed(options) == whole)
    }
}
