import Bytes

/// Ids for events: UUID version 7 (RFC 9562) of the time and of numbers that no other emitter has.
struct EventNames: Sendable {
    private var state: UInt64
    private let salt: UInt64

    /// - Parameters: random numbers of this emitter alone.
    init(seed: UInt64, salt: UInt64) {
        state = seed
        self.salt = salt
    }

    /// Appends the next id.
    /// - Parameter time: ns since 1970 UTC.
    mutating func appendNext(at time: Int64, to bytes: inout [UInt8]) {
        let (high, low) = (next(), next() ^ salt)
        let milliseconds = UInt64(max(0, time) / 1_000_000)
        appendHexadecimal(milliseconds >> 16, digits: 8, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendHexadecimal(milliseconds, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendHexadecimal(high & 0x0FFF | 0x7000, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendHexadecimal(low >> 48 & 0x3FFF | 0x8000, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendHexadecimal(low, digits: 12, to: &bytes)
    }

    // SplitMix64 (Steele, Lea, Flood 2014): every seed runs through all 2⁶⁴ states.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
