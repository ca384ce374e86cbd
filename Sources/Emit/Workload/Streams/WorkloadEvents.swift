import Bytes

/// A stretch of simulated traffic, made while it is read.
///
/// Without late events and duplicates the times ascend. A copy of the sequence starts where the original stood.
/// Memory: the open conversations, some hundreds at the reference load.
package struct WorkloadEvents: Sequence, IteratorProtocol, Sendable {
    private(set) var source: TrafficSource
    private let end: Int64
    private var remaining: Int
    private var random: SeededGenerator
    private var held = EventMerge()
    private let lateShare: Double
    private let duplicateShare: Double

    init(source: TrafficSource, end: Int64, limit: Int) {
        self.source = source
        self.end = end
        remaining = limit
        lateShare = source.configuration.lateShare
        duplicateShare = source.configuration.duplicateShare
        random = SeededGenerator(seed: source.configuration.seed, stream: 0x6000_0000_0000_0000)
    }

    /// The next event in order of delivery, nil at the end of the period or of the asked number.
    package mutating func next() -> WorkloadEvent? {
        guard remaining > 0, let event = nextDelivered() else { return nil }
        remaining -= 1
        return event
    }

    /// Traffic that goes on where this stretch ended: conversations that are open stay open.
    package func continued(messagesPerSecond: Double = LiveTraffic.referenceMessagesPerSecond) -> LiveTraffic {
        LiveTraffic(source: source, messagesPerSecond: messagesPerSecond)
    }

    private mutating func nextDelivered() -> WorkloadEvent? {
        if lateShare <= 0, duplicateShare <= 0 { return source.next(before: end) }
        while true {
            let time = source.nextTime(before: end)
            if let due = held.nextTime, due <= time ?? .max { return held.pop() }
            guard let event = source.next(before: end) else { return nil }
            if random.chance(lateShare) {
                held.add(event, due: event.time + drawDelay())
                continue
            }
            if random.chance(duplicateShare) { held.add(event, due: event.time + drawDelay()) }
            return event
        }
    }

    private mutating func drawDelay() -> Int64 {
        random.chance(0.5)
            ? random.integer(1, Nanoseconds.minute) : random.integer(Nanoseconds.minute, 2 * Nanoseconds.hour)
    }
}
