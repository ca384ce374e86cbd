package import Domain

/// What setting prices means for what was in force before: what they supersede, and what has no price any more.
package struct PriceListEffects: Sendable {
    /// A provider and model whose prices change.
    package struct Pair: Sendable {
        /// Who runs the model.
        package var provider: String
        /// Its name; `*` for all of the provider.
        package var model: String
        /// The first time (ns since 1970 UTC) from which a new price holds.
        package var validFrom: Int64
        /// A line each, for people.
        package var lines: [String] = []

        /// The model as corrections name it: nil for all of the provider.
        package var correctedModel: String? { model == PriceEntry.anyModel ? nil : model }
    }

    /// Sorted by provider and model.
    package private(set) var pairs: [Pair] = []

    /// - Parameters:
    ///   - prices: those that are new, in the order in which they are set.
    ///   - book: as it was before, list prices included.
    /// - Complexity: O(prices × tiers and classes of their pairs).
    package init(setting prices: [PriceEntry], in book: PriceBook) {
        var after = book
        let last = book.entries.map(\.position).max() ?? 0
        for (index, price) in prices.enumerated() where !after.isFull {
            var price = price
            price.position = last + 1 + Int64(index)
            after.add(price)
        }
        var rest = prices.sorted()[...]
        while let first = rest.first {
            let own = rest.prefix { $0.isOfPair(first.provider, first.model) }
            rest = rest.dropFirst(own.count)
            pairs.append(Self.pair(Array(own), book, after))
        }
    }

    private static func pair(_ prices: [PriceEntry], _ before: PriceBook, _ after: PriceBook) -> Pair {
        let (provider, model) = (prices[0].provider, prices[0].model)
        let times = Set(prices.map(\.validFrom)).sorted()
        var pair = Pair(provider: provider, model: model, validFrom: times[0])
        for price in prices {
            guard let old = price.counterpart(in: before, at: price.validFrom), old.amount != price.amount else { continue }
            let origin = old.origin == .builtIn ? " (list price)" : ""
            pair.lines.append("\(price.what) from \(RFC3339.render(price.validFrom)) on: \(price.usd) instead of \(old.usd)\(origin)")
        }
        let known = before.entries.filter { $0.isOfPair(provider, model) }
        var told: Set<String> = []
        for time in times {
            for entry in known where !told.contains(entry.what) {
                guard let old = entry.counterpart(in: before, at: time), entry.counterpart(in: after, at: time) == nil else { continue }
                told.insert(entry.what)
                let origin = old.origin == .builtIn ? ", the list price" : ""
                pair.lines.append("\(entry.what) has no price from \(RFC3339.render(time)) on (it was \(old.usd)\(origin)); set it too")
            }
        }
        if model == PriceEntry.anyModel {
            let listed = before.entries.filter {
                $0.origin == .builtIn && $0.provider.utf8.elementsEqual(provider.utf8) && $0.model != PriceEntry.anyModel
            }
            let count = Set(listed.map { Array($0.model.utf8) }).count
            if count > 0 { pair.lines.append("the list prices of \(count) models of \(provider) no longer count from then on") }
        }
        return pair
    }
}

extension PriceEntry {
    fileprivate func isOfPair(_ provider: String, _ model: String) -> Bool {
        self.provider.utf8.elementsEqual(provider.utf8) && self.model.utf8.elementsEqual(model.utf8)
    }

    /// Class and tier in words.
    fileprivate var what: String { serviceTier.isEmpty ? tokenClass.rawValue : "\(tokenClass.rawValue) of tier \(serviceTier)" }

    /// The price that holds for the same provider, model, class and tier at a time.
    fileprivate func counterpart(in book: PriceBook, at time: Int64) -> PriceEntry? {
        let candidates = book.candidates(provider: provider, requestModel: model, responseModel: nil)
        return candidates.deciding(isGPU: tokenClass == .gpu, at: time, before: .max)
            .filter { $0.tokenClass == tokenClass && $0.serviceTier == serviceTier && $0.validFrom <= time }
            .max { ($0.validFrom, $0.position) < ($1.validFrom, $1.position) }
    }
}
