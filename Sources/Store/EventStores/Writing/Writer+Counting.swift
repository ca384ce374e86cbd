import Domain
import EventLogs
import Platform
import Projections

extension Writer {
    /// Counts the events of a block that has just become part of the store, in order.
    func count(_ block: TailBlock) {
        counters.fold(block, ledger.leads)
        if planted(.countLateEventTwice), let row = block.rows.indices.first {
            let arrival = arrival(block.position(of: row), receivedTime: block.receivedTimes[row])
            if !arrival.isLive(block.rows[row].time) { counters.fold(block.rows[row], arrival: arrival, cost: nil) }
        }
    }

    /// Counts what unsealed live calls cost that had no cost before.
    func countLateCosts(from before: TailBlock, to after: TailBlock) {
        guard before !== after else { return }
        for (index, row) in before.rows.enumerated() {
            guard let old = before.costs[index], old.costPicoUSD == nil, let cost = after.costs[index]?.costPicoUSD
            else { continue }
            let arrival = arrival(before.position(of: index), receivedTime: before.receivedTimes[index])
            guard arrival.isLive(row.time) else { continue }
            counters.addLateCost(cost, .event(row))
        }
    }

    /// Counts which unsealed live calls a correction left without an exact cost, or gave one.
    func countCorrection(from before: TailBlock, to after: TailBlock) {
        for (index, row) in before.rows.enumerated() {
            var calls = CorrectedCalls()
            calls.add(before.costs[index], after.costs[index])
            if calls.isEmpty { continue }
            let arrival = arrival(before.position(of: index), receivedTime: before.receivedTimes[index])
            if arrival.isLive(row.time) { counters.countCorrection(calls, .event(row)) }
        }
    }

    /// Notes in the log that time has passed the limit of a question or the silence of a conversation, then counts what
    /// follows: a replay finds the same. A store that takes nothing in notes the time now and then, so that readers see
    /// who has been silent for too long.
    func noteTimeReached() throws {
        try observeClock()
        let now = receivedTime
        guard counters.isDue(at: now) || isSilenceNoteDue(at: now) else { return }
        do {
            try log.append(.timeReached, position: nextPosition, count: 0, receivedTime: now, payload: [])
            try flushLog()
        } catch {
            throw told(error)
        }
        isIdleMarked = false
        lastAppendMonotonic = context.clock.monotonicNanoseconds()
        counters.reach(now)
    }

    /// Up to when the log says that time has passed: a replay reaches the same.
    var reachedTime: Int64 { max(openedTime, log.lastTime) }

    /// Whether the log has not told of time for a sixty-fourth of the silence that closes, within 10 s and 10 min.
    private func isSilenceNoteDue(at now: Int64) -> Bool {
        guard let silence = ledger.outcomes?.idleAfterNanoseconds, nextPosition > 1 else { return false }
        let (since, isBeyond) = now.subtractingReportingOverflow(reachedTime)
        return isBeyond || since >= min(600_000_000_000, max(10_000_000_000, silence / 64))
    }

    /// Takes settings over that the log tells of.
    func judge(by settings: OutcomeSettings) {
        ledger.outcomes = settings
        counters.idleAfterNanoseconds = settings.idleAfterNanoseconds
    }

    /// Judges conversations by other settings from now on, those of before as well, and logs it; nothing where they are
    /// the same.
    func setOutcomes(_ settings: OutcomeSettings) throws {
        try checkUsable()
        guard settings != ledger.outcomes else { return }
        try observeClock()
        try follow(try noteDurably(.event(type: OutcomeSettings.recordType, data: settings.data)))
    }
}

extension MetricCounters {
    /// Counts the events of a block, in order.
    mutating func fold(_ block: TailBlock, _ leads: ClockLeads) {
        fold(
            block.rows, position: { block.position(of: $0) },
            arrival: { leads.arrival(at: $0, receivedTime: block.receivedTimes[$1]) }, cost: { block.costs[$0] })
    }
}
