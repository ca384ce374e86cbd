/// Of which groups of a breakdown by time calls and answers went, as retention dropped them.
struct GoneCosts {
    /// What of a group's figures nobody knows.
    struct Lacks {
        var calls = false
        var answers = false
    }

    private let by: ReportGrouping
    private let period: ReportPeriod
    private let finished: Int64
    private let calls, answers: GoneTimes?

    /// - Throws: as `ReportRunner/report(_:_:)`.
    init(_ by: ReportGrouping, of period: ReportPeriod, runner: ReportRunner) throws {
        (self.by, self.period, finished) = (by, period, runner.finished)
        calls = try GoneTimes(by, of: period, runner: runner) {
            try CostQueries(runner: runner, period: $0).lacksEvents(by)
        }
        answers = try GoneTimes(by, of: period, runner: runner) {
            try UnitCounts.lackEvents(runner: runner, period: $0, by: by)
        }
    }

    /// Whether answers of any group went.
    var lacksAnswers: Bool { answers != nil }

    func lacks(_ key: GroupKey) -> Lacks {
        if calls == nil, answers == nil { return Lacks() }
        let span = by.spans([key], of: period, finished: finished)[0]
        return Lacks(calls: calls?.concerns(span) ?? false, answers: answers?.concerns(span) ?? false)
    }
}
