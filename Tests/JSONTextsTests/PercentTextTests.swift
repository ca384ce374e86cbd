import JSONTexts
import Testing

@Suite struct PercentTextTests {
    @Test(arguments: [
        ("a%20b", "a b"), ("%C3%a9", "é"), ("100%", "100%"), ("%2", "%2"), ("%zz%41", "%zzA"), ("%2541", "%41"),
        ("", ""),
    ])
    func escapesAreUndoneOnce(escaped: String, plain: String) {
        #expect(PercentText.unescaped(escaped) == plain)
        #expect(PercentText.bytes(Array(escaped.utf8)) == Array(plain.utf8))
    }

    @Test func whatIsNoTextIsNone() { #expect(PercentText.unescaped("%FF") == nil) }
}
