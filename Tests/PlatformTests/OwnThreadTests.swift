import Foundation
import Platform
import Synchronization
import Testing

@Suite struct OwnThreadTests {
    private struct Mistake: Error {}

    @Test func valuesAndErrorsComeBackFromAnOwnThread() async throws {
        #expect(await onOwnThread { 7 } == 7)
        await #expect(throws: Mistake.self) { try await onOwnThread { throw Mistake() } }
    }

    /// Many that wait for the last of them: the threads that tasks share are fewer.
    @Test func ownThreadsAreNotThoseThatTasksShare() async {
        let (count, begun) = (64, Count())
        let all = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<count {
                group.addTask {
                    await onOwnThread {
                        _ = begun.value.add(1, ordering: .acquiringAndReleasing)
                        for _ in 0..<10_000 where begun.value.load(ordering: .acquiring) < count {
                            Thread.sleep(forTimeInterval: 0.001)
                        }
                        return begun.value.load(ordering: .acquiring) == count
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.count == count && all.allSatisfy { $0 })
    }

    private final class Count: Sendable { let value = Atomic<Int>(0) }
}
