import Asking
import Columnar
import Domain
import Execution
import Plans
import Platform
import Synchronization

/// Conversations and users of the last 15 minutes, which only a question can tell. It is asked on a thread of its own,
/// within a time and a memory of its own, and by one scrape at a time, which is answered without where that takes
/// longer than a moment (two seconds the first time, also for all who come meanwhile): `/metrics` waits neither for
/// others' questions nor for long.
final class ActivityGauge: Sendable {
    struct Counts: Sendable {
        var conversations: Int?
        var users: Int?
    }

    private struct Known {
        var counts: Counts
        var at: Int64
    }

    /// A count under way.
    private struct Asking {
        /// Until then it is waited for, by whoever began it and by whoever comes while nothing is known.
        var deadline: Int64
        /// All who wait for it.
        var waits: [Wait] = []
    }

    /// What was counted no longer ago is told again where it cannot be counted now: half of the time that the counts
    /// speak of, and longer than it is from one scrape to the next.
    private static let keptNanoseconds: Int64 = 450_000_000_000

    /// So long a scrape waits for the counts; when they come later, the next one has them.
    private static let patienceNanoseconds: Int64 = 500_000_000

    /// What counting may take, and so long the first scrape waits, since it has nobody's before.
    private static let timeLimitNanoseconds: Int64 = 2_000_000_000

    private let thread: ThreadPool
    private let clock: any Clock
    private let engine: any QueryEngine
    private let known = Mutex<Known?>(nil)
    /// The count under way; nil: none is.
    private let asking = Mutex<Asking?>(nil)
    private let hasAsked = Atomic<Bool>(false)

    /// - Parameter thread: one, for nothing else.
    init(thread: ThreadPool, clock: any Clock) {
        (self.thread, self.clock) = (thread, clock)
        // The threads of others' questions are not waited for.
        engine = LocalEngine(clock: clock, workers: InlineWorkers())
    }

    /// The counts; those of a moment ago where another scrape counts just now, or where it takes long. Where none are
    /// known, it waits for those of the other scrape, for as long as that one does. Nil where nobody can tell.
    /// - Parameter failed: hears why it could not be counted.
    func current(in store: any ServedStore, failed: @escaping @Sendable (any Error) -> Void) async -> Counts? {
        let now = clock.monotonicNanoseconds()
        let isBusy = asking.withLock { asking -> Bool in
            if asking != nil { return true }
            let isFirst = !hasAsked.exchange(true, ordering: .relaxed)
            asking = Asking(deadline: now + (isFirst ? Self.timeLimitNanoseconds : Self.patienceNanoseconds))
            return false
        }
        if isBusy, let told = lastKnown { return told }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let wait = Wait(continuation)
            // Whoever began a count waits for it like the others.
            guard let deadline = joined(wait) else { return wait.end() }
            let patience = max(0, deadline - clock.monotonicNanoseconds())
            Task {
                try? await Task.sleep(for: .nanoseconds(patience))
                wait.end()
            }
            if !isBusy { begin(in: store, failed: failed) }
        }
        return lastKnown
    }

    /// Has somebody told when the count under way has ended.
    /// - Returns: until when it is waited for; nil: none is under way.
    private func joined(_ wait: Wait) -> Int64? {
        asking.withLock { asking -> Int64? in
            asking?.waits.append(wait)
            return asking?.deadline
        }
    }

    /// Counts, then tells those who wait.
    private func begin(in store: any ServedStore, failed: @escaping @Sendable (any Error) -> Void) {
        thread.submit { [self] in
            do {
                let counts = try count(in: store)
                known.withLock { $0 = Known(counts: counts, at: clock.monotonicNanoseconds()) }
            } catch {
                failed(error)
            }
            let waits = asking.withLock { asking -> [Wait] in
                let waits = asking?.waits ?? []
                asking = nil
                return waits
            }
            for wait in waits { wait.end() }
        }
    }

    /// Somebody who waits until something has happened, or for as long as he will.
    private final class Wait: Sendable {
        private let continuation: Mutex<CheckedContinuation<Void, Never>?>

        init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = Mutex(continuation) }

        /// Ends it, once.
        func end() {
            let waiting = continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            waiting?.resume()
        }
    }

    /// Both counts, within one time.
    private func count(in store: any ServedStore) throws -> Counts {
        let runner = StatementRunner(engine: engine)
        var options = QueryOptions()
        options.timeLimitNanoseconds = Self.timeLimitNanoseconds
        options.memoryBudgetBytes = 64 << 20
        options = options.startingClock { [clock] in clock.monotonicNanoseconds() }
        let tables = store.pinnedTables()
        let found = try [Self.conversationsText, Self.usersText].map { (text: String) throws -> Int? in
            let result = try runner.run(text, over: tables, options: options)
            guard case .integer(let count)? = result.chunks.first?.columns.first?.scalar(at: 0) else { return nil }
            return Int(count)
        }
        return Counts(conversations: found[0], users: found[1])
    }

    private var lastKnown: Counts? {
        let now = clock.monotonicNanoseconds()
        return known.withLock { known in known.flatMap { now - $0.at < Self.keptNanoseconds ? $0.counts : nil } }
    }

    private static let conversationsText =
        "select count(distinct conversation_id) as n from events where time >= now() - interval '15 minutes'"
    private static let usersText =
        "select count(distinct user_id) as n from \(QuestionRule.question.table)"
        + " where time >= now() - interval '15 minutes' and \(QuestionRule.question.sqlCondition)"
}
