import Bytes
import Domain

/// How much of each error budget was left when earlier windows of it ended: of each end the figures that
/// ``BudgetReport`` has there, without what explains them.
struct BudgetHistory {
    /// More ends are not told at one time: each is counted by itself.
    static let endsMax = 24

    let runner: ReportRunner
    /// Ends of windows, in the order in which they are told.
    let ends: [Int64]

    /// - Throws: ``ReportError`` for more ends than ``endsMax``; as ``ReportRunner/report(_:_:)``.
    func report() throws -> Report {
        guard ends.count <= Self.endsMax else {
            throw ReportError(
                message: "\(ends.count) ends of windows are asked for, and \(Self.endsMax) are told at one time",
                hint: "ask for the others by themselves")
        }
        var rows: [[ReportValue]] = []
        var periods: Set<ReportPeriod> = []
        var titles: [ExactText: String] = [:]
        for end in ends {
            try runner.check()
            let set = try runner.objectives(ReportPeriod(Nanoseconds.hour, upTo: end)).set
            let objectives = set.serviceLevelObjectives
            let left = try BudgetReport(runner: runner, objectives: objectives, to: end).left(set.answerLimits)
            rows += left.map { [.time(end)] + $0.cells }
            periods.formUnion(left.map(\.period))
            titles.merge(set.titles(of: objectives)) { $1 }
        }
        let whole = ReportPeriod(
            from: periods.map(\.from).min() ?? runner.now, to: periods.map(\.to).max() ?? runner.now)
        let ordered = periods.isEmpty ? [whole] : periods.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        return Report(
            name: "slos_history", title: "Service level objectives over time",
            basis: runner.basis(whole, exactness: try BudgetReport.exactness(of: ordered, runner)),
            sections: [
                ReportSection(
                    name: "history", title: "Error budgets when windows ended",
                    columns: [ReportColumn("window_end", "window ends", isKey: true)] + BudgetReport.columnsOfLeft,
                    rows: rows)
            ], main: "history", definitions: BudgetReport.definitionsOfLeft, titles: titles)
    }
}
