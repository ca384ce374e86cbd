internal import Glibc

/// Whether the process may have so many threads besides those it has: they are started and ended. Libraries below end a
/// process that gets none. Blocks until they have ended.
package func canStartThreads(_ count: Int) -> Bool {
    let queue = JobQueue()
    var threads: [pthread_t] = []
    while threads.count < count, let thread = startThread({ queue.workUntilStopped() }) { threads.append(thread) }
    queue.stop(nil)
    for thread in threads { pthread_join(thread, nil) }
    return threads.count >= count
}
