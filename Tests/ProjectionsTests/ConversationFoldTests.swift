import Bytes
import Columnar
import Domain
import Projections
import Testing

/// One event of a test conversation.
struct Act {
    var type: String
    var seconds: Double
    var fields: [String: EventValue]

    init(_ type: String, _ seconds: Double, _ fields: [String: EventValue] = [:]) {
        (self.type, self.seconds, self.fields) = (type, seconds, fields)
    }
}

/// The rows that a fold makes of some events of one conversation, as text by column.
func folded(_ acts: [Act]) -> (turns: [[String: String]], conversation: [String: String]) {
    var events = FoldEvents()
    for act in acts {
        events.add(act.type, at: act.seconds, act.fields.merging(["conversation_id": .text("c")]) { $1 })
    }
    let bytes = events.writer.sink.bytes
    var references = events.offsets.enumerated().map {
        EventReference(EventRow(bytes, at: $0.element), buffer: 0, position: Int64($0.offset + 1), cost: -1)
    }
    let columns = FoldColumns(FoldEvents.registry)
    columns.sort(&references, buffers: [bytes])
    var fold = ConversationFold(columns: columns)
    var builder = ReadModelBuilder(registry: FoldEvents.registry)
    fold.fold(references, buffers: [bytes], costs: [], into: &builder)
    let rows = builder.finish()
    func texts(_ chunk: Chunk, _ columns: [TableColumn]) -> [[String: String]] {
        (0..<chunk.rowCount).map { row in
            var texts: [String: String] = [:]
            for (column, vector) in zip(columns, chunk.columns) where !vector.scalar(at: row).isNull {
                texts[column.name] = text(vector.scalar(at: row))
            }
            return texts
        }
    }
    func key(_ row: [String: String]) -> (Double, String) { (Double(row["time"] ?? "") ?? 0, row["trace_id"] ?? "") }
    let turns = texts(rows.turns, ReadModelColumns.turns).sorted { key($0) < key($1) }
    return (turns, texts(rows.conversations, ReadModelColumns.conversations)[0])
}

/// Times as seconds since the tests' start, all else as it is.
private func text(_ scalar: Scalar) -> String {
    switch scalar {
    case .text(let text): text
    case .integer(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .timestamptz(let time): "\(Double(time - FoldEvents.start) / 1e9)"
    default: "\(scalar)"
    }
}

private func trace(_ digit: Character) -> [String: EventValue] {
    ["trace_id": .text(String(repeating: digit, count: 32))]
}
private func turn(_ number: Int64) -> [String: EventValue] { ["turn": .integer(number)] }
private func score(_ score: Int64) -> [String: EventValue] { ["score": .integer(score)] }

@Suite struct ConversationFoldTests {
    /// What an agent that sends OpenTelemetry tells, two traces of it, and what the application says beside them.
    static let beside: [Act] = [
        Act("message.received", 0, trace("a")),
        Act("llm.call", 2, trace("a").merging(["output_tokens": .integer(7)]) { $1 }),
        Act("message.sent", 3, trace("a").merging(["status": .text("ok")]) { $1 }),
        Act("message.received", 10, trace("b")), Act("tool.call", 11, trace("b")),
        Act("llm.call", 12, trace("b").merging(["output_tokens": .integer(5)]) { $1 }),
        Act("message.sent", 13, trace("b").merging(["status": .text("error")]) { $1 }),
        // Said of the first answer while the second question was under way: by its trace, and without anything.
        Act("feedback.submitted", 10.5, trace("a").merging(score(2)) { $1 }),
        Act("escalation.raised", 12.5, ["reason": .text("asked_for")]),
        Act("feedback.submitted", 20, score(4)), Act("feedback.submitted", 30, ["kind": .text("stars")]),
        Act("conversation.resolved", 21, ["by": .text("human")]),
    ]

    @Test func whatIsSaidBesideSpansMeetsItsTurn() {
        let (turns, conversation) = folded(Self.beside)
        #expect(turns.count == 2)
        #expect(turns.map { $0["status"] } == ["ok", "error"])
        #expect(turns.map { $0["output_tokens"] } == ["7", "5"])
        #expect(turns.map { $0["tool_calls"] } == ["0", "1"])
        #expect(turns.map { $0["score"] } == ["2", "4"])
        #expect(turns.map { $0["escalated"] } == ["false", "true"])
        // A comment without a score is no rating.
        #expect(conversation["score"] == "4" && conversation["rated_time"] == "20.0")
        #expect(conversation["turns"] == "2" && conversation["answers"] == "2" && conversation["errors"] == "1")
        #expect(
            conversation["outcome"] == "resolved" && conversation["resolved_by"] == "human"
                && conversation["last_message"] == "error")
        #expect(conversation["last_activity_time"] == "13.0")
    }

    /// Two turns of any numbers, told in turns, each with a call of its own; nothing of a conversation before stays.
    @Test(arguments: [[0, 1], [1, 63], [63, 64], [64, 1 << 40], [-3, 2], [.max, .min]] as [[Int64]])
    func anyNumberIsATurns(numbers: [Int64]) {
        var acts: [Act] = []
        for (place, type) in ["message.received", "llm.call", "message.sent"].enumerated() {
            for (index, number) in numbers.enumerated() {
                let tokens: [String: EventValue] = type == "llm.call" ? ["output_tokens": .integer(Int64(index))] : [:]
                acts.append(Act(type, Double(place) + 10 * Double(index), turn(number).merging(tokens) { $1 }))
            }
        }
        let (turns, conversation) = folded(acts)
        #expect(turns.map { $0["turn"] } == numbers.map { "\($0)" })
        #expect(turns.map { $0["output_tokens"] } == ["0", "1"] && turns.map { $0["llm_calls"] } == ["1", "1"])
        #expect(conversation["turns"] == "2" && conversation["answers"] == "2")
    }

    @Test func theOrderOfArrivalMeansNothing() {
        var random = SeededNumbers(seed: 8)
        let expected = folded(Self.beside)
        for round in 0..<300 {
            var acts = Self.beside
            for index in acts.indices.dropFirst().reversed() { acts.swapAt(index, random.next(below: index + 1)) }
            let found = folded(acts)
            #expect(
                found.turns == expected.turns && found.conversation == expected.conversation, "seed 8, round \(round)")
        }
    }

    @Test func eventsOfOneInstantHaveAnOrderOfTheirOwn() {
        let acts = [
            Act("conversation.closed", 5, ["reason": .text("completed")]),
            Act("message.sent", 5, ["status": .text("ok")]),
            Act("llm.call", 5, ["output_tokens": .integer(3)]), Act("message.received", 5),
        ]
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
            let (turns, conversation) = folded(order.map { acts[$0] })
            #expect(turns.count == 1 && turns[0]["status"] == "ok" && turns[0]["output_tokens"] == "3", "\(order)")
            #expect(conversation["closed_time"] == "5.0" && conversation["last_message"] == "answer", "\(order)")
        }
    }

    @Test func aCountedTurnHasAQuestion() {
        let (turns, conversation) = folded([
            Act("message.received", 0, turn(1)), Act("message.sent", 1, turn(1)), Act("message.sent", 9, turn(2)),
        ])
        #expect(turns.count == 2 && conversation["turns"] == "1" && conversation["answers"] == "2")
        #expect(turns[1]["asked_time"] == nil && turns[1]["turn"] == "2")
    }

    @Test func numbersFindTurnsThatAreNotNumbered() {
        let spans = [
            Act("message.received", 0, trace("a")), Act("message.sent", 1, trace("a")),
            Act("message.received", 10, trace("b")),
            Act("message.sent", 11, trace("b")),
        ]
        let rated = Act("feedback.submitted", 40, turn(1).merging(score(5)) { $1 })
        let fromOne = folded(spans + [rated, Act("escalation.raised", 41, turn(2))])
        #expect(
            fromOne.turns.map { $0["score"] } == ["5", nil]
                && fromOne.turns.map { $0["escalated"] } == ["false", "true"])
        let fromZero = folded(spans + [rated, Act("escalation.raised", 41, turn(0))])
        #expect(
            fromZero.turns.map { $0["score"] } == [nil, "5"]
                && fromZero.turns.map { $0["escalated"] } == ["true", "false"])
        // The trace knows better than the count.
        let traced = folded(spans + [Act("escalation.raised", 41, turn(1).merging(trace("b")) { $1 })])
        #expect(traced.turns.map { $0["escalated"] } == ["false", "true"])
        // A number that no question has, and no count reaches, makes no turn.
        #expect(folded(spans + [Act("escalation.raised", 41, turn(9))]).turns.count == 2)
    }

    @Test func spansBesideNumberedMessagesRepeatNoTurn() {
        let (turns, conversation) = folded([
            Act("message.received", 0, turn(1).merging(trace("a")) { $1 }), Act("message.received", 0.1, trace("a")),
            Act("llm.call", 1, trace("a").merging(["output_tokens": .integer(7)]) { $1 }),
            Act("message.sent", 2, trace("a")),
            Act("message.received", 10, turn(2)), Act("llm.call", 11, ["output_tokens": .integer(2)]),
            Act("message.sent", 12, turn(2)),
        ])
        #expect(turns.count == 2 && conversation["turns"] == "2")
        #expect(turns.map { $0["output_tokens"] } == ["7", "2"] && turns.map { $0["turn"] } == ["1", "2"])
        #expect(turns.map { $0["time"] } == ["2.0", "12.0"])
    }

    @Test func answersOfOtherTracesAnswerNothing() {
        let (turns, _) = folded([
            Act("message.received", 0, trace("a")), Act("message.received", 1, trace("b")),
            Act("message.sent", 3, trace("b")),
            Act("message.sent", 5, trace("a").merging(["status": .text("error")]) { $1 }),
        ])
        #expect(turns.map { $0["status"] } == ["ok", "error"] && turns.map { $0["asked_time"] } == ["1.0", "0.0"])
        // Without traces, one answer answers all questions before it.
        let plain = folded([
            Act("message.received", 0), Act("message.received", 1), Act("message.sent", 3), Act("message.sent", 4),
        ])
        #expect(plain.turns.map { $0["time"] } == ["3.0", "3.0"])
    }

    @Test func oneTraceMayHoldSeveralTurns() {
        let (turns, _) = folded([
            Act("llm.call", -1, trace("a").merging(["output_tokens": .integer(1)]) { $1 }),
            Act("message.received", 0, trace("a")),
            Act("message.sent", 1, trace("a")), Act("message.received", 10, trace("a")),
            Act("llm.call", 11, trace("a").merging(["output_tokens": .integer(4)]) { $1 }),
            Act("message.sent", 12, trace("a")),
        ])
        #expect(turns.map { $0["output_tokens"] } == ["1", "4"] && turns.map { $0["time"] } == ["1.0", "12.0"])
    }

    @Test func aClosingStandsUntilTheUserComesBack() {
        let closed = [
            Act("message.received", 0), Act("message.sent", 1),
            Act("conversation.closed", 2, ["reason": .text("completed")]),
        ]
        #expect(folded(closed).conversation["closed_reason"] == "completed")
        // What ends late, is rated or classified later does not open it again.
        let afterwards = [
            Act("message.sent", 3), Act("feedback.submitted", 90_000, score(1)), Act("conversation.classified", 4),
        ]
        let later = folded(closed + afterwards)
        #expect(later.conversation["closed_time"] == "2.0" && later.conversation["last_activity_time"] == "3.0")
        let back = folded(closed + [Act("message.received", 50)])
        #expect(back.conversation["closed_time"] == nil && back.conversation["closed_reason"] == nil)
        #expect(back.conversation["outcome"] == "open" && back.conversation["last_message"] == "question")
        let reopened = folded(closed + [Act("conversation.reopened", 50), Act("conversation.closed", 60)])
        #expect(reopened.conversation["closed_time"] == "60.0" && reopened.conversation["outcome"] == "abandoned")
    }

    @Test func manyTurnsWithoutNumbersTakeLinearTime() {
        let clock = ContinuousClock()
        func seconds(_ count: Int) -> Double {
            let acts = (0..<count).flatMap { turn -> [Act] in
                let at = Double(turn * 10)
                return [Act("message.received", at), Act("llm.call", at + 1), Act("message.sent", at + 2)]
            }
            let spent = clock.measure { _ = folded(acts) }
            return Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18
        }
        _ = seconds(500)
        let (few, many) = (seconds(2_000), seconds(16_000))
        #expect(many < 40 * few, "8 × the turns took \(many / few) × the time")
    }
}

/// Numbers from a seed.
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % bound
    }
}
