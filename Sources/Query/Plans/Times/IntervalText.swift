import Bytes
package import Columnar

/// Intervals as PostgreSQL reads them: `1 day 02:03:04.5`, `-7 days`, `@ 2 hours ago`, `1-2`, `P1DT2H`, and a bare
/// number of a named unit. Fractions are exact: those of a day or week run over into the clock, those of a month into
/// days of thirty to the month, those of longer units are rounded to months. Beyond PostgreSQL's units there is `ns`.
package enum IntervalText {
    /// An interval from its text.
    /// - Parameters:
    ///   - unit: what a bare number counts, as in `interval '3' day`; seconds unless named.
    ///   - position: where the text stands, for the error.
    /// - Throws: `.invalidTime` for text that is no interval, `.intervalOutOfRange` when it is too long for 64-bit
    ///   nanoseconds, or for 32-bit days and months.
    package static func read(_ text: String, unit: IntervalUnit = .second, position: Int? = nil) throws(QueryError)
        -> Interval
    {
        do throws(IntervalFailure) {
            do throws(IntervalFailure) {
                return try IntervalWords.read(text, unit: unit)
            } catch .invalid {
                return try IntervalDesignators.read(text)
            }
        } catch {
            switch error {
            case .invalid:
                throw QueryError(
                    .invalidTime, "invalid input syntax for type interval: \"\(text)\"", position: position)
            case .outOfRange:
                throw QueryError(
                    .intervalOutOfRange, "interval field value out of range: \"\(text)\"", position: position)
            }
        }
    }
}

/// Why a text is no interval.
enum IntervalFailure: Error {
    case invalid, outOfRange
}

/// What an amount counts.
package enum IntervalUnit: UInt8, Sendable {
    /// From the shortest to the longest.
    case nanosecond, microsecond, millisecond, second, minute, hour, day, week, month, year, decade, century, millennium

    /// By the words that PostgreSQL knows, of which it looks at ten letters.
    init?(named name: String) {
        switch String(decoding: name.utf8.prefix(10), as: UTF8.self) {
        case "nanosecond", "ns": self = .nanosecond
        case "microsecon", "us", "usec", "usecs", "usecond", "useconds": self = .microsecond
        case "millisecon", "ms", "msec", "msecs", "msecond", "mseconds": self = .millisecond
        case "second", "seconds", "sec", "secs", "s": self = .second
        case "minute", "minutes", "min", "mins", "m": self = .minute
        case "hour", "hours", "hr", "hrs", "h": self = .hour
        case "day", "days", "d": self = .day
        case "week", "weeks", "w": self = .week
        case "month", "months", "mon", "mons": self = .month
        case "year", "years", "yr", "yrs", "y": self = .year
        case "decade", "decades", "dec", "decs": self = .decade
        case "century", "centuries", "cent", "c": self = .century
        case "millennium", "millennia", "mil", "mils": self = .millennium
        default: return nil
        }
    }
}

/// The parts of an interval that a text has named: each is named once.
struct IntervalFields: OptionSet {
    let rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }
    init(_ unit: IntervalUnit) { rawValue = 1 << unit.rawValue }

    static let fractionOfSecond: IntervalFields = [.init(.nanosecond), .init(.microsecond), .init(.millisecond)]
    static let clock: IntervalFields = [.init(.hour), .init(.minute), .init(.second), .fractionOfSecond]
}

/// Parts of intervals added up, within what an interval holds.
struct IntervalSum {
    private(set) var value = Interval()

    /// Adds so many of a unit.
    mutating func add(_ amount: DecimalAmount, _ unit: IntervalUnit) throws(IntervalFailure) {
        switch unit {
        case .nanosecond: try addClock(amount, 1)
        case .microsecond: try addClock(amount, 1000)
        case .millisecond: try addClock(amount, 1_000_000)
        case .second: try addClock(amount, Nanoseconds.second)
        case .minute: try addClock(amount, Nanoseconds.minute)
        case .hour: try addClock(amount, Nanoseconds.hour)
        case .day: try addDays(amount, 1)
        case .week: try addDays(amount, 7)
        case .month:
            let (whole, rest) = try amount.times(1)
            try add(months: whole)
            try addDays(rest, 30)
        case .year: try add(months: amount.roundedToEven(times: 12))
        case .decade: try add(months: amount.roundedToEven(times: 120))
        case .century: try add(months: amount.roundedToEven(times: 1200))
        case .millennium: try add(months: amount.roundedToEven(times: 12_000))
        }
    }

    private mutating func addDays(_ amount: DecimalAmount, _ days: Int64) throws(IntervalFailure) {
        let (whole, rest) = try amount.times(days)
        try add(days: whole)
        try addClock(rest, Nanoseconds.day)
    }

    private mutating func addClock(_ amount: DecimalAmount, _ unit: Int64) throws(IntervalFailure) {
        try add(nanoseconds: amount.rounded(times: unit))
    }

    mutating func add(months: Int128 = 0, days: Int128 = 0, nanoseconds: Int128 = 0) throws(IntervalFailure) {
        // Their sums do not overflow: parts fit 64 bits, and what is added is less than 10^32.
        guard let months = Int32(exactly: Int128(value.months) + months),
            let days = Int32(exactly: Int128(value.days) + days),
            let nanoseconds = Int64(exactly: Int128(value.nanoseconds) + nanoseconds), nanoseconds != .min
        else { throw .outOfRange }
        value = Interval(months: Int64(months), days: Int64(days), nanoseconds: nanoseconds)
    }

    /// Puts a clock reading in the place of what the clock said before, as PostgreSQL does with `10:00 1.5 days`.
    mutating func setClock(nanoseconds: Int128) throws(IntervalFailure) {
        value.nanoseconds = 0
        try add(nanoseconds: nanoseconds)
    }

    mutating func negate() throws(IntervalFailure) {
        let sum = value
        value = Interval()
        try add(months: -Int128(sum.months), days: -Int128(sum.days), nanoseconds: -Int128(sum.nanoseconds))
    }
}

/// A number as it is written: its digits, and what one is by the digits that follow the point.
struct DecimalAmount {
    private var mantissa: Int128
    /// A power of ten.
    private var one: Int128 = 1

    init(_ whole: Int64) { mantissa = Int128(whole) }

    private init(mantissa: Int128, one: Int128) { (self.mantissa, self.one) = (mantissa, one) }

    /// More digits of a fraction than this count for nothing.
    private static let placesMax = 18

    /// Both are digits alone, or nothing; places of the fraction beyond the eighteenth are dropped.
    init(
        whole: some Sequence<UInt8>, fraction: some Sequence<UInt8>, isNegative: Bool
    ) throws(IntervalFailure) {
        mantissa = Int128(try Self.whole(whole))
        for digit in fraction.prefix(Self.placesMax) {
            mantissa = mantissa * 10 + Int128(digit) - 48
            one *= 10
        }
        if isNegative { mantissa = -mantissa }
    }

    static func whole(_ digits: some Sequence<UInt8>) throws(IntervalFailure) -> Int64 {
        var result: Int64 = 0
        for digit in digits {
            let (tens, overflow) = result.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int64(digit) - 48)
            if overflow || carry { throw .outOfRange }
            result = sum
        }
        return result
    }

    var isWhole: Bool { mantissa % one == 0 }

    private func product(_ unit: Int64) throws(IntervalFailure) -> Int128 {
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: Int128(unit))
        if overflow { throw .outOfRange }
        return product
    }

    /// Times a unit, cut to the whole, and what is left of one.
    func times(_ unit: Int64) throws(IntervalFailure) -> (whole: Int128, rest: DecimalAmount) {
        let (whole, rest) = try product(unit).quotientAndRemainder(dividingBy: one)
        return (whole, DecimalAmount(mantissa: rest, one: one))
    }

    /// Times a unit, rounded half away from zero.
    func rounded(times unit: Int64) throws(IntervalFailure) -> Int128 {
        Decimal128.divideRounding(try product(unit), by: one)
    }

    /// Times a unit, rounded half to even.
    func roundedToEven(times unit: Int64) throws(IntervalFailure) -> Int128 {
        let product = try product(unit)
        let (whole, rest) = product.quotientAndRemainder(dividingBy: one)
        let isHalf = rest.magnitude == one.magnitude - rest.magnitude
        return isHalf ? whole + whole % 2 : Decimal128.divideRounding(product, by: one)
    }
}
