import Bytes
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
        lookAtDisk()
        if !startRetentionIfDue(), !startArchivingIfDue() { _ = startCompactionIfDue() }
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

    /// How long a stop waits for a seal, in nanoseconds; requests were waited for before.
    private static let closeWaitNanoseconds = 20 * Nanoseconds.second

    /// Ends the log cleanly and lets go of the directory.
    ///
    /// A job that lasts for longer than a stop may is left. The log has all that a seal holds, and the next start
    /// replays it; files that no manifest names are removed then.
    func close() throws {
        guard !isClosed else { return }
        let left = settleOrLeave()
        let removal = retired.leave()
        isClosed = true
        // The last of them that ends lets go of it.
        if let lock {
            for flight in left { flight.keep(lock) }
            removal?.keep(lock)
        }
        try log.close(time: receivedTime)
        if left.isEmpty, removal == nil { lock?.release() }
        lock = nil
    }

    /// Takes over what jobs do within the time of a stop.
    /// - Returns: those that are left, of which nothing is taken over any more.
    private func settleOrLeave() -> [RunningJob] {
        let isRemoving = retired.removal != nil
        guard !flights.isEmpty || isRemoving else { return [] }
        if isRemoving || flights.contains(where: { Self.isLong($0.job) }) {
            // It ends at its next step.
            compactionStop.stop()
            if !context.compactionQueue.waitUntilIdle(atMost: Self.closeWaitNanoseconds) {
                context.compactionQueue.abandon()
            }
        }
        if flights.contains(where: { !Self.isLong($0.job) }),
            !context.sideQueue.waitUntilIdle(atMost: Self.closeWaitNanoseconds)
        {
            context.sideQueue.abandon()
        }
        settleIfDone()
        defer { flights = [] }
        return flights
    }
}
