/// The prices that may count for a call, by the names it gives: lists in the order in which they are asked.
package struct PriceCandidates: Hashable, Sendable {
    /// Each of one provider and model and of one origin; none is empty.
    package var lists: [[PriceEntry]] = []
    /// The longest prompt for which the built-in list has prices, where it has such a bound; nil: any.
    package var inputTokensMax: Int64?

    /// No price at all.
    package init() {}

    /// Whether there is no price.
    package var isEmpty: Bool { lists.isEmpty }

    /// The list that decides alone for calls of a time: the first with a price that holds by then; of GPU time, or of tokens.
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
    /// Of built-in prices those up to this position had, whatever ``position`` says; nil: by position. A list that comes with a start of a
    /// newer version has no event of its own: by position alone it would have come before what was decided behind the same event.
    package var listPosition: Int64?

    /// All there are.
    package static let all = PriceHorizon(before: .max)

    /// Takes each part as given.
    package init(before position: Int64, listPosition: Int64? = nil) { (self.position, self.listPosition) = (position, listPosition) }

    /// Whether the price had come.
    package func includes(_ entry: PriceEntry) -> Bool {
        if let listPosition, entry.origin == .builtIn { return entry.position <= listPosition }
        return entry.position < position
    }
}
