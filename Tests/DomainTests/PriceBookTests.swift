import Bytes
import Domain
import Foundation
import JSONTexts
import Platform
import Testing

private func price(
    _ provider: String = "p", _ model: String = "m", _ tokenClass: TokenClass = .input, _ amount: Int64,
    tier: String? = nil,
    from: Int64 = 0, at position: Int64 = 1, origin: PriceOrigin = .set
) throws -> PriceEntry {
    try PriceEntry(
        provider: provider, model: model, tokenClass: tokenClass, serviceTier: tier,
        picoUSDPerToken: tokenClass == .gpu ? nil : amount,
        picoUSDPerGPUHour: tokenClass == .gpu ? amount : nil, validFrom: from, position: position, origin: origin)
}

@Suite struct PriceBookTests {
    private func input(
        _ book: PriceBook, _ time: Int64, tier: String? = nil, request: String? = "m", response: String? = nil
    ) -> Int64? {
        book.quote(provider: "p", requestModel: request, responseModel: response, serviceTier: tier, at: time).prices
            .input
    }

    @Test func theLatestValidPriceThenTheLastPosition() throws {
        var book = PriceBook()
        book.add(try price("p", "m", .input, 10, from: 100, at: 1))
        book.add(try price("p", "m", .input, 30, from: 300, at: 2))
        book.add(try price("p", "m", .input, 20, from: 200, at: 3))
        book.add(try price("p", "m", .input, 21, from: 200, at: 4))
        #expect(input(book, 99) == nil)
        #expect(input(book, 100) == 10)
        #expect(input(book, 199) == 10)
        #expect(input(book, 200) == 21)
        #expect(input(book, 299) == 21)
        #expect(input(book, 300) == 30)
        let quote = book.quote(provider: "p", requestModel: "m", responseModel: nil, serviceTier: nil, at: 250)
        #expect(quote.firstTime == 200)
        #expect(quote.lastTime == 299)
    }

    @Test func aPathBeforeAModelsNameIsPassedOver() throws {
        var book = PriceBook()
        book.add(try price("p", "m", .input, 10))
        #expect(
            input(book, 5, request: "p/m") == 10 && input(book, 5, request: "a/b/m") == 10
                && input(book, 5, request: "m/") == nil)
        book.add(try price("p", "a/b/m", .input, 20))
        #expect(input(book, 5, request: "p/m") == 10 && input(book, 5, request: "a/b/m") == 20)
    }

    @Test func aTierHasOnlyItsOwnPrices() throws {
        var book = PriceBook()
        book.add(try price("p", "m", .input, 10, from: 100))
        book.add(try price("p", "m", .input, 5, tier: "batch", from: 200))
        book.add(try price("p", "m", .input, 12, tier: "standard", from: 300))
        #expect(input(book, 150, tier: "batch") == nil)
        #expect(input(book, 250, tier: "batch") == 5)
        #expect(input(book, 350, tier: "batch") == 5)
        #expect(input(book, 350, tier: "default") == 12)
        #expect(input(book, 350, tier: "standard") == 12)
        #expect(input(book, 350) == 12)
        #expect(input(book, 350, tier: "priority") == nil)
        #expect(input(book, 350, tier: "AUTO") == 12)
        #expect(input(book, 350, tier: "Batch") == 5)
        #expect(input(book, 50, tier: "batch") == nil)
    }

    @Test func builtInPricesYieldToTheFirstThatIsSet() throws {
        var book = PriceBook([
            try price("p", "m", .input, 1, from: .min, origin: .builtIn),
            try price("p", "m", .output, 2, from: .min, origin: .builtIn),
            try price("p", "*", .input, 3, from: .min, origin: .builtIn),
        ])
        #expect(input(book, .min) == 1)
        #expect(input(book, 5, request: "other") == 3)
        #expect(
            book.quote(provider: "q", requestModel: "m", responseModel: nil, serviceTier: nil, at: 0).prices
                == ClassPrices())
        book.add(try price("p", "m", .input, 9, from: 100))
        let before = book.quote(provider: "p", requestModel: "m", responseModel: nil, serviceTier: nil, at: 50).prices
        #expect(before == ClassPrices(input: 1, output: 2))
        let after = book.quote(provider: "p", requestModel: "m", responseModel: nil, serviceTier: nil, at: 100).prices
        #expect(after == ClassPrices(input: 9))
        #expect(input(book, 100, request: "other") == 3)
        #expect(
            book.entries.count { !book.isInForce($0, at: 100) } == 2
                && book.entries.allSatisfy { book.isInForce($0, at: 99) })
        #expect(PriceListing(book, .all, as: .table, look: {}).text.contains("list price"))
        #expect(!PriceListing(book, .all, includesBuiltIn: false, as: .table, look: {}).text.contains("list price"))
        #expect(book.findings(look: {}).map(\.kind) == [.lostListPrice])
    }

    @Test func theListShowsWhatCountsNow() throws {
        var book = PriceBook()
        for (position, amount, from) in [(1, 1, 10), (2, 2, 20), (3, 3, 20), (4, 4, 40)] as [(Int64, Int64, Int64)] {
            var entry = try price("p", "m", .input, amount * 1_000_000, from: from)
            entry.position = position
            book.add(entry)
        }
        func amounts(_ selection: PriceBook.Selection) -> [String] {
            let lines = PriceListing(book, selection, as: .csv, look: {}).text.split(separator: "\n").dropFirst()
            return lines.map { String($0.split(separator: ",", omittingEmptySubsequences: false)[4]) }
        }
        #expect(amounts(.all) == ["1.00", "2.00", "3.00", "4.00"])
        #expect(amounts(.inForce(at: 30)) == ["3.00"])
        #expect(amounts(.inForce(at: 9)) == [])
        // Of a span each that counts in it: what holds when it begins, and what begins within it.
        #expect(amounts(.within(12...45)) == ["1.00", "3.00", "4.00"] && amounts(.within(20...39)) == ["3.00"])
        #expect(amounts(.within(0...9)) == [] && amounts(.within(0...20)) == ["1.00", "3.00"])
        #expect(
            PriceListing(book, .inForce(at: 30), as: .table, look: {}).text.hasSuffix(
                "\nNot shown: 2 replaced, 1 that begin later; --all shows them.\n"))
        #expect(!PriceListing(book, .all, as: .table, look: {}).text.contains("Not shown"))
    }

    @Test func piecesOfAListAreTheList() throws {
        var book = PriceBook()
        for position in Int64(1)...200 {
            var entry = try price("p", "model-\(position % 7)", .input, position * 1_000_000, from: position)
            entry.position = position
            book.add(entry)
        }
        for format in PriceListFormat.allCases {
            for selection in [PriceBook.Selection.all, .inForce(at: 100)] {
                let whole = PriceListing(book, selection, as: format, look: {})
                var (rest, text, pieces) = (whole, [UInt8](), 0)
                while let piece = rest.piece(of: 100, look: {}) {
                    // A line is no longer than this: a piece ends with the one that fills it.
                    #expect(piece.count < 600 && piece.last == UInt8(ascii: "\n"))
                    (text, pieces) = (text + piece, pieces + 1)
                }
                #expect(String(decoding: text, as: UTF8.self) == whole.text && pieces > 3)
                // Seven models have one price in force each.
                let isAll = text.split(separator: UInt8(ascii: "\n")).count > 20
                #expect(whole.heldBytes == (isAll ? 200 : 7) * MemoryLayout<PriceEntry>.stride)
            }
        }
    }

    /// Whatever the runs of a book, its prices are in canonical order, each as often as it came.
    @Test func entriesAscend() throws {
        var (book, all) = (PriceBook(), [PriceEntry]())
        for position in Int64(1)...100 {
            let tokenClass = [TokenClass.output, .input][Int(position % 2)]
            let origin = position % 5 == 0 ? PriceOrigin.builtIn : .set
            let entry = try price(
                "p\(position % 2)", "m\(position % 3)", tokenClass, position, from: 1_000 - position, origin: origin)
            book.add(entry)
            all.append(entry)
        }
        #expect(book.entries == all.sorted())
    }

    @Test func whichModelNamePrices() throws {
        var book = PriceBook([
            try price("p", "answered", .input, 1, from: .min, origin: .builtIn),
            try price("p", "asked", .input, 2, from: .min, origin: .builtIn),
            try price("p", "*", .input, 3, from: .min, origin: .builtIn),
        ])
        #expect(input(book, 0, request: "asked", response: "answered") == 1)
        #expect(input(book, 0, request: "asked", response: "unheard") == 2)
        #expect(input(book, 0, request: "unheard", response: nil) == 3)
        #expect(input(book, 0, request: nil, response: nil) == 3)
        book.add(try price("p", "*", .input, 4))
        #expect(input(book, 0, request: "asked", response: "answered") == 4)
        book.add(try price("p", "asked", .input, 5))
        #expect(input(book, 0, request: "asked", response: "answered") == 5)
        book.add(try price("p", "answered", .input, 6))
        #expect(input(book, 0, request: "asked", response: "answered") == 6)
    }

    @Test func whatWaitsForAPrice() throws {
        var book = PriceBook([try price("p", "m", .input, 1, from: .min, origin: .builtIn)])
        let first = book.add(try price("p", "m", .output, 10, from: 100))
        #expect(first.waitingTimes == 100...Int64.max)
        #expect(first.concerns(provider: "p", requestModel: "m", responseModel: nil, time: 100))
        #expect(first.concerns(provider: "p", requestModel: "x", responseModel: "m", time: 100))
        #expect(!first.concerns(provider: "p", requestModel: "m", responseModel: nil, time: 99))
        #expect(!first.concerns(provider: "q", requestModel: "m", responseModel: nil, time: 100))
        #expect(!first.concerns(provider: "p", requestModel: "x", responseModel: nil, time: 100))
        #expect(book.add(try price("p", "m", .output, 20, from: 200)).waitingTimes == nil)
        #expect(book.add(try price("p", "m", .output, 5, from: 50)).waitingTimes == 50...99)
        #expect(book.add(try price("p", "m", .output, 5, from: 50)).waitingTimes == nil)
        #expect(book.add(try price("p", "m", .output, 4, tier: "batch", from: 40)).waitingTimes == 40...Int64.max)
        #expect(book.add(try price("p", "m", .output, 3, from: 30)).waitingTimes == 30...49)
        let any = book.add(try price("p", "*", .output, 3, from: 30))
        #expect(any.concerns(provider: "p", requestModel: nil, responseModel: nil, time: 30))
    }

    @Test func serialisationIsCanonical() throws {
        var random = SeededGenerator(seed: 31)
        var entries: [PriceEntry] = []
        for position in 0..<200 {
            let tokenClass = TokenClass.allCases[random.next(below: 6)]
            entries.append(
                try price(
                    "p\(random.next(below: 4))", "m\(random.next(below: 5))", tokenClass,
                    Int64(random.next(below: 1000)),
                    tier: [nil, "batch", "default", "flex"][random.next(below: 4)], from: Int64(random.next(below: 10)),
                    at: Int64(position), origin: random.next(below: 2) == 0 ? .set : .builtIn))
        }
        let book = PriceBook(entries)
        let shuffled = PriceBook(entries.reversed())
        #expect(book.serialised == shuffled.serialised, "seed 31")
        #expect(book.entries == entries.sorted())
        var cursor = ByteCursor(book.serialised)
        let again = try PriceBook(parsing: &cursor)
        #expect(cursor.isAtEnd)
        #expect(again.serialised == book.serialised)
        #expect(again.count == 200)
        for length in 0..<min(book.serialised.count, 400) {
            var cut = ByteCursor(Array(book.serialised.prefix(length)))
            #expect(throws: DecodingError.self) { try PriceBook(parsing: &cut) }
        }
    }

    @Test func refusesPricesThatCannotBeMeant() throws {
        #expect(throws: FieldError.self) { try price("", "m", .input, 1) }
        #expect(throws: FieldError.self) { try price("p", "", .input, 1) }
        #expect(throws: FieldError.self) { try price("p", "m", .input, -1) }
        #expect(throws: FieldError.self) { try price("p", "m", .input, Limits.pricePicoUSDPerTokenMax + 1) }
        #expect(throws: FieldError.self) { try price("p", "m", .gpu, Limits.pricePicoUSDPerGPUHourMax + 1) }
        let make = { (token: Int64?, hour: Int64?, tokenClass: TokenClass) in
            try PriceEntry(
                provider: "p", model: "m", tokenClass: tokenClass, serviceTier: nil, picoUSDPerToken: token,
                picoUSDPerGPUHour: hour,
                validFrom: 0, position: 0)
        }
        #expect(throws: FieldError.self) { try make(nil, nil, .input) }
        #expect(throws: FieldError.self) { try make(1, 1, .input) }
        #expect(throws: FieldError.self) { try make(1, nil, .gpu) }
        #expect(throws: FieldError.self) { try make(nil, 1, .input) }
        #expect(try make(nil, 1, .gpu).amount == 1)
    }
}

@Suite struct BuiltInPricesTests {
    @Test func filesAreWhole() {
        let entries = BuiltInPrices.entries
        #expect(entries.count > 200)
        #expect(
            Set(entries.map { "\($0.provider) \($0.model) \($0.tokenClass) \($0.serviceTier)" }).count == entries.count)
        for file in BuiltInPrices.files {
            #expect((try? RFC3339.parse(file.asOf + "T00:00:00Z")) != nil)
            #expect(file.source.hasSuffix("."))
        }
        let zero = Set(entries.filter { $0.amount == 0 }.map(\.model))
        #expect(zero == ["*"])
        #expect(BuiltInPrices.book.findings(look: {}) == [])
    }

    @Test func localModelsAreFreeAndKnownOnesExact() {
        let book = BuiltInPrices.book
        let usage = TokenUsage(input: 1000, output: 10, cacheRead: 500)
        let local = book.book(
            usage, provider: "vllm", requestModel: "anything", responseModel: nil, serviceTier: nil, at: 0)
        #expect(local.state == .priced)
        #expect(local.cost == 0)
        let mini = book.book(
            usage, provider: "openai", requestModel: "gpt-4o-mini", responseModel: "gpt-4o-mini-2024-07-18",
            serviceTier: nil, at: 0)
        let expected: Int64 = 500 * 150_000 + 500 * 75_000 + 10 * 600_000
        #expect(mini.cost == expected)
        let unknown = book.book(
            usage, provider: "openai", requestModel: "gpt-99", responseModel: nil, serviceTier: nil, at: 0)
        #expect(unknown.state == .unpriced)
        #expect(unknown.cost == nil)
        #expect(unknown.high == nil)
    }

    /// A cloud's spelling of a model has that cloud's price: a tenth more in a region, none where it was not compared.
    @Test(
        arguments: [
            ("aws.bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", 4_500_000_000),
            ("aws.bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", 4_950_000_000),
            ("aws.bedrock", "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", 4_950_000_000),
            ("aws.bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0", 4_500_000_000),
            ("aws.bedrock", "us-gov.anthropic.claude-sonnet-4-20250514-v1:0", nil),
            ("aws.bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0", nil),
            ("aws.bedrock", "claude-sonnet-4-5", nil), ("gcp.vertex_ai", "claude-sonnet-4-5@20250929", nil),
            ("anthropic", "claude-sonnet-4-5", 4_500_000_000),
        ] as [(String, String, Int64?)])
    func cloudsHaveTheirOwnPrices(_ provider: String, _ model: String, _ cost: Int64?) {
        let usage = TokenUsage(input: 1000, output: 100)
        let booked = BuiltInPrices.book.book(
            usage, provider: provider, requestModel: model, responseModel: nil, serviceTier: nil, at: 0)
        #expect(booked.cost == cost && booked.state == (cost == nil ? .unpriced : .priced))
    }

    @Test func everyBoundOfLengthWasCompared() {
        var bounds: [String: Int64] = [:]
        for file in BuiltInPrices.files where file.providers != ["aws.bedrock"] {
            for entry in file.entries { if let longest = entry.inputTokensMax { bounds[entry.model] = longest } }
        }
        let expected: [String: Int64] = [
            "gemini-2.5-pro": 200_000, "gemini-1.5-pro": 128_000, "gemini-1.5-flash": 128_000,
            "gemini-1.5-flash-8b": 128_000,
            "claude-opus-4-6": 200_000, "claude-sonnet-4-5": 200_000, "claude-sonnet-4-5-20250929": 200_000,
            "claude-sonnet-4": 200_000,
            "claude-sonnet-4-0": 200_000, "claude-sonnet-4-20250514": 200_000, "grok-4": 128_000,
            "grok-4-0709": 128_000,
        ]
        #expect(bounds == expected)
    }

    @Test func aPriceFileSaysWhereItIsWrong() throws {
        let read = { (text: String) in try PriceFile(parsing: Array(text.utf8), validFrom: 7, origin: .set) }
        let head = #"{"as_of": "2026-07-01", "source": "x.", "providers": ["p"], "models": "#
        let file = try read(head + #"[{"model": "m", "input": "0.0375", "usd_per_gpu_hour": "2.5"}]}"#)
        #expect(file.entries.map(\.amount) == [2_500_000_000_000, 37_500])
        for (text, place) in [
            (head + #"[{"model": "m", "input": "0.0000001"}]}"#, "models[0].input"),
            (head + #"[{"model": "m", "input": 0.1}]}"#, "models[0].input"),
            (head + #"[{"model": "m", "inputs": "1"}]}"#, "models[0].inputs"),
            (head + #"[{"input": "1"}]}"#, "models[0].model"),
            (head + #"[{"model": "m", "input": "-1"}]}"#, "models[0].input"), (head + "3}", "models"), ("{}", "as_of"),
            ("{", "byte 1"),
            (
                head + #"[{"model": "m", "service_tiers": {"batch": {"gpu": "1"}}}]}"#,
                "models[0].service_tiers.batch.gpu"
            ),
        ] {
            let error = #expect(throws: PriceFileError.self) { try read(text) }
            #expect(error?.place == place)
        }
    }
}
