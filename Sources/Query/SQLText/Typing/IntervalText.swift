import Columnar
import Plans

/// Intervals as PostgreSQL reads them: `1 day 02:03:04.5`, `-7 days`, `2 hours ago`, `P1DT2H`, and a bare number of a named unit.
enum IntervalText {
    /// - Parameter unit: what a bare number counts, as in `interval '3' day`; seconds unless named.
    /// - Throws: `22007` for text that is no interval, `22015` when it is too long for 64-bit nanoseconds.
    static func read(_ text: String, unit: String = "second", position: Int? = nil) throws(QueryError) -> Interval {
        var reader = IntervalReader(text: text, position: position)
        let bytes = Array(text.utf8.drop { $0 <= 32 })
        if bytes.first == UInt8(ascii: "P") || bytes.first == UInt8(ascii: "p") { return try reader.readISO(bytes.dropFirst()) }
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
            } else if let number = NumberText.double(token) {
                let unit = tokens.first.flatMap { isNumeric($0) || $0 == "ago" ? nil : $0 }
                if unit != nil { tokens.removeFirst() }
                try add(number, exact: Int64(token), unit: unit ?? defaultUnit)
            } else {
                throw invalid()
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
                let units = isTime ? ["H": "hour", "M": "minute", "S": "second"] : ["Y": "year", "M": "month", "W": "week", "D": "day"]
                guard let unit = units[letter], let value = NumberText.double(number) else { throw invalid() }
                try add(value, exact: Int64(number), unit: unit)
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

    private mutating func addClock(_ token: String) throws(QueryError) {
        let isNegative = token.hasPrefix("-")
        let parts = token.drop { $0 == "-" || $0 == "+" }.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let hours = Int64(parts[0]), let minutes = Int64(parts[1]), minutes >= 0, minutes < 60
        else { throw invalid() }
        let seconds = parts.count == 3 ? NumberText.double(String(parts[2])) : 0
        guard let seconds, seconds >= 0, seconds < 60, hours >= 0, hours < 2_000_000 else { throw invalid() }
        let total = hours * 3_600_000_000_000 + minutes * 60_000_000_000 + Int64((seconds * 1e9).rounded())
        try addParts(nanoseconds: isNegative ? -total : total)
    }

    /// Fractions run over into smaller units as in PostgreSQL: months of 30 days, days of 24 hours.
    private mutating func add(_ number: Double, exact: Int64?, unit: String) throws(QueryError) {
        let name = unit.hasSuffix("s") && unit.count > 2 ? String(unit.dropLast()) : unit
        if let nanoseconds = Self.nanosecondsOf[name] {
            if let exact {
                let (product, overflow) = exact.multipliedReportingOverflow(by: nanoseconds)
                if overflow { throw tooLong() }
                return try addParts(nanoseconds: product)
            }
            return try addParts(nanoseconds: whole((number * Double(nanoseconds)).rounded()))
        }
        if let days = Self.daysOf[name] {
            let total = number * days
            let wholeDays = total.rounded(.towardZero)
            return try addParts(
                days: whole(wholeDays), nanoseconds: whole(((total - wholeDays) * Double(nanosecondsPerDay)).rounded()))
        }
        guard let months = Self.monthsOf[name] else { throw invalid() }
        let total = number * months
        let wholeMonths = total.rounded(.towardZero)
        let days = (total - wholeMonths) * 30
        try addParts(
            months: whole(wholeMonths), days: whole(days.rounded(.towardZero)),
            nanoseconds: whole(((days - days.rounded(.towardZero)) * Double(nanosecondsPerDay)).rounded()))
    }

    private static let nanosecondsOf: [String: Int64] = [
        "nanosecond": 1, "ns": 1, "microsecond": 1000, "us": 1000, "usec": 1000, "millisecond": 1_000_000, "ms": 1_000_000,
        "msec": 1_000_000, "second": 1_000_000_000, "sec": 1_000_000_000, "s": 1_000_000_000, "minute": 60_000_000_000,
        "min": 60_000_000_000, "m": 60_000_000_000, "hour": 3_600_000_000_000, "hr": 3_600_000_000_000, "h": 3_600_000_000_000,
    ]
    private static let daysOf: [String: Double] = ["day": 1, "d": 1, "week": 7, "w": 7]
    private static let monthsOf: [String: Double] = [
        "month": 1, "mon": 1, "quarter": 3, "year": 12, "yr": 12, "y": 12, "decade": 120, "century": 1200, "millennium": 12_000,
    ]

    private func whole(_ value: Double) throws(QueryError) -> Int64 {
        guard let number = Int64(exactly: value) else { throw tooLong() }
        return number
    }

    private mutating func addParts(months: Int64 = 0, days: Int64 = 0, nanoseconds: Int64 = 0) throws(QueryError) {
        let newMonths = sum.months.addingReportingOverflow(months)
        let newDays = sum.days.addingReportingOverflow(days)
        let newNanoseconds = sum.nanoseconds.addingReportingOverflow(nanoseconds)
        let bound: Int64 = 1 << 40
        guard !newNanoseconds.overflow, newNanoseconds.partialValue != .min, newMonths.partialValue.magnitude < bound.magnitude,
            newDays.partialValue.magnitude < bound.magnitude, !newMonths.overflow, !newDays.overflow
        else { throw tooLong() }
        sum = Interval(months: newMonths.partialValue, days: newDays.partialValue, nanoseconds: newNanoseconds.partialValue)
    }

    private func invalid() -> QueryError {
        QueryError(sqlState: "22007", message: "invalid input syntax for type interval: \"\(text)\"", position: position)
    }

    private func tooLong() -> QueryError {
        QueryError(sqlState: "22015", message: "interval field value out of range: \"\(text)\"", position: position)
    }
}
