import Domain
import Reports
import Testing

/// First aid for words in events that no figure knows.
@Suite struct DoctorWordsTests {
    /// What is received when the sample's clock stands still comes before the end.
    private static let end = SampleStore.start + 3601 * 1_000_000_000

    /// Whose, finding, of what, and how many.
    private func findings(_ report: Report) -> [[ReportValue?]] {
        guard let section = report.section("findings") else { return [] }
        return section.rows.indices.map { row in
            ["service", "finding", "what", "count"].map { section.value($0, row: row) }
        }
    }

    /// Words in fields by which a figure selects, and in those that events of all types have; own words are none.
    @Test func wordsThatNoFigureKnowsAreTold() throws {
        var sample = try SampleStore()
        func add(_ type: String, _ fields: [String: EventValue]) {
            sample.add(
                type, at: 3500,
                fields.merging(["conversation_id": .text("c1"), "service_name": .text("odd-bot")]) { $1 })
        }
        add("llm.call", ["status": .text("error")])
        add("message.received", ["author": .text("customer"), "channel": .text("Email")])
        add("message.received", ["channel": .text("whatsapp"), "environment": .text("staging2")])
        for _ in 0..<2 { add("message.sent", ["author": .text("assistant"), "answered_from": .text("search")]) }
        add("message.sent", ["author": .text("warehouse")])
        let report = try sample.runner().doctor(to: Self.end)
        #expect(
            findings(report) == [
                [
                    .text("odd-bot"), .text("unread_values"), .text("message.received author: \"customer\""),
                    .count(Int128(1)),
                ],
                [
                    .text("odd-bot"), .text("unread_values"), .text("message.sent author: \"assistant\""),
                    .count(Int128(2)),
                ],
                [
                    .text("odd-bot"), .text("unread_values"), .text("message.sent author: \"warehouse\""),
                    .count(Int128(1)),
                ],
                [.text("odd-bot"), .text("unread_values"), .text("channel: \"Email\""), .count(Int128(1))],
            ], "\(findings(report))")
        #expect(
            try #require(report.section("changes")).rows.map { $0[3] } == [
                "author: user instead of \"customer\"", "author of message.received: one of agent, human, system, user",
                "author: agent instead of \"assistant\"", "author of message.sent: one of agent, human, system",
                "author of message.sent: one of agent, human, system", "channel: email instead of \"Email\"",
            ].map { ReportValue.text($0) })
    }

    /// However many words of their own senders have, the rarest may be the slip.
    @Test func aSlipIsFoundAmongManyOwnWords() throws {
        var sample = try SampleStore()
        sample.add("llm.call", at: 3500, ["conversation_id": .text("c1"), "status": .text("error")])
        let own = "abcdefgh".flatMap { first in "abcdefgh".map { "shop-\(first)\($0)" } }
        for channel in own + own + ["Web"] {
            sample.add("message.received", at: 3500, ["conversation_id": .text("c1"), "channel": .text(channel)])
        }
        let found = findings(try sample.runner().doctor(to: Self.end))
        let slip: [ReportValue?] = [
            .text("test"), .text("unread_values"), .text("channel: \"Web\""), .count(Int128(1)),
        ]
        #expect(found == [slip], "\(found)")
    }

    /// What nobody sees is written so that it is seen, and no longer than a few of it.
    @Test(arguments: [
        ("\u{200B}", #"\u200b"#), ("bot\u{202E}\u{7}", #"bot\u202e\u0007"#), ("\u{E0001}é", #"\udb40\udc01é"#),
        (String(repeating: "\u{200D}", count: 100), String(repeating: #"\u200d"#, count: 8) + "…"),
    ])
    func whatNobodySeesIsShown(_ author: String, _ shown: String) throws {
        var sample = try SampleStore()
        sample.add("llm.call", at: 3500, ["conversation_id": .text("c1"), "status": .text("error")])
        sample.add("message.received", at: 3500, ["conversation_id": .text("c1"), "author": .text(author)])
        let report = try sample.runner().doctor(to: Self.end)
        let what = ReportValue.text("message.received author: \"\(shown)\"")
        #expect(findings(report).map { $0[2] } == [what], "\(findings(report))")
        #expect(try #require(report.section("changes")).rows.allSatisfy { $0[2] == what })
    }

    /// Frameworks call who asks `human`: a word that is known here, and means a colleague of the agent.
    @Test func messagesOfWhomNobodyAsksAreTold() throws {
        var sample = try SampleStore()
        sample.add("llm.call", at: 3500, ["conversation_id": .text("c1"), "status": .text("error")])
        for author in ["human", "human", "system"] {
            sample.add("message.received", at: 3500, ["conversation_id": .text("c1"), "author": .text(author)])
        }
        let report = try sample.runner().doctor(to: Self.end)
        let told: [ReportValue?] = [
            ReportValue.none, .text("unread_values"), .text("message.received author: \"human\""), .count(Int128(2)),
        ]
        #expect(findings(report) == [told], "\(findings(report))")
        let change = try #require(report.section("changes")).value("change", row: 0)
        #expect(
            change
                == .text(
                    "author of message.received: user, or none, for who asks: no message of the period is a question"))
        sample.add("message.received", at: 3500, ["conversation_id": .text("c1")])
        let again = try sample.runner().doctor(to: Self.end)
        #expect(findings(again) == [[ReportValue.none, .text("all is well"), ReportValue.none, ReportValue.none]])
    }
}
