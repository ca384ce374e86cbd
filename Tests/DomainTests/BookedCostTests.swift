import Domain
import Foundation
import JSONTexts
import Platform
import Testing

@Suite struct BookedCostTests {
    @Test func partsLargerThanTheirWholeAreRefused() throws {
        for usage in [
            TokenUsage(input: 10, cacheRead: 11), TokenUsage(input: 10, cacheRead: 6, cacheWrite: 5),
            TokenUsage(cacheRead: 1),
            TokenUsage(input: 10, cacheWrite: 4, cacheWrite1h: 5), TokenUsage(input: 10, cacheWrite1h: 1),
            TokenUsage(output: 3, reasoning: 4),
            TokenUsage(input: -1), TokenUsage(output: Limits.tokensMax + 1),
            TokenUsage(input: .max, cacheRead: .max, cacheWrite: .max),
            TokenUsage(gpuDurationNanoseconds: -1),
            TokenUsage(gpuDurationNanoseconds: Limits.gpuDurationNanosecondsMax + 1),
        ] {
            #expect(throws: FieldError.self, "\(usage)") { try usage.check() }
        }
        let whole = TokenUsage(input: 10, output: 4, cacheRead: 6, cacheWrite: 4, cacheWrite1h: 4, reasoning: 4)
        for usage in [TokenUsage(), whole, TokenUsage(input: 0, cacheRead: 0)] { try usage.check() }
    }

    @Test func statesAndRange() {
        let usage = TokenUsage(input: 100, output: 10, cacheRead: 40)
        expect(usage, ClassPrices(input: 5, output: 7, cacheRead: 2), .priced, cost: 450, low: 450, high: 450)
        expect(usage, ClassPrices(input: 5, output: 7), .partly, cost: nil, low: 370, high: 570)
        expect(usage, ClassPrices(input: 5, cacheRead: 2), .partly, cost: nil, low: 380, high: nil)
        expect(usage, ClassPrices(), .unpriced, cost: nil, low: 0, high: nil)
        expect(TokenUsage(input: 40, cacheRead: 40), ClassPrices(input: 5), .unpriced, cost: nil, low: 0, high: 200)
        expect(TokenUsage(input: 0, output: 0), ClassPrices(), .priced, cost: 0, low: 0, high: 0)
        expect(TokenUsage(), ClassPrices(input: 5, output: 7), .priced, cost: 0, low: 0, high: 0)
        expect(TokenUsage(), ClassPrices(input: 0, output: 0), .priced, cost: 0, low: 0, high: 0)
    }

    private func expect(
        _ usage: TokenUsage, _ prices: ClassPrices, _ state: PriceState, cost: Int64?, low: Int64, high: Int64?
    ) {
        let booked = BookedCost(usage, at: prices)
        #expect(booked.state == state, "\(usage)")
        #expect(booked.cost == cost, "\(usage)")
        #expect(booked.low == low, "\(usage)")
        #expect(booked.high == high, "\(usage)")
    }

    @Test func gpuTimeRoundsOnce() {
        let hour: Int64 = 3_600_000_000_000
        let price: Int64 = 2_500_000_000_000
        func booked(_ usage: TokenUsage, _ prices: ClassPrices) -> Int64? { BookedCost(usage, at: prices).cost }
        #expect(booked(TokenUsage(gpuDurationNanoseconds: hour), ClassPrices(gpu: price)) == price)
        #expect(booked(TokenUsage(gpuDurationNanoseconds: 1), ClassPrices(gpu: 1_799_999_999_999)) == 0)
        #expect(booked(TokenUsage(gpuDurationNanoseconds: 1), ClassPrices(gpu: 1_800_000_000_000)) == 1)
        #expect(booked(TokenUsage(input: 5, gpuDurationNanoseconds: hour), ClassPrices(gpu: price)) == price)
        #expect(booked(TokenUsage(input: 5, gpuDurationNanoseconds: hour), ClassPrices(input: 3, gpu: price)) == price)
        #expect(booked(TokenUsage(input: 5), ClassPrices(input: 3, gpu: price)) == 15)
        #expect(booked(TokenUsage(gpuDurationNanoseconds: hour), ClassPrices(input: 0, output: 0)) == nil)
        #expect(
            booked(
                TokenUsage(gpuDurationNanoseconds: Limits.gpuDurationNanosecondsMax),
                ClassPrices(gpu: Limits.pricePicoUSDPerGPUHourMax))
                == 8784 * Limits.pricePicoUSDPerGPUHourMax)
    }

    @Test func laterPricesFillWhatIsMissingAndChangeNothingElse() {
        let usage = TokenUsage(input: 100, output: 10, cacheRead: 40)
        let first = BookedCost(usage, at: ClassPrices(input: 5))
        func filled(_ booked: BookedCost, _ later: ClassPrices) -> BookedCost {
            BookedCost(usage, at: booked.prices.filled(from: later))
        }
        #expect(filled(first, ClassPrices(input: 9)) == first)
        let second = filled(first, ClassPrices(input: 9, output: 7))
        #expect(second.state == .partly)
        #expect(second.low == 370)
        let third = filled(second, ClassPrices(input: 9, output: 9, cacheRead: 2))
        #expect(third.state == .priced)
        #expect(third.cost == 450)
        #expect(filled(third, ClassPrices(input: 1, output: 1, cacheRead: 1)) == third)
    }

    /// Against decimal arithmetic of another library: tokens times USD per million tokens.
    @Test func costsAreExact() throws {
        var random = SeededGenerator(seed: 41)
        for round in 0..<1000 {
            let texts = (0..<5).map { _ in DecimalText.render(Int128(random.next(below: 4_000_000_001)), scale: 6) }
            let amounts = try texts.map { try DecimalText.parse($0, scale: DecimalText.perMillionTokensScale) }
            let bound = [10, 5000, 1_000_000_001][random.next(below: 3)]
            let input = random.next(below: bound)
            let read = random.next(below: input + 1)
            let write = random.next(below: input - read + 1)
            let hour = random.next(below: write + 1)
            let output = random.next(below: bound)
            let usage = TokenUsage(
                input: Int64(input), output: Int64(output), cacheRead: Int64(read), cacheWrite: Int64(write),
                cacheWrite1h: Int64(hour))
            try usage.check()
            let prices = ClassPrices(
                input: amounts[0], output: amounts[1], cacheRead: amounts[2], cacheWrite: amounts[3],
                cacheWrite1h: amounts[4])
            let booked = BookedCost(usage, at: prices)
            let counts = [input - read - write, output, read, write - hour, hour]
            var expected = Decimal(0)
            for (count, text) in zip(counts, texts) {
                expected += Decimal(count) * Decimal(string: text)! / Decimal(1_000_000)
            }
            let cost = try #require(booked.cost)
            #expect(Decimal(string: DecimalText.renderUSD(Int128(cost)))! == expected, "seed 41, round \(round)")
            #expect(booked.state == .priced)
        }
    }

    @Test func theBookerAgreesWithTheBook() throws {
        var random = SeededGenerator(seed: 42)
        let models = ["a", "b", "gpt-4o", "gpt-4o-mini", ""]
        let tiers = ["", "batch", "default", "flex"]
        var booker = CallBooker()
        var book = BuiltInPrices.book
        for round in 0..<4000 {
            if random.next(below: 40) == 0 {
                let entry = try PriceEntry(
                    provider: ["openai", "p"][random.next(below: 2)],
                    model: ["a", "gpt-4o", "*"][random.next(below: 3)],
                    tokenClass: TokenClass.billed[random.next(below: 5)], serviceTier: tiers[random.next(below: 4)],
                    picoUSDPerToken: Int64(random.next(below: 1000)), picoUSDPerGPUHour: nil,
                    validFrom: Int64(random.next(below: 100)),
                    position: Int64(round))
                book.add(entry)
                booker.forget()
            }
            let provider = ["openai", "p", "vllm", ""][random.next(below: 4)]
            let (request, response) = (models[random.next(below: 5)], models[random.next(below: 5)])
            let tier = tiers[random.next(below: 4)]
            let time = Int64(random.next(below: 120))
            let prices = booker.prices(
                provider: Array(provider.utf8).span, requestModel: Array(request.utf8).span,
                responseModel: Array(response.utf8).span,
                serviceTier: Array(tier.utf8).span, at: time, from: book)
            let quote = book.quote(
                provider: provider, requestModel: request, responseModel: response, serviceTier: tier, at: time)
            #expect(prices == quote.prices, "seed 42, round \(round)")
        }
    }

    @Test func moreNamesThanPlaces() {
        var booker = CallBooker()
        for name in 0..<6000 {
            let cost = booker.book(
                TokenUsage(input: 1), provider: Array("vllm".utf8).span, requestModel: Array("model-\(name)".utf8).span,
                responseModel: [UInt8]().span, serviceTier: [UInt8]().span, at: 0, from: BuiltInPrices.book)
            #expect(cost.cost == 0)
        }
    }
}
