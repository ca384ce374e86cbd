import Dialects
import Domain
import Foundation
import JSONTexts
import Reports
import Testing

/// First aid: each fault has its finding with the line that mends it, and a sound sender has none.
@Suite struct DoctorTests {
    private static let trace = "0f5ee02a2e35937b3c6537cfcc16b38d"
    /// What is received when the sample's clock stands still comes before the end.
    static let end = SampleStore.start + 3601 * 1_000_000_000

    static func report(_ sample: inout SampleStore, _ live: LiveFigures? = nil) throws -> Report {
        try sample.runner().doctor(to: end, live: live)
    }

    /// `spans` spans of a service, and a call.
    static func add(
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
        if spans > 0 { call["source"] = .text(TraceSettler.sourcePrefix + "x") }
        sample.add("llm.call", at: seconds, call)
    }

    static func priced() throws -> SampleStore {
        var sample = try SampleStore()
        sample.addPrice("big", "input", picoPerToken: 2_500_000)
        sample.addPrice("big", "output", picoPerToken: 10_000_000)
        return sample
    }

    /// Whose, finding, of what, and how many.
    func findings(_ report: Report) -> [[ReportValue?]] {
        guard let section = report.section("findings") else { return [] }
        return section.rows.indices.map { row in
            ["service", "finding", "what", "count"].map { section.value($0, row: row) }
        }
    }

    func change(_ kind: String, in report: Report) -> String? {
        guard let section = report.section("changes") else { return nil }
        let row = section.rows.indices.first { section.value("finding", row: $0) == .text(kind) }
        guard case .text(let text)? = row.flatMap({ section.value("change", row: $0) }) else { return nil }
        return text
    }

    @Test func aSoundSenderHasNothingToMend() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample)
        let live = LiveFigures(
            spansWaiting: 0, tracesWaiting: 0, secondsToSettle: 0,
            refusals: [.init(.invalid, at: .events, count: 0)], troubles: [])
        for live in [nil, live] {
            let report = try Self.report(&sample, live)
            #expect(findings(report) == [[ReportValue.none, .text("all is well"), ReportValue.none, ReportValue.none]])
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
                [.text("lost-bot"), .text("no_conversation"), ReportValue.none, .count(Int128(1))],
                [.text("mute-bot"), .text("no_usage"), ReportValue.none, .count(Int128(1))],
                [.text("new-bot"), .text("no_price"), .text("maker nobody's"), .count(Int128(1))],
            ])
        #expect(change("no_conversation", in: report)?.contains("gen_ai.conversation.id") == true)
        #expect(change("no_usage", in: report)?.contains("include_usage") == true)
        #expect(
            try #require(report.section("changes")).rows.filter { $0[1] == .text("no_price") }.map { $0[3] } == [
                .text("plimsoll prices load FILE, FILE being these lines with a number for each PRICE:"),
                .text("provider,model,token_class,usd_per_million_tokens,valid_from"),
                .text("maker,nobody's,input,PRICE,2026-08-01T00:00:00Z"),
                .text("maker,nobody's,output,PRICE,2026-08-01T00:00:00Z"),
            ])
        let services = try #require(report.section("services"))
        #expect(services.value("service", row: 0) == .text("lost-bot"))
        #expect(services.count("without_conversation") == 1 && services.count("calls") == 4)
    }

    /// A slip in a model's name, and a name of it that the book lacks; another number is another model.
    @Test(arguments: [
        ("bigmodle-4", "bigmodle-4: did you mean bigmodel-4, which has a price?"),
        ("maker/bigmodl-4", "maker/bigmodl-4: did you mean bigmodel-4, which has a price?"),
        ("bigmodel-4-2026-05-06", "bigmodel-4-2026-05-06: if it costs what bigmodel-4 does, it can stand among"),
        ("bigmodel-5", nil), ("other", nil),
    ]) func aModelThatIsNearlyPricedIsToldWhichOne(_ model: String, _ advice: String?) throws {
        let book = try PriceBook(
            ["bigmodel-4", "bigmodel-4-turbo"].map { name in
                try PriceEntry(
                    provider: "maker", model: name, tokenClass: .input, serviceTier: nil, picoUSDPerToken: 1,
                    picoUSDPerGPUHour: nil, validFrom: 0, position: 0, origin: .builtIn)
            })
        var sample = try Self.priced()
        Self.add("bot", to: &sample, model: model)
        let line = change("no_price", in: try sample.runner().doctor(to: Self.end, prices: book))
        #expect(line?.hasPrefix(advice ?? "plimsoll prices load FILE") == true, "\(line ?? "")")
    }

    /// A price list for a provider that is none would keep the slip.
    @Test(arguments: [
        ("makre", "maker: did you mean makre, whose calls have prices?"), ("other", nil), ("maker", nil),
    ] as [(String, String?)])
    func aProviderThatIsNearlyKnownIsToldWhichOne(_ known: String, _ advice: String?) throws {
        let book = PriceBook([
            try PriceEntry(
                provider: known, model: "bigmodel-4", tokenClass: .input, serviceTier: nil, picoUSDPerToken: 1,
                picoUSDPerGPUHour: nil, validFrom: 0, position: 0, origin: .builtIn)
        ])
        var sample = try Self.priced()
        Self.add("bot", to: &sample, model: "huge")
        let report = try sample.runner().doctor(to: Self.end, prices: book)
        let changes = try #require(report.section("changes")).rows.filter { $0[1] == .text("no_price") }
        guard case .text(let line)? = changes.first?[3] else {
            Issue.record("no change is named")
            return
        }
        #expect(line.hasPrefix(advice ?? "plimsoll prices load FILE"), "\(line)")
        #expect((changes.count == 1) == (advice != nil), "\(changes)")
    }

    /// Whoever sends events of ours needs no spans.
    @Test func eventsWithoutSpansAreNoFault() throws {
        var sample = try Self.priced()
        Self.add(nil, to: &sample, spans: 0)
        #expect(findings(try Self.report(&sample)).map { $0[1] } == [.text("all is well")])
    }

    @Test func unreadNamesAreTranslatedWhereSomethingSaysTheSame() throws {
        var sample = try Self.priced()
        Self.add(
            "odd-bot", to: &sample, spans: 2,
            unknown: #"{"my.prompt_tokens":"int","shop.session":"string","shop.colour":"string"}"#)
        Self.add("odd-bot", to: &sample, spans: 1, unknown: #"{"shop.colour":"string"}"#)
        let report = try Self.report(&sample)
        let names = try #require(report.section("unread"))
        #expect(names.rows.allSatisfy { $0[0] == .text("odd-bot") })
        #expect(names.rows.map { $0[1] } == ["shop.colour", "my.prompt_tokens", "shop.session"].map { .text($0) })
        #expect(names.rows.map { $0[2] } == [3, 2, 2].map { .count(Int128($0)) })
        #expect(names.value("instead", row: 0) == ReportValue.none)
        #expect(names.value("instead", row: 1) == .text("gen_ai.usage.input_tokens"))
        #expect(names.value("instead", row: 2) == .text("gen_ai.conversation.id"))
        // What nothing says otherwise is no fault.
        #expect(findings(report).map { $0[2] } == [.text("my.prompt_tokens"), .text("shop.session")])
    }

    /// Spans that name no service and what they told are in one row, without a name: their sources are names of ours.
    @Test func spansWithoutAServiceShareARowWithTheirCalls() throws {
        var sample = try Self.priced()
        Self.add(nil, to: &sample, conversation: nil)
        sample.add(
            "span.received", at: 3700,
            [
                "source": .text(SpanRecord.evidenceSource(nil)), "span_name": .text("chat"),
                "span_class": .text("model_call"),
            ])
        let report = try Self.report(&sample)
        let services = try #require(report.section("services"))
        #expect(services.rows.map { $0.prefix(3) } == [[ReportValue.none, .count(Int128(3)), .count(Int128(1))]])
        let found = findings(report)
        #expect(found.map { $0[0] } == [ReportValue.none, ReportValue.none, ReportValue.none], "\(found)")
        #expect(found.map { $0[1] } == ["no_service", "no_conversation", "clock_ahead"].map { .text($0) }, "\(found)")
    }

    @Test func servicesWithoutANameAndClocksThatLeadAreNamed() throws {
        var sample = try Self.priced()
        Self.add("unknown_service:python", to: &sample)
        Self.add("fast-bot", to: &sample, spans: 1, at: 3700)
        Self.add("slow-bot", to: &sample, spans: 1, at: -3600)
        let report = try Self.report(&sample)
        let kinds = findings(report).map { $0[1] }
        #expect(kinds == ["no_service", "clock_ahead", "late"].map { .text($0) }, "\(findings(report))")
        #expect(findings(report)[1].prefix(3) == [.text("fast-bot"), .text("clock_ahead"), .text("by up to 100 s")])
        #expect(findings(report)[2].prefix(3) == [.text("slow-bot"), .text("late"), .text("by up to 7200 s")])
        #expect(change("no_service", in: report) == "OTEL_SERVICE_NAME=my-bot")
        #expect(change("clock_ahead", in: report)?.contains("set-ntp") == true)
        // Late is not lost.
        #expect(change("late", in: report)?.contains("it is kept, and reports have it") == true)
    }

    @Test func whatAServerKnowsStandsBesideIt() throws {
        var sample = try SampleStore()
        let live = LiveFigures(
            spansWaiting: 7, tracesWaiting: 2, secondsToSettle: 6,
            refusals: [
                .init(.conflict, at: .events, count: 0), .init(.mediaType, at: .spans, count: 3),
                .init(.notFound, at: .events, count: 4),
            ], troubles: [Trouble("unsealed events stay in the log", .asTold)])
        let report = try Self.report(&sample, live)
        #expect(
            findings(report) == [
                [ReportValue.none, .text("no_spans"), ReportValue.none, .count(Int128(0))],
                [ReportValue.none, .text("spans_waiting"), ReportValue.none, .count(Int128(7))],
                [ReportValue.none, .text("refused"), .text("spans: media_type"), .count(Int128(3))],
                [ReportValue.none, .text("refused"), .text("events: not_found"), .count(Int128(4))],
                [ReportValue.none, .text("trouble"), .text("unsealed events stay in the log"), .count(Int128(1))],
            ])
        let changes = try #require(report.section("changes")).rows.map { $0[3] }
        #expect(changes[0] == .text("OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:8910"))
        #expect(changes[1] == .text("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"))
        #expect(changes.contains(.text("events by POST to http://HOST:8910/v1/events")), "\(changes)")
        let waiting = try #require(report.section("waiting"))
        #expect(waiting.rows == [[.count(Int128(7)), .count(Int128(2)), .count(Int128(6))]])
        #expect(try #require(report.section("refusals")).rows.count == 2)
        // Nobody knows what waits where nobody serves.
        #expect(try Self.report(&sample).section("waiting")?.rows.isEmpty == true)
    }

    /// A disk that is full is a trouble, with what to do about it.
    @Test func whoseEventsAreRefusedIsToldWhy() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample)
        let reason = "events are refused: the disk is full"
        let live = LiveFigures(
            spansWaiting: 0, tracesWaiting: 0, secondsToSettle: 0, refusals: [],
            troubles: [Trouble(reason, .space)])
        let report = try Self.report(&sample, live)
        #expect(findings(report) == [[ReportValue.none, .text("trouble"), .text(reason), .count(Int128(1))]])
        #expect(change("trouble", in: report)?.contains("free space") == true)
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
        #expect(findings(later).map { $0[1] } == [.text("no_spans")])
        #expect(throws: ReportError.self) { try runner.doctor(from: Self.end, to: Self.end) }
    }

    // MARK: What cannot be read

    /// A call that a span told with a usage in a form that nobody reads: it has no price to be missing.
    static func addUnread(
        _ service: String, to sample: inout SampleStore, unknown: String, attributes: String? = nil,
        input: Int64? = nil, output: Int64? = nil, conversation: String? = "c1"
    ) {
        let span = "b7ad6b7169203331"
        var context: [String: EventValue] = [
            "trace_id": .text(trace), "span_id": .text(span), "service_name": .text(service),
        ]
        var told = context.merging(["span_name": .text("chat"), "span_class": .text("model_call")]) { $1 }
        told["unknown_attributes"] = .json(unknown)
        told["span_attributes"] = attributes.map { .json($0) }
        sample.add("span.received", at: 3500, told)
        context["conversation_id"] = conversation.map { .text($0) }
        var call = context.merging([
            "provider": .text("maker"), "request_model": .text("big"), "status": .text("ok"),
        ]) { $1 }
        call["input_tokens"] = input.map { .integer($0) }
        call["output_tokens"] = output.map { .integer($0) }
        sample.add("llm.call", at: 3500, call)
    }

    @Test func usageThatCannotBeReadIsNoMissingPrice() throws {
        for (type, attributes) in [
            ("string", nil), ("double", #"{"gen_ai.usage.input_tokens":1.5}"#),
            ("int", #"{"gen_ai.usage.input_tokens":-5}"#), ("bool", #"{"gen_ai.usage.input_tokens":true}"#),
        ] as [(String, String?)] {
            var sample = try Self.priced()
            Self.addUnread(
                "odd-bot", to: &sample, unknown: "{\"gen_ai.usage.input_tokens\":\"\(type)\"}", attributes: attributes,
                output: 10)
            Self.add("mute-bot", to: &sample, usage: false)
            let report = try Self.report(&sample)
            let found = findings(report)
            #expect(found.map { $0[1] } == [.text("unread_usage"), .text("no_usage")], "\(found)")
            #expect(found.map { $0[0] } == [.text("odd-bot"), .text("mute-bot")], "\(found)")
            guard case .text(let what)? = found.first?[2] else { throw SampleError.noText }
            #expect(what.hasPrefix("gen_ai.usage.input_tokens: \(type)"), "\(what)")
            #expect(what.contains(", such as") == (attributes != nil), "\(what)")
            let line = change("unread_usage", in: report)
            #expect(line?.hasPrefix("gen_ai.usage.input_tokens: a whole number from 0") == true, "\(line ?? "")")
            #expect(change("no_price", in: report) == nil)
            let services = try #require(report.section("services"))
            #expect(services.count("unread_usage") == 1 && services.count("without_usage") == 1)
            #expect(services.count("without_price") == 0 && report.section("prices")?.rows.isEmpty == true)
        }
    }

    private enum SampleError: Error { case noText }

    /// Where evidence says why a text was not read, that is the reason, whatever was said elsewhere under the name.
    @Test func whyATextIsNotReadIsTold() throws {
        var sample = try Self.priced()
        Self.addUnread(
            "odd-bot", to: &sample, unknown: #"{"plimsoll.tenant":"what looks like a credential"}"#,
            attributes: #"{"plimsoll.tenant":"acme"}"#, input: 12, output: 10)
        let report = try Self.report(&sample)
        let row: [ReportValue?] = [
            .text("odd-bot"), .text("unread_values"), .text("plimsoll.tenant: what looks like a credential"), .count(1),
        ]
        #expect(findings(report).contains(row), "\(findings(report))")
        #expect(
            change("unread_values", in: report)
                == "plimsoll.tenant: a text of at most 1024 bytes, not what looks like a credential")
    }

    /// What was told and has no price is told as that, though something else was not told.
    @Test func whatWasToldAndHasNoPriceIsAPriceStill() throws {
        var sample = try SampleStore()
        sample.addPrice("big", "output", picoPerToken: 10_000_000)
        Self.addUnread("odd-bot", to: &sample, unknown: #"{"gen_ai.usage.output_tokens":"string"}"#, input: 12)
        let report = try Self.report(&sample)
        #expect(findings(report).map { $0[1] } == [.text("unread_usage"), .text("no_price")], "\(findings(report))")
        let changes = try #require(report.section("changes")).rows.map { $0[3] }
        #expect(changes.contains(.text("maker,big,input,PRICE,2026-08-01T00:00:00Z")), "\(changes)")
    }

    @Test func wordsThatNobodyKnowsAreToldWithThoseThatThereAre() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample)
        var span: [String: EventValue] = [
            "trace_id": .text(Self.trace), "service_name": .text("odd-bot"), "span_name": .text("chat"),
            "span_class": .text("other"),
        ]
        span["span_attributes"] = .json(#"{"gen_ai.operation.name":"chat-complete","plimsoll.outcome":"solved"}"#)
        span["unknown_attributes"] = .json(#"{"plimsoll.outcome":"string"}"#)
        for _ in 0..<3 { sample.add("span.received", at: 3500, span) }
        // Known to a table whose words are not all: no fault, unless it is nearly one.
        span["unknown_attributes"] = nil
        span["span_attributes"] = .json(#"{"sentry.op":"ui.load","openinference.span.kind":"LLMS"}"#)
        sample.add("span.received", at: 3500, span)
        sample.add(
            "conversation.resolved", at: 3500,
            ["conversation_id": .text("c1"), "service_name": .text("odd-bot"), "by": .text("Agents")])
        let report = try Self.report(&sample)
        #expect(
            findings(report) == [
                [
                    .text("odd-bot"), .text("unknown_operation"), .text("gen_ai.operation.name: \"chat-complete\""),
                    .count(Int128(3)),
                ],
                [
                    .text("odd-bot"), .text("unknown_operation"), .text("openinference.span.kind: \"LLMS\""),
                    .count(Int128(1)),
                ],
                [.text("odd-bot"), .text("unread_outcome"), .text("plimsoll.outcome: \"solved\""), .count(Int128(3))],
                [
                    .text("odd-bot"), .text("unread_outcome"), .text("conversation.resolved by: \"Agents\""),
                    .count(Int128(1)),
                ],
            ], "\(findings(report))")
        let changes = try #require(report.section("changes")).rows.map { $0[3] }
        for line in [
            "openinference.span.kind: llm instead of \"LLMS\"", "plimsoll.outcome: resolved instead of \"solved\"",
            "plimsoll.outcome: one of abandoned, completed, escalated, resolved", "by: agent instead of \"Agents\"",
            "by of conversation.resolved: one of agent, human",
        ] { #expect(changes.contains(.text(line)), "\(line) in \(changes)") }
        #expect(
            changes.contains { change in
                guard case .text(let text) = change else { return false }
                return text.hasPrefix("gen_ai.operation.name: one of acompletion, aembedding, ")
            })
    }

    /// Read as calls, and told as what they are; calls that a dialect has no operations for are none of them.
    @Test func callsOfSpansThatNameNoKindAreTold() throws {
        var sample = try Self.priced()
        for (service, kind) in [("own-bot", "other"), ("bot", "model_call")] {
            let context: [String: EventValue] = [
                "trace_id": .text(Self.trace), "span_id": .text("b7ad6b7169203331"), "service_name": .text(service),
            ]
            sample.add(
                "span.received", at: 3500,
                context.merging([
                    "span_name": .text("ask"), "span_class": .text(kind),
                    "span_attributes": .json(#"{"gen_ai.request.model":"big"}"#),
                ]) { $1 })
            sample.add(
                "llm.call", at: 3500,
                context.merging([
                    "conversation_id": .text("c1"), "provider": .text("maker"), "request_model": .text("big"),
                    "status": .text("ok"), "input_tokens": .integer(100), "output_tokens": .integer(10),
                    "span_id": .text(kind == "other" ? "b7ad6b7169203331" : "b7ad6b7169203332"),
                ]) { $1 })
        }
        let report = try Self.report(&sample)
        #expect(
            findings(report) == [[.text("own-bot"), .text("no_operation"), .text("big"), .count(Int128(1))]],
            "\(findings(report))")
        #expect(
            change("no_operation", in: report)
                == "span.set_attribute(\"gen_ai.operation.name\", \"chat\") on the call's span")
    }

    @Test func outcomesWithoutAConversationAreCounted() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample)
        for _ in 0..<2 {
            sample.add("conversation.resolved", at: 3500, ["by": .text("agent")])
            sample.add("feedback.submitted", at: 3500, ["service_name": .text("bot"), "score": .integer(5)])
        }
        sample.add("feedback.submitted", at: 3500, ["conversation_id": .text("c1"), "score": .integer(5)])
        let report = try Self.report(&sample)
        #expect(
            findings(report) == [
                [.text("bot"), .text("lost_outcome"), .text("feedback.submitted"), .count(Int128(2))],
                [.text("test"), .text("lost_outcome"), .text("conversation.resolved"), .count(Int128(2))],
            ], "\(findings(report))")
        #expect(change("lost_outcome", in: report) == "\"conversation_id\": ID in the data of feedback.submitted")
    }

    @Test func namesOfModelsThatAreNoTextsAreTold() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample)
        for attributes in [
            #"{"gen_ai.request.model":["a"]}"#, #"{"gen_ai.conversation.id":true}"#, #"{"gen_ai.conversation.id":7}"#,
        ] {
            sample.add(
                "span.received", at: 3500,
                [
                    "trace_id": .text(Self.trace), "service_name": .text("odd-bot"), "span_class": .text("agent"),
                    "span_attributes": .json(attributes),
                ])
        }
        let report = try Self.report(&sample)
        #expect(
            findings(report).map { $0[2] } == [
                .text("gen_ai.conversation.id: true"), .text("gen_ai.request.model: [\"a\"]"),
            ], "\(findings(report))")
    }

    /// Whatever a table reads can be told in a form that it does not take, and each such is told with the form.
    @Test func everyNameThatIsReadHasAForm() {
        let book = DialectBook.builtIn
        #expect(book.readAttributes.count > 100)
        for name in book.readAttributes where name != "span.name" {
            guard let form = book.form(of: name) else {
                Issue.record("\(name) is read, and nobody knows in which form")
                continue
            }
            #expect(!form.wanted.isEmpty, "\(name)")
        }
        #expect(book.form(of: "shop.colour") == nil)
        #expect(book.form(of: "gen_ai.usage.input_tokens")?.matter == .usage)
        #expect(book.form(of: "gen_ai.usage.cost")?.wanted == "USD as a number")
        #expect(book.form(of: "plimsoll.attempt")?.wanted.hasPrefix("an integer") == true)
    }

    /// A mistyped name says what was meant; what only looks a little like another does not.
    @Test func mistypedNamesAreLedToThoseThatWereMeant() throws {
        let meant = [
            "gen_ai.operation.nam": "gen_ai.operation.name", "plimsoll.outcom": "plimsoll.outcome",
            "gen_ai.conversaton.id": "gen_ai.conversation.id", "GenAi.Request.Model": "gen_ai.request.model",
        ]
        var sample = try Self.priced()
        // order: each stands for itself.
        for name in meant.keys { Self.add("bot", to: &sample, unknown: "{\"\(name)\":\"string\"}") }
        Self.add("bot", to: &sample, unknown: #"{"app.user.ip":"string","shop.colours":"string"}"#)
        let report = try Self.report(&sample)
        let names = try #require(report.section("unread"))
        for row in names.rows.indices {
            guard case .text(let name)? = names.value("name", row: row) else { continue }
            if let meant = meant[name] {
                #expect(names.value("instead", row: row) == .text(meant))
            } else {
                #expect(names.value("instead", row: row) != .text("app.user.id"), "\(name)")
            }
        }
        #expect(names.rows.count == 6)
    }

    /// A member of an event's data that was meant to be a field which the event lacks, and how many events have it.
    @Test func misspeltMembersOfEventsAreLedToTheirFields() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample)
        let context: [String: EventValue] = ["conversation_id": .text("c1"), "service_name": .text("odd-bot")]
        let slip = context.merging(["attributes": .json(#"{"scor":4,"colour":"red"}"#)]) { $1 }
        for _ in 0..<2 { sample.add("feedback.submitted", at: 3500, slip) }
        // Where the field is there as well the other is the sender's own.
        sample.add("feedback.submitted", at: 3500, slip.merging(["score": .integer(4)]) { $1 })
        let report = try Self.report(&sample)
        #expect(
            findings(report) == [
                [.text("odd-bot"), .text("unread_names"), .text("feedback.submitted scor"), .count(Int128(2))]
            ], "\(findings(report))")
        #expect(change("unread_names", in: report) == "scor of feedback.submitted: say it as score")
    }

    // MARK: What was refused

    /// Every reason at every door has lines to change, and none tells somebody to set what he does not have.
    @Test func everyRefusalHasAnAdviceOfItsDoor() throws {
        var sample = try SampleStore()
        let refusals = RefusalDoor.allCases.flatMap { door in
            RefusalName.allCases.map { LiveFigures.Refusal($0, at: door, count: 1) }
        }
        let live = LiveFigures(
            spansWaiting: 0, tracesWaiting: 0, secondsToSettle: 0, refusals: refusals,
            troubles: [])
        let report = try Self.report(&sample, live)
        let section = try #require(report.section("changes"))
        #expect(report.section("refusals")?.rows.count == refusals.count)
        for line in report.rendered(.table).split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
        for door in RefusalDoor.allCases {
            for reason in RefusalName.allCases {
                let what = ReportValue.text("\(door.rawValue): \(reason.rawValue)")
                let lines = section.rows.filter { $0[1] == .text("refused") && $0[2] == what }.compactMap { row in
                    if case .text(let text) = row[3] { text } else { nil }
                }
                #expect(!lines.isEmpty && lines.allSatisfy { !$0.isEmpty }, "\(door) \(reason)")
                let isOfExporter = lines.contains { $0.contains("OTEL_EXPORTER") || $0.contains("OTEL_METRICS") }
                let text = lines.joined(separator: "\n")
                switch door {
                case .events, .questions, .requests: #expect(!isOfExporter, "\(door) \(reason): \(text)")
                case .spans, .grpc:
                    #expect(!text.contains("/v1/events") && !text.contains("/v1/sql"), "\(door) \(reason): \(text)")
                }
                if [.notFound, .mediaType, .tls, .noToken].contains(reason), door == .spans { #expect(isOfExporter) }
                if [.notFound, .method, .mediaType, .tls].contains(reason), door == .events {
                    #expect(text.contains("POST to http://HOST:8910/v1/events"), "\(reason): \(text)")
                }
                #expect(!text.contains(",:") && !text.contains("member query"), "\(door) \(reason): \(text)")
                if reason == .notFound, door == .spans {
                    #expect(text.contains("OTLP_ENDPOINT=http://HOST:8910, without a path"), "\(text)")
                    #expect(text.contains("OTLP_TRACES_ENDPOINT=http://HOST:8910/v1/traces, which"), "\(text)")
                }
            }
        }
        #expect(refusals.count > 150)
    }

    /// A file of a newer form is whole: no backup helps, and nothing of it is to be set aside.
    @Test(arguments: [false, true]) func aFileOfANewerFormWantsTheLaterProgram(_ isAlsoDamaged: Bool) throws {
        var sample = try SampleStore()
        var troubles = [Trouble("a newer version of plimsoll wrote /data/1.segment", .laterVersion)]
        if isAlsoDamaged { troubles.append(.init("/data/2.segment is damaged at offset 9", .backup)) }
        let live = LiveFigures(
            spansWaiting: 0, tracesWaiting: 0, secondsToSettle: 0,
            refusals: [.init(.damaged, at: .questions, count: 1), .init(.unreadable, at: .events, count: 1)],
            troubles: troubles)
        let rows = try #require(Self.report(&sample, live).section("changes")).rows
        let later = ReportValue.text(
            "the version of plimsoll that wrote the file, or a later one: the file is whole")
        for what in ["questions: damaged", "events: unreadable"] {
            let lines = rows.filter { $0[2] == .text(what) }.map { $0[3] }
            #expect(lines.first == later && lines.count == (isAlsoDamaged ? 2 : 1), "\(what): \(lines)")
        }
        #expect(rows.filter { $0[2] == .text(troubles[0].text) }.map { $0[3] } == [later])
        #expect(rows.filter { $0[2] == .text("/data/2.segment is damaged at offset 9") }.map { $0[3] != later }
            == (isAlsoDamaged ? [true] : []))
    }

    /// Of a trouble that says itself what to do no file is damaged.
    @Test func aTroubleThatSaysWhatToDoIsNotVerified() throws {
        for (remedy, isDamage) in [(Trouble.Remedy.asTold, false), (.backup, true)] {
            var sample = try SampleStore()
            let live = LiveFigures(
                spansWaiting: 0, tracesWaiting: 0, secondsToSettle: 0, refusals: [],
                troubles: [.init("a seal failed", remedy)])
            let report = try Self.report(&sample, live)
            let told = try #require(change("trouble", in: report))
            #expect(told.contains("plimsoll verify") == isDamage, "\(told)")
        }
    }

    // MARK: Tables that belong together

    /// A paragraph among the keys goes on below itself; the columns beside it stay where they are.
    @Test func aTroubleKeepsItsTableTogether() throws {
        var sample = try Self.priced()
        Self.add("lost-bot", to: &sample, conversation: nil)
        let path = "/srv/" + String(repeating: "x", count: 120) + ".segment"
        let trouble = "\(path) is damaged at offset 4096: expected a page with its checksum; restore it from a backup"
        let live = LiveFigures(
            spansWaiting: 0, tracesWaiting: 0, secondsToSettle: 0, refusals: [],
            troubles: [.init(trouble, .backup)])
        let report = try Self.report(&sample, live)
        let lines = report.rendered(.table).split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines { #expect(line.count <= 100, "\(line)") }
        let title = try #require(lines.firstIndex { $0.hasPrefix("What to mend") })
        let table = lines[(title + 1)...].prefix { !$0.isEmpty }
        let heading = try #require(table.first)
        #expect(heading.hasPrefix("  service   finding          of what ") && heading.hasSuffix("  count  of"))
        for (start, end) in [
            ("  lost-bot  no_conversation  – ", "    1   1"), ("  –         trouble          /srv/x", "    1   –"),
        ] { #expect(table.filter { $0.hasPrefix(start) && $0.hasSuffix(end) }.count == 1, "\(start): \(table)") }
        // Nothing of it is lost.
        let told = table.dropFirst(2).map { $0.dropFirst(29).prefix { $0 != " " } }.joined(separator: "")
        #expect(told.hasPrefix(path), "\(told)")
    }

    /// The columns that say whose a row is are called the same and stand first; each finding has its lines by them.
    @Test func findingsAndChangesAreJoinedByTheirKeys() throws {
        var sample = try Self.priced()
        Self.add("lost-bot", to: &sample, conversation: nil)
        Self.add("mute-bot", to: &sample, usage: false, unknown: #"{"shop.session":"string"}"#)
        Self.add("new-bot", to: &sample, model: "nobody's")
        let live = LiveFigures(
            spansWaiting: 3, tracesWaiting: 1, secondsToSettle: 1,
            refusals: [.init(.mediaType, at: .events, count: 1), .init(.noEndTime, at: .spans, count: 1)],
            troubles: [Trouble("x", .asTold)])
        let report = try Self.report(&sample, live)
        let (found, changes) = (try #require(report.section("findings")), try #require(report.section("changes")))
        #expect(found.columns.prefix(3).map(\.name) == changes.columns.prefix(3).map(\.name))
        let keys = found.rows.map { Array($0.prefix(3)) }
        #expect(Set(keys).count == keys.count && keys.count == 8, "\(keys)")
        #expect(Set(keys) == Set(changes.rows.map { Array($0.prefix(3)) }))
        for name in ["findings", "changes", "services", "prices", "values", "unread", "refusals"] {
            #expect(report.section(name)?.columns.first?.name == "service", "\(name)")
        }
    }

    /// Of 1,024 names of members each is looked at, and of no more: names that somebody makes up hide nothing else.
    @Test(arguments: [(1023, true), (1024, false), (3000, false)])
    func madeUpNamesOfMembersAreLookedAtSoFar(_ strangers: Int, _ isFound: Bool) throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample, conversation: nil)
        let names = (0..<strangers).map { "\"\($0)\":1" } + [#""scor":4"#]
        sample.add(
            "feedback.submitted", at: 3500,
            [
                "conversation_id": .text("c1"), "service_name": .text("bot"),
                "attributes": .json("{\(names.joined(separator: ","))}"),
            ])
        let kinds = findings(try Self.report(&sample)).map { $0[1] }
        let expected = isFound ? ["no_conversation", "unread_names"] : ["no_conversation"]
        #expect(kinds == expected.map { .text($0) })
    }

    /// What strangers call things is shown only so far.
    @Test func namesFromOutsideAreBounded() throws {
        var sample = try Self.priced()
        let long = String(repeating: "x", count: 3000)
        for number in 0..<200 {
            Self.add(
                "\(number)\(long)", to: &sample, spans: 1, conversation: nil, model: "\(number)\(long)",
                unknown: "{\"a.tokens.n\(number)\":\"int\"}")
        }
        let report = try Self.report(&sample)
        // Fifty of a kind, and up to five lines to change for a model without prices.
        for section in report.sections { #expect(section.rows.count <= 60 * 8, "\(section.name)") }
        #expect(report.rendered(.json).utf8.count < 400_000)
    }
}
