import Domain
import Projections

// Numbers are written from integers, digit by digit: what was added up exactly is not rounded by a double on its way out.

/// `value` ÷ 10^`decimals` as decimal text without trailing zeros.
func decimalText(_ value: Int128, decimals: Int) -> String {
    var digits = String(value.magnitude)
    if digits.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits }
    let whole = digits.dropLast(decimals)
    var fraction = digits.suffix(decimals)
    while fraction.last == "0" { fraction.removeLast() }
    return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
}

/// Nanoseconds in seconds.
func secondsText(_ nanoseconds: Int128) -> String { decimalText(nanoseconds, decimals: 9) }

/// Pico-USD in USD.
func dollarText(_ picoUSD: Int128) -> String { decimalText(picoUSD, decimals: 12) }
