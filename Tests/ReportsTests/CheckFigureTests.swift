import Domain
import Reports
import Testing

/// What senders tell stands beside what was booked.
@Suite struct CheckFigureTests {
    private static let micro: Int64 = 1_000_000
    private var sample: SampleStore

    init() throws {
        sample = try SampleStore()
        sample.addPrice("big", "input", picoPerToken: 1_000_000)
        sample.addPrice("big", "output", picoPerToken: 2_000_000)
    }

    private mutating func call(
        _ model: String = "big", input: Int64? = 1_000, output: Int64? = 100, told: Int64? = nil, trace: String? = nil,
        conversation: String? = "c"
    ) {
        var fields: [String: EventValue] = [
            "provider": .text("maker"), "request_model": .text(model), "status": .text("ok"),
        ]
        fields["input_tokens"] = input.map { .integer($0) }
        fields["output_tokens"] = output.map { .integer($0) }
        fields["reported_cost_usd"] = told.map { .integer($0) }
        fields["trace_id"] = trace.map { .text($0) }
        fields["conversation_id"] = conversation.map { .text($0) }
        sample.add("llm.call", at: 10, fields)
    }

    private mutating func rollup(_ trace: String?, input: Int64? = nil, output: Int64? = nil, told: Int64? = nil) {
        var fields: [String: EventValue] = ["scope": .text("agent")]
        fields["trace_id"] = trace.map { .text($0) }
        fields["input_tokens"] = input.map { .integer($0) }
        fields["output_tokens"] = output.map { .integer($0) }
        fields["reported_cost_usd"] = told.map { .integer($0) }
        sample.add("usage.reported", at: 11, fields)
    }

    @Test mutating func toldCostsStandBesideOurs() throws {
        // 1,200 millionths each; one within rounding, one a millionth off, one that tells nothing.
        call(told: 1_200 * Self.micro + 500_000)
        call(told: 1_201 * Self.micro)
        call()
        // Output has no price here: what is told is possible, so nothing differs; but it is not in our figures.
        sample.addPrice("half", "input", picoPerToken: 1_000_000)
        call("half", told: 5_150 * Self.micro)
        call("half", told: 900 * Self.micro, trace: "t-off")
        let report = try sample.runner().report(.cost, ReportRequest())
        let told = try #require(report.section("told_costs"))
        func row(_ row: Int) -> [ReportValue?] {
            [
                "model", "calls", "told_cost_usd", "cost_low_usd", "difference_usd", "not_wholly_priced",
                "calls_that_differ",
            ]
            .map { told.value($0, row: row) }
        }
        let micro = Int128(Self.micro)
        #expect(told.rows.count == 2)
        #expect(
            row(0) == [
                .text("big"), .count(2), .usd(2_401 * micro + 500_000), .usd(2_400 * micro), .usd(micro + 500_000),
                .count(0), .count(1),
            ])
        #expect(
            row(1) == [
                .text("half"), .count(2), .usd(6_050 * micro), .usd(2_000 * micro), .usd(4_050 * micro), .count(2),
                .count(1),
            ])
        let calls = try #require(report.section("differing_calls"))
        #expect(calls.rows.count == 2 && calls.value("trace_id", row: 0) == .text("t-off"))
        #expect(calls.value("cost_high_usd", row: 0) == .unknown)
        #expect(
            calls.value("told_cost_usd", row: 1) == .usd(1_201 * micro)
                && calls.value("cost_high_usd", row: 1) == .usd(1_200 * micro))
    }

    @Test mutating func rollupsAreComparedWithTheCallsOfTheirTrace() throws {
        // One agent over two calls; nested agents; agents beside each other: all agree.
        for trace in ["one", "nested", "beside"] { for _ in 0..<2 { call(trace: trace) } }
        rollup("one", input: 2_000, output: 200)
        rollup("nested", input: 2_000, output: 200)
        rollup("nested", input: 1_000, output: 100)
        rollup("beside", input: 1_000, output: 100)
        rollup("beside", input: 1_000, output: 100)
        // Of a cost alone nobody can say that tokens differ.
        call(trace: "cost")
        rollup("cost", told: 1_200 * Self.micro)
        // A call is missing, a call was told twice, no call was told, no trace either.
        call(trace: "missing")
        rollup("missing", input: 2_000, output: 200, told: 2_400 * Self.micro)
        for _ in 0..<2 { call(trace: "twice") }
        rollup("twice", input: 1_000, output: 100)
        rollup("nothing", input: 700, output: 70, told: 40 * Self.micro)
        rollup(nil, input: 5, output: 1)
        let report = try sample.runner().report(.cost, ReportRequest())
        let section = try #require(report.section("rollups"))
        let rows = section.rows.indices.map { row in
            ["verdict", "traces", "records", "told_tokens", "told_cost_usd", "calls", "tokens", "cost_low_usd"]
                .map { section.value($0, row: row) }
        }
        let (micro, none) = (Int128(Self.micro), ReportValue.none)
        let expected: [[ReportValue?]] = [
            [
                .text("agree"), .count(4), .count(6), .count(5_500), .usd(1_200 * micro), .count(7), .count(7_700),
                .usd(8_400 * micro),
            ],
            [
                .text("fewer tokens in calls"), .count(1), .count(1), .count(2_200), .usd(2_400 * micro), .count(1),
                .count(1_100),
                .usd(1_200 * micro),
            ],
            [
                .text("more tokens in calls"), .count(1), .count(1), .count(1_100), none, .count(2), .count(2_200),
                .usd(2_400 * micro),
            ],
            [.text("no call told"), .count(1), .count(1), .count(770), .usd(40 * micro), .count(0), .count(0), none],
            [.text("no trace told"), none, .count(1), .count(6), none, none, none, none],
        ]
        #expect(rows == expected)
        let traces = try #require(report.section("differing_traces"))
        #expect(
            traces.rows.indices.map { traces.value("trace_id", row: $0) } == [
                .text("missing"), .text("twice"), .text("nothing"),
            ])
        // A check is in no sum.
        #expect(report.section("total")?.value("calls", row: 0) == .count(10))
        #expect(report.section("total")?.value("cost_usd", row: 0) == .usd(10 * 1_200 * micro))
    }

    @Test mutating func spendAndAnswersThatDoNotMeetAreTold() throws {
        call(conversation: nil)
        call("nobody", conversation: nil)
        for (turn, from) in [nil, "cache", "model"].enumerated() {
            var fields: [String: EventValue] = ["conversation_id": .text("c"), "turn": .integer(Int64(turn))]
            fields["answered_from"] = from.map { .text($0) }
            sample.add("message.sent", at: 12, fields)
        }
        let section = try #require(try sample.runner().report(.cost, ReportRequest()).section("unattributed"))
        #expect(
            section.rows[0] == [
                .text("calls_without_conversation"), .count(2), .usd(1_200 * Int128(Self.micro)),
                .usd(1_200 * Int128(Self.micro)),
                .unknown,
            ])
        #expect(
            section.value("kind", row: 1) == .text("answers_without_call")
                && section.value("count", row: 1) == .count(2))
    }

    /// A call that failed costs nothing, for certain: beside calls without a price that is no figure of what the model
    /// costs.
    @Test mutating func theNothingOfFailuresIsNoCost() throws {
        sample.add("message.sent", at: 12, ["conversation_id": .text("c"), "channel": .text("web")])
        let failed: [String: EventValue] = [
            "provider": .text("maker"), "request_model": .text("nobody"), "status": .text("error"),
        ]
        sample.add("llm.call", at: 11, failed.merging(["conversation_id": .text("c")]) { $1 })
        func costs() throws -> [ReportValue?] {
            let runner = try sample.runner()
            let report = try runner.report(.cost, ReportRequest(by: [.model]))
            let row = report.section("by_model")
            return [
                report.section("total")?.value("cost_usd", row: 0),
                report.section("per_unit")?.value("cost_per_unit", row: 0),
                row?.value("cost_usd", row: 0), row?.value("share_of_cost", row: 0),
                try runner.report(.sla, ReportRequest()).section("objectives")?.value("actual", row: 4),
            ]
        }
        // Nothing but a failure: what it cost is known.
        let zero = ReportValue.usdPer(picoUSD: 0, count: 1)
        #expect(try costs() == [.usd(0), zero, .usd(0), ReportValue.none, zero])
        call("nobody")
        #expect(try costs() == [.unknown, .unknown, .unknown, .unknown, .unknown])
        let report = try sample.runner().report(.cost, ReportRequest(by: [.model]))
        #expect(report.rendered(.json).contains(#""cost_usd": "unknown""#))
        #expect(report.rendered(.csv).contains("nobody,2,unknown,unknown,0,unknown,"))
    }

    @Test mutating func anAnswerWithoutACallHasNoCost() throws {
        sample.add("message.sent", at: 12, ["conversation_id": .text("c"), "channel": .text("web")])
        func verdict() throws -> [ReportValue?] {
            let section = try sample.runner().report(.sla, ReportRequest()).section("objectives")
            return ["actual", "verdict"].map { section?.value($0, row: 4) }
        }
        #expect(try verdict() == [ReportValue.none, .state(.noData)])
        #expect(
            try sample.runner().report(.cost, ReportRequest()).section("per_unit")?.value("cost_per_unit", row: 0)
                == ReportValue.none)
        // Nothing of it is priced: not $0, and it can be anything.
        call("nobody")
        #expect(try verdict() == [.unknown, .state(.atRisk)])
    }

    /// An answer costs 0.0012; then a call nobody has a price for comes in, then some that cost more than any limit.
    @Test mutating func whatIsUnknownMovesAVerdictOnlyWhereItCan() throws {
        sample.addPrice("dear", "input", picoPerToken: 60_000_000)
        sample.addPrice("dear", "output", picoPerToken: 0)
        // Cached tokens at some price up to that of the input.
        sample.addPrice("range", "input", picoPerToken: 1_000_000)
        sample.addPrice("range", "output", picoPerToken: 1_000_000)
        func verdict() throws -> ReportValue? {
            try sample.runner().report(.sla, ReportRequest()).section("objectives")?.value("verdict", row: 4)
        }
        sample.add("message.sent", at: 12, ["conversation_id": .text("c")])
        call()
        #expect(try verdict() == .state(.met))
        sample.add(
            "llm.call", at: 13,
            [
                "provider": .text("maker"), "request_model": .text("range"), "input_tokens": .integer(1_000),
                "output_tokens": .integer(0),
                "cache_read_tokens": .integer(900),
            ])
        #expect(try verdict() == .state(.met))
        call("nobody")
        #expect(try verdict() == .state(.atRisk))
        call("dear")
        #expect(try verdict() == .state(.breached))
    }
}
