import Bytes
package import Domain

// tests: the steps of a look-up are counted.
/// Prices that may book calls which waited for one, oldest first, found by the names that calls have for theirs.
///
/// Runs of prices, each at least twice as long as the next and never changed: a copy is cheap, and so is an addition to
/// one of two copies. Of prices of one model, tier, class and origin each has all its waiting calls before those of the
/// ones that became known earlier, so that at most one of them concerns a call.
package struct LatePrices: Sendable {
    /// What a call says of itself that decides which prices it has.
    package struct Call {
        var provider: String
        var requestModel, responseModel, serviceTier: String?
        var time: Int64

        /// Takes each part as told.
        package init(
            provider: String, requestModel: String?, responseModel: String?, serviceTier: String?, time: Int64
        ) {
            (self.provider, self.requestModel, self.responseModel) = (provider, requestModel, responseModel)
            (self.serviceTier, self.time) = (serviceTier, time)
        }

        init(_ names: CallFields.Names, time: Int64) {
            self.init(
                provider: names.provider, requestModel: names.requestModel, responseModel: names.responseModel,
                serviceTier: names.serviceTier, time: time)
        }
    }

    private struct Kind: Hashable {
        var serviceTier: [UInt8]
        var tokenClass: TokenClass
        var origin: PriceOrigin
    }

    /// Prices of one provider and model.
    private struct Prices {
        /// By kind: ascending, so that times of waiting calls descend.
        var numbers: [Kind: [Int]] = [:]
        /// Those that bound the length of prompts, whatever their tier.
        var bounding: [Int] = []
    }

    /// Prices of successive numbers.
    fileprivate final class Run: Sendable {
        let first: Int
        let changes: [PriceChange]
        private let prices: [PricePair: Prices]

        init(first: Int, _ changes: [PriceChange]) {
            var prices: [PricePair: Prices] = [:]
            for (index, change) in changes.enumerated() {
                let (entry, number) = (change.entry, first + index)
                let pair = PricePair(entry)
                let kind = Kind(
                    serviceTier: Array(entry.serviceTier.utf8), tokenClass: entry.tokenClass, origin: entry.origin)
                prices[pair, default: Prices()].numbers[kind, default: []].append(number)
                if entry.inputTokensMax != nil { prices[pair, default: Prices()].bounding.append(number) }
            }
            (self.first, self.changes, self.prices) = (first, changes, prices)
        }

        private func begin(_ number: Int) -> Int64 { changes[number - first].waitingTimes?.lowerBound ?? .max }

        private func has(_ number: Int, at time: Int64) -> Bool {
            changes[number - first].waitingTimes?.contains(time) ?? false
        }

        /// - Parameter number: of this run.
        func waitingTimes(_ number: Int) -> ClosedRange<Int64>? { changes[number - first].waitingTimes }

        /// Of names and a tier: lists by kind, and those that bound the length of prompts.
        func lists(_ pair: PricePair, tier: [UInt8]) -> (kinds: [[Int]], bounding: [Int]) {
            guard let prices = prices[pair] else { return ([], []) }
            let kinds = TokenClass.allCases.flatMap { tokenClass in
                [PriceOrigin.builtIn, .set].compactMap { origin in
                    prices.numbers[Kind(serviceTier: tier, tokenClass: tokenClass, origin: origin)]
                }
            }
            return (kinds, prices.bounding)
        }

        func add(_ pair: PricePair, tier: [UInt8], at time: Int64, _ found: inout [Int], _ steps: inout Int) {
            guard let prices = prices[pair] else { return }
            for tokenClass in TokenClass.allCases {
                for origin in [PriceOrigin.builtIn, .set] {
                    guard
                        let numbers = prices.numbers[
                            Kind(serviceTier: tier, tokenClass: tokenClass, origin: origin)]
                    else { continue }
                    let index = numbers.partitioningIndex {
                        steps += 1
                        return begin($0) <= time
                    }
                    if index < numbers.count, has(numbers[index], at: time) { found.append(numbers[index]) }
                }
            }
            for number in prices.bounding {
                steps += 1
                if has(number, at: time), !found.contains(number) { found.append(number) }
            }
        }
    }

    private var runs: [Run] = []
    /// How many there are; they have the numbers before it.
    package private(set) var count = 0

    /// None.
    package init() {}

    /// Takes over what becomes known now, in that order, but for prices that book no call which waited.
    /// - Complexity: O(log prices) amortised for each.
    package mutating func add(_ more: [PriceChange]) {
        var (first, changes) = (count, more.filter { $0.waitingTimes != nil })
        guard !changes.isEmpty else { return }
        count += changes.count
        while let last = runs.last, last.changes.count < 2 * changes.count {
            (first, changes) = (last.first, last.changes + changes)
            runs.removeLast()
        }
        runs.append(Run(first: first, changes))
    }

    /// - Precondition: `number < count`.
    subscript(number: Int) -> PriceChange {
        guard let run = runs.last(where: { $0.first <= number }) else { preconditionFailure("a price has a number") }
        return run.changes[number - run.first]
    }

    /// Numbers of prices that may book a call which waits, ascending: those of its names and tier, and those that bound
    /// its prompt.
    /// - Parameters:
    ///   - wanted: others are passed over.
    ///   - steps: grows by the prices that were looked at.
    /// - Complexity: O(log² prices).
    package func numbers(of call: Call, among wanted: Range<Int>, steps: inout Int) -> [Int] {
        guard wanted.lowerBound < wanted.upperBound, count > wanted.lowerBound else { return [] }
        let pairs = PricePair.ofCall(
            provider: call.provider, requestModel: call.requestModel, responseModel: call.responseModel)
        let tier = Array(PriceEntry.normalised(tier: call.serviceTier).utf8)
        var found: [Int] = []
        for run in runs where run.first < wanted.upperBound && run.first + run.changes.count > wanted.lowerBound {
            for pair in pairs { run.add(pair, tier: tier, at: call.time, &found, &steps) }
        }
        return found.filter(wanted.contains).sorted()
    }

    /// The same.
    func numbers(of call: Call, among wanted: Range<Int>) -> [Int] {
        var steps = 0
        return numbers(of: call, among: wanted, steps: &steps)
    }

    /// What is the same for all calls of one provider, models and tier, looked up once.
    struct Names {
        /// Its time is no part of it.
        let call: Call
        /// Normalised.
        let tier: String
        /// The prices of the book.
        let candidates: PriceCandidates
        /// By kind: ascending, so that times of waiting calls descend.
        fileprivate var kinds: [(run: Run, numbers: [Int])] = []
        fileprivate var bounding: [(run: Run, numbers: [Int])] = []
    }

    /// - Complexity: O(log prices).
    func names(of call: Call, in book: PriceBook) -> Names {
        let tier = PriceEntry.normalised(tier: call.serviceTier)
        var names = Names(
            call: call, tier: tier,
            candidates: book.candidates(
                provider: call.provider, requestModel: call.requestModel, responseModel: call.responseModel))
        let pairs = PricePair.ofCall(
            provider: call.provider, requestModel: call.requestModel, responseModel: call.responseModel)
        for run in runs {
            for pair in pairs {
                let lists = run.lists(pair, tier: Array(tier.utf8))
                names.kinds += lists.kinds.map { (run: run, numbers: $0) }
                if !lists.bounding.isEmpty { names.bounding.append((run: run, numbers: lists.bounding)) }
            }
        }
        return names
    }

    /// Numbers of prices that may book a call of the names which waits, ascending, and times at which it would be the
    /// same ones.
    /// - Parameter count: so many of the prices are asked, the first ones.
    /// - Complexity: O(log² prices) and those that bound prompts.
    static func numbers(
        of names: Names, at time: Int64, before count: Int
    ) -> (numbers: [Int], times: ClosedRange<Int64>) {
        var found: [Int] = []
        var (first, last) = (Int64.min, Int64.max)
        func look(_ times: ClosedRange<Int64>?, _ number: Int) {
            guard let times else { return }
            if times.upperBound < time {
                first = max(first, times.upperBound + 1)
            } else if times.lowerBound > time {
                last = min(last, times.lowerBound - 1)
            } else {
                (first, last) = (max(first, times.lowerBound), min(last, times.upperBound))
                if number < count, !found.contains(number) { found.append(number) }
            }
        }
        for (run, numbers) in names.kinds {
            let index = numbers.partitioningIndex { (run.waitingTimes($0)?.lowerBound ?? .max) <= time }
            if index > 0 { look(run.waitingTimes(numbers[index - 1]), numbers[index - 1]) }
            if index < numbers.count { look(run.waitingTimes(numbers[index]), numbers[index]) }
        }
        for (run, numbers) in names.bounding {
            for number in numbers { look(run.waitingTimes(number), number) }
        }
        return (found.sorted(), first...last)
    }
}
