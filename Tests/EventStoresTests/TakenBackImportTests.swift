import Domain
import EventStores
import Glibc
import Platform
import Projections
import Testing

/// What a step that fails had counted is counted no longer: not on `/metrics`, and not beside what comes again.
@Suite struct TakenBackImportTests {
    private func batch(_ conversation: String, at seconds: Double) -> IngestBatch {
        var events = SampleEvents()
        for turn in 1...4 {
            events.addTurn(conversation, Int64(turn), at: seconds + Double(turn), status: turn == 2 ? "error" : "ok")
        }
        events.add(
            "message.received", id: conversation + "/waits", at: seconds + 9,
            ["conversation_id": .text(conversation), "turn": .integer(9), "channel": .text("web")])
        return events.batch
    }

    /// A segment that finds no room takes the whole import back; the same import counts once when there is room.
    @Test(arguments: [0, 1, 512, 2_048]) func anImportWithoutRoomCountsNothing(room: Int) throws {
        var families: [[MetricFamily]] = []
        for isRefusedFirst in [true, false] {
            let machine = CounterTests.Machine(seed: 21)
            let store = try machine.open()
            _ = try store.importBulk([batch("first", at: 0)])
            let before = store.snapshot().counters.families
            if isRefusedFirst {
                machine.disk.setQuota(bytes: machine.disk.snapshot().reduce(0) { $0 + $1.bytes.count } + room)
                #expect(throws: StoreError.self) { _ = try store.importBulk([batch("second", at: 20)]) }
                #expect(store.snapshot().counters.families == before)
                machine.disk.setQuota(bytes: .max)
            }
            let result = try store.importBulk([batch("second", at: 20)])[0]
            #expect(result.accepted == 13 && result.duplicates == 0)
            #expect(store.snapshot().counters.families != before)
            // What the questions still wait for was taken back, too: the limit passes for each of them once.
            machine.clock.advance(nanoseconds: 120_000_000_000)
            try store.tick()
            families.append(store.snapshot().counters.families)
            #expect(CounterTests.value(store, "support_questions_total", ["default", "web", "failed"]) == .number(4))
            try store.close()
        }
        #expect(families[0] == families[1])
    }

    /// An import counts its events beside the making of its segment: they count from its publication on, whatever fails
    /// behind that, and not where something fails before.
    @Test(arguments: [false, true]) func whatAnImportHasPublishedIsCounted(isOfFlush: Bool) throws {
        let (_, whole) = try storeWithAFileToFree()
        let untouched = whole.snapshot().counters.families
        _ = try whole.importBulk([batch("first", at: 3_500)])
        let counted = whole.snapshot().counters.families
        #expect(counted != untouched)
        try whole.close()
        var (kept, refused) = (0, 0)
        for call in 1...24 {
            let (disk, store) = try storeWithAFileToFree()
            disk.arm(
                SimulatedFault(
                    .failure(isOfFlush ? EIO : ENOSPC), atCall: call, of: isOfFlush ? [.flush] : [.rename, .remove]))
            var hasFailed = false
            do { _ = try store.importBulk([batch("first", at: 3_500)]) } catch { hasFailed = true }
            disk.disarm()
            let isThere = store.status.position == 13
            #expect(isThere || hasFailed)
            #expect(store.snapshot().counters.families == (isThere ? counted : untouched), "call \(call)")
            if isThere { kept += 1 } else { refused += 1 }
            guard isThere else { continue }
            disk.crash(.process)
            let again = try EventStore.open(at: "/data", context: context(disk), options: Self.smallFiles())
            #expect(again.snapshot().counters.families == counted, "call \(call)")
            try again.close()
        }
        #expect(kept > 0 && refused > 0)
    }

    private struct NoStoreFound: Error {}

    private static func smallFiles() -> StoreOptions {
        var options = EventStoreTests.options()
        options.logFileBytes = 4_096
        return options
    }

    /// Oldest first.
    private static func logFiles(_ disk: SimulatedFileSystem) -> [String] {
        disk.snapshot().map(\.path).filter { $0.hasPrefix("/data/log/events-") }.sorted()
    }

    /// A store whose next seal frees a file of the log behind the publication.
    private func storeWithAFileToFree() throws -> (disk: SimulatedFileSystem, store: EventStore) {
        let disk = SimulatedFileSystem(seed: 23)
        let store = try EventStore.open(at: "/data", context: context(disk), options: Self.smallFiles())
        for number in 0..<400 {
            let text = String(repeating: "x", count: number * 8 % 64)
            _ = try store.append([IngestBatch(notes: [SystemNote(type: "n", data: "\"\(text)\"")])])
            try store.seal()
            if Self.logFiles(disk).count == 2 { return (disk, store) }
        }
        throw NoStoreFound()
    }

    /// What fails behind the publication of a segment takes nothing back: what it holds is counted, now and by what the
    /// next seal writes. A file of the log that cannot be freed is no failure, and goes with the next seal.
    @Test(arguments: [false, true]) func whatARestoreHasPublishedStaysCounted(isOfFlush: Bool) throws {
        let source = try EventStore.open(
            at: "/data", context: context(SimulatedFileSystem(seed: 22)), options: EventStoreTests.options())
        _ = try source.append([batch("first", at: 3_500)])
        var reader = try source.exportReader(in: .min ..< .max)
        let beginning = reader.beginning
        var batches: [RestoredBatch] = []
        while let page = try reader.next() {
            guard !page.events.isEmpty else { continue }
            batches.append(
                RestoredBatch(
                    events: page.events, receivedTimes: page.receivedTimes, bookedCosts: [], records: [],
                    lines: Array(1...page.events.count)))
        }
        let (_, whole) = try storeWithAFileToFree()
        let untouched = whole.snapshot().counters.families
        #expect(try StoreRestorer(beginning, into: whole).restore(batches).accepted == 13)
        let counted = whole.snapshot().counters.families
        #expect(counted != untouched)
        try whole.close()
        var (stopped, left) = (0, 0)
        for call in 1...24 {
            let (disk, store) = try storeWithAFileToFree()
            let oldest = Self.logFiles(disk)[0]
            let restorer = try StoreRestorer(beginning, into: store)
            disk.arm(
                SimulatedFault(
                    .failure(isOfFlush ? EIO : ENOSPC), atCall: call, of: isOfFlush ? [.flush] : [.rename, .remove]))
            var hasFailed = false
            do { _ = try restorer.restore(batches) } catch { hasFailed = true }
            disk.disarm()
            let isThere = store.status.position == 13
            #expect(isThere || hasFailed)
            #expect(store.snapshot().counters.families == (isThere ? counted : untouched), "call \(call)")
            guard isThere else { continue }
            if hasFailed { stopped += 1 }
            if Self.logFiles(disk).contains(oldest) { left += 1 }
            disk.crash(.process)
            for _ in 0..<2 {
                let again = try EventStore.open(at: "/data", context: context(disk), options: Self.smallFiles())
                #expect(again.recovery.replayedEvents == 0 && again.snapshot().counters.families == counted)
                _ = try again.append([IngestBatch(notes: [SystemNote(type: "n", data: "{}")])])
                try again.seal()
                #expect(!Self.logFiles(disk).contains(oldest))
                try again.close()
            }
        }
        #expect((stopped > 0) == isOfFlush, "one of the flushes is that of the log")
        #expect(left > 0, "one of the calls frees the file")
    }
}
