package import Domain
package import EventStores

/// Prices for people.
package enum PriceText {
    /// A line for each finding; empty when there is none.
    package static func findings(_ book: PriceBook) -> String {
        book.findings().map { "\($0.provider) \($0.model): \($0.kind.rawValue): \($0.explanation)\n" }.joined()
    }

    /// What a correction did, in one line.
    package static func summary(of rebooking: Rebooking) -> String {
        let change = DecimalText.renderUSD(Int128(rebooking.correctionPicoUSD), minimumDecimals: 2)
        return "\(rebooking.calls) calls up to position \(rebooking.lastPosition) cost something else now, \(change) USD all together\n"
    }
}
