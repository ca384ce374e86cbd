import Platform
import Synchronization
import Testing

@Suite struct BackgroundQueueTests {
    private static func runsInOrder(_ queue: any BackgroundQueue) -> [Int] {
        final class Seen: Sendable { let numbers = Mutex<[Int]>([]) }
        let seen = Seen()
        for number in 0..<100 { queue.start { seen.numbers.withLock { $0.append(number) } } }
        queue.waitUntilIdle()
        return seen.numbers.withLock { $0 }
    }

    @Test func jobsRunOnceInTheirOrder() {
        for queue in [InlineBackgroundQueue(), ThreadBackgroundQueue(), HeldBackgroundQueue()] as [any BackgroundQueue]
        {
            #expect(Self.runsInOrder(queue) == Array(0..<100))
        }
    }

    @Test func aThreadRunsWhatWaitsBeforeItGoes() {
        final class Count: Sendable { let value = Mutex(0) }
        let count = Count()
        do {
            let queue = ThreadBackgroundQueue()
            for _ in 0..<20 { queue.start { count.value.withLock { $0 += 1 } } }
        }
        #expect(count.value.withLock { $0 } == 20)
    }

    /// Who cannot wait for long is told that jobs are left.
    @Test func aWaitEndsInItsTime() {
        final class Gate: Sendable { let isOpen = Mutex(false) }
        let (queue, gate) = (ThreadBackgroundQueue(), Gate())
        queue.start { while !gate.isOpen.withLock({ $0 }) {} }
        #expect(!queue.waitUntilIdle(atMost: 1_000_000))
        gate.isOpen.withLock { $0 = true }
        #expect(queue.waitUntilIdle(atMost: 60_000_000_000))
        #expect(InlineBackgroundQueue().waitUntilIdle(atMost: 0))
    }

    /// The end of a process does not wait for what was abandoned, and nothing of it begins any more.
    @Test func aQueueGoesAwayWithoutWhatWasAbandoned() {
        final class Gate: Sendable {
            let isOpen = Mutex(false)
            let begun = Mutex(0)
        }
        let gate = Gate()
        do {
            let queue = ThreadBackgroundQueue()
            for _ in 0..<2 {
                queue.start {
                    gate.begun.withLock { $0 += 1 }
                    while !gate.isOpen.withLock({ $0 }) {}
                }
            }
            while gate.begun.withLock({ $0 }) == 0 {}
            queue.abandon()
            // Here it goes away while the first job runs.
        }
        #expect(gate.begun.withLock { $0 } == 1)
        gate.isOpen.withLock { $0 = true }
    }

    @Test func heldJobsWaitToBeRun() {
        final class Count: Sendable { let value = Mutex(0) }
        let (queue, count) = (HeldBackgroundQueue(), Count())
        for _ in 0..<3 { queue.start { count.value.withLock { $0 += 1 } } }
        #expect(queue.heldCount == 3)
        #expect(queue.runNext())
        #expect(count.value.withLock { $0 } == 1 && queue.heldCount == 2)
        queue.waitUntilIdle()
        #expect(count.value.withLock { $0 } == 3)
        #expect(!queue.runNext())
    }
}
