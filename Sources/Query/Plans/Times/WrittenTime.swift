import Bytes

/// A date and time as SQL writes them, in ISO 8601 order: `2026-08-01`, `2026-08-01 09:00:15.778+02`,
/// `2026-08-01T09:00:15Z`, `24:00:00`, `2026-08-01 09:00 Europe/Berlin`; without marks, `20260801T090015`, `260801`; by
/// the day of the year, `2026-213`, `2026.213`. An era, `AD` or `BC`, stands behind the date, the clock reading or the
/// zone, once.
package struct WrittenTime {
    /// What a text says of its zone.
    package enum Zone {
        /// Seconds east of Greenwich.
        case offset(Int64)
        /// A name, of which only who knows the zones can say whether there is one.
        case name(String)
        /// An offset further from Greenwich than any place is: nobody's time.
        case outOfRange
    }

    private var date: CivilDate
    private var nanosecondsOfDay: Int64 = 0
    /// nil when the text names no zone.
    package private(set) var zone: Zone?

    /// Before the year 1, as `BC` says.
    private var isBeforeYearOne = false

    private var bytes: ArraySlice<UInt8>

    /// nil when the text has another form.
    package init?(_ text: String) {
        bytes = Array(text.utf8)[...]
        date = CivilDate(year: 0, month: 0, day: 0)
        skipSpaces()
        guard readDate() else { return nil }
        var isApart = skipSpaces()
        var hasEra = readEra()
        if hasEra { isApart = skipSpaces() }
        if !hasEra, bytes.prefix(2).last?.isDigit == true, take("T") || take("t") {
            guard readClock() else { return nil }
        } else if isApart, bytes.first?.isDigit == true {
            guard readClock() else { return nil }
        }
        skipSpaces()
        if !hasEra {
            hasEra = readEra()
            skipSpaces()
        }
        guard readZone() else { return nil }
        skipSpaces()
        if !hasEra { _ = readEra() }
        guard bytes.isEmpty else { return nil }
    }

    /// Whether a text says that a time never comes, or was always over: `infinity`, `-Infinity`.
    package static func isInfinite(_ text: String) -> Bool {
        guard text.utf8.count < 256 else { return false }
        return ["infinity", "-infinity"].contains(text.lowercased().filter { $0 != " " })
    }

    /// Nanoseconds since 1970 by the wall clock; nil when a field is out of range or 64 bits do not hold it.
    package var nanoseconds: Int64? {
        guard !isBeforeYearOne, date.month >= 1, date.month <= 12, date.day >= 1, date.day <= date.daysInMonth,
            nanosecondsOfDay >= 0
        else { return nil }
        // The first day begins before the first instant.
        return Int64(exactly: Int128(date.daysSince1970) * Int128(Nanoseconds.day) + Int128(nanosecondsOfDay))
    }

    /// Whether its offset is that of no place; a clock reading that is none comes first.
    package var isZoneOutOfRange: Bool {
        guard case .outOfRange? = zone else { return false }
        return nanosecondsOfDay >= 0
    }

    /// Days since 1970, which a clock reading of 24:00 leaves; of a text that has `nanoseconds`.
    package var day: Int64 { date.daysSince1970 }

    private mutating func readDate() -> Bool {
        let count = bytes.prefix(while: \.isDigit).count
        if count >= 6, bytes.dropFirst(count).first != UInt8(ascii: "-") {
            // Without marks the last four digits are month and day.
            guard count <= 10, let year = digits((count - 4)...(count - 4)), let month = digits(2...2),
                let day = digits(2...2)
            else { return false }
            let century: Int64 = count > 6 ? 0 : year < 70 ? 2000 : 1900
            date = CivilDate(year: century + year, month: month, day: day)
            return true
        }
        guard let year = digits(4...6) else { return false }
        let isByPoint = take(".")
        guard isByPoint || take("-") else { return false }
        if bytes.prefix(while: \.isDigit).count == 3, let day = digits(3...3) {
            // The last day of a leap year is the first of the next one elsewhere. What is beyond is no day to
            // PostgreSQL, while a month or a day of one that is beyond is out of range.
            guard (1...366).contains(day) else { return false }
            date = CivilDate(daysSince1970: CivilDate(year: year, month: 1, day: 1).daysSince1970 + day - 1)
            return bytes.first != UInt8(ascii: "-") && bytes.first != UInt8(ascii: ".")
        }
        guard !isByPoint, let month = digits(1...2), take("-"), let day = digits(1...2) else { return false }
        date = CivilDate(year: year, month: month, day: day)
        // An offset west of Greenwich stands apart from the date.
        return bytes.first != UInt8(ascii: "-")
    }

    private mutating func readClock() -> Bool {
        let count = bytes.prefix(while: \.isDigit).count
        let isPlain = count == 4 || count == 6
        guard let hour = digits(isPlain ? 2...2 : 1...2), isPlain || take(":"), let minute = digits(1...2) else {
            return false
        }
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        var hasPoint = false
        if isPlain ? count == 6 : take(":") {
            guard let value = digits(1...2) else { return false }
            seconds = value
            if take(".") {
                guard let read = fractionDigits() else { return false }
                (fraction, hasPoint) = (read, true)
            }
        }
        // PostgreSQL rounds to µs first.
        let isWhole = fraction <= 500
        let isInRange =
            (hour < 24 && minute < 60 && (seconds < 60 || seconds == 60 && (isWhole || hour < 23 || minute < 59)))
            || (hour == 24 && minute == 0 && seconds == 0 && isWhole)
            // Without marks PostgreSQL bounds nothing: what is beyond a day is of the days that follow.
            || isPlain
        nanosecondsOfDay = isInRange ? ((hour * 60 + minute) * 60 + seconds) * 1_000_000_000 + fraction : -1
        return !isPlain || hasPoint || checkOffsetLikeDate()
    }

    /// Digits without marks and an offset west of them look like a date to PostgreSQL, as far as the first colon: one
    /// colon leaves no time, two leave one that is out of range.
    /// - Returns: whether there is a time. Nothing is consumed.
    private mutating func checkOffsetLikeDate() -> Bool {
        guard bytes.first == UInt8(ascii: "-") else { return true }
        var rest = bytes.dropFirst().drop(while: \.isDigit)
        guard rest.first == UInt8(ascii: ":") else { return true }
        rest = rest.dropFirst().drop(while: \.isDigit)
        guard rest.first == UInt8(ascii: ":") else { return false }
        nanosecondsOfDay = -1
        return true
    }

    /// The word `AD` or `BC`, where it stands next, by itself or before an offset: `BC+2`.
    private mutating func readEra() -> Bool {
        let word = bytes.prefix(while: \.isLetter)
        let next = bytes[word.endIndex...].first
        guard word.count == 2, next.map({ $0.isBlank || $0 == UInt8(ascii: "+") }) ?? true else { return false }
        let small = word.map { $0 | 0x20 }
        guard small.elementsEqual("bc".utf8) || small.elementsEqual("ad".utf8) else { return false }
        isBeforeYearOne = small.elementsEqual("bc".utf8)
        bytes = bytes[word.endIndex...]
        return true
    }

    private mutating func readZone() -> Bool {
        guard let first = bytes.first else { return true }
        return first == UInt8(ascii: "+") || first == UInt8(ascii: "-") ? readOffset() : readZoneName()
    }

    /// `+02`, `-0530`, `+5:30:15`.
    private mutating func readOffset() -> Bool {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        skipSpaces()
        let width = bytes.prefix(while: \.isDigit).count
        guard var hours = digits(1...9) else { return false }
        var minutes: Int64 = 0
        var seconds: Int64 = 0
        if width > 2 {
            (hours, minutes) = hours.quotientAndRemainder(dividingBy: 100)
        } else if take(":") {
            minutes = digits(1...2) ?? 0
            if take(":") { seconds = digits(1...2) ?? 0 }
        }
        guard hours <= 15, minutes < 60, seconds < 60 else {
            zone = .outOfRange
            return true
        }
        let offset = hours * 3600 + minutes * 60 + seconds
        zone = .offset(isNegative ? -offset : offset)
        return true
    }

    /// The word that ends the text. Letters alone have to be known, and a word of dates before `+` or a digit names no
    /// zone: `PM+02` is none that is called PM. What else a zone may be called is not known here.
    private mutating func readZoneName() -> Bool {
        let word = bytes.prefix { !$0.isBlank }
        guard let first = word.first, first.isLetter, word.allSatisfy({ $0 > 32 && $0 < 127 }) else { return false }
        let letters = word.prefix(while: \.isLetter)
        if let next = word[letters.endIndex...].first, next == UInt8(ascii: "+") || next.isDigit,
            DateWords.contain(letters)
        {
            return false
        }
        bytes = bytes[word.endIndex...]
        let name = String(decoding: word, as: UTF8.self)
        switch ZoneAbbreviation(name) {
        case .fixed(let seconds): zone = .offset(seconds)
        case .place, .changing: zone = .name(name)
        case nil:
            if word.allSatisfy(\.isLetter), !FurtherZones.isName(word) { return false }
            zone = .name(name)
        }
        return true
    }

    private mutating func digits(_ count: ClosedRange<Int>) -> Int64? {
        let run = bytes.prefix(count.upperBound).prefix(while: \.isDigit)
        guard run.count >= count.lowerBound else { return nil }
        bytes = bytes.dropFirst(run.count)
        return run.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    /// Digits after the point as nanoseconds; further ones are dropped.
    private mutating func fractionDigits() -> Int64? {
        let run = bytes.prefix(while: \.isDigit)
        guard !run.isEmpty else { return nil }
        bytes = bytes.dropFirst(run.count)
        let kept = run.prefix(9)
        var value = kept.reduce(0) { $0 * 10 + Int64($1 - 48) }
        for _ in kept.count..<9 { value *= 10 }
        return value
    }

    private mutating func take(_ character: Character) -> Bool {
        guard let byte = character.asciiValue, bytes.first == byte else { return false }
        bytes = bytes.dropFirst()
        return true
    }

    @discardableResult
    private mutating func skipSpaces() -> Bool {
        let count = bytes.prefix(while: \.isBlank).count
        bytes = bytes.dropFirst(count)
        return count > 0
    }
}
