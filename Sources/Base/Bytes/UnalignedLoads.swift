/// Eight bytes at a time from a byte array, for hashing and comparing texts.
extension Array where Element == UInt8 {
    /// The eight bytes from `offset` on as a little-endian number.
    /// - Precondition: `offset + 8 <= count`.
    @inlinable package func loadUInt64(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset &+ 8 <= count)
        return unsafe withUnsafeBytes { raw in
            // Sound: the precondition keeps the read inside the array; loadUnaligned has no alignment demand.
            UInt64(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }

    /// Up to seven bytes from `offset` on as a little-endian number.
    /// - Precondition: `length < 8`, `offset + length <= count`.
    @inlinable package func loadPartialUInt64(at offset: Int, length: Int) -> UInt64 {
        var value: UInt64 = 0
        var index = 0
        while index < length {
            value |= UInt64(self[offset &+ index]) << UInt64(truncatingIfNeeded: index &* 8)
            index &+= 1
        }
        return value
    }
}
