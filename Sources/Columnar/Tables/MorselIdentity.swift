internal import Synchronization

/// What tells a piece of a table from every other that this process has seen or will see: pieces of equal identity have
/// the same rows with the same values in every column, for good. What somebody has computed of a piece may be kept
/// under it.
package struct MorselIdentity: Hashable, Sendable {
    private static let origins = Atomic<UInt64>(0)

    private let origin: UInt64
    private let piece: UInt64
    private var readings: [Int64] = []
    private var leftOut: [Set<UInt32>] = []

    /// A number for something that never changes: no other has it in this process.
    package static func freshOrigin() -> UInt64 { origins.add(1, ordering: .relaxed).newValue }

    /// Takes both as given.
    /// - Parameters:
    ///   - origin: of what holds the rows, see ``freshOrigin()``.
    ///   - piece: which of its pieces.
    package init(origin: UInt64, piece: UInt64) { (self.origin, self.piece) = (origin, piece) }

    /// The same rows where what is read of them depends on something else, too, which the numbers tell apart.
    package func read(through numbers: [Int64]) -> MorselIdentity {
        var identity = self
        identity.readings += numbers
        return identity
    }

    /// The same without some rows.
    package func leavingOut(_ rows: [Set<UInt32>]) -> MorselIdentity {
        var identity = self
        identity.leftOut += rows
        return identity
    }

    /// Rows that are left out decide equality alone: hashing them takes a pass over all.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(origin)
        hasher.combine(piece)
        hasher.combine(readings)
    }
}
