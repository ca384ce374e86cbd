import Bytes
import Columnar
import Plans

/// `to_char` of times: the fields of ``TimePattern``.
enum TimeFormat {
    /// - Throws: `.notSupported` for a pattern that is not known, or a value that is no time.
    static func text(_ value: Scalar, format: String, zone: ZoneOffsets) throws -> String {
        let local: Int64
        switch value {
        case .timestamptz(let utc): local = zone.local(utc: utc)
        case .timestamp(let reading): local = reading
        case .date(let day) where day.magnitude < 106_000: local = day * Nanoseconds.day
        default: throw QueryError.unsupported("to_char of this type")
        }
        return text(try TimePattern.pieces(of: format), local: local)
    }

    /// What a pattern makes of a reading.
    static func text(_ pieces: [TimePattern.Piece], local: Int64) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .field(let field): written(field, local: local)
            }
        }.joined()
    }

    /// Readings between two multiples of so many nanoseconds are written alike.
    static func step(of pieces: [TimePattern.Piece]) -> Int64 {
        let steps = pieces.map { piece in
            switch piece {
            case .text: Nanoseconds.day
            case .field(let field): step(of: field)
            }
        }
        return steps.min() ?? Nanoseconds.day
    }

    private static func step(of field: TimePatternField) -> Int64 {
        switch field {
        case .year, .isoYear, .shortYear, .quarter, .monthName, .shortMonthName, .month, .isoWeek, .dayOfYear, .day,
            .dayName, .shortDayName, .isoWeekday, .weekday:
            Nanoseconds.day
        case .hour24, .hour12, .hour, .morning, .afternoon: Nanoseconds.hour
        case .minute: Nanoseconds.minute
        case .second: Nanoseconds.second
        case .millisecond: 1_000_000
        case .microsecond: 1_000
        }
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    private static func written(_ field: TimePatternField, local: Int64) -> String {
        let day = floorDivide(local, Nanoseconds.day)
        let clock = local &- day &* Nanoseconds.day
        let date = CivilDate(daysSince1970: day)
        let hour = clock / Nanoseconds.hour
        let month = months[Int(date.month) - 1]
        let weekday = Calendar.isoWeekday(day: day)
        let dayName = days[Int(weekday) - 1]
        switch field {
        case .year: return TimeText.pad(date.year, 4)
        case .isoYear: return TimeText.pad(Calendar.isoWeek(day: day).year, 4)
        case .shortYear: return TimeText.pad(date.year % 100, 2)
        case .quarter: return String((date.month - 1) / 3 + 1)
        case .monthName: return month.padding(9)
        case .shortMonthName: return String(month.prefix(3))
        case .month: return TimeText.pad(date.month, 2)
        case .isoWeek: return TimeText.pad(Calendar.isoWeek(day: day).week, 2)
        case .dayOfYear: return TimeText.pad(TimeField.doy.value(local: local), 3)
        case .day: return TimeText.pad(date.day, 2)
        case .dayName: return dayName.padding(9)
        case .shortDayName: return String(dayName.prefix(3))
        case .isoWeekday: return String(weekday)
        case .weekday: return String(weekday % 7 + 1)
        case .hour24: return TimeText.pad(hour, 2)
        case .hour12, .hour: return TimeText.pad((hour + 11) % 12 + 1, 2)
        case .morning, .afternoon: return hour < 12 ? "AM" : "PM"
        case .minute: return TimeText.pad(clock / Nanoseconds.minute % 60, 2)
        case .second: return TimeText.pad(clock / Nanoseconds.second % 60, 2)
        case .millisecond: return TimeText.pad(clock / 1_000_000 % 1000, 3)
        case .microsecond: return TimeText.pad(clock / 1000 % 1_000_000, 6)
        }
    }
}

extension String {
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
