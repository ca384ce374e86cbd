import Domain
import EventStores
import Platform
import Testing

/// Late prices are found by the names of a call, in steps that hardly grow with their number.
@Suite struct LatePriceTests {
    private static func price(
        _ model: String, _ tokenClass: TokenClass, from time: Int64, tier: String? = nil, position: Int64
    ) throws -> PriceEntry {
        try PriceEntry(
            provider: "p", model: model, tokenClass: tokenClass, serviceTier: tier,
            picoUSDPerToken: tokenClass == .gpu ? nil : 1, picoUSDPerGPUHour: tokenClass == .gpu ? 1 : nil,
            validFrom: time, position: position, origin: .set)
    }

    private static func call(_ model: String, tier: String? = nil, at time: Int64) -> LatePrices.Call {
        LatePrices.Call(provider: "p", requestModel: model, responseModel: nil, serviceTier: tier, time: time)
    }

    /// As many late prices as those before them, told by `entry`.
    private static func prices(_ count: Int, _ entry: (Int) throws -> PriceEntry) throws -> LatePrices {
        var (book, late) = (PriceBook(), LatePrices())
        for number in 0..<count { late.add([book.add(try entry(number))]) }
        return late
    }

    /// What is found is what a look at each price finds.
    @Test func nothingIsMissed() throws {
        var generator = SeededGenerator(seed: 9)
        func below(_ count: UInt64) -> Int64 { Int64(generator.next() % count) }
        let models = ["a", "b", "x/a", "*"]
        let tiers: [String?] = [nil, "batch", "flex"]
        var (book, late, changes) = (PriceBook(), LatePrices(), [PriceChange]())
        for position in 1...400 {
            let entry = try Self.price(
                models[Int(below(4))], [.input, .output, .gpu][Int(below(3))], from: below(1_000),
                tier: tiers[Int(below(3))], position: Int64(position))
            let change = book.add(entry)
            late.add([change])
            if change.waitingTimes != nil { changes.append(change) }
        }
        #expect(late.count == changes.count && changes.count > 50)
        for _ in 0..<500 {
            let (model, tier, time) = (models[Int(below(3))], tiers[Int(below(3))], below(1_000))
            let first = Int(below(UInt64(changes.count)))
            let wanted = first..<(first + Int(below(UInt64(changes.count - first + 1))))
            let expected = wanted.filter { number in
                changes[number].entry.serviceTier == tier ?? ""
                    && changes[number].concerns(provider: "p", requestModel: model, responseModel: nil, time: time)
            }
            var steps = 0
            #expect(late.numbers(of: Self.call(model, tier: tier, at: time), among: wanted, steps: &steps) == expected)
        }
    }

    /// Of many models, and of one model with many prices, tiers or both.
    @Test func stepsHardlyGrow() throws {
        func steps(_ count: Int, _ call: LatePrices.Call, _ entry: (Int) throws -> PriceEntry) throws -> Int {
            let late = try Self.prices(count, entry)
            #expect(late.count == count)
            var steps = 0
            for _ in 0..<100 { _ = late.numbers(of: call, among: 0..<count, steps: &steps) }
            return steps
        }
        let stepsMax = 100 * 13 * 13
        for count in [500, 4_000] {
            let models = try steps(count, Self.call("m7", at: 5)) {
                try Self.price("m\($0)", .input, from: 1, position: Int64($0 + 1))
            }
            let times = try steps(count, Self.call("m", at: 700)) {
                try Self.price("m", .input, from: Int64(count - $0), position: Int64($0 + 1))
            }
            let tiers = try steps(count, Self.call("m", tier: "t7", at: 5)) {
                try Self.price("m", .input, from: 1, tier: "t\($0)", position: Int64($0 + 1))
            }
            #expect(models > 0 && models < stepsMax && times < stepsMax && tiers < stepsMax)
        }
    }
}
