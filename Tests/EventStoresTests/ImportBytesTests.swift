import Domain
import EventStores
import Platform
import Testing

/// As many as are said to be there, one after the other.
private final class SuccessiveWorkers: Workers {
    let parallelism: Int

    init(_ parallelism: Int) { self.parallelism = parallelism }

    func run(count: Int, _ job: @Sendable (Int) throws -> Void) throws {
        for index in 0..<count { try job(index) }
    }
}

/// What an import leaves behind follows from what was imported, whichever thread did what and when.
@Suite struct ImportBytesTests {
    /// Two rounds, of which the second goes on with some conversations and repeats some events.
    private static func rounds() -> [[IngestBatch]] {
        (0..<2).map { round in
            (0..<4).map { part in
                var events = SampleEvents()
                for number in 0..<150 {
                    let conversation = "c\(600 * round + 150 * part + number - 40 * round)"
                    for turn in 1...2 {
                        events.addTurn(
                            conversation, Int64(2 * round + turn), at: Double(number + 300 * round + 10 * turn),
                            model: number % 3 == 0 ? "gpt-4o" : "gpt-4o-mini")
                    }
                }
                if round == 1, part == 0 {
                    for number in 0..<20 { events.addTurn("c\(number)", 1, at: Double(number + 10)) }
                }
                return events.batch
            }
        }
    }

    /// The files of a store that the rounds were imported into.
    private static func files(_ workers: any Workers) throws -> [(path: String, bytes: [UInt8])] {
        let disk = SimulatedFileSystem(seed: 61)
        let context = StoreContext(
            fileSystem: disk, clock: SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000),
            randomness: SeededRandomness(seed: 1), workers: workers)
        let store = try EventStore.open(at: "/data", context: context, options: EventStoreTests.options())
        for round in rounds() { _ = try store.importBulk(round) }
        try store.close()
        return disk.snapshot()
    }

    @Test func theSameBytesWhateverTheThreadsDid() throws {
        let expected = try Self.files(SuccessiveWorkers(2))
        #expect(expected.filter { $0.path.hasSuffix(".segment") }.count >= 2)
        for _ in 0..<3 {
            let found = try Self.files(ThreadWorkers(parallelism: 2))
            #expect(found.map(\.path) == expected.map(\.path))
            for (left, right) in zip(found, expected) { #expect(left.bytes == right.bytes, "\(left.path)") }
        }
    }

    /// Rows are looked at one by one only where something among them asks for it; what enters is booked the same.
    @Test func whatStandsAmongEventsChangesNoneOfThem() throws {
        func calls(_ add: (inout SampleEvents) -> Void) throws -> (accepted: Int, calls: [String]) {
            let context = StoreContext(
                fileSystem: SimulatedFileSystem(seed: 63),
                clock: SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000),
                randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
            let store = try EventStore.open(at: "/data", context: context, options: EventStoreTests.options())
            var events = SampleEvents()
            events.addTurn("c0", 1, at: 1)
            add(&events)
            for number in 1...6 {
                events.addTurn("c\(number)", 1, at: Double(number), model: number % 3 == 0 ? "not-priced" : "gpt-4o")
            }
            let accepted = try store.importBulk([events.batch])[0].accepted
            let found = try rows(store, "llm_call", ["id", "time", "cost_usd", "price_state"])
            try store.close()
            return (accepted, found)
        }
        let plain = try calls { _ in }
        #expect(plain.accepted == 21 && plain.calls.count == 7 && Set(plain.calls).count == 7)
        // Too far ahead of the clock, without a time, and a repeat.
        let others: [(Int, (inout SampleEvents) -> Void)] = [
            (21, { $0.add("tool.call", id: "ahead", at: 1_000_000, ["tool": .text("t")]) }),
            (22, { $0.add("tool.call", id: "untimed", at: nil, ["tool": .text("t")]) }),
            (21, { $0.addTurn("c0", 1, at: 1) }),
        ]
        for (accepted, add) in others {
            let found = try calls(add)
            #expect(found.accepted == accepted && found.calls == plain.calls)
        }
    }

    /// The segment and the state are written at one time: where one of them finds no room the other goes, too.
    @Test(arguments: [0, 1, 300, 600, 1_200]) func whatFindsNoRoomLeavesNoFile(room: Int) throws {
        for workers in [SuccessiveWorkers(2), ThreadWorkers(parallelism: 2)] as [any Workers] {
            let disk = SimulatedFileSystem(seed: 62)
            let context = StoreContext(
                fileSystem: disk, clock: SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000),
                randomness: SeededRandomness(seed: 1), workers: workers)
            let store = try EventStore.open(at: "/data", context: context, options: EventStoreTests.options())
            let rounds = Self.rounds()
            _ = try store.importBulk(rounds[0])
            func files() -> [String] {
                disk.snapshot().map(\.path).filter { $0.contains(".segment") || $0.contains("state-") }.sorted()
            }
            let before = files()
            #expect(before.contains { $0.hasSuffix(".segment") } && before.contains { $0.contains("/state-") })
            disk.setQuota(bytes: disk.snapshot().reduce(0) { $0 + $1.bytes.count } + room)
            #expect(throws: StoreError.self) { _ = try store.importBulk(rounds[1]) }
            #expect(files() == before)
            disk.setQuota(bytes: .max)
            #expect(try store.importBulk(rounds[1]).reduce(0) { $0 + $1.accepted } > 0)
            try store.close()
        }
    }
}
