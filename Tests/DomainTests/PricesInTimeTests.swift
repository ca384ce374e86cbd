import Bytes
import Domain
import Testing

/// From when on a price counts, and for what.
@Suite struct PricesInTimeTests {
    private static func price(
        _ model: String, _ tokenClass: TokenClass, _ amount: Int64, from: Int64 = .min, tier: String? = nil,
        position: Int64 = 0
    ) throws -> PriceEntry {
        try PriceEntry(
            provider: "p", model: model, tokenClass: tokenClass, serviceTier: tier,
            picoUSDPerToken: tokenClass == .gpu ? nil : amount,
            picoUSDPerGPUHour: tokenClass == .gpu ? amount : nil, validFrom: from, position: position,
            origin: from == .min ? .builtIn : .set)
    }

    private func prices(_ book: PriceBook, _ time: Int64, _ model: String = "m", tier: String? = nil) -> ClassPrices {
        let quote = book.quote(provider: "p", requestModel: model, responseModel: nil, serviceTier: tier, at: time)
        #expect((quote.firstTime...quote.lastTime).contains(time))
        return quote.prices
    }

    @Test func theListHoldsUntilTheFirstSetPrice() throws {
        var book = PriceBook([
            try Self.price("m", .input, 1), try Self.price("m", .output, 2), try Self.price("*", .input, 3),
        ])
        book.add(try Self.price("m", .input, 10, from: 100, position: 1))
        book.add(try Self.price("m", .input, 20, from: 200, position: 2))
        book.add(try Self.price("*", .input, 30, from: 50, position: 3))
        #expect(prices(book, 49) == ClassPrices(input: 1, output: 2))
        #expect(prices(book, 50) == ClassPrices(input: 30))
        #expect(prices(book, 99) == ClassPrices(input: 30))
        #expect(prices(book, 100) == ClassPrices(input: 10))
        #expect(prices(book, 200) == ClassPrices(input: 20))
        #expect(prices(book, 49, "other") == ClassPrices(input: 3))
        #expect(prices(book, 50, "other") == ClassPrices(input: 30))
        #expect(book.entries.allSatisfy { book.isInForce($0, at: 49) })
        #expect(book.entries.count { !book.isInForce($0, at: 100) } == 3)
    }

    /// Whoever asks which price a quote has is told that one, and none where the list that decides has none.
    @Test func eachClassOfAQuoteHasItsPrice() throws {
        var book = PriceBook([try Self.price("m", .input, 1), try Self.price("m", .output, 2)])
        book.add(try Self.price("m", .input, 10, from: 100, position: 5))
        let candidates = book.candidates(provider: "p", requestModel: "m", responseModel: nil)
        for (time, position) in [(99, Int64.max), (100, .max), (100, 5), (100, 6)] as [(Int64, Int64)] {
            let known = PriceHorizon(before: position)
            let quote = PriceQuote(candidates, serviceTier: "", at: time, known: known)
            for tokenClass in TokenClass.allCases {
                let price = candidates.inForce(tokenClass, serviceTier: "", at: time, known: known)
                #expect(price?.amount == quote.prices[tokenClass], "\(tokenClass) at \(time), before \(position)")
            }
        }
        #expect(candidates.inForce(.input, serviceTier: "", at: 100)?.origin == .set)
        #expect(candidates.inForce(.output, serviceTier: "", at: 100) == nil)
        #expect(candidates.inForce(.input, serviceTier: "batch", at: 99) == nil)
    }

    @Test func aPriceOfATierEndsTheListForAllTiers() throws {
        var book = PriceBook([try Self.price("m", .input, 1), try Self.price("m", .input, 2, tier: "batch")])
        book.add(try Self.price("m", .input, 5, from: 100, tier: "batch", position: 1))
        #expect(prices(book, 99) == ClassPrices(input: 1))
        #expect(prices(book, 99, tier: "batch") == ClassPrices(input: 2))
        #expect(prices(book, 100) == ClassPrices())
        #expect(prices(book, 100, tier: "batch") == ClassPrices(input: 5))
    }

    @Test func aPriceOfGPUTimeSupersedesNoneOfTokens() throws {
        var book = PriceBook([try Self.price("*", .input, 0), try Self.price("*", .output, 0)])
        book.add(try Self.price("m", .gpu, 1_000, from: 100, position: 1))
        #expect(prices(book, 99) == ClassPrices(input: 0, output: 0))
        #expect(prices(book, 100) == ClassPrices(input: 0, output: 0, gpu: 1_000))
        #expect(prices(book, 100, "other") == ClassPrices(input: 0, output: 0))
        book.add(try Self.price("m", .input, 7, from: 200, position: 2))
        #expect(prices(book, 200) == ClassPrices(input: 7, gpu: 1_000))
    }

    @Test func whatWasKnownAtAPosition() throws {
        var book = PriceBook([try Self.price("m", .input, 1)])
        for position: Int64 in [5, 9] { book.add(try Self.price("m", .input, position, from: 100, position: position)) }
        let candidates = book.candidates(provider: "p", requestModel: "m", responseModel: nil)
        for (position, amount) in [(5, 1), (6, 5), (9, 5), (10, 9)] as [(Int64, Int64)] {
            #expect(
                PriceQuote(candidates, serviceTier: "", at: 100, known: PriceHorizon(before: position)).prices.input
                    == amount)
        }
    }

    @Test func theListSaysUpToWhichLengthItHoldsAndBindsSetPricesToo() throws {
        var book = BuiltInPrices.book
        func cost(_ tokens: Int64, provider: String = "gcp.gemini", model: String = "gemini-2.5-pro") -> BookedCost {
            var usage = TokenUsage(input: tokens, output: 1_000)
            usage.mustTell = true
            return book.book(
                usage, provider: provider, requestModel: model, responseModel: nil, serviceTier: nil, at: 100)
        }
        #expect(cost(200_000).cost == 260_000_000_000)
        #expect(
            cost(250_000).state == .partly && cost(250_000).high == nil
                && cost(250_000).gapNames == "input_above_200000")
        // In truth it is $0.64.
        #expect(cost(250_000).low <= 640_000_000_000)
        #expect(cost(250_000, provider: "anthropic", model: "claude-sonnet-4-5").gapNames == "input_above_200000")
        #expect(cost(250_000, provider: "openai", model: "gpt-4o").state == .priced)
        for tokenClass in [TokenClass.input, .output] {
            book.add(
                try PriceEntry(
                    provider: "gcp.gemini", model: "gemini-2.5-pro", tokenClass: tokenClass, serviceTier: nil,
                    picoUSDPerToken: 1_000_000,
                    picoUSDPerGPUHour: nil, validFrom: 50, position: 1))
        }
        #expect(cost(200_000).cost == 201_000_000_000)
        #expect(cost(250_000).gapNames == "input_above_200000" && cost(250_000).low == 251_000_000_000)
    }

    /// What the lists of two versions say of the longest prompt.
    struct Bounds: Sendable {
        var first: Int64?
        var second: Int64?
    }

    @Test(
        arguments: [
            Bounds(first: 500, second: 900), Bounds(first: 900, second: 500), Bounds(first: 500, second: nil),
            Bounds(first: nil, second: 500),
        ])
    func theBoundIsThatOfTheListInForce(_ bounds: Bounds) throws {
        func list(_ longest: Int64?, _ classes: [TokenClass], from: Int64 = .min) throws -> [PriceEntry] {
            try classes.map {
                var entry = try Self.price("m", $0, 1, from: from)
                entry.origin = .builtIn
                if $0 != .gpu { entry.inputTokensMax = longest }
                return entry
            }
        }
        // A class that the newer list has no more keeps its price, not its bound.
        var book = PriceBook(try list(bounds.first, [.input, .output, .cacheRead, .gpu]))
        for entry in book.additions(from: try list(bounds.second, [.input, .output, .gpu]), at: 7) { book.add(entry) }
        func longest(_ known: PriceHorizon, at time: Int64 = 100) -> Int64? {
            let candidates = book.candidates(provider: "p", requestModel: "m", responseModel: nil)
            return PriceQuote(candidates, serviceTier: "", at: time, known: known).prices.inputTokensMax
        }
        func expectBoth() {
            #expect(longest(PriceHorizon(before: 7)) == bounds.first)
            #expect(longest(PriceHorizon(before: 8)) == bounds.second)
            #expect(longest(PriceHorizon(before: 100, list: 0)) == bounds.first)
            #expect(longest(PriceHorizon(before: 0, list: 1)) == bounds.second)
            #expect(longest(.all) == bounds.second)
        }
        expectBoth()
        // What is set is bound by the same.
        book.add(try Self.price("m", .input, 9, from: 50, position: 3))
        book.add(try Self.price("*", .input, 9, from: 50, position: 4))
        expectBoth()
        // A list for later calls leaves those before it as they were.
        for entry in book.additions(from: try list(77, [.input], from: 200), at: 9) { book.add(entry) }
        #expect(longest(.all, at: 199) == bounds.second && longest(.all, at: 200) == 77)
        #expect(longest(PriceHorizon(before: 9), at: 200) == bounds.second)
    }

    @Test func aNameIsItsBytes() throws {
        // e with an accent, in one and in two scalars.
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let (one, other) = (try Self.price(composed, .input, 3), try Self.price(decomposed, .input, 3))
        let again = try Self.price(composed, .input, 3)
        #expect(one != other && one == again)
        let book = PriceBook([
            one, try Self.price(composed, .cacheRead, 4), try Self.price(decomposed, .input, 5),
            try Self.price(decomposed, .cacheRead, 1),
        ])
        #expect(book.findings(look: {}).filter { $0.kind == .cacheReadAboveInput }.map(\.model) == [composed])
        let shown = PriceListing(PriceBook([one, other]), .inForce(at: 0), as: .csv, look: {}).text
        #expect(shown.split(separator: "\n").count == 3)
    }

    @Test func booksOfAllVersionsAreRead() throws {
        var listed = try Self.price("m", .input, 1)
        listed.inputTokensMax = 300
        listed.list = 2
        let book = PriceBook([listed, try Self.price("m", .output, 2, from: 5, position: 3)])
        var cursor = ByteCursor(book.serialised)
        let again = try PriceBook(parsing: &cursor)
        #expect(cursor.isAtEnd && again.entries == book.entries && again.entries.first?.inputTokensMax == 300)
        #expect(again.entries.first?.list == 2)
        // Version 1: provider p, model m, no tier, class input, built in, 7 pico-USD, any time, position 0.
        var old = ByteSink()
        old.append(UInt8(1))
        old.append(varint: 1)
        for text in ["p", "m", ""] { old.append(text: text) }
        for byte in [0, 0] as [UInt8] { old.append(byte) }
        for number in [7, Int64.min, 0] as [Int64] { old.append(zigzag: number) }
        cursor = ByteCursor(old.bytes)
        #expect(try PriceBook(parsing: &cursor).entries == [try Self.price("m", .input, 7)])
        // Version 2 has the longest prompt behind each entry, and no number of a list.
        old = ByteSink()
        old.append(UInt8(2))
        old.append(varint: 1)
        for text in ["p", "m", ""] { old.append(text: text) }
        for byte in [0, 0] as [UInt8] { old.append(byte) }
        for number in [7, Int64.min, 0] as [Int64] { old.append(zigzag: number) }
        old.append(varint: 300)
        cursor = ByteCursor(old.bytes)
        let bounded = try PriceBook(parsing: &cursor).entries
        #expect(bounded.map(\.inputTokensMax) == [300] && bounded.map(\.list) == [0])
        var unknown = ByteCursor([4, 0])
        #expect(throws: DecodingError.self) { try PriceBook(parsing: &unknown) }
    }

    /// A tier of the greatest length may grow when it is written in small letters.
    @Test func theLongestTierIsReadBack() throws {
        let tier = String(repeating: "\u{130}", count: Limits.nameBytesMax / 2)
        let book = PriceBook([try Self.price("m", .input, 1, from: 5, tier: tier, position: 3)])
        #expect(book.entries[0].serviceTier.utf8.count > Limits.nameBytesMax)
        var cursor = ByteCursor(book.serialised)
        #expect(try PriceBook(parsing: &cursor).entries == book.entries)
        #expect(prices(book, 5, tier: tier).input == 1)
    }

    /// Numbers behind which there is none are those of no store.
    @Test func numbersThatLeaveNoNextAreRefused() throws {
        for (position, list) in [(Int64.max, 0), (-1, 0), (0, Int64.max)] as [(Int64, Int64)] {
            var entry = try Self.price("m", .input, 1, position: position)
            entry.list = list
            var cursor = ByteCursor(PriceBook([entry]).serialised)
            #expect(throws: DecodingError.self) { try PriceBook(parsing: &cursor) }
        }
    }

    @Test func patternsAreRefused() throws {
        for model in ["gpt-4*", "*-mini", "gpt-?o", "gpt-4%", "^gpt", "gpt$", "a|b", "**", " *"] {
            #expect(throws: FieldError.self, "\(model)") { try PriceEntry.checkNames(provider: "openai", model: model) }
        }
        for provider in ["*", "open*"] {
            #expect(throws: FieldError.self) { try PriceEntry.checkNames(provider: provider, model: "m") }
        }
        for model in [
            "*", "gpt-4o", "claude-sonnet-4-5[1m]", "amazon.nova-lite-v1:0", "meta-llama/Llama-3.1-8B", "a+b", "m (eu)",
        ] {
            try PriceEntry.checkNames(provider: "aws.bedrock", model: model)
        }
        let file = #"{"as_of":"2026-01-01","source":"s","providers":["p"],"models":[{"model":"gpt-4*","input":"1"}]}"#
        let error = #expect(throws: PriceFileError.self) {
            try PriceFile(parsing: Array(file.utf8), validFrom: 0, origin: .set)
        }
        #expect(error?.place == "models[0].model")
        let bound =
            #"{"as_of":"2026-01-01","source":"s","providers":["p"],"models":[{"model":"m","input_tokens_max":9,"input":"1"}]}"#
        #expect(throws: PriceFileError.self) { try PriceFile(parsing: Array(bound.utf8), validFrom: 0, origin: .set) }
        #expect(
            try PriceFile(parsing: Array(bound.utf8), validFrom: 0, origin: .builtIn).entries.first?.inputTokensMax == 9
        )
    }
}
