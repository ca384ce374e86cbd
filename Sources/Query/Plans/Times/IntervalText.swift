import Bytes
package import Columnar

/// Intervals as PostgreSQL reads them: `1 day 02:03:04.5`, `-7 days`, `2 hours ago`, `P1DT2H`, and a bare number of a
/// named unit. Fractions are exact: those of a day or week run over into the clock, those of a month into days of
/// thirty to the month, those of longer units are rounded to months.
package enum IntervalText {
    /// - Parameters:
    ///   - unit: what a bare number counts, as in `interval '3' day`; seconds unless named.
    ///   - position: where the text stands, for the error.
    /// - Throws: `.invalidTime` for text that is no interval, `.intervalOutOfRange` when it is too long for 64-bit
    ///   nanoseconds.
    package static func read(_ text: String, unit: String = "second", position: Int? = nil) throws(QueryError)
        -> Interval
    {
        var reader = IntervalReader(text: text, position: position)
        let bytes = Array(text.utf8.drop { $0 <= 32 })
        if bytes.first == UInt8(ascii: "P") || bytes.first == UInt8(ascii: "p") {
            return try reader.readISO(bytes.dropFirst())
        }
        return try reader.readWords(unit: unit)
    }
}

private struct IntervalReader {
    let text: String
    let position: Int?
    var sum = Interval()

    mutating func readWords(unit defaultUnit: String) throws(QueryError) -> Interval {
        var tokens = tokenised(text)[...]
        guard !tokens.isEmpty else { throw invalid() }
        var isAgo = false
        while let token = tokens.popFirst() {
            if token == "ago" && tokens.isEmpty {
                isAgo = true
            } else if token.contains(":") {
                try addClock(token)
            } else if let months = try yearsAndMonths(token) {
                try addParts(months: months)
            } else {
                let amount = try amount(token)
                // A bare number before a clock reading or before hours counts days.
                let next = tokens.prefix(2)
                let isBeforeHours = next.count == 2 && isNumeric(next.first ?? "") && isHour(next.last ?? "")
                let bare = tokens.first?.contains(":") == true || isBeforeHours ? "day" : defaultUnit
                let unit = tokens.first.flatMap { isNumeric($0) || $0 == "ago" ? nil : $0 }
                if unit != nil { tokens.removeFirst() }
                try add(amount, unit: unit ?? bare)
            }
        }
        return isAgo ? Interval(months: -sum.months, days: -sum.days, nanoseconds: -sum.nanoseconds) : sum
    }

    mutating func readISO(_ bytes: ArraySlice<UInt8>) throws(QueryError) -> Interval {
        var number = ""
        var isTime = false
        for byte in bytes where byte > 32 {
            let letter = String(Unicode.Scalar(byte)).uppercased()
            if letter == "T" {
                isTime = true
            } else if isNumeric(letter) || letter == "." {
                number += letter
            } else {
                let units =
                    isTime
                    ? ["H": "hour", "M": "minute", "S": "second"]
                    : ["Y": "year", "M": "month", "W": "week", "D": "day"]
                guard let unit = units[letter] else { throw invalid() }
                try add(amount(number), unit: unit)
                number = ""
            }
        }
        guard number.isEmpty, bytes.count > 1 else { throw invalid() }
        return sum
    }

    /// Numbers, words and clock readings, split where letters and digits meet.
    private func tokenised(_ text: String) -> [String] {
        var tokens: [String] = []
        var current = ""
        for character in text.lowercased() {
            if character == " " || character == "\t" || character == "\n" || character == "," {
                if !current.isEmpty { tokens.append(current) }
                current = ""
            } else if let last = current.unicodeScalars.last, character.isLetter != Character(last).isLetter {
                tokens.append(current)
                current = String(character)
            } else {
                current.append(character)
            }
        }
        return current.isEmpty || current == "@" ? tokens : tokens + [current]
    }

    private func isNumeric(_ token: String) -> Bool {
        token.utf8.first.map { ($0 >= 48 && $0 <= 57) || $0 == 43 || $0 == 45 || $0 == 46 } ?? false
    }

    /// A number: its digits as they stand, and how many of them follow the point.
    private struct Amount {
        var mantissa: Int128
        var scale: Int
        /// 10 to the scale.
        var one: Int128

        /// Times a unit, cut to the whole and what is left of one, in parts of `one`.
        func times(_ unit: Int64) -> (whole: Int128, rest: Int128)? {
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: Int128(unit))
            return overflow ? nil : (product / one, product % one)
        }
    }

    /// Digits with an optional sign and point. Places beyond the eighteenth are dropped.
    private func amount(_ text: some StringProtocol) throws(QueryError) -> Amount {
        var result = Amount(mantissa: 0, scale: 0, one: 1)
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        var hasDigits = false
        var seenPoint = false
        for byte in bytes {
            if byte == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
                continue
            }
            guard byte >= 48, byte <= 57 else { throw invalid() }
            hasDigits = true
            if seenPoint {
                if result.scale == 18 { continue }
                result.scale += 1
                result.one *= 10
            }
            let (tens, overflow) = result.mantissa.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int128(byte - 48))
            if overflow || carry { throw tooLong() }
            result.mantissa = sum
        }
        guard hasDigits else { throw invalid() }
        if isNegative { result.mantissa = -result.mantissa }
        return result
    }

    private func isHour(_ token: String) -> Bool { Self.nanosecondsOf[Self.singular(token)] == Nanoseconds.hour }

    /// The unit's name without the s of several.
    private static func singular(_ unit: String) -> String {
        unit.hasSuffix("s") && unit.count > 2 ? String(unit.dropLast()) : unit
    }

    /// `1-2`, a year and two months; nil for anything else.
    private func yearsAndMonths(_ token: String) throws(QueryError) -> Int64? {
        let isNegative = token.hasPrefix("-")
        let unsigned = isNegative || token.hasPrefix("+") ? token.dropFirst() : token[...]
        let parts = unsigned.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }) else {
            return nil
        }
        guard let years = Int64(parts[0]), let months = Int64(parts[1]), months < 12 else { throw tooLong() }
        let (whole, overflow) = years.multipliedReportingOverflow(by: 12)
        let (sum, carry) = whole.addingReportingOverflow(months)
        if overflow || carry { throw tooLong() }
        return isNegative ? -sum : sum
    }

    private mutating func addClock(_ token: String) throws(QueryError) {
        let isNegative = token.hasPrefix("-")
        let unsigned = isNegative || token.hasPrefix("+") ? token.dropFirst() : token[...]
        let parts = unsigned.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3,
            parts.allSatisfy({ $0.utf8.first.map { $0 >= 48 && $0 <= 57 } ?? false }),
            let hours = Int64(parts[0]), let minutes = Int64(parts[1]), minutes < 60
        else { throw invalid() }
        let seconds = parts.count == 3 ? try amount(parts[2]) : Amount(mantissa: 0, scale: 0, one: 1)
        guard seconds.mantissa < 60 * seconds.one else { throw invalid() }
        guard hours < 2_000_000 else { throw tooLong() }
        let total = hours * Nanoseconds.hour + minutes * Nanoseconds.minute + (try whole(seconds, 1_000_000_000))
        try addParts(nanoseconds: isNegative ? -total : total)
    }

    private mutating func add(_ amount: Amount, unit: String) throws(QueryError) {
        let name = Self.singular(unit)
        if let nanoseconds = Self.nanosecondsOf[name] { return try addParts(nanoseconds: whole(amount, nanoseconds)) }
        if let days = Self.daysOf[name] { return try addDays(amount, days) }
        guard let months = Self.monthsOf[name] else { throw invalid() }
        if months > 1 { return try addParts(months: whole(amount, months)) }
        guard let (whole, rest) = amount.times(1) else { throw tooLong() }
        try addParts(months: exactly(whole))
        try addDays(Amount(mantissa: rest, scale: amount.scale, one: amount.one), 30)
    }

    private mutating func addDays(_ amount: Amount, _ days: Int64) throws(QueryError) {
        guard let (whole, rest) = amount.times(days) else { throw tooLong() }
        let clock = Amount(mantissa: rest, scale: amount.scale, one: amount.one)
        try addParts(days: exactly(whole), nanoseconds: self.whole(clock, Nanoseconds.day))
    }

    private static let nanosecondsOf: [String: Int64] = [
        "nanosecond": 1, "ns": 1, "microsecond": 1000, "us": 1000, "usec": 1000, "millisecond": 1_000_000,
        "ms": 1_000_000, "msec": 1_000_000, "second": 1_000_000_000, "sec": 1_000_000_000, "s": 1_000_000_000,
        "minute": Nanoseconds.minute, "min": Nanoseconds.minute, "m": Nanoseconds.minute, "hour": Nanoseconds.hour,
        "hr": Nanoseconds.hour, "h": Nanoseconds.hour,
    ]
    private static let daysOf: [String: Int64] = ["day": 1, "d": 1, "week": 7, "w": 7]
    private static let monthsOf: [String: Int64] = [
        "month": 1, "mon": 1, "quarter": 3, "year": 12, "yr": 12, "y": 12, "decade": 120, "century": 1200,
        "centurie": 1200, "c": 1200,
        "millennium": 12_000, "millennia": 12_000,
    ]

    /// The amount in smaller units, rounded half away from zero.
    private func whole(_ amount: Amount, _ unit: Int64) throws(QueryError) -> Int64 {
        guard let (whole, rest) = amount.times(unit) else { throw tooLong() }
        let isUp = rest.magnitude >= amount.one.magnitude - rest.magnitude
        return try exactly(isUp ? whole + (rest < 0 ? -1 : 1) : whole)
    }

    private func exactly(_ value: Int128) throws(QueryError) -> Int64 {
        guard let number = Int64(exactly: value) else { throw tooLong() }
        return number
    }

    private mutating func addParts(months: Int64 = 0, days: Int64 = 0, nanoseconds: Int64 = 0) throws(QueryError) {
        let newMonths = sum.months.addingReportingOverflow(months)
        let newDays = sum.days.addingReportingOverflow(days)
        let newNanoseconds = sum.nanoseconds.addingReportingOverflow(nanoseconds)
        let bound: Int64 = 1 << 40
        guard !newNanoseconds.overflow, newNanoseconds.partialValue != .min,
            newMonths.partialValue.magnitude < bound.magnitude,
            newDays.partialValue.magnitude < bound.magnitude, !newMonths.overflow, !newDays.overflow
        else { throw tooLong() }
        sum = Interval(
            months: newMonths.partialValue, days: newDays.partialValue, nanoseconds: newNanoseconds.partialValue)
    }

    private func invalid() -> QueryError {
        QueryError(.invalidTime, "invalid input syntax for type interval: \"\(text)\"", position: position)
    }

    private func tooLong() -> QueryError {
        QueryError(.intervalOutOfRange, "interval field value out of range: \"\(text)\"", position: position)
    }
}
