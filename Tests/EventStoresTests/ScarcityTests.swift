import Bytes
import Domain
import EventStores
import Glibc
import Platform
import Testing

/// A machine that is short of something refuses for a while; only a log that may have lost something stops for good.
@Suite struct ScarcityTests {
    /// What the process, the machine or its memory has none left of, and what may be tried at once.
    private static let wants = [EMFILE, ENFILE, ENOMEM, EINTR, EAGAIN]

    private func turn(_ name: String, at seconds: Double = 10) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn(name, 1, at: seconds)
        return events.batch
    }

    private func open(_ disk: SimulatedFileSystem, sealEvents: Int = 1 << 30) throws -> EventStore {
        try EventStore.open(
            at: "/data", context: context(disk), options: EventStoreTests.options(sealEvents: sealEvents))
    }

    @Test(arguments: wants + [EIO]) func aLookUpThatFailsStopsNothing(code: Int32) throws
    {
        let disk = SimulatedFileSystem(seed: 51)
        let store = try open(disk)
        // Two of each table: a page of one value stands in its header and needs no look.
        _ = try store.append([turn("a"), turn("c")])
        try store.seal()
        // A block that fails once is read once more.
        disk.arm(SimulatedFault(.failure(code), atCall: 1, of: [.read], isLasting: true))
        do {
            _ = try store.append([turn("a")])
            Issue.record("it was judged")
        } catch StoreError.unavailable(let reason) {
            #expect(reason.contains("cannot read"))
        }
        disk.disarm()
        #expect(try store.append([turn("a")])[0].duplicates == 3)
        #expect(try store.append([turn("b")])[0].accepted == 3)
        try store.close()
    }

    @Test func aFailedFlushStopsForGood() throws {
        let disk = SimulatedFileSystem(seed: 52)
        let store = try open(disk)
        disk.arm(SimulatedFault(.failure(EIO), atCall: 1, of: [.flush]))
        for _ in 0..<2 {
            do {
                _ = try store.append([turn("a")])
                Issue.record("it was taken")
            } catch StoreError.stopped(let reason) {
                #expect(reason.contains("cannot flush"))
            }
        }
    }

    @Test func whatToDoAboutAFullDiskIsSaidOnce() {
        let cause = StorageError(.preallocate, path: "/data/log/1", code: ENOSPC)
        #expect(
            StoreError.noSpace(reason: "\(cause)").description
                == "the disk is full (cannot preallocate /data/log/1: No space left on device; free space on the "
                + "volume or raise the quota); ingest goes on by itself once there is room")
    }

    /// A file that the log cannot begin is no loss: what it has is durable.
    @Test(arguments: wants) func aLogWithoutAFileGoesOnOnceThereIsOne(code: Int32) throws {
        let disk = SimulatedFileSystem(seed: 53)
        let store = try open(disk)
        disk.setOpenFiles(max: 0, code: code)
        var number = 0
        var isRefused = false
        while !isRefused {
            number += 1
            #expect(number < 10_000)
            do {
                _ = try store.append([turn("t\(number)")])
            } catch StoreError.unavailable {
                isRefused = true
            }
        }
        disk.setOpenFiles(max: .max)
        #expect(try store.append([turn("t\(number)")])[0].accepted == 3)
        let before = try rows(store, "events", ["id"])
        #expect(before.count == 3 * number)
        try store.close()
        let again = try open(disk)
        #expect(try rows(again, "events", ["id"]) == before)
        try again.close()
    }

    @Test(arguments: wants) func aSealThatFailsIsCountedAndTriedAgain(code: Int32) throws {
        let disk = SimulatedFileSystem(seed: 54)
        let store = try open(disk, sealEvents: 6)
        disk.setOpenFiles(max: 0, code: code)
        for name in ["a", "b", "c"] { #expect(try store.append([turn(name)])[0].accepted == 3) }
        try store.tick()
        #expect(store.status.segments == 0 && store.status.failedSeals > 0)
        #expect(store.status.troubles.contains { $0.line.contains("a seal failed") })
        disk.setOpenFiles(max: .max)
        try store.seal()
        #expect(store.status.segments == 1 && store.status.unsealedEvents == 0)
        #expect(store.status.troubles.isEmpty)
        try store.close()
    }

    /// The longer a seal fails, the rarer it is tried; room on the disk is reason enough to try it at once.
    @Test func aSealIsTriedAgainOnceTheDiskHasRoom() throws {
        let disk = SimulatedFileSystem(seed: 58)
        let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
        let context = StoreContext(
            fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: 1), workers: InlineWorkers(),
            sideQueue: InlineBackgroundQueue())
        let store = try EventStore.open(
            at: "/data", context: context, options: EventStoreTests.options(sealEvents: 3))
        func tick(after seconds: Int64) throws {
            clock.advance(nanoseconds: seconds * 1_000_000_000)
            try store.tick()
        }
        disk.setQuota(bytes: 1 << 30)
        disk.arm(SimulatedFault(.failure(ENOSPC), atCall: 1, of: [.rename], isLasting: true))
        _ = try store.append([turn("a")])
        for seconds: Int64 in [0, 1, 2, 4, 8] { try tick(after: seconds) }
        #expect(store.status.failedSeals == 6)
        // The next try is due in 16 seconds.
        try tick(after: 2)
        #expect(store.status.failedSeals == 6)
        disk.disarm()
        try tick(after: 2)
        #expect(store.status.segments == 0, "there is no more room than before")
        disk.setQuota(bytes: 1 << 40)
        try tick(after: 1)
        #expect(store.status.segments == 1 && store.status.unsealedEvents == 0)
        #expect(store.status.troubles.isEmpty)
        try store.close()
    }

    /// Memory is full, and seals fail: what comes is refused until one succeeds.
    @Test(arguments: wants) func aTailWithoutRoomIsBusy(code: Int32) throws {
        let disk = SimulatedFileSystem(seed: 55)
        let store = try open(disk, sealEvents: 3)
        disk.setOpenFiles(max: 0, code: code)
        for number in 0..<4 { #expect(try store.append([turn("t\(number)")])[0].accepted == 3) }
        for _ in 0..<2 {
            do {
                _ = try store.append([turn("more")])
                Issue.record("it was taken")
            } catch StoreError.tailFull(let reason, _) {
                #expect(reason.contains(", tried last at 20"), "\(reason)")
            }
        }
        disk.setOpenFiles(max: .max)
        try store.seal()
        #expect(try store.append([turn("more")])[0].accepted == 3)
        try store.close()
    }

    /// Runs what it is given when it is told to, and lets time pass for whoever waits.
    private final class LongSeals: BackgroundQueue {
        let held = HeldBackgroundQueue()
        let clock: SimulatedClock
        init(_ clock: SimulatedClock) { self.clock = clock }
        func start(_ job: @escaping @Sendable () -> Void) { held.start(job) }
        func waitUntilIdle() { held.waitUntilIdle() }
        func waitUntilIdle(atMost nanoseconds: Int64) -> Bool {
            if held.heldCount > 0 { clock.advance(nanoseconds: nanoseconds) }
            return held.heldCount == 0
        }
    }

    /// A store whose seals last until somebody ends them, and whose memory is full; and seconds of its clock.
    private func fullStore(_ disk: SimulatedFileSystem) throws -> (EventStore, LongSeals, seconds: () -> Int64) {
        let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
        let queue = LongSeals(clock)
        let context = StoreContext(
            fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: 1), workers: InlineWorkers(),
            sideQueue: queue)
        let store = try EventStore.open(
            at: "/data", context: context, options: EventStoreTests.options(sealEvents: 3))
        for number in 0..<4 { #expect(try store.append([turn("t\(number)")])[0].accepted == 3) }
        #expect(queue.held.heldCount == 1 && store.isTailFull)
        return (store, queue, { clock.monotonicNanoseconds() / 1_000_000_000 })
    }

    /// Sends what is refused; in how many seconds it is to be sent again.
    private func refusal(_ store: EventStore, waitingUntil second: Int64 = .max) throws -> Int? {
        do {
            _ = try store.append([turn("more")], waitingUntil: second.saturatingMultiply(by: 1_000_000_000))
            return nil
        } catch StoreError.tailFull(_, let seconds) {
            return seconds
        }
    }

    /// While a seal is under way whoever sends waits for five seconds at the most, and no longer than it may.
    @Test func whoeverSendsWaitsForASealThatLastsAsLongAsItMay() throws {
        let (store, queue, seconds) = try fullStore(SimulatedFileSystem(seed: 59))
        #expect(try refusal(store) == 5 && seconds() == 5)
        #expect(try refusal(store, waitingUntil: 5) == 5 && seconds() == 5, "that time is over")
        #expect(try refusal(store, waitingUntil: 7) == 7 && seconds() == 7)
        #expect(queue.held.heldCount == 1 && store.isTailFull)
        queue.held.runNext()
        #expect(try refusal(store) == nil && seconds() == 7)
        // The seal is published, nine events and three are left of those that came during it.
        #expect(store.status.segments == 1 && store.status.unsealedEvents == 12)
        try store.close()
    }

    /// Whoever sends has a seal that failed tried again where that is due, and leaves it to the thread for seals.
    @Test func whoeverSendsDoesNotSeal() throws {
        let disk = SimulatedFileSystem(seed: 60)
        let (store, queue, seconds) = try fullStore(disk)
        disk.setOpenFiles(max: 0, code: EMFILE)
        queue.held.runNext()
        disk.setOpenFiles(max: .max)
        #expect(try refusal(store) == 5 && seconds() == 5)
        #expect(store.status.failedSeals == 1 && store.status.segments == 0)
        #expect(queue.held.heldCount == 1, "it is under way beside whoever sends")
        queue.held.runNext()
        #expect(try refusal(store) == nil && seconds() == 5)
        #expect(store.status.segments == 1 && store.status.unsealedEvents == 3 && !store.isTailFull)
        try store.close()
    }

    /// A stop waits for a seal, but not for one that lasts: the log has all of it, and nobody names its files.
    @Test func aStopLeavesASealThatLasts() throws {
        let disk = SimulatedFileSystem(seed: 62)
        let (store, queue, seconds) = try fullStore(disk)
        func segmentFiles() throws -> Int {
            try disk.list("/data/segments").filter { $0.name.hasSuffix(".segment") }.count
        }
        try store.close()
        #expect(seconds() == 20 && queue.held.heldCount == 1)
        #expect(throws: (any Error).self, "the job may still write files") { try open(disk) }
        queue.held.runNext()
        #expect(try segmentFiles() == 1)
        // It is done, and nothing publishes it.
        #expect(throws: StoreError.self) { try store.append([turn("late")]) }
        try store.tick()
        try store.finishJobs()
        #expect(store.status.segments == 0)
        let again = try open(disk)
        #expect(again.status.segments == 0 && again.recovery.wasClosed && again.recovery.replayedEvents == 12)
        try again.tick()
        #expect(try segmentFiles() == 0)
        try again.seal()
        #expect(try rows(again, "events", ["id"]).count == 12)
        try again.close()
    }

    /// Where nothing can change before the seal is tried again, nobody waits, and everybody is told when that is.
    @Test func whoeverIsRefusedIsToldWhenToComeAgain() throws {
        let disk = SimulatedFileSystem(seed: 61)
        let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
        let context = StoreContext(
            fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: 1), workers: InlineWorkers(),
            sideQueue: InlineBackgroundQueue())
        let store = try EventStore.open(
            at: "/data", context: context, options: EventStoreTests.options(sealEvents: 3))
        disk.setOpenFiles(max: 0, code: EMFILE)
        for number in 0..<4 { #expect(try store.append([turn("t\(number)")])[0].accepted == 3) }
        var told: [Int?] = []
        for _ in 0..<8 {
            let seconds = try refusal(store)
            told.append(seconds)
            clock.advance(nanoseconds: Int64(seconds ?? 0) * 1_000_000_000)
        }
        #expect(told == [1, 2, 4, 8, 16, 32, 60, 60])
        _ = try refusal(store)
        clock.advance(nanoseconds: 14_500_000_000)
        #expect(try refusal(store) == 46)
        #expect(store.status.failedSeals == 10)
        disk.setOpenFiles(max: .max)
        try store.close()
    }

    /// What a server keeps back for its store is what a store opens, however much there is.
    @Test func aStoreOpensNoMoreThanItSays() throws {
        let disk = SimulatedFileSystem(seed: 57)
        for start in 0..<2 {
            let store = try open(disk)
            for number in 0..<60 {
                _ = try store.append([turn("t\(start)-\(number)", at: Double(number))])
                try store.seal()
                if number % 20 == 0 { #expect(try rows(store, "events", ["id"]).count > 0) }
            }
            #expect(try rows(store, "turns", ["conversation_id"]).count == (start + 1) * 60)
            try store.close()
        }
        // All segments that may be kept are; what may be open beside them, 16, is not open all at one time.
        #expect((EventStore.openFilesMax - 16...EventStore.openFilesMax).contains(disk.openFilesPeak))
    }

    @Test func manySegmentsNeedFewOpenFiles() throws {
        let disk = SimulatedFileSystem(seed: 56)
        disk.setOpenFiles(max: 128)
        let store = try open(disk)
        for number in 0..<200 {
            _ = try store.append([turn("t\(number)", at: Double(number))])
            try store.seal()
        }
        func expectAll(_ store: EventStore) throws {
            #expect(store.status.segments == 200)
            #expect(try rows(store, "turns", ["conversation_id"]).count == 200)
            #expect(try rows(store, "events", ["id"]).count == 600)
        }
        try expectAll(store)
        try store.close()
        disk.crash(.process)
        let again = try open(disk)
        try expectAll(again)
        // What the store keeps open it gives back where there is nothing left: the log has one of these files.
        disk.setOpenFiles(max: 2)
        #expect(try rows(again, "llm_call", ["id"]).count == 200)
        disk.setOpenFiles(max: 128)
        #expect(try again.append([turn("t7", at: 7)])[0].duplicates == 3)
        try again.close()
    }
}
