import Bytes

/// All prices in force, and which of them holds for a call.
///
/// Which prices count for a call, asked in this order; the first list that has any price of a tier and class with
/// `valid_from` ≤ the call's time decides alone, for tokens and for GPU time apart:
/// 1. prices that were set for the model that answered (`response_model`),
/// 2. prices that were set for the model that was asked for (`request_model`), so that one's own price of an alias
///    beats a list price,
/// 3. prices that were set for all models of the provider (`*`),
/// 4. built-in prices for the model that answered,
/// 5. built-in prices for the model that was asked for,
/// 6. built-in prices for all models of the provider.
///
/// So built-in prices hold until the `valid_from` of the first price that is set, and not from then on.
///
/// In the list, for each class: those of the call's service tier, the greatest `valid_from`, then the greatest
/// position. A tier has the prices that name it and no others: what priority or flex costs does not follow from the
/// standard price.
package struct PriceBook: Sendable {
    /// By bytes: two spellings of a letter are two names.
    private struct Pair: Hashable {
        var provider: [UInt8]
        var model: [UInt8]

        init(_ provider: String, _ model: String) {
            (self.provider, self.model) = (Array(provider.utf8), Array(model.utf8))
        }
    }

    private struct ClassTier: Hashable {
        var pair: Pair
        var tokenClass: TokenClass
        var serviceTier: [UInt8]
        var origin: PriceOrigin

        init(_ pair: Pair, _ entry: PriceEntry) {
            (self.pair, tokenClass, serviceTier) = (pair, entry.tokenClass, Array(entry.serviceTier.utf8))
            origin = entry.origin
        }
    }

    /// Entries of a pair in canonical order.
    private var set: [Pair: [PriceEntry]] = [:]
    private var builtIn: [Pair: [PriceEntry]] = [:]
    /// The least `valid_from` of the prices of one origin for a class and tier.
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
        let pair = Pair(entry.provider, entry.model)
        // In place, or each price would copy all others of its pair.
        if entry.origin == .builtIn {
            Self.insert(entry, into: &builtIn[pair, default: []])
        } else {
            Self.insert(entry, into: &set[pair, default: []])
        }
        let tier = ClassTier(pair, entry)
        earliest[tier] = min(earliest[tier] ?? .max, entry.validFrom)
        count += 1
    }

    /// Behind the entries that are not greater.
    private static func insert(_ entry: PriceEntry, into list: inout [PriceEntry]) {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if entry < list[middle] { high = middle } else { low = middle + 1 }
        }
        assert(low == 0 || !(entry < list[low - 1]), "entries in canonical order")
        assert(low == list.count || entry < list[low], "entries in canonical order")
        list.insert(entry, at: low)
    }

    /// Takes a price over, in position order, and says which calls it may book that waited for a price.
    /// - Precondition: not full.
    @discardableResult
    package mutating func add(_ entry: PriceEntry) -> PriceChange {
        precondition(!isFull)
        let pair = Pair(entry.provider, entry.model)
        let earliest = earliest[ClassTier(pair, entry)]
        insert(entry)
        guard let earliest else { return PriceChange(entry: entry, waitingTimes: entry.validFrom...Int64.max) }
        return PriceChange(
            entry: entry, waitingTimes: entry.validFrom < earliest ? entry.validFrom...(earliest - 1) : nil)
    }

    /// The prices that may count for a call, in the order in which the rule above asks them.
    package func candidates(provider: String, requestModel: String?, responseModel: String?) -> PriceCandidates {
        var candidates = PriceCandidates()
        var pairs: [Pair] = []
        for model in ModelName.names(requestModel: requestModel, responseModel: responseModel) + [PriceEntry.anyModel] {
            let pair = Pair(provider, model)
            if !pairs.contains(pair) { pairs.append(pair) }
        }
        for prices in [set, builtIn] {
            for pair in pairs {
                if let found = prices[pair] { candidates.lists.append(found) }
            }
        }
        assert(candidates.lists.allSatisfy { !$0.isEmpty }, "a pair is known by its prices")
        return candidates
    }

    /// The prices of a call.
    package func quote(
        provider: String, requestModel: String?, responseModel: String?, serviceTier: String?, at time: Int64
    ) -> PriceQuote {
        PriceQuote(
            candidates(provider: provider, requestModel: requestModel, responseModel: responseModel),
            serviceTier: PriceEntry.normalised(tier: serviceTier), at: time)
    }

    /// The number of the last list of built-in prices; 0 where all were there from the beginning.
    /// - Complexity: O(built-in prices).
    package var listNumber: Int64 { builtIn.values.reduce(0) { $1.reduce($0) { max($0, $1.list) } } }

    /// What a newer list has that the built-in prices of this book lack: the same but for their positions is the same
    /// price. Prices that the list no longer has go on to hold, as the book said they would.
    /// - Returns: in the list's order, as those of the next list, which comes behind the event of `position`.
    /// - Complexity: O(list · built-in prices of one model).
    package func additions(from list: [PriceEntry], at position: Int64) -> [PriceEntry] {
        let next = listNumber + 1
        return list.compactMap { entry in
            let listed = builtIn[Pair(entry.provider, entry.model), default: []]
            // In canonical order, so that the last one is that of the last list.
            let known = listed.last { $0.isForTheSame(as: entry) && $0.validFrom == entry.validFrom }
            if let known, (known.amount, known.inputTokensMax) == (entry.amount, entry.inputTokensMax) { return nil }
            var addition = entry
            (addition.position, addition.list) = (position, next)
            return addition
        }
    }

    /// The built-in prices that a store began with.
    package var beginning: PriceBook { PriceBook(entries.filter { $0.origin == .builtIn && $0.list == 0 }) }

    /// What came since, set or built in, in the order in which it did.
    package var later: [PriceEntry] {
        entries.filter { $0.origin == .set || $0.list > 0 }.sorted { ($0.position, $0.list) < ($1.position, $1.list) }
    }

    /// All entries in canonical order, built-in ones that no longer count included.
    package var entries: [PriceEntry] {
        (set.values.flatMap { $0 } + builtIn.values.flatMap { $0 }).sorted()
    }

    /// Whether an entry still counts for calls of a time: a built-in one until the first price that is set for its
    /// model, or for all of the provider, holds.
    package func isInForce(_ entry: PriceEntry, at time: Int64) -> Bool {
        guard entry.origin == .builtIn else { return true }
        let candidates = candidates(provider: entry.provider, requestModel: entry.model, responseModel: nil)
        return candidates.deciding(isGPU: entry.tokenClass == .gpu, at: time, known: .all).first?.origin != .set
    }
}

/// What a newly set price may change: nothing that is booked, except classes that had no price.
package struct PriceChange: Hashable, Sendable {
    /// The price that was set.
    package var entry: PriceEntry
    /// Times of calls of the price's tier whose class had no set price before and has one now; nil: the price books
    /// nothing that waited.
    package var waitingTimes: ClosedRange<Int64>?

    // tests: what is found by the names of calls is compared with it.
    /// Whether a call that lacks a price should be booked again.
    package func concerns(provider: String, requestModel: String?, responseModel: String?, time: Int64) -> Bool {
        guard let waitingTimes, waitingTimes.contains(time), provider.hasSameBytes(as: entry.provider) else {
            return false
        }
        if entry.model == PriceEntry.anyModel { return true }
        let names = ModelName.names(requestModel: requestModel, responseModel: responseModel)
        return names.contains { entry.model.hasSameBytes(as: $0) }
    }
}
