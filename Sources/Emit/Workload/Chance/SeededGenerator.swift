// tests: distributions are held against their formulas.
/// A small seeded generator: the same seed and stream give the same numbers on every machine.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). Each conversation has a
/// stream of its own, so that what one of them draws never moves another.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter stream: which of the seed's independent sequences.
    package init(seed: UInt64, stream: UInt64) {
        state = scramble(scramble(seed &+ 0x9E37_79B9_7F4A_7C15) ^ stream)
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return scramble(state)
    }

    /// Uniform in 0..<1, on a grid of 2⁻⁵³.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// Uniform in `0..<count`; the bias of the multiplication is below count / 2⁶⁴.
    /// - Precondition: `count > 0`.
    package mutating func index(below count: Int) -> Int {
        precondition(count > 0)
        return Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// Uniform in `low...high`.
    package mutating func integer(_ low: Int64, _ high: Int64) -> Int64 {
        low + Int64(index(below: Int(high - low + 1)))
    }

    mutating func element<Element>(of elements: [Element]) -> Element { elements[index(below: elements.count)] }
}

/// SplitMix64's finaliser: every bit of the result depends on every bit of the value.
func scramble(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}
