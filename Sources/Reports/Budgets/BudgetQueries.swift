import Bytes
import Domain
import JSONTexts

/// What counts and what of it is bad, asked of events: never of a sketch.
struct BudgetQueries {
    let runner: ReportRunner
    let indicator: ServiceLevelIndicator
    let limits: AnswerLimitText

    init(runner: ReportRunner, indicator: ServiceLevelIndicator, limits: AnswerLimits) {
        (self.runner, self.indicator) = (runner, indicator)
        self.limits = AnswerLimitText(limits, now: runner.now)
    }

    /// How many of a span.
    struct Counts: Hashable {
        var total: Int64 = 0
        var bad: Int64 = 0
        /// Others that may be bad, as far as anybody knows: time in which calls lack a price.
        var inDoubt: Int64 = 0
    }

    /// What is counted of an objective, and in which window.
    typealias Asked = (queries: BudgetQueries, window: ReportPeriod)

    /// Where rows of an indicator are, and which of them.
    private struct Source {
        var table: String
        /// What holds of all of them, without the time.
        var condition: String
        /// The column that has a value where a row counts; nil: all count.
        var column: String?
        /// What of it is bad; not of rows without that value.
        var bad: String
        /// By which time it counts.
        var time: String
        /// What the time itself has to be within.
        var within: (ReportPeriod) -> String

        /// How many count, as rollups know it.
        var count: String { column.map { "count(\($0))" } ?? "count(*)" }
        /// What counts, without the time.
        var isCounted: String { column.map { "\(condition) and \($0) is not null" } ?? condition }
    }

    private var source: Source { source(ofTurns: false) }

    /// - Parameter ofTurns: whether answers are the turns that have one: which model answered is known of turns only.
    private func source(ofTurns: Bool) -> Source {
        let answer = QuestionRule.answer
        func answers(_ bad: String, of column: String? = nil) -> Source {
            let rows = ofTurns ? ("turns", "status is not null") : (answer.table, answer.sqlCondition)
            return Source(table: rows.0, condition: rows.1, column: column, bad: bad, time: "time") {
                $0.contains("time")
            }
        }
        switch indicator.measure {
        case .questions:
            let isFailed = "(not coalesce(\(limits.isGood), false) and (\(limits.isOver) or \(limits.isLate)))"
            return Source(
                table: "turns", condition: "(coalesce(\(limits.isGood), false) or \(isFailed))", bad: isFailed,
                time: "asked_time") { $0.contains("asked_time") }
        case .answers: return answers("status = 'error'")
        case .answerDuration(let within): return answers("duration_ns > \(within)", of: "duration_ns")
        case .firstToken(let within):
            return answers("time_to_first_token_ns > \(within)", of: "time_to_first_token_ns")
        case .ratings(let good):
            let bad = "score not in (\(good.map(String.init).joined(separator: ", ")))"
            return Source(
                table: "conversations", condition: Ratings.isRated, bad: bad, time: Ratings.time,
                within: Ratings.within)
        case .costPerAnswer: return answers("false")
        }
    }

    /// As rules see it, by counters: a question counts when it is judged. By when it was asked, those that are still
    /// waited for would be missing from the bad ones of a short window, and not from the good ones.
    private var sourceOfSpans: Source {
        guard case .questions = indicator.measure else { return source }
        return Source(
            table: "turns", condition: limits.isJudged, bad: "not coalesce(\(limits.isGood), false)",
            time: limits.judgedTime, within: limits.judged(within:))
    }

    /// The labels as conditions that follow others. What names none has the empty label.
    private var labelConditions: String {
        indicator.labels.map { condition in
            let values = condition.values.map { SQLTexts.text(String(decoding: $0, as: UTF8.self)) }
            return " and coalesce(\(condition.label.rawValue), '') \(condition.isExcluded ? "not " : "")in "
                + "(\(values.joined(separator: ", ")))"
        }.joined()
    }

    private func clause(_ source: Source, _ period: ReportPeriod) -> String {
        "from \(source.table) where \(source.isCounted) and \(source.within(period))\(labelConditions)"
    }

    // MARK: Counting

    /// Those of the whole window, and of spans up to its end, which count as rules do.
    /// - Throws: as `ReportRunner/report(_:_:)`.
    func counts(_ window: ReportPeriod, _ spans: [ReportPeriod]) throws -> (whole: Counts, spans: [Counts]) {
        if case .costPerAnswer(let bound, let slice) = indicator.measure {
            // A span may begin before its window, as in the first hours of a month.
            let from = spans.map(\.from).reduce(window.from, min)
            let slices = try slices(
                ReportPeriod(from: from, to: window.to), since: window.from, bound: bound, length: slice)
            func counts(_ period: ReportPeriod) -> Counts { Self.counts(slices.filter { $0.from >= period.from }) }
            return (counts(window), spans.map(counts))
        }
        let whole = try counts(window)
        guard let longest = spans.map(\.from).min() else { return (whole, []) }
        let counted = sourceOfSpans
        let selection = spans.map { span in
            let isWithin = counted.within(span)
            return "count(*) filter (where \(isWithin)), count(*) filter (where \(isWithin) and \(counted.bad))"
        }
        let of = ReportPeriod(from: longest, to: window.to)
        return (
            whole,
            try self.counts("select \(selection.joined(separator: ", ")) \(clause(counted, of))", spans: spans.count)
        )
    }

    /// Those of a window. Questions are asked for as service levels ask for them; of answers no row is left out that a
    /// rollup cannot tell from the others.
    private func counts(_ window: ReportPeriod) throws -> Counts {
        if case .questions = indicator.measure {
            let by = try ReportGrouping.whole()
            let counts = try QuestionCounts.groups(
                runner, window, limits, by: by, of: GroupedSource(text: "turns", selection: ""), labelConditions)[
                    .all, default: QuestionCounts()]
            return Counts(total: counts.good + counts.failed, bad: counts.failed)
        }
        return try counts([source], window)[0]
    }

    /// Those of some sources, which differ in no more than what of their rows counts and is bad.
    private func counts(_ sources: [Source], _ window: ReportPeriod) throws -> [Counts] {
        let selection = sources.map { "\($0.count), count(*) filter (where \($0.bad))" }.joined(separator: ", ")
        return try counts(
            "select \(selection) from \(sources[0].table) "
                + "where \(sources[0].condition) and \(sources[0].within(window))\(labelConditions)",
            spans: sources.count)
    }

    /// Those of a window for each of some indicators; those of answers that are limited alike are asked for together,
    /// since a question costs more than what it counts.
    /// - Throws: as `ReportRunner/report(_:_:)`.
    static func counts(_ asked: [Asked]) throws -> [Counts] {
        var counts = [Counts?](repeating: nil, count: asked.count)
        for (place, (queries, window)) in asked.enumerated() where counts[place] == nil {
            try queries.runner.check()
            guard queries.countsAnswers else {
                counts[place] = try queries.counts(window, []).whole
                continue
            }
            let alike = asked.indices.filter {
                asked[$0].queries.countsAnswers && asked[$0].window == window
                    && asked[$0].queries.indicator.labels == queries.indicator.labels
            }
            let found = try queries.counts(alike.map { asked[$0].queries.source }, window)
            for (place, own) in zip(alike, found) { counts[place] = own }
        }
        return counts.map { $0 ?? Counts() }
    }

    /// Whether it counts answers, each for itself.
    private var countsAnswers: Bool {
        switch indicator.measure {
        case .answers, .answerDuration, .firstToken: true
        case .questions, .ratings, .costPerAnswer: false
        }
    }

    private func counts(_ sql: String, spans: Int) throws -> [Counts] {
        guard let row = try runner.rows(sql).first else { return [Counts](repeating: Counts(), count: spans) }
        return (0..<spans).map {
            Counts(total: Int64(row.integer(2 * $0)), bad: Int64(row.integer(2 * $0 + 1)))
        }
    }

    /// In how many hours of a window there is any that counts.
    /// - Throws: as `ReportRunner/report(_:_:)`.
    func hours(_ window: ReportPeriod) throws -> Int64 {
        let source = source
        let hour = "date_bin(interval '1 hour', \(source.time), \(SQLTexts.time(window.from)))"
        return Int64(try runner.rows("select \(hour), count(*) \(clause(source, window)) group by 1").count)
    }

    // MARK: Spans

    /// A span with answers.
    struct Slice: Hashable {
        var from: Int64
        /// Breached is a bad one; at risk: what has no price decides.
        var state: ObjectiveState
    }

    private static func counts(_ slices: [Slice]) -> Counts {
        Counts(
            total: Int64(slices.count), bad: Int64(slices.count { $0.state == .breached }),
            inDoubt: Int64(slices.count { $0.state == .atRisk }))
    }

    /// The slices of a period in which something was answered; of one that begins before it only a part counts. Each is
    /// judged as a report of service levels judges a cost: by both ends of its range.
    /// - Parameter start: where a slice begins.
    private func slices(_ period: ReportPeriod, since start: Int64, bound: Int64, length: Int64) throws -> [Slice] {
        let bin = Self.bin(length, since: start)
        let answers = try bySlice(bin, period)
        var costs: [Int64: (low: Int128, high: Int128, unbounded: Int128)] = [:]
        for table in CostQueries.tables {
            let rows = try runner.rows(
                "select \(bin), sum(cost_low_usd), sum(cost_high_usd), count(*) filter (where cost_high_usd is null) "
                    + "from \(table) where \(period.contains("time"))\(labelConditions) group by 1")
            for row in rows {
                guard let from = row.time(0) else { continue }
                costs[from, default: (0, 0, 0)].low += row.picoUSD(1)
                costs[from, default: (0, 0, 0)].high += row.picoUSD(2)
                costs[from, default: (0, 0, 0)].unbounded += row.integer(3)
            }
        }
        // What is beyond the bound is bad, not at risk.
        let most = ObjectiveBound.costPerAnswer(picoUSD: bound)
        let objective = Objective(.costPerAnswer, target: most, alertLimit: most)
        return answers.keys.sorted().map { from in
            let (cost, count) = (costs[from, default: (0, 0, 0)], Int64(answers[from, default: 0]))
            return Slice(
                from: from,
                state: objective.state(
                    low: .costPerAnswer(picoUSD: cost.low, answers: count),
                    high: cost.unbounded > 0 ? nil : .costPerAnswer(picoUSD: cost.high, answers: count)))
        }
    }

    /// How many count in each slice in which any does.
    private func bySlice(_ bin: String, _ period: ReportPeriod) throws -> [Int64: Int128] {
        var counts: [Int64: Int128] = [:]
        for row in try runner.rows("select \(bin), count(*) \(clause(source, period)) group by 1") {
            if let from = row.time(0) { counts[from] = row.integer(1) }
        }
        return counts
    }

    private static func bin(_ length: Int64, since start: Int64) -> String {
        "date_bin(interval '\(ObjectiveText.secondsNumber(length)) seconds', time, \(SQLTexts.time(start)))"
    }

    /// The hours of a period in which anything was answered, asked for in the words of an objective of what an answer
    /// costs: where there is one the report knows the answer.
    /// - Throws: as `ReportRunner/report(_:_:)`.
    static func hoursWithAnswers(_ runner: ReportRunner, _ period: ReportPeriod) throws -> [Int64] {
        // Limits are those of questions.
        let limits = AnswerLimits(nanoseconds: Nanoseconds.second)
        let queries = BudgetQueries(runner: runner, indicator: ServiceLevelIndicator(.answers), limits: limits)
        return try queries.bySlice(bin(Nanoseconds.hour, since: period.from), period).keys.sorted()
    }

    // MARK: Who burns it

    /// A value of a dimension and how many bad ones are its own; nil for what names none.
    struct Burner: Hashable {
        var value: String?
        var counts: Counts
    }

    /// Those with most bad ones.
    /// - Throws: as `ReportRunner/report(_:_:)`.
    func burners(_ by: BurnerDimension, _ window: ReportPeriod, limit: Int) throws -> [Burner] {
        guard let column = column(by) else { return [] }
        let source = self.source(ofTurns: by == .model)
        let bad = "count(*) filter (where \(source.bad))"
        let rows = try runner.rows(
            "select \(column) as value, count(*), \(bad) as bad \(clause(source, window)) group by 1 "
                + "having \(bad) > 0 order by bad desc, value limit \(limit)")
        return rows.map {
            Burner(value: $0.text(0), counts: Counts(total: Int64($0.integer(1)), bad: Int64($0.integer(2))))
        }
    }

    /// What a row says of a dimension; nil where rows of the indicator don't.
    private func column(_ by: BurnerDimension) -> String? {
        switch (indicator.measure, by) {
        case (.costPerAnswer, _), (.ratings, .model), (.ratings, .errorType): nil
        case (_, .model): DisplayedModelName.askedFor.rawValue
        default: by.rawValue
        }
    }
}

/// By what the bad ones are told apart.
enum BurnerDimension: String, CaseIterable, Hashable, Sendable {
    case tenant, channel, model
    case errorType = "error_type"
    case conversation = "conversation_id"
}
