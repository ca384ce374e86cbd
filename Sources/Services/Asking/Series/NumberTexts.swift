/// Texts of numbers that were written lately. What is counted over ranges of one length comes to few different numbers,
/// and finding the shortest digits of one takes longer than all else of a sample.
struct NumberTexts {
    private static let slots = 256
    /// Longer texts are not kept.
    static let bytesMax = 24

    /// By slot the bits of the number.
    private var numbers: [UInt64] = []
    /// By slot how long its text is; 0: there is none.
    private var lengths: [UInt8] = []
    /// The texts, by slot.
    private(set) var bytes: [UInt8] = []
    private var scratch: [UInt8] = []

    /// Where the text of a number stands among ``bytes``, until another one is asked for.
    /// - Parameter write: appends the text, which is asked where it is not known.
    /// - Returns: nil for a text that is too long.
    mutating func place(of value: Double, _ write: (inout [UInt8]) -> Void) -> Range<Int>? {
        if numbers.isEmpty {
            numbers = Array(repeating: 0, count: Self.slots)
            lengths = Array(repeating: 0, count: Self.slots)
            bytes = Array(repeating: 0, count: Self.slots * Self.bytesMax)
        }
        let number = value.bitPattern
        let slot = Int((number &* 0x9E37_79B9_7F4A_7C15) >> 56)
        let begin = slot * Self.bytesMax
        if lengths[slot] > 0, numbers[slot] == number { return begin..<begin + Int(lengths[slot]) }
        scratch.removeAll(keepingCapacity: true)
        write(&scratch)
        guard scratch.count <= Self.bytesMax else { return nil }
        for place in scratch.indices { bytes[begin + place] = scratch[place] }
        (numbers[slot], lengths[slot]) = (number, UInt8(scratch.count))
        return begin..<begin + scratch.count
    }
}
