/// Hashes that are the same in this process alone: for tables in memory, never for what is written or sent.
package enum ProcessHash {
    /// Equal values have equal hashes; another process has others, so that nobody can choose values that meet.
    @inlinable package static func of(_ value: some Hashable) -> Int {
        var hasher = Hasher()
        hasher.combine(value)
        return hasher.finalize()
    }
}
