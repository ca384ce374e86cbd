/// Something that goes wrong at a chosen call of a ``SimulatedFileSystem``.
package struct SimulatedFault: Sendable {
    package enum Effect: Sendable, Equatable {
        /// The call fails with this error number and does nothing.
        case failure(Int32)
        /// A read or write moves a part only and reports that; the caller has to go on.
        case shortTransfer
        /// A write moves a part, and the next step fails with this error number.
        case partialWrite(Int32)
        /// A flush fails with `EIO`, and what it should have made durable is lost though readers still see it.
        case lostFlush
        /// A flush reports success and does nothing: a disk that lies.
        case lyingFlush
        /// Power goes during the call: it and all later ones fail until ``SimulatedFileSystem/crash(_:)``.
        case powerCut
        /// The call never ends: power goes before it has had any effect.
        case stuck
        /// The call takes so long by the volume's clock and is done then.
        case delay(nanoseconds: Int64)
    }

    package var effect: Effect
    /// The call that is hit: 1 is the next one counted.
    package var call: Int
    /// Counts and hits these operations only; nil: all.
    var operations: Set<StorageError.Operation>?
    /// Hits every call from then on.
    var isLasting: Bool

    package init(
        _ effect: Effect, atCall call: Int, of operations: Set<StorageError.Operation>? = nil, isLasting: Bool = false
    ) {
        self.effect = effect
        self.call = call
        self.operations = operations
        self.isLasting = isLasting
    }
}

// tests: simulations replay the machine from a seed.
/// How many calls a ``SimulatedFileSystem`` has seen.
package struct SimulatedCallCounts: Sendable, Equatable {
    /// Every call, faulty ones included.
    package var calls = 0
    /// Calls that a fault hit, a refusal for want of room or of open files among them.
    package var faults = 0
    /// Flushes of files that did their work.
    package var flushes = 0
    /// Flushes of directories that did their work.
    package var directoryFlushes = 0
    package var writtenBytes = 0
}
