internal import Glibc

/// Does work that waits for the machine on a thread of its own, while the caller awaits it: those that tasks share
/// never wait. For what is seldom done; else there is ``ThreadPool``. Where no thread can be started, the caller's does
/// it.
package func onOwnThread<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, Failure>, Never>) in
        let job: @Sendable () -> Void = { continuation.resume(returning: Result(catching: work)) }
        // Nobody waits for its end.
        if let thread = startThread(job) { pthread_detach(thread) } else { job() }
    }
    return try result.get()
}
