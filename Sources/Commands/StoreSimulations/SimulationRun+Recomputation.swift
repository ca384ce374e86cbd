import EventStores
import Platform
import Projections

extension SimulationRun {
    /// A start that is ended as the last life was, again and again, and then one at a stretch: the same as the one that
    /// nothing ended. Power would take what a process has left in the system's memory, which may be gone or not.
    func recoverTwice(_ disk: SimulatedFileSystem, _ options: StoreOptions, _ everything: [String]) throws {
        var generator = SeededGenerator(seed: history.seed ^ 2)
        for _ in 0...generator.next(below: 3) {
            disk.arm(SimulatedFault(.powerCut, atCall: 1 + generator.next(below: 60)))
            _ = try? EventStore.open(at: Self.directory, context: context(disk), options: options)
            disk.crash(lastCrash)
        }
        let store = try EventStore.open(at: Self.directory, context: context(disk), options: options)
        let found = try StoreContents(snapshot: store.snapshot()).everything()
        guard found == everything else {
            throw Violation(.recoveredTwice, "another start: \(Self.difference(found, everything))")
        }
    }

    /// What was closed is opened as it was.
    func compareReopened(_ options: StoreOptions, _ everything: [String]) throws {
        let store = try EventStore.open(at: Self.directory, context: context(disk), options: options)
        let found = try StoreContents(snapshot: store.snapshot()).everything()
        guard found == everything else {
            throw Violation(.recoveredTwice, "after a close: \(Self.difference(found, everything))")
        }
        try store.close()
    }

    /// A second store that is sent what the first one has, in order and at once, says the same.
    func compareWithRecomputation(_ contents: StoreContents) throws {
        var options = LifeOptions()
        options.sealEventsMax = 1 << 20
        options.logFileBytes = 1 << 20
        let fresh = try EventStore.open(
            at: Self.directory, context: context(SimulatedFileSystem(seed: 1)), options: options.store)
        let all = oracle.inOrder
        var place = 0
        func send(upTo position: Int64) throws {
            let events = all[place...].prefix { $0.position <= position }.map(\.event)
            place += events.count
            guard !events.isEmpty else { return }
            _ = try fresh.append([IngestBatch(events: PlainEvent.rows(events))])
        }
        for correction in oracle.corrections {
            try send(upTo: correction.lastPosition)
            _ = try fresh.rebook(
                provider: PlainPrice.provider, model: correction.model, times: correction.times)
        }
        try send(upTo: .max)
        let other = StoreContents(snapshot: fresh.snapshot())
        for table in ["turns", "conversations", "llm_call", "message_sent", "message_received", "span_received"] {
            let (found, wanted) = (try contents.texts(table), try other.texts(table))
            guard found == wanted else {
                throw Violation(.computedRightly, "\(table), recomputed: \(Self.difference(found, wanted))")
            }
        }
        guard !history.replaces else { return }
        let (found, wanted) = (
            contents.snapshot.counters.families.map { "\($0)" }, other.snapshot.counters.families.map { "\($0)" }
        )
        guard found == wanted else {
            throw Violation(.computedRightly, "counters, recomputed: \(Self.difference(found, wanted))")
        }
    }

    /// The first that only one of two has.
    static func difference(_ found: [String], _ wanted: [String]) -> String {
        let (first, second) = (Set(found), Set(wanted))
        let more = found.first { !second.contains($0) } ?? "nothing"
        let less = wanted.first { !first.contains($0) } ?? "nothing"
        return "\(more) instead of \(less)"
    }
}
