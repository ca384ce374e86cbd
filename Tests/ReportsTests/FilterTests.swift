import Domain
import EventStores
import JSONTexts
import Plans
import Reports
import Testing

/// A report of some rows alone: each of its figures is that of the same rows in a breakdown of everything.
@Suite struct FilterTests {
    /// The sample, and calls and answers of which only the conversation says whose they are.
    private static func sample() throws -> SampleStore {
        var sample = try SampleStore.filled()
        let told: [String: EventValue] = [
            "conversation_id": .text("c9"), "team": .text("it's \"ours\""), "experiment": .text("tone"),
            "variant": .text("b"),
        ]
        sample.add("conversation.started", at: 500, told)
        sample.addTurn("c9", 1, at: 510)
        sample.add("conversation.classified", at: 520, ["conversation_id": .text("c9"), "topic": .text("refund")])
        sample.add("conversation.closed", at: 530, ["conversation_id": .text("c9"), "reason": .text("completed")])
        sample.add(
            "feedback.submitted", at: 540, ["conversation_id": .text("c9"), "score": .integer(5)])
        sample.addTurn("c10", 1, at: 600, answerAfter: 40, model: "half", route: "local", channel: "email, \"slow\"")
        return sample
    }

    private static func filters(_ texts: [String], _ kind: ReportKind) throws -> ReportRequest {
        try ReportRequest(kind: kind, from: nil, to: nil, by: [], filters: texts, rule: nil, timeZone: nil, now: 0)
    }

    private static func request(_ texts: [String], _ kind: ReportKind, by: [ReportDimension] = []) throws
        -> ReportRequest
    {
        var request = try filters(texts, kind)
        request.by = by
        return request
    }

    /// Each value of each dimension, one at a time: the row of a breakdown by it, and the whole of a report of it.
    @Test(arguments: ReportKind.allCases) func aFilteredReportIsTheRowOfABreakdown(kind: ReportKind) throws {
        var sample = try Self.sample()
        var compared = 0
        for isSealed in [false, true] {
            if isSealed { try sample.store.seal() }
            for dimension in kind.dimensions where !["month", "week", "day", "hour"].contains(dimension.rawValue) {
                let all = try sample.runner().report(kind, ReportRequest(by: [dimension]))
                let section = try #require(all.section("by_\(dimension.rawValue)"))
                for (number, row) in section.rows.enumerated() {
                    let value = if case .text(let text) = row[0] { text } else { "" }
                    let only = try sample.runner().report(
                        kind, Self.request(["\(dimension.rawValue)=\(value)"], kind, by: [dimension]))
                    let found = try #require(only.section("by_\(dimension.rawValue)"))
                    #expect(found.rows.count == 1, "\(dimension)=\(value): \(found.rows)")
                    // Shares are of the whole, which is another one.
                    let isOfWhole = { (name: String) in name.hasPrefix("share_of") || name == "response_rate" }
                    for (place, column) in section.columns.enumerated() where !isOfWhole(column.name) {
                        #expect(
                            found.value(column.name, row: 0) == row[place],
                            "\(kind) \(dimension)=\(value), \(column.name), row \(number)")
                    }
                    Self.expectWhole(only, kind, is: section, row: number)
                    compared += 1
                }
            }
        }
        #expect(compared > 20)
    }

    /// What the report says of everything is what the breakdown says of the one row.
    private static func expectWhole(_ report: Report, _ kind: ReportKind, is section: ReportSection, row: Int) {
        let (whole, columns): (String, [String]) =
            switch kind {
            case .sla: ("questions", ["good", "failed", "pending", "answers"])
            case .cost: ("total", ["calls", "cost_usd", "cost_low_usd", "cost_high_usd", "partly", "unpriced"])
            case .outcomes: ("outcomes", ["closed", "resolved", "escalated", "ratings", "csat"])
            }
        for column in columns {
            #expect(
                report.section(whole)?.value(column, row: 0) == section.value(column, row: row),
                "\(kind) \(whole).\(column): \(section.rows[row])")
        }
        if kind == .sla {
            let objectives = report.section("objectives")
            for place in objectives?.rows.indices ?? 0..<0 {
                guard case .text(let name)? = objectives?.value("objective", row: place),
                    case .judged(let value, _)? = section.value(name, row: row)
                else { continue }
                #expect(objectives?.value("actual", row: place) == value, "\(name)")
            }
        }
    }

    /// Several names hold together, several values of one are alternatives.
    @Test func namesHoldTogetherAndValuesAreAlternatives() throws {
        var sample = try Self.sample()
        let crossed = try #require(
            try sample.runner().report(.cost, ReportRequest(by: [.channel, .model])).section("by_channel_model"))
        func calls(_ texts: [String]) throws -> ReportValue? {
            try sample.runner().report(.cost, Self.filters(texts, .cost)).section("total")?.value("calls", row: 0)
        }
        func sum(_ isCounted: (ReportValue, ReportValue) -> Bool) -> ReportValue {
            let rows = crossed.rows.indices.filter { isCounted(crossed.rows[$0][0], crossed.rows[$0][1]) }
            return .count(
                rows.reduce(Int128(0)) { sum, row in
                    if case .count(let count)? = crossed.value("calls", row: row) { sum + count } else { sum }
                })
        }
        let web = ReportValue.text("web")
        let both = sum { channel, model in channel == web && (model == .text("big") || model == .text("half")) }
        #expect(try calls(["model=big", "channel=web", "model=half", "model=big"]) == both)
        #expect(both != sum { channel, _ in channel == web })
        #expect(try calls(["channel=nobody"]) == .count(Int128(0)))
        #expect(try calls(["team="]) != calls([]))
        #expect(try calls(["team=", "team=it's \"ours\""]) == calls([]))
    }

    /// Answers that a filter lets through are looked for among all calls, however these name their channel.
    @Test func whatIsLookedUpIsLookedUpInEverything() throws {
        var sample = try SampleStore()
        let conversation: [String: EventValue] = ["conversation_id": .text("c1"), "turn": .integer(1)]
        sample.add("message.received", at: 0, conversation.merging(["channel": .text("web")]) { $1 })
        sample.add("llm.call", at: 1, conversation.merging(["channel": .text("backend")]) { $1 })
        sample.add(
            "message.sent", at: 2, conversation.merging(["channel": .text("web"), "status": .text("ok")]) { $1 })
        let report = try sample.runner().report(.cost, Self.filters(["channel=web"], .cost))
        let section = try #require(report.section("unattributed"))
        let row = try #require(section.rows.firstIndex { $0[0] == .text("answers_without_call") })
        #expect(section.value("count", row: row) == .count(Int128(0)))
        #expect(report.section("per_unit")?.value("count", row: 0) == .count(Int128(1)))
    }

    /// Conversations and bills say nothing of models: figures of these are left out, and never those of everything.
    @Test func whatSaysNothingOfCallsIsLeftOut() throws {
        var sample = try Self.sample()
        let cost = try sample.runner().report(.cost, Self.filters(["model=big"], .cost))
        for name in ["all_costs", "per_unit", "other_costs", "invoices", "rollups", "differing_traces"] {
            #expect(cost.section(name) == nil, "\(name)")
        }
        #expect(cost.section("unattributed")?.rows.count == 1)
        #expect(cost.definitions.contains { $0.term == "where" && $0.meaning.contains("say nothing of calls") })
        let levels = try sample.runner().report(.sla, Self.filters(["route=local"], .sla))
        #expect(levels.section("service_level_objectives") == nil)
        #expect(levels.section("questions")?.value("ratings", row: 0) == .count(Int128(0)))
    }

    /// No section forgets a filter: of rows that there are not, every figure of every section is nothing.
    @Test(arguments: [
        (.sla, "tenant=nobody"), (.sla, "topic=nothing"), (.sla, "model=none"), (.cost, "tenant=nobody"),
        (.cost, "topic=nothing"), (.cost, "model=none"), (.outcomes, "tenant=nobody"), (.outcomes, "topic=nothing"),
    ] as [(ReportKind, String)])
    func nothingOfOthersIsInAReportOfNobody(kind: ReportKind, filter: String) throws {
        var sample = try Self.sample()
        sample.add("usage.reported", at: 3, ["trace_id": .text("t7"), "input_tokens": .integer(10)])
        let report = try sample.runner().report(kind, Self.filters([filter], kind))
        // What is promised, and of how many hours anything is known, is the same for all.
        let told = ["target", "alert_limit", "coverage", "objectives_version", "version"]
        for section in report.sections where section.name != "objective_versions" {
            for row in section.rows {
                for (column, value) in zip(section.columns, row) where !told.contains(column.name) {
                    let isNothing =
                        switch value {
                        case .count(let count): count == 0
                        case .usd(let picoUSD): picoUSD == 0
                        case .none, .text, .state: true
                        default: false
                        }
                    #expect(isNothing, "\(kind) \(filter) \(section.name).\(column.name): \(value)")
                }
            }
        }
    }

    /// Whatever the form, it says of which rows it is.
    @Test func everyFormSaysOfWhichRowsItIs() throws {
        var sample = try Self.sample()
        let request = try Self.request(["channel=web", "team=it's \"ours\"", "team="], .cost, by: [.day])
        let report = try sample.runner().report(.cost, request)
        let told = "channel is web, team is it's \"ours\" or is not told"
        #expect(report.rendered(.table).contains("Only where \(told)."))
        let escaped = told.replacing("'", with: "&#39;").replacing("\"", with: "&quot;")
        #expect(report.rendered(.html).contains("<p class=\"filters\">Only where \(escaped).</p>"))
        for format in [ReportFormat.json, .cells] {
            let json = try JSONReader.parse(Array(report.rendered(format).utf8))
            #expect(json["filters"]?["team"]?.array?.map(\.string) == ["it's \"ours\"", ""], "\(format)")
        }
        let whole = try sample.runner().report(.cost, ReportRequest(by: [.day]))
        for format in ReportFormat.allCases {
            #expect(!whole.rendered(format).contains("Only where") && !whole.rendered(format).contains("\"filters\""))
        }
    }

    @Test(arguments: [
        ("team", "team is no filter"), ("=x", "a filter has no name"), ("tem=x", "cannot be filtered by tem"),
        ("day=2026-08-01", "is not filtered by day"), ("team=a\u{0}b", "no row says such a team"),
        ("model=big", "cannot be filtered by model"),
    ])
    func whatIsNoFilterIsSaid(text: String, message: String) throws {
        let error = #expect(throws: ReportError.self) { try Self.filters([text], .outcomes) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func filtersAreBounded() throws {
        #expect(throws: ReportError.self) { try Self.filters((0...100).map { "team=\($0)" }, .cost) }
        #expect(throws: ReportError.self) { try Self.filters(["team=" + String(repeating: "x", count: 9_000)], .cost) }
        _ = try Self.filters((0..<100).map { "team=\($0)" }, .cost)
    }
}
