import Glibc
import Intakes
import Platform
import Synchronization
import Testing

/// A writer thread that a test can hold up, and what was written on it.
private final class Recorder: Sendable {
    let groups = Mutex<[[Int]]>([])
    var written: [Int] { groups.withLock { $0.flatMap { $0 } } }
}

private struct DiskGone: Error {}
private struct OneLookUpFailed: Error {}

@Suite struct GroupCommitterTests {
    private func withThread<Result>(_ body: (ThreadPool) async throws -> Result) async throws -> Result {
        let thread = ThreadPool(threadCount: 1)
        do {
            let result = try await body(thread)
            await thread.stop()
            return result
        } catch {
            await thread.stop()
            throw error
        }
    }

    @Test func everyItemGetsItsOwnResultAndIsWrittenOnce() async throws {
        let recorder = Recorder()
        try await withThread { thread in
            let committer = GroupCommitter<Int, Int>(
                thread: thread, groupWeightMax: 7, clock: SimulatedClock(), waitNanoseconds: 0
            ) { items, _ in
                recorder.groups.withLock { $0.append(items) }
                return items.map { $0 * 10 }
            }
            await withTaskGroup(of: Void.self) { group in
                for item in 0..<500 {
                    group.addTask {
                        let result = try? await committer.commit(item, weight: 1)
                        #expect(result == item * 10)
                    }
                }
            }
        }
        #expect(recorder.written.sorted() == Array(0..<500))
        #expect(recorder.groups.withLock { $0.allSatisfy { $0.count <= 7 } })
    }

    @Test func whatWaitsIsWrittenTogetherAndAHeavyItemAlone() async throws {
        let recorder = Recorder()
        try await withThread { thread in
            let committer = GroupCommitter<Int, Int>(
                thread: thread, groupWeightMax: 10, clock: SimulatedClock(), waitNanoseconds: 0
            ) { items, _ in
                recorder.groups.withLock { $0.append(items) }
                return items
            }
            // The thread is held up until all four wait.
            let arrived = Atomic<Int>(0)
            thread.submit { while arrived.load(ordering: .acquiring) < 4 { usleep(1000) } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (item, weight) in [(1, 4), (2, 4), (3, 99), (4, 1)] {
                    let before = arrived.load(ordering: .acquiring)
                    group.addTask { _ = try await committer.commit(item, weight: weight) }
                    while committer.waitingCount < before + 1 { try await Task.sleep(for: .milliseconds(1)) }
                    arrived.add(1, ordering: .releasing)
                }
                try await group.waitForAll()
            }
        }
        #expect(recorder.groups.withLock { $0 } == [[1, 2], [3], [4]])
    }

    /// What nobody waits for is done when nobody waits, and not between two groups.
    @Test func theThreadIsIdleOnceAllWereAnswered() async throws {
        let recorder = Recorder()
        let idle = Mutex<[Int]>([])
        try await withThread { thread in
            let committer = GroupCommitter<Int, Int>(
                thread: thread, groupWeightMax: 1, clock: SimulatedClock(), waitNanoseconds: 0,
                whenIdle: { idle.withLock { $0.append(recorder.written.count) } }
            ) { items, _ in
                recorder.groups.withLock { $0.append(items) }
                return items
            }
            let arrived = Atomic<Int>(0)
            thread.submit { while arrived.load(ordering: .acquiring) < 3 { usleep(1000) } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for item in 1...3 {
                    group.addTask { _ = try await committer.commit(item, weight: 1) }
                    while committer.waitingCount < item { try await Task.sleep(for: .milliseconds(1)) }
                    arrived.add(1, ordering: .releasing)
                }
                try await group.waitForAll()
            }
        }
        #expect(idle.withLock { $0 } == [3])
    }

    /// What one item cannot do is no failure of those that were to be written with it.
    @Test func aFailureThatIsNotFinalIsThatOfItsItem() async throws {
        let recorder = Recorder()
        try await withThread { thread in
            let committer = GroupCommitter<Int, Int>(
                thread: thread, groupWeightMax: 10, clock: SimulatedClock(), waitNanoseconds: 0,
                isFinal: { _ in false }
            ) { items, _ in
                if items.contains(2) { throw DiskGone() }
                recorder.groups.withLock { $0.append(items) }
                return items
            }
            let arrived = Atomic<Int>(0)
            thread.submit { while arrived.load(ordering: .acquiring) < 3 { usleep(1000) } }
            let outcomes = await withTaskGroup(of: (Int, Int?).self) { group in
                for item in 1...3 {
                    let before = arrived.load(ordering: .acquiring)
                    group.addTask { (item, try? await committer.commit(item, weight: 1)) }
                    while committer.waitingCount < before + 1 { try? await Task.sleep(for: .milliseconds(1)) }
                    arrived.add(1, ordering: .releasing)
                }
                var outcomes: [Int: Int] = [:]
                for await (item, result) in group { outcomes[item] = result ?? -1 }
                return outcomes
            }
            #expect(outcomes == [1: 1, 2: -1, 3: 3])
            #expect(committer.failure == nil)
            let later = try await committer.commit(4, weight: 1)
            #expect(later == 4)
        }
        #expect(recorder.groups.withLock { $0 } == [[1], [3], [4]])
    }

    /// Where there is no room nobody waits longer than from when it came, however many wait, and other work of the
    /// thread has its turn.
    @Test func whoeverFindsNoRoomWaitsOnce() async throws {
        let (clock, recorder) = (SimulatedClock(), Recorder())
        let deadlines = Mutex<[Int64]>([])
        let turns = Mutex<[Int]>([])
        try await withThread { thread in
            let committer = GroupCommitter<Int, Int>(
                thread: thread, groupWeightMax: 4, clock: clock, waitNanoseconds: 5_000, isFinal: { _ in false },
                isOfAll: { $0 is DiskGone }
            ) { items, deadline in
                recorder.groups.withLock { $0.append(items) }
                deadlines.withLock { $0.append(deadline) }
                clock.advance(nanoseconds: max(0, deadline - clock.monotonicNanoseconds()))
                throw DiskGone()
            }
            let arrived = Atomic<Int>(0)
            thread.submit { while arrived.load(ordering: .acquiring) < 10 { usleep(1000) } }
            await withTaskGroup(of: Void.self) { group in
                for item in 0..<10 {
                    group.addTask {
                        _ = await #expect(throws: DiskGone.self) { try await committer.commit(item, weight: 1) }
                    }
                    while committer.waitingCount < item + 1 { try? await Task.sleep(for: .milliseconds(1)) }
                    clock.advance(nanoseconds: 100)
                    // Behind the first drain, and before what is left after it.
                    if item == 9 { thread.submit { turns.withLock { $0.append(recorder.written.count) } } }
                    arrived.add(1, ordering: .releasing)
                }
            }
            #expect(committer.failure == nil)
        }
        #expect(recorder.groups.withLock { $0 } == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
        #expect(deadlines.withLock { $0 } == [5_000, 5_400, 5_800])
        #expect(clock.monotonicNanoseconds() == 5_800)
        #expect(turns.withLock { $0 } == [4])
    }

    /// The same where it is met only once the items of a group are written one by one.
    @Test func whereOneByOneFindsNoRoomOthersHaveTheirTurn() async throws {
        let recorder = Recorder()
        let turns = Mutex<[Int]>([])
        try await withThread { thread in
            let committer = GroupCommitter<Int, Int>(
                thread: thread, groupWeightMax: 4, clock: SimulatedClock(), waitNanoseconds: 0,
                isFinal: { _ in false }, isOfAll: { $0 is DiskGone }
            ) { items, _ in
                recorder.groups.withLock { $0.append(items) }
                if items.count == 4 { throw OneLookUpFailed() }
                if items == [0] { throw DiskGone() }
                return items
            }
            let arrived = Atomic<Int>(0)
            thread.submit { while arrived.load(ordering: .acquiring) < 6 { usleep(1000) } }
            let outcomes = await withTaskGroup(of: (Int, Int?).self) { group in
                for item in 0..<6 {
                    group.addTask { (item, try? await committer.commit(item, weight: 1)) }
                    while committer.waitingCount < item + 1 { try? await Task.sleep(for: .milliseconds(1)) }
                    // Behind the first drain, and before what is left after it.
                    if item == 5 { thread.submit { turns.withLock { $0.append(recorder.written.count) } } }
                    arrived.add(1, ordering: .releasing)
                }
                var outcomes: [Int: Int] = [:]
                for await (item, result) in group { outcomes[item] = result ?? -1 }
                return outcomes
            }
            #expect(outcomes == [0: -1, 1: -1, 2: -1, 3: -1, 4: 4, 5: 5])
            #expect(committer.failure == nil)
        }
        #expect(recorder.groups.withLock { $0 } == [[0, 1, 2, 3], [0], [4, 5]])
        #expect(turns.withLock { $0 } == [5])
    }

    @Test func theFirstFailureEndsAllWriting() async throws {
        let recorder = Recorder()
        try await withThread { thread in
            let committer = GroupCommitter<Int, Int>(
                thread: thread, groupWeightMax: 1, clock: SimulatedClock(), waitNanoseconds: 0
            ) { items, _ in
                if items == [3] { throw DiskGone() }
                recorder.groups.withLock { $0.append(items) }
                return items
            }
            let first = try await committer.commit(1, weight: 1)
            #expect(first == 1)
            await #expect(throws: DiskGone.self) { try await committer.commit(3, weight: 1) }
            await #expect(throws: DiskGone.self) { try await committer.commit(4, weight: 1) }
            #expect(committer.failure is DiskGone)
        }
        #expect(recorder.written == [1])
    }
}
