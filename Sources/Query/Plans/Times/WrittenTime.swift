import Bytes

/// A date and time as SQL writes them, in ISO 8601 order: `2026-08-01`, `2026-08-01 09:00:15.778+02`,
/// `2026-08-01T09:00:15Z`, `24:00:00`.
package struct WrittenTime {
    private var date: CivilDate
    private var nanosecondsOfDay: Int64 = 0
    /// East of Greenwich; nil when the text names no zone.
    package private(set) var offsetSeconds: Int64?

    private var bytes: ArraySlice<UInt8>

    /// nil when the text has another form.
    package init?(_ text: String) {
        bytes = Array(text.utf8)[...]
        date = CivilDate(year: 0, month: 0, day: 0)
        skipSpaces()
        guard let year = digits(4...6), take("-"), let month = digits(1...2), take("-"), let day = digits(1...2) else {
            return nil
        }
        date = CivilDate(year: year, month: month, day: day)
        if take("T") || take("t") || skipSpaces() {
            if !bytes.isEmpty, !readClock() { return nil }
        }
        skipSpaces()
        guard readZone() else { return nil }
        skipSpaces()
        guard bytes.isEmpty else { return nil }
    }

    /// Nanoseconds since 1970 by the wall clock; nil when a field is out of range or 64 bits do not hold it.
    package var nanoseconds: Int64? {
        guard date.month >= 1, date.month <= 12, date.day >= 1, date.day <= date.daysInMonth, nanosecondsOfDay >= 0
        else { return nil }
        // The first day begins before the first instant.
        return Int64(exactly: Int128(date.daysSince1970) * Int128(Nanoseconds.day) + Int128(nanosecondsOfDay))
    }

    /// Days since 1970, which a clock reading of 24:00 leaves; of a text that has `nanoseconds`.
    package var day: Int64 { date.daysSince1970 }

    private mutating func readClock() -> Bool {
        guard let hour = digits(1...2), take(":"), let minute = digits(1...2) else { return false }
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        if take(":") {
            guard let value = digits(1...2) else { return false }
            seconds = value
            if take(".") {
                guard let read = fractionDigits() else { return false }
                fraction = read
            }
        }
        let isInRange =
            (hour < 24 && minute < 60 && seconds <= 60) || (hour == 24 && minute == 0 && seconds == 0 && fraction == 0)
        nanosecondsOfDay = isInRange ? ((hour * 60 + minute) * 60 + seconds) * 1_000_000_000 + fraction : -1
        return true
    }

    private mutating func readZone() -> Bool {
        if bytes.isEmpty { return true }
        for name in ["UTC", "GMT", "Z"] where bytes.prefix(name.utf8.count).map({ $0 & 0xDF }) == Array(name.utf8) {
            bytes = bytes.dropFirst(name.utf8.count)
            offsetSeconds = 0
            return true
        }
        let isNegative = bytes.first == UInt8(ascii: "-")
        guard take("+") || take("-"), let hours = digits(1...2), hours <= 15 else { return false }
        _ = take(":")
        let minutes = digits(2...2) ?? 0
        guard minutes < 60 else { return false }
        offsetSeconds = (hours * 3600 + minutes * 60) * (isNegative ? -1 : 1)
        return true
    }

    private mutating func digits(_ count: ClosedRange<Int>) -> Int64? {
        let run = bytes.prefix(count.upperBound).prefix { $0 >= 48 && $0 <= 57 }
        guard run.count >= count.lowerBound else { return nil }
        bytes = bytes.dropFirst(run.count)
        return run.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    /// Digits after the point as nanoseconds; further ones are dropped.
    private mutating func fractionDigits() -> Int64? {
        let run = bytes.prefix { $0 >= 48 && $0 <= 57 }
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
        let count = bytes.prefix { $0 == 32 }.count
        bytes = bytes.dropFirst(count)
        return count > 0
    }
}
