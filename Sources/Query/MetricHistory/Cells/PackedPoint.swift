/// The number of a point of time as so many bits, in the order of the points: a part of numbers by which cells and
/// moments are sorted and found.
///
/// Times of 64 bits in ns have numbers of less than 31 bits, before and after 1970.
enum PackedPoint {
    static let bits: UInt64 = 32
    private static let bias: Int64 = 1 << 31

    static func packed(_ point: Int64) -> UInt64 {
        assert(abs(point) < bias, "a point in its bits")
        return UInt64(bitPattern: point + bias)
    }

    /// - Parameter number: has the point in its lowest bits.
    static func point(in number: UInt64) -> Int64 { Int64(number & (1 << bits - 1)) - bias }
}
