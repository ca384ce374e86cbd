import Bytes
package import Domain
import JSONTexts

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
        var correctedModel: String? { model == PriceEntry.anyModel ? nil : model }
    }

    /// Sorted by provider and model.
    package private(set) var pairs: [Pair] = []

    /// - Parameters:
    ///   - prices: those that are new, in the order in which they are set.
    ///   - book: as it was before, list prices included.
    /// - Complexity: O(entries of the book × log of them), and for each pair O(its new prices × its classes and tiers ×
    ///   its entries).
    package init(setting prices: [PriceEntry], in book: PriceBook) {
        var after = book
        let known = KnownEntries(book.entries)
        let last = known.lastPosition
        for (index, price) in prices.enumerated() where !after.isFull {
            var price = price
            price.position = last + 1 + Int64(index)
            after.add(price)
        }
        var rest = prices.sorted()[...]
        while let first = rest.first {
            let own = rest.prefix { $0.isOfPair(first.provider, first.model) }
            rest = rest.dropFirst(own.count)
            let isFirst = pairs.last.map { !$0.provider.hasSameBytes(as: first.provider) } ?? true
            pairs.append(Self.pair(Array(own), known, book, after))
            if isFirst, let line = known.slip(in: first.provider) {
                pairs[pairs.count - 1].lines.insert(line, at: 0)
            }
        }
    }

    private static func pair(_ prices: [PriceEntry], _ known: KnownEntries, _ before: PriceBook, _ after: PriceBook)
        -> Pair
    {
        let (provider, model) = (prices[0].provider, prices[0].model)
        let times = Set(prices.map(\.validFrom)).sorted()
        var pair = Pair(provider: provider, model: model, validFrom: times[0])
        for price in prices {
            let next = price.successor(in: after, from: price.validFrom)
            // What was set before and holds later goes on holding then.
            let standing = next.flatMap { $0.position <= known.lastPosition ? $0 : nil }
            let earlier = price.counterpart(in: before, at: price.validFrom)
            let old = earlier.flatMap { $0.amount == price.amount ? nil : $0 }
            guard old != nil || standing != nil else { continue }
            let replaced = old.map { " instead of \($0.usd)" + ($0.origin == .builtIn ? " (list price)" : "") } ?? ""
            let later = standing.map { "; then \($0.usd), which was set before" } ?? ""
            pair.lines.append("\(price.what) \(stretch(price.validFrom, next)): \(price.usd)\(replaced)\(later)")
        }
        var told: Set<ExactText> = []
        let entries = known.oneOfEach(provider, model)
        for time in times {
            for entry in entries where !told.contains(ExactText(entry.what)) {
                guard let old = entry.counterpart(in: before, at: time), entry.counterpart(in: after, at: time) == nil
                else { continue }
                told.insert(ExactText(entry.what))
                let origin = old.origin == .builtIn ? ", the list price" : ""
                let stretch = stretch(time, entry.successor(in: after, from: time))
                pair.lines.append("\(entry.what) has no price \(stretch) (it was \(old.usd)\(origin)); set it too")
            }
        }
        if model == PriceEntry.anyModel {
            let count = known.listedModelCount(of: provider)
            if count > 0 {
                pair.lines.append("the list prices of \(count) models of \(provider) no longer count from then on")
            }
        }
        return pair
    }

    private static func stretch(_ time: Int64, _ next: PriceEntry?) -> String {
        let end = next.map { "until " + RFC3339.render($0.validFrom) } ?? "on"
        return "from \(RFC3339.render(time)) \(end)"
    }
}

/// The entries of a book, grouped once.
private struct KnownEntries {
    private var ofPair: [PricePair: [PriceEntry]] = [:]
    private var listedModels: [[UInt8]: Set<[UInt8]>] = [:]
    private(set) var lastPosition: Int64 = 0
    /// Each once, in the order of the book.
    private var providers: [String] = []

    init(_ entries: [PriceEntry]) {
        var seen: Set<ExactText> = []
        for entry in entries {
            if seen.insert(ExactText(entry.provider)).inserted { providers.append(entry.provider) }
            let pair = PricePair(entry)
            ofPair[pair, default: []].append(entry)
            lastPosition = max(lastPosition, entry.position)
            guard entry.origin == .builtIn, entry.model != PriceEntry.anyModel else { continue }
            listedModels[pair.provider, default: []].insert(pair.model)
        }
    }

    /// An entry for each class and tier that a provider and model has prices of, in the order of the book.
    func oneOfEach(_ provider: String, _ model: String) -> [PriceEntry] {
        var seen: Set<ExactText> = []
        return (ofPair[PricePair(provider, model)] ?? []).filter { seen.insert(ExactText($0.what)).inserted }
    }

    /// What to say to a provider of whom no price was known and whose name misses another's by a slip; nil: nothing.
    /// Models get no such word: their names differ by a digit, and calls without a price are told elsewhere.
    func slip(in provider: String) -> String? {
        guard !providers.contains(where: { $0.hasSameBytes(as: provider) }),
            let place = placeOfSlip(provider, among: providers)
        else { return nil }
        return "\(provider) is new; did you mean \(providers[place])? These prices are for calls that name \(provider)"
    }

    /// How many models of a provider have list prices.
    func listedModelCount(of provider: String) -> Int { listedModels[Array(provider.utf8)]?.count ?? 0 }
}

extension PriceEntry {
    fileprivate func isOfPair(_ provider: String, _ model: String) -> Bool {
        self.provider.hasSameBytes(as: provider) && self.model.hasSameBytes(as: model)
    }

    /// Class and tier in words.
    fileprivate var what: String {
        serviceTier.isEmpty ? tokenClass.rawValue : "\(tokenClass.rawValue) of tier \(serviceTier)"
    }

    /// The price that holds for the same provider, model, class and tier at a time.
    fileprivate func counterpart(in book: PriceBook, at time: Int64) -> PriceEntry? {
        peers(in: book, at: time).filter { $0.validFrom <= time }
            .max { ($0.validFrom, $0.position) < ($1.validFrom, $1.position) }
    }

    /// The one that holds for the same from the first moment after a time on at which another does.
    fileprivate func successor(in book: PriceBook, from time: Int64) -> PriceEntry? {
        peers(in: book, at: time).filter { $0.validFrom > time }
            .min { ($0.validFrom, $1.position) < ($1.validFrom, $0.position) }
    }

    /// The prices of the same provider, model, class and tier in the list that decides at a time.
    private func peers(in book: PriceBook, at time: Int64) -> [PriceEntry] {
        let candidates = book.candidates(provider: provider, requestModel: model, responseModel: nil)
        return candidates.deciding(isGPU: tokenClass == .gpu, at: time, known: .all)
            .filter { $0.tokenClass == tokenClass && $0.serviceTier.hasSameBytes(as: serviceTier) }
    }
}
