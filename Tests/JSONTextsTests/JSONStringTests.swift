import Foundation
import JSONTexts
import Testing

@Suite struct JSONStringTests {
    private func string(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONString.append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func string(_ utf8: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONString.append(utf8: utf8[...], to: &bytes)
        return bytes
    }

    private func expected(_ byte: UInt8) -> String {
        switch byte {
        case 0x08: "\\b"
        case 0x09: "\\t"
        case 0x0A: "\\n"
        case 0x0C: "\\f"
        case 0x0D: "\\r"
        case 0x22: "\\\""
        case 0x5C: "\\\\"
        case 0..<0x10: "\\u000" + String(byte, radix: 16)
        case 0x10..<0x20: "\\u00" + String(byte, radix: 16)
        default: String(UnicodeScalar(byte))
        }
    }

    /// Control characters have their letter where RFC 8259 names one, as its canonical form (RFC 8785) wants; one
    /// writer of two wrote `\u0008` and `\u000c` before, a third no letter at all.
    @Test func everyByteOfASCIIIsEscapedByTheStandard() throws {
        for byte in 0..<UInt8(0x80) {
            let text = "<" + String(UnicodeScalar(byte)) + ">"
            #expect(string(text) == "\"<" + expected(byte) + ">\"")
            #expect(string(Array(text.utf8)) == Array(string(text).utf8))
            let read = try JSONSerialization.jsonObject(with: Data(string(text).utf8), options: .fragmentsAllowed)
            #expect(read as? String == text, "byte \(byte)")
            #expect(try JSONReader.parse(string(text)) == .string(text))
        }
    }

    /// Wherever they stand, and however many stand side by side.
    @Test func escapesStandBetweenWhatIsCopied() {
        let parts = ["", "a", "\"", "\\", "\n", "\u{1}", "long enough for several words at once", "é", "\u{7F}"]
        for first in parts {
            for second in parts {
                for third in parts {
                    let text = first + second + third
                    let bytes = text.utf8.map { $0 < 0x80 ? Array(expected($0).utf8) : [$0] }.flatMap(\.self)
                    #expect(string(Array(text.utf8)) == [0x22] + bytes + [0x22], "\(text)")
                    #expect(string(text).utf8.elementsEqual([0x22] + bytes + [0x22]), "\(text)")
                }
            }
        }
    }

    @Test func otherCharactersStandAsTheyAre() {
        for text in ["é", "e\u{301}", "漢字", "😀", "\u{2028}\u{2029}", "\u{7F}\u{80}\u{FFFD}\u{10FFFF}"] {
            #expect(string(text) == "\"\(text)\"")
            #expect(string(Array(text.utf8)) == Array("\"\(text)\"".utf8))
        }
        #expect(string("") == "\"\"" && string([]) == [0x22, 0x22])
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xFF], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFE, 0x22, 0xFF],
        ] as [[UInt8]])
    func brokenUTF8IsRepaired(_ bad: [UInt8]) throws {
        let bytes = [0x61, 0x22, 0x08] + bad + [0x62]
        let written = string(bytes)
        #expect(String(validating: written, as: UTF8.self) != nil)
        #expect(try JSONReader.parse(written) == .string(String(decoding: bytes, as: UTF8.self)))
        #expect(written == Array(string(String(decoding: bytes, as: UTF8.self)).utf8))
    }
}
