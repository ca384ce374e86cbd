import Columnar
import Domain
import EventStores
import Execution
import Plans
import Platform
import Reports
import Synchronization
import Testing

/// What rows of reports are told apart by others make up: beyond some number the first are told one by one and the
/// others together, and all adds up as before.
@Suite struct ManyGroupsTests {
    /// A dear call of a conversation whose team is told, and of each made-up model some calls without a price.
    private static func store(models: Int, callsEach: Int = 2) throws -> SampleStore {
        var sample = try SampleStore()
        for tokenClass in ["input", "output"] { sample.addPrice("big", tokenClass, picoPerToken: 1_000_000) }
        func call(_ model: String, _ more: [String: EventValue] = [:]) -> [String: EventValue] {
            more.merging([
                "provider": .text("maker"), "request_model": .text(model), "input_tokens": .integer(1_000),
                "output_tokens": .integer(10),
            ]) { $1 }
        }
        let conversation: [String: EventValue] = ["conversation_id": .text("c1")]
        sample.add("conversation.started", at: 0, conversation.merging(["team": .text("it's ours")]) { $1 })
        sample.add("llm.call", at: 1, call("big", conversation))
        for number in 0..<models {
            for _ in 0..<callsEach { sample.add("llm.call", at: 2, call("m'\(number)")) }
        }
        return sample
    }

    private static func few(all: Int, listed: Int) -> ListingLimits {
        var limits = ListingLimits()
        (limits.allMax, limits.listedMax) = (all, listed)
        return limits
    }

    @Test(arguments: [[.model], [.team, .model], [.day, .model], [.model, .tenant]] as [[ReportDimension]])
    func whatCostsMostIsListedAndTheOthersAreOneRow(by: [ReportDimension]) throws {
        var sample = try Self.store(models: 30)
        let request = ReportRequest(by: by)
        let name = "by_" + by.map(\.rawValue).joined(separator: "_")
        let all = try #require(try sample.runner().report(.cost, request).section(name))
        #expect(all.rows.count == 31 && all.count("calls") == 61)
        func few() throws -> Report {
            try sample.runner(limits: Self.few(all: 10, listed: 3)).report(.cost, request)
        }
        let report = try few()
        let section = try #require(report.section(name))
        let models = section.rows.indices.map { section.value("model", row: $0) }
        #expect(models.prefix(3) == [.text("big"), .text("m'0"), .text("m'1")], "\(section.rows)")
        #expect(section.rows.count == 4 && section.count("calls") == 61)
        // Those that are listed are as they are among all, the others are what is left.
        for row in section.rows.prefix(3) { #expect(all.rows.contains(row)) }
        #expect(section.rows.last?.first == .text("other (28 groups)") && section.value("calls", row: 3) == .count(56))
        #expect(section.value("cost_low_usd", row: 3) == .usd(0) && section.value("unpriced", row: 3) == .count(56))
        let whole = try sample.runner().report(.cost, request)
        #expect(report.section("total") == whole.section("total"))
        #expect(report.definitions.contains { $0.term == "other" } && report.notices.isEmpty)
        // What lacks a price is as many.
        let gaps = try #require(report.section("price_gaps"))
        #expect(gaps.rows.count == 4 && gaps.count("calls") == 60)
        #expect(gaps.rows.last?.prefix(2) == [.text("other (27 groups)"), ReportValue.none])
        // The same from a segment.
        try sample.store.seal()
        #expect(try few().section(name) == section)
    }

    @Test func questionsAnswersAndOutcomesAddUpToo() throws {
        var sample = try SampleStore()
        for number in 0..<20 {
            let (name, channel) = ("c\(number)", "channel-\(number)")
            for turn in 0...(number == 7 ? 3 : Int64(0)) {
                sample.addTurn(name, turn + 1, at: Double(turn * 60), channel: channel)
            }
            sample.add(
                "conversation.closed", at: 300,
                ["conversation_id": .text(name), "channel": .text(channel), "reason": .text("completed")])
            sample.add(
                "feedback.submitted", at: 301,
                ["conversation_id": .text(name), "channel": .text(channel), "score": .integer(5)])
        }
        let request = ReportRequest(by: [.channel])
        for (kind, columns) in [
            (.sla, ["good", "failed", "pending", "answers"]), (.outcomes, ["closed", "resolved", "ratings"]),
            (.cost, ["calls", "answers"]),
        ] as [(ReportKind, [String])] {
            let all = try #require(try sample.runner().report(kind, request).section("by_channel"))
            let limits = Self.few(all: 5, listed: 2)
            let some = try #require(try sample.runner(limits: limits).report(kind, request).section("by_channel"))
            #expect(all.rows.count == 20 && some.rows.count == 3, "\(kind): \(some.rows)")
            #expect(some.rows.last?.first == .text("other (18 groups)"), "\(kind): \(some.rows)")
            for column in columns { #expect(some.count(column) == all.count(column), "\(kind) \(column)") }
            // What came most is among the first, but of conversations, of which each channel has one.
            if kind != .outcomes { #expect(some.rows.contains { $0.first == .text("channel-7") }, "\(kind)") }
        }
    }

    /// Why people had to help is a word of whoever sends it, of conversations and of escalations.
    @Test func reasonsOfEscalationsAreListedAsFarAsThereAreFew() throws {
        var sample = try SampleStore()
        for number in 0..<20 {
            let conversation: [String: EventValue] = ["conversation_id": .text("c\(number)")]
            let reason: [String: EventValue] = number == 19 ? [:] : ["reason": .text("reason-\(number)")]
            for second in 0..<(number == 7 ? 3 : 1) {
                sample.add("escalation.raised", at: Double(second), conversation.merging(reason) { $1 })
            }
            sample.add(
                "conversation.closed", at: 10, conversation.merging(["reason": .text("completed")]) { $1 })
        }
        let all = try sample.runner().report(.outcomes, ReportRequest())
        let each = try #require(all.section("escalations"))
        #expect(each.rows.count == 20 && each.count("conversations") == 20 && each.count("escalations_raised") == 22)
        #expect(each.rows.last?.first == ReportValue.none && !all.definitions.contains { $0.term == "other" })
        let few = try sample.runner(limits: Self.few(all: 5, listed: 3)).report(.outcomes, ReportRequest())
        let some = try #require(few.section("escalations"))
        #expect(some.rows.count == 4 && some.rows.last?.first == .text("other (17 groups)"), "\(some.rows)")
        for column in ["conversations", "escalations_raised"] { #expect(some.count(column) == each.count(column)) }
        #expect(some.rows.contains { $0.first == .text("reason-7") })
        for row in some.rows.prefix(3) { #expect(each.rows.contains(row)) }
        #expect(few.definitions.count { $0.term == "other" } == 1)
    }

    /// Nearly every call has a trace, and few traces have records that repeat their calls.
    @Test func callsOfTracesWithoutRecordsTakeNoMemory() throws {
        var sample = try SampleStore()
        let call: [String: EventValue] = [
            "provider": .text("maker"), "request_model": .text("big"), "input_tokens": .integer(10),
        ]
        for number in 0..<24_000 {
            sample.add("llm.call", at: 1, call.merging(["trace_id": .text("t\(number)")]) { $1 })
        }
        sample.add("usage.reported", at: 2, ["trace_id": .text("t7"), "input_tokens": .integer(10)])
        var options = QueryOptions()
        options.memoryBudgetBytes = 4 << 20
        let report = try sample.runner(within: options).report(.cost, ReportRequest())
        let section = try #require(report.section("rollups"))
        #expect(section.rows.count == 1 && section.value("verdict", row: 0) == .text("agree"), "\(section.rows)")
        #expect(section.count("traces") == 1 && section.count("calls") == 1 && section.count("tokens") == 10)
    }

    /// Figures of so many groups do not fit in what a question may hold; which come first, and how many they are, does.
    @Test func moreGroupsThanMemoryAreStillAReport() throws {
        let models = 24_000
        var sample = try Self.store(models: models, callsEach: 1)
        var options = QueryOptions()
        options.memoryBudgetBytes = 8 << 20
        var limits = ListingLimits()
        limits.listedMax = 50
        let report = try sample.runner(within: options, limits: limits).report(.cost, ReportRequest(by: [.model]))
        let section = try #require(report.section("by_model"))
        #expect(section.rows.count == 51 && section.rows.first?.first == .text("big"), "\(section.rows.count)")
        #expect(section.rows.last?.first == .text("other (\(models + 1 - 50) groups)"))
        #expect(section.count("calls") == Int128(models + 1))
        #expect(report.section("price_gaps")?.count("calls") == Int128(models))
        // Where not even that fits nobody knows who comes first, and the totals stand.
        options.memoryBudgetBytes = 1 << 20
        let least = try sample.runner(within: options, limits: limits).report(.cost, ReportRequest(by: [.model]))
        let rest = try #require(least.section("by_model"))
        #expect(rest.rows.count == 1 && rest.count("calls") == Int128(models + 1), "\(rest.rows.count)")
        #expect(rest.rows.first?.first == .text("other (more groups than can be counted)"))
    }

    /// Answers whether or not who asks still wants it: the looks that are left are the report's own.
    private struct UnhurriedEngine: QueryEngine {
        private let engine = LocalEngine(clock: SimulatedClock())

        private func unhurried(_ options: QueryOptions) -> QueryOptions {
            var own = QueryOptions()
            own.timeZone = options.timeZone
            return own
        }

        func run(_ plan: Plan, catalog: any TableCatalog, options: QueryOptions) throws -> ResultSet {
            try engine.run(plan, catalog: catalog, options: unhurried(options))
        }

        func prepared(_ plan: Plan, catalog: any TableCatalog, options: QueryOptions) throws -> Plan {
            try engine.prepared(plan, catalog: catalog, options: unhurried(options))
        }
    }

    /// Others make up how many groups there are: between its questions, too, a report looks at its time.
    @Test func aReportLooksBetweenItsGroups() throws {
        func looks(models: Int) throws -> Int {
            var sample = try Self.store(models: models, callsEach: 1)
            _ = try sample.runner()
            let count = Atomic<Int>(0)
            let cancellation = QueryCancellation(whenever: {
                count.add(1, ordering: .relaxed)
                return false
            })
            let runner = ReportRunner(
                catalog: sample.store.snapshot(), engine: UnhurriedEngine(),
                options: QueryOptions().cancelled(by: cancellation))
            _ = try runner.report(.cost, ReportRequest(by: [.model]))
            return count.load(ordering: .relaxed)
        }
        let (few, many) = (try looks(models: 3), try looks(models: 3_000))
        // Once in each thousand rows of its answers, and once in each 512 groups.
        #expect(many >= few + 2 + 5)
    }
}
