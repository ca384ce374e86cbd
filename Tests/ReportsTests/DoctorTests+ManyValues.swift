import Domain
import Plans
import Reports
import Synchronization
import Testing

/// What others make up as they like does not keep first aid from an answer.
extension DoctorTests {
    /// All that is received lies before it.
    private static let until = SampleStore.start + 3_601_000_000_000

    private static func hexadecimal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    /// A minute of hostile spans, each of a service with names and words of its own, beside a span with its call and
    /// two ratings with a slip between a lot else.
    private static func addMinute(_ minute: Int, to sample: inout SampleStore) {
        let seconds = Double(60 * minute)
        func context(_ number: Int, _ service: String) -> [String: EventValue] {
            [
                "trace_id": .text(hexadecimal(number, digits: 32)), "span_id": .text(hexadecimal(number, digits: 16)),
                "service_name": .text(service),
            ]
        }
        func addSpan(_ context: [String: EventValue], _ attributes: String, _ unread: String?) {
            var span = context.merging([
                "span_name": .text("ask"), "span_class": .text("other"), "span_attributes": .json(attributes),
            ]) { $1 }
            span["unknown_attributes"] = unread.map { .json($0) }
            sample.add("span.received", at: seconds, span)
        }
        for number in (minute * 1001 + 1)..<(minute * 1001 + 1001) {
            addSpan(
                context(number, String(repeating: "s", count: 70) + "-\(number)"),
                "{\"gen_ai.operation.name\":\"k-\(number)\",\"gen_ai.request.model\":[\"m-\(number)\"]}",
                "{\"n-\(minute)\":\"string\"}")
        }
        let bot = context(minute * 1001, "bot")
        addSpan(bot, #"{"gen_ai.request.model":"big"}"#, nil)
        sample.add(
            "llm.call", at: seconds,
            bot.merging([
                "conversation_id": .text("c1"), "provider": .text("maker"), "request_model": .text("big"),
                "status": .text("ok"), "input_tokens": .integer(100), "output_tokens": .integer(10),
            ]) { $1 })
        let much = String(repeating: "x", count: 40_000)
        for _ in 0..<2 {
            sample.add(
                "feedback.submitted", at: seconds,
                [
                    "conversation_id": .text("c1"), "service_name": .text("odd-bot"),
                    "attributes": .json("{\"much\":\"\(much)\",\"scor\":4}"),
                ])
        }
    }

    /// Names of 40,000 services alone take 3 MiB: the period is asked part by part, and who is there all the time is
    /// counted exactly.
    @Test func whateverIsStoredIsAnsweredWithinItsMemory() throws {
        var sample = try SampleStore(nowSeconds: 0)
        for minute in 0..<40 {
            Self.addMinute(minute, to: &sample)
            try sample.pass(seconds: 60)
        }
        var options = QueryOptions()
        options.memoryBudgetBytes = 2 << 20
        let report = try sample.runner(within: options).doctor(from: SampleStore.start, to: Self.until)
        let services = try #require(report.section("services"))
        #expect(services.rows.count == 50)
        #expect(services.rows.first?.prefix(3) == [.text("bot"), .count(Int128(40)), .count(Int128(40))])
        let found = findings(report)
        #expect(found.contains([.text("bot"), .text("no_operation"), .text("big"), .count(Int128(40))]), "\(found)")
        #expect(
            found.contains([
                .text("odd-bot"), .text("unread_names"), .text("feedback.submitted scor"), .count(Int128(80)),
            ]), "\(found)")
        // What is not listed is told, and that not everything was counted one by one.
        let exactness = report.basis.exactness
        #expect(exactness.hasPrefix("not of everything, as "), "\(exactness)")
        #expect(exactness.contains("services are so many that rare ones are left out"), "\(exactness)")
        #expect(exactness.contains("services that are not listed have 39951 spans and 0 calls"), "\(exactness)")
    }

    /// What there was time for is told, and that there was no more; without any service there is no report.
    @Test func whatThereIsTimeForIsTold() throws {
        var sample = try SampleStore()
        Self.add("bot", to: &sample)
        Self.add("lost-bot", to: &sample, conversation: nil)
        var (refused, parts, whole) = (0, 0, 0)
        for looks in [1] + Array(stride(from: 25, to: 2_000, by: 25)) + [.max] {
            let looked = Atomic<Int>(0)
            var options = QueryOptions()
            options.timeLimitNanoseconds = 1_000
            options = options.startingClock { looked.add(1, ordering: .relaxed).newValue > looks ? 2_000 : 0 }
            do {
                let report = try sample.runner(within: options).doctor(to: Self.until)
                let services = try #require(report.section("services"))
                #expect(services.rows.map { $0[0] }.contains(.text("bot")), "\(looks)")
                let exactness = report.basis.exactness
                if exactness.hasPrefix("exact: ") { whole += 1 } else { parts += 1 }
                #expect(exactness.hasPrefix("exact: ") || exactness.contains("(the time is over)"), "\(exactness)")
            } catch let error as QueryError {
                #expect(error.kind == .deadlineExceeded)
                refused += 1
            }
        }
        #expect(refused > 0 && parts > 0 && whole > 0, "\(refused), \(parts), \(whole)")
    }

    /// Those whose calls lack something need not be those of whom most came, and who is not named is counted.
    @Test func whoeverLacksSomethingIsFoundAmongMany() throws {
        var sample = try Self.priced()
        for pod in 0..<180 { Self.add("pod-\(pod % 60)", to: &sample, spans: 0) }
        for pod in 0..<55 { Self.add("lost-\(pod)", to: &sample, spans: 0, conversation: nil) }
        for _ in 0..<2 { Self.add("worst", to: &sample, spans: 0, conversation: nil) }
        let report = try Self.report(&sample)
        let found = findings(report)
        #expect(found.count == 51, "\(found)")
        #expect(found.first == [.text("worst"), .text("no_conversation"), ReportValue.none, .count(Int128(2))])
        #expect(
            found.last == [
                ReportValue.none, .text("no_conversation"), .text("services that are not listed"), .count(Int128(6)),
            ])
        #expect(try #require(report.section("findings")).value("of", row: 50) == .count(Int128(237)))
        #expect(report.basis.exactness.contains("services that are not listed have 0 spans and 36 calls"))
    }

    /// Kinds of spans that are no work of an agent's, and ids that are numbers, hide no fault however many there are.
    @Test func aKindThatNobodyKnowsIsFoundAmongMany() throws {
        var sample = try Self.priced()
        Self.add("bot", to: &sample)
        func addSpan(_ attributes: String) {
            sample.add(
                "span.received", at: 3500,
                [
                    "trace_id": .text(Self.hexadecimal(1, digits: 32)), "service_name": .text("odd-bot"),
                    "span_name": .text("ask"), "span_class": .text("other"), "span_attributes": .json(attributes),
                ])
        }
        for number in 0..<1002 {
            addSpan("{\"sentry.op\":\"http.client.\(number / 2)\",\"gen_ai.conversation.id\":\(number / 2)}")
        }
        addSpan(#"{"gen_ai.operation.name":"chats"}"#)
        addSpan(#"{"gen_ai.request.model":["big"]}"#)
        let found = findings(try Self.report(&sample))
        #expect(
            found.map { $0[2] } == [
                .text("gen_ai.operation.name: \"chats\""), .text("gen_ai.request.model: [\"big\"]"),
            ], "\(found)")
    }

    @Test func aServiceWithoutANameIsFoundAmongMany() throws {
        var sample = try Self.priced()
        for pod in 0..<60 { Self.add("pod-\(pod)", to: &sample, spans: 2) }
        Self.add("unknown_service:node", to: &sample, spans: 1)
        let report = try Self.report(&sample)
        #expect(findings(report).map { $0.prefix(2) } == [[.text("unknown_service:node"), .text("no_service")]])
        #expect(try #require(report.section("findings")).value("of", row: 0) == .count(Int128(121)))
    }

    /// With memory enough the same is exact.
    @Test func whatFitsIsAskedAtOnce() throws {
        var sample = try SampleStore(nowSeconds: 0)
        Self.addMinute(0, to: &sample)
        let report = try sample.runner().doctor(from: SampleStore.start, to: Self.until)
        #expect(
            report.basis.exactness == "exact: counts of what was received in the period; services that are not listed "
                + "have 951 spans and 0 calls")
    }
}
