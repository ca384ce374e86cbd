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
    /// - Parameter position: prices that were set there or behind are not known yet.
    package func deciding(isGPU: Bool, at time: Int64, before position: Int64) -> [PriceEntry] {
        lists.first { list in
            list.contains {
                ($0.tokenClass == .gpu) == isGPU && $0.validFrom <= time && ($0.origin == .builtIn || $0.position < position)
            }
        } ?? []
    }
}
