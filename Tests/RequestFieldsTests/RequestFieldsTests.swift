import Bytes
import RequestFields
import Testing

/// What clients write into fields, and what is read of it.
@Suite struct RequestFieldsTests {
    @Test func cookiesAreReadByBytes() {
        #expect(SessionCookie(["a=b; plimsoll_session=ff "])?.secret == "ff")
        let both = SessionCookie(["plimsoll_session=ff", "__Host-plimsoll_session = x;__Host-plimsoll_session=ee"])
        #expect(both?.secret == "ee")
        #expect(SessionCookie(["plimsoll_session"]) == nil && SessionCookie([]) == nil)
        // An accent behind a tab is one character with what stands before it once the tab is gone.
        let accented = SessionCookie(["plimsoll_session=\t\u{301}x"])
        #expect(accented.map { Array($0.secret.utf8) } == Array("\u{301}x".utf8))
        for isTLS in [false, true] {
            let shown = SessionCookie.setting(accented?.secret ?? "", isTLS: isTLS).split(separator: ";").first ?? ""
            #expect(SessionCookie([String(shown)])?.secret == accented?.secret)
        }
        #expect(SessionCookie.forgetting.allSatisfy { $0.hasSuffix("; Max-Age=0") })
    }

    @Test func formsAreReadInTheirOrder() throws {
        let form = FormParameters(body: Array("a=1&b=%41+%zz&=e&c".utf8), query: "a=2&a=3")
        #expect(form["a"] == "1" && form.all("a") == [Array("1".utf8), Array("2".utf8), Array("3".utf8)])
        #expect(form["b"] == "A %zz" && form["c"] == nil && form.bytes("c") == [] && form["d"] == nil)
        #expect(form.pairs(beginning: "").map(\.name) == ["a", "b", "", "c", "a", "a"])
        let json = try FormParameters(json: Array(#"{"a":["x","y"],"b":"z"}"#.utf8), query: "a=q")
        #expect(json.all("a").map { String(decoding: $0, as: UTF8.self) } == ["x", "y", "q"] && json["b"] == "z")
    }

    @Test(arguments: ["{", "[1]", #"{"a":1}"#, #"{"a":tru}"#, "{}}"])
    func aBodyThatIsNoFormIsRefused(_ text: String) {
        do throws(FormFault) {
            _ = try FormParameters(json: Array(text.utf8), query: nil)
            Issue.record("\(text) is a form")
        } catch {
            // JSON that is no form is wrong nowhere in particular.
            let isJSON = text == "[1]" || text == #"{"a":1}"#
            #expect((error.offset == nil) == isJSON && !error.message.isEmpty)
        }
    }

    @Test func tokensTagsAndTypes() {
        #expect(BearerToken.text(of: "bEARER  a b") == "a b" && BearerToken.text(of: "Bearer ") == nil)
        #expect(BearerToken.text(of: "Basic abcdef") == nil)
        let tag = EntityTag(of: [1])
        #expect(tag.isKnown(["\"a\"", "\"b\" , W/\(tag.text)"]) && tag.isKnown(["*"]) && !tag.isKnown(["\"a\", \"*\""]))
        #expect(MediaTypeNames.names(in: ["Text/HTML; q=1, */*", ""]) == ["text/html", "*/*"])
        #expect(AcceptedCodings.takeGzip(["br, gzip"]) && !AcceptedCodings.takeGzip(["*, gzip;q=0.00"]))
        #expect(!AcceptedCodings.takeGzip([]) && AcceptedCodings.takeGzip(["*"]))
    }

    @Test func hostsAreOneHoweverTheyAreWritten() {
        #expect(HostAuthority("Example.ORG.:443") == HostAuthority("example.org:443"))
        #expect(HostAuthority("[::ffff:10.0.0.7]") == HostAuthority("10.0.0.7:") && HostAuthority("a:65536") == nil)
        #expect(HostAuthority("[fe80::1%25]") == nil && HostAuthority("[fe80::1%25eth0]:80")?.port == 80)
        #expect(OriginSite("HTTPS://a:8443")?.authority.port == 8443 && OriginSite("https://a")?.defaultPort == 443)
        #expect(OriginSite("null") == nil && OriginSite("file:///a") == nil)
    }

    @Test func addressesLeadNowhereElse() {
        let long = "/" + String(repeating: "a", count: 4096)
        for text in ["//a", "/\\a", "a", "", "/\ta", "/session", "/session/x?y", long] {
            #expect(ReturnAddress(text).text == "/", "\(text.prefix(20))")
        }
        #expect(ReturnAddress("/d/a?from=now-6h#b").text == "/d/a?from=now-6h#b")
        #expect(EscapedLabelName.name(Array("U__a_2e_b__c".utf8)) == ByteText("a.b_c"))
        for text in ["U__a_", "U___110000_", "U___g_", "a.b"] {
            #expect(EscapedLabelName.name(Array(text.utf8)) == ByteText(Array(text.utf8)))
        }
    }
}
