/// How a year went.
package struct YearOutcome: Sendable {
    private let plan: YearPlan
    /// In order.
    package let weeks: [YearWeek]
    /// What must not be, a line each.
    package let findings: [String]
    // tests: other stores are held against it.
    /// What was taken.
    package let tally: YearTally
    // tests: likewise.
    /// What was reported.
    package let kept: KeptReports
    /// Events that came twice.
    let duplicates: Int
    /// Those that came an hour late or more.
    let late: Int

    init(
        plan: YearPlan, weeks: [YearWeek], findings: [String], tally: YearTally, kept: KeptReports, duplicates: Int,
        late: Int
    ) {
        (self.plan, self.weeks, self.findings) = (plan, weeks, findings)
        (self.tally, self.kept) = (tally, kept)
        (self.duplicates, self.late) = (duplicates, late)
    }

    /// A line for each week, under one that says what stands in it.
    package var table: String { ([YearWeek.head] + weeks.map(\.line)).joined(separator: "\n") }

    /// In words, a line.
    package var summary: String {
        let last = weeks.last ?? YearWeek(day: 0)
        let memory =
            YearJudgement.quarters(weeks).map { "\($0.first >> 20) MiB held at first, \($0.last >> 20) MiB at last" }
            ?? "too few weeks to tell of memory"
        return "\(last.day) days, \(last.events) events, \(late) of them late, \(duplicates) came twice, "
            + "\(last.dropped) dropped after \(plan.retentionDays) days; "
            + "disk \(last.diskBytes >> 20) of \(last.diskBytesMax >> 20) MiB, \(memory), "
            + "start \(weeks.map(\.startMilliseconds).max() ?? 0) ms at most, \(last.reports) reports kept: "
            + (findings.isEmpty ? "all holds" : "\(findings.count) findings")
    }
}
