/// The prices that may count for a call, by the names it gives: lists in the order in which they are asked.
package struct PriceCandidates: Hashable, Sendable {
    /// Each of one provider and model and of one origin; none is empty.
    package var lists: [[PriceEntry]] = []
    /// No price at all.
    package init() {}

    /// Whether there is no price.
    package var isEmpty: Bool { lists.isEmpty }

    /// The longest prompt for which the built-in list has prices, where it has such a bound; nil: any.
    /// - Parameter known: prices that had come by then.
    package func inputTokensMax(known: PriceHorizon) -> Int64? {
        lists.first { $0[0].origin == .builtIn }?.lazy.filter(known.includes).compactMap(\.inputTokensMax).first
    }

    /// The list that decides alone for calls of a time: the first with a price that holds by then; of GPU time, or of
    /// tokens.
    /// - Parameter known: prices that had come by then.
    package func deciding(isGPU: Bool, at time: Int64, known: PriceHorizon) -> [PriceEntry] {
        lists.first { list in
            list.contains { ($0.tokenClass == .gpu) == isGPU && $0.validFrom <= time && known.includes($0) }
        } ?? []
    }
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
