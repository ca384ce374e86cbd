import Columnar
import Domain
import Projections
import Testing

/// Rows computed by hand.
@Suite struct ConversationRowTests {
    private static let start: Int64 = 1_785_574_800_000_000_000

    private func event(
        _ id: String, _ type: String, _ seconds: Int64, _ fields: [String: EventValue] = [:], cost: CallCost? = nil
    ) -> ReferenceEvent {
        let time = Self.start + seconds * 1_000_000_000
        return ReferenceEvent(
            id: id, type: type, time: time, fields: fields.merging(["tenant": .text("t")]) { $1 }, cost: cost)
    }

    /// The values of some columns, by row; rows by time.
    private func rows(_ events: [ReferenceEvent], conversation: [String] = [], turns: [String] = []) -> [[Scalar]] {
        var tables = FoldedTables()
        tables.add("c", events, Arrival(events))
        let chunks = tables.chunks()
        func values(_ chunk: Chunk, _ columns: [TableColumn], _ names: [String]) -> [[Scalar]] {
            let places = names.map { name in columns.firstIndex { $0.name == name }! }
            return (0..<chunk.rowCount).map { row in places.map { chunk.columns[$0].scalar(at: row) } }
        }
        return values(chunks.conversations, ReadModelColumns.conversations, conversation)
            + values(chunks.turns, ReadModelColumns.turns, turns)
    }

    private func priced(_ cost: Int128) -> CallCost {
        CallCost(costPicoUSD: cost, lowPicoUSD: cost, highPicoUSD: cost, state: .priced)
    }
    private let money = ["cost_usd", "cost_low_usd", "cost_high_usd", "price_state"]
    private func usd(_ picoUSD: Int128) -> Scalar { .numeric(picoUSD, scale: 12) }

    @Test func moneyIsExactUntilSomethingIsUnpriced() {
        let question = event("q", "message.received", 0)
        let exact = [
            question, event("a", "llm.call", 1, cost: priced(18_750)),
            event("b", "embedding.call", 2, cost: priced(1 << 62)),
            event("c", "llm.call", 3, cost: priced(1 << 62)), event("d", "llm.call", 4, cost: priced(1 << 62)),
        ]
        let sum: Int128 = 3 * (1 << 62) + 18_750
        let row = [usd(sum), usd(sum), usd(sum), .text("priced")]
        #expect(rows(exact, conversation: money, turns: money) == [row, row])

        let cacheReads = CallCost(
            costPicoUSD: nil, lowPicoUSD: 100, highPicoUSD: 160, state: .partly, gaps: "cache_read")
        let ranged = [
            question, event("a", "llm.call", 1, cost: priced(5)), event("b", "llm.call", 2, cost: cacheReads),
        ]
        #expect(rows(ranged, conversation: money) == [[.null, usd(105), usd(165), .text("partly")], []])

        let unknown = CallCost(costPicoUSD: nil, lowPicoUSD: 0, highPicoUSD: nil, state: .unpriced)
        #expect(
            rows([question, event("a", "llm.call", 1, cost: unknown)], conversation: money) == [
                [.null, usd(0), .null, .text("unpriced")], [],
            ])
        let mixed = [question, event("a", "llm.call", 1, cost: unknown), event("b", "llm.call", 2, cost: priced(7))]
        #expect(rows(mixed, conversation: money) == [[.null, usd(7), .null, .text("partly")], []])
        // No call costs nothing, exactly.
        #expect(rows([question], conversation: money) == [[usd(0), usd(0), usd(0), .text("priced")], []])
    }

    /// A call belongs to the turn whose question was asked last, and to the conversation in any case.
    @Test func callsBeforeAnyQuestionCostTheConversationAlone() {
        let events = [
            event("a", "llm.call", 0, ["output_tokens": .integer(3)], cost: priced(30)),
            event("q", "message.received", 1),
            event("b", "llm.call", 2, ["output_tokens": .integer(4)], cost: priced(40)),
            event("r", "message.received", 3),
            event("c", "llm.call", 4, ["output_tokens": .integer(5)], cost: priced(50)),
        ]
        let names = ["output_tokens", "cost_usd"]
        #expect(
            rows(events, conversation: names, turns: names)
                == [[.integer(12), usd(120)], [.integer(4), usd(40)], [.integer(5), usd(50)]])
    }

    @Test(arguments: [
        ("agent", 1, "answer"), ("human", 0, "answer"), ("user", 0, "answer"), ("system", 0, "question"),
    ]) func whoWritesDecidesWhatItIs(author: String, answers: Int64, lastMessage: String) {
        let events = [
            event("q", "message.received", 0),
            event("a", "message.sent", 1, ["author": .text(author), "status": .text("ok")]),
        ]
        let found = rows(events, conversation: ["turns", "answers", "last_message"], turns: ["status"])
        #expect(
            found == [[.integer(1), .integer(answers), .text(lastMessage)], [answers == 1 ? .text("ok") : .null]])
    }

    @Test(arguments: [("user", 1), ("human", 0), ("agent", 0), ("system", 0)]) func onlyUsersAsk(
        author: String, turns: Int64
    ) {
        let events = [event("q", "message.received", 0, ["author": .text(author)]), event("x", "tool.call", 1)]
        let names = ["turns", "last_message", "last_activity_time"]
        #expect(
            rows(events, conversation: names, turns: ["tool_calls"])
                == [
                    [.integer(turns), turns == 1 ? .text("question") : .null, .timestamptz(Self.start + 1_000_000_000)]
                ]
                + (turns == 1 ? [[.integer(1)]] : []))
    }

    /// The first answer with a question's number answers it; later ones are counted and change nothing.
    @Test func ofSeveralAnswersTheFirstAnswers() {
        let one: [String: EventValue] = ["turn": .integer(1)]
        let two: [String: EventValue] = ["turn": .integer(2)]
        func with(_ fields: [String: EventValue], _ status: String) -> [String: EventValue] {
            fields.merging(["status": .text(status)]) { $1 }
        }
        let events = [
            event("q", "message.received", 0, one), event("r", "message.received", 10, two),
            event("b", "message.sent", 12, with(two, "ok")), event("a", "message.sent", 15, with(one, "error")),
            event("c", "message.sent", 90_000, with(one, "ok")), event("d", "message.sent", 90_001, with(two, "error")),
        ]
        #expect(
            rows(events, conversation: ["answers", "errors", "last_message"], turns: ["turn", "status", "time"]) == [
                [.integer(4), .integer(2), .text("error")],
                [.integer(1), .text("error"), .timestamptz(Self.start + 15_000_000_000)],
                [.integer(2), .text("ok"), .timestamptz(Self.start + 12_000_000_000)],
            ])
    }

    @Test func contextIsOfTheFirstEventThatHasIt() {
        let events = [
            event("q", "message.received", 0, ["channel": .text("web"), "agent": .text("old")]),
            event("a", "message.sent", 1, ["agent": .text("new"), "experiment": .text("x")]),
        ]
        let names = ["channel", "agent", "experiment"]
        // A turn takes what its answer says before what its question says.
        #expect(
            rows(events, conversation: names, turns: names)
                == [[.text("web"), .text("old"), .text("x")], [.text("web"), .text("new"), .text("x")]])
    }

    @Test func aQuestionHasItsOwnPlace() {
        func of(_ turn: Int64, _ channel: String?) -> [String: EventValue] {
            var fields: [String: EventValue] = ["turn": .integer(turn)]
            if let channel { fields["channel"] = .text(channel) }
            return fields
        }
        let events = [
            event("q", "message.received", 0, of(1, "web")), event("a", "message.sent", 1, of(1, "email")),
            event("r", "message.received", 2, of(2, nil)), event("b", "message.sent", 3, of(2, "email")),
            event("c", "message.sent", 4, of(3, "chat")),
        ]
        #expect(
            rows(events, conversation: ["channel"], turns: ["turn", "channel"]) == [
                [.text("web")], [.integer(1), .text("web")], [.integer(2), .null], [.integer(3), .text("chat")],
            ])
    }

    @Test func theLastWordsOfEachKindStand() {
        let events = [
            event("a", "conversation.started", 0), event("b", "escalation.raised", 1, ["reason": .text("policy")]),
            event("c", "conversation.classified", 2, ["topic": .text("billing")]),
            event("d", "feedback.submitted", 3, ["score": .integer(1)]),
            event("e", "conversation.resolved", 4, ["by": .text("agent"), "certainty": .text("confirmed")]),
            event("f", "conversation.reopened", 5), event("g", "escalation.raised", 6),
            event("h", "conversation.classified", 7), event("i", "feedback.submitted", 8, ["score": .integer(4)]),
            event("j", "conversation.resolved", 9), event("k", "feedback.submitted", 10),
        ]
        let names = [
            "escalations", "escalation_reason", "topic", "score", "rated_time", "outcome", "outcome_intercom_fin",
            "resolved_by",
            "resolved_certainty", "resolved_time", "reopened", "last_time",
        ]
        func time(_ seconds: Int64) -> Scalar { .timestamptz(Self.start + seconds * 1_000_000_000) }
        #expect(
            rows(events, conversation: names) == [
                [
                    .integer(2), .null, .text("billing"), .integer(4), time(8), .text("resolved"), .text("resolved"),
                    .text("agent"),
                    .text("assumed"), time(9), .boolean(true), time(10),
                ]
            ])
        // Raised again after the resolution, it is the agent's no longer.
        let raised = events + [event("l", "escalation.raised", 11, ["reason": .text("failure")])]
        #expect(
            rows(raised, conversation: ["outcome", "outcome_intercom_fin", "escalation_reason"])
                == [[.text("resolved"), .text("escalated"), .text("failure")]])
    }

    /// What came without a time stands where it was received, before what has that time of its own, in the order of
    /// arrival.
    @Test func withoutATimeArrivalIsTheOrder() {
        var events = [
            event("z", "feedback.submitted", 5, ["score": .integer(1)]),
            event("y", "feedback.submitted", 5, ["score": .integer(2)]),
            event("x", "feedback.submitted", 5, ["score": .integer(3)]),
        ]
        // All have times: ids decide, and z is the last.
        #expect(rows(events, conversation: ["score"]) == [[.integer(1)]])
        events[0].isTimeAbsent = true
        #expect(rows(events, conversation: ["score"]) == [[.integer(2)]])
        events[1].isTimeAbsent = true
        events[2].isTimeAbsent = true
        #expect(rows(events, conversation: ["score"]) == [[.integer(3)]])
    }

    @Test func theEdgesOfTimeAreTimes() {
        var (first, last) = (event("q", "message.received", 0), event("a", "message.sent", 0))
        (first.time, last.time) = (.min, .max)
        #expect(
            rows(
                [last, first], conversation: ["start_time", "last_time", "last_activity_time"],
                turns: ["asked_time", "time"])
                == [
                    [.timestamptz(.min), .timestamptz(.max), .timestamptz(.max)],
                    [.timestamptz(.min), .timestamptz(.max)],
                ])
    }
}
