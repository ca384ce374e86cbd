import Bytes

extension ObjectiveSet {
    /// The objectives as shares of good ones over the days of the error budget: what the OpenSLO documents of the set
    /// say. A percentile is a share within its bound, and of a mean cost hours are counted: in nineteen of twenty it is
    /// kept.
    package var serviceLevelObjectives: [ServiceLevelObjective] {
        objectives.map { objective in
            let title =
                switch objective.measure {
                case .availability: "Availability"
                case .satisfaction: "\(objective.measure.title) at least \(objective.target.text)"
                case .errorRate, .costPerAnswer: "\(objective.measure.title) at most \(objective.target.text)"
                case .answerDuration, .firstToken: "\(objective.title) at most \(objective.target.text)"
                }
            let (measure, target) = Self.share(objective)
            let channels = objective.channels.isEmpty ? [] : [LabelCondition(.channel, values: objective.channels)]
            return ServiceLevelObjective(
                name: ExactText(objective.name.replacing("_", with: "-")), title: ExactText(title),
                indicator: ServiceLevelIndicator(measure, labels: channels), target: target,
                window: .rolling(Int64(budgetDays) * Nanoseconds.day))
        }
    }

    /// What counts, and the share of good ones in parts per million.
    private static func share(_ objective: Objective) -> (ServiceLevelIndicator.Measure, Int64) {
        let units = objective.target.units
        // What is promised is neither nothing nor all: a set is checked before it comes into force.
        return switch objective.measure {
        case .availability: (.questions, units)
        case .errorRate: (.answers, 1_000_000 - units)
        case .satisfaction: (.ratings(good: [4, 5]), units)
        case .answerDuration(let percentile): (.answerDuration(within: units), Int64(percentile.permille) * 1000)
        case .firstToken(let percentile): (.firstToken(within: units), Int64(percentile.permille) * 1000)
        case .costPerAnswer: (.costPerAnswer(atMost: units, slice: Nanoseconds.hour), 950_000)
        }
    }
}
