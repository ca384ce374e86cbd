import PromQLText
import Testing

/// What is refused, with place and reason. People know Prometheus' words, and tools look for them.
@Suite struct RefusalTests {
    @Test(arguments: [
        ("", "unknown position no expression found in input"),
        (" # nothing", "1:1 no expression found in input"),
        ("a b", #"1:3 unexpected identifier "b""#),
        ("1 +\n  * 2", "2:3 unexpected <op:*>"),
        ("a ==", "1:5 unexpected end of input"),
        ("rate(a[5m]", "1:11 unclosed left parenthesis"),
        ("a)", "1:3 unexpected right parenthesis ')'"),
        ("a]", "1:2 unexpected right bracket ']'"),
        ("a[5m", "1:5 unclosed left bracket"),
        ("a[5m][", "1:7 unexpected end of input in duration expression"),
        ("a{", "1:3 unexpected end of input inside braces"),
        ("a{b{", "1:4 unexpected left brace '{'"),
        ("a{b='c'", "1:8 unexpected end of input inside braces"),
        ("é", "1:1 unexpected character: 'é'"), ("a ; b", "1:3 unexpected character: ';'"),
        ("a ! b", "1:3 unexpected character after '!': ' '"), ("a =~ b", "1:3 unexpected character after '=': '~'"),
        ("'a", "1:1 unterminated quoted string"), ("'a\nb'", "1:1 unterminated quoted string"),
        ("`a", "1:1 unterminated raw string"), (#"'\q'"#, "1:1 unknown escape sequence U+0071 'q'"),
        (#"'\x4g'"#, "1:1 illegal character U+0067 'g' in escape sequence"),
        (#"'\uD800'"#, "1:1 escape sequence is an invalid Unicode code point"),
        (#"'\777'"#, "1:1 escape sequence is an invalid Unicode code point"),
        ("1..2", #"1:1 bad number or duration syntax: "1..""#), ("0x", #"1:1 error parsing number: "#
            + #"strconv.ParseFloat: parsing "0x": invalid syntax"#),
        ("5parsecs", #"1:1 bad number or duration syntax: "5""#), ("1_", #"1:1 bad number or duration syntax: "1_""#),
        ("1m1h", #"1:1 not a valid duration string: "1m1h""#), ("1hs", #"1:1 unknown unit "hs" in duration "1hs""#),
        ("300y", "1:1 duration out of range"),
        ("a_very_long_metric 'a_very_long_string'", #"1:20 unexpected string "'a_very_lo"..."#),
        ("a AND", "1:6 unexpected end of input"), ("a by (b)", "1:3 unexpected <by>"),
        ("a + SUM SUM", "1:9 unexpected <aggr:SUM>"), ("bool", "1:1 unexpected <bool>"),
    ])
    func syntax(_ text: String, _ fault: String) { #expect(Reading.faults(text) == [fault]) }

    @Test(arguments: [
        ("a{b}", #"1:4 unexpected "}" in label matching, expected label matching operator"#),
        ("a{b=}", #"1:5 unexpected "}" in label matching, expected string"#),
        ("a{=}", #"1:3 unexpected "=" in label matching, expected identifier or "}""#),
        ("a{=~}", #"1:3 unexpected <op:=~> in label matching, expected identifier or "}""#),
        ("a{b='c' d='e'}", #"1:9 unexpected identifier "d" in label matching, expected "," or "}""#),
        ("{'b' 'c'}", #"1:6 unexpected string "'c'" in label matching, expected "," or "}""#),
        ("a{b!c}", "1:4 unexpected character after '!' inside braces: 'c'"),
        ("a{b*c}", "1:4 unexpected character inside braces: '*'"),
        ("sum by b (a)", #"1:8 unexpected identifier "b" in grouping opts, expected "(""#),
        ("sum by (b c) (a)", #"1:11 unexpected identifier "c" in grouping opts, expected "," or ")""#),
        ("sum by (,) (a)", #"1:9 unexpected "," in grouping opts, expected label"#),
        ("sum by (without) (a)", "1:9 unexpected <without> in grouping opts, expected label"),
        ("sum by ('') (a)", #"1:9 invalid label name for grouping: """#),
        ("a + on b", #"1:8 unexpected identifier "b" in grouping opts, expected "(""#),
        ("a + on(b) group_left * c", #"1:22 unexpected <op:*> in grouping opts, expected "(""#),
        ("a + group_left b", "1:5 unexpected <group_left>"),
        ("a offset", "1:9 unexpected end of input in offset, expected number, duration, step(), or range()"),
        ("a @ b", #"1:5 unexpected identifier "b" in @, expected timestamp"#),
        ("a @ start", "1:10 unexpected end of input in @, expected timestamp"),
        ("a[]", #"1:3 unexpected "]" in subquery or range selector, expected number, duration, step(), or range()"#),
        ("a[5m, 5m]", #"1:5 unexpected "," in subquery or range, expected ":" or "]""#),
        ("a[:5m]", "1:4 unexpected colon before duration in duration expression"),
        ("a[5m:5m:5m]", "1:8 unexpected colon ':'"), ("a[5m x]", "1:6 unexpected character: 'x', expected ':'"),
        ("a[x]", "1:3 unexpected character in duration expression: 'x'"),
        ("a[5m:*]", #"1:6 unexpected <op:*> in subquery selector, expected number, duration, step(), range(), or "]""#),
        ("a[5m:5m)]", "1:9 unexpected right parenthesis ')'"),
        ("a[0]", "1:3 duration must be greater than 0"), ("a[-5m]", "1:3 duration must be greater than 0"),
        ("f(", "1:3 unclosed left parenthesis"), ("abs(a,)", "1:6 trailing commas not allowed in function call args"),
        ("abs(,)", #"1:5 unexpected ",""#), ("a:b(c)", #"1:4 unexpected "(""#),
        ("nothing(a)", #"1:1 unknown function with name "nothing""#),
    ])
    func context(_ text: String, _ fault: String) { #expect(Reading.faults(text) == [fault]) }

    @Test(arguments: [
        ("sum a", [#"1:5 unexpected identifier "a""#]),
        ("sum(a b)", [
            #"1:7 unexpected identifier "b" in aggregation"#, "1:1 no arguments for aggregate expression provided",
        ]),
        ("sum()", ["1:1 no arguments for aggregate expression provided"]),
        ("topk(a)", [
            "1:1 wrong number of arguments for aggregate expression provided, expected 2, got 1"
        ]),
        ("sum(1, a)", ["1:1 wrong number of arguments for aggregate expression provided, expected 1, got 2"]),
        ("a offset 1m offset 1m", ["1:1 offset may not be set multiple times"]),
        ("a @ 1 @ end()", ["1:1 @ <timestamp> may not be set multiple times"]),
        ("a @ Inf", ["1:1 timestamp out of bounds for @ modifier: +Inf"]),
        ("a @ 1e19", ["1:1 timestamp out of bounds for @ modifier: 10000000000000000000.000000"]),
        ("(a) offset 1m", [
            "1:1 offset modifier must be preceded by an instant vector selector or range vector selector or a subquery"
        ]),
        ("1 @ 2", [
            "1:1 @ modifier must be preceded by an instant vector selector or range vector selector or a subquery"
        ]),
        ("a offset 1m [5m]", ["1:13 no offset modifiers allowed before range"]),
        ("a @ 1 [5m]", ["1:7 no @ modifiers allowed before range"]),
        ("(a)[5m] offset 1m", [
            "1:4 ranges only allowed for vector selectors", "1:1 ranges only allowed for vector selectors",
        ]),
        ("a{b=~'('}", ["1:3 error parsing regexp: missing closing ): `(`"]),
        ("a{b!~'*'}", ["1:3 error parsing regexp: missing argument to repetition operator: `*`"]),
        ("a{b=~'x)|(y'}", ["1:3 error parsing regexp: unexpected ): `x)|(y`"]),
        ("a{b=~'[z-a]'}", ["1:3 error parsing regexp: invalid character class range: `z-a`"]),
    ])
    func meaning(_ text: String, _ faults: [String]) { #expect(Reading.faults(text) == faults) }

    @Test(arguments: [
        ("{}", ["1:1 vector selector must contain at least one non-empty matcher"]),
        ("{a=~'.*', b!='c', d=''}", ["1:1 vector selector must contain at least one non-empty matcher"]),
        ("a{__name__='b'}", [#"1:1 metric name must not be set twice: "a" or "b""#]),
        ("a{'b'}", [#"1:1 metric name must not be set twice: "a" or "b""#]),
        ("1 == 2", ["1:3 comparisons between scalars must use BOOL modifier"]),
        ("a + bool b", ["1:3 bool modifier can only be used on comparison operators"]),
        ("a and 1", [#"1:1 set operator "and" not allowed in binary scalar expression"#]),
        ("1 + on(b) a", ["1:1 vector matching only allowed between instant vectors"]),
        ("a or on(b) group_left c", [
            #"1:1 no grouping allowed for "or" operation"#, "1:1 set operations must always be many-to-many",
        ]),
        ("a * on(b) group_left(b) c", [#"1:3 label "b" must not occur in ON and GROUP clause at once"#]),
        ("a[1m] + 'b'", [
            "1:1 binary expression must contain only scalar and instant vector types",
            "1:9 binary expression must contain only scalar and instant vector types",
        ]),
        ("-'a'", [
            #"1:1 unary expression only allowed on expressions of type scalar or instant vector, got "string""#
        ]),
        ("1[5m:]", ["1:1 subquery is only allowed on instant vector, got scalar instead"]),
        ("sum(1)", ["1:5 expected type instant vector in aggregation expression, got scalar"]),
        ("topk('a', b)", ["1:6 expected type scalar in aggregation parameter, got string"]),
        ("count_values(1, b)", ["1:14 expected type string in aggregation parameter, got scalar"]),
        ("rate(a)", [#"1:6 expected type range vector in call to function "rate", got instant vector"#]),
        ("abs()", [#"1:1 expected 1 argument(s) in call to "abs", got 0"#]),
        ("round()", [#"1:1 expected at least 1 argument(s) in call to "round", got 0"#]),
        ("hour(a, b)", [#"1:1 expected at most 1 argument(s) in call to "hour", got 2"#]),
        ("label_join(a, 'b', 'c', 1)", [#"1:25 expected type string in call to function "label_join", got scalar"#]),
    ])
    func types(_ text: String, _ faults: [String]) { #expect(Reading.faults(text) == faults) }

    @Test(arguments: [
        ("a + fill(1) b", "1:1 binop fill modifiers are experimental and not enabled"),
        ("a anchored", "1:1 anchored modifier is experimental and not enabled"),
        ("a[1m + 1m]", "1:3 experimental duration expression is not enabled"),
        ("mad_over_time(a[1m])", #"1:1 function "mad_over_time" is not enabled"#),
        ("limitk(1, a)", "1:1 limitk() is experimental and must be enabled with "
            + "--enable-feature=promql-experimental-functions"),
    ])
    func whatIsNotPromised(_ text: String, _ fault: String) {
        #expect(Reading.faults(text) == [fault])
        #expect(Reading.faults(text, .all).isEmpty)
    }

    @Test(arguments: [
        ("a offset (1m / 0)", "1:14 division by zero"), ("a[5m % 0]", "1:6 modulo by zero"),
        ("a anchored smoothed", "1:1 anchored and smoothed modifiers cannot be used together"),
        ("a and fill(0) b", "1:1 filling in missing series not allowed for set operators"),
        ("1 + fill(0) b", "1:1 filling in missing series only allowed between instant vectors"),
        ("info(a, b)", "1:9 expected label selectors only, got vector selector instead"),
        ("rate(a[1m])[1m:] smoothed", "1:1 smoothed modifier is not supported for subqueries"),
    ])
    func experiments(_ text: String, _ fault: String) { #expect(Reading.faults(text, .all) == [fault]) }

    @Test func bytesThatAreNoText() throws {
        for text in [[0x22, 0xFF, 0x22], [0xFF], [0x61, 0x7B, 0xC3], [0x60, 0xED, 0xA0, 0x80, 0x60]] as [[UInt8]] {
            #expect(throws: PromQLError.self) { try PromQLExpression(text) }
        }
    }

    @Test func placesAreBytes() throws {
        do throws(PromQLError) {
            _ = try Reading.expression("a{b='é\u{1F600}'}\n + nothing(c)")
            Issue.record("unknown functions are refused")
        } catch {
            #expect(error.description == #"2:4: parse error: unknown function with name "nothing""#)
            #expect(error.faults.first?.range == 17..<24)
            #expect(!error.isTooComplex)
        }
    }
}
