import Platform
import Synchronization
import Testing

private struct Refusal: Error, Equatable {
    var index: Int
}

@Suite struct WorkersTests {
    static let kinds: [any Workers] = [
        InlineWorkers(), ThreadWorkers(parallelism: 1), ThreadWorkers(parallelism: 4), ThreadWorkers(),
    ]

    @Test(arguments: kinds.indices) func everyIndexRunsOnce(kind: Int) throws {
        let workers = Self.kinds[kind]
        for count in [0, 1, 2, 1000] {
            let calls = Mutex([Int](repeating: 0, count: count))
            try workers.run(count: count) { index in calls.withLock { $0[index] += 1 } }
            #expect(calls.withLock { $0 } == [Int](repeating: 1, count: count))
            try workers.runGivingWay(count: count, fillsWaiting: true) { index in calls.withLock { $0[index] += 1 } }
            #expect(calls.withLock { $0 } == [Int](repeating: 2, count: count))
            #expect(try workers.map(count: count) { $0 * $0 } == (0..<count).map { $0 * $0 })
        }
    }

    @Test(arguments: kinds.indices) func theLowestErrorIsThrown(kind: Int) throws {
        let workers = Self.kinds[kind]
        for _ in 0..<200 {
            #expect(throws: Refusal(index: 3)) {
                try workers.run(count: 100) { index in if index >= 3 { throw Refusal(index: index) } }
            }
            #expect(throws: Refusal(index: 3)) {
                try workers.runGivingWay(count: 100, fillsWaiting: true) { index in
                    if index >= 3 { throw Refusal(index: index) }
                }
            }
        }
    }

    final class Total: Sendable { let value = Atomic<Int>(0) }

    @Test func jobsMayRunJobsAndCallersMayBeMany() async throws {
        let workers = ThreadWorkers(parallelism: 3)
        let total = Total()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try? workers.run(count: 20) { outer in
                        try workers.run(count: 20) { inner in
                            _ = total.value.wrappingAdd(outer * 20 + inner, ordering: .relaxed)
                        }
                    }
                }
            }
        }
        #expect(total.value.load(ordering: .relaxed) == 4 * (399 * 400 / 2))
    }

    @Test func workersEndWithTheirOwner() throws {
        for _ in 0..<50 {
            let sum = Atomic<Int>(0)
            try ThreadWorkers(parallelism: 3).run(count: 10) { index in _ = sum.wrappingAdd(index, ordering: .relaxed) }
            #expect(sum.load(ordering: .relaxed) == 45)
        }
    }

    /// How far two threads have come that wait for each other, with an end to the waiting.
    final class Progress: Sendable {
        let inner = Atomic<Int>(0)
        let spare = Atomic<Int>(0)
        let seen = Atomic<Int>(-1)

        /// Whether it came to be within ten seconds.
        func reaches(_ isReached: (Progress) -> Bool) -> Bool {
            let end = SystemClock().monotonicNanoseconds() + 10_000_000_000
            while !isReached(self) {
                guard SystemClock().monotonicNanoseconds() < end else { return false }
                pauseThread(milliseconds: 1)
            }
            return true
        }
    }

    /// What the first job runs is done before the others go on, though they came first.
    @Test(arguments: [false, true]) func othersGoBeforeJobsThatGiveWay(fillsWaiting: Bool) throws {
        let workers = ThreadWorkers(parallelism: 2)
        let progress = Progress()
        try workers.runGivingWay(count: 40, fillsWaiting: fillsWaiting) { index in
            guard index == 0 else {
                // The first of them has the second thread until there is something else to do.
                let isReached = progress.reaches { $0.inner.load(ordering: .relaxed) > 0 }
                #expect(isReached)
                _ = progress.spare.wrappingAdd(1, ordering: .relaxed)
                return
            }
            // So that a thread is in one of the others, and not on its way to take part in what is run now.
            pauseThread(milliseconds: 50)
            try workers.run(count: 2) { _ in
                let begun = progress.inner.wrappingAdd(1, ordering: .relaxed).newValue
                if begun == 2 {
                    progress.seen.store(progress.spare.load(ordering: .relaxed), ordering: .relaxed)
                }
                let isReached = progress.reaches { $0.inner.load(ordering: .relaxed) == 2 }
                #expect(isReached)
            }
        }
        #expect(progress.spare.load(ordering: .relaxed) == 39)
        #expect(progress.seen.load(ordering: .relaxed) <= 1)
    }

    /// Whoever waits for the other half of its jobs does what can be spared meanwhile.
    @Test func waitingIsFilledWithJobsThatGiveWay() throws {
        let workers = ThreadWorkers(parallelism: 2)
        let progress = Progress()
        try workers.runGivingWay(count: 40, fillsWaiting: true) { index in
            guard index == 0 else {
                _ = progress.spare.wrappingAdd(1, ordering: .relaxed)
                // Leaves time for the jobs that go first.
                pauseThread(milliseconds: 1)
                return
            }
            try workers.run(count: 2) { _ in
                let begun = progress.inner.wrappingAdd(1, ordering: .relaxed).newValue
                guard progress.reaches({ $0.inner.load(ordering: .relaxed) == 2 }) else { return }
                // Both threads are here: what is done from now on, one of them does while it waits for the other.
                let done = progress.spare.load(ordering: .relaxed)
                guard begun == 2 else { return }
                let isReached = progress.reaches { $0.spare.load(ordering: .relaxed) > done }
                #expect(isReached)
            }
            progress.seen.store(progress.spare.load(ordering: .relaxed), ordering: .relaxed)
        }
        #expect(progress.spare.load(ordering: .relaxed) == 39)
        #expect(progress.seen.load(ordering: .relaxed) > 0)
    }
}
