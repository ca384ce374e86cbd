package import Platform
import Synchronization

/// Lines about what strangers can cause as often as they like: of each reason so many a minute, then one that says how
/// many more there were. So nobody fills the disk, and one kind of refusal does not hide another.
package final class PacedLog: Sendable {
    /// What is known of one reason's minute.
    private struct Minute {
        /// Monotonic.
        var began: Int64
        var written = 0
        var withheld = 0
    }

    /// Lines of one reason in a minute.
    package static let linesMax = 5
    private static let nanoseconds: Int64 = 60_000_000_000

    /// For what is said however often it comes.
    package let log: OperatorLog
    private let clock: any Clock
    /// By reason, of which the code has a few.
    private let minutes = Mutex<[String: Minute]>([:])

    /// Nothing was said yet.
    package init(_ log: OperatorLog, clock: any Clock) { (self.log, self.clock) = (log, clock) }

    /// Says it, or counts it.
    /// - Parameter reason: becomes the field of that name; one of a few fixed texts.
    package func say(
        _ level: OperatorLog.Level, _ message: String, reason: String, _ fields: [LogField] = []
    ) {
        let now = clock.monotonicNanoseconds()
        let (isSaid, withheld) = minutes.withLock { minutes in
            var minute = minutes[reason] ?? Minute(began: now)
            var withheld = 0
            if now - minute.began >= Self.nanoseconds {
                withheld = minute.withheld
                minute = Minute(began: now)
            }
            let isSaid = minute.written < Self.linesMax
            if isSaid { minute.written += 1 } else { minute.withheld += 1 }
            minutes[reason] = minute
            return (isSaid, withheld)
        }
        if withheld > 0 { sum(reason, withheld) }
        if isSaid { log.say(level, message, [LogField(.reason, reason)] + fields) }
    }

    /// Says what was counted in minutes that are over; asked again and again.
    package func tick() {
        let now = clock.monotonicNanoseconds()
        sumUp { now - $0.began >= Self.nanoseconds }
    }

    /// Says what was counted and not said yet: nothing more comes.
    package func finish() { sumUp { _ in true } }

    private func sumUp(where isOver: (Minute) -> Bool) {
        let over = minutes.withLock { minutes in
            let over = minutes.filter { isOver($0.value) }
            // order: each is removed, whichever comes first.
            for reason in over.keys { minutes[reason] = nil }
            return over.filter { $0.value.withheld > 0 }.sorted { $0.key < $1.key }
        }
        for (reason, minute) in over { sum(reason, minute.withheld) }
    }

    private func sum(_ reason: String, _ withheld: Int) {
        log.warning(
            "more of these in the minute after the first",
            [LogField(.reason, reason), LogField(.count, withheld)])
    }
}
