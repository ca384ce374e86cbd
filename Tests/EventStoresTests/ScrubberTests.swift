import EventStores
import Platform
import Testing

/// Reading all files once more finds what decayed in any of them, and takes nothing for decay that others write.
@Suite struct ScrubberTests {
    private let disk = SimulatedFileSystem(seed: 94)

    private func turn(_ name: String, at seconds: Double) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn(name, 1, at: seconds)
        return events.batch
    }

    /// A store with three segments and events that none has; it stays open.
    private func make() throws -> EventStore {
        let store = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
        for number in 1...3 {
            _ = try store.append([turn("c\(number)", at: Double(number * 100))])
            try store.seal()
        }
        _ = try store.append([turn("tail", at: 400)])
        return store
    }

    /// What one pass finds, and reads.
    private func pass(
        _ scrubber: StoreScrubber, between: () throws -> Void = {}
    ) throws -> (found: [String], bytes: Int) {
        var (found, bytes) = ([String](), 0)
        for _ in 0..<10_000 {
            let step = try scrubber.step()
            found += step.found.map { "\($0)" }
            bytes += step.bytes
            if step.isEnd { return (found, bytes) }
            try between()
        }
        Issue.record("a pass without an end")
        return (found, bytes)
    }

    private var live: [(path: String, bytes: [UInt8])] {
        disk.snapshot().filter { $0.path.hasPrefix("/data/") && !$0.path.hasSuffix("LOCK") && !$0.bytes.isEmpty }
    }

    @Test func aWholeStoreIsReadWholeAndChangedNowhere() throws {
        let store = try make()
        let before = live.map(\.bytes)
        let scrubber = StoreScrubber(store)
        let segments = live.filter { $0.path.hasSuffix(".segment") }.reduce(0) { $0 + $1.bytes.count }
        #expect(scrubber.passBytes == segments)
        for _ in 0..<2 {
            let (found, bytes) = try pass(scrubber)
            #expect(found == [] && bytes >= segments)
        }
        #expect(live.map(\.bytes) == before)
        try store.close()
    }

    @Test func decayOfAnyFileIsFoundAndNamed() throws {
        let store = try make()
        let scrubber = StoreScrubber(store)
        for (path, bytes) in live where !path.contains("/spare-") {
            // Of the state that only the manifest before names nobody reads anything.
            if path.contains("state-"), !path.hasSuffix("state-3") { continue }
            let end = (bytes.lastIndex { $0 != 0 } ?? 0) + 1
            for offset in stride(from: 0, to: end, by: max(1, end / 9)) {
                disk.damage(path) { $0[offset] ^= 0x20 }
                let found = try pass(scrubber).found
                let isLogEnd = path.hasPrefix("/data/log/") && offset >= end - 64
                let isNamed = !found.isEmpty && found.allSatisfy { $0.hasPrefix(path) }
                #expect(isNamed || isLogEnd, "\(path) \(offset): \(found)")
                disk.damage(path) { $0 = bytes }
            }
        }
        #expect(try pass(scrubber).found == [])
        let gone = try #require(live.first { $0.path.hasSuffix(".segment") })
        try disk.remove(gone.path)
        #expect(try pass(scrubber).found.contains { $0.hasPrefix(gone.path) && $0.contains("missing") })
        try disk.replace(gone.path, with: gone.bytes)
        try store.close()
    }

    /// Whoever writes meanwhile damages nothing.
    @Test func whatIsWrittenMeanwhileIsNoDecay() throws {
        let store = try make()
        let scrubber = StoreScrubber(store)
        var number = 0
        for _ in 0..<3 {
            let found = try pass(scrubber) {
                guard number < 40 else { return }
                number += 1
                _ = try store.append([turn("m\(number)", at: Double(500 + number))])
                if number % 3 == 0 { try store.seal() }
            }.found
            #expect(found == [])
        }
        #expect(number > 6)
        try store.close()
    }

    /// A machine that is short of something says nothing of the files.
    @Test func scarcityIsNoDecay() throws {
        let store = try make()
        let scrubber = StoreScrubber(store)
        disk.setOpenFiles(max: 0)
        #expect(throws: StorageError.self) { try scrubber.step() }
        disk.setOpenFiles(max: .max)
        #expect(try pass(scrubber).found == [])
        try store.close()
    }
}
