/// Rendered events end to end, sent as one body.
struct EventBatch: Sendable {
    var bytes: [UInt8] = []
    var count = 0
}

/// The events that wait: full batches in order, then the one that fills up. Bounded; what does not fit is dropped and
/// counted.
struct EventBuffer: Sendable {
    private let configuration: EmitterConfiguration
    private var full: [EventBatch] = []
    private var open = EventBatch()
    /// The batch under way; it stays in the bound until it is settled.
    private var underWay = EventBatch()
    private(set) var statistics = EmitterStatistics()

    init(_ configuration: EmitterConfiguration) { self.configuration = configuration }

    /// Whether a batch waits that is as large as it gets.
    var hasFullBatch: Bool { !full.isEmpty }
    /// Whether the first event since the last hand-over came just now: the moment to set the clock for it.
    var hasFirstEvent: Bool { open.count == 1 && full.isEmpty }

    /// Renders an event at the end of the open batch.
    /// - Returns: false when it was dropped.
    mutating func append(_ render: (inout [UInt8]) -> Void) -> Bool {
        statistics.emitted += 1
        let before = open.bytes.count
        render(&open.bytes)
        let size = open.bytes.count - before
        while statistics.waitingBytes + size > configuration.bufferBytesMax, configuration.overflow == .dropOldest,
            !full.isEmpty
        {
            drop(full.removeFirst())
        }
        guard statistics.waitingBytes + size <= configuration.bufferBytesMax else {
            open.bytes.removeLast(size)
            statistics.dropped += 1
            return false
        }
        open.count += 1
        statistics.waiting += 1
        statistics.waitingBytes += size
        if open.count >= configuration.batchEventsMax || open.bytes.count >= configuration.batchBytesMax {
            closeBatch()
        }
        return true
    }

    /// Counts an event that comes after the end as dropped.
    /// - Returns: false.
    mutating func refuse() -> Bool {
        statistics.emitted += 1
        statistics.dropped += 1
        return false
    }

    /// The next batch to send; nil when nothing waits. It is counted as waiting until it is settled.
    mutating func take() -> EventBatch? {
        precondition(underWay.count == 0, "one batch is under way at a time")
        if full.isEmpty { closeBatch() }
        guard !full.isEmpty else { return nil }
        underWay = full.removeFirst()
        return underWay
    }

    /// Says what became of the batch under way; events that are neither stay under way until all is dropped.
    mutating func settle(delivered: Int, refused: Int) {
        precondition(delivered + refused <= underWay.count)
        statistics.delivered += delivered
        statistics.refused += refused
        statistics.waiting -= delivered + refused
        underWay.count -= delivered + refused
        if underWay.count == 0 {
            forget(underWay)
            underWay = EventBatch()
        }
    }

    /// Counts an attempt that failed.
    mutating func noteFailedAttempt() { statistics.failedAttempts += 1 }

    /// Gives up everything that waits, also what is under way.
    mutating func dropAll() {
        closeBatch()
        for batch in full { drop(batch) }
        full = []
        drop(underWay)
        underWay = EventBatch()
    }

    private mutating func closeBatch() {
        guard open.count > 0 else { return }
        full.append(open)
        open = EventBatch()
        open.bytes.reserveCapacity(min(configuration.batchBytesMax, 64 << 10))
    }

    private mutating func drop(_ batch: EventBatch) {
        statistics.dropped += batch.count
        forget(batch)
    }

    private mutating func forget(_ batch: EventBatch) {
        statistics.waiting -= batch.count
        statistics.waitingBytes -= batch.bytes.count
    }
}
