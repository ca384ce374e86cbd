import Columnar
import Execution
import Plans
import Testing

/// Patterns and what PostgreSQL 15 says of them (UTF-8, locale C.UTF-8).
@Suite struct PatternTests {
    private func matches(_ text: String, _ pattern: String, ignoresCase: Bool = false) throws -> Scalar {
        let function: ScalarFunction = ignoresCase ? .regexMatchInsensitive : .regexMatch
        return try value(.call(function, [.literal(.text(text), .text), .literal(.text(pattern), .text)], .boolean))
    }

    @Test(arguments: [
        ("a1", #"^[\D]$"#, false), ("a", #"^[\D]$"#, true), ("\n", #"\D"#, true), ("1", #"[^\d]"#, false),
        ("w", #"[^\W]"#, true),
        ("é", #"^\w$"#, true), ("é", "[[:alpha:]]", true), ("x", "a|", true), ("x", "()", true),
        ("a{,2}", "^a{,2}$", true),
        ("a{x", "a{x", true), ("a", "a*?b?", true), ("-", "[a-]", true), ("]", "[]a]", true), ("b", "[^]a]", true),
        ("^", "[a^]", true),
        ("-", "[+--]", true), ("a", "[[.a.]]", true), ("a", "[[=a=]]", true), ("a\n", "a$", false),
        ("a\nb", "a.b", true),
        ("a\nb", "^b", false), ("a\nb", "(?n)^b", true), ("a\nb", "(?n)a.b", false), ("a\nb", "(?p)a.b", false),
        ("a\nb", "(?w)^b", true),
        ("a\nb", "(?n)a[^x]b", false), ("a\nb", #"(?n)a\Db"#, true), ("a\nb", #"(?n)a\Wb"#, true),
        ("ABC", "(?i)abc", true),
        ("a.c", "(?q)a.c", true), ("abc", "(?q)a.c", false), ("abc", "***:a.c", true), ("a.c", "***=a.c", true),
        ("abc", "***=a.c", false),
        ("\u{08}", #"\b"#, true), ("\\", #"\B"#, true), ("A", #"\x0041"#, true), ("A1", #"\x411"#, false),
        ("A", #"\u0041"#, true),
        ("A", #"\101"#, true), ("\u{01}", #"\cA"#, true), ("é", #"\é"#, true), ("a", #"\Aa\Z"#, true),
        ("a\n", #"\Aa\Z"#, false),
        ("\na", #"(?n)\Aa"#, false), ("_", "[[:word:]]", true), (" ", "[[:graph:]]", false), (" ", "[[:print:]]", true),
        ("٣", #"\d"#, false),
        ("٣", #"\w"#, true), ("\u{A0}", #"\s"#, false), ("\u{2003}", #"\s"#, true), ("€", "[[:punct:]]", true),
        ("\u{301}", #"\w"#, false),
        ("हि", #"^\w+$"#, true), ("😀", #"\w"#, false), ("😀", "[[:punct:]]", true), ("", "", true), ("a", "a{0}", true),
        ("a", "(?#why)a", true), ("a}", "a}", true), ("a]", "a]", true), ("a", "(^)*a", true), ("a", "(^a)*", true),
        ("a", "(|a){2}", true),
        ("a", "a||b", true), ("b", "(a|)$", true), ("{", "{", true), ("\n", #"\12"#, true),
        ("\u{85}", "[[:cntrl:]]", true),
        ("gpt-4o-mini", #"^gpt-\d"#, true), ("aaa", "^(a|b){2,3}$", true), ("foobar", "o{2}b", true),
        ("x.y", #"x\.y"#, true),
    ])
    func asPostgreSQL(text: String, pattern: String, expected: Bool) throws {
        #expect(try matches(text, pattern) == .boolean(expected))
    }

    @Test(arguments: [
        ("abc", #"^\D+$"#, true), ("É", "é", true), ("K", "k", true), ("\u{212A}", "k", false), ("k", "\u{212A}", true),
        ("\u{17F}", "s", false), ("ß", "ẞ", true), ("abc", "(?c)ABC", false), ("A", "[[:lower:]]", true),
        ("a", "[[:upper:]]", true),
        ("a", "[^A]", false), ("B", "[a-c]", true), ("B", "[^a-c]", false), ("ı", "i", false), ("Σ", "ς", true),
        ("σ", "ς", false),
        ("É", "[é]", true), ("É", "[à-ü]", true), ("É", "[^é]", false), ("RÜCKGABE", "rückgabe", true),
    ])
    func caseAsPostgreSQL(text: String, pattern: String, expected: Bool) throws {
        #expect(try matches(text, pattern, ignoresCase: true) == .boolean(expected))
    }

    /// What is no pattern there is none here.
    @Test(arguments: [
        "a**", "^*", "*a", "(*a)", "a{1", "a{2,1}", "a{256}", "a{1,256}", "a*??", "a)", "(a", "[a", #"a\"#, "[a-c-e]",
        "[b-a]", "a(?i)b",
        "(?i)(?i)b", "(?z)b", "***a", #"\g"#, "(?:a", "[[:foo:]]", #"[a\]"#, #"[a-\d]"#, "(?)a", "a$*", "ab|*b", #"\8"#,
        "a+*", "a{1}{2}",
        "[[:alpha:]-z]", "[a-[:alpha:]]", #"[\y]"#, "{1}", #"\u00"#,
    ])
    func whatIsNoPattern(pattern: String) throws {
        #expect { try matches("a", pattern) } throws: { ($0 as? QueryError)?.kind == .invalidPattern }
    }

    /// What PostgreSQL has beyond linear time is named.
    @Test(arguments: [
        (#"(a)\1"#, "back references"), ("a(?=b)", "look-around"), ("a(?!b)", "look-around"),
        ("(?<=a)b", "look-around"),
        ("(?<!a)b", "look-around"), (#"\ma"#, "word boundaries"), (#"a\y"#, "word boundaries"),
        ("[[:<:]]ab", "word boundaries"),
        ("(?x)a B", "option (?x)"), ("(?b)a", "option (?b)"), ("[[.hyphen.]]", "collating elements"),
    ])
    func whatIsRefusedByName(pattern: String, name: String) throws {
        #expect { try matches("ab", pattern) } throws: { error in
            guard let error = error as? QueryError else { return false }
            return error.kind == .notSupported && error.message.contains(name) && error.hint != nil
        }
    }

    @Test func repetitionsThatMultiplyAreRefused() {
        #expect { try matches("a", "(a{200}){20}") } throws: { ($0 as? QueryError)?.kind == .invalidPattern }
        #expect {
            try matches("a", String(repeating: "(", count: 5000) + String(repeating: ")", count: 5000))
        } throws: {
            ($0 as? QueryError)?.kind == .invalidPattern
        }
    }

    /// The same pattern over rows, with nulls, by dictionary entry.
    @Test func columnsOfTexts() throws {
        let rows: [[Scalar]] = [[.text("abc")], [.null], [.text("a1c")], [.text("ABC")], [.text("abc")]]
        let catalog = MemoryCatalog(tables: [MemoryTable("t", [("s", .text)], rows: rows)])
        let match = Expression.call(
            .regexMatchInsensitive, [.column(0, .text), .literal(.text(#"^\D+$"#), .text)], .boolean)
        let plan = Plan.project(catalog.scan("t"), [match], output: [TableColumn(name: "m", type: .boolean)])
        #expect(
            try executor.rows(plan, catalog) == [
                [.boolean(true)], [.null], [.boolean(false)], [.boolean(true)], [.boolean(true)],
            ])
    }
}
