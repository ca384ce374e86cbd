import Domain
import Reports
import Testing

/// Rates of ratings count conversations.
@Suite struct RatingTests {
    private static func add(
        _ sample: inout SampleStore, _ id: String, topics: [String?] = ["t"], asked: Int = 1, scores: [Int64?] = [],
        isClosed: Bool = true
    ) {
        let of: [String: EventValue] = ["conversation_id": .text(id), "channel": .text("web")]
        sample.add("conversation.started", at: 1, of)
        for case let topic? in topics {
            sample.add("conversation.classified", at: 2, of.merging(["topic": .text(topic)]) { $1 })
        }
        for _ in 0..<asked { sample.add("feedback.requested", at: 3, of) }
        for (place, score) in scores.enumerated() {
            // From another page, which says another channel.
            var rating: [String: EventValue] = ["conversation_id": .text(id), "channel": .text("email")]
            if let score { rating["score"] = .integer(score) } else { rating["comment"] = .text("thanks") }
            sample.add("feedback.submitted", at: 4 + Double(place), rating)
        }
        if isClosed { sample.add("conversation.closed", at: 600, of) }
    }

    private static func figures(_ section: ReportSection?, row: Int = 0) throws -> [ReportValue?] {
        let section = try #require(section)
        return ["ratings", "satisfied", "csat", "response_rate"].map { section.value($0, row: row) }
    }

    @Test func aCustomerWhoChangesTheirMindIsOne() throws {
        var sample = try SampleStore()
        Self.add(&sample, "a", scores: [1, 3, 5])
        Self.add(&sample, "b", scores: [nil])
        let runner = try sample.runner()
        let report = try runner.report(.outcomes, ReportRequest(by: [.topic]))
        let expected: [ReportValue?] = [.count(1), .count(1), .share(part: 1, whole: 1), .share(part: 1, whole: 2)]
        #expect(try Self.figures(report.section("outcomes")) == expected)
        #expect(try Self.figures(report.section("satisfaction")) == expected)
        #expect(try Self.figures(report.section("by_topic")) == expected)
        // The channel of the conversation counts, not that of the page on which it was rated.
        let channels = try #require(try runner.report(.outcomes, ReportRequest(by: [.channel])).section("by_channel"))
        #expect(try channels.rows.count == 1 && Self.figures(channels) == expected)
        let levels = try runner.report(.sla, ReportRequest(by: [.channel]))
        #expect(levels.section("objectives")?.value("actual", row: 5) == .share(part: 1, whole: 1))
        #expect(levels.section("by_channel")?.value("satisfaction", row: 0) == .judged(.share(part: 1, whole: 1), .met))
        #expect(
            try runner.status().section("objectives")?.value("now", row: 5) == .judged(.share(part: 1, whole: 1), .met))
    }

    /// Asked, rated, both and neither, in several topics: parts add up to the whole, and no share passes 100 %.
    @Test(arguments: [true, false]) func partsAddUpAndNoRatePassesTheWhole(_ isAnyAsked: Bool) throws {
        var sample = try SampleStore()
        let topics: [[String?]] = [["x"], ["x", "y"], [nil], ["y", "x"], ["y"]]
        for number in 0..<40 {
            let scores: [[Int64?]] = [[], [5], [1, 4], [5, 2], [nil]]
            Self.add(
                &sample, "c\(number)", topics: topics[number % 5],
                asked: isAnyAsked && number % 3 == 0 ? 1 + number % 2 : 0,
                scores: scores[number / 5 % 5], isClosed: number % 7 > 0)
        }
        let report = try sample.runner().report(.outcomes, ReportRequest(by: [.topic]))
        let (total, parts) = (try #require(report.section("outcomes")), try #require(report.section("by_topic")))
        #expect(parts.rows.count == 3)
        for column in ["closed", "resolved", "escalated", "abandoned", "open", "reopened", "ratings", "satisfied"] {
            guard case .count(let whole) = total.value(column, row: 0) else { continue }
            let sum = parts.rows.indices.reduce(Int128(0)) { sum, row in
                if case .count(let count) = parts.value(column, row: row) { sum + count } else { sum }
            }
            #expect(sum == whole, "\(column)")
        }
        for column in ["csat", "response_rate"] {
            var (part, whole) = (Int128(0), Int128(0))
            for row in parts.rows.indices {
                guard case .share(let some, let all) = parts.value(column, row: row) else { continue }
                #expect(some <= all)
                (part, whole) = (part + some, whole + all)
            }
            #expect(whole > 0 && total.value(column, row: 0) == .share(part: part, whole: whole), "\(column)")
        }
    }

    /// A bot that never closes a conversation has satisfied customers, too.
    @Test func ratingsOfOpenConversationsCountWhereTheyWereGiven() throws {
        var sample = try SampleStore()
        Self.add(&sample, "open", asked: 0, scores: [2, 4], isClosed: false)
        let report = try sample.runner().report(.outcomes, ReportRequest(by: [.day]))
        let all = ReportValue.share(part: 1, whole: 1)
        #expect(try Self.figures(report.section("outcomes")) == [.count(1), .count(1), all, all])
        #expect(report.section("outcomes")?.value("closed", row: 0) == .count(0))
        #expect(report.section("not_closed")?.value("rated", row: 0) == .count(1))
        #expect(report.section("by_day")?.value("day", row: 0) == .text("2026-08-01"))
        let later = ReportRequest(from: SampleStore.start + 60_000_000_000)
        #expect(try sample.runner().report(.outcomes, later).section("outcomes")?.value("ratings", row: 0) == .count(0))
    }

    /// Beside the figures stand only the ratings that are in them.
    @Test func ratingsOfOtherPeriodsAreNotToldAsThoseOfThisOne() throws {
        var sample = try SampleStore(nowSeconds: 4 * 3_600)
        let of: [String: EventValue] = ["conversation_id": .text("c")]
        sample.add("message.received", at: 0, of)
        sample.add("feedback.submitted", at: 3_600, of.merging(["score": .integer(1)]) { $1 })
        sample.add("message.received", at: 7_200, of)
        let runner = try sample.runner()
        for (from, to, rated) in [(-60, 60, 0), (3_500, 3_700, 1), (7_100, 7_300, 0)] as [(Int64, Int64, Int64)] {
            let request = ReportRequest(
                from: SampleStore.start + from * 1_000_000_000, to: SampleStore.start + to * 1_000_000_000)
            let report = try runner.report(.outcomes, request)
            let open = try #require(report.section("not_closed"))
            #expect(
                open.value("not_closed", row: 0) == .count(1) && open.value("rated", row: 0) == .count(Int128(rated)),
                "\(from)")
            #expect(report.section("satisfaction")?.value("ratings", row: 0) == .count(Int128(rated)), "\(from)")
        }
    }
}
