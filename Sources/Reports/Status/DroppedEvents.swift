import Bytes
import Columnar
import Domain
import JSONTexts

/// What retention dropped, ever, by why, and where events begin since, as its records tell.
struct DroppedEvents {
    let runner: ReportRunner

    /// The sum of the records of one reason.
    private struct Sum {
        var events: Int128 = 0
        var bytes: Int128 = 0
        /// nil of records that do not say.
        var droppedAt: Int64?
        var receivedUntil: Int64?
    }

    /// By why, and what of that was of tenants and of types with a period of their own, by name; nil where nothing was.
    func sections() throws -> (byReason: ReportSection?, byTenant: ReportSection?, byType: ReportSection?) {
        guard runner.catalog.table(named: "system_events") != nil else { return (nil, nil, nil) }
        let records = try runner.rows(
            "select data->>'reason', cast(data->>'events' as bigint), cast(data->>'bytes' as bigint), "
                + "data->>'dropped_at', data->>'received_until', data->>'tenants', data->>'types' from system_events "
                + "where type = '\(RetentionLimits.recordType)'")
        return (byReason(records), byName(records, "tenant", column: 5), byName(records, "type", column: 6))
    }

    private func byReason(_ records: [ReportRow]) -> ReportSection? {
        var sums: [RetentionReason: Sum] = [:]
        for record in records where record.integer(1) > 0 {
            // Records of before knew one reason; one that only a newer version knows is no reason of ours.
            let name = record.text(0) ?? RetentionReason.age.rawValue
            guard let reason = RetentionReason(rawValue: name) else { continue }
            var sum = sums[reason] ?? Sum()
            sum.events += record.integer(1)
            sum.bytes += record.integer(2)
            sum.droppedAt = later(sum.droppedAt, record.text(3))
            sum.receivedUntil = later(sum.receivedUntil, record.text(4))
            sums[reason] = sum
        }
        if sums.isEmpty { return nil }
        return ReportSection(
            name: "dropped", title: "What retention dropped",
            columns: [
                ReportColumn("reason", "reason"), ReportColumn("events", "events"), ReportColumn("bytes", "bytes"),
                ReportColumn("last_drop", "last time"), ReportColumn("received_until", "received up to"),
            ],
            rows: RetentionReason.allCases.compactMap { reason in
                sums[reason].map { sum in
                    [
                        .text(reason.rawValue), .count(sum.events), .count(sum.bytes),
                        sum.droppedAt.map { .time($0) } ?? .none, sum.receivedUntil.map { .time($0) } ?? .none,
                    ]
                }
            })
    }

    /// - Parameter column: of the records, where what went of each stands.
    private func byName(_ records: [ReportRow], _ kind: String, column: Int) -> ReportSection? {
        var sums: [ExactText: Sum] = [:]
        for record in records {
            for part in record.text(column).flatMap({ try? JSONReader.parse($0) })?.array ?? [] {
                guard let name = part["name"]?.string, let events = part["events"]?.integer, events > 0
                else { continue }
                var sum = sums[ExactText(name)] ?? Sum()
                sum.events += Int128(events)
                sum.receivedUntil = later(sum.receivedUntil, record.text(4))
                sums[ExactText(name)] = sum
            }
        }
        if sums.isEmpty { return nil }
        return ReportSection(
            name: "dropped_\(kind)s", title: "What of that was of \(kind)s with a period of their own",
            columns: [
                ReportColumn(kind, kind), ReportColumn("events", "events"),
                ReportColumn("received_until", "received up to"),
            ],
            rows: sums.sorted { $0.key < $1.key }.map { name, sum in
                [.text(name.text), .count(sum.events), sum.receivedUntil.map { .time($0) } ?? .none]
            })
    }

    private func later(_ time: Int64?, _ text: String?) -> Int64? {
        guard let other = text.flatMap({ try? RFC3339.parse($0) }) else { return time }
        return max(time ?? other, other)
    }
}
