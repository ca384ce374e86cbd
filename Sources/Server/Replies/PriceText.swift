package import Domain

/// The price book for people.
package enum PriceText {
    /// A line for each finding; empty when there is none.
    package static func findings(_ book: PriceBook) -> String {
        book.findings().map { "\($0.provider) \($0.model): \($0.kind.rawValue): \($0.explanation)\n" }.joined()
    }
}
