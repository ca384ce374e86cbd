import Domain
import Reports
import Testing

/// Which prices first aid has people set, and what it says where none helps.
extension DoctorTests {
    private static func price(
        _ tokenClass: TokenClass, _ tier: String?, _ picoPerToken: Int64, from: Int64 = 0, _ origin: PriceOrigin
    ) throws -> PriceEntry {
        try PriceEntry(
            provider: "maker", model: "flexible", tokenClass: tokenClass, serviceTier: tier,
            picoUSDPerToken: picoPerToken, picoUSDPerGPUHour: nil, validFrom: from, position: 0, origin: origin)
    }

    private static func call(_ more: [String: EventValue], without field: String? = nil) throws -> SampleStore {
        var sample = try priced()
        var call: [String: EventValue] = [
            "service_name": .text("bot"), "conversation_id": .text("c1"), "provider": .text("maker"),
            "request_model": .text("big"), "status": .text("ok"), "input_tokens": .integer(100),
            "output_tokens": .integer(10),
        ]
        call.merge(more) { $1 }
        if let field { call[field] = nil }
        sample.add("llm.call", at: 3500, call)
        return sample
    }

    private func lines(_ report: Report) throws -> [ReportValue] {
        try #require(report.section("changes")).rows.filter { $0[1] == .text("no_price") }.map { $0[3] }
    }

    /// The lines are of the tier that has no price, and keep what the first price that is set for a model would end.
    @Test func aTierWithoutAPriceCostsTheOthersNothing() throws {
        let flex = ["request_model": EventValue.text("flexible"), "service_tier": .text("flex")]
        var sample = try Self.call(flex)
        let day: Int64 = 86_400 * 1_000_000_000
        let list = [
            try Self.price(.input, nil, 1_000_000, .builtIn), try Self.price(.input, "batch", 500_000, .builtIn),
            try Self.price(.output, nil, 2_000_000, .builtIn),
            try Self.price(.output, nil, 3_000_000, from: SampleStore.start + day, .builtIn),
        ]
        let report = try sample.runner().doctor(to: Self.end, prices: PriceBook(list))
        #expect(findings(report).map { $0[2] } == [.text("maker flexible of tier flex")])
        #expect(try #require(report.section("prices")).value("service_tier", row: 0) == .text("flex"))
        let load = "plimsoll prices load FILE, FILE being these lines with a number for each PRICE:"
        let heading = "provider,model,token_class,service_tier,usd_per_million_tokens,valid_from"
        let missing = [
            "maker,flexible,input,flex,PRICE,2026-08-01T00:00:00Z",
            "maker,flexible,output,flex,PRICE,2026-08-01T00:00:00Z",
        ]
        let ends = "the first price that is set for a model ends its list prices: the lines with a number keep them"
        let kept = [
            "maker,flexible,input,,1.00,2026-08-01T00:00:00Z", "maker,flexible,input,batch,0.50,2026-08-01T00:00:00Z",
            "maker,flexible,output,,2.00,2026-08-01T00:00:00Z", "maker,flexible,output,,3.00,2026-08-02T09:00:00Z",
        ]
        #expect(try lines(report) == ([ends, load, heading] + missing + kept).map { .text($0) })
        // Where some are set already nothing ends.
        let set = PriceBook(list + [try Self.price(.input, nil, 1_000_000, .set)])
        let again = try sample.runner().doctor(to: Self.end, prices: set)
        #expect(try lines(again) == ([load, heading] + missing).map { .text($0) })
    }

    /// What is no class of tokens no price list can name.
    @Test(arguments: [
        (
            ["other_usage": .text("web_search")],
            "no price mends web_search: no class of tokens tells it; a cost.recorded event can say what it cost"
        ),
        (
            ["total_tokens": .integer(999)],
            "the counts that make up the total: cache and reasoning tokens beside those of input and output; no price "
                + "mends this"
        ),
        (
            [
                "provider": .text("gcp.gemini"), "request_model": .text("gemini-2.5-pro"),
                "input_tokens": .integer(250_000),
            ],
            "no price mends this: those of the list hold up to 200000 tokens of input, and of longer prompts it is "
                + "told what they cost at least"
        ),
    ] as [([String: EventValue], String)])
    func whatNoPriceMendsHasNoPriceLine(_ more: [String: EventValue], _ line: String) throws {
        var sample = try Self.call(more)
        #expect(try lines(try Self.report(&sample)) == [.text(line)])
    }

    /// A line to copy would have the escape in the name, and so a price for another one.
    @Test(arguments: ["my2\nmodel", "my2\u{200B}model"])
    func aNameThatNobodySeesWholeHasNoLineToCopy(_ model: String) throws {
        var sample = try Self.call(["request_model": .text(model)])
        #expect(
            try lines(try Self.report(&sample)) == [
                .text(
                    "no line of CSV to copy can name it, since nobody sees some of its characters: let its sender mend "
                        + "the name; a price list in JSON can name it, with those characters as escapes")
            ])
    }

    /// A class without a price and one that was not told are two things to mend.
    @Test func aCountThatWasNotToldIsNoPrice() throws {
        var sample = try Self.call(["request_model": .text("nobody's")], without: "output_tokens")
        let report = try Self.report(&sample)
        #expect(try #require(report.section("prices")).value("price_gaps", row: 0) == .text("input,untold_output"))
        #expect(
            try lines(report) == [
                .text("plimsoll prices load FILE, FILE being these lines with a number for each PRICE:"),
                .text("provider,model,token_class,usd_per_million_tokens,valid_from"),
                .text("maker,nobody's,input,PRICE,2026-08-01T00:00:00Z"),
                .text("\"input_tokens\" and \"output_tokens\" in the data of the call"),
            ])
    }
}
