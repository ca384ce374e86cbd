import Bytes
import Testing

@Suite struct WhiteSpaceTests {
    /// Every character, held against Unicode's own property, and what ends a line, against what the language says.
    @Test func everyCharacterIsWhatUnicodeSays() {
        for value in UInt32(0)...0x1_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let space = WhiteSpace(value)
            #expect((space != nil) == scalar.properties.isWhitespace, "U+\(String(value, radix: 16))")
            #expect((space == .lineEnd) == Character(scalar).isNewline, "U+\(String(value, radix: 16))")
        }
    }
}
