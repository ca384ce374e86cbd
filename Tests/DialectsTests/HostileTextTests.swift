import Dialects
import Domain
import Testing
import WireFormats

/// Names and values that are made to be looked at for long are not: each byte of them costs what others do.
struct HostileTextTests {
    private static func evidence(_ attributes: [String: OTLPValue], name: String = "a") throws -> Derived {
        var traces = SampleTraces()
        try traces.receive(
            OTLPTraces([SampleSpan(name: name, id: 1, parent: nil, start: 0, end: 5, attributes: attributes)]))
        return try #require(traces.evidence.first)
    }

    /// Squares of them would take minutes.
    @Test(arguments: [
        "password=abc ", "&password=abc", "a://b@", ": ", "tokens.", "x@", "x%40", "-----BEGIN ",
        "sk-0123456789abcdef;",
    ])
    func longNamesAreReadInTime(unit: String) throws {
        let long = String(repeating: unit, count: 600_000 / unit.utf8.count)
        let clock = ContinuousClock()
        #expect(try clock.measure { _ = try Self.evidence([:], name: long) } < .seconds(30))
        let numbers = OTLPValue.array((0..<20_000).map { OTLPValue.string("\($0 % 9_000 + 1_000)") })
        for name in [long, "gen_ai.request.\(long)", "gen_ai.usage.\(long)"] {
            #expect(try clock.measure { _ = try Self.evidence([name: numbers]) } < .seconds(30))
        }
        #expect(try clock.measure { _ = try Self.evidence(["gen_ai.tool.name": .string(long)]) } < .seconds(30))
    }

    /// What counts under a name that is longer than a name of usage is dropped, not copied for each number below it.
    @Test func numbersUnderALongNameAreReadInTime() throws {
        func members(_ depth: Int) -> OTLPValue {
            .map((0..<24).map { OTLPAttribute("k\($0)", depth > 1 ? members(depth - 1) : .integer(7)) })
        }
        let long = String(repeating: "x", count: 500_000)
        let usage = OTLPValue.map([OTLPAttribute(long, members(3)), OTLPAttribute("input_tokens", .integer(12))])
        let clock = ContinuousClock()
        var row: Derived?
        #expect(try clock.measure { row = try Self.evidence(["gen_ai.usage": usage]) } < .seconds(30))
        guard case .json(let kept)? = row?.fields["span_attributes"] else {
            Issue.record("no attributes")
            return
        }
        #expect(kept.contains(#""gen_ai.usage/input_tokens":12"#), "\(kept)")
    }

    /// What is longer than a name says something: of it nothing but the beginning is listed, whatever its value is.
    @Test func longNamesAreNotKept() throws {
        let long = String(repeating: "x", count: 500_000)
        let row = try Self.evidence([
            "gen_ai.request.\(long)": .integer(7), long: .boolean(true), "is_member": .boolean(true),
        ])
        #expect("\(row.fields)".utf8.count < 10_000)
        #expect("\(row.fields)".contains("is_member") && row.integer("withheld_values") == 2)
    }

    /// Addresses in names are found as before, signs upon signs or not.
    @Test(arguments: [
        ("a@b.c", "*"), ("a%40b.c", "*"), ("a@@@b.c", "*"), ("@b.c", "@b.c"), ("a@.b@c.d", "*"), ("a@.", "a@."),
        ("m@2.5", "m@2.5"), ("a@b.", "a@b."), ("x a%40%40b.com/y", "x */y"), ("a@b", "a@b"), ("a@.b", "a@.b"),
    ])
    func addressesAreFound(name: String, shown: String) throws {
        #expect(try Self.evidence([:], name: name).text("span_name") == shown)
    }
}
