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

    private func isSpaces(_ text: [UInt8]) -> Bool { isWhiteSpace(text.span) }

    @Test func emptyTextIsNothingElse() { #expect(isSpaces([])) }
}
