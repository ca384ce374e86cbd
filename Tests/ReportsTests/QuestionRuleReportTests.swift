import Domain
import Reports
import Testing

/// Reports ask in SQL: their text counts the messages that ``QuestionRule`` says are questions and answers.
@Suite struct QuestionRuleReportTests {
    static let authors: [String?] = [nil, "user", "agent", "human", "system", "User", "", "agent ", "bot"]

    @Test(arguments: authors) func reportsCountAsTheRuleSays(author: String?) throws {
        var sample = try SampleStore()
        let fields: [String: EventValue] = author.map { ["author": .text($0)] } ?? [:]
        let conversation: [String: EventValue] = ["conversation_id": .text("c")]
        for rule in QuestionRule.allCases { sample.add(rule.eventType, at: 1, fields.merging(conversation) { $1 }) }
        // One that counts whatever the author of the others is.
        sample.add(QuestionRule.answer.eventType, at: 2, ["conversation_id": .text("d")])
        let runner = try sample.runner()
        let bytes = author.map { Array($0.utf8)[...] }
        let answers = QuestionRule.answer.holds(author: bytes) ? 2 : 1
        let questions = QuestionRule.question.holds(author: bytes) ? 1 : 0
        let levels = try #require(try runner.report(.sla, ReportRequest(by: [.channel])).section("by_channel"))
        #expect(levels.count("answers") == Int128(answers))
        #expect(levels.count("good") + levels.count("failed") + levels.count("pending") == Int128(questions))
        let costs = try #require(try runner.report(.cost, ReportRequest()).section("unattributed"))
        #expect(costs.value("count", row: 1) == .count(Int128(answers)))
    }
}
