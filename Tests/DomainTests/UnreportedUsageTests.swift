import Domain
import Testing

/// Not told is not zero, and what nothing decides is a range: pico-USD per token throughout.
@Suite struct UnreportedUsageTests {
    private static let prices = ClassPrices(input: 5, output: 7, cacheRead: 2, cacheWrite: 6, cacheWrite1h: 9)

    private func booked(
        _ usage: TokenUsage, at prices: ClassPrices = prices, mustTell: Bool = true,
        _ more: (inout TokenUsage) -> Void = { _ in }
    )
        throws -> BookedCost
    {
        var usage = usage
        usage.mustTell = mustTell
        more(&usage)
        try usage.check()
        return BookedCost(usage, at: prices)
    }

    private func expect(
        _ booked: BookedCost, _ state: PriceState, cost: Int64? = nil, low: Int64, high: Int64?, gaps: String? = nil,
        _ place: SourceLocation = #_sourceLocation
    ) {
        #expect(booked.state == state, sourceLocation: place)
        #expect(booked.cost == cost, sourceLocation: place)
        #expect(booked.low == low, sourceLocation: place)
        #expect(booked.high == high, sourceLocation: place)
        #expect(booked.gapNames == gaps, sourceLocation: place)
    }

    @Test func aCallThatWentWellAndToldNothingIsUnpriced() throws {
        for prices in [
            Self.prices, ClassPrices(), ClassPrices(input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0),
        ] {
            expect(try booked(TokenUsage(), at: prices), .unpriced, low: 0, high: nil, gaps: "usage")
            expect(try booked(TokenUsage(), at: prices, mustTell: false), .priced, cost: 0, low: 0, high: 0)
            // Nobody counted: a call that went well was asked something.
            expect(try booked(TokenUsage(input: 0, output: 0), at: prices), .unpriced, low: 0, high: nil, gaps: "usage")
            expect(
                try booked(TokenUsage(input: 0, output: 0), at: prices, mustTell: false), .priced, cost: 0, low: 0,
                high: 0)
        }
        expect(try booked(TokenUsage()) { $0.isInputOnly = true }, .unpriced, low: 0, high: nil, gaps: "usage")
        expect(try booked(TokenUsage(input: 0)) { $0.isInputOnly = true }, .unpriced, low: 0, high: nil, gaps: "usage")
        expect(
            try booked(TokenUsage(input: 0)) { ($0.total, $0.isInputOnly) = (40, true) }, .priced, cost: 200, low: 200,
            high: 200)
        expect(try booked(TokenUsage(input: 0, output: 10)), .partly, low: 70, high: nil, gaps: "input")
    }

    /// Of a class among what is missing it is said whether it lacks a count or a price.
    @Test func whatWasNotToldHasAWordOfItsOwn() throws {
        for (usage, prices, shown) in [
            (TokenUsage(output: 5), Self.prices, "untold_input"), (TokenUsage(input: 5), Self.prices, "untold_output"),
            (TokenUsage(input: 0, output: 5), Self.prices, "untold_input"),
            (TokenUsage(output: 5), ClassPrices(), "untold_input,output"),
            (TokenUsage(input: 5), ClassPrices(), "input,untold_output"),
            (TokenUsage(input: 5, output: 5, cacheRead: 2), ClassPrices(), "input,output,cache_read"),
            (TokenUsage(), Self.prices, "usage"),
        ] {
            let gaps = try #require(try booked(usage, at: prices).gapNames)
            #expect(UsageGaps.shown(Array(gaps.utf8), of: usage) == Array(shown.utf8))
        }
        // A total tells what is missing to it, and the input of an embedding.
        var usage = TokenUsage(output: 5)
        usage.total = 12
        let gaps = try #require(try booked(usage, at: ClassPrices()).gapNames)
        #expect(gaps == "input,output" && UsageGaps.shown(Array(gaps.utf8), of: usage) == Array(gaps.utf8))
        usage = TokenUsage(input: 0)
        (usage.total, usage.isInputOnly) = (12, true)
        #expect(UsageGaps.shown(Array("input".utf8), of: usage) == Array("input".utf8))
        #expect(UsageGaps.shown([], of: usage) == [])
    }

    @Test func whoMustTell() {
        for (isError, isStream, hasBegun, must) in [
            (false, false, false, true), (false, true, true, true), (true, false, false, false),
            (true, false, true, false),
            (true, true, false, false), (true, true, true, true),
        ] {
            #expect(TokenUsage.mustTell(isError: isError, isStream: isStream, hasBegun: hasBegun) == must)
        }
    }

    @Test func aWholeThatWasNotToldLeavesTheUpperEndOpen() throws {
        expect(try booked(TokenUsage(input: 100)), .partly, low: 500, high: nil, gaps: "output")
        expect(try booked(TokenUsage(output: 10)), .partly, low: 70, high: nil, gaps: "input")
        expect(try booked(TokenUsage(input: 0)), .unpriced, low: 0, high: nil, gaps: "usage")
        expect(try booked(TokenUsage(input: 100), mustTell: false), .priced, cost: 500, low: 500, high: 500)
        expect(try booked(TokenUsage(input: 100)) { $0.isInputOnly = true }, .priced, cost: 500, low: 500, high: 500)
        expect(
            try booked(TokenUsage(input: 100), at: ClassPrices()), .unpriced, low: 0, high: nil, gaps: "input,output")
    }

    @Test func theTotalTellsTheOtherWhole() throws {
        expect(try booked(TokenUsage(input: 100)) { $0.total = 110 }, .priced, cost: 570, low: 570, high: 570)
        expect(try booked(TokenUsage(output: 10)) { $0.total = 110 }, .priced, cost: 570, low: 570, high: 570)
        expect(
            try booked(TokenUsage(input: 100)) { $0.total = 90 }, .partly, low: 180, high: nil, gaps: "output,reading")
        expect(
            try booked(TokenUsage()) { ($0.total, $0.isInputOnly) = (40, true) }, .priced, cost: 200, low: 200,
            high: 200)
        // Zeros beside it tell nothing.
        expect(
            try booked(TokenUsage(input: 0, output: 0)) { $0.total = 100 }, .partly, low: 200, high: 900, gaps: "usage")
    }

    @Test func aTotalMayContradictTheCounts() throws {
        let usage = TokenUsage(input: 100, output: 10)
        expect(try booked(usage) { $0.total = 110 }, .priced, cost: 570, low: 570, high: 570)
        expect(try booked(usage) { $0.total = 0 }, .priced, cost: 570, low: 570, high: 570)
        expect(try booked(usage) { $0.total = 999 }, .partly, low: 570, high: nil, gaps: "untold_tokens")
        expect(
            try booked(usage) { ($0.total, $0.other) = (999, "untold_tokens,audio") }, .partly, low: 570, high: nil,
            gaps: "untold_tokens,audio")
        // From what the total comes to at the cheapest price to the counts.
        expect(try booked(usage) { $0.total = 50 }, .partly, low: 100, high: 570, gaps: "reading")
        expect(
            try booked(usage, at: ClassPrices(input: 5)) { $0.total = 50 }, .partly, low: 0, high: nil,
            gaps: "output,reading")
        expect(
            try booked(usage, at: ClassPrices()) { $0.total = 50 }, .unpriced, low: 0, high: nil,
            gaps: "input,output,reading")
        expect(try booked(usage, mustTell: false) { $0.total = 50 }, .partly, low: 100, high: 570, gaps: "reading")
        let embedding = TokenUsage(input: 100)
        expect(
            try booked(embedding) { ($0.total, $0.isInputOnly) = (50, true) }, .partly, low: 250, high: 500,
            gaps: "reading")
        expect(
            try booked(embedding) { ($0.total, $0.isInputOnly) = (500, true) }, .partly, low: 500, high: nil,
            gaps: "untold_tokens")
        // What the total leaves out may be what lies beside the wholes.
        let cached = TokenUsage(input: 160, output: 10, cacheRead: 60)
        expect(
            try booked(cached) { ($0.total, $0.doubt) = (110, .cache) }, .partly, low: 40 * 5 + 60 * 2 + 70,
            high: 100 * 5 + 60 * 2 + 70,
            gaps: "reading")
        let time = TokenUsage(input: 100, output: 10, gpuDurationNanoseconds: 3_600_000_000_000)
        expect(try booked(time, at: ClassPrices(gpu: 9)) { $0.total = 999 }, .priced, cost: 9, low: 9, high: 9)
    }

    @Test func onlyATotalIsBetweenTheCheapestAndTheDearestClass() throws {
        expect(try booked(TokenUsage()) { $0.total = 100 }, .partly, low: 200, high: 900, gaps: "usage")
        expect(
            try booked(TokenUsage(), at: ClassPrices(input: 5, output: 7)) { $0.total = 100 }, .partly, low: 500,
            high: 700, gaps: "usage")
        expect(
            try booked(TokenUsage(), at: ClassPrices(input: 5)) { $0.total = 100 }, .unpriced, low: 0, high: nil,
            gaps: "usage")
        expect(
            try booked(TokenUsage(), at: ClassPrices()) { $0.total = 100 }, .unpriced, low: 0, high: nil, gaps: "usage")
        // A class whose price is not known may have been all of them.
        expect(
            try booked(TokenUsage(), at: ClassPrices(input: 3, output: 3)) { $0.total = 100 }, .partly, low: 300,
            high: 300, gaps: "usage")
        let same = ClassPrices(input: 3, output: 3, cacheRead: 3, cacheWrite: 3, cacheWrite1h: 3)
        expect(try booked(TokenUsage(), at: same) { $0.total = 100 }, .priced, cost: 300, low: 300, high: 300)
        expect(
            try booked(TokenUsage(), at: ClassPrices()) { $0.total = 0 }, .unpriced, low: 0, high: nil, gaps: "usage")
        expect(
            try booked(TokenUsage(), mustTell: false) { $0.total = 100 }, .partly, low: 200, high: 900, gaps: "usage")
        // 12,000 tokens of gpt-4o: from $0.015, had all been read from the cache, to $0.12, had all been output.
        let listed = BuiltInPrices.book.quote(
            provider: "openai", requestModel: "gpt-4o", responseModel: nil, serviceTier: nil, at: 0)
        let cost = try booked(TokenUsage(), at: listed.prices) { $0.total = 12_000 }
        expect(cost, .partly, low: 15_000_000_000, high: 120_000_000_000, gaps: "usage")
    }

    @Test func twoReadingsAreARange() throws {
        // Beside: 100 new, 40 read, 20 written, 10 of them for an hour. Inside: the whole is 100 and holds the parts.
        let usage = TokenUsage(input: 160, output: 10, cacheRead: 40, cacheWrite: 20, cacheWrite1h: 10)
        let beside: Int64 = 100 * 5 + 40 * 2 + 10 * 6 + 10 * 9 + 70
        let inside: Int64 = 40 * 5 + 40 * 2 + 10 * 6 + 10 * 9 + 70
        expect(try booked(usage) { $0.doubt = .cache }, .partly, low: inside, high: beside, gaps: "reading")
        expect(try booked(usage), .priced, cost: beside, low: beside, high: beside)
        // The parts are larger than the whole that would hold them.
        let large = TokenUsage(input: 103, output: 0, cacheRead: 70, cacheWrite: 30)
        expect(
            try booked(large) { $0.doubt = .cache }, .partly, low: 3 * 2, high: 3 * 5 + 70 * 2 + 30 * 6, gaps: "reading"
        )
        let thinking = TokenUsage(input: 10, output: 50, reasoning: 20)
        expect(
            try booked(thinking) { $0.doubt = .reasoning }, .partly, low: 50 + 30 * 7, high: 50 + 50 * 7,
            gaps: "reading")
        let both = TokenUsage(input: 160, output: 50, cacheRead: 60, reasoning: 20)
        expect(
            try booked(both) { $0.doubt = [.cache, .reasoning] }, .partly, low: 40 * 5 + 60 * 2 + 30 * 7,
            high: 100 * 5 + 60 * 2 + 50 * 7,
            gaps: "reading")
        expect(
            try booked(TokenUsage(input: 100, output: 10)) { $0.doubt = .cache }, .priced, cost: 570, low: 570,
            high: 570)
        expect(
            try booked(both, at: ClassPrices()) { $0.doubt = .cache }, .unpriced, low: 0, high: nil,
            gaps: "input,output,cache_read")
        let free = ClassPrices(input: 0, output: 0, cacheRead: 0)
        expect(try booked(both, at: free) { $0.doubt = [.cache, .reasoning] }, .priced, cost: 0, low: 0, high: 0)
    }

    @Test func useThatNoClassTellsIsNamed() throws {
        let usage = TokenUsage(input: 100, output: 10)
        expect(
            try booked(usage) { $0.other = "output_audio,request" }, .partly, low: 570, high: nil,
            gaps: "output_audio,request")
        expect(
            try booked(usage, at: ClassPrices(input: 5)) { $0.other = "request, request" }, .partly, low: 500,
            high: nil,
            gaps: "output,request")
        expect(
            try booked(TokenUsage(input: 0, output: 0)) { $0.other = "request" }, .unpriced, low: 0, high: nil,
            gaps: "usage,request")
        expect(
            try booked(TokenUsage(), mustTell: false) { $0.other = "request" }, .unpriced, low: 0, high: nil,
            gaps: "request")
        #expect(UsageDoubt(names: "cache,reasoning") == [.cache, .reasoning])
        #expect(UsageDoubt(names: " cache,\treasoning\n") == [.cache, .reasoning])
        #expect(UsageDoubt(names: "reasoning") == .reasoning)
        #expect(UsageDoubt(names: "caches") == [])
    }

    /// Names have no white space around them and stand there once; those that mean something else here begin with
    /// `other_`.
    @Test(arguments: [
        (" web_search,\tweb_search\r\n", "web_search"), ("web_search,web_search ", "web_search"), (",,b , a,b", "b,a"),
        ("input, output ,cache_read,gpu", "other_input,other_output,other_cache_read,other_gpu"),
        ("input,other_input", "other_input"), ("input_above_5,usage", "other_input_above_5,other_usage"),
        ("web search", "web search"),
    ])
    func namesOfOtherUseAreRead(other: String, gaps: String) throws {
        expect(
            try booked(TokenUsage(input: 100, output: 10)) { $0.other = other }, .partly, low: 570, high: nil,
            gaps: gaps)
    }

    @Test(arguments: ["", " ", ",", "\t", " , ,\n,"]) func otherUseWithoutANameIsNone(other: String) throws {
        expect(
            try booked(TokenUsage(input: 100, output: 10)) { $0.other = other }, .priced, cost: 570, low: 570, high: 570
        )
    }

    @Test func theDearestCallIsWithinTheBound() throws {
        var prices = ClassPrices(input: Limits.pricePicoUSDPerTokenMax, output: Limits.pricePicoUSDPerTokenMax)
        let tokens = try booked(TokenUsage(input: Limits.tokensMax, output: Limits.tokensMax), at: prices)
        prices.gpu = Limits.pricePicoUSDPerGPUHourMax
        let time = try booked(TokenUsage(gpuDurationNanoseconds: Limits.gpuDurationNanosecondsMax), at: prices)
        #expect(max(tokens.cost ?? .max, time.cost ?? .max) == BookedCost.picoUSDMax)
    }

    @Test func gpuTimeIsTheWholePriceWhereItHasOne() throws {
        let hour: Int64 = 3_600_000_000_000
        var prices = Self.prices
        prices.gpu = 1_000
        expect(
            try booked(TokenUsage(input: 100, output: 10, gpuDurationNanoseconds: hour), at: prices), .priced,
            cost: 1_000, low: 1_000,
            high: 1_000)
        expect(
            try booked(TokenUsage(gpuDurationNanoseconds: hour), at: prices), .priced, cost: 1_000, low: 1_000,
            high: 1_000)
        expect(try booked(TokenUsage(gpuDurationNanoseconds: 0), at: prices), .priced, cost: 0, low: 0, high: 0)
        expect(try booked(TokenUsage(input: 100, output: 10), at: prices), .priced, cost: 570, low: 570, high: 570)
        expect(
            try booked(TokenUsage(input: 100, output: 10, gpuDurationNanoseconds: hour)), .priced, cost: 570, low: 570,
            high: 570)
        expect(try booked(TokenUsage(gpuDurationNanoseconds: hour)), .unpriced, low: 0, high: nil, gaps: "gpu")
        expect(try booked(TokenUsage(), at: prices), .unpriced, low: 0, high: nil, gaps: "usage")
    }

    @Test func pricesHoldUpToALength() throws {
        var prices = Self.prices
        prices.inputTokensMax = 1_000
        expect(
            try booked(TokenUsage(input: 1_000, output: 0), at: prices), .priced, cost: 5_000, low: 5_000, high: 5_000)
        expect(
            try booked(TokenUsage(input: 1_001, output: 0), at: prices), .partly, low: 5_005, high: nil,
            gaps: "input_above_1000")
        let cached = TokenUsage(input: 1_001, output: 0, cacheRead: 1_000)
        expect(try booked(cached, at: prices), .partly, low: 2_005, high: nil, gaps: "input_above_1000")
        expect(
            try booked(TokenUsage(), at: prices) { $0.total = 1_001 }, .partly, low: 2_002, high: nil,
            gaps: "usage,input_above_1000")
    }
}
