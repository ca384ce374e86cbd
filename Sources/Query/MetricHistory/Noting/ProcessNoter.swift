import Bytes
import Domain
package import Projections

/// Decides which metrics of a process are noted at a look, so that they have a past.
///
/// What has changed is noted at the next look, every 15 s. What moves by itself and by the noting alone, as free bytes
/// do, waits for a minute, and for five while no event comes in. Five minutes without a note mean that there was no
/// process, so then there is one in any case; the first of a process, and one an hour, has everything.
///
/// With 40 series a whole note has 2.5 KiB and another one some 400 bytes: 180 KiB a day while nobody sends, 650 KiB
/// while events come in, and not more than 2.5 MiB where counters of refusals move at every look; segments hold a
/// fraction of that.
package struct ProcessNoter: Sendable {
    /// ns from one look to the next.
    package static let lookPause: Int64 = SamplePoints.nanoseconds
    /// ns between notes of everything that has changed while events come in.
    static let busyPause = Nanoseconds.minute
    /// ns between them at most.
    static let pause = 5 * Nanoseconds.minute
    /// ns between whole notes.
    static let wholePause = Nanoseconds.hour
    /// Series of one note; metrics beyond them are not noted.
    private static let seriesMax = 2000

    // texts: names of ours.
    /// What changes while nothing happens, or with every event.
    private static let moving = noted([
        "plimsoll_log_position", "plimsoll_flush_duration_seconds", "plimsoll_queued_batches",
        "plimsoll_resident_bytes", "process_open_fds", "plimsoll_stored_bytes", "plimsoll_free_bytes",
        "plimsoll_disk_bytes", "plimsoll_retention_overdue_seconds",
        "plimsoll_segments", "plimsoll_segment_bytes",
        "plimsoll_http_connections", "plimsoll_trace_export_traces_total", "plimsoll_trace_export_spans_total",
        "plimsoll_trace_export_lag_seconds", "plimsoll_trace_export_position", "plimsoll_scrub_bytes_total",
        "plimsoll_shipping_rows_total", "plimsoll_shipping_bytes_total", "plimsoll_shipping_transactions_total",
        "plimsoll_shipping_lag_seconds", "plimsoll_shipping_waiting_events", "plimsoll_shipping_position",
        "plimsoll_shipping_last_success_timestamp_seconds",
    ])
    private static let position = "plimsoll_log_position"

    // texts: names of ours.
    /// A name that nothing has would never move.
    private static func noted(_ names: [String]) -> Set<String> {
        for name in names {
            let definition = MetricCatalogue.metric(named: name)
            precondition(definition.map(ProcessNote.isNoted) ?? false, "\(name) is a metric that only a process knows")
        }
        return Set(names)
    }

    // texts: names of ours.
    private var known: [String: Set<MetricSeries>] = [:]
    /// ns since 1970 UTC of the last notes: of any, of one of everything that had changed, of a whole one.
    private var last: (note: Int64, full: Int64, whole: Int64)?

    /// Of a process that has noted nothing yet, or does not know what of it was kept.
    package init() {}

    /// The time of the look that is the last one at a time; ns since 1970 UTC, as the time.
    package static func look(at now: Int64) -> Int64 {
        now / lookPause * lookPause
    }

    /// The data of a row `metrics.sampled`; nil where there is nothing to be noted.
    /// - Parameters:
    ///   - families: what the process knows (`ProcessSamples.families`); those that events tell of are left out.
    ///   - time: of the look: ns since 1970 UTC, later than the one before, or nothing is noted.
    /// - Complexity: O(series).
    package mutating func note(_ families: [MetricFamily], at time: Int64) -> String? {
        let families = Self.bounded(families.filter { ProcessNote.isNoted($0.definition) && !$0.series.isEmpty })
        guard let last else { return whole(families, time) }
        guard time > last.note else { return nil }
        if time - last.whole >= Self.wholePause { return whole(families, time) }
        let position = families.first { $0.definition.name == Self.position }
        let isBusy = position.map { known[Self.position] != Set($0.series) } ?? false
        let isFull = time - last.full >= (isBusy ? Self.busyPause : Self.pause)
        let changed = families.compactMap { family -> MetricFamily? in
            if !isFull, Self.moving.contains(family.definition.name) { return nil }
            let before = known[family.definition.name] ?? []
            let series = family.series.filter { !before.contains($0) }
            return series.isEmpty ? nil : MetricFamily(family.definition, series)
        }
        if changed.isEmpty, !isFull { return nil }
        for family in families where isFull || !Self.moving.contains(family.definition.name) {
            known[family.definition.name] = Set(family.series)
        }
        self.last = (time, isFull ? time : last.full, last.whole)
        return ProcessNote(time: time, isWhole: false, families: changed).data
    }

    private mutating func whole(_ families: [MetricFamily], _ time: Int64) -> String {
        known = Dictionary(families.map { ($0.definition.name, Set($0.series)) }) { $0.union($1) }
        last = (time, time, time)
        return ProcessNote(time: time, isWhole: true, families: families).data
    }

    private static func bounded(_ families: [MetricFamily]) -> [MetricFamily] {
        var left = seriesMax
        return families.filter { family in
            guard family.series.count <= left else { return false }
            left -= family.series.count
            return true
        }
    }
}
