import Exporting
import Testing

@Suite struct ProcessSamplesTests {
    @Test func whatIsNotKnownIsLeftOut() {
        let text = MetricsText.render(ProcessSamples(version: "1", logPosition: 7).families, format: .prometheus)
        #expect(text.contains("\nplimsoll_log_position 7\n"))
        #expect(!text.contains("plimsoll_free_bytes") && !text.contains("process_max_fds"))
        let named = [
            "disk", "failed_disk", "dropped", "last_drop", "events_kept", "tenant_events_kept", "type_events_kept",
            "retention",
        ]
        for name in named {
            #expect(!text.contains("plimsoll_" + name), "\(name)")
        }
    }

    @Test func everyGivenSampleIsShown() {
        var samples = ProcessSamples(version: "1.2", logPosition: 7)
        (samples.storedBytes, samples.freeBytes, samples.activeUsers) = (5, 1_099_511_627_776, 0)
        samples.rejected = [("conflict", 2)]
        (samples.diskUse, samples.diskBudgetBytes) = ([("segments", 4), ("log", 3)], 9)
        samples.failedDiskLooks = 8
        samples.dropped = [("age", 6, 60), ("disk_budget", 0, 0)]
        (samples.lastDrop, samples.keptSince, samples.overdueNanoseconds) = (2_500_000_000, 1_000_000_000, 0)
        samples.tenantsKeptSince = [("acme", 3_000_000_000)]
        samples.typesKeptSince = [("message.sent", 4_000_000_000)]
        samples.tiers = [("active", 3, 30), ("archive", 1, 7)]
        (samples.openFiles, samples.openFilesMax) = (40, 1024)
        samples.connections = ConnectionSample(open: 3, openMax: 9, fullListeners: 1, waits: 2)
        let lines = MetricsText.render(samples.families, format: .prometheus).split(separator: "\n").filter {
            !$0.hasPrefix("#")
        }
        let wanted = [
            "plimsoll_build_info{version=\"1.2\"} 1", "plimsoll_stored_bytes 5", "plimsoll_free_bytes 1099511627776",
            "process_open_fds 40", "process_max_fds 1024", "plimsoll_http_connections 3",
            "plimsoll_http_connections_max 9", "plimsoll_http_full_listeners 1",
            "plimsoll_http_connection_waits_total 2", "support_active_users 0",
            "plimsoll_events_rejected_total{reason=\"conflict\"} 2", "plimsoll_disk_bytes{kind=\"segments\"} 4",
            "plimsoll_disk_bytes{kind=\"log\"} 3", "plimsoll_disk_budget_bytes 9",
            "plimsoll_failed_disk_looks_total 8",
            "plimsoll_dropped_events_total{reason=\"age\"} 6", "plimsoll_dropped_bytes_total{reason=\"age\"} 60",
            "plimsoll_dropped_events_total{reason=\"disk_budget\"} 0", "plimsoll_last_drop_timestamp_seconds 2",
            "plimsoll_events_kept_since_timestamp_seconds 1", "plimsoll_retention_overdue_seconds 0",
            "plimsoll_tenant_events_kept_since_timestamp_seconds{tenant=\"acme\"} 3",
            "plimsoll_type_events_kept_since_timestamp_seconds{type=\"message.sent\"} 4",
            "plimsoll_segments{tier=\"archive\"} 1",
            "plimsoll_segment_bytes{tier=\"active\"} 30", "plimsoll_segment_bytes{tier=\"archive\"} 7",
        ]
        for line in wanted { #expect(lines.contains { $0 == line }, "\(line)") }
    }
}
