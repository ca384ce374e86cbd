import Columnar
import Domain
import EventStores
import Execution
import Plans
import Platform
import Reports
import Testing

/// A report asks each of its questions once, several at one time, and says the same in any order.
@Suite struct AskedAheadTests {
    private static let hour: Int64 = 3_600_000_000_000

    /// An answer in each hour of a day, at whose end it is now; budgets run over that day.
    private static func day() throws -> SampleStore {
        var sample = try SampleStore(nowSeconds: 86_400)
        sample.addPrice("big", "input", picoPerToken: 2_500_000)
        for hour in 0..<24 {
            sample.addTurn(
                "c\(hour % 7)", Int64(hour + 1), at: Double(hour * 3600 + 10), answerAfter: hour == 9 ? 40 : 1.5,
                status: hour == 20 ? "error" : "ok")
        }
        sample.add("feedback.submitted", at: 80_000, ["conversation_id": .text("c1"), "score": .integer(2)])
        _ = try sample.runner()
        var set = ObjectiveSet.builtIn
        set.budgetDays = 1
        _ = try sample.store.putInForce(set)
        return sample
    }

    @Test func eachQuestionIsAskedOnce() throws {
        let sample = try Self.day()
        let engine = ListeningEngine()
        let runner = ReportRunner(catalog: sample.store.snapshot(), engine: engine)
        let end = SampleStore.start + 24 * Self.hour
        let report = try runner.report(.sla, ReportRequest(from: end - 6 * Self.hour, to: end))
        let asked = engine.plans
        #expect(Set(asked).count == asked.count)
        #expect(asked.count <= 18)
        // Answers of the period, those of all objectives about answers, from which what is left of budgets follows, and
        // by hour: which hours have any follows from these.
        #expect(asked.count { $0.tablesRead == ["message_sent"] } == 3)
        let promises = try #require(report.section("service_level_objectives"))
        #expect(promises.rows.indices.allSatisfy { promises.value("coverage", row: $0) == .share(part: 24, whole: 24) })
    }

    @Test(arguments: [1, 6, 24, 100]) func theReportIsThatOfOneThread(hours: Int64) throws {
        let sample = try Self.day()
        let end = SampleStore.start + 24 * Self.hour
        for by in [[], [.channel], [.hour, .model]] as [[ReportDimension]] {
            let request = ReportRequest(from: end - hours * Self.hour, to: end, by: by)
            let catalog = sample.store.snapshot()
            let alone = ReportRunner(catalog: catalog, engine: LocalEngine(clock: SimulatedClock()))
            let workers = ThreadWorkers(parallelism: 3)
            let together = ReportRunner(
                catalog: catalog, engine: LocalEngine(clock: SimulatedClock(), workers: workers))
            let expected = try alone.report(.sla, request)
            for _ in 0..<5 { #expect(try together.report(.sla, request) == expected) }
        }
    }
}
