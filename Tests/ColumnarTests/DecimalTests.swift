import Columnar
import Testing

@Suite struct DecimalTests {
    @Test(arguments: [
        // Quotients as PostgreSQL 15 shows them.
        ("1", "3", "0.33333333333333333333"), ("10", "3", "3.3333333333333333"), ("1", "8", "0.12500000000000000000"),
        ("-7", "2", "-3.5000000000000000"), ("100000", "7", "14285.714285714286"),
        ("0.000001", "3", "0.000000333333333333333333"),
        ("1.0", "3", "0.33333333333333333333"), ("123456789.123", "2", "61728394.561500000000"),
        // What is divided has more than 128 bits on the way.
        ("1.5", "-0.66666666666666666667", "-2.24999999999999999999"),
    ])
    func divides(left: String, right: String, expected: String) throws {
        let a = try #require(Decimal128.parse(left))
        let b = try #require(Decimal128.parse(right))
        let scale = Decimal128.divisionScale(a.mantissa, a.scale, b.mantissa, b.scale)
        let quotient = try #require(Decimal128.divide(a.mantissa, a.scale, by: b.mantissa, b.scale, scale: scale))
        #expect(Decimal128.text(quotient, scale: scale) == expected)
    }

    /// Who divides many numbers by one decimal finds what whoever divides each by itself does.
    @Test(arguments: [
        (1_000_000_0, 1), (1, 0), (10, 0), (-1000, 2), (3, 0), (-7, 3), (9_999, 0), (10_000, 0), (123_456_789, 4),
        (1, 9), (Int128.max, 0), (10_000_000_000_000_000_000_000, 5), (9_223_372_036_854_775_807, 18),
        (18_446_744_073_709_551_615, 0), (18_446_744_073_709_551_616, 0), (1, 38),
    ] as [(Int128, Int)])
    func dividesManyByOne(mantissa: Int128, scale: Int) throws {
        let divisor = try #require(DecimalDivisor(mantissa, scale: scale))
        var random = RandomScalars(seed: 17)
        let edges: [Int64] = [0, 1, -1, 9, 10, 9_999, 10_000, 99_999_999, 100_000_000, .max, .min]
        let drawn = (0..<2_000).map { _ in
            Int64(truncatingIfNeeded: random.below(.max)) >> Int64(random.below(63)) * (random.below(2) == 0 ? 1 : -1)
        }
        for number in edges + drawn {
            for places in [0, 2, 9, 12, 19] {
                let wanted = Decimal128.divisionScale(Int128(number), places, mantissa, scale)
                let expected = Decimal128.divide(Int128(number), places, by: mantissa, scale, scale: wanted)
                let found = divisor.quotient(of: number, scale: places)
                #expect(found?.mantissa == expected, "\(number) with \(places) places")
                #expect(found == nil || found?.scale == wanted, "\(number) with \(places) places")
            }
        }
        #expect(DecimalDivisor(0, scale: scale) == nil)
    }

    /// Every digit where 38 hold them, else the nearest to them.
    @Test(arguments: [
        ("0.33333333333333333333", "0.33333333333333333333", "0.11111111111111111110888888888888888889"),
        ("-0.00045000000000000000000000", "0.5", "-0.000225000000000000000000000"),
        ("99999999999999999999", "0.99999999999999999999", "99999999999999999998.000000000000000000"),
        ("12345678901234567890.1234567890", "-1.5", "-18518518351851851835.18518518350"),
        ("0.00000000000000000000000000000000000001", "0.5", "0.00000000000000000000000000000000000001"),
        ("9999999999999999999", "9999999999999999999", "99999999999999999980000000000000000001"),
        (
            "1.0000000000000000000", "1.0000000000000000000000000000000000000",
            "1.0000000000000000000000000000000000000"
        ),
    ])
    func multiplies(left: String, right: String, expected: String) throws {
        let a = try #require(Decimal128.parse(left))
        let b = try #require(Decimal128.parse(right))
        let product = try #require(Decimal128.product(a.mantissa, a.scale, b.mantissa, b.scale))
        #expect(Decimal128.text(product.mantissa, scale: product.scale) == expected)
    }

    @Test func aProductWithoutRoomForItsWholeIsNone() {
        #expect(Decimal128.product(Int128.max, 0, 2, 0) == nil)
        #expect(Decimal128.product(Int128.max, 1, 1000, 0) == nil)
        #expect(Decimal128.product(Int128.min, 0, Int128.min, 38) == nil)
    }

    @Test func roundsHalfAwayFromZero() {
        #expect(Decimal128.rescale(25, from: 1, to: 0) == 3)
        #expect(Decimal128.rescale(-25, from: 1, to: 0) == -3)
        #expect(Decimal128.rescale(24, from: 1, to: 0) == 2)
    }

    @Test func refusesWhatDoesNotFit() {
        #expect(Decimal128.rescale(Int128.max, from: 0, to: 1) == nil)
        #expect(Decimal128.multiply(Int128.max, 2) == nil)
        #expect(Decimal128.parse("1e39") == nil)
        #expect(Decimal128.parse("12a") == nil)
    }
}
