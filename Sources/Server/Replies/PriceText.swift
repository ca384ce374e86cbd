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
        guard rebooking.calls > 0 else {
            let model = rebooking.model.map { " \($0)" } ?? ""
            return "no call of \(rebooking.provider)\(model) in that time costs anything else at the prices in force; "
                + "nothing was recorded\n"
        }
        let change = DecimalText.renderUSD(Int128(rebooking.correctionPicoUSD), minimumDecimals: 2)
        let calls = rebooking.calls == 1 ? "1 call" : "\(rebooking.calls) calls"
        let verb = rebooking.calls == 1 ? "costs" : "cost"
        return "\(calls) up to position \(rebooking.lastPosition) \(verb) something else now, \(change) USD all together\n"
    }
}
