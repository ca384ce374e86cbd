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
            #expect(try workers.map(count: count) { $0 * $0 } == (0..<count).map { $0 * $0 })
        }
    }

    @Test(arguments: kinds.indices) func theLowestErrorIsThrown(kind: Int) throws {
        let workers = Self.kinds[kind]
        for _ in 0..<200 {
            #expect(throws: Refusal(index: 3)) {
                try workers.run(count: 100) { index in if index >= 3 { throw Refusal(index: index) } }
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
}
