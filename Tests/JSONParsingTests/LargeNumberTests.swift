import JSONParsing
import Testing

@Suite struct LargeNumberTests {
    private func isTooLarge(_ text: [UInt8]) -> Bool {
        failure(text)?.description.hasPrefix("number out of range at byte 1:") ?? false
    }

    private func isTooLarge(_ number: String) -> Bool { isTooLarge(Array("[\(number)]".utf8)) }

    @Test func integersBeyond64BitsAreNamed() {
        for number in ["18446744073709551616", "-9223372036854775809", String(repeating: "1", count: 21)] {
            #expect(isTooLarge(number), "\(number)")
        }
        for number in ["18446744073709551615", "-9223372036854775808", "0", "-0"] {
            #expect(failure(Array("[\(number)]".utf8)) == nil, "\(number)")
        }
    }

    @Test func numbersBeyondTheLargestDoubleAreNamed() {
        let zeros = String(repeating: "0", count: 400)
        for number in [
            "1e309", "-1E+309", "1.8e308", "17.9769313486231590e307", "0.0018e311", "1\(zeros).5", "0.\(zeros)1e710",
            "1e99999999999999999999", "1\(zeros)e-91",
        ] { #expect(isTooLarge(number), "\(number)") }
        for number in [
            "1.7976931348623157e308", "0e99999999999999999999", "0.\(zeros)1e709", "1\(zeros)e-92",
            "1e-99999999999999999", "0.00179e311", "0.000e400",
        ] { #expect(failure(Array("[\(number)]".utf8)) == nil, "\(number)") }
    }

    /// A refusal says why; finding that out may not cost more than reading did.
    @Test func longNumbersAreRefusedAtOnce() {
        for number in [
            String(repeating: "1", count: 8_000_000), "-1e" + String(repeating: "1", count: 8_000_000),
            String(repeating: "1", count: 8_000_000) + ".5",
        ] {
            let text = Array("[\(number)]".utf8)
            let time = ContinuousClock().measure { #expect(isTooLarge(text)) }
            #expect(time < .seconds(1), "\(number.prefix(4)): \(time)")
        }
    }
}
