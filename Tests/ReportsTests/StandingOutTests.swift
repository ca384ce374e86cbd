import Domain
import EventStores
import Execution
import Plans
import Platform
import Reports
import Testing

/// What questions of a bad hour have in common is told beside when it was.
@Suite struct StandingOutTests {
    private static let hour: Int64 = 3_600_000_000_000
    private static let ofTheHour = ReportRequest(from: SampleStore.start, to: SampleStore.start + hour)

    /// 120 questions of an hour: 90 of a model with two bad ones, 30 of another with 20, each of which waited for a
    /// tool.
    private static func bad() throws -> SampleStore {
        var sample = try SampleStore()
        for number in 0..<120 {
            let isSleepy = number % 4 == 3
            let isSlow = isSleepy && number % 12 != 3
            let isFailed = number == 0 || number == 60
            let name = "c\(number)"
            sample.addTurn(
                name, 1, at: Double(number * 20), answerAfter: isSlow ? 10 : 1.5, status: isFailed ? "error" : "ok",
                model: isSleepy ? "sleepy" : "big", channel: number % 2 == 0 ? "web" : "email")
            guard isSlow else { continue }
            for second in 1...2 {
                sample.add(
                    "tool.call", at: Double(number * 20 + second),
                    ["conversation_id": .text(name), "turn": .integer(1), "tool": .text("crm")])
            }
        }
        return sample
    }

    private static func rows(_ report: Report) throws -> [[ReportValue?]] {
        let section = try #require(report.section("stands_out"))
        return section.rows.indices.map { row in
            ["by", "value", "bad", "share_of_bad", "questions", "share_of_questions"].map {
                section.value($0, row: row)
            }
        }
    }

    @Test func theSlowModelAndItsToolStandOut() throws {
        var sample = try Self.bad()
        let report = try sample.runner().report(.sla, Self.ofTheHour)
        let found = try Self.rows(report)
        let expected: [[ReportValue?]] = [
            [
                .text("tool"), .text("crm"), .count(20), .share(part: 20, whole: 22), .count(20),
                .share(part: 20, whole: 120),
            ],
            [
                .text("model"), .text("sleepy"), .count(20), .share(part: 20, whole: 22), .count(30),
                .share(part: 30, whole: 120),
            ],
        ]
        #expect(Array(found.prefix(2)) == expected)
        // What all questions have, and what is only rarer among the others, says nothing.
        #expect(!found.contains { $0[1] == .text("cloud") || $0[1] == .text("big") || $0[1] == .text("web") })
        let section = try #require(report.section("stands_out"))
        #expect(section.value("bad_rate", row: 1) == .share(part: 20, whole: 30))
        #expect(section.value("bad_rate_elsewhere", row: 1) == .share(part: 2, whole: 90))
        #expect(report.definitions.contains { $0.term == "stands_out" && $0.meaning.contains("5.000 s") })
    }

    /// A filter chooses questions; their tools are looked up among all calls, which know nothing of models.
    @Test func itIsToldOfFilteredQuestions() throws {
        var sample = try Self.bad()
        let runner = try sample.runner()
        let request = try ReportRequest(
            kind: .sla, from: "2026-08-01T09:00:00Z", to: "2026-08-01T10:00:00Z", by: [], filters: ["model=sleepy"],
            rule: nil, timeZone: nil, now: SampleStore.start + Self.hour)
        let found = try Self.rows(runner.report(.sla, request))
        #expect(found.map { $0[1] } == [.text("crm")])
        let questions: [ReportValue?] = [.count(20), .share(part: 20, whole: 30)]
        #expect(Array(found[0].suffix(2)) == questions)
    }

    @Test func nothingStandsOutWhereAllIsWellOrAlike() throws {
        var sample = try SampleStore()
        for number in 0..<40 {
            sample.addTurn("c\(number)", 1, at: Double(number * 20), channel: number % 2 == 0 ? "web" : "email")
        }
        #expect(try sample.runner().report(.sla, Self.ofTheHour).section("stands_out") == nil)
        for number in 40..<80 {
            sample.addTurn(
                "c\(number)", 1, at: Double(number * 20), answerAfter: 9, channel: number % 2 == 0 ? "web" : "email")
        }
        let report = try sample.runner().report(.sla, Self.ofTheHour)
        #expect(report.section("stands_out") == nil && !report.definitions.contains { $0.term == "stands_out" })
    }

    /// Of a month nobody pays for it; of an hour each question is asked once.
    @Test func onlyShortPeriodsAreAsked() throws {
        var sample = try Self.bad()
        _ = try sample.runner()
        func asked(hours: Int64) throws -> [Plan] {
            let engine = ListeningEngine()
            let end = SampleStore.start + Self.hour
            _ = try ReportRunner(catalog: sample.store.snapshot(), engine: engine).report(
                .sla, ReportRequest(from: end - hours * Self.hour, to: end))
            return engine.plans
        }
        let (short, long) = (try asked(hours: 3), try asked(hours: 4))
        #expect(Set(short).count == short.count)
        #expect(short.count - long.count == 9, "\(short.count) and \(long.count)")
    }
}
