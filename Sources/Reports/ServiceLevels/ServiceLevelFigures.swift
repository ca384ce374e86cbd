import Domain

/// Everything the service level table is computed from, for one group.
struct ServiceLevelFigures {
    var good: Int64 = 0
    var failed: Int64 = 0
    var pending: Int64 = 0
    var answers: Int64 = 0
    var errors: Int64 = 0
    var timedAnswers: Int64 = 0
    var firstTokens: Int64 = 0
    /// Nanoseconds, of what was measured.
    var percentiles: [ObjectiveMeasure: Int64] = [:]
    var cost = CostFigures()
    var ratings: Int64 = 0
    var satisfied: Int64 = 0
    /// The same of certain channels, for objectives that are about these only.
    var limited: [[[UInt8]]: ServiceLevelFigures] = [:]

    /// What an objective is about.
    private func concerned(_ objective: Objective) -> ServiceLevelFigures {
        objective.channels.isEmpty ? self : limited[objective.channels, default: ServiceLevelFigures()]
    }

    /// What was measured for an objective; nil for nothing.
    func actual(_ objective: Objective) -> ObjectiveActual? { concerned(objective).actualOfAll(objective) }

    private func actualOfAll(_ objective: Objective) -> ObjectiveActual? {
        switch objective.measure {
        case .availability: .share(part: good, whole: good + failed)
        case .answerDuration: percentiles[objective.measure].map { .duration(nanoseconds: $0, count: timedAnswers) }
        case .firstToken: percentiles[objective.measure].map { .duration(nanoseconds: $0, count: firstTokens) }
        case .errorRate: .share(part: errors, whole: answers)
        case .costPerAnswer: .costPerAnswer(picoUSD: cost.booked, answers: answers)
        case .satisfaction: .share(part: satisfied, whole: ratings)
        }
    }

    /// The same as a figure. A cost is none where no call was told, and unknown where ``CostFigures/known`` is.
    func shown(_ objective: Objective) -> ReportValue {
        guard objective.measure == .costPerAnswer else { return ReportValue(actual(objective)) }
        return cost.each(cost.known, per: Int128(answers))
    }

    /// How an objective stands. A cost stands firm where both ends of its range stand the same, whatever is unknown
    /// between them.
    func state(_ objective: Objective) -> ObjectiveState {
        guard objective.measure == .costPerAnswer else { return objective.state(actual(objective)) }
        guard cost.calls > 0 else { return .noData }
        return objective.state(
            low: .costPerAnswer(picoUSD: cost.low, answers: answers),
            high: cost.high.map { .costPerAnswer(picoUSD: $0, answers: answers) })
    }

    /// How many things the figure rests on.
    func samples(_ objective: Objective) -> Int64 {
        let figures = concerned(objective)
        return switch objective.measure {
        case .availability: figures.good + figures.failed
        case .answerDuration: figures.timedAnswers
        case .firstToken: figures.firstTokens
        case .satisfaction: figures.ratings
        case .errorRate, .costPerAnswer: figures.answers
        }
    }

    /// The share of the error budget that is left, below zero when overspent; none where the objective has no budget or
    /// nothing happened.
    func budgetLeft(_ objective: Objective) -> ReportValue {
        guard objective.measure.hasBudget, case .share(let target) = objective.target else { return .none }
        let figures = concerned(objective)
        let (bad, total, allowed) =
            objective.direction == .below
            ? (figures.errors, figures.answers, target)
            : (figures.failed, figures.good + figures.failed, 1_000_000 - target)
        let budget = Int128(total) * Int128(allowed)
        return .ratio(budget - Int128(bad) * 1_000_000, of: budget)
    }
}

extension ReportValue {
    /// A measurement as a figure of a report.
    init(_ actual: ObjectiveActual?) {
        switch actual {
        case .share(let part, let whole): self = .ratio(part, of: whole)
        case .duration(let nanoseconds, _): self = .seconds(nanoseconds)
        case .costPerAnswer(let picoUSD, let answers): self = .cost(picoUSD, per: Int128(answers))
        case nil: self = .none
        }
    }

    /// A bound as a figure of a report.
    init(_ bound: ObjectiveBound?) {
        switch bound {
        case .share(let partsPerMillion): self = .share(part: Int128(partsPerMillion), whole: 1_000_000)
        case .duration(let nanoseconds): self = .seconds(nanoseconds)
        case .costPerAnswer(let picoUSD): self = .usd(Int128(picoUSD))
        case nil: self = .none
        }
    }
}
