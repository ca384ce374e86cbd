import Bytes
import Columnar
import Domain
import JSONTexts

/// Of which rows of a breakdown by time some events went, as retention dropped them: what is left of an hour or a day
/// is no figure of it. Rollups know theirs all the same where they are asked for by whole buckets, so that there the
/// rows alone are concerned that the period cuts within one.
struct GoneTimes {
    private let period: ReportPeriod
    /// No event of this time or later is gone (ns since 1970 UTC).
    private let end: Int64
    /// What of the period is known whatever went; nil: nothing.
    private let known: ReportPeriod?

    /// - Parameters:
    ///   - hasRollups: whether rollups may know the answer.
    ///   - lacks: asks the question of a part of the period, and says whether its answer lacks events.
    /// - Returns: nil where no row lacks any.
    /// - Throws: as `ReportRunner/report(_:_:)`, and what `lacks` does.
    init?(
        _ by: ReportGrouping, of period: ReportPeriod, runner: ReportRunner, hasRollups: Bool = true,
        lacks: (ReportPeriod) throws -> Bool
    ) throws {
        // Long answers are not kept, and would be asked for again.
        let isTold = runner.notices.contains { $0.contains(RetentionLimits.recordType) }
        guard isTold, by.dimensions.contains(where: \.isTime), try lacks(period), let end = try runner.eventsEnd,
            end > period.from
        else { return nil }
        var known: ReportPeriod?
        for length in [Nanoseconds.hour, Nanoseconds.day] where hasRollups && known == nil {
            if let buckets = Self.buckets(of: length, in: period), try !lacks(buckets) { known = buckets }
        }
        (self.period, self.end, self.known) = (period, end, known)
    }

    /// The whole buckets of a rollup in a period; nil where there is none.
    static func buckets(of length: Int64, in period: ReportPeriod) -> ReportPeriod? {
        let (first, last) = (floorDivide(period.from.saturatingAdd(length - 1), length), floorDivide(period.to, length))
        return first < last ? ReportPeriod(from: first * length, to: last * length) : nil
    }

    /// Whether events of a row are gone, or may be.
    /// - Parameter span: of what time the row is; nil: nobody knows.
    func concerns(_ span: ReportSpan?) -> Bool {
        guard let span else { return true }
        let (from, to) = (max(span.from, period.from), min(span.to, period.to, end))
        guard from < to else { return false }
        return known.map { from < $0.from || to > $0.to } ?? true
    }
}

extension ReportRunner {
    /// Before which time (ns since 1970 UTC) events may be gone that retention dropped; nil where none are.
    /// - Throws: as ``report(_:_:)``.
    var eventsEnd: Int64? {
        get throws {
            guard catalog.table(named: "system_events") != nil else { return nil }
            let records = try rows(
                "select data->>'to' from system_events where type = '\(RetentionLimits.recordType)'")
            let last = records.compactMap { record in record.text(0).flatMap { try? RFC3339.parse($0) } }.max()
            return last.map { $0.saturatingAdd(1) }
        }
    }
}
