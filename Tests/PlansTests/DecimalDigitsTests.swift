import Plans
import Testing

/// Doubles as decimals: fifteen digits, no zeros behind them.
@Suite struct DecimalDigitsTests {
    @Test(
        arguments: [
            (0.0, 0, 0), (-0.0, 0, 0), (0.5, 5, 1), (-100, -100, 0), (1e-13, 1, 13), (1.0 / 3, 333_333_333_333_333, 15),
            (0.1 + 0.2, 3, 1), (2.0 / 3, 666_666_666_666_667, 15),
            (123_456_789_012_345_680, 123_456_789_012_346_000, 0),
            (9_999_999_999_999_998, 10_000_000_000_000_000, 0), (1.5e-20, 15, 21),
        ] as [(Double, Int, Int)])
    func digits(_ value: Double, _ mantissa: Int, _ scale: Int) {
        let found = DecimalDigits.of(value)
        #expect(found?.mantissa == Int128(mantissa))
        #expect(found?.scale == scale)
    }

    @Test(arguments: [.nan, .infinity, -.infinity, 1e300, 1e39] as [Double])
    func holdsNot(_ value: Double) { #expect(DecimalDigits.of(value) == nil) }
}
