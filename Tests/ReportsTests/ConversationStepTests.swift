import Bytes
import Domain
import EventStores
import JSONTexts
import Plans
import Reports
import Testing

/// What it takes to show a conversation, and a page of a list, in questions and pieces of tables.
@Suite struct ConversationStepTests {
    private static let hour: Int64 = 3_600_000_000_000

    /// One of many conversations, priced before its calls came.
    private static func priced() throws -> SampleStore {
        var sample = try SampleStore()
        for tokenClass in ["input", "output", "cache_read"] { sample.addPrice("big", tokenClass, picoPerToken: 500) }
        for turn in 1...3 as ClosedRange<Int64> { sample.addTurn("c", turn, at: Double(turn * 20)) }
        sample.addTurn("other", 1, at: 30)
        _ = try sample.runner()
        return sample
    }

    private func columns(
        of id: String, in sample: SampleStore, _ engine: ListeningEngine, rule: OutcomeRule = .house1
    ) throws -> JSONValue {
        var outcomes = OutcomeSettings.standard
        outcomes.rule = rule
        let catalog = sample.store.snapshot()
        let runner = ReportRunner(catalog: catalog, engine: engine, outcomes: outcomes)
        return try JSONReader.parse(try #require(try runner.conversationColumns(id, prices: catalog.book)))
    }

    /// Sums, outcome and counts follow from what is read anyway.
    @Test func aConversationIsReadOnce() throws {
        let sample = try Self.priced()
        for rule in [.house1, .intercomFin, .silenceResolves1] as [OutcomeRule] {
            let engine = ListeningEngine()
            let answer = try columns(of: "c", in: sample, engine, rule: rule)
            #expect(engine.tables == [["conversations"], ["turns"], ["events"]], "\(rule)")
            let sums = try #require(answer["sums"])
            #expect(sums["events"]?.integer == 9 && sums["turns"]?.integer == 3 && sums["calls"]?.integer == 3)
            #expect(sums["input_tokens"]?.integer == 3_000 && sums["cost_usd"] == sums["cost_high_usd"])
            #expect(answer["verdict"]?["outcome"]?.string == answer["head"]?["outcome"]?.string, "\(rule)")
        }
        // What waits is judged at the instant of the answer.
        let engine = ListeningEngine()
        #expect(try columns(of: "c", in: sample, engine, rule: .zendesk2026)["verdict"]?["outcome"]?.string == "open")
        #expect(engine.tables == [["conversations"], ["turns"], ["events"], ["conversations"]])
    }

    /// Whether something was booked again is asked where a call was not booked as the book said when it came; whether
    /// a trace was told anew, where there are traces.
    @Test func recordsAreReadWhereTheyCanExplainSomething() throws {
        var sample = try Self.priced()
        sample.addTurn("late", 1, at: 40, model: "small")
        _ = try sample.runner()
        sample.addPrice("small", "input", picoPerToken: 700)
        sample.add(
            "message.received", at: 50,
            ["conversation_id": .text("traced"), "trace_id": .text(String(repeating: "a", count: 32))])
        _ = try sample.runner()
        let late = ListeningEngine()
        let answer = try columns(of: "late", in: sample, late)
        #expect(late.tables == [["conversations"], ["turns"], ["events"], ["system_events"]])
        #expect(answer["corrections"]?.array?.first?["reason"]?.string == "first_price", "\(answer)")
        let traced = ListeningEngine()
        #expect(try columns(of: "traced", in: sample, traced)["amended"]?.array?.isEmpty == true)
        #expect(traced.tables == [["conversations"], ["turns"], ["events"], ["system_events"]])
    }

    /// What happened at other times is not looked into, however much of it there is.
    @Test func eventsAreLookedForInTheirTime() throws {
        var sample = try SampleStore(nowSeconds: 86_400)
        for piece in 0..<8 {
            for index in 0..<10 { sample.addTurn("c\(piece)-\(index)", 1, at: Double(piece * 7_200 + index * 60)) }
            _ = try sample.runner()
            try sample.store.seal()
        }
        let engine = ListeningEngine()
        let answer = try columns(of: "c3-4", in: sample, engine)
        #expect(answer["events"]?["count"]?.integer == 3)
        let events = try #require(engine.statistics.last)
        #expect(engine.tables.last == ["events"] && events.groupsTotal >= 24)
        // A group of each type that it has events of, and hardly another one.
        #expect((3...4).contains(events.groupsTotal - events.groupsSkipped), "\(events)")
    }

    /// What came long before or after the others belongs to it as well.
    @Test func eventsOfAnyTimeAreTold() throws {
        var sample = try Self.priced()
        sample.add("feedback.submitted", at: 86_400, ["conversation_id": .text("c"), "score": .integer(2)])
        _ = try sample.runner()
        sample.add("tool.call", at: -86_400 * 40, ["conversation_id": .text("c"), "tool": .text("search")])
        _ = try sample.runner()
        let answer = try columns(of: "c", in: sample, ListeningEngine())
        #expect(answer["events"]?["count"]?.integer == 11 && answer["sums"]?["tool_calls"]?.integer == 1)
        #expect(answer["events"]?["columns"]?["time"]?["values"]?.array?.first?.integer == 0)
    }

    /// What is looked for with a limit is looked for where there can be any, and nobody counts what stands on a page.
    @Test func pagesOfFewAreFoundInOneLook() throws {
        var sample = try SampleStore(nowSeconds: 86_400)
        for tokenClass in ["input", "output", "cache_read"] { sample.addPrice("big", tokenClass, picoPerToken: 500) }
        for piece in 0..<8 {
            for index in 0..<10 {
                let isDear = piece == 5 && index == 3
                for turn in 0..<(isDear ? 5 : 1) {
                    sample.addTurn(
                        "c\(piece)-\(index)", Int64(turn + 1), at: Double(piece * 7_200 + index * 60 + turn),
                        status: isDear ? "error" : "ok")
                }
            }
            _ = try sample.runner()
            try sample.store.seal()
        }
        let each: Int64 = 1_300 * 500
        for (name, limit) in [("min_cost", DecimalText.renderUSD(Int128(2 * each))), ("errors", "2")] {
            let engine = ListeningEngine()
            let runner = ReportRunner(catalog: sample.store.snapshot(), engine: engine)
            let request = try ConversationRequest(now: SampleStore.start + 24 * Self.hour, rule: .house1) {
                $0 == name ? limit : nil
            }
            let found = try JSONReader.parse(try runner.conversations(request).json)
            #expect(found["matching"]?.integer == 1 && found["conversations"]?.array?.count == 1, "\(name)")
            #expect(found["conversations"]?.array?.first?["conversation_id"]?.string == "c5-3", "\(name)")
            #expect(engine.tables == [["conversations"], ["turns"], ["events"]], "\(name)")
            let first = try #require(engine.statistics.first)
            #expect(first.rowsScanned <= 10, "\(name): \(first.rowsScanned) rows")
        }
    }

    /// Of a list that goes through a year, a page is looked for where it lies.
    @Test func aPageIsLookedForWhereItLies() throws {
        var sample = try SampleStore(nowSeconds: 86_400)
        for piece in 0..<8 {
            for index in 0..<10 { sample.addTurn("c\(piece)-\(index)", 1, at: Double(piece * 7_200 + index * 60)) }
            _ = try sample.runner()
            try sample.store.seal()
        }
        func page(_ values: [String: String], _ engine: ListeningEngine) throws -> JSONValue {
            let runner = ReportRunner(catalog: sample.store.snapshot(), engine: engine)
            let request = try ConversationRequest(now: SampleStore.start + 24 * Self.hour, rule: .house1) { values[$0] }
            return try JSONReader.parse(try runner.conversations(request).json)
        }
        let all = try page(["limit": "100"], ListeningEngine())
        let listed = try #require(all["conversations"]?.array)
        #expect(listed.count == 80 && all["previous"] == nil && all["next"] == nil)
        let place = try #require(listed[39]["cursor"]?.string)
        for (name, places) in [("cursor", 40..<43), ("before", 36..<39)] {
            let engine = ListeningEngine()
            let found = try page(["limit": "3", name: place], engine)
            #expect(found["conversations"] == .array(Array(listed[places])), "\(name)")
            // Nobody counts all of them again, and pieces of other times are not looked into.
            #expect(engine.tables == [["conversations"], ["turns"], ["events"]], "\(name)")
            let first = try #require(engine.statistics.first)
            #expect(first.rowsScanned <= 20, "\(name): \(first.rowsScanned) rows")
        }
    }
}
