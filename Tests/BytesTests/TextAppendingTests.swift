import Bytes
import Testing

@Suite struct TextAppendingTests {
    /// All lengths, and what lies around each power of ten.
    @Test func decimals() {
        var numbers: [Int64] = [.min, .max, 0]
        var power: Int64 = 1
        for _ in 0..<19 {
            numbers += [power - 1, power, power + 1, power &* 8, power &* 9 &- 7, -power]
            power &*= 10
        }
        var word: UInt64 = 1
        for _ in 0..<20_000 {
            word = word &* 0x5851_F42D_4C95_7F2D &+ 0x1405_7B7E_F767_814F
            numbers.append(Int64(bitPattern: word) >> Int64(word & 63))
        }
        for number in numbers {
            var bytes = Array("x".utf8)
            appendDecimal(number, to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == "x\(number)")
        }
    }
}
