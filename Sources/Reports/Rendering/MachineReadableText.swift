import Domain
import JSONTexts

/// Figures as other programs read them: exact decimals in base units; shares to six significant digits, money quotients
/// exact where they end within twelve decimals and rounded there where they don't.
enum MachineReadableText {
    static let picoPerUSD: Int128 = 1_000_000_000_000

    /// nil for what has no value.
    static func text(_ value: ReportValue) -> String? {
        switch value {
        case .none, .unknown: nil
        case .text(let text): text
        case .count(let count): String(count)
        case .usd(let picoUSD): DecimalText.renderUSD(picoUSD)
        case .seconds(let nanoseconds): DecimalText.render(Int128(nanoseconds), scale: 9)
        case .share(let part, let whole): QuotientText.significant(part, whole)
        case .usdPer(let picoUSD, let count):
            QuotientText.trimmed(picoUSD, count * picoPerUSD, decimals: DecimalText.usdScale)
        case .estimate(let share): estimate(share)
        case .time(let time): RFC3339.render(time)
        case .state(let state), .budgetState(let state): state.rawValue
        case .judged(let value, _): text(value)
        }
    }

    /// A share in 0...1 with six decimals.
    private static func estimate(_ share: Double) -> String {
        QuotientText.significant(Int128((share * 1e6).rounded()), 1_000_000)
    }
}
