import Domain
import Reports
import Testing

/// Which of several groups resolves more, and whether that is more than chance.
@Suite struct OutcomeComparisonTests {
    /// Conversations of a version, so many of which were resolved.
    private static func add(
        _ sample: inout SampleStore, _ version: String?, of prompt: String? = nil, resolved: Int, closed: Int
    ) {
        for number in 0..<closed {
            var of: [String: EventValue] = [
                "conversation_id": .text("\(prompt ?? "-") \(version ?? "-") \(number)"), "channel": .text("web"),
            ]
            if let prompt { of["prompt_name"] = .text(prompt) }
            if let version { of["prompt_version"] = .text(version) }
            sample.add("conversation.started", at: 1, of)
            if number < resolved { sample.add("conversation.resolved", at: 2, of) }
            sample.add("conversation.closed", at: 3, of)
        }
    }

    private static func compared(_ report: Report, _ columns: [String]) throws -> [[ReportValue?]] {
        let section = try #require(report.section("compared"))
        return section.rows.indices.map { row in columns.map { section.value($0, row: row) } }
    }

    @Test func versionsOfAPromptHaveIntervalsAndAVerdict() throws {
        var sample = try SampleStore()
        Self.add(&sample, "v1", resolved: 60, closed: 100)
        Self.add(&sample, "v2", resolved: 90, closed: 100)
        Self.add(&sample, "v3", resolved: 88, closed: 100)
        // So few say nothing, and are not the best either.
        Self.add(&sample, "v4", resolved: 1, closed: 1)
        let report = try sample.runner().report(.outcomes, ReportRequest(by: [.promptVersion]))
        let rows = try Self.compared(report, ["prompt_version", "closed", "resolution_rate", "resolution_compared"])
        let expected: [[ReportValue?]] = [
            [
                .text("v1"), .count(100), .share(part: 60, whole: 100),
                .text("less by 14.0 to 44.3 points"),
            ],
            [.text("v2"), .count(100), .share(part: 90, whole: 100), .text("best")],
            [.text("v3"), .count(100), .share(part: 88, whole: 100), .text("no more than chance")],
            [.text("v4"), .count(1), .share(part: 1, whole: 1), .text("no more than chance")],
        ]
        #expect(rows == expected)
        let interval = try #require(WilsonInterval(part: 90, whole: 100))
        let ends = try Self.compared(report, ["resolution_low", "resolution_high"])[1]
        #expect(ends == [.estimate(interval.low), .estimate(interval.high)])
        #expect(report.definitions.contains { $0.term == "resolution_compared" })
        // What answers the question stays the table of figures.
        #expect(report.rendered(.csv).hasPrefix("prompt_version,closed,resolved,escalated,"))
    }

    /// Versions of one prompt are no rivals of another's, and those that nobody told are a group as any.
    @Test func groupsAreComparedWithinWhatStandsBefore() throws {
        var sample = try SampleStore()
        Self.add(&sample, "v1", of: "greeting", resolved: 99, closed: 100)
        Self.add(&sample, "v1", of: "refund", resolved: 10, closed: 100)
        Self.add(&sample, "v2", of: "refund", resolved: 40, closed: 100)
        Self.add(&sample, nil, of: "refund", resolved: 38, closed: 100)
        let report = try sample.runner().report(.outcomes, ReportRequest(by: [.promptName, .promptVersion]))
        let found = try Self.compared(report, ["resolution_compared"]).map { $0[0] }
        #expect(found.count == 4 && found[0] == ReportValue.none && found[2] == .text("best"))
        #expect(found[3] == .text("no more than chance"))
        // 10 of 100 and 40 of 100, among three.
        #expect(found[1] == .text("less by 15.6 to 43.0 points"))
    }

    /// Nobody chooses a day; and what was not broken down has nothing to compare.
    @Test func timesAreNotCompared() throws {
        var sample = try SampleStore()
        Self.add(&sample, "v1", resolved: 60, closed: 100)
        let runner = try sample.runner()
        for by: [ReportDimension] in [[], [.day], [.promptVersion, .day]] {
            #expect(try runner.report(.outcomes, ReportRequest(by: by)).section("compared") == nil)
        }
    }

    /// Groups that are not told one by one are none that could be the best.
    @Test func othersTogetherAreNotCompared() throws {
        var sample = try SampleStore()
        Self.add(&sample, "v1", resolved: 1, closed: 40)
        Self.add(&sample, "v2", resolved: 30, closed: 30)
        Self.add(&sample, "v3", resolved: 20, closed: 20)
        var limits = ListingLimits()
        (limits.allMax, limits.listedMax) = (2, 1)
        let report = try sample.runner(limits: limits).report(.outcomes, ReportRequest(by: [.promptVersion]))
        #expect(try Self.compared(report, ["resolution_compared"]) == [[ReportValue.none], [ReportValue.none]])
    }

    /// Intervals of a difference as Newcombe's article has them (table II, method 10).
    @Test func differencesAreTheKnownOnes() throws {
        let cases: [(one: (Int64, Int64), other: (Int64, Int64), low: Double, high: Double)] = [
            ((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090),
            ((5, 56), (0, 29), -0.0381, 0.1926), ((10, 10), (0, 10), 0.6075, 1.0000),
        ]
        for (one, other, low, high) in cases {
            let found = try #require(
                ShareDifference((part: one.0, whole: one.1), above: (part: other.0, whole: other.1), ofGroups: 2))
            #expect(abs(found.low - low) < 6e-5 && abs(found.high - high) < 6e-5, "\(one) \(other): \(found)")
        }
        #expect(ShareDifference((part: 0, whole: 0), above: (part: 1, whole: 2), ofGroups: 2) == nil)
    }

    /// Who looks at many pairs finds one that differs by chance: the more groups, the more is asked of each.
    @Test func moreGroupsClaimLess() throws {
        var before = -1.0
        for groups in [2, 3, 4, 7, 12, 40, 999, 5_000, 99_999, .max] {
            let found = try #require(
                ShareDifference((part: 90, whole: 100), above: (part: 60, whole: 100), ofGroups: groups))
            #expect(found.high - found.low > before, "\(groups) groups")
            before = found.high - found.low
        }
    }
}
