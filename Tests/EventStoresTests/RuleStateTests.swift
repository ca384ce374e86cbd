import Bytes
import Domain
import EventStores
import Platform
import Testing

/// What is known of alert rules is part of the log.
@Suite struct RuleStateTests {
    private let disk = SimulatedFileSystem(seed: 51)

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private static func state(_ group: ExactText, _ bytes: [UInt8]) -> RuleStateRecord {
        RuleStateRecord(group: group, state: bytes)
    }

    @Test func theLastStateOfEachGroupSurvivesCrashesAndSeals() throws {
        let store = try open()
        #expect(store.snapshot().rules.isEmpty)
        let (composed, decomposed): (ExactText, ExactText) = ("a.yaml;\u{E9}", "a.yaml;e\u{301}")
        let (first, second) = (Self.state(composed, [1]), Self.state(decomposed, [2, 0, 255]))
        let note = SystemNote(.alertChanged, data: "{}")
        _ = try store.append([IngestBatch(notes: [note], rules: [first, second])])
        let later = Self.state(composed, [3])
        _ = try store.append([IngestBatch(notes: [note], rules: [later])])
        // By bytes: a decomposed letter comes before a composed one.
        let wanted = [second, later]
        #expect(store.snapshot().rules == wanted)
        #expect(try rows(store, "system_events", ["data"]).count == 4, "both notes, the last state of each group")
        disk.crash()
        let again = try open()
        #expect(again.snapshot().rules == wanted)
        #expect(try rows(again, "system_events", ["data"]).count == 4)
        try again.seal()
        #expect(again.snapshot().rules == wanted)
        _ = try again.append([IngestBatch(rules: [Self.state(decomposed, [])])])
        disk.crash()
        let last = try open()
        #expect(last.snapshot().rules == [later], "an empty state ends a group")
        try last.seal()
        try last.close()
        #expect(try open().snapshot().rules == [later])
    }
}
