import Bytes
import Domain
import Execution

/// Rows of a question by groups whose figures add up, several of a group where its figures come in parts.
///
/// Where retention dropped events, days of a zone are asked for by hours of UTC, which rollups know whatever went:
/// mostly a day is so many of these. Where it is half an hour off it is not, but for nights in which nothing happened.
struct AddedRows {
    private(set) var rows: [(key: GroupKey, row: ReportRow)]
    /// Whether they lack events.
    private(set) var lacksEvents: Bool

    /// - Parameter question: in SQL, of a part of the period and by a grouping.
    /// - Throws: as `ReportRunner/groupRows(_:)`, and what `question` does.
    init(
        _ by: ReportGrouping, of period: ReportPeriod, runner: ReportRunner,
        question: (ReportGrouping, ReportPeriod) throws -> String
    ) throws {
        func asked(_ period: ReportPeriod) throws -> (rows: [(key: GroupKey, row: ReportRow)], lacks: Bool) {
            let text = try question(by, period)
            return (try runner.groupRows(text).map { (by.key($0), $0) }, try runner.lacksEvents(text))
        }
        (rows, lacksEvents) = try asked(period)
        guard lacksEvents, let hours = by.byHours,
            let whole = GoneTimes.buckets(of: Nanoseconds.hour, in: period),
            let known = try Self.known(by, hours, of: try question(hours, whole), runner)
        else { return }
        (rows, lacksEvents) = (known, false)
        for edge in [ReportPeriod(from: period.from, to: whole.from), ReportPeriod(from: whole.to, to: period.to)]
        where edge.from < edge.to {
            let part = try asked(edge)
            rows += part.rows
            lacksEvents = lacksEvents || part.lacks
        }
    }

    /// What hours of UTC come to; nil where they lack events, or one has something and is of two days of the zone.
    private static func known(
        _ by: ReportGrouping, _ hours: ReportGrouping, of question: String, _ runner: ReportRunner
    ) throws -> [(key: GroupKey, row: ReportRow)]? {
        let found = try runner.rows(question)
        guard try !runner.lacksEvents(question) else { return nil }
        let reader = TimeReader(clock: by.clock, now: runner.now)
        var rows: [(key: GroupKey, row: ReportRow)] = []
        for (place, row) in found.enumerated() {
            if place % Grouped<Int>.groupsPerLook == 0 { try runner.check() }
            var key = hours.key(row)
            for (place, dimension) in by.dimensions.enumerated() {
                guard let unit = dimension.timeUnit, case .time(let hour) = key.cells[place] else { continue }
                guard let start = Self.start(of: hour, dimension, unit, by.clock, reader) else { return nil }
                key.cells[place] = .time(start)
            }
            rows.append((key, row))
        }
        return rows
    }

    /// Where the hour, day, week or month begins that all of an hour of UTC lies in; nil where it lies in two.
    private static func start(
        of hour: Int64, _ dimension: ReportDimension, _ unit: String, _ clock: WallClock, _ reader: TimeReader
    ) -> Int64? {
        // The hour that autumn repeats is two.
        if dimension == .hour { return clock.offsetSeconds(at: hour) % 3_600 == 0 ? hour : nil }
        let last = hour.saturatingAdd(Nanoseconds.hour - 1)
        guard let start = reader.rounded(hour, unit, isEnd: false), start == reader.rounded(last, unit, isEnd: false)
        else { return nil }
        return start
    }
}
