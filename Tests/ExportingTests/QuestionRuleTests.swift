import Bytes
import Columnar
import Domain
import Exporting
import Projections
import Testing
import WireFormats

/// Who asks and who answers: whatever judges a message judges it as ``QuestionRule`` does.
@Suite struct QuestionRuleTests {
    static let authors: [String?] = [nil, "user", "agent", "human", "system", "User", "", "agent ", "bot"]

    private static func message(_ rule: QuestionRule, _ author: String?, at milliseconds: Int64) -> TurnRows.Row {
        var fields: [String: EventValue] = [:]
        if let author { fields["author"] = .text(author) }
        return TurnRows.row(rule.eventType, rule.rawValue, at: milliseconds, fields)
    }

    private static func counted(_ name: String, _ rows: [TurnRows.Row]) -> Bool {
        var counters = MetricCounters(registry: TurnRows.registry)
        for (index, row) in rows.enumerated() {
            counters.fold(
                EventRow(row.bytes), position: Int64(index + 1), arrival: EventArrival(receivedTime: row.received),
                cost: nil)
        }
        let limit: Int64 = 3_600_000_000_000
        counters.reach(TurnRows.start + limit)
        return counters.totals.families.contains { $0.definition.name == name && !$0.series.isEmpty }
    }

    /// How many turns and answers the read model has of a conversation.
    private static func folded(_ rows: [TurnRows.Row]) -> (turns: Int, answers: Scalar) {
        let columns = FoldColumns(TurnRows.registry)
        var fold = ConversationFold(columns: columns)
        var builder = ReadModelBuilder(registry: TurnRows.registry)
        var events = rows.indices.map {
            EventReference(EventRow(rows[$0].bytes), buffer: Int32($0), position: Int64($0 + 1), cost: -1)
        }
        let buffers = rows.map(\.bytes)
        columns.sort(&events, buffers: buffers)
        fold.fold(events, buffers: buffers, costs: [], into: &builder)
        let (turns, conversations) = builder.finish()
        let answers = ReadModelColumns.conversations.firstIndex { $0.name == "answers" }!
        return (turns.rowCount, conversations.columns[answers].scalar(at: 0))
    }

    @Test(arguments: authors) func foldCountersAndTracesAgreeOnAnswers(author: String?) {
        let holds = QuestionRule.answer.holds(author: author.map { Array($0.utf8)[...] })
        #expect(holds == (author == nil || author == "agent"))
        let row = Self.message(.answer, author, at: 0)
        #expect(Self.counted("support_answers_total", [row]) == holds)
        #expect(Self.folded([row]).answers == .integer(holds ? 1 : 0))
        #expect(TurnRows.emissions([row]).count == (holds ? 1 : 0))
    }

    @Test(arguments: authors) func foldCountersAndTracesAgreeOnQuestions(author: String?) throws {
        let holds = QuestionRule.question.holds(author: author.map { Array($0.utf8)[...] })
        #expect(holds == (author == nil || author == "user"))
        let row = Self.message(.question, author, at: 0)
        #expect(Self.counted("support_questions_total", [row]) == holds)
        #expect(Self.folded([row]).turns == (holds ? 1 : 0))
        // An answer that tells no duration began with its question, and only a question is one.
        let trace = try #require(TurnRows.emissions([row, Self.message(.answer, nil, at: 1500)]).first)
        #expect((trace.spans[0].start < trace.spans[0].end) == holds)
    }

    @Test func bothDirectionsAreJudgedOverOneColumn() {
        #expect(QuestionRule(eventType: "message.sent") == .answer)
        #expect(QuestionRule(eventType: "message.received") == .question)
        #expect(QuestionRule(eventType: "llm.call") == nil)
        for rule in QuestionRule.allCases {
            #expect(TurnRows.registry.type(named: rule.eventType) != nil)
            #expect(TurnRows.registry.column(named: QuestionRule.authorColumn) == TurnRows.registry.wellKnown.author)
            let rollups = RollupCatalogue.definitions.filter { $0.source == rule.table }
            #expect(rollups.contains { $0.dimensions.contains(QuestionRule.authorColumn) })
        }
    }
}
