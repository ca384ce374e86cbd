import JSONTexts

/// Bounds as people and rule files read them, from integers.
package enum ObjectiveText {
    /// `30 s`, `0.5 s`.
    package static func seconds(_ nanoseconds: Int64) -> String { "\(secondsNumber(nanoseconds)) s" }

    /// `30`, `0.5`.
    package static func secondsNumber(_ nanoseconds: Int64) -> String {
        DecimalText.render(Int128(nanoseconds), scale: 9)
    }

    /// `99.9 %`.
    package static func percent(_ partsPerMillion: Int64) -> String { "\(percentNumber(partsPerMillion)) %" }

    /// `99.9`.
    static func percentNumber(_ partsPerMillion: Int64) -> String {
        DecimalText.render(Int128(partsPerMillion), scale: 4)
    }

    /// `0.999`.
    package static func share(_ partsPerMillion: Int64) -> String {
        DecimalText.render(Int128(partsPerMillion), scale: 6)
    }

    /// `0.02`.
    package static func usd(_ picoUSD: Int64) -> String { DecimalText.render(Int128(picoUSD), scale: 12) }
}

extension ObjectiveBound {
    /// `99.9 %`, `2 s`, `$0.02`.
    package var text: String {
        switch self {
        case .share(let partsPerMillion): ObjectiveText.percent(partsPerMillion)
        case .duration(let nanoseconds): ObjectiveText.seconds(nanoseconds)
        case .costPerAnswer(let picoUSD): "$" + ObjectiveText.usd(picoUSD)
        }
    }

    /// In base units, as expressions of Prometheus have it: `0.999`, `2`, `0.02`.
    package var number: String {
        switch self {
        case .share(let partsPerMillion): ObjectiveText.share(partsPerMillion)
        case .duration(let nanoseconds): ObjectiveText.secondsNumber(nanoseconds)
        case .costPerAnswer(let picoUSD): ObjectiveText.usd(picoUSD)
        }
    }

    /// Parts per million, nanoseconds or pico-USD.
    package var units: Int64 {
        switch self {
        case .share(let units), .duration(let units), .costPerAnswer(let units): units
        }
    }
}
