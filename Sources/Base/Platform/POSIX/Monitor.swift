internal import Glibc

/// A mutual exclusion with a condition to wait for: the system's own, because the standard library has no condition
/// variable.
@safe final class Monitor: @unchecked Sendable {
    // Sound: both live in memory of their own whose address never changes, as the system demands, from `init` to
    // `deinit`; every use goes through the system's calls, which are made for several threads.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        var kind = pthread_condattr_t()
        // Sound: `kind` is a whole attribute that outlives the calls, and is not needed once the condition is made.
        let answers = unsafe (
            pthread_mutex_init(mutex, nil), pthread_condattr_init(&kind),
            // A step of the wall clock neither prolongs a wait nor ends it.
            pthread_condattr_setclock(&kind, CLOCK_MONOTONIC), pthread_cond_init(condition, &kind),
            pthread_condattr_destroy(&kind)
        )
        precondition(answers == (0, 0, 0, 0, 0))
    }

    deinit {
        // Sound: nobody holds a reference, so nobody waits or holds the lock.
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Gives the lock up until woken; may also return without cause. To be called inside ``locked(_:)``.
    func wait() { unsafe pthread_cond_wait(condition, mutex) }
    /// The same for a bounded time, less than a second.
    func wait(nanoseconds: Int) {
        precondition(nanoseconds > 0 && nanoseconds < 1_000_000_000)
        var end = timespec()
        // Sound: `end` is a whole `timespec` that outlives both calls.
        let answer = unsafe clock_gettime(CLOCK_MONOTONIC, &end)
        precondition(answer == 0, "the clock exists on every Linux")
        end.tv_nsec += nanoseconds
        if end.tv_nsec >= 1_000_000_000 { (end.tv_sec, end.tv_nsec) = (end.tv_sec + 1, end.tv_nsec - 1_000_000_000) }
        _ = unsafe pthread_cond_timedwait(condition, mutex, &end)
    }
    func wakeAll() { unsafe pthread_cond_broadcast(condition) }
    /// Where any of those who wait can do what has come.
    func wakeOne() { unsafe pthread_cond_signal(condition) }
}

/// Starts a thread; nil when the system has none left.
/// - Parameter yieldsToOthers: where processors are scarce it gets about a third of what each other thread gets.
func startThread(yieldsToOthers: Bool = false, _ body: @escaping @Sendable () -> Void) -> pthread_t? {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    // Sound: the box is retained here and released exactly once, by the thread, or below when no thread came to be.
    let box = unsafe Unmanaged.passRetained(
        Box {
            // Linux has it by thread (setpriority(2)). What cannot be had is done without.
            if yieldsToOthers { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5) }
            body()
        })
    let answer = unsafe pthread_create(
        &thread, nil,
        { argument in
            guard let argument = unsafe argument else { return nil }
            unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    guard answer == 0 else {
        unsafe box.release()
        return nil
    }
    return thread
}
