import Bytes

/// How much of an hour is on record: a store that began in it, an outage and an hour that is not over leave gaps.
struct Coverage {
    let runner: ReportRunner

    func section(_ periods: [(name: String, period: ReportPeriod)]) throws -> ReportSection {
        ReportSection(
            name: "coverage", title: "What is on record",
            columns: [
                ReportColumn("hour", "hour"), ReportColumn("from", "from"), ReportColumn("to", "to"),
                ReportColumn("minutes_with_events", "minutes with events"), ReportColumn("coverage", "coverage"),
                ReportColumn("first_event", "first event"), ReportColumn("last_event", "last event"),
            ],
            rows: try periods.map { name, period in try row(name, period) })
    }

    private func row(_ name: String, _ period: ReportPeriod) throws -> [ReportValue] {
        let minutes = try runner.rows(
            "select date_bin(interval '1 minute', time, \(SQLTexts.time(period.from))) as minute, min(time), max(time) "
                + "from events where \(period.contains("time")) group by 1 order by 1")
        return [
            .text(name), .time(period.from), .time(period.to), .count(Int128(minutes.count)),
            .share(part: Int128(minutes.count), whole: Int128(Nanoseconds.hour / Nanoseconds.minute)),
            minutes.first?.time(1).map { .time($0) } ?? .none, minutes.last?.time(2).map { .time($0) } ?? .none,
        ]
    }
}
