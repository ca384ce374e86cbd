import Bytes
import Testing

@Suite struct WhiteSpaceTests {
    /// Every character, held against Unicode's own property, alone and behind and before a letter.
    @Test func everyCharacterIsWhatUnicodeSays() {
        for value in UInt32(0)...0x1_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = Array(String(Character(scalar)).utf8)
            let isSpace = scalar.properties.isWhitespace
            #expect(isWhiteSpace(text.span) == isSpace, "U+\(String(value, radix: 16))")
            guard isSpace else { continue }
            #expect(isWhiteSpace((text + text).span) && !isWhiteSpace((text + [0x61]).span))
            #expect(!isWhiteSpace(([0x61] + text).span) && (text.count == 1 || !isWhiteSpace(text.dropLast().span)))
        }
    }

    @Test func emptyTextIsNothingElse() { #expect(isWhiteSpace([UInt8]().span)) }
}
