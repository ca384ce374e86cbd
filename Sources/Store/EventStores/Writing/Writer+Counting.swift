import Domain
import EventLogs
import Platform
import Projections

extension Writer {
    /// Counts the events of a block that has just become part of the store, in order.
    func count(_ block: TailBlock) {
        for row in 0..<block.count {
            let cost = block.costIndices[row]
            let position = block.position(of: row)
            counters.fold(
                block.bytes, at: Int(block.starts[row]), position: position,
                arrival: arrival(position, receivedTime: block.receivedTimes[row]), cost: cost < 0 ? nil : block.costs[Int(cost)])
        }
    }

    /// Counts what unsealed live calls cost that had no cost before.
    func countLateCosts(from before: TailBlock, to after: TailBlock) {
        guard before !== after else { return }
        for row in 0..<before.count where before.costIndices[row] >= 0 {
            let (index, start) = (Int(before.costIndices[row]), Int(before.starts[row]))
            guard before.costs[index].costPicoUSD == nil, let cost = after.costs[index].costPicoUSD,
                MetricCounters.isLive(
                    before.bytes, at: start,
                    arrivalTime: arrival(before.position(of: row), receivedTime: before.receivedTimes[row]).clockTime)
            else { continue }
            counters.addLateCost(cost, before.bytes, at: start)
        }
    }

    /// Notes in the log that time has passed the limit of a question, then counts it as failed: a replay finds the same.
    func noteTimeReached() throws {
        try observeClock()
        let now = receivedTime
        guard counters.isDue(at: now) else { return }
        do {
            try log.append(.timeReached, position: nextPosition, count: 0, receivedTime: now, payload: [])
            try flushLog()
        } catch {
            throw StoreError.wrapping(error)
        }
        isIdleMarked = false
        lastAppendMonotonic = context.clock.monotonicNanoseconds()
        counters.reach(now)
    }
}
