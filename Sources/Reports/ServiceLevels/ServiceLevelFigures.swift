import Domain

/// Everything the service level table is computed from, for one group.
struct ServiceLevelFigures {
    var good: Int64 = 0
    var failed: Int64 = 0
    var pending: Int64 = 0
    var answers: Int64 = 0
    var errors: Int64 = 0
    var timedAnswers: Int64 = 0
    var durationP50: Int64?
    var durationP95: Int64?
    var firstTokens: Int64 = 0
    var firstTokenP50: Int64?
    var cost = CostFigures()
    var ratings: Int64 = 0
    var satisfied: Int64 = 0

    /// What was measured for an objective; nil for nothing.
    func actual(_ objective: Objective) -> ObjectiveActual? {
        switch objective.name {
        case "availability": .share(part: good, whole: good + failed)
        case "answer_p50": durationP50.map { .duration(nanoseconds: $0, count: timedAnswers) }
        case "answer_p95": durationP95.map { .duration(nanoseconds: $0, count: timedAnswers) }
        case "error_rate": .share(part: errors, whole: answers)
        case "cost_per_answer": .costPerAnswer(picoUSD: cost.booked, answers: answers)
        case "satisfaction": .share(part: satisfied, whole: ratings)
        case "first_token_p50": firstTokenP50.map { .duration(nanoseconds: $0, count: firstTokens) }
        default: nil
        }
    }

    /// The same as a figure. A cost is none where no call was told, and unknown where none has a price.
    func shown(_ objective: Objective) -> ReportValue {
        guard objective.name == "cost_per_answer" else { return ReportValue(actual(objective)) }
        return cost.each(cost.known, per: Int128(answers))
    }

    /// How an objective stands. A cost stands firm where both ends of its range stand the same, whatever is unknown between them.
    func state(_ objective: Objective) -> ObjectiveState {
        guard objective.name == "cost_per_answer" else { return objective.state(actual(objective)) }
        guard cost.calls > 0 else { return .noData }
        let best = objective.state(.costPerAnswer(picoUSD: cost.low, answers: answers))
        // Beyond the limit at the least: what is unknown cannot lower it.
        guard let high = cost.high else { return best == .met ? .atRisk : best }
        return objective.state(.costPerAnswer(picoUSD: high, answers: answers)) == best ? best : .atRisk
    }

    /// How many things the figure rests on.
    func samples(_ objective: Objective) -> Int64 {
        switch objective.name {
        case "availability": good + failed
        case "answer_p50", "answer_p95": timedAnswers
        case "satisfaction": ratings
        case "first_token_p50": firstTokens
        default: answers
        }
    }

    /// The share of the error budget that is left, below zero when overspent; none where the objective has no budget or nothing happened.
    func budgetLeft(_ objective: Objective) -> ReportValue {
        guard objective.budgetDays != nil, case .share(let target) = objective.target else { return .none }
        let (bad, total, allowed) =
            objective.direction == .below ? (errors, answers, target) : (failed, good + failed, 1_000_000 - target)
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
