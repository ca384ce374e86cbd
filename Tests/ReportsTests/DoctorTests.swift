import Domain
import Foundation
import JSONTexts
import Reports
import Testing

/// First aid: each fault has its finding with the line that mends it, and a sound sender has none.
@Suite struct DoctorTests {
    private static let trace = "0f5ee02a2e35937b3c6537cfcc16b38d"
    /// What is received when the sample's clock stands still comes before the end.
    private static let end = SampleStore.start + 3601 * 1_000_000_000

    private static func report(_ sample: inout SampleStore, _ live: LiveFigures? = nil) throws -> Report {
        try sample.runner().doctor(to: end, live: live)
    }

    /// `spans` spans of a service, and a call.
    private static func add(
        _ service: String?, to sample: inout SampleStore, spans: Int = 2, conversation: String? = "c1",
        model: String = "big", usage: Bool = true, unknown: String? = nil, at seconds: Double = 3500
    ) {
        var context: [String: EventValue] = ["trace_id": .text(trace)]
        context["service_name"] = service.map { .text($0) }
        for _ in 0..<spans {
            var span = context.merging(["span_name": .text("chat"), "span_class": .text("model_call")]) { $1 }
            span["unknown_attributes"] = unknown.map { .json($0) }
            sample.add("span.received", at: seconds, span)
        }
        var call = context.merging([
            "provider": .text("maker"), "request_model": .text(model), "status": .text("ok"),
        ]) { $1 }
        call["conversation_id"] = conversation.map { .text($0) }
        if usage { (call["input_tokens"], call["output_tokens"]) = (.integer(100), .integer(10)) }
        sample.add("llm.call", at: seconds, call)
    }

    private static func priced() throws -> SampleStore {
        var sample = try SampleStore()
        sample.addPrice("big", "input", picoPerToken: 2_500_000)
        sample.addPrice("big", "output", picoPerToken: 10_000_000)
        return sample
    }

    /// Finding, of what, and how many.
    private func findings(_ report: Report) -> [[ReportValue?]] {
        guard let section = report.section("findings") else { return [] }
        return section.rows.indices.map { row in
            ["finding", "what", "count"].map { section.value($0, row: row) }
        }
    }

    private func change(_ kind: String, in report: Report) -> String? {
        guard let section = report.section("changes") else { return nil }
        let row = section.rows.indices.first { section.value("finding", row: $0) == .text(kind) }
        guard case .text(let text)? = row.flatMap({ section.value("change", row: $0) }) else { return nil }
        return text
    }

    @Test func aSoundSenderHasNothingToMend() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample)
        let live = LiveFigures(
            started: SampleStore.start, spansWaiting: 0, tracesWaiting: 0, secondsToSettle: 0,
            refusals: [.init("invalid", what: "events", count: 0)], troubles: [])
        for live in [nil, live] {
            let report = try Self.report(&sample, live)
            #expect(findings(report) == [[.text("all is well"), ReportValue.none, ReportValue.none]])
            #expect(report.section("changes")?.rows.isEmpty == true)
            let services = try #require(report.section("services"))
            #expect(services.rows.map { $0.prefix(3) } == [[.text("bot"), .count(Int128(2)), .count(Int128(1))]])
            #expect(report.rendered(.table).contains("\nNothing to mend\n"))
        }
    }

    @Test func whoseCallsLackWhatIsNamed() throws {
        var sample = try Self.priced()
        Self.add("lost-bot", to: &sample, spans: 3, conversation: nil)
        Self.add("mute-bot", to: &sample, usage: false)
        Self.add("new-bot", to: &sample, model: "nobody's")
        Self.add("bot", to: &sample)
        let report = try Self.report(&sample)
        #expect(
            findings(report) == [
                [.text("no_conversation"), .text("lost-bot"), .count(Int128(1))],
                [.text("no_usage"), .text("mute-bot"), .count(Int128(1))],
                [.text("no_price"), .text("maker nobody's"), .count(Int128(1))],
            ])
        #expect(change("no_conversation", in: report)?.contains("gen_ai.conversation.id") == true)
        #expect(change("no_usage", in: report)?.contains("include_usage") == true)
        #expect(
            change("no_price", in: report)?.contains(",nobody's,input,PRICE,,,2026-08-01") == true,
            "\(change("no_price", in: report) ?? "")")
        let services = try #require(report.section("services"))
        #expect(services.value("service", row: 0) == .text("lost-bot"))
        #expect(services.count("without_conversation") == 1 && services.count("calls") == 4)
    }

    /// Whoever sends events of ours needs no spans.
    @Test func eventsWithoutSpansAreNoFault() throws {
        var sample = try Self.priced()
        Self.add(nil, to: &sample, spans: 0)
        #expect(findings(try Self.report(&sample)).map { $0[0] } == [.text("all is well")])
    }

    @Test func unreadNamesAreTranslatedWhereSomethingSaysTheSame() throws {
        var sample = try Self.priced()
        Self.add(
            "odd-bot", to: &sample, spans: 2,
            unknown: #"{"my.prompt_tokens":"int","shop.session":"string","shop.colour":"string"}"#)
        Self.add("odd-bot", to: &sample, spans: 1, unknown: #"{"shop.colour":"string"}"#)
        let report = try Self.report(&sample)
        let names = try #require(report.section("unread"))
        #expect(names.rows.map { $0[0] } == ["shop.colour", "my.prompt_tokens", "shop.session"].map { .text($0) })
        #expect(names.rows.map { $0[1] } == [3, 2, 2].map { .count(Int128($0)) })
        #expect(names.value("instead", row: 0) == ReportValue.none)
        #expect(names.value("instead", row: 1) == .text("gen_ai.usage.input_tokens"))
        #expect(names.value("instead", row: 2) == .text("gen_ai.conversation.id"))
        // What nothing says otherwise is no fault.
        #expect(findings(report).map { $0[1] } == [.text("my.prompt_tokens"), .text("shop.session")])
    }

    @Test func servicesWithoutANameAndClocksThatLeadAreNamed() throws {
        var sample = try Self.priced()
        Self.add("unknown_service:python", to: &sample)
        Self.add("fast-bot", to: &sample, spans: 1, at: 3700)
        Self.add("slow-bot", to: &sample, spans: 1, at: -3600)
        let report = try Self.report(&sample)
        let kinds = findings(report).map { $0[0] }
        #expect(kinds == ["no_service", "clock_ahead", "late"].map { .text($0) }, "\(findings(report))")
        #expect(findings(report)[1][1] == .text("fast-bot, by up to 100 s"))
        #expect(findings(report)[2][1] == .text("slow-bot, by up to 7200 s"))
        #expect(change("no_service", in: report) == "OTEL_SERVICE_NAME=my-bot")
        #expect(change("clock_ahead", in: report)?.contains("set-ntp") == true)
    }

    @Test func whatAServerKnowsStandsBesideIt() throws {
        var sample = try SampleStore()
        let live = LiveFigures(
            started: SampleStore.start, spansWaiting: 7, tracesWaiting: 2, secondsToSettle: 6,
            refusals: [
                .init("conflict", what: "events", count: 0), .init("media_type", what: "requests", count: 3),
                .init("not_found", what: "requests", count: 4),
            ], troubles: ["unsealed events stay in the log"])
        let report = try Self.report(&sample, live)
        #expect(
            findings(report) == [
                [.text("no_spans"), ReportValue.none, .count(Int128(0))],
                [.text("spans_waiting"), ReportValue.none, .count(Int128(7))],
                [.text("refused"), .text("requests: media_type"), .count(Int128(3))],
                [.text("refused"), .text("requests: not_found"), .count(Int128(4))],
                [.text("trouble"), .text("unsealed events stay in the log"), .count(Int128(1))],
            ])
        let changes = try #require(report.section("changes")).rows.map { $0[1] }
        #expect(changes[0] == .text("OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:8910"))
        #expect(changes[1] == .text("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"))
        #expect(changes.contains(.text("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf; metrics and logs are not taken")))
        let waiting = try #require(report.section("waiting"))
        #expect(waiting.rows == [[.count(Int128(7)), .count(Int128(2)), .count(Int128(6))]])
        #expect(try #require(report.section("refusals")).rows.count == 2)
        // Nobody knows what waits where nobody serves.
        #expect(try Self.report(&sample).section("waiting")?.rows.isEmpty == true)
    }

    /// Whatever came: no table is wider than a terminal, and every format has every finding.
    @Test func itIsNarrowAndSaysTheSameInAllFormats() throws {
        var sample = try Self.priced()
        for number in 0..<60 {
            Self.add(
                "bot-\(number)", to: &sample, spans: 1, conversation: nil, model: "m-\(number)", usage: number % 2 == 0,
                unknown: "{\"a.name_that_goes_on.\(number).tokens\":\"int\"}")
        }
        let report = try Self.report(&sample)
        let table = report.rendered(.table)
        for line in table.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
        let json = try JSONReader.parse(Array(report.rendered(.json).utf8))
        #expect(json["findings"]?.array?.count == report.section("findings")?.rows.count)
        let findings = try #require(report.section("findings"))
        #expect(report.rendered(.csv).split(separator: "\r\n").count == findings.rows.count + 1)
        // As many of a kind as somebody reads.
        #expect(report.section("unread")?.rows.count == 50 && report.section("prices")?.rows.count == 30)
    }

    @Test func onlyWhatWasReceivedInThePeriodCounts() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample, conversation: nil)
        let runner = try sample.runner()
        let later = try runner.doctor(from: Self.end, to: Self.end + 1, live: nil)
        #expect(findings(later).map { $0[0] } == [.text("no_spans")])
        #expect(throws: ReportError.self) { try runner.doctor(from: Self.end, to: Self.end) }
    }
}
