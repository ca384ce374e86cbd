import AlertRules
import Asking
import Bytes
import Domain
import EventStores
import Plans
import Platform
import PromQLEvaluation
import PromQLText
import Rules
import Testing

/// Rules on what silence closes.
@Suite struct SilenceAlertTests {
    private static let text = """
        groups:
          - name: silence
            interval: 15s
            rules:
              - alert: Left
                expr: sum(increase(support_conversations_closed_total{reason="idle"}[1m])) > 0
        """

    /// ns since 1970: 2026-08-01T09:00:00Z.
    private static let start = RuleWorld.start * 1_000_000

    /// One question at the start.
    private static var question: IngestBatch {
        let registry = SchemaRegistry.builtIn
        var writer = EventRowWriter()
        writer.begin(type: registry.type(named: "message.received")!, time: start, isTimeAbsent: false)
        let values: [(UInt16, EventValue)] = [
            (registry.wellKnown.id, .text("q")), (registry.wellKnown.source, .text("test")),
            (registry.wellKnown.tenant, .text("default")),
            (registry.column(named: "conversation_id")!, .text("c")),
            (registry.column(named: "turn")!, .integer(1)),
        ]
        for (column, value) in values.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
        writer.end()
        return IngestBatch(events: EventRows(bytes: writer.sink.bytes, starts: [0]))
    }

    /// The log says nothing of time for minutes: the evaluation at the end of a silence knows of it all the same.
    @Test func anAlertOnSilenceFiresAtItsEnd() throws {
        let clock = SimulatedClock(wallNanoseconds: Self.start)
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 3), clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        let store = try EventStore.open(at: "/data", context: context, options: StoreOptions())
        try store.judge(by: OutcomeSettings(idleAfterNanoseconds: 600_000_000_000, rule: .house1))
        _ = try store.append([Self.question])
        let manager = RuleManager(try RuleWorld.rules(Self.text), from: []) { [] }
        let memory = SeriesMemory(limitBytes: 1 << 20)
        for look in Int64(0)...41 {
            if look > 0 { clock.advance(nanoseconds: 15_000_000_000) }
            while let step = manager.step(
                at: RuleWorld.start + look * 15_000, monotonic: { 0 },
                { time in
                    let pinned = store.snapshot().series(
                        upTo: time * 1_000_000, memory: memory, within: QueryOptions())
                    return (pinned.source, UnboundedBudget())
                })
            {
                if let batch = step.batch { _ = try store.append([batch]) }
                manager.committed(step)
            }
        }
        #expect(manager.groups.flatMap(\.rules).allSatisfy { $0.health == "ok" })
        let notes = try store.snapshot().notes(ofType: "alert.changed").map(\.data)
        #expect(notes.count == 1 && notes.allSatisfy { $0.contains("\"time\":\"2026-08-01T09:10:00Z\"") }, "\(notes)")
        try store.close()
    }
}
