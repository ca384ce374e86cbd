import Foundation
import JSONTexts
import Testing

@Suite struct DecimalTextTests {
    @Test(arguments: [
        ("0.0375", 37_500), ("0.01875", 18_750), ("1", 1_000_000), ("0", 0), ("-0", 0), ("0.000001", 1), ("15.00", 15_000_000),
        ("007.5", 7_500_000), ("0.100000000000000000000000000000000000000000000", 100_000), ("1e-6", 1), ("2.5E+1", 25_000_000),
        ("10e-1", 1_000_000), ("-2.5", -2_500_000), ("9223372036854.775807", Int64.max), ("-9223372036854.775808", Int64.min),
    ] as [(String, Int64)])
    func readsPricesAsPicoUSDPerToken(text: String, expected: Int64) throws {
        #expect(try DecimalText.parse(text, scale: 6) == expected)
    }

    @Test func refuses() {
        for (text, offset) in [
            ("", 0), ("-", 1), (".5", 0), ("5.", 2), ("1,5", 1), ("+1", 0), ("1e", 2), ("1e+", 3), ("0x10", 1), ("1 ", 1),
            ("NaN", 0), ("1.2.3", 3),
        ] {
            #expect(throws: DecimalError.malformed(offset: offset), "\(text)") { try DecimalText.parse(text, scale: 12) }
        }
        #expect(throws: DecimalError.tooPrecise(decimals: 6)) { try DecimalText.parse("0.0000001", scale: 6) }
        #expect(throws: DecimalError.tooPrecise(decimals: 6)) { try DecimalText.parse("0.01875001", scale: 6) }
        #expect(throws: DecimalError.tooPrecise(decimals: 12)) { try DecimalText.parse("1e-13", scale: 12) }
        #expect(throws: DecimalError.tooPrecise(decimals: 12)) { try DecimalText.parse("1e-99999999999999999999", scale: 12) }
        #expect(throws: DecimalError.outOfRange(decimals: 12)) { try DecimalText.parse("9223372.036854775808", scale: 12) }
        #expect(throws: DecimalError.outOfRange(decimals: 12)) { try DecimalText.parse("1e400", scale: 12) }
        #expect(throws: DecimalError.outOfRange(decimals: 12)) { try DecimalText.parse(String(repeating: "9", count: 100_000), scale: 12) }
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
        var random = SeededNumbers(seed: 21)
        for _ in 0..<5000 {
            let value = Int64(bitPattern: random.next()) >> Int64(random.next(below: 64))
            let scale = random.next(below: 13)
            let text = DecimalText.render(Int128(value), scale: scale)
            #expect(try DecimalText.parse(text, scale: scale) == value, "seed 21, scale \(scale)")
        }
    }
}
