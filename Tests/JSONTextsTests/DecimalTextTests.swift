import Foundation
import JSONTexts
import Platform
import Testing

@Suite struct DecimalTextTests {
    @Test(
        arguments: [
            ("0.0375", 37_500), ("0.01875", 18_750), ("1", 1_000_000), ("0", 0), ("-0", 0), ("0.000001", 1),
            ("15.00", 15_000_000), ("007.5", 7_500_000), ("0.100000000000000000000000000000000000000000000", 100_000),
            ("1e-6", 1), ("2.5E+1", 25_000_000), ("10e-1", 1_000_000), ("-2.5", -2_500_000),
            ("9223372036854.775807", Int64.max), ("-9223372036854.775808", Int64.min),
        ] as [(String, Int64)])
    func readsPricesAsPicoUSDPerToken(text: String, expected: Int64) throws {
        #expect(try DecimalText.parse(text, scale: 6) == expected)
    }

    @Test func refuses() {
        for (text, offset) in [
            ("", 0), ("-", 1), (".5", 0), ("5.", 2), ("1,5", 1), ("+1", 0), ("1e", 2), ("1e+", 3), ("0x10", 1),
            ("1 ", 1), ("NaN", 0), ("1.2.3", 3),
        ] {
            #expect(throws: DecimalError.malformed(offset: offset), "\(text)") {
                try DecimalText.parse(text, scale: 12)
            }
        }
        #expect(throws: DecimalError.tooPrecise(decimals: 6)) { try DecimalText.parse("0.0000001", scale: 6) }
        #expect(throws: DecimalError.tooPrecise(decimals: 6)) { try DecimalText.parse("0.01875001", scale: 6) }
        #expect(throws: DecimalError.tooPrecise(decimals: 12)) { try DecimalText.parse("1e-13", scale: 12) }
        #expect(throws: DecimalError.tooPrecise(decimals: 12)) {
            try DecimalText.parse("1e-99999999999999999999", scale: 12)
        }
        #expect(throws: DecimalError.outOfRange(decimals: 12)) {
            try DecimalText.parse("9223372.036854775808", scale: 12)
        }
        #expect(throws: DecimalError.outOfRange(decimals: 12)) { try DecimalText.parse("1e400", scale: 12) }
        #expect(throws: DecimalError.outOfRange(decimals: 12)) {
            try DecimalText.parse(String(repeating: "9", count: 100_000), scale: 12)
        }
        #expect(throws: DecimalError.outOfRange(decimals: 12)) {
            try DecimalText.parse("1" + String(repeating: "0", count: 100) + "1", scale: 12)
        }
    }

    @Test func renders() {
        #expect(DecimalText.renderUSD(37_500_000) == "0.0000375")
        #expect(DecimalText.renderUSD(0) == "0")
        #expect(DecimalText.renderUSD(0, minimumDecimals: 2) == "0.00")
        #expect(DecimalText.renderUSD(-1_500_000_000_000) == "-1.5")
        #expect(DecimalText.renderUSD(Int128.min) == "-170141183460469231731687303.715884105728")
        #expect(DecimalText.render(5, scale: 0) == "5")
        #expect(DecimalText.render(500, scale: 2) == "5")
    }

    @Test func readsBackWhatItRenders() throws {
        var random = SeededGenerator(seed: 21)
        for _ in 0..<5000 {
            let value = Int64(bitPattern: random.next()) >> Int64(random.next(below: 64))
            let scale = random.next(below: 13)
            let text = DecimalText.render(Int128(value), scale: scale)
            #expect(try DecimalText.parse(text, scale: scale) == value, "seed 21, scale \(scale)")
        }
    }

    /// The digits and the point, nothing else.
    private func spelled(_ value: Int128, _ scale: Int, _ minimumDecimals: Int) -> String {
        var digits = String(value.magnitude)
        while digits.count <= scale { digits = "0" + digits }
        var (whole, decimals) = (String(digits.dropLast(scale)), String(digits.suffix(scale)))
        while decimals.count > minimumDecimals, decimals.last == "0" { decimals.removeLast() }
        if !decimals.isEmpty { whole += "." + decimals }
        return (value < 0 ? "-" : "") + whole
    }

    @Test func writesEveryDigitAtTheEdges() {
        let edges: [Int128] = [
            .min, .min + 1, .max, 0, 1, -1, 10, -100, Int128(Int64.min), Int128(Int64.max), Int128(UInt64.max),
            Int128(UInt64.max) + 1,
        ]
        var random = SeededGenerator(seed: 22)
        let others = (0..<500).map { _ -> Int128 in
            let bits = UInt128(random.next()) << 64 | UInt128(random.next())
            return Int128(truncatingIfNeeded: bits) >> Int128(random.next(below: 127))
        }
        for value in edges + others {
            for scale in [0, 1, 6, 9, 12, 38, 39, 60] {
                for minimum in [0, 2, scale] {
                    let expected = spelled(value, scale, min(minimum, scale))
                    let found = DecimalText.render(value, scale: scale, minimumDecimals: minimum)
                    #expect(found == expected, "seed 22, scale \(scale)")
                }
            }
        }
        #expect(DecimalText.renderFull(-5, scale: 3) == "-0.005")
        #expect(DecimalText.renderFull(1234, scale: 2) == "12.34")
        #expect(DecimalText.render(.min, scale: 0) == "-170141183460469231731687303715884105728")
        var bytes: [UInt8] = [0x78]
        DecimalText.append(-12_005, scale: 3, minimumDecimals: 3, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "x-12.005")
    }

    @Test(
        arguments: [
            ("+1", 1, 0, 0), (".5", 5, 1, 0), ("5.", 5, 0, 0), ("-007.50", -750, 2, 0), ("1e3", 1, 0, 3),
            ("1E-3", 1, 0, -3), ("-0.0", 0, 1, 0), ("000", 0, 0, 0), ("120", 120, 0, 0),
            ("1e99999999999999999999", 1, 0, 10_000), ("0e-5", 0, 0, -5), ("1.20e+01", 120, 2, 1),
        ] as [(String, Int, Int, Int)])
    func readsNumbersAsWritten(_ text: String, _ mantissa: Int, _ decimals: Int, _ exponent: Int) throws {
        let written = try WrittenDecimal(Array(text.utf8).span, .loose)
        #expect(written.mantissa == Int128(mantissa))
        #expect(written.decimals == decimals && written.exponent == exponent)
    }

    @Test func readsNumbersUpTo128Bits() throws {
        func mantissa(_ text: String) throws -> Int128? { try WrittenDecimal(Array(text.utf8).span, .loose).mantissa }
        #expect(try mantissa("170141183460469231731687303715884105727") == .max)
        #expect(try mantissa("-170141183460469231731687303715884105727") == .min + 1)
        #expect(throws: WrittenDecimal.Failure.tooLong) { try mantissa("170141183460469231731687303715884105728") }
        #expect(throws: WrittenDecimal.Failure.tooLong) { try mantissa("1" + String(repeating: "0", count: 38) + "1") }
        let great = "1" + String(repeating: "0", count: 38)
        #expect(try mantissa(great) == Int128(great))
        #expect(try mantissa(great + "0") == nil)
        #expect(try mantissa(String(repeating: "0", count: 100_000)) == 0)
    }

    @Test(arguments: [
        ("", 0), (".", 1), ("+", 1), ("-", 1), ("e5", 0), (".e5", 1), ("1e", 2), ("1e-", 3), ("1..2", 2), ("1 ", 1),
        (" 1", 0), ("--1", 1), ("1e5.0", 3), ("1_0", 1), ("٣", 0),
    ])
    func refusesWhatIsNoNumber(_ text: String, _ offset: Int) {
        #expect(throws: WrittenDecimal.Failure.malformed(offset: offset)) {
            _ = try WrittenDecimal(Array(text.utf8).span, .loose)
        }
    }
}
