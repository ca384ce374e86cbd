import Bytes
import Dashboarding
import Testing

/// Which values a variable has, and how one of many is found.
@Suite struct ValueTests {
    private static func variable(_ pattern: String) throws -> (filter: ValueFilter?, remarks: [String]) {
        let written = pattern.replacing(#"\"#, with: #"\\"#)
        let dashboard = try Dashboard(
            members: #""templating":{"list":[{"name":"a","type":"query","query":"label_values(up, x)","#
                + #""regex":"\#(written)"}]}"#)
        return (dashboard.variables[0].filter, dashboard.remarks)
    }

    private static func kept(_ pattern: String, _ values: [String]) throws -> [String] {
        let (filter, remarks) = try variable(pattern)
        #expect(remarks == [])
        let found = values.map { value in filter.map { $0.value(of: ByteText(value.utf8)) } ?? ByteText(value.utf8) }
        return found.compactMap { $0 }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test(arguments: [
        ("", ["a", "B", "prod-eu-1"]), ("a", ["a"]), ("/b/", []), ("/b/i", ["B"]), ("^[^a]", ["B", "prod-eu-1"]),
        ("/^prod-(.*)/", ["eu-1"]), ("/-(?:eu)-(\\d)/", ["1"]), ("/prod-(?P<text>..)-(?P<value>.)/", ["1"]),
        ("/(x)?prod/", []), ("/(?:r)/", ["prod-eu-1"]),
    ])
    func valuesAreFiltered(pattern: String, kept: [String]) throws {
        #expect(try Self.kept(pattern, ["a", "B", "prod-eu-1"]) == kept, "\(pattern)")
    }

    @Test(arguments: [
        "(", "/a/x", "/(?=a)/", String(repeating: "a", count: 1_001), "/(a{1000}){100}/",
    ])
    func whatIsNoPatternOfOursFiltersNothingAndIsSaid(pattern: String) throws {
        let (filter, remarks) = try Self.variable(pattern)
        #expect(filter == nil && remarks.count == 1)
        #expect(remarks.first?.hasPrefix("templating.list[0].regex: ") == true, "\(remarks)")
    }

    @Test(arguments: [
        ("", "anything", true), ("B", "abc", true), ("a.c", "abc", false), ("a.c", "xA.Cx", true), ("é", "CAFÉ", true),
        ("x_y", "x_y", true), ("(", "f(x)", true), ("a b", "a  b", false), ("\\", "c:\\", true),
        ("a*\u{301}", "a*\u{301}", true), ("*\u{301}", "abc", false), ("\"\t", "x\"\t", true),
    ])
    func valuesAreFoundByWhatTheyHold(sought: String, value: String, isFound: Bool) {
        #expect(ValueSearch(ByteText(sought.utf8)).finds(ByteText(value.utf8)) == isFound, "\(sought) in \(value)")
    }
}
