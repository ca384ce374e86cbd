import Domain

/// The questions behind the service level table, asked for a period and grouped.
struct ServiceLevelQueries {
    let runner: ReportRunner
    var period: ReportPeriod
    let by: ReportGrouping
    let objectives: ObjectiveSet
    /// Whether only that is asked for which uses up error budgets: see ``ServiceLevelFigures/budgetLeft(_:)``.
    var isForBudgets = false

    private var limits: AnswerLimitText { AnswerLimitText(objectives.answerLimits, now: runner.now) }

    /// A question without a good answer, once its limit has passed.
    var isFailed: String {
        let limits = limits
        return "not coalesce(\(limits.isGood), false) and (\(limits.isOver) or \(limits.isLate))"
    }

    /// Which model answered is known of turns only.
    private var asksTurns: Bool { by.isOfCalls || runner.isOfCalls }

    /// Those of everything.
    static func whole(runner: ReportRunner, period: ReportPeriod, objectives: ObjectiveSet) throws
        -> ServiceLevelFigures
    {
        try Self(runner: runner, period: period, by: .whole(), objectives: objectives).figures()[
            .all, default: ServiceLevelFigures()]
    }

    /// What of everything uses up error budgets.
    static func budgets(runner: ReportRunner, period: ReportPeriod, objectives: ObjectiveSet) throws
        -> ServiceLevelFigures
    {
        var queries = Self(runner: runner, period: period, by: try .whole(), objectives: objectives)
        queries.isForBudgets = true
        return try queries.figures()[.all, default: ServiceLevelFigures()]
    }

    /// Ratings alone, of the channels that an objective is about.
    static func ratings(
        runner: ReportRunner, period: ReportPeriod, objectives: ObjectiveSet, of objective: Objective
    ) throws -> ServiceLevelFigures {
        var groups = Grouped<ServiceLevelFigures>()
        try Self(runner: runner, period: period, by: .whole(), objectives: objectives).addRatings(
            &groups, Self.within(objective.channels))
        return groups[.all, default: ServiceLevelFigures()]
    }

    /// The condition that follows others; empty for all. What names no channel is of none.
    private static func within(_ channels: [[UInt8]]) -> String {
        guard !channels.isEmpty else { return "" }
        return " and channel in ("
            + channels.map { SQLTexts.text(String(decoding: $0, as: UTF8.self)) }.joined(separator: ", ") + ")"
    }

    /// What ``figures()`` asks for.
    var kinds: [GroupedRows] {
        let ratings = GroupedRows(
            table: "conversations", time: Ratings.time, condition: "\(Ratings.isRated) and \(Ratings.within(period))")
        return CostQueries(runner: runner, period: period).kinds() + [
            GroupedRows(table: "turns", time: "asked_time", condition: period.contains("asked_time")),
            GroupedRows(table: answers.table, time: "time", condition: isAnswer),
        ] + (asksTurns ? [] : [ratings])
    }

    /// The table of answers, and which of its rows count, by their own time.
    private var answers: (table: String, isCounted: String) {
        let answer = QuestionRule.answer
        return asksTurns
            ? (table: "turns", isCounted: "status is not null")
            : (table: answer.table, isCounted: answer.sqlCondition)
    }

    private var isAnswer: String { "\(answers.isCounted) and \(period.contains("time"))" }

    /// What ``figures()`` asks of questions of all channels.
    var questionsPart: @Sendable () throws -> Void { part { try $0.addQuestions(&$1) } }

    /// What ``figures()`` asks of all channels, in parts that do not wait for each other.
    var parts: [@Sendable () throws -> Void] {
        let queries = self
        let counted = [questionsPart, part { try $0.addAnswers(&$1) }]
        if isForBudgets { return counted }
        return counted + [
            part { try $0.addRatings(&$1) },
            { _ = try CostQueries(runner: queries.runner, period: queries.period).figures(queries.by) },
        ]
    }

    private func part(
        _ add: @escaping @Sendable (ServiceLevelQueries, inout Grouped<ServiceLevelFigures>) throws -> Void
    ) -> @Sendable () throws -> Void {
        let queries = self
        return {
            var groups = Grouped<ServiceLevelFigures>()
            try add(queries, &groups)
        }
    }

    func figures() throws -> Grouped<ServiceLevelFigures> {
        var groups = try figuresOfAll()
        var known: Set<[[UInt8]]> = [[]]
        for objective in objectives.objectives where !isForBudgets || objective.measure.hasBudget {
            guard known.insert(objective.channels).inserted else { continue }
            var limited = Grouped<ServiceLevelFigures>()
            let condition = Self.within(objective.channels)
            try addQuestions(&limited, condition)
            try addAnswers(&limited, condition)
            try addRatings(&limited, condition)
            for (key, figures) in limited.sorted {
                groups[key, default: ServiceLevelFigures()].limited[objective.channels] = figures
            }
        }
        return groups
    }

    private func figuresOfAll() throws -> Grouped<ServiceLevelFigures> {
        var groups = Grouped<ServiceLevelFigures>()
        try addQuestions(&groups)
        try addAnswers(&groups)
        if isForBudgets { return groups }
        for (key, cost) in try CostQueries(runner: runner, period: period).figures(by).sorted {
            groups[key, default: ServiceLevelFigures()].cost = cost
        }
        try addRatings(&groups)
        return groups
    }

    private func addQuestions(_ groups: inout Grouped<ServiceLevelFigures>, _ condition: String = "") throws {
        let source = try by.source("turns", time: "asked_time", of: period, runner: runner)
        let counts = try QuestionCounts.groups(runner, period, limits, by: by, of: source, condition)
        for (key, count) in counts.sorted {
            groups[key, default: ServiceLevelFigures()].good = count.good
            groups[key, default: ServiceLevelFigures()].failed = count.failed
            groups[key, default: ServiceLevelFigures()].pending = count.pending
        }
    }

    private func addAnswers(_ groups: inout Grouped<ServiceLevelFigures>, _ condition: String = "") throws {
        let percentiles = percentiles
        let rows = try runner.groupRows(answerTimes(condition))
        let first = by.width
        for row in rows {
            var figures = groups[by.key(row), default: ServiceLevelFigures()]
            figures.answers = Int64(row.integer(first))
            figures.errors = Int64(row.integer(first + 1))
            figures.timedAnswers = Int64(row.integer(first + 2))
            figures.firstTokens = Int64(row.integer(first + 3))
            for (place, column) in percentiles.enumerated() {
                for (measure, value) in zip(column.measures, row.nanoseconds(first + 4 + place)) {
                    figures.percentiles[measure] = value
                }
            }
            groups[by.key(row), default: ServiceLevelFigures()] = figures
        }
        // Percentiles are of the events that are there. Of those that are not rollups know how many answers they were,
        // as they know what all of them cost.
        guard !percentiles.isEmpty, !runner.notices.isEmpty else { return }
        var counts = Grouped<(answers: Int64, errors: Int64)>()
        for (key, row) in try answerCounts(condition).rows {
            counts[key, default: (0, 0)].answers += Int64(row.integer(first))
            counts[key, default: (0, 0)].errors += Int64(row.integer(first + 1))
        }
        for (key, count) in counts.sorted {
            groups[key, default: ServiceLevelFigures()].answers = count.answers
            groups[key, default: ServiceLevelFigures()].errors = count.errors
        }
    }

    /// What is asked of answers: how many they were and how long they took.
    private func answerTimes(_ condition: String) throws -> String {
        try answersQuestion(
            by, period, condition,
            ", count(duration_ns), count(time_to_first_token_ns)\(percentiles.map(\.text).joined())")
    }

    /// How many they were alone.
    private func answerCounts(_ condition: String) throws -> AddedRows {
        try AddedRows(by, of: period, runner: runner) { try answersQuestion($0, $1, condition) }
    }

    private func answersQuestion(
        _ by: ReportGrouping, _ period: ReportPeriod, _ condition: String, _ more: String = ""
    ) throws -> String {
        let source = try by.source(answers.table, time: "time", of: period, runner: runner)
        return "select \(source.selection)count(*), count(*) filter (where status = 'error')\(more) "
            + "from \(source.text) where \(answers.isCounted) and \(period.contains("time"))\(condition)\(by.clause)"
    }

    /// Whether the percentiles of an objective, or else its answers and errors, are of those events alone that
    /// retention has left.
    /// - Parameter ofTimes: of the percentiles.
    func lacksAnswers(of channels: [[UInt8]] = [], ofTimes: Bool) throws -> Bool {
        let times = try answerTimes(Self.within(channels))
        _ = try runner.groupRows(times)
        guard try runner.lacksEvents(times) else { return false }
        return try ofTimes || percentiles.isEmpty || answerCounts(Self.within(channels)).lacksEvents
    }

    /// Whether what was measured of an objective is of those events alone that retention has left. Turns and
    /// conversations it leaves as they are.
    func lacksEvents(_ objective: Objective) throws -> Bool {
        switch objective.measure {
        case .availability, .satisfaction: return false
        case .answerDuration, .firstToken: return try lacksAnswers(of: objective.channels, ofTimes: true)
        case .errorRate: return try lacksAnswers(of: objective.channels, ofTimes: false)
        case .costPerAnswer:
            if try CostQueries(runner: runner, period: period).lacksEvents(by) { return true }
            return try lacksAnswers(ofTimes: false)
        }
    }

    /// What a column's percentiles are, and how they are selected: all of a column at once, so that its values are
    /// gathered once. None for budgets, which count.
    private var percentiles: [(measures: [ObjectiveMeasure], text: String)] {
        if isForBudgets { return [] }
        func selected(
            _ percentiles: [Percentile], of column: String, _ measure: (Percentile) -> ObjectiveMeasure
        ) -> [(measures: [ObjectiveMeasure], text: String)] {
            if percentiles.isEmpty { return [] }
            let fractions = percentiles.map(\.quantile).joined(separator: ", ")
            return [
                (
                    percentiles.map(measure),
                    ", percentile_disc(array[\(fractions)]) within group (order by \(column))"
                )
            ]
        }
        return selected(objectives.answerPercentiles, of: "duration_ns") { .answerDuration($0) }
            + selected(objectives.firstTokenPercentiles, of: "time_to_first_token_ns") { .firstToken($0) }
    }

    /// As the report of outcomes counts them.
    private func addRatings(_ groups: inout Grouped<ServiceLevelFigures>, _ condition: String = "") throws {
        guard !asksTurns, !isForBudgets else { return }
        let source = try by.source("conversations", time: Ratings.time, of: period, runner: runner)
        let rows = try runner.groupRows(
            "select \(source.selection)\(Ratings.selection) "
                + "from \(source.text) where \(Ratings.isRated) and \(Ratings.within(period))\(condition)\(by.clause)")
        for row in rows {
            groups[by.key(row), default: ServiceLevelFigures()].ratings = Int64(row.integer(by.width))
            groups[by.key(row), default: ServiceLevelFigures()].satisfied = Int64(row.integer(by.width + 1))
        }
    }
}
