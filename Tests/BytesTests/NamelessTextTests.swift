import Bytes
import Testing

@Suite struct NamelessTextTests {
    /// Every character, held against Unicode's own properties, alone and behind and before a letter.
    @Test(arguments: [UInt32(0)...0x1_FFFF, 0xE_0000...0xE_1000, 0x10_FF00...0x10_FFFF])
    func everyCharacterIsWhatUnicodeSays(values: ClosedRange<UInt32>) {
        for value in values {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = Array(String(Character(scalar)).utf8)
            let properties = scalar.properties
            let isUnseen =
                properties.isWhitespace || properties.isDefaultIgnorableCodePoint
                || properties.generalCategory == .control || value == 0x2800
            #expect(isNameless(text) == isUnseen, "U+\(String(value, radix: 16))")
            guard isUnseen else { continue }
            #expect(isNameless(text + text) && !isNameless(text + [0x61]))
            #expect(!isNameless([0x61] + text) && (text.count == 1 || !isNameless(Array(text.dropLast()))))
        }
    }

    /// Bytes that are no UTF-8 are something: cut off, of a byte too many, broken within.
    @Test(arguments: [
        [0xC2], [0xE2, 0x80], [0xC0, 0xA0], [0xE2, 0x80, 0x28], [0x80], [0xE0, 0x82, 0xA0], [0xA0], [0xF3, 0xA0, 0x80],
    ] as [[UInt8]])
    func whatIsNoTextIsNotNothing(_ bytes: [UInt8]) { #expect(!isNameless(bytes) && !isNameless([0x20] + bytes)) }

    private func isNameless(_ text: [UInt8]) -> Bool { namesNothing(text.span) }

    @Test func emptyTextNamesNothing() { #expect(isNameless([])) }
}
