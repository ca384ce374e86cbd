import Platform
import Testing

/// What a terminal is shown of text that strangers may have written.
@Suite struct TerminalTextTests {
    private func shown(_ bytes: [UInt8]) -> String { String(decoding: TerminalText.shown(bytes), as: UTF8.self) }

    @Test(arguments: [
        ("plain, über, 東京, 🙂\n", "plain, über, 東京, 🙂\n"), ("a\tb\r\nc", "a\tb\r\nc"),
        ("\u{1B}[31mred\u{1B}]0;title\u{7}", "\\x1b[31mred\\x1b]0;title\\x07"), ("over\rwritten", "over\\x0dwritten"),
        ("end\r", "end\\x0d"), ("\u{0}\u{8}\u{7F}", "\\x00\\x08\\x7f"), ("\u{9B}31m\u{85}", "\\x9b31m\\x85"),
        ("\u{A0}\u{C0}", "\u{A0}\u{C0}"), ("", ""),
    ])
    func ordersAreWrittenOut(text: String, wanted: String) { #expect(shown(Array(text.utf8)) == wanted) }

    @Test func whatIsNoUTF8StaysAsItIs() {
        #expect(TerminalText.shown([0xFF, 0xC2, 0x41, 0xC2]) == [0xFF, 0xC2, 0x41, 0xC2])
    }
}
