import Bytes
package import EventStores
import Execution
import JSONTexts
import Plans
package import Platform
import Reports

/// Reports of weeks and months as they were while the events of these were there: what they say must never change.
package struct KeptReports: Sendable {
    private struct Period: Hashable {
        var from: Int64
        var to: Int64

        var words: String { "\(RFC3339.render(from)) to \(RFC3339.render(to))" }
    }

    private struct Kept {
        var period: Period
        /// By section, in the order of ``sections``.
        var rows: [[[ReportValue]]]
    }

    /// Periods that are due, in the order of their ends.
    private var waiting: [Period]
    private var kept: [Kept] = []

    /// Weeks and months of which reports were kept.
    package var count: Int { kept.count }

    /// Those whose figures follow from rollups, turns and conversations alone, which stay when events go.
    private static let sections: [(kind: ReportKind, names: [String])] = [
        (.sla, ["questions", "worst_conversations"]),
        (.cost, ["total", "per_unit", "tokens", "local_share"]),
        (.outcomes, ["outcomes", "certainty", "by_day"]),
    ]
    private static let zone = "Europe/Berlin"

    init(_ plan: YearPlan) throws {
        let end = YearPlan.start + Int64(plan.days) * Nanoseconds.day
        waiting = stride(from: YearPlan.start, through: end - 7 * Nanoseconds.day, by: Int(7 * Nanoseconds.day)).map {
            Period(from: $0, to: $0 + 7 * Nanoseconds.day)
        }
        // A month is reported up to a week after it is due.
        if plan.retentionDays > 31 + YearPlan.reportDelayDays + 7 { waiting += try Self.months(before: end) }
        waiting.sort { ($0.to, $0.from) < ($1.to, $1.from) }
    }

    /// Whole months in Berlin.
    private static func months(before end: Int64) throws -> [Period] {
        var (months, date) = ([Period](), CivilDate(daysSince1970: YearPlan.start / Nanoseconds.day))
        func next() -> CivilDate {
            date.month == 12
                ? CivilDate(year: date.year + 1, month: 1, day: 1)
                : CivilDate(year: date.year, month: date.month + 1, day: 1)
        }
        while true {
            date = next()
            func text(_ date: CivilDate) -> String {
                "\(date.year)-\(date.month < 10 ? "0" : "")\(date.month)-01"
            }
            let request = try ReportRequest(
                kind: .cost, from: text(date), to: text(next()), by: [], rule: nil, timeZone: zone, now: end)
            guard let from = request.from, let to = request.to, to <= end else { return months }
            months.append(Period(from: from, to: to))
        }
    }

    /// Keeps the reports that are due, made of events alone.
    /// - Parameter now: ns since 1970 UTC.
    /// - Returns: where the report that everybody gets says otherwise than events do, and periods whose events went too
    ///   early.
    mutating func keep(_ snapshot: StoreSnapshot, now: Int64, workers: any Workers) throws -> [String] {
        var findings: [String] = []
        while let period = waiting.first, period.to + Int64(YearPlan.reportDelayDays) * Nanoseconds.day <= now {
            waiting.removeFirst()
            if let horizon = snapshot.horizon, horizon > period.from {
                findings.append("events of \(period.words) went before they were old enough")
                continue
            }
            let rows = try Self.rows(period, snapshot, workers, usesRollups: false)
            kept.append(Kept(period: period, rows: rows))
            let answered = try Self.rows(period, snapshot, workers, usesRollups: true)
            findings += Self.differences(period, answered, rows, than: "its events")
        }
        return findings
    }

    /// Where reports of today say otherwise than those that were kept.
    /// - Parameter times: only of periods that meet them, in ns since 1970 UTC.
    package func findings(
        in snapshot: StoreSnapshot, meeting times: Range<Int64> = .min ..< .max, workers: any Workers
    ) throws -> [String] {
        var findings: [String] = []
        for one in kept where one.period.from < times.upperBound && times.lowerBound < one.period.to {
            let rows = try Self.rows(one.period, snapshot, workers, usesRollups: true)
            findings += Self.differences(one.period, rows, one.rows, than: "what was kept")
        }
        return findings
    }

    private static func rows(
        _ period: Period, _ snapshot: StoreSnapshot, _ workers: any Workers, usesRollups: Bool
    ) throws -> [[[ReportValue]]] {
        var options = QueryOptions.ofYears
        options.usesRollups = usesRollups
        let runner = ReportRunner(
            catalog: snapshot, engine: LocalEngine(clock: SystemClock(), workers: workers), options: options,
            outcomes: snapshot.outcomes)
        return try sections.flatMap { kind, names in
            let report = try runner.report(
                kind, ReportRequest(from: period.from, to: period.to, by: [.day], timeZone: zone))
            return try names.map { name in
                guard let section = report.section(name) else {
                    throw YearFault(text: "\(kind.rawValue) has no section \(name)")
                }
                return section.rows
            }
        }
    }

    private static func differences(
        _ period: Period, _ found: [[[ReportValue]]], _ wanted: [[[ReportValue]]], than other: String
    ) -> [String] {
        let names = sections.flatMap { kind, names in names.map { "\(kind.rawValue)/\($0)" } }
        return names.indices.filter { found[$0] != wanted[$0] }.map { index in
            let place = zip(found[index], wanted[index]).enumerated().first { $0.element.0 != $0.element.1 }
            let words =
                place.map { "row \($0.offset + 1) is \($0.element.0), not \($0.element.1)" }
                ?? "\(found[index].count) rows, not \(wanted[index].count)"
            return "\(period.words), \(names[index]) says otherwise than \(other): \(words)"
        }
    }
}
