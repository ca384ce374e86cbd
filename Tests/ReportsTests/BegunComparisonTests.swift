import Domain
import EventStores
import Reports
import Testing

/// Groups are compared by conversations that began, and not by those that closed first.
@Suite struct BegunComparisonTests {
    /// A conversation of a version: when it began and how it ended, in seconds since the start; without an end it is
    /// open.
    private struct Course {
        var version: String
        var number: Int
        var begun: Double
        var end: Double?
        var isResolved = false

        func add(to sample: inout SampleStore, upTo now: Double) {
            let of: [String: EventValue] = [
                "conversation_id": .text("\(version) \(number)"), "prompt_version": .text(version),
                "channel": .text("web"),
            ]
            sample.add("conversation.started", at: begun, of)
            guard let end, end <= now else { return }
            if isResolved {
                sample.add("conversation.resolved", at: end - 0.5, of.merging(["by": .text("agent")]) { $1 })
            }
            sample.add("conversation.closed", at: end, of)
        }
    }

    /// Two versions that resolve alike: what is short is resolved, what is long mostly not. The second began later.
    private static var alike: [Course] {
        (0..<200).map { number in
            let isOld = number < 100
            let place = number % 100
            let isLong = place % 2 == 1
            let begun = (isOld ? 0 : 2000) + Double(place)
            return Course(
                version: isOld ? "v1" : "v2", number: place, begun: begun, end: begun + (isLong ? 1200 : 60),
                isResolved: !isLong || place % 10 == 1)
        }
    }

    private static func compared(_ courses: [Course], at now: Double) throws -> [[ReportValue?]] {
        var sample = try SampleStore(nowSeconds: Int64(now))
        for course in courses where course.begun <= now { course.add(to: &sample, upTo: now) }
        let report = try sample.runner().report(.outcomes, ReportRequest(by: [.promptVersion]))
        return try rows(report)
    }

    private static func rows(_ report: Report) throws -> [[ReportValue?]] {
        let section = try #require(report.section("compared"))
        return section.rows.indices.map { row in
            ["begun", "undecided", "closed", "resolved", "resolution_rate", "resolution_compared"]
                .map { section.value($0, row: row) }
        }
    }

    /// While its long conversations are open a version resolves all that it has closed: nothing is said of it, and not
    /// that it is the best. The verdict is the same from the first one on.
    @Test func aVersionWhoseShortConversationsClosedFirstIsNotJudged() throws {
        let early = try Self.compared(Self.alike, at: 2400)
        #expect(
            early == [
                [.count(100), .count(0), .count(100), .count(60), .share(part: 60, whole: 100), ReportValue.none],
                [
                    .count(100), .count(50), .count(50), .count(50), ReportValue.none,
                    .text("too early: 50 of 100 still open"),
                ],
            ])
        var verdicts: Set<[ReportValue?]> = []
        for now in stride(from: 2050.0, through: 3400, by: 75) {
            let found = try Self.compared(Self.alike, at: now).map { $0[5] }
            if case .text(let text)? = found[1], text.hasPrefix("too early: ") { continue }
            verdicts.insert(found)
        }
        #expect(verdicts == [[.text("best"), .text("no more than chance")]])
    }

    /// Where few are open the interval holds whatever comes of them: it reaches from none of them to all.
    @Test func intervalsCoverWhateverComesOfTheUndecided() throws {
        let courses = (0..<200).map { number in
            Course(
                version: number < 100 ? "v1" : "v2", number: number % 100, begun: Double(number % 100),
                end: number % 100 < 94 ? 500 : nil, isResolved: number % 100 < (number < 100 ? 75 : 90))
        }
        var sample = try SampleStore()
        for course in courses { course.add(to: &sample, upTo: 3600) }
        let report = try sample.runner().report(.outcomes, ReportRequest(by: [.promptVersion]))
        let section = try #require(report.section("compared"))
        let least = try #require(WilsonInterval(part: 75, whole: 100))
        let most = try #require(WilsonInterval(part: 81, whole: 100))
        #expect(section.value("resolution_rate", row: 0) == .share(part: 75, whole: 94))
        #expect(section.value("resolution_low", row: 0) == .estimate(least.low))
        #expect(section.value("resolution_high", row: 0) == .estimate(most.high))
        // 90 of 100 are beyond chance more than 75, and not than the 81 that these may become.
        #expect(section.value("resolution_compared", row: 1) == .text("best"))
        #expect(section.value("resolution_compared", row: 0) == .text("no more than chance"))
    }

    /// In whichever order events come, and cut into whichever pieces.
    @Test(arguments: 1..<5) func orderOfArrivalChangesNothing(_ seed: UInt64) throws {
        let expected = try Self.compared(Self.alike, at: 2700)
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        var courses = Self.alike
        for place in courses.indices.dropFirst().reversed() {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            courses.swapAt(place, Int(state % UInt64(place + 1)))
        }
        var sample = try SampleStore(nowSeconds: 2700)
        for (place, course) in courses.enumerated() {
            course.add(to: &sample, upTo: 2700)
            if place % 67 == Int(seed) {
                try sample.pass(seconds: 0)
                try sample.store.seal()
            }
        }
        let report = try sample.runner().report(.outcomes, ReportRequest(by: [.promptVersion]))
        #expect(try Self.rows(report) == expected)
    }

    /// What began before the period is none of a version of today, whenever it closed.
    @Test func whatBeganBeforeThePeriodIsNotCompared() throws {
        var sample = try SampleStore()
        for course in Self.alike { course.add(to: &sample, upTo: 3600) }
        let from = SampleStore.start + 50_000_000_000
        let report = try sample.runner().report(.outcomes, ReportRequest(from: from, by: [.promptVersion]))
        #expect(try Self.rows(report).map { $0[0] } == [.count(50), .count(100)])
        // The table of what closed has all of them.
        #expect(try #require(report.section("by_prompt_version")).count("closed") == 200)
    }

    /// A resolution that `zendesk-2026` still waits for is undecided, though the conversation has closed.
    @Test func whatTheRuleWaitsForIsUndecided() throws {
        var sample = try SampleStore()
        for course in Self.alike { course.add(to: &sample, upTo: 3600) }
        let report = try sample.runner().report(
            .outcomes, ReportRequest(by: [.promptVersion], rule: .zendesk2026))
        #expect(
            try Self.rows(report)[0]
                == [
                    .count(100), .count(60), .count(40), .count(0), ReportValue.none,
                    .text("too early: 60 of 100 not yet decided by the rule"),
                ])
    }

    /// All formats say the same.
    @Test func filesSayWhyNothingIsSaid() throws {
        var sample = try SampleStore(nowSeconds: 2400)
        for course in Self.alike where course.begun <= 2400 { course.add(to: &sample, upTo: 2400) }
        let report = try sample.runner().report(.outcomes, ReportRequest(by: [.promptVersion]))
        for format in [ReportFormat.table, .json, .html, .cells] {
            #expect(report.rendered(format).contains("too early: 50 of 100 still open"), "\(format)")
        }
        let files = ReportFiles(report).files
        let file = try #require(files.first { $0.text.hasPrefix("prompt_version,begun,undecided,") })
        #expect(file.text.contains("v2,100,50,50,50,,,,too early: 50 of 100 still open,,,,0,,,"))
    }
}
