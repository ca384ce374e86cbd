import Domain
import Platform
import Testing

/// Prices are found in steps that hardly grow with their number, and are those that a look at each of them finds.
@Suite struct PriceSearchTests {
    private static func price(
        _ model: String, _ tokenClass: TokenClass, _ amount: Int64, from: Int64, tier: String? = nil, position: Int64,
        origin: PriceOrigin = .set
    ) throws -> PriceEntry {
        try PriceEntry(
            provider: "p", model: model, tokenClass: tokenClass, serviceTier: tier,
            picoUSDPerToken: tokenClass == .gpu ? nil : amount, picoUSDPerGPUHour: tokenClass == .gpu ? amount : nil,
            validFrom: from, position: position, origin: origin)
    }

    /// The rule of ``PriceBook``, by a look at each price.
    private struct PlainBook {
        var entries: [PriceEntry] = []

        private func lists(_ model: String) -> [[PriceEntry]] {
            let names = ModelName.names(requestModel: model, responseModel: nil) + ["*"]
            return [PriceOrigin.set, .builtIn].flatMap { origin in
                names.map { name in entries.filter { $0.model == name && $0.origin == origin } }
            }.filter { !$0.isEmpty }
        }

        private func deciding(_ lists: [[PriceEntry]], isGPU: Bool, _ time: Int64, _ known: PriceHorizon)
            -> [PriceEntry]
        {
            for list in lists {
                let holding = list.filter {
                    ($0.tokenClass == .gpu) == isGPU && $0.validFrom <= time && known.includes($0)
                }
                if !holding.isEmpty { return holding }
            }
            return []
        }

        private func standing(_ entry: PriceEntry) -> (Int64, Int64, Int64) {
            (entry.validFrom, entry.position, entry.list)
        }

        func prices(_ model: String, tier: String, at time: Int64, _ known: PriceHorizon) -> ClassPrices {
            var prices = ClassPrices()
            for isGPU in [false, true] {
                for entry in deciding(lists(model), isGPU: isGPU, time, known).sorted()
                where entry.serviceTier == tier && entry.tokenClass.isOf(gpu: isGPU) {
                    prices[entry.tokenClass] = entry.amount
                }
            }
            let listed = deciding(lists(model).filter { $0[0].origin == .builtIn }, isGPU: false, time, known)
            if let newest = listed.map(standing).max(by: { $0 < $1 }) {
                prices.inputTokensMax = listed.filter { standing($0) == newest }.compactMap(\.inputTokensMax).min()
            }
            return prices
        }

        func bounds(_ model: String, around time: Int64) -> (first: Int64, last: Int64) {
            let starts = lists(model).flatMap { $0 }.map(\.validFrom)
            return (
                starts.filter { $0 <= time }.max() ?? .min, starts.filter { $0 > time }.min().map { $0 - 1 } ?? .max
            )
        }

        mutating func waitingTimes(adding entry: PriceEntry) -> ClosedRange<Int64>? {
            let before = entries.filter {
                ($0.model, $0.tokenClass, $0.serviceTier, $0.origin)
                    == (entry.model, entry.tokenClass, entry.serviceTier, entry.origin)
            }.map(\.validFrom).min()
            entries.append(entry)
            guard let before else { return entry.validFrom...Int64.max }
            return entry.validFrom < before ? entry.validFrom...(before - 1) : nil
        }
    }

    /// Prices that came one by one and together, listed and set, with tiers, lists and bounds.
    @Test(arguments: 1..<5 as Range<UInt64>) func nothingElseIsFound(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func below(_ count: UInt64) -> Int64 { Int64(generator.next() % count) }
        func pick<Value>(_ values: [Value]) -> Value { values[Int(below(UInt64(values.count)))] }
        let (models, tiers) = (["a", "b", "x/a", "*"], [nil, "batch"] as [String?])
        let classes: [TokenClass] = [.input, .output, .cacheRead, .gpu]
        var (plain, single, bulk) = (PlainBook(), PriceBook(), PriceBook())
        var waiting: [PriceEntry] = []
        var (position, list) = (Int64(0), Int64(0))
        for number in 0..<300 {
            let isListed = below(4) == 0
            if !isListed { position += 1 } else if below(3) == 0 { list += 1 }
            var entry = try Self.price(
                pick(models), pick(classes), Int64(number), from: isListed && below(2) == 0 ? .min : below(200),
                tier: pick(tiers), position: position, origin: isListed ? .builtIn : .set)
            if isListed {
                entry.list = list
                if entry.tokenClass != .gpu, below(2) == 0 { entry.inputTokensMax = below(9) + 1 }
            }
            let expected = plain.waitingTimes(adding: entry)
            let change = single.add(entry)
            #expect(change.waitingTimes == expected, "price \(number)")
            waiting.append(entry)
            if below(9) == 0 {
                let changes = bulk.add(waiting)
                #expect(changes.map(\.entry) == waiting && changes.last?.waitingTimes == expected)
                waiting = []
            }
            guard number % 7 == 0 else { continue }
            let (model, tier, time) = (pick(["a", "b", "x/a", "c"]), pick(["", "batch"]), below(220) - 10)
            let known = pick([
                .all, PriceHorizon(before: below(UInt64(position) + 2)),
                PriceHorizon(before: below(UInt64(position) + 2), list: below(UInt64(list) + 2)),
            ])
            let quote = PriceQuote(
                single.candidates(provider: "p", requestModel: model, responseModel: nil), serviceTier: tier, at: time,
                known: known)
            let expectedPrices = plain.prices(model, tier: tier, at: time, known)
            #expect(quote.prices == expectedPrices, "\(model) \(tier) \(time) \(known)")
            let bounds = plain.bounds(model, around: time)
            #expect((quote.firstTime, quote.lastTime) == (bounds.first, bounds.last))
        }
        _ = bulk.add(waiting)
        #expect(bulk.entries == single.entries && single.entries == plain.entries.sorted())
        #expect(bulk.serialised == single.serialised && bulk.listNumber == list && single.listNumber == list)
        #expect(PriceBook(plain.entries.reversed()).serialised == single.serialised)
    }

    /// Of one model with many prices, of different times and known at different positions.
    @Test func stepsHardlyGrow() throws {
        for count in [500, 4_000] {
            var book = PriceBook()
            for number in 1...count {
                book.add(
                    try Self.price(
                        "m", number % 2 == 0 ? .input : .output, 1, from: Int64(number), position: Int64(number)))
            }
            let candidates = book.candidates(provider: "p", requestModel: "m", responseModel: nil)
            var steps = 0
            for number in 0..<100 {
                let time = Int64(number * count / 100)
                for known in [PriceHorizon.all, PriceHorizon(before: Int64(count - number))] {
                    _ = PriceQuote(candidates, serviceTier: "", at: time, known: known, steps: &steps)
                }
            }
            #expect(steps > 200 && steps < 200 * 1_000)
        }
    }
}

extension TokenClass {
    fileprivate func isOf(gpu: Bool) -> Bool { (self == .gpu) == gpu }
}
