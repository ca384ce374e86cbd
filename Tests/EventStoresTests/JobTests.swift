import Domain
import EventStores
import Platform
import Segments
import Testing

/// Jobs of two kinds beside the writer: what they made lands whole, whichever is first, or not at all.
@Suite struct JobTests {
    private let disk = SimulatedFileSystem(seed: 31)
    private let queue = HeldBackgroundQueue()

    private func open() throws -> EventStore {
        try EventStore.open(
            at: "/data", context: context(disk, sideQueue: queue), options: EventStoreTests.options(sealEvents: 6))
    }

    private func turns(_ conversation: String, _ turns: ClosedRange<Int64>) -> IngestBatch {
        var events = SampleEvents()
        for turn in turns { events.addTurn(conversation, turn, at: 3_500 + Double(turn)) }
        return events.batch
    }

    private func answers(_ store: EventStore) throws -> [[String]] {
        [
            try rows(store, "events", ["position", "id", "type"]),
            try rows(store, "turns", EventStoreTests.turnColumns),
            try rows(store, "conversations", EventStoreTests.conversationColumns),
        ]
    }

    private var segmentFiles: [String] {
        get throws { try disk.list("/data/segments").map(\.name).filter { $0.hasSuffix(".segment") } }
    }

    /// A store with one segment, whose events no later one concerns.
    private func sealed() throws -> EventStore {
        let store = try open()
        _ = try store.append([turns("first", 1...2)])
        queue.runNext()
        try store.tick()
        #expect(store.status.segments == 1)
        return store
    }

    @Test(arguments: [true, false]) func aRewriteLandsBesideASeal(isSealFirst: Bool) throws {
        let store = try sealed()
        if !isSealFirst { #expect(try store.start(RewriteJob())) }
        _ = try store.append([turns("second", 1...2)])
        if isSealFirst { #expect(try store.start(RewriteJob())) }
        let before = try answers(store)
        #expect(queue.heldCount == 2)
        queue.runNext()
        try store.tick()
        #expect(try answers(store) == before)
        queue.runNext()
        try store.finishJobs()
        #expect(try answers(store) == before)
        #expect(store.status.segments == 2 && store.status.unsealedEvents == 0)
        #expect(try store.verify().findings.isEmpty)
        disk.crash()
        let again = try open()
        #expect(again.status.segments == 2 && again.recovery.replayedEvents == 0)
        #expect(try answers(again) == before)
        #expect(try again.append([turns("first", 1...2)])[0].duplicates == 6)
        try again.close()
    }

    @Test func oneOfAKindIsUnderWay() throws {
        let store = try sealed()
        #expect(try store.start(RewriteJob()))
        #expect(try !store.start(RewriteJob()))
        try store.finishJobs()
        #expect(try store.start(RewriteJob()))
        try store.finishJobs()
        #expect(store.status.segments == 1)
        try store.close()
    }

    @Test func filesGoOnceNeitherAVersionNorAReaderNamesThem() throws {
        let store = try sealed()
        let before = try answers(store)
        var held: StoreSnapshot? = store.snapshot()
        let old = try segmentFiles
        _ = try store.start(RewriteJob())
        try store.finishJobs()
        _ = try store.append([turns("second", 1...2)])
        try store.finishJobs()
        try store.tick()
        // Two versions came since: only the snapshot still reads the old file.
        var files = try segmentFiles
        #expect(old.allSatisfy(files.contains))
        #expect(held?.table(named: "events") != nil)
        held = nil
        try store.tick()
        files = try segmentFiles
        #expect(!old.contains(where: files.contains) && files.count == 2)
        #expect(try disk.list("/data/segments").filter { $0.name.hasPrefix("state-") }.count <= 2)
        #expect(try rows(store, "events", ["id"]).count == 2 * before[0].count)
        try store.close()
    }

    @Test(arguments: [true, false]) func whatTheBaseLostIsMadeAgainOrNotAtAll(isSealFirst: Bool) throws {
        let store = try sealed()
        let files = try segmentFiles
        // Later turns of the conversation take the place of rows in the segment that is being written again.
        if !isSealFirst { #expect(try store.start(RewriteJob())) }
        _ = try store.append([turns("first", 3...4)])
        if isSealFirst { #expect(try store.start(RewriteJob())) }
        let before = try answers(store)
        queue.runNext()
        try store.tick()
        #expect(try answers(store) == before)
        queue.runNext()
        try store.finishJobs()
        // Of the two the second stands on what the first took away. A rewrite is not made again, a seal is.
        #expect(try answers(store) == before)
        try store.seal()
        #expect(store.status.segments == 2 && store.status.unsealedEvents == 0)
        _ = try store.append([turns("second", 1...2)])
        try store.seal()
        try store.tick()
        let now = try segmentFiles
        #expect(now.count == 3 && files.allSatisfy(now.contains) == isSealFirst)
        let after = try answers(store)
        disk.crash()
        let again = try open()
        #expect(try answers(again) == after)
        #expect(try again.verify().findings.isEmpty)
        try again.close()
    }

    @Test func filesOfAnAttemptThatCameToNothingGo() throws {
        let store = try sealed()
        _ = try store.start(RewriteJob())
        // The segment is written, then power goes before a manifest names it.
        queue.runNext()
        disk.crash()
        #expect(try segmentFiles.count == 2)
        let again = try open()
        try again.tick()
        #expect(try segmentFiles.count == 1)
        #expect(try rows(again, "events", ["id"]).count == 6)
        try again.close()
    }

    @Test func aFailedJobIsToldOnceAndLeavesTheStoreWhole() throws {
        let store = try sealed()
        let before = try answers(store)
        _ = try store.start(RewriteJob())
        disk.arm(SimulatedFault(.failure(28), atCall: 2))
        #expect(throws: StoreError.self) { try store.finishJobs() }
        try store.finishJobs()
        #expect(try answers(store) == before)
        _ = try store.start(RewriteJob())
        try store.finishJobs()
        #expect(try answers(store) == before)
        try store.close()
    }
}
