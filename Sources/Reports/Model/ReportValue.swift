package import Domain

/// One figure of a report, exact: what a format shows of it is the format's business.
package enum ReportValue: Hashable, Sendable {
    /// There is nothing to measure.
    case none
    /// There is something, but nobody can say how much: a cost without a price.
    case unknown
    case text(String)
    case count(Int128)
    /// Pico-USD.
    case usd(Int128)
    /// Nanoseconds, shown in seconds.
    case seconds(Int64)
    /// Part ÷ whole, both counts; the whole is above zero.
    case share(part: Int128, whole: Int128)
    /// Pico-USD ÷ a count above zero.
    case usdPer(picoUSD: Int128, count: Int128)
    /// A bound of a confidence interval, a share in 0...1.
    case estimate(Double)
    /// ns since 1970 UTC.
    case time(Int64)
    case state(ObjectiveState)
    /// How an error budget stands, which has no alert limit: breached is one that is overspent.
    case budgetState(ObjectiveState)
    /// A figure and how it stands against its objective.
    indirect case judged(ReportValue, ObjectiveState)
}

extension ReportValue {
    static func count(_ value: Int64) -> ReportValue { .count(Int128(value)) }
    /// The share, or none of nothing.
    static func ratio(_ part: Int128, of whole: Int128) -> ReportValue {
        whole > 0 ? .share(part: part, whole: whole) : .none
    }
    /// The share, or none of nothing.
    static func ratio(_ part: Int64, of whole: Int64) -> ReportValue { ratio(Int128(part), of: Int128(whole)) }
    /// The cost of one, or none where there is none to share it.
    static func cost(_ picoUSD: Int128?, per count: Int128) -> ReportValue {
        guard count > 0 else { return .none }
        return picoUSD.map { .usdPer(picoUSD: $0, count: count) } ?? .unknown
    }
    /// An amount, unknown where nil.
    static func amount(_ picoUSD: Int128?) -> ReportValue { picoUSD.map { .usd($0) } ?? .unknown }
    /// An amount, none where nobody told one.
    static func amountOrNone(_ picoUSD: Int128?) -> ReportValue { picoUSD.map { .usd($0) } ?? .none }
    /// A text, none where nil.
    static func optional(_ text: String?) -> ReportValue { text.map { .text($0) } ?? .none }
}
