import Bytes
import Testing

@Suite struct WhiteSpaceTests {
    /// Every character, held against Unicode's own property, alone and behind and before a letter.
    @Test func everyCharacterIsWhatUnicodeSays() {
        for value in UInt32(0)...0x1_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = Array(String(Character(scalar)).utf8)
            let isSpace = scalar.properties.isWhitespace
            #expect(isSpaces(text) == isSpace, "U+\(String(value, radix: 16))")
            guard isSpace else { continue }
            #expect(isSpaces(text + text) && !isSpaces(text + [0x61]))
            #expect(!isSpaces([0x61] + text) && (text.count == 1 || !isSpaces(Array(text.dropLast()))))
        }
    }

    /// What ends a line, held against what the language says of it.
    @Test func everyCharacterEndsLinesWhereOthersSaySo() {
        for value in UInt32(0)...0x1_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect((WhiteSpace(value) == .lineEnd) == Character(scalar).isNewline, "U+\(String(value, radix: 16))")
        }
    }

    /// Bytes that are no UTF-8 are no white space: cut off, of a byte too many, broken within.
    @Test(arguments: [
        [0xC2], [0xE2, 0x80], [0xC0, 0xA0], [0xE0, 0x80, 0xA0], [0xE0, 0x82, 0xA0], [0xE2, 0x80, 0x28], [0x80], [0xA0],
    ] as [[UInt8]])
    func whatIsNoTextIsNoWhiteSpace(_ bytes: [UInt8]) { #expect(!isSpaces(bytes) && !isSpaces([0x20] + bytes)) }

    private func isSpaces(_ text: [UInt8]) -> Bool { isWhiteSpace(text.span) }

    @Test func emptyTextIsNothingElse() { #expect(isSpaces([])) }
}
