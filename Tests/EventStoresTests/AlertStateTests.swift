import Bytes
import EventStores
import Platform
import Testing

/// How alerts stand is part of the log.
@Suite struct AlertStateTests {
    private let disk = SimulatedFileSystem(seed: 51)

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private static func change(_ labels: ExactText, _ state: AlertChange.State, _ time: Int64) -> AlertChange {
        AlertChange(
            key: .init(group: "a.yaml;g", labels: labels), state: state, activeTime: time,
            firedTime: state == .pending ? nil : time + 300_000, keptSince: state == .firing ? time + 400_000 : nil,
            resolvedTime: state == .resolved ? time + 500_000 : nil, value: "0.25")
    }

    @Test func theLastChangeOfEachSurvivesCrashesAndSeals() throws {
        let store = try open()
        #expect(store.snapshot().alerts.isEmpty)
        let (first, second, third) = (
            Self.change(#"{"alertname":"A","tenant":"é"}"#, .pending, 1000),
            Self.change(#"{"alertname":"A","tenant":"e\#u{0301}"}"#, .firing, 2000),
            Self.change(#"{"alertname":"B"}"#, .resolved, 3000)
        )
        _ = try store.append([IngestBatch(alerts: [third, first])])
        _ = try store.append([IngestBatch(alerts: [second])])
        let fired = Self.change(#"{"alertname":"A","tenant":"é"}"#, .firing, 1000)
        _ = try store.append([IngestBatch(alerts: [fired])])
        // By bytes: a decomposed letter comes before a composed one.
        let wanted = [second, fired, third]
        #expect(store.snapshot().alerts == wanted)
        #expect(try rows(store, "system_events", ["data"]).count == 4, "history is kept")
        disk.crash()
        let again = try open()
        #expect(again.snapshot().alerts == wanted)
        try again.seal()
        #expect(again.snapshot().alerts == wanted)
        _ = try again.append([IngestBatch(alerts: [Self.change(second.key.labels, .inactive, 2000)])])
        disk.crash()
        let last = try open()
        #expect(last.snapshot().alerts == [fired, third])
        try last.seal()
        try last.close()
        #expect(try open().snapshot().alerts == [fired, third])
    }
}
