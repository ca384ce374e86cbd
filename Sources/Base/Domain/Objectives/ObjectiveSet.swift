import Bytes

/// What is promised, and when somebody is woken: the lines of the service level table, the time within which questions
/// must be answered, and over how many days error budgets run.
///
/// The set in force is a record of the log (``ObjectiveVersion``); reports, counters, rules and dashboards follow from
/// it.
package struct ObjectiveSet: Hashable, Sendable {
    /// Lines beyond it would make reports and rules nobody reads.
    package static let objectivesMax = 24
    /// Days over which error budgets may run.
    package static let budgetDaysRange = 1...366

    /// In the order of reports; no measure twice.
    package var objectives: [Objective]
    /// Within which time a question must be answered ok.
    package var answerLimits: AnswerLimits
    /// Days over which error budgets run.
    package var budgetDays: Int

    /// Takes each part as given.
    package init(objectives: [Objective], answerLimits: AnswerLimits, budgetDays: Int) {
        (self.objectives, self.answerLimits, self.budgetDays) = (objectives, answerLimits, budgetDays)
    }

    /// The objective that is about something; nil for none.
    package func objective(_ measure: ObjectiveMeasure) -> Objective? { objectives.first { $0.measure == measure } }

    /// How an objective is measured, in one sentence with the set's own numbers.
    package func definition(_ measure: ObjectiveMeasure) -> String {
        switch measure {
        case .availability: "Good questions ÷ (good + failed): answered ok within \(answerLimits.text) or not."
        case .answerDuration(let percentile): "\(percentile.words) of duration_ns of answers."
        case .firstToken(let percentile): "\(percentile.words) of time_to_first_token_ns of answers."
        case .errorRate: "Answers with status error ÷ answers."
        case .costPerAnswer: "Booked cost of model and embedding calls ÷ answers."
        case .satisfaction: "Conversations whose last rating is 4 or 5 ÷ conversations with a rating."
        }
    }

    /// Percentiles of the time to the whole answer, ascending.
    package var answerPercentiles: [Percentile] {
        objectives.compactMap { if case .answerDuration(let percentile) = $0.measure { percentile } else { nil } }
            .sorted()
    }

    /// Percentiles of the time to the first token, ascending.
    package var firstTokenPercentiles: [Percentile] {
        objectives.compactMap { if case .firstToken(let percentile) = $0.measure { percentile } else { nil } }.sorted()
    }

    /// Durations that rules compare with, ascending: histograms have a bucket that ends at each, so that the share
    /// within them is exact.
    var durationBounds: [Int64] {
        var bounds: Set<Int64> = []
        for objective in objectives {
            for case .duration(let nanoseconds)? in [objective.target, objective.alertLimit] {
                bounds.insert(nanoseconds)
            }
        }
        return bounds.sorted()
    }

    /// Upper bounds of the classic buckets of histograms of durations: those of the catalogue and ``durationBounds``,
    /// ascending.
    package var bucketBounds: [Int64] { Set(MetricCatalogue.bucketBoundsNanoseconds + durationBounds).sorted() }
}

extension ObjectiveSet {
    private static let cent: Int64 = 10_000_000_000

    /// Version 1 of every store: in force where the log says nothing. It never changes; other defaults would be a
    /// record of new stores.
    package static let builtIn = ObjectiveSet(
        objectives: [
            share(.availability, target: 999_000, alert: 995_000),
            duration(.answerDuration(.p50), target: 2, alert: 3), duration(.answerDuration(.p95), target: 5, alert: 8),
            share(.errorRate, target: 10_000, alert: 20_000),
            Objective(
                .costPerAnswer, target: .costPerAnswer(picoUSD: 2 * cent), alertLimit: .costPerAnswer(picoUSD: 5 * cent)
            ),
            share(.satisfaction, target: 850_000, alert: 800_000), duration(.firstToken(.p50), target: 2, alert: nil),
        ], answerLimits: AnswerLimits(nanoseconds: 30 * Nanoseconds.second), budgetDays: 30)

    private static func share(_ measure: ObjectiveMeasure, target: Int64, alert: Int64) -> Objective {
        Objective(measure, target: .share(partsPerMillion: target), alertLimit: .share(partsPerMillion: alert))
    }

    private static func duration(_ measure: ObjectiveMeasure, target: Int64, alert: Int64?) -> Objective {
        Objective(
            measure, target: .duration(nanoseconds: target * Nanoseconds.second),
            alertLimit: alert.map { .duration(nanoseconds: $0 * Nanoseconds.second) })
    }
}

extension Percentile {
    /// The median.
    package static let p50 = Percentile(known: 500)
    /// Nineteen of twenty are within it.
    package static let p95 = Percentile(known: 950)

    private init(known permille: Int) { self.permille = permille }
}

extension ObjectiveSet {
    /// Adds a line where its kind stands: percentiles of one thing ascending beside each other, what is new otherwise
    /// last.
    /// - Precondition: there is none about the same.
    package mutating func add(_ objective: Objective) {
        precondition(self.objective(objective.measure) == nil, "each objective once")
        let place = objectives.firstIndex { objective.measure.comesBefore($0.measure) }
        let behind = objectives.lastIndex { $0.measure.comesBefore(objective.measure) }
        objectives.insert(objective, at: place ?? behind.map { $0 + 1 } ?? objectives.count)
    }
}

extension ObjectiveMeasure {
    /// Of two percentiles of one thing the lower one.
    fileprivate func comesBefore(_ other: ObjectiveMeasure) -> Bool {
        switch (self, other) {
        case (.answerDuration(let left), .answerDuration(let right)), (.firstToken(let left), .firstToken(let right)):
            left < right
        default: false
        }
    }
}
