import RegularExpressions
import Testing

@Suite struct RegularExpressionTests {
    @Test(arguments: [
        ("abc", "b", true, false), ("abc", "a.c", true, true), ("a\nc", "a.c", false, false),
        ("a\nc", "(?s)a.c", true, true),
        ("", "", true, true), ("", "x*", true, true), ("Rückgabe", "^R.ckgabe$", true, true),
        ("ab", "a|ab", true, true),
        ("é", #"\w"#, false, false),
    ])
    func matchesSomewhereOrAsAWhole(text: String, pattern: String, somewhere: Bool, whole: Bool) throws {
        let compiled = try RegularExpression(pattern)
        #expect(compiled.matches(text) == somewhere)
        #expect(compiled.matchesWhole(text) == whole)
    }

    @Test func caseIsIgnoredWhenAsked() throws {
        #expect(try RegularExpression("rückGABE", ignoresCase: true).matches("RÜCKGABE"))
        #expect(try !RegularExpression("rückGABE").matches("RÜCKGABE"))
    }

    @Test(arguments: ["(", "[a", "a**", #"(a)\1"#, "a(?=b)", "(a{500}){500}"])
    func whatIsNoPatternIsRefused(pattern: String) {
        #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
    }

    /// Patterns that take engines with backtracking for ever.
    @Test func timeIsLinear() throws {
        let text = String(repeating: "a", count: 1 << 16) + "!"
        #expect(try !RegularExpression("^(a+)+$").matches(text))
        #expect(try !RegularExpression("^(a|aa)+$").matches(text))
    }
}
