import Domain
import JSONTexts

/// Which alerts the lines of a set have. The others don't depend on it.
struct AlertNames {
    private var present: Set<String> = []
    private static let dependent = [
        "SupportAvailability", "SupportAnswerP", "SupportFirstTokenP", "SupportErrorRate", "SupportCostPerAnswer",
        "SupportSatisfaction",
    ]

    init() {}

    init(_ set: ObjectiveSet) {
        present = Set(set.objectives.flatMap { Self.names($0, budgetDays: set.budgetDays) })
    }

    /// Whether there is such an alert; true for names that no objective decides about.
    func contains(_ name: String) -> Bool { present.contains(name) || !Self.dependent.contains { name.hasPrefix($0) } }

    /// The alerts of a line, the one at its limit first; none where none was asked for.
    static func names(_ objective: Objective, budgetDays: Int) -> [String] {
        if objective.isSilent { return [] }
        switch objective.measure {
        case .availability:
            let burn = BurnRates(objective, budgetDays: budgetDays)
            return ["SupportAvailabilityLow"] + (burn.isFastAsked ? ["SupportAvailabilityBurnFast"] : [])
                + (burn.isSlowAsked ? ["SupportAvailabilityBurnSlow"] : [])
        case .answerDuration(let percentile): return ["SupportAnswer\(percentile.camel)High"]
        case .firstToken(let percentile): return ["SupportFirstToken\(percentile.camel)High"]
        case .errorRate: return ["SupportErrorRateHigh"]
        case .costPerAnswer: return ["SupportCostPerAnswerHigh"]
        case .satisfaction: return ["SupportSatisfactionLow"]
        }
    }
}

extension Percentile {
    /// `P95`, `P99_9`: within names of alerts.
    var camel: String { "P" + name.dropFirst() }
}

/// How many times faster than allowed a budget is used where so much of it goes in so long a time: 2 % in an hour, 5 %
/// in six, 10 % in a day or in three (Google's "Site Reliability Workbook", chapter 5, alerting on several windows and
/// burn rates).
struct BurnRates {
    /// One of them.
    struct Rate {
        /// In ten-thousandths.
        var tenThousandths: Int64
        /// Whether an alert asks for it: it is not slower than what the target allows, as a budget of few days makes it
        /// for a long window, and so many can fail: a lax target allows more than there are.
        var isAsked: Bool

        /// `14.4`.
        var number: String { DecimalText.render(Int128(tenThousandths), scale: 4) }
    }

    let hour, sixHours, day, threeDays: Rate

    /// Whether there is an alert of the windows of hours.
    var isFastAsked: Bool { hour.isAsked || sixHours.isAsked }
    /// Whether there is an alert of the windows of days.
    var isSlowAsked: Bool { day.isAsked || threeDays.isAsked }

    /// - Precondition: the target is a share.
    init(_ objective: Objective, budgetDays: Int) {
        let allowed = 1_000_000 - objective.target.units
        func rate(percent: Int64, hours: Int64) -> Rate {
            let rate = percent * 100 * Int64(budgetDays) * 24 / hours
            return Rate(tenThousandths: rate, isAsked: rate >= 10_000 && rate * allowed < 10_000 * 1_000_000)
        }
        hour = rate(percent: 2, hours: 1)
        sixHours = rate(percent: 5, hours: 6)
        day = rate(percent: 10, hours: 24)
        threeDays = rate(percent: 10, hours: 72)
    }
}
