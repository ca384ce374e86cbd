/// The prices that may count for a call, by the names it gives: lists in the order in which they are asked.
package struct PriceCandidates: Sendable {
    /// Each of one provider and model and of one origin; none is empty.
    private(set) var sources: [PriceSource] = []
    /// No price at all.
    package init() {}

    mutating func add(_ tables: [PriceTable], _ origin: PriceOrigin) {
        if !tables.isEmpty { sources.append(PriceSource(origin: origin, tables: tables)) }
    }

    /// All prices, list by list, in canonical order each.
    /// - Complexity: O(prices · log prices).
    package var lists: [[PriceEntry]] { sources.map(\.entries) }

    /// Positions before which the same prices had come as before this one.
    /// - Complexity: O(log² prices).
    package func positions(around position: Int64) -> ClosedRange<Int64> {
        var (first, last) = (Int64.min, Int64.max)
        for table in sources.lazy.flatMap(\.tables) {
            let (before, next) = table.positions(around: position)
            if let before { first = max(first, before + 1) }
            if let next { last = min(last, next) }
        }
        return first...last
    }

    /// The longest prompt for which the built-in prices of tokens hold that count for calls of a time, or would if none
    /// were set; nil: any. Of several lists the one in force says it, be it that there is no bound any more: each has
    /// the prices that changed, and a bound that changes does so with all prices of its model.
    /// - Parameters:
    ///   - known: prices that had come by then.
    ///   - steps: grows by the prices that are looked at.
    func inputTokensMax(at time: Int64, known: PriceHorizon, steps: inout Int) -> Int64? {
        for source in sources where source.origin == .builtIn {
            if let newest = source.newest(at: time, known: known, steps: &steps) { return newest.longest }
        }
        return nil
    }

    /// The list that decides alone for calls of a time: the first with a price that holds by then; of GPU time, or of
    /// tokens.
    /// - Parameter known: prices that had come by then.
    func deciding(isGPU: Bool, at time: Int64, known: PriceHorizon, steps: inout Int) -> PriceSource? {
        for source in sources where source.decides(isGPU: isGPU, at: time, known: known, steps: &steps) {
            return source
        }
        return nil
    }

    /// The prices of the list that decides.
    /// - Complexity: O(prices of the list).
    package func deciding(isGPU: Bool, at time: Int64, known: PriceHorizon) -> [PriceEntry] {
        var steps = 0
        return deciding(isGPU: isGPU, at: time, known: known, steps: &steps)?.entries ?? []
    }

    /// The price of a class that a ``PriceQuote`` takes for calls of a time; nil where it takes none.
    /// - Parameter serviceTier: normalised.
    package func inForce(
        _ tokenClass: TokenClass, serviceTier: String, at time: Int64, known: PriceHorizon = .all
    ) -> PriceEntry? {
        var steps = 0
        let source = deciding(isGPU: tokenClass == .gpu, at: time, known: known, steps: &steps)
        return source?.inForce(
            PriceKind(tokenClass, serviceTier: serviceTier), at: time, known: known, steps: &steps)
    }

    /// Who put the list that decides into the book; nil where none does.
    func decidingOrigin(isGPU: Bool, at time: Int64) -> PriceOrigin? {
        var steps = 0
        return deciding(isGPU: isGPU, at: time, known: .all, steps: &steps)?.origin
    }
}

/// The prices of one provider, model and origin, in tables none of which is asked before another.
struct PriceSource: Sendable {
    let origin: PriceOrigin
    let tables: [PriceTable]

    /// In canonical order.
    var entries: [PriceEntry] { tables.count == 1 ? tables[0].entries : tables.flatMap(\.entries).sorted() }

    func decides(isGPU: Bool, at time: Int64, known: PriceHorizon, steps: inout Int) -> Bool {
        for table in tables where table.decides(isGPU: isGPU, at: time, known: known, steps: &steps) { return true }
        return false
    }

    /// The price of a kind that is in force for calls of a time: the last in canonical order.
    func inForce(_ kind: PriceKind, at time: Int64, known: PriceHorizon, steps: inout Int) -> PriceEntry? {
        var best: PriceEntry?
        for table in tables {
            guard let found = table.inForce(kind, at: time, known: known, steps: &steps) else { continue }
            if let other = best, found < other { continue }
            best = found
        }
        return best
    }

    /// The newest price of tokens that holds for calls of a time, and the longest prompt that those of its standing
    /// name.
    func newest(at time: Int64, known: PriceHorizon, steps: inout Int) -> (price: PriceEntry, longest: Int64?)? {
        var newest: (price: PriceEntry, longest: Int64?)?
        for table in tables {
            guard let found = table.newest(at: time, known: known, steps: &steps) else { continue }
            guard let other = newest, found.price.standing <= other.price.standing else {
                newest = found
                continue
            }
            guard found.price.standing == other.price.standing else { continue }
            newest?.longest = [found.longest, other.longest].compactMap { $0 }.min()
        }
        return newest
    }
}

extension PriceEntry {
    /// Of prices for the same that hold, the one of the greatest standing is in force.
    var standing: (Int64, Int64, Int64) { (validFrom, position, list) }
}

/// Which prices had come when a cost was decided.
package struct PriceHorizon: Hashable, Sendable {
    /// Prices of smaller positions had.
    package var position: Int64
    /// Of built-in prices those of lists up to this number had, whatever ``position`` says; nil: by position. A list
    /// that comes with a start of a newer version has no event of its own: by position alone it would have come before
    /// what was decided behind the same event.
    package var list: Int64?

    /// All there are.
    package static let all = PriceHorizon(before: .max)

    /// Takes each part as given.
    package init(before position: Int64, list: Int64? = nil) { (self.position, self.list) = (position, list) }

    /// Whether the price had come.
    package func includes(_ entry: PriceEntry) -> Bool {
        if let list, entry.origin == .builtIn { return entry.list <= list }
        return entry.position < position
    }
}
