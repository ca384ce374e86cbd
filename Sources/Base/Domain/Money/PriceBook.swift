/// All prices in force, and which of them holds for a call.
///
/// Which entries count for a call, decided in this order; the first that has any entry decides alone:
/// 1. prices that were set for the model that answered (`response_model`),
/// 2. prices that were set for the model that was asked for (`request_model`), so that one's own price of an alias beats a list price,
/// 3. prices that were set for all models of the provider (`*`),
/// 4. 5. 6. built-in prices of the same three.
/// From the first `price.set` of a provider and model on, built-in prices no longer count for that pair, whatever `valid_from` says.
///
/// Among them, for each class: those of the call's service tier with `valid_from` ≤ the call's time, the greatest `valid_from`, then the
/// greatest position. A tier has the prices that name it and no others: what priority or flex costs does not follow from the standard
/// price.
package struct PriceBook: Sendable {
    private struct Pair: Hashable {
        var provider: String
        var model: String
    }

    private struct ClassTier: Hashable {
        var pair: Pair
        var tokenClass: TokenClass
        var serviceTier: String
    }

    /// Entries of a pair in canonical order.
    private var set: [Pair: [PriceEntry]] = [:]
    private var builtIn: [Pair: [PriceEntry]] = [:]
    /// The least `valid_from` of the prices set for a class and tier.
    private var earliest: [ClassTier: Int64] = [:]
    /// Number of entries of both origins.
    package private(set) var count = 0

    /// A book with no other prices than these; their origin decides where they count.
    package init(_ entries: [PriceEntry] = []) {
        for entry in entries { insert(entry) }
    }

    /// Whether the book has no room for another price.
    package var isFull: Bool { count >= Limits.pricesMax }

    private mutating func insert(_ entry: PriceEntry) {
        let pair = Pair(provider: entry.provider, model: entry.model)
        // In place, or each price would copy all others of its pair.
        if entry.origin == .builtIn {
            Self.insert(entry, into: &builtIn[pair, default: []])
        } else {
            Self.insert(entry, into: &set[pair, default: []])
            let tier = ClassTier(pair: pair, tokenClass: entry.tokenClass, serviceTier: entry.serviceTier)
            earliest[tier] = min(earliest[tier] ?? .max, entry.validFrom)
        }
        count += 1
    }

    /// Behind the entries that are not greater.
    private static func insert(_ entry: PriceEntry, into list: inout [PriceEntry]) {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if entry < list[middle] { high = middle } else { low = middle + 1 }
        }
        list.insert(entry, at: low)
    }

    /// Takes a price over, in position order, and says which calls it may book that waited for a price.
    /// - Precondition: not full; the entry's origin is `set`.
    @discardableResult
    package mutating func add(_ entry: PriceEntry) -> PriceChange {
        precondition(entry.origin == .set && !isFull)
        let pair = Pair(provider: entry.provider, model: entry.model)
        let earliest = earliest[ClassTier(pair: pair, tokenClass: entry.tokenClass, serviceTier: entry.serviceTier)]
        insert(entry)
        guard let earliest else { return PriceChange(entry: entry, waitingTimes: entry.validFrom...Int64.max) }
        return PriceChange(entry: entry, waitingTimes: entry.validFrom < earliest ? entry.validFrom...(earliest - 1) : nil)
    }

    /// The entries that count for a call, as the rule above says; empty where the book knows none.
    package func candidates(provider: String, requestModel: String?, responseModel: String?) -> [PriceEntry] {
        for prices in [set, builtIn] {
            let plain = [responseModel, requestModel].map(ModelName.withoutPath)
            for model in [responseModel, requestModel] + plain + [PriceEntry.anyModel] {
                guard let model, !model.isEmpty, let found = prices[Pair(provider: provider, model: model)] else { continue }
                return found
            }
        }
        return []
    }

    /// The prices of a call.
    package func quote(
        provider: String, requestModel: String?, responseModel: String?, serviceTier: String?, at time: Int64
    ) -> PriceQuote {
        PriceQuote(
            candidates(provider: provider, requestModel: requestModel, responseModel: responseModel),
            serviceTier: PriceEntry.normalised(tier: serviceTier), at: time)
    }

    /// All entries in canonical order, built-in ones that no longer count included.
    package var entries: [PriceEntry] {
        (set.values.flatMap { $0 } + builtIn.values.flatMap { $0 }).sorted()
    }

    /// Whether a built-in entry still counts: no price was set for its provider and model.
    package func isInForce(_ entry: PriceEntry) -> Bool {
        entry.origin == .set || set[Pair(provider: entry.provider, model: entry.model)] == nil
    }
}

/// What a newly set price may change: nothing that is booked, except classes that had no price.
package struct PriceChange: Hashable, Sendable {
    /// The price that was set.
    package var entry: PriceEntry
    /// Times of calls of the price's tier whose class had no set price before and has one now; nil: the price books nothing that waited.
    package var waitingTimes: ClosedRange<Int64>?

    /// Whether a call that lacks a price should be booked again.
    package func concerns(provider: String, requestModel: String?, responseModel: String?, time: Int64) -> Bool {
        guard let waitingTimes, waitingTimes.contains(time), provider == entry.provider else { return false }
        return entry.model == PriceEntry.anyModel || entry.model == requestModel || entry.model == responseModel
            || entry.model == ModelName.withoutPath(requestModel) || entry.model == ModelName.withoutPath(responseModel)
    }
}
