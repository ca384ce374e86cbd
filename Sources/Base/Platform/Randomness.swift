internal import Synchronization

/// Unpredictable numbers for keys and ids; injected, so that a simulation is replayed from its seed.
package protocol Randomness: AnyObject, Sendable {
    func fill(_ span: inout MutableSpan<UInt8>)
}

extension Randomness {
    package func nextUInt64() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    package func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        fill(&span)
        return bytes
    }
}

/// Reproducible numbers from a seed: xoshiro256++ (Blackman and Vigna, 2018) started by SplitMix64. Not for secrets.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    package init(seed: UInt64) {
        var state = seed
        func splitMix() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        (s0, s1, s2, s3) = (splitMix(), splitMix(), splitMix(), splitMix())
    }

    package mutating func next() -> UInt64 {
        func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 { (value << bits) | (value >> (64 - bits)) }
        let result = rotated(s0 &+ s3, 23) &+ s0
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = rotated(s3, 45)
        return result
    }

    /// Uniform in `0..<bound`, the same on every machine (multiply and shift; the bias is below 2⁻³² for the small
    /// bounds it is for).
    /// - Precondition: `bound > 0`.
    package mutating func next(below bound: Int) -> Int {
        precondition(bound > 0)
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// True once in `n` times.
    package mutating func oneIn(_ n: Int) -> Bool { next(below: n) == 0 }
}

/// ``Randomness`` of a simulation.
package final class SeededRandomness: Randomness {
    private let generator: Mutex<SeededGenerator>

    package init(seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed)) }

    package func fill(_ span: inout MutableSpan<UInt8>) {
        for index in span.indices { span[index] = generator.withLock { UInt8(truncatingIfNeeded: $0.next() >> 56) } }
    }
}
