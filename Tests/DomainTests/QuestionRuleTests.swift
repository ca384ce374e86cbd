import Bytes
import Domain
import EmbeddedSchemas
import Foundation
import Testing

/// What the rule says of itself, and what the schemas say of it to senders.
@Suite struct QuestionRuleTests {
    @Test(arguments: QuestionRule.allCases) func theSchemasTellTheSameRule(rule: QuestionRule) throws {
        let file = try #require(EmbeddedSchemas.events.first { $0.name == rule.eventType + ".json" })
        let document = try #require(JSONSerialization.jsonObject(with: Data(file.bytes)) as? [String: Any])
        let description = try #require(document["description"] as? String)
        // Null and the author, in either order.
        let words = ["null or \(rule.author)", "\(rule.author) or null"]
        #expect(words.contains { description.contains("\(rule.rawValue) where the author is \($0)") }, "\(description)")
        #expect(SchemaRegistry.builtIn.column(named: QuestionRule.authorColumn) != nil)
    }

    @Test func definitionsConditionsAndJudgementsAgree() {
        func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }
        #expect(QuestionRule.answer.author == "agent" && QuestionRule.question.author == "user")
        for rule in QuestionRule.allCases {
            #expect(rule.definition == "a \(rule.eventType) of the \(rule.author) (author null or \(rule.author))")
            #expect(rule.condition == .isOneOf(column: "author", values: [rule.author], orNull: true))
            #expect(rule.sqlCondition == "(author is null or author = '\(rule.author)')")
            #expect(rule.holds(author: nil) && rule.holds(author: bytes(rule.author)))
            let others = ["", "human", "system", rule.author.uppercased(), rule.author + " ", "x" + rule.author]
            for other in others + [String(rule.author.dropLast())] {
                #expect(!rule.holds(author: bytes(other)), "\(other)")
            }
            // Of a row, the author stands somewhere in its bytes.
            let row = Array("xx\(rule.author)yy".utf8)
            #expect(rule.holds(author: 2..<(row.count - 2), in: row))
            #expect(!rule.holds(author: 2..<(row.count - 1), in: row))
        }
        #expect(QuestionRule.isFromSystem(author: 1..<7, in: Array("-system-".utf8)))
        #expect(!QuestionRule.isFromSystem(author: 0..<7, in: Array("-system-".utf8)))
    }
}
