import Bytes
import Columnar

/// `1 day 02:03:04.5 ago`: amounts, each before its unit, read from the end, so that a unit is known before its number.
struct IntervalWords {
    /// What a number counts that has no unit behind it.
    private let bare: IntervalUnit
    private var sum = IntervalSum()
    private var seen: IntervalFields = []
    private var next = Next.bare
    private var isAgo = false

    /// What the next number to the left counts.
    private enum Next {
        case bare, nothing
        case unit(IntervalUnit)
    }

    private init(bare: IntervalUnit) { self.bare = bare }

    static func read(_ text: String, unit: IntervalUnit) throws(IntervalFailure) -> Interval {
        var reader = IntervalWords(bare: unit)
        for token in try IntervalToken.tokens(of: text).reversed() { try reader.take(token) }
        if reader.seen.isEmpty { throw .invalid }
        if reader.isAgo { try reader.sum.negate() }
        return reader.sum.value
    }

    private mutating func take(_ token: IntervalToken) throws(IntervalFailure) {
        switch token.kind {
        case .word:
            let word = String(decoding: token.bytes, as: UTF8.self)
            if word == "ago" {
                isAgo = true
                next = .nothing
            } else if let unit = IntervalUnit(named: word) {
                next = .unit(unit)
            } else if word == "quarter" || word == "qtr" {
                // Units of times, of which an interval counts none.
                next = .nothing
            } else {
                throw .invalid
            }
        case .clock: try takeClock(token.bytes[...], isNegative: false)
        case .signed where token.bytes.contains(UInt8(ascii: ":")):
            do throws(IntervalFailure) {
                try takeClock(token.bytes.dropFirst(), isNegative: token.bytes[0] == UInt8(ascii: "-"))
            } catch {
                throw .invalid
            }
        case .signed, .number:
            switch next {
            case .bare: try takeNumber(token.bytes, bare)
            case .unit(let unit): try takeNumber(token.bytes, unit)
            case .nothing: try takeNumber(token.bytes, nil)
            }
        }
    }

    private mutating func mark(_ fields: IntervalFields) throws(IntervalFailure) {
        if !seen.isDisjoint(with: fields) { throw .invalid }
        seen.formUnion(fields)
    }

    private mutating func takeClock(_ bytes: ArraySlice<UInt8>, isNegative: Bool) throws(IntervalFailure) {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 else { throw .invalid }
        var hours = try whole(parts[0])
        let minutes: Int64
        let seconds: DecimalAmount
        if parts.count == 3 {
            (minutes, seconds) = (try whole(parts[1]), try number(parts[2]))
        } else if parts[1].contains(UInt8(ascii: ".")) {
            // With a fraction it is minutes and seconds.
            (hours, minutes, seconds) = (0, hours, try number(parts[1]))
        } else {
            (minutes, seconds) = (try whole(parts[1]), DecimalAmount(0))
        }
        // A leap second is let in.
        guard minutes < 60, try seconds.times(1).whole <= 60 else { throw .outOfRange }
        let clock = Int128(hours) * Int128(Nanoseconds.hour) + Int128(minutes) * Int128(Nanoseconds.minute)
        let total = clock + (try seconds.rounded(times: Nanoseconds.second))
        try sum.setClock(nanoseconds: isNegative ? -total : total)
        next = .unit(.day)
        try mark(.clock)
    }

    private mutating func takeNumber(_ bytes: [UInt8], _ unit: IntervalUnit?) throws(IntervalFailure) {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let isSigned = isNegative || bytes.first == UInt8(ascii: "+")
        let digits = isSigned ? bytes.dropFirst() : bytes[...]
        if let months = try yearsAndMonths(digits) {
            try sum.add(months: isNegative ? -months : months)
            next = .unit(.month)
            return try mark(.init(.month))
        }
        // PostgreSQL reads no sign before a point.
        guard let unit, !isSigned || digits.first?.isDigit == true else { throw .invalid }
        let amount = try number(digits, isNegative: isNegative)
        try sum.add(amount, unit)
        // Before hours stand days.
        next = .unit(unit == .hour ? .day : unit)
        let isFraction = unit == .second && !amount.isWhole
        try mark(isFraction ? [.init(.second), .fractionOfSecond] : .init(unit))
    }

    /// `1-2`, a year and two months, as months; nil for anything else.
    private func yearsAndMonths(_ digits: ArraySlice<UInt8>) throws(IntervalFailure) -> Int128? {
        guard let hyphen = digits.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let years = try whole(digits[..<hyphen])
        var rest = digits[(hyphen + 1)...]
        // A second hyphen is the sign of the months.
        let isNegative = rest.count > 1 && rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        let months = try whole(rest)
        if months >= 12 || isNegative { throw .outOfRange }
        return Int128(years) * 12 + Int128(months)
    }

    private func whole(_ digits: ArraySlice<UInt8>) throws(IntervalFailure) -> Int64 {
        guard digits.allSatisfy(\.isDigit) else { throw .invalid }
        return try DecimalAmount.whole(digits)
    }

    /// Digits with a point before, among or behind them; none are zero.
    private func number(_ bytes: ArraySlice<UInt8>, isNegative: Bool = false) throws(IntervalFailure) -> DecimalAmount {
        let point = bytes.firstIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
        let (whole, fraction) = (bytes[..<point], bytes[point...].dropFirst())
        guard whole.allSatisfy(\.isDigit), fraction.allSatisfy(\.isDigit) else { throw .invalid }
        return try DecimalAmount(whole: whole, fraction: fraction, isNegative: isNegative)
    }
}
