import Bytes
import Testing

@Suite struct HexadecimalTests {
    @Test func digitsAreReadAsTheyAreWritten() {
        let all = Array(UInt8.min...UInt8.max)
        #expect(bytes(ofHexadecimal: hexadecimal(all).utf8) == all)
        #expect(bytes(ofHexadecimal: hexadecimal(all).utf8, allowsCapitals: true) == all)
        #expect(bytes(ofHexadecimal: "".utf8) == [])
        for text in ["0", "0g", "/0", ":0", "`0", " 00", "0x00", "@0", "G0", "０0"] {
            #expect(bytes(ofHexadecimal: text.utf8) == nil, "\(text)")
            #expect(bytes(ofHexadecimal: text.utf8, allowsCapitals: true) == nil, "\(text)")
        }
    }

    @Test func capitalsAreDigitsWhereTheyAreLetIn() {
        #expect(bytes(ofHexadecimal: "0aFf".utf8) == nil)
        #expect(bytes(ofHexadecimal: "0aFf".utf8, allowsCapitals: true) == [0x0A, 0xFF])
    }
}
