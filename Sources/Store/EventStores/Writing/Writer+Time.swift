import EventLogs
import Platform

extension Writer {
    /// Questions whose limit has passed are counted. A second without a record is noted, so that only the last second
    /// before a crash is ever in doubt; unsealed events that are many enough are sealed.
    func tick() throws {
        guard !isClosed, failure == nil else { return }
        let now = context.clock.monotonicNanoseconds()
        try noteTimeReached()
        settleIfDone()
        removeRetired()
        try retrySeal()
        startSealIfDue()
        _ = startCompactionIfDue()
        try throwJobFailure()
        if !isIdleMarked, now - lastAppendMonotonic >= 1_000_000_000 {
            try log.markIdle(time: receivedTime)
            isIdleMarked = true
        }
    }

    /// Tells of a job that failed, once. A seal tells when it is tried again.
    func throwJobFailure() throws {
        guard let failure = jobFailure else { return }
        jobFailure = nil
        throw told(failure)
    }

    /// Ends the log cleanly and lets go of the directory.
    func close() throws {
        guard !isClosed else { return }
        compactionStop.stop()
        context.compactionQueue.waitUntilIdle()
        settle()
        isClosed = true
        try log.close(time: receivedTime)
        lock.release()
    }
}
