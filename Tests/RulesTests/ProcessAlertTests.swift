import AlertRules
import Alerting
import Asking
import Domain
import EventStores
import MetricHistory
import Platform
import Plans
import Projections
import PromQLEvaluation
import PromQLText
import RuleFiles
import Rules
import Testing

/// The alerts that come with the program on what only a process knows fire without a Prometheus.
@Suite struct ProcessAlertTests {
    /// ms since 1970, a multiple of a minute: 2026-08-01T09:00:00Z.
    private static let start = RuleWorld.start

    /// The disk is filled by 1 MiB a second; seals fail each minute from the 20th to the 40th, with a new process at
    /// the 25th.
    private static func families(_ seconds: Int64) throws -> [MetricFamily] {
        let minute = seconds / 60
        let failed = minute < 20 ? 0 : minute < 25 ? minute - 19 : min(minute, 40) - 25
        let known: [(String, Int64)] = [
            ("plimsoll_free_bytes", (40 << 30) - seconds * 1_048_576), ("plimsoll_failed_seals_total", failed),
            ("plimsoll_http_full_listeners", 0),
        ]
        return try known.map { name, value in
            let definition = try #require(MetricCatalogue.metric(named: name))
            return MetricFamily(definition, [MetricSeries(labels: [], value: .number(Int128(value)))])
        }
    }

    @Test func alertsOnRangesFireInside() throws {
        let file = try #require(ObjectiveFiles.rules.files(.builtIn).first { $0.name.contains("pipeline") })
        let rules = RuleSet([try RuleFile(file.bytes, name: file.name)], RuleOptions())
        let clock = SimulatedClock(wallNanoseconds: Self.start * 1_000_000)
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 3), clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        let store = try EventStore.open(at: "/data", context: context, options: StoreOptions())
        let manager = RuleManager(rules, from: []) { [] }
        var noter = ProcessNoter()
        for look in Int64(0)...(95 * 4) {
            if look > 0 { clock.advance(nanoseconds: 15_000_000_000) }
            let now = Self.start + look * 15_000
            let families = try Self.families(look * 15)
            if look == 25 * 4 { noter = ProcessNoter() }
            if let data = noter.note(families, at: now * 1_000_000) {
                _ = try store.append([IngestBatch(notes: [SystemNote(.metricsSampled, data: data)])])
            }
            while let step = manager.step(
                at: now, monotonic: { 0 },
                { time in
                    let pinned = store.snapshot().series(
                        upTo: time * 1_000_000, present: families, within: QueryOptions())
                    return (pinned.source, UnboundedBudget())
                })
            {
                if let batch = step.batch { _ = try store.append([batch]) }
                manager.committed(step)
            }
        }
        #expect(manager.groups.flatMap(\.rules).allSatisfy { $0.health == "ok" })
        let notes = try store.snapshot().notes(ofType: "alert.changed").map(\.data)
        func changes(of alert: String) -> [String] {
            notes.filter { $0.contains("\"alert\":\"\(alert)\"") }.map { note in
                let after = note.split(separator: "\"after\":\"").last?.prefix { $0 != "\"" } ?? ""
                let time = note.split(separator: "\"time\":\"").last?.prefix(20) ?? ""
                return "\(after) \(time)"
            }
        }
        // An hour of samples, and half an hour of waiting.
        #expect(
            changes(of: "PlimsollDiskFilling") == ["pending 2026-08-01T10:00:00Z", "firing 2026-08-01T10:30:00Z"])
        #expect(
            changes(of: "PlimsollSealsFailing") == [
                "pending 2026-08-01T09:20:00Z", "firing 2026-08-01T09:30:00Z", "resolved 2026-08-01T09:45:00Z",
                // It is remembered for a quarter of an hour.
                "none 2026-08-01T10:01:00Z",
            ])
        #expect(changes(of: "PlimsollDiskLow").isEmpty && changes(of: "PlimsollConnectionsFull").isEmpty)
    }
}
