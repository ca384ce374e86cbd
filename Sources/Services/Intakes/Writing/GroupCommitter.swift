import Bytes
package import Platform
import Synchronization

/// Serialises writes on one thread and covers whatever waits with one flush (group commit).
///
/// `Item` is what one request brings, `Result` what it learns once its events are durable. Items are written in the
/// order in which they were handed in. After the first failure that is final nothing is written any more: every later
/// item fails at once. A failure that is the store's own (a full disk) fails the whole group; after any other the items
/// of its group are written one by one, so that each fails for its own reasons alone.
///
/// No item is kept waiting for room beyond a time from when it was handed in: a group waits as long as its first item
/// may, and nothing is waited for twice.
package final class GroupCommitter<Item: Sendable, Result: Sendable>: Sendable {
    /// Hears what became of an item, once, on the thread that wrote it: to be quick about it.
    typealias Answer = @Sendable (Swift.Result<Result, any Error>) -> Void

    private struct Waiting {
        var item: Item
        var weight: Int
        /// Until when it may wait for room.
        var deadline: Int64
        var answer: Answer
    }

    private struct State {
        var queue: [Waiting] = []
        var isDraining = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let thread: ThreadPool
    private let groupWeightMax: Int
    private let clock: any Clock
    private let waitNanoseconds: Int64
    private let isFinal: @Sendable (any Error) -> Bool
    private let isOfAll: @Sendable (any Error) -> Bool
    private let whenIdle: @Sendable () -> Void
    private let write: @Sendable ([Item], Int64) throws -> [Result]

    /// - Parameters:
    ///   - thread: a pool of exactly one running thread, which other writes to the same store share.
    ///   - groupWeightMax: the sum of weights that ends a group; a single heavier item forms its own.
    ///   - clock: by which items wait.
    ///   - waitNanoseconds: how long an item may wait for room.
    ///   - isFinal: whether a failure ends all writing.
    ///   - isOfAll: whether a failure that is not final is that of every item alike.
    ///   - whenIdle: called on the thread when all were answered and none waits.
    ///   - write: makes a group durable, one result per item in order; waits for room until the time of the monotonic
    ///     clock that it is given, at the latest.
    package init(
        thread: ThreadPool, groupWeightMax: Int, clock: any Clock, waitNanoseconds: Int64,
        isFinal: @escaping @Sendable (any Error) -> Bool = { _ in true },
        isOfAll: @escaping @Sendable (any Error) -> Bool = { _ in false },
        whenIdle: @escaping @Sendable () -> Void = {},
        write: @escaping @Sendable ([Item], Int64) throws -> [Result]
    ) {
        (self.clock, self.waitNanoseconds) = (clock, waitNanoseconds)
        (self.isFinal, self.isOfAll) = (isFinal, isOfAll)
        self.thread = thread
        self.groupWeightMax = groupWeightMax
        (self.whenIdle, self.write) = (whenIdle, write)
    }

    /// The failure that ended writing, if one did.
    package var failure: (any Error)? { state.withLock { $0.failure } }

    /// Items handed in that no group has taken up yet.
    package var waitingCount: Int { state.withLock { $0.queue.count } }

    /// Waits until the item is durable. Not cancelled with the caller: what was handed in is written.
    package func commit(_ item: Item, weight: Int) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            commit(item, weight: weight) { continuation.resume(with: $0) }
        }
    }

    /// The same for who does not wait.
    /// - Parameter answer: called once the item is durable, or has failed.
    func commit(_ item: Item, weight: Int, then answer: @escaping Answer) {
        let deadline = clock.monotonicNanoseconds().saturatingAdd(waitNanoseconds)
        let (failure, mustStart) = state.withLock { state in
            if let failure = state.failure { return (Optional(failure), false) }
            assert(weight >= 0, "an item has a weight")
            state.queue.append(Waiting(item: item, weight: weight, deadline: deadline, answer: answer))
            defer { state.isDraining = true }
            return (nil, !state.isDraining)
        }
        if let failure {
            answer(.failure(failure))
        } else if mustStart {
            thread.submit { self.drain() }
        }
    }

    private func drain() {
        while let group = nextGroup() {
            do {
                let results = try write(group.map(\.item), group[0].deadline)
                precondition(results.count == group.count, "one result per item")
                for (waiting, result) in zip(group, results) { waiting.answer(.success(result)) }
            } catch  where isOfAll(error) {
                for waiting in group { waiting.answer(.failure(error)) }
                return drainLater()
            } catch  where !isFinal(error) {
                if group.count == 1 { group[0].answer(.failure(error)) }
                // One of them may be why, and the others have nothing to do with it.
                guard group.count > 1 else { continue }
                switch writeEach(group) {
                case .each: continue
                case .ofAll: return drainLater()
                case .ended: return
                }
            } catch {
                end(error, group)
                return
            }
        }
        whenIdle()
    }

    /// Goes on behind what else the thread has to do: where a failure concerns all it may have waited, and others who
    /// need the thread are to have their turn, however many items come.
    private func drainLater() { thread.submit { self.drain() } }

    /// How the items of a group fared that were written one by one.
    private enum Outcome {
        /// Each was written, or failed for its own reasons.
        case each
        /// A failure concerned all.
        case ofAll
        /// All writing ended.
        case ended
    }

    /// Writes the items of a group that failed, each for itself.
    private func writeEach(_ group: [Waiting]) -> Outcome {
        for (index, waiting) in group.enumerated() {
            do {
                let results = try write([waiting.item], waiting.deadline)
                precondition(results.count == 1, "one result per item")
                waiting.answer(.success(results[0]))
            } catch  where isOfAll(error) {
                for waiting in group[index...] { waiting.answer(.failure(error)) }
                return .ofAll
            } catch  where !isFinal(error) {
                waiting.answer(.failure(error))
            } catch {
                end(error, Array(group[index...]))
                return .ended
            }
        }
        return .each
    }

    /// Nothing is written any more: these fail, and all that wait.
    private func end(_ error: any Error, _ group: [Waiting]) {
        let rest = state.withLock { state in
            defer { state.queue = [] }
            state.failure = error
            state.isDraining = false
            return state.queue
        }
        for waiting in group + rest { waiting.answer(.failure(error)) }
    }

    /// The next items to write together; nil, and no longer draining, when none wait.
    private func nextGroup() -> [Waiting]? {
        state.withLock { state in
            assert(state.isDraining, "one thread drains, once it was started")
            var weight = 0
            var count = 0
            while count < state.queue.count, count == 0 || weight + state.queue[count].weight <= groupWeightMax {
                weight += state.queue[count].weight
                count += 1
            }
            guard count > 0 else {
                state.isDraining = false
                return nil
            }
            assert(count == 1 || weight <= groupWeightMax, "a group is bounded, or one item")
            let group = Array(state.queue[..<count])
            state.queue.removeFirst(count)
            return group
        }
    }
}
