import Columnar

/// Reads dates, times and intervals as PostgreSQL's ISO forms write them. nil when the text is none.
enum TimeParsing {
    /// A date with optional clock and optional offset. `offsetSeconds` is nil when the text names none.
    struct Moment {
        var localNanoseconds: Int64
        var offsetSeconds: Int64?
    }

    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func digits(_ range: ClosedRange<Int>) -> Int64? {
            var value: Int64 = 0
            var count = 0
            while let byte = bytes.first, byte >= 0x30, byte <= 0x39, count < range.upperBound {
                value = value * 10 + Int64(byte - 0x30)
                count += 1
                bytes = bytes.dropFirst()
            }
            return range.contains(count) ? value : nil
        }

        mutating func take(_ wanted: Character) -> Bool {
            guard let ascii = wanted.asciiValue, bytes.first == ascii else { return false }
            bytes = bytes.dropFirst()
            return true
        }

        mutating func skipSpaces() { while bytes.first == 0x20 { bytes = bytes.dropFirst() } }
    }

    static func moment(_ text: String) -> Moment? {
        var reader = Reader(bytes: Array(text.utf8)[...])
        reader.skipSpaces()
        guard let year = reader.digits(4...6), reader.take("-"), let month = reader.digits(1...2), reader.take("-"),
            let day = reader.digits(1...2), (1...12).contains(month), day >= 1, day <= Calendar.daysInMonth(year: year, month: month)
        else { return nil }
        let dayNumber = Calendar.day(.init(year: year, month: month, day: day))
        var clock: Int64 = 0
        if !reader.take("T"), !reader.take("t") { reader.skipSpaces() }
        var offset: Int64?
        if let first = reader.bytes.first, first >= 0x30, first <= 0x39 {
            guard let value = readClock(&reader) else { return nil }
            clock = value
        }
        reader.skipSpaces()
        if !reader.bytes.isEmpty {
            guard let value = readOffset(&reader) else { return nil }
            offset = value
        }
        reader.skipSpaces()
        guard reader.bytes.isEmpty else { return nil }
        let (base, overflow) = dayNumber.multipliedReportingOverflow(by: Calendar.nanosecondsPerDay)
        let (total, overflowAgain) = base.addingReportingOverflow(clock)
        return overflow || overflowAgain ? nil : Moment(localNanoseconds: total, offsetSeconds: offset)
    }

    private static func readClock(_ reader: inout Reader) -> Int64? {
        guard let hour = reader.digits(1...2), hour <= 24, reader.take(":"), let minute = reader.digits(2...2), minute < 60 else {
            return nil
        }
        var seconds: Int64 = 0
        var nanoseconds: Int64 = 0
        if reader.take(":") {
            guard let value = reader.digits(2...2), value <= 60 else { return nil }
            seconds = value
            if reader.take(".") {
                let before = reader.bytes.count
                guard let fraction = reader.digits(1...9) else { return nil }
                nanoseconds = fraction
                for _ in (before - reader.bytes.count)..<9 { nanoseconds *= 10 }
                while let byte = reader.bytes.first, byte >= 0x30, byte <= 0x39 { reader.bytes = reader.bytes.dropFirst() }
            }
        }
        return (hour * 3600 + minute * 60 + seconds) * Calendar.nanosecondsPerSecond + nanoseconds
    }

    private static func readOffset(_ reader: inout Reader) -> Int64? {
        if reader.take("Z") || reader.take("z") { return 0 }
        let rest = String(decoding: reader.bytes, as: UTF8.self).uppercased()
        if rest == "UTC" || rest == "GMT" {
            reader.bytes = []
            return 0
        }
        let isNegative = reader.take("-")
        guard isNegative || reader.take("+"), let hours = reader.digits(2...2), hours <= 15 else { return nil }
        var seconds = hours * 3600
        _ = reader.take(":")
        if let minutes = reader.digits(2...2) {
            guard minutes < 60 else { return nil }
            seconds += minutes * 60
        }
        return isNegative ? -seconds : seconds
    }

    /// `1 year 2 mons -3 days 04:05:06.7`, `7d`, `1 week ago`; ISO 8601 durations are not read.
    static func interval(_ text: String) -> Interval? {
        var tokens = text.lowercased().split(separator: " ").map(String.init)
        var isNegated = false
        if tokens.last == "ago" {
            isNegated = true
            tokens.removeLast()
        }
        if tokens.first == "@" { tokens.removeFirst() }
        guard !tokens.isEmpty else { return nil }
        var result = Interval()
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            if token.contains(":") {
                guard let clock = signedClock(token), let sum = IntervalMath.add(result, Interval(nanoseconds: clock)) else { return nil }
                result = sum
                index += 1
                continue
            }
            let split = token.firstIndex { $0.isLetter } ?? token.endIndex
            var unit = String(token[split...])
            guard let amount = Decimal128.parse(token[..<split]) else { return nil }
            if unit.isEmpty {
                index += 1
                unit = index < tokens.count ? tokens[index] : "s"
            }
            guard let part = quantity(amount.mantissa, amount.scale, unit), let sum = IntervalMath.add(result, part) else { return nil }
            result = sum
            index += 1
        }
        return isNegated ? IntervalMath.negate(result) : result
    }

    private static func signedClock(_ token: String) -> Int64? {
        var reader = Reader(bytes: Array(token.utf8)[...])
        let isNegative = reader.take("-")
        if !isNegative { _ = reader.take("+") }
        guard let hours = reader.digits(1...6), reader.take(":"), let minutes = reader.digits(2...2), minutes < 60 else { return nil }
        var total = (hours * 3600 + minutes * 60) * Calendar.nanosecondsPerSecond
        if reader.take(":") {
            guard let seconds = Decimal128.parse(String(decoding: reader.bytes, as: UTF8.self)),
                let nanoseconds = Decimal128.rescale(seconds.mantissa, from: seconds.scale, to: 9),
                let exact = Int64(exactly: nanoseconds)
            else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(exact)
            if overflow || exact < 0 { return nil }
            total = sum
        } else if !reader.bytes.isEmpty {
            return nil
        }
        return isNegative ? -total : total
    }

    private static func quantity(_ mantissa: Int128, _ scale: Int, _ unit: String) -> Interval? {
        switch unit {
        case "millennium", "millennia", "millenniums": return months(mantissa, scale, 12_000)
        case "century", "centuries", "c": return months(mantissa, scale, 1200)
        case "decade", "decades": return months(mantissa, scale, 120)
        case "year", "years", "y", "yr", "yrs": return months(mantissa, scale, 12)
        case "month", "months", "mon", "mons": return months(mantissa, scale, 1)
        case "week", "weeks", "w": return days(mantissa, scale, 7)
        case "day", "days", "d": return days(mantissa, scale, 1)
        case "hour", "hours", "h", "hr", "hrs": return nanoseconds(mantissa, scale, Calendar.nanosecondsPerHour)
        case "minute", "minutes", "m", "min", "mins": return nanoseconds(mantissa, scale, Calendar.nanosecondsPerMinute)
        case "second", "seconds", "s", "sec", "secs": return nanoseconds(mantissa, scale, Calendar.nanosecondsPerSecond)
        case "millisecond", "milliseconds", "ms", "msec", "msecs": return nanoseconds(mantissa, scale, 1_000_000)
        case "microsecond", "microseconds", "us", "usec", "usecs": return nanoseconds(mantissa, scale, 1000)
        case "nanosecond", "nanoseconds", "ns": return nanoseconds(mantissa, scale, 1)
        default: return nil
        }
    }

    private static func nanoseconds(_ mantissa: Int128, _ scale: Int, _ unit: Int64) -> Interval? {
        guard let product = Decimal128.multiply(mantissa, Int128(unit)), let value = Decimal128.rescale(product, from: scale, to: 0),
            let exact = Int64(exactly: value)
        else { return nil }
        return Interval(nanoseconds: exact)
    }

    /// Fractions of a day spill into the clock.
    private static func days(_ mantissa: Int128, _ scale: Int, _ unit: Int64) -> Interval? {
        guard let product = Decimal128.multiply(mantissa, Int128(unit)), let one = Decimal128.power(scale),
            let whole = Int64(exactly: product / one),
            let rest = nanoseconds(product % one, scale, Calendar.nanosecondsPerDay)
        else { return nil }
        return Interval(days: whole, nanoseconds: rest.nanoseconds)
    }

    /// Fractions of a month spill into days of 30 to the month; fractions of a year into whole months.
    private static func months(_ mantissa: Int128, _ scale: Int, _ unit: Int64) -> Interval? {
        guard let product = Decimal128.multiply(mantissa, Int128(unit)), let one = Decimal128.power(scale),
            let whole = Int64(exactly: product / one)
        else { return nil }
        if unit > 1 { return Interval(months: whole) }
        guard let rest = days(product % one, scale, 30) else { return nil }
        return Interval(months: whole, days: rest.days, nanoseconds: rest.nanoseconds)
    }
}
