import Domain
import EventStores
import MetricHistory
import PromQLText
import Testing

/// Events with a trace are examples of the series that they made.
@Suite struct ExemplarTests {
    private static func answer(
        _ id: String, at seconds: Double, milliseconds: Int64, trace: String?, span: String? = nil
    ) -> HistoryEvent {
        var fields: [String: EventValue] = [
            "conversation_id": .text("c-\(id)"), "channel": .text("web"), "turn": .integer(1), "status": .text("ok"),
            "duration_ns": .integer(milliseconds * 1_000_000),
        ]
        fields["trace_id"] = trace.map { .text($0) }
        fields["span_id"] = span.map { .text($0) }
        return HistoryStore.event("message.sent", at: seconds, fields, id: id)
    }

    private static func trace(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "a", count: 32 - digits.utf8.count) + digits
    }

    /// A line for each series: its labels, and its examples as value@seconds and their labels.
    private static func lines(
        _ history: HistoryStore, _ selector: String, from start: Int64, through end: Int64
    ) throws -> [String] {
        let times = (HistoryStore.startMilliseconds + start * 1000)...(HistoryStore.startMilliseconds + end * 1000)
        return try history.series(reached: 400).exemplars(HistoryStore.matchers(selector), in: times).map { series in
            "\(series.labels)"
                + series.exemplars.map { exemplar in
                    let seconds = (exemplar.time - HistoryStore.startMilliseconds) / 1000
                    return " \(exemplar.value)@\(seconds)\(exemplar.labels)"
                }.joined()
        }
    }

    @Test func eventsWithATraceAreExamples() throws {
        var history = try HistoryStore(nowSeconds: 60)
        let span = "bbbbbbbbbbbbbbbb"
        try history.append([
            Self.answer("x", at: 10, milliseconds: 1500, trace: Self.trace(1), span: span),
            Self.answer("y", at: 20, milliseconds: 700, trace: Self.trace(2)),
            Self.answer("z", at: 30, milliseconds: 1200, trace: nil),
        ])
        let first = "@10{conversation_id=\"c-x\", span_id=\"\(span)\", trace_id=\"\(Self.trace(1))\"}"
        let second = "@20{conversation_id=\"c-y\", trace_id=\"\(Self.trace(2))\"}"
        for isSealed in [false, true] {
            if isSealed { try history.store.seal() }
            let buckets = "support_answer_duration_seconds_bucket{channel=\"web\", le=\""
            #expect(
                try Self.lines(history, "support_answer_duration_seconds_bucket", from: 0, through: 40) == [
                    buckets + "1.0\", tenant=\"default\"} 0.7" + second,
                    buckets + "2.0\", tenant=\"default\"} 1.5" + first,
                ])
            #expect(
                try Self.lines(history, "support_answers_total", from: 0, through: 40) == [
                    "support_answers_total{channel=\"web\", status=\"ok\", tenant=\"default\"} 1.0" + first + " 1.0"
                        + second
                ])
            #expect(
                try Self.lines(history, "support_answer_duration_seconds", from: 11, through: 20) == [
                    "support_answer_duration_seconds{channel=\"web\", tenant=\"default\"} 0.7" + second
                ])
            let none = "{__name__=~\"support_answer_duration_seconds_(sum|count)\"}"
            #expect(try Self.lines(history, none, from: 0, through: 40).isEmpty)
            #expect(try Self.lines(history, "support_answers_total{channel=\"chat\"}", from: 0, through: 40).isEmpty)
        }
    }

    /// 300 s in a hundred stretches of 2.991 s.
    @Test func ofEachStretchTheLastOneStays() throws {
        var history = try HistoryStore(nowSeconds: 400)
        try history.append(
            (1...300).map {
                Self.answer("\($0)", at: Double($0), milliseconds: 1500, trace: Self.trace($0))
            })
        let times = HistoryStore.startMilliseconds...(HistoryStore.startMilliseconds + 300_000)
        let found = try history.series(reached: 400).exemplars(
            HistoryStore.matchers("support_answers_total"), in: times)
        let seconds = try #require(found.first).exemplars.map { ($0.time - HistoryStore.startMilliseconds) / 1000 }
        #expect(found.count == 1 && seconds.count == 100)
        #expect(seconds.prefix(2) == [3, 6] && seconds.last == 300)
    }
}
