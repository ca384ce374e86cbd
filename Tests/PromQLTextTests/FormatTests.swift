import PromQLText
import Testing

/// Long expressions over lines.
@Suite struct FormatTests {
    private static let long = String(repeating: "m", count: 90)

    @Test(arguments: [
        ("sum(rate(\(long)[5m])) by (job)", "sum by (job) (\n  rate(\(long)[5m])\n)"),
        ("topk(3, \(long){a='b', c='d'})", "topk(\n  3,\n  \(long){a=\"b\",c=\"d\"}\n)"),
        ("(\(long) > bool on(a) group_left(b) x)",
            "(\n    \(long)\n  > bool on (a) group_left (b)\n    x\n)"),
        ("-(\(long) * xxxxxxxxxx)", "-(\n    \(long)\n  *\n    xxxxxxxxxx\n)"),
        ("clamp(\(long), 1, 123456789)", "clamp(\n  \(long),\n  1,\n  123456789\n)"),
        ("sum(\(long) + xxxxxxxxxx)[5m:1m] offset 1m",
            "sum(\n    \(long)\n  +\n    xxxxxxxxxx\n)[5m:1m] offset 1m"),
        ("max_over_time(sum(\(long))[1h:])", "max_over_time(\nsum(\(long))[1h:]\n)"),
        ("max_over_time(rate(\(long)[5m])[1h:])", "max_over_time(\n  rate(\(long)[5m])[1h:]\n)"),
        ("up", "up"),
    ])
    func lines(_ text: String, _ formatted: String) throws {
        let expression = try Reading.expression(text)
        #expect(expression.formatted == formatted)
        #expect(try Reading.expression(formatted) == expression)
    }
}
