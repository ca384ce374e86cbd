import Bytes
import Domain
import EventLogs
import Platform
import Projections

extension Writer {
    /// Reads the clocks: ``receivedTime`` is the one to give, and what is to be told of them waits.
    func readClock() {
        if clock == nil { clock = ReceiptClock(receivedTime: receivedTime, lead: ledger.leads.last) }
        clock?.observe(
            wall: context.clock.wallNanoseconds(), monotonic: context.clock.monotonicNanoseconds(),
            position: nextPosition)
        ledger.receivedTime = max(receivedTime, clock?.receivedTime ?? 0)
        if planted(.receivedTimeFalls) { ledger.receivedTime = context.clock.wallNanoseconds() }
    }

    /// The same, and steps of the wall clock are noted in the log before anything is judged by them: a replay finds the
    /// same.
    func observeClock() throws {
        readClock()
        guard let steps = clock?.untold, !steps.isEmpty else { return }
        do {
            try log.reserve(payloads: steps.map { _ in 1024 })
            for step in steps {
                try follow(try note(.event(type: ClockStep.recordType, data: step.data)))
            }
            try flushLog()
        } catch {
            throw told(error)
        }
        clock?.told()
        isIdleMarked = false
        lastAppendMonotonic = context.clock.monotonicNanoseconds()
    }

    /// When the event of a position came.
    func arrival(_ position: Int64, receivedTime: Int64) -> EventArrival {
        ledger.leads.arrival(at: position, receivedTime: receivedTime)
    }

    /// The time of arrival of what comes now.
    var clockTime: Int64 { receivedTime.saturatingSubtract(ledger.leads.last) }
}
