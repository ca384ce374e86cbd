import RegularExpressions
import Testing

/// What groups of a pattern match.
@Suite struct GroupTests {
    private func groups(_ pattern: String, _ text: String) throws -> [String?]? {
        let bytes = Array(text.utf8)
        return try RegularExpression(pattern, captures: true).groups(of: bytes.span).map { groups in
            groups.map { $0.map { String(decoding: bytes[$0], as: UTF8.self) } }
        }
    }

    @Test func wholeTexts() throws {
        #expect(try groups("(.*)-(.*)", "a-b-c") == ["a-b-c", "a-b", "c"])
        #expect(try groups("a(b)?(c*)", "a") == ["a", nil, ""])
        #expect(try groups("()", "") == ["", ""])
        #expect(try groups("b", "abc") == nil, "the whole text, not a part of it")
        #expect(try groups("(ä+)", "ää") == ["ää", "ää"])
    }

    @Test func names() throws {
        let expression = try RegularExpression("(?P<first>.)(?P<second>.)", captures: true)
        #expect(expression.groupCount == 2)
        #expect(expression.groupNumber(named: "second") == 2 && expression.groupNumber(named: "third") == nil)
        #expect(expression.groupNumber(named: "") == nil)
    }
}
