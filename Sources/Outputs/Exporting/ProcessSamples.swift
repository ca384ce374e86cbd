import Domain
package import Projections

/// What only the running process knows: everything of `/metrics` that does not follow from the log.
package struct ProcessSamples: Sendable {
    /// Version of the program.
    package var version: String
    /// Position of the last accepted event.
    package var logPosition: Int64
    /// Events that had been accepted before, since the process started.
    package var duplicates = 0
    /// Events refused since the process started, by reason: `conflict`, `too_old`, `too_new`, `unknown_type`, …
    package var rejected: [(reason: String, count: Int)] = []
    /// Requests that were not served since the process started, by reason.
    package var httpRefusals: [(reason: String, count: Int)] = []
    /// Connections, and how many may be open; nil where nobody serves.
    package var connections: ConnectionSample?
    /// Values withheld as personal or content since the process started, by field.
    package var withheld: [(field: String, count: Int)] = []
    /// Values that a schema does not list, since the process started, by field.
    package var unlisted: [(field: String, count: Int)] = []
    /// Flushes of the log by bucket, the last one without a bound, and their sum; nil where nobody measured.
    package var flushes: (counts: [UInt64], sumNanoseconds: Int128)?
    /// What became of traces, for each destination.
    package var traceExports: [TraceExportSample] = []
    /// What became of alerts, for each destination.
    package var alertSending: [AlertSendingSample] = []
    /// What became of what is shipped, for each database.
    package var shipping: [ShippingSample] = []
    /// Whether rules are those of their files, and when they were read last (ns since 1970 UTC); nil where none are
    /// evaluated.
    package var rules: (areTaken: Bool, takenAt: Int64)?
    /// Spans that were not taken in because a Plimsoll had made them.
    package var echoedSpans = 0
    /// Sum of deliberate corrections of costs that counters have, in pico-USD; nil where nobody added them up.
    package var rebookedPicoUSD: Int128?
    /// Conversations with an event in the last 15 minutes; nil where nobody counted.
    package var activeConversations: Int?
    /// Users with a question in the last 15 minutes.
    package var activeUsers: Int?
    /// Seals that failed since the process started.
    package var failedSeals: Int?
    /// Conversations whose rows stand as they did, since something of them cannot be read.
    package var unfoldedConversations: Int?
    /// Places of files that somebody met and that cannot be used.
    package var damagedPlaces: Int?
    /// What reading all files once more has come to; nil where nobody reads.
    package var scrub: ScrubSample?
    /// Conversations whose rows are made of their first events alone.
    package var cutConversations: Int?
    /// Batches that wait for the writer.
    package var queuedBatches: Int?
    /// Resident memory in bytes.
    package var residentBytes: Int?
    /// Open file descriptors.
    package var openFiles: Int?
    /// The most that may be open at one time; nil where there is no bound.
    package var openFilesMax: Int?
    /// Size of all live files in bytes.
    package var storedBytes: Int?
    /// How many segments there are of each tier, and their bytes.
    package var tiers: [(name: String, segments: Int, bytes: Int)] = []
    /// Bytes that may still be written to the volume of the data directory.
    package var freeBytes: Int?

    /// Bytes of the data directory, by what its files are for; empty where the disk does not say.
    package var diskUse: [(kind: String, bytes: Int)] = []
    /// What these may come to; nil where nobody said.
    package var diskBudgetBytes: Int?
    /// Looks at what the files come to that failed; nil where nobody said what they may come to.
    package var failedDiskLooks: Int?
    /// What retention dropped ever, by why; empty where nobody keeps anything.
    package var dropped: [(reason: String, events: Int64, bytes: Int64)] = []
    /// When it did so last (ns since 1970 UTC).
    package var lastDrop: Int64?
    /// All events received later are there (ns since 1970 UTC); nil where none was dropped.
    package var keptSince: Int64?
    /// The same by tenant with a period of its own of which some went.
    package var tenantsKeptSince: [(tenant: String, time: Int64)] = []
    /// The same by type with a period of its own of which some went.
    package var typesKeptSince: [(type: String, time: Int64)] = []
    /// For how long the oldest events that are no longer kept could have gone (ns); nil where all are kept for ever.
    package var overdueNanoseconds: Int64?

    /// Samples of a program of this version whose log ends at this position; everything else is set afterwards.
    package init(version: String, logPosition: Int64) { (self.version, self.logPosition) = (version, logPosition) }

    /// The samples as metrics; values that nobody gave are left out.
    package var families: [MetricFamily] {
        func number(_ name: String, _ value: Int?) -> MetricFamily? { value.flatMap { family(name, [([], $0)]) } }
        return [
            family(MetricCatalogue.buildInfo, [([version], 1)]), number("plimsoll_log_position", Int(logPosition)),
            number("plimsoll_events_duplicate_total", duplicates),
            family("plimsoll_events_rejected_total", rejected.map { ([$0.reason], $0.count) }),
            family("plimsoll_http_refusals_total", httpRefusals.map { ([$0.reason], $0.count) }),
            family("plimsoll_withheld_values_total", withheld.map { ([$0.field], $0.count) }),
            family("plimsoll_unlisted_values_total", unlisted.map { ([$0.field], $0.count) }), flushFamily,
            rebookedPicoUSD.flatMap(corrections),
            number("support_conversations_active", activeConversations), number("support_active_users", activeUsers),
            number("plimsoll_failed_seals_total", failedSeals),
            number("plimsoll_unfolded_conversations", unfoldedConversations),
            number("plimsoll_damaged_places", damagedPlaces),
            number("plimsoll_scrub_bytes_total", scrub?.bytes), number("plimsoll_scrub_findings", scrub?.findings),
            number(
                "plimsoll_scrub_read_since_timestamp_seconds", scrub.map { Int($0.readSince / 1_000_000_000) }),
            number("plimsoll_cut_conversations", cutConversations),
            number("plimsoll_queued_batches", queuedBatches), number("plimsoll_resident_bytes", residentBytes),
            number("process_open_fds", openFiles), number("process_max_fds", openFilesMax),
            number("plimsoll_stored_bytes", storedBytes), number("plimsoll_free_bytes", freeBytes),
            diskUse.isEmpty ? nil : family("plimsoll_disk_bytes", diskUse.map { ([$0.kind], $0.bytes) }),
            number("plimsoll_disk_budget_bytes", diskBudgetBytes),
            number("plimsoll_failed_disk_looks_total", failedDiskLooks),
            dropped.isEmpty
                ? nil : family("plimsoll_dropped_events_total", dropped.map { ([$0.reason], Int($0.events)) }),
            dropped.isEmpty
                ? nil : family("plimsoll_dropped_bytes_total", dropped.map { ([$0.reason], Int($0.bytes)) }),
            number("plimsoll_last_drop_timestamp_seconds", lastDrop.map { Int($0 / 1_000_000_000) }),
            number("plimsoll_events_kept_since_timestamp_seconds", keptSince.map { Int($0 / 1_000_000_000) }),
            tenantsKeptSince.isEmpty
                ? nil
                : family(
                    "plimsoll_tenant_events_kept_since_timestamp_seconds",
                    tenantsKeptSince.map { ([$0.tenant], Int($0.time / 1_000_000_000)) }),
            typesKeptSince.isEmpty
                ? nil
                : family(
                    "plimsoll_type_events_kept_since_timestamp_seconds",
                    typesKeptSince.map { ([$0.type], Int($0.time / 1_000_000_000)) }),
            number("plimsoll_retention_overdue_seconds", overdueNanoseconds.map { Int($0 / 1_000_000_000) }),
            family("plimsoll_segments", tiers.map { ([$0.name], $0.segments) }),
            family("plimsoll_segment_bytes", tiers.map { ([$0.name], $0.bytes) }),
            number("plimsoll_spans_echoed_total", echoedSpans),
            number("plimsoll_rules_last_reload_successful", rules.map { $0.areTaken ? 1 : 0 }),
            number(
                "plimsoll_rules_last_reload_success_timestamp_seconds", rules.map { Int($0.takenAt / 1_000_000_000) }),
            number("plimsoll_http_connections", connections?.open),
            number("plimsoll_http_connections_max", connections?.openMax),
            number("plimsoll_http_full_listeners", connections?.fullListeners),
            number("plimsoll_http_connection_waits_total", connections?.waits),
        ].compactMap { $0 } + TraceExportSample.families(traceExports) + AlertSendingSample.families(alertSending)
            + ShippingSample.families(shipping)
    }

    private var flushFamily: MetricFamily? {
        guard let flushes, let definition = MetricCatalogue.metric(named: "plimsoll_flush_duration_seconds") else {
            return nil
        }
        let value = MetricValue.histogram(counts: flushes.counts, sumNanoseconds: flushes.sumNanoseconds)
        return MetricFamily(definition, [MetricSeries(labels: [], value: value)])
    }

    private func corrections(_ picoUSD: Int128) -> MetricFamily? {
        MetricCatalogue.metric(named: MetricCatalogue.rebookedCost).map {
            MetricFamily($0, [MetricSeries(labels: [], value: .picoUSD(picoUSD))])
        }
    }

    private func family(_ name: String, _ series: [([String], Int)]) -> MetricFamily? {
        MetricCatalogue.metric(named: name).map { definition in
            MetricFamily(definition, series.map { MetricSeries(labels: $0.0, value: .number(Int128($0.1))) })
        }
    }
}

/// What reading all files once more has come to.
package struct ScrubSample: Hashable, Sendable {
    /// Bytes that were read since the process started.
    package var bytes: Int
    /// Places that the last whole pass found, or the one under way has found so far, to be not as they were written.
    package var findings: Int
    /// Every file was read whole after this time: the beginning of the last whole pass, and before there is one that of
    /// the process. ns since 1970 UTC.
    package var readSince: Int64

    /// Takes each part as given.
    package init(bytes: Int, findings: Int, readSince: Int64) {
        (self.bytes, self.findings, self.readSince) = (bytes, findings, readSince)
    }
}

/// What is known of a server's connections.
package struct ConnectionSample: Hashable, Sendable {
    /// Open connections.
    package var open: Int
    /// The most that may be open at one time.
    package var openMax: Int
    /// Addresses at which nobody is let in just now.
    package var fullListeners: Int
    /// How often nobody was let in at an address for a while, since the process started.
    package var waits: Int

    /// Takes each part as given.
    package init(open: Int, openMax: Int, fullListeners: Int, waits: Int) {
        (self.open, self.openMax, self.fullListeners, self.waits) = (open, openMax, fullListeners, waits)
    }
}
