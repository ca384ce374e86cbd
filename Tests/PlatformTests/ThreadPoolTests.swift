import Foundation
import Platform
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
    private final class Seen: Sendable {
        private let state = Mutex<[Int]>([])
        var numbers: [Int] { state.withLock { $0 } }
        func add(_ number: Int) { state.withLock { $0.append(number) } }
    }

    /// A thread that is busy until the gate opens.
    private final class Gate: Sendable {
        private let isOpen = Atomic<Bool>(false)
        private let isReached = Atomic<Bool>(false)
        func open() { isOpen.store(true, ordering: .releasing) }
        func hold() {
            isReached.store(true, ordering: .releasing)
            while !isOpen.load(ordering: .acquiring) {}
        }
        func waitUntilReached() async throws {
            while !isReached.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    private struct Mistake: Error {}

    @Test func oneThreadRunsJobsInTheirOrderAndStopsAfterTheLast() async throws {
        let (pool, seen) = (ThreadPool(threadCount: 1), Seen())
        for number in 0..<200 { pool.submit { seen.add(number) } }
        await pool.stop()
        #expect(seen.numbers == Array(0..<200))
        pool.submit { seen.add(200) }
        #expect(seen.numbers.last == 200, "after the stop the caller's thread works")
        #expect(try await pool.run { 7 } == 7)
    }

    /// What a library keeps of a thread, and clears up slowly when the thread ends.
    private final class Remains {
        private let count: Count
        init(_ count: Count) { self.count = count }
        deinit {
            Thread.sleep(forTimeInterval: 0.2)
            _ = count.value.add(1, ordering: .acquiringAndReleasing)
        }

        final class Count: Sendable { let value = Atomic<Int>(0) }
    }

    @Test func aPoolHasStoppedWhenItsThreadsHaveEnded() async throws {
        let (pool, cleared) = (ThreadPool(threadCount: 2), Remains.Count())
        try await pool.run { Thread.current.threadDictionary["remains"] = Remains(cleared) }
        let before = cleared.value.load(ordering: .acquiring)
        await pool.stop()
        #expect(before == 0)
        #expect(cleared.value.load(ordering: .acquiring) == 1)
    }

    @Test func whoeverAsksForTheStopReturnsWhenTheThreadsHaveEnded() async throws {
        let (pool, cleared) = (ThreadPool(threadCount: 1), Remains.Count())
        try await pool.run { Thread.current.threadDictionary["remains"] = Remains(cleared) }
        let seen = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    await pool.stop()
                    return cleared.value.load(ordering: .acquiring)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(seen == [1, 1, 1])
        await pool.stop()
    }

    @Test func resultsAndErrorsComeBack() async throws {
        let pool = ThreadPool(threadCount: 3)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<300 { group.addTask { try await pool.run { number } } }
            return try await group.reduce(0, +)
        }
        #expect(sum == 299 * 300 / 2)
        await #expect(throws: Mistake.self) { try await pool.run { throw Mistake() } }
        await pool.stop()
    }

    @Test func threadsWorkBesideEachOther() async throws {
        let (pool, gate) = (ThreadPool(threadCount: 2), Gate())
        async let held: Void = pool.run { gate.hold() }
        try await gate.waitUntilReached()
        #expect(try await pool.run { 1 } == 1)
        gate.open()
        try await held
        await pool.stop()
    }

    @Test func aCancelledCallerTakesBackWhatHasNotBegun() async throws {
        let (pool, gate, seen) = (ThreadPool(threadCount: 1), Gate(), Seen())
        let first = Task {
            try await pool.run {
                gate.hold()
                seen.add(1)
            }
        }
        try await gate.waitUntilReached()
        let second = Task { try await pool.run { seen.add(2) } }
        second.cancel()
        // It ends while the only thread is still held.
        await #expect(throws: CancellationError.self) { try await second.value }
        first.cancel()
        gate.open()
        try await first.value
        await pool.stop()
        #expect(seen.numbers == [1], "what has begun is done")
    }

    @Test func aJobMayHandItsWorkOn() async throws {
        let (pool, next) = (ThreadPool(threadCount: 1), ThreadPool(threadCount: 1))
        let number = try await pool.run(handingOn: { finish in next.submit { finish(.success(7)) } })
        #expect(number == 7)
        await #expect(throws: Mistake.self) {
            let _: Int = try await pool.run(handingOn: { finish in next.submit { finish(.failure(Mistake())) } })
        }
        await next.stop()
        await pool.stop()
    }

    /// What was handed on has begun, and its caller learns what becomes of it.
    @Test func whatWasHandedOnIsNotTakenBack() async throws {
        let (pool, next, gate) = (ThreadPool(threadCount: 1), ThreadPool(threadCount: 1), Gate())
        let caller = Task {
            try await pool.run(handingOn: { finish in
                next.submit {
                    gate.hold()
                    finish(.success(7))
                }
            })
        }
        try await gate.waitUntilReached()
        caller.cancel()
        gate.open()
        #expect(try await caller.value == 7)
        await next.stop()
        await pool.stop()
    }
}

@Suite struct ThreadRoomTests {
    @Test func aFewThreadsCanAlwaysBeStarted() {
        #expect(canStartThreads(0) && canStartThreads(8))
    }
}
