internal import CXXHash

// XXH3 of the xxHash family: fast, well mixed, not for adversaries who know the seed. Specification: xxHash 0.8,
// `XXH3_64bits_withSeed`.

/// A 128-bit hash as two halves; ordered by `high`, then `low`.
@usableFromInline package struct Hash128: Hashable, Comparable, Sendable {
    @usableFromInline package var high: UInt64
    @usableFromInline package var low: UInt64

    @inlinable package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable package static func == (left: Hash128, right: Hash128) -> Bool {
        left.low == right.low && left.high == right.high
    }

    /// Half of it tells apart what a table has: the other half would only take time.
    @inlinable package func hash(into hasher: inout Hasher) { hasher.combine(low) }

    /// What tables ask for: in one go, as that of a number, by the same key of this process. A hasher that takes part
    /// by part is made, filled and emptied in three calls, for each look at each table.
    @inlinable package func _rawHashValue(seed: Int) -> Int { low._rawHashValue(seed: seed) }

    @inlinable package static func < (left: Hash128, right: Hash128) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

/// XXH3-64 of the bytes. Equal bytes and seed give the same hash on every machine.
package func xxh3(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
    unsafe bytes.withUnsafeBytes { raw in
        // Sound: the pointer and count describe one live span; a null pointer comes only with a count of 0, which XXH3
        // allows.
        unsafe XXH3_64bits_withSeed(raw.baseAddress, raw.count, seed)
    }
}

/// XXH3-64 of the bytes.
package func xxh3(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 { xxh3(bytes.span, seed: seed) }

/// XXH3-64 of the bytes; nothing is copied.
package func xxh3(_ bytes: ArraySlice<UInt8>, seed: UInt64 = 0) -> UInt64 { xxh3(bytes.span, seed: seed) }

/// XXH3-128 of the bytes.
package func xxh3Wide(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> Hash128 {
    unsafe bytes.withUnsafeBytes { raw in
        // Sound: as in `xxh3`.
        let hash = unsafe XXH3_128bits_withSeed(raw.baseAddress, raw.count, seed)
        return Hash128(high: hash.high64, low: hash.low64)
    }
}

/// XXH3-128 of the bytes.
package func xxh3Wide(_ bytes: [UInt8], seed: UInt64 = 0) -> Hash128 { xxh3Wide(bytes.span, seed: seed) }

/// XXH3-128 of the bytes; nothing is copied.
package func xxh3Wide(_ bytes: ArraySlice<UInt8>, seed: UInt64 = 0) -> Hash128 { xxh3Wide(bytes.span, seed: seed) }
