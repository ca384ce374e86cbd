import Bytes
import Testing

@Suite struct UTF8ScalarTests {
    private func read(_ text: [UInt8], at place: Int = 0) -> [UInt32] {
        let (scalar, length) = utf8Scalar(in: text.span, at: place)
        return [scalar, UInt32(length)]
    }

    /// Every one that there is, behind and before a letter; those of ASCII are left to whoever asks.
    @Test(arguments: [UInt32(0)...0x1_FFFF, 0xE_0000...0xE_1000, 0x10_FF00...0x10_FFFF])
    func everyScalarIsRead(values: ClosedRange<UInt32>) {
        for value in values {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array(String(Character(scalar)).utf8)
            let wanted = value < 0x80 ? [0, 1] : [value, UInt32(bytes.count)]
            #expect(read([0x61] + bytes + [0x61], at: 1) == wanted, "U+\(String(value, radix: 16))")
        }
    }

    /// Cut off, broken within, longer than it need be, half of a pair, behind the last one.
    @Test(arguments: [
        [0x80], [0xC3], [0xE2, 0x80], [0xF0, 0x9F, 0x94], [0xE2, 0x80, 0x28], [0xC0, 0xA0], [0xC1, 0xBF],
        [0xE0, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xFF],
    ] as [[UInt8]])
    func whatIsNoUTF8IsNoScalar(_ bytes: [UInt8]) { #expect(read(bytes) == [0, 1]) }
}
