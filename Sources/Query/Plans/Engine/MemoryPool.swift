import Synchronization

/// What several questions, and answers that are still to be fetched, may hold together. Safe on any thread.
package final class MemoryPool: Sendable {
    /// So much.
    package let limitBytes: Int
    private let parent: MemoryPool?
    private let used = Atomic<Int>(0)
    private let reliefs = Mutex<[@Sendable () -> Bool]>([])

    /// - Parameter parent: what is taken here is a part of what is taken there.
    package init(limitBytes: Int, within parent: MemoryPool? = nil) {
        self.limitBytes = max(0, limitBytes)
        self.parent = parent
    }

    /// What is taken.
    package var usedBytes: Int { used.load(ordering: .relaxed) }

    /// What is asked to let go of what it keeps for later, where there is too little for now: on any thread, perhaps
    /// under locks of whoever takes. It says whether it let go of something. Of several the first is asked first.
    package func onShortage(_ relief: @escaping @Sendable () -> Bool) { reliefs.withLock { $0.append(relief) } }

    /// Takes so much.
    /// - Returns: false where it is not there; then nothing was taken.
    package func take(_ bytes: Int) -> Bool {
        if takes(bytes) { return true }
        guard bytes <= limitBytes else { return false }
        return reliefs.withLock { $0 }.contains { relief in relief() && takes(bytes) }
    }

    /// As ``take(_:)``, and asks nobody to let go of anything: for what is only kept for later itself.
    func takeFree(_ bytes: Int) -> Bool { takes(bytes, isFreeAlone: true) }

    private func takes(_ bytes: Int, isFreeAlone: Bool = false) -> Bool {
        let (now, overflow) = usedBytes.addingReportingOverflow(bytes)
        if overflow || now > limitBytes { return false }
        guard used.wrappingAdd(bytes, ordering: .relaxed).newValue <= limitBytes else {
            _ = used.wrappingSubtract(bytes, ordering: .relaxed)
            return false
        }
        if let parent, !(isFreeAlone ? parent.takeFree(bytes) : parent.take(bytes)) {
            _ = used.wrappingSubtract(bytes, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Takes so much although it may not be there: for what exists already.
    func takeAnyway(_ bytes: Int) {
        _ = used.wrappingAdd(bytes, ordering: .relaxed)
        parent?.takeAnyway(bytes)
    }

    /// Gives back what was taken.
    package func give(_ bytes: Int) {
        _ = used.wrappingSubtract(bytes, ordering: .relaxed)
        parent?.give(bytes)
    }
}

/// A part of a pool, given back with it. Whoever holds an answer holds its booking.
package final class MemoryBooking: Sendable {
    private let pool: MemoryPool
    private let booked = Atomic<Int>(0)

    /// Nothing yet.
    package init(in pool: MemoryPool) { self.pool = pool }

    deinit { pool.give(bytes) }

    /// What is booked.
    package var bytes: Int { booked.load(ordering: .relaxed) }

    /// Nobody else has anything of the pool.
    package var isAlone: Bool { pool.usedBytes <= bytes }

    /// Books so much instead; less is always there.
    /// - Returns: false where it is not there; then it stays as it was.
    package func change(to bytes: Int) -> Bool {
        let more = bytes - self.bytes
        if more > 0, !pool.take(more) { return false }
        if more < 0 { pool.give(-more) }
        booked.store(bytes, ordering: .relaxed)
        return true
    }

    /// Books so much more, where it is free and nobody has to let go of anything for it.
    /// - Returns: as ``change(to:)``.
    package func addFree(_ bytes: Int) -> Bool {
        guard pool.takeFree(bytes) else { return false }
        booked.store(self.bytes + bytes, ordering: .relaxed)
        return true
    }

    /// Books so much instead, for what exists already.
    package func set(to bytes: Int) {
        let more = bytes - self.bytes
        if more > 0 { pool.takeAnyway(more) } else { pool.give(-more) }
        booked.store(bytes, ordering: .relaxed)
    }
}
