/// The prices that may count for a call, by the names it gives: lists in the order in which they are asked.
package struct PriceCandidates: Hashable, Sendable {
    /// Each of one provider and model and of one origin; none is empty.
    package var lists: [[PriceEntry]] = []
    /// No price at all.
    package init() {}

    /// Whether there is no price.
    package var isEmpty: Bool { lists.isEmpty }

    /// The longest prompt for which the built-in prices of tokens hold that count for calls of a time, or would if none
    /// were set; nil: any. Of several lists the one in force says it, be it that there is no bound any more: each has
    /// the prices that changed, and a bound that changes does so with all prices of its model.
    /// - Parameter known: prices that had come by then.
    package func inputTokensMax(at time: Int64, known: PriceHorizon) -> Int64? {
        let builtIn = lists.drop { $0[0].origin == .set }
        let holding = Self.deciding(builtIn, isGPU: false, at: time, known: known)
            .filter { $0.holds(isGPU: false, at: time, known: known) }
        guard let newest = holding.map(\.standing).max(by: { $0 < $1 }) else { return nil }
        return holding.lazy.filter { $0.standing == newest }.compactMap(\.inputTokensMax).min()
    }

    /// The list that decides alone for calls of a time: the first with a price that holds by then; of GPU time, or of
    /// tokens.
    /// - Parameter known: prices that had come by then.
    package func deciding(isGPU: Bool, at time: Int64, known: PriceHorizon) -> [PriceEntry] {
        Self.deciding(lists[...], isGPU: isGPU, at: time, known: known)
    }

    private static func deciding(
        _ lists: ArraySlice<[PriceEntry]>, isGPU: Bool, at time: Int64, known: PriceHorizon
    ) -> [PriceEntry] {
        lists.first { $0.contains { $0.holds(isGPU: isGPU, at: time, known: known) } } ?? []
    }
}

extension PriceEntry {
    /// Whether the price is one of GPU time, or of tokens, and holds for calls of a time.
    /// - Parameter known: prices that had come by then.
    func holds(isGPU: Bool, at time: Int64, known: PriceHorizon) -> Bool {
        (tokenClass == .gpu) == isGPU && validFrom <= time && known.includes(self)
    }

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
