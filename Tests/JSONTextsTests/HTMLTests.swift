import JSONTexts
import Testing

/// Literals are markup, what is put into them is text.
@Suite struct HTMLTests {
    private static let hostile = "</td><script>alert('1')</script>\" onclick=\"&amp;"

    @Test func textsAreEscaped() {
        let cell: HTML = "<td title=\"\(Self.hostile)\">\(Self.hostile)</td>"
        let escaped =
            "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onclick=&quot;&amp;amp;"
        #expect(cell.text == "<td title=\"\(escaped)\">\(escaped)</td>")
    }

    @Test func piecesAreNotEscapedTwice() {
        let inner: HTML = "<b>\("a&b")</b>"
        let outer: HTML = "<p>\(inner)\([inner, .empty, inner]) \(7)</p>"
        #expect(outer.text == "<p><b>a&amp;b</b><b>a&amp;b</b><b>a&amp;b</b> 7</p>")
        #expect(HTML(markup: "<i>").text == "<i>")
    }

    /// No text leaves the part of an address that it is put into.
    @Test func partsOfAddressesArePercentEncoded() {
        let link: HTML = "<a href=\"/conversations/\(part: "../a?b#c\"d é")\">"
        #expect(link.text == "<a href=\"/conversations/..%2Fa%3Fb%23c%22d%20%C3%A9\">")
    }

    /// A scalar that a browser takes for the end of nothing stays as it is, byte by byte.
    @Test func bytesBeyondAsciiStay() {
        let piece: HTML = "<p>\("naïve 😀 \u{2028}")</p>"
        #expect(piece.text == "<p>naïve 😀 \u{2028}</p>")
    }
}
