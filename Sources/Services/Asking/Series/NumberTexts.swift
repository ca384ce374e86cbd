/// Texts of numbers that were written lately. What is counted over ranges of one length comes to few different numbers,
/// and finding the shortest digits of one takes longer than all else of a sample.
struct NumberTexts {
    private static let slots = 256
    /// Longer texts are not kept.
    private static let bytesMax = 24

    /// By slot the bits of the number.
    private var numbers: [UInt64] = []
    /// By slot how long its text is; 0: there is none.
    private var lengths: [UInt8] = []
    private var bytes: [UInt8] = []

    /// Appends a number's text, which `write` appends where it is not known.
    mutating func append(_ value: Double, to text: inout [UInt8], _ write: (inout [UInt8]) -> Void) {
        if numbers.isEmpty {
            numbers = Array(repeating: 0, count: Self.slots)
            lengths = Array(repeating: 0, count: Self.slots)
            bytes = Array(repeating: 0, count: Self.slots * Self.bytesMax)
        }
        let number = value.bitPattern
        let slot = Int((number &* 0x9E37_79B9_7F4A_7C15) >> 56)
        let begin = slot * Self.bytesMax
        if lengths[slot] > 0, numbers[slot] == number {
            text.append(contentsOf: bytes[begin..<begin + Int(lengths[slot])])
            return
        }
        let start = text.count
        write(&text)
        let length = text.count - start
        guard length <= Self.bytesMax else { return }
        for place in 0..<length { bytes[begin + place] = text[start + place] }
        (numbers[slot], lengths[slot]) = (number, UInt8(length))
    }
}
