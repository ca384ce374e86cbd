import Dialects
import Domain
import Reports
import Testing

/// What first aid says to whom: each hears of what he sends, at the address that he asks, what hides most first.
extension DoctorTests {
    /// Whoever sends events has no span to say it on; whoever sends both is told both.
    @Test func whatEventsLackIsToldOfEvents() throws {
        func changes(spans: Int, events: Int, _ type: String) throws -> [String: [ReportValue]] {
            var sample = try Self.priced()
            for _ in 0..<spans { Self.add("bot", to: &sample, conversation: nil, usage: false) }
            for _ in 0..<events {
                sample.add(
                    type, at: 3500,
                    [
                        "service_name": .text("bot"), "provider": .text("maker"), "request_model": .text("big"),
                        "status": .text("ok"),
                    ])
            }
            let rows = try #require(Self.report(&sample).section("changes")).rows
            return Dictionary(
                uniqueKeysWithValues: ["no_conversation", "no_usage"].map { kind in
                    (kind, rows.filter { $0[1] == .text(kind) }.map { $0[3] })
                })
        }
        let span = ReportValue.text("span.set_attribute(\"gen_ai.conversation.id\", ID) on the outermost span")
        let call = ReportValue.text("\"conversation_id\": ID in the data of llm.call")
        #expect(try changes(spans: 0, events: 2, "llm.call")["no_conversation"] == [call])
        #expect(
            try changes(spans: 0, events: 1, "llm.call")["no_usage"] == [
                .text("\"input_tokens\" and \"output_tokens\" in the data of llm.call")
            ])
        #expect(try changes(spans: 1, events: 1, "llm.call")["no_conversation"] == [span, call])
        #expect(try changes(spans: 1, events: 0, "llm.call")["no_conversation"] == [span])
        #expect(
            try changes(spans: 0, events: 1, "embedding.call")["no_conversation"] == [
                .text("\"conversation_id\": ID in the data of embedding.call")
            ])
    }

    /// Whoever sends messages as events has no exporter to set; what operators tell, and what spans told, is nobody's.
    @Test func whoSendsMessagesAloneIsToldOfEvents() throws {
        var sample = try Self.priced()
        sample.add("message.sent", at: 3500, ["source": .text(TraceSettler.sourcePrefix + "x")])
        #expect(findings(try Self.report(&sample)).map { $0[1] } == [.text("no_spans")])
        let context: [String: EventValue] = ["conversation_id": .text("c1"), "service_name": .text("shop")]
        for type in ["message.received", "message.sent"] { sample.add(type, at: 3500, context) }
        sample.add("tool.call", at: 3500, ["conversation_id": .text("c1")])
        let report = try Self.report(&sample)
        #expect(
            findings(report) == [
                [.text("shop"), .text("no_calls"), ReportValue.none, .count(Int128(2))],
                [.text("test"), .text("no_calls"), ReportValue.none, .count(Int128(1))],
            ], "\(findings(report))")
        let line = "llm.call events as well, by POST to http://HOST:8910/v1/events, for each call of a model"
        #expect(change("no_calls", in: report) == line)
        let changes = try #require(report.section("changes")).rows
        #expect(!changes.contains { if case .text(let text) = $0[3] { text.contains("OTEL") } else { false } })
        // Others may be who tells calls.
        Self.add("bot", to: &sample, spans: 0)
        #expect(findings(try Self.report(&sample)).map { $0[1] } == [.text("all is well")])
    }

    /// Whatever an agent's events are, they came.
    @Test func whoSendsOtherEventsAloneIsNotToldThatNothingCame() throws {
        var sample = try Self.priced()
        for _ in 0..<3 { sample.add("cache.lookup", at: 3500, ["service_name": .text("shop")]) }
        for type in ["deploy.changed", "log.recorded", "request.completed"] {
            sample.add(type, at: 3500, ["service_name": .text("shop")])
        }
        let report = try Self.report(&sample)
        #expect(findings(report) == [[.text("shop"), .text("no_calls"), ReportValue.none, .count(Int128(3))]])
    }

    /// No report counts them, and their sender may look at no answer.
    @Test func messagesWithoutAConversationAreCounted() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample)
        for _ in 0..<2 { sample.add("message.received", at: 3500, ["service_name": .text("shop")]) }
        sample.add("message.received", at: 3500, ["service_name": .text("shop"), "conversation_id": .text("c1")])
        // A span's message lacks what its call lacks.
        sample.add("message.sent", at: 3500, ["source": .text(TraceSettler.sourcePrefix + "x")])
        let report = try Self.report(&sample)
        #expect(
            findings(report) == [
                [.text("shop"), .text("lost_message"), .text("message.received"), .count(Int128(2))]
            ], "\(findings(report))")
        #expect(change("lost_message", in: report) == "\"conversation_id\": ID in the data of message.received")
    }

    /// The same of calls that name no model; one that an event named may have been withheld.
    @Test(arguments: [
        (
            0,
            "\"provider\" and \"request_model\" in the data of the call; one that was sent may have looked "
                + "like a credential and was withheld: the answer's warnings say so (plimsoll_withheld_values_total)"
        ),
        (1, "gen_ai.provider.name and gen_ai.request.model on the call's span"),
    ])
    func callsWithoutAModelAreToldWhereToNameIt(_ spans: Int, _ line: String) throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample, spans: spans, model: "")
        #expect(change("no_price", in: try Self.report(&sample)) == line)
    }

    /// A value beyond what an attribute takes is named itself: that it is a number says nothing.
    @Test(arguments: [
        ("int", "9", "not 9"), ("double", "4.5", "not 4.5"), ("string", "\"five\"", "not the text \"five\""),
        ("int", nil, "not int"),
    ] as [(String, String?, String)])
    func valuesBeyondTheirRangeAreNamed(_ type: String, _ value: String?, _ end: String) throws {
        var sample = try Self.priced()
        Self.addUnread(
            "odd-bot", to: &sample, unknown: "{\"plimsoll.feedback.score\":\"\(type)\"}",
            attributes: value.map { "{\"plimsoll.feedback.score\":\($0)}" }, input: 1, output: 1)
        #expect(
            change("unread_outcome", in: try Self.report(&sample))
                == "plimsoll.feedback.score: a whole number from 1 to 5, \(end)")
    }

    /// A question that took too long is told of time, and of no disk.
    @Test func questionsBeyondTheirLimitsAreToldOfTheirSettings() throws {
        for (reason, setting) in [(RefusalName.timeLimit, "limits.query_time"), (.memoryLimit, "limits.query_memory")] {
            var sample = try Self.priced()
            Self.add("bot", to: &sample)
            let live = LiveFigures(
                spansWaiting: 0, tracesWaiting: 0, secondsToSettle: 0,
                refusals: [.init(reason, at: .questions, count: 1)], troubles: [])
            let report = try Self.report(&sample, live)
            #expect(findings(report).map { $0[2] } == [.text("questions: \(reason.rawValue)")])
            let line = change("refused", in: report)
            #expect(line?.contains(setting) == true && line?.contains("disk") == false, "\(line ?? "")")
        }
    }

    /// Who asks too early for a conversation stands behind whatever hides something of it; and the address is the
    /// server's own.
    @Test func aRefusedQuestionHidesNothing() throws {
        var sample = try Self.priced()
        Self.add("lost-bot", to: &sample, conversation: nil)
        let live = LiveFigures(
            spansWaiting: 0, tracesWaiting: 0, secondsToSettle: 0,
            refusals: [
                .init(.notFound, at: .questions, count: 3), .init(.notFound, at: .events, count: 1),
                .init(.notFound, at: .requests, count: 1),
            ], troubles: [], address: "http://127.0.0.1:8911")
        let report = try Self.report(&sample, live)
        #expect(
            findings(report).map { $0[2] } == [
                .text("events: not_found"), .text("requests: not_found"), ReportValue.none,
                .text("questions: not_found"),
            ], "\(findings(report))")
        let changes = try #require(report.section("changes")).rows
        let asked = changes.first { $0[2] == .text("questions: not_found") }?[3]
        #expect(asked == .text("nothing where a conversation was asked for too early: its spans settle within seconds"))
        #expect(changes.contains { $0[3] == .text("events by POST to http://127.0.0.1:8911/v1/events") }, "\(changes)")
        #expect(!changes.contains { if case .text(let text) = $0[3] { text.contains("HOST") } else { false } })
    }

    /// A name that is right stands in the wrong place.
    @Test func aFieldBesideTheDataIsLedIntoIt() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample)
        sample.add(
            "feedback.submitted", at: 3500,
            [
                "conversation_id": .text("c1"), "service_name": .text("odd-bot"),
                "attributes": .json(#"{"score":4}"#),
            ])
        let report = try Self.report(&sample)
        #expect(change("unread_names", in: report) == "score of feedback.submitted: say it in the data")
    }
}
