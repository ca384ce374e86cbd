import Bytes
import Columnar
import Plans

/// `to_char` of times: the patterns reports use. Unknown letters outside quotes are refused rather than copied.
enum TimeFormat {
    /// - Throws: 0A000 for a pattern that is not known, or a value that is no time.
    static func text(_ value: Scalar, format: String, zone: ZoneOffsets) throws -> String {
        let local: Int64
        switch value {
        case .timestamptz(let utc): local = zone.local(utc: utc)
        case .timestamp(let reading): local = reading
        case .date(let day) where day.magnitude < 106_000: local = day * Nanoseconds.day
        default: throw QueryError.unsupported("to_char of this type")
        }
        var result = ""
        var rest = format[...]
        while let character = rest.first {
            if character == "\"" {
                rest.removeFirst()
                while let inner = rest.first, inner != "\"" {
                    result.append(inner)
                    rest.removeFirst()
                }
                if !rest.isEmpty { rest.removeFirst() }
            } else if let (length, text) = field(rest, local: local) {
                result += text
                rest.removeFirst(length)
            } else if character.isLetter {
                throw QueryError.unsupported("to_char pattern \"\(rest)\"")
            } else {
                result.append(character)
                rest.removeFirst()
            }
        }
        return result
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]
    private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    private static func field(_ rest: Substring, local: Int64) -> (Int, String)? {
        let day = floorDivide(local, Nanoseconds.day)
        let clock = local &- day &* Nanoseconds.day
        let date = CivilDate(daysSince1970: day)
        let hour = clock / Nanoseconds.hour
        func number(_ value: Int64, _ width: Int) -> String { TimeText.pad(value, width) }
        let table: [(String, () -> String)] = [
            ("YYYY", { number(date.year, 4) }), ("IYYY", { number(Calendar.isoWeek(day: day).year, 4) }),
            ("Month", { months[Int(date.month) - 1].padding(9) }), ("Mon", { String(months[Int(date.month) - 1].prefix(3)) }),
            ("HH24", { number(hour, 2) }), ("HH12", { number((hour + 11) % 12 + 1, 2) }),
            ("MI", { number(clock / Nanoseconds.minute % 60, 2) }), ("MM", { number(date.month, 2) }),
            ("MS", { number(clock / 1_000_000 % 1000, 3) }), ("US", { number(clock / 1000 % 1_000_000, 6) }),
            ("SS", { number(clock / Nanoseconds.second % 60, 2) }), ("DDD", { number(TimeField.doy.value(local: local), 3) }),
            ("DD", { number(date.day, 2) }), ("Day", { days[Int(Calendar.isoWeekday(day: day)) - 1].padding(9) }),
            ("Dy", { String(days[Int(Calendar.isoWeekday(day: day)) - 1].prefix(3)) }), ("ID", { String(Calendar.isoWeekday(day: day)) }),
            ("IW", { number(Calendar.isoWeek(day: day).week, 2) }), ("YY", { number(date.year % 100, 2) }),
            ("HH", { number((hour + 11) % 12 + 1, 2) }), ("AM", { hour < 12 ? "AM" : "PM" }), ("PM", { hour < 12 ? "AM" : "PM" }),
            ("Q", { String((date.month - 1) / 3 + 1) }), ("T", { "T" }), ("D", { String(Calendar.isoWeekday(day: day) % 7 + 1) }),
        ]
        for (pattern, render) in table where rest.hasPrefix(pattern) { return (pattern.count, render()) }
        return nil
    }
}

extension String {
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
