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
    /// What a price is for.
    private struct Slot: Hashable {
        var pair: PricePair
        var kind: PriceKind
        var origin: PriceOrigin
    }

    /// Never changed, and joined so that their number stays logarithmic: a copy of the book is cheap, and so is a price
    /// that is added to one of two copies.
    private var runs: [PriceRun] = []
    /// Number of entries of both origins.
    package private(set) var count = 0
    /// So many runs of one size class become one of the next.
    private static let fanIn = 4

    /// A book with no other prices than these; their origin decides where they count.
    package init(_ entries: [PriceEntry] = []) { take(entries) }

    /// Whether the book has no room for another price.
    package var isFull: Bool { count >= Limits.pricesMax }

    /// - Complexity: O(log prices) amortised for each, and the sorting of their own.
    private mutating func take(_ entries: [PriceEntry]) {
        guard !entries.isEmpty else { return }
        count += entries.count
        runs.append(PriceRun(entries))
        while runs.count >= Self.fanIn {
            let newest = runs.suffix(Self.fanIn)
            let sizeClass = Self.sizeClass(newest.last?.count ?? 0)
            guard newest.allSatisfy({ Self.sizeClass($0.count) <= sizeClass }) else { return }
            let joined = PriceRun(joining: Array(newest))
            runs.removeLast(Self.fanIn)
            runs.append(joined)
        }
    }

    private static func sizeClass(_ count: Int) -> Int { (Int.bitWidth - count.leadingZeroBitCount + 1) / 2 }

    /// Takes a price over, in position order, and says which calls it may book that waited for a price.
    /// - Precondition: not full.
    @discardableResult
    package mutating func add(_ entry: PriceEntry) -> PriceChange {
        precondition(!isFull)
        let change = PriceChange(entry, earliest: earliest(PricePair(entry), PriceKind(entry), entry.origin))
        take([entry])
        return change
    }

    /// The same of several, in that order.
    /// - Precondition: there is room for all of them.
    /// - Complexity: O(entries · log entries + log prices).
    package mutating func add(_ entries: [PriceEntry]) -> [PriceChange] {
        precondition(entries.count <= Limits.pricesMax - count)
        let changes = self.changes(with: entries)
        take(entries)
        return changes
    }

    /// What ``add(_:)`` would say of several prices; none is taken over.
    /// - Complexity: O(entries · log prices).
    package func changes(with entries: [PriceEntry]) -> [PriceChange] {
        var known: [Slot: Int64] = [:]
        return entries.map { entry in
            let slot = Slot(pair: PricePair(entry), kind: PriceKind(entry), origin: entry.origin)
            let before = known[slot] ?? earliest(slot.pair, slot.kind, slot.origin)
            known[slot] = min(before ?? .max, entry.validFrom)
            return PriceChange(entry, earliest: before)
        }
    }

    /// The least `valid_from` of the prices of one origin for a class and tier.
    private func earliest(_ pair: PricePair, _ kind: PriceKind, _ origin: PriceOrigin) -> Int64? {
        runs.lazy.compactMap { $0.table(pair, origin)?.earliest(of: kind) }.min()
    }

    /// The prices that may count for a call, in the order in which the rule above asks them.
    /// - Complexity: O(log prices).
    package func candidates(provider: String, requestModel: String?, responseModel: String?) -> PriceCandidates {
        let pairs = PricePair.ofCall(provider: provider, requestModel: requestModel, responseModel: responseModel)
        var candidates = PriceCandidates()
        for origin in [PriceOrigin.set, .builtIn] {
            for pair in pairs { candidates.add(runs.compactMap { $0.table(pair, origin) }, origin) }
        }
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
    package var listNumber: Int64 { runs.reduce(0) { max($0, $1.listNumber) } }

    /// What a newer list has that the built-in prices of this book lack: the same but for their positions is the same
    /// price. Prices that the list no longer has go on to hold, as the book said they would.
    /// - Returns: in the list's order, as those of the next list, which comes behind the event of `position`.
    /// - Complexity: O(list · built-in prices of one model).
    package func additions(from list: [PriceEntry], at position: Int64) -> [PriceEntry] {
        let next = listNumber + 1
        return list.compactMap { entry in
            let pair = PricePair(entry)
            // In canonical order, so that the last one is that of the last list.
            let listed = runs.compactMap { $0.table(pair, .builtIn) }.flatMap(\.entries).sorted()
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
        var entries: [PriceEntry] = []
        entries.reserveCapacity(count)
        forEachModel { entries += $0 }
        return entries
    }

    /// Hands out all entries in canonical order, those of one provider and model at a time: tables have theirs in that
    /// order, so that names are compared once for each table and not for each price.
    func forEachModel(_ body: ([PriceEntry]) throws -> Void) rethrows {
        var rest = runs.flatMap(\.tablesByPair).sorted { $0.pair < $1.pair }[...]
        while let first = rest.first {
            let ofModel = rest.prefix { $0.pair == first.pair }
            rest = rest.dropFirst(ofModel.count)
            // Sorting what ascends in stretches joins them.
            try body(ofModel.count == 1 ? first.table.entries : ofModel.flatMap(\.table.entries).sorted())
        }
    }

    /// Whether an entry still counts for calls of a time: a built-in one until the first price that is set for its
    /// model, or for all of the provider, holds.
    package func isInForce(_ entry: PriceEntry, at time: Int64) -> Bool {
        guard entry.origin == .builtIn else { return true }
        let candidates = candidates(provider: entry.provider, requestModel: entry.model, responseModel: nil)
        return candidates.decidingOrigin(isGPU: entry.tokenClass == .gpu, at: time) != .set
    }
}

/// What a newly set price may change: nothing that is booked, except classes that had no price.
package struct PriceChange: Hashable, Sendable {
    /// The price that was set.
    package var entry: PriceEntry
    /// Times of calls of the price's tier whose class had no set price before and has one now; nil: the price books
    /// nothing that waited.
    package var waitingTimes: ClosedRange<Int64>?

    /// - Parameter earliest: from when on prices for the same hold that came before; nil where there are none.
    init(_ entry: PriceEntry, earliest: Int64?) {
        self.entry = entry
        if let earliest {
            waitingTimes = entry.validFrom < earliest ? entry.validFrom...(earliest - 1) : nil
        } else {
            waitingTimes = entry.validFrom...Int64.max
        }
    }

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
