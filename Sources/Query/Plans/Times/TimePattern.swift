/// A part of `to_char`'s pattern that stands for a part of the time. Of patterns that begin alike the longer comes
/// first.
package enum TimePatternField: String, CaseIterable, Sendable {
    case year = "YYYY", isoYear = "IYYY"
    case monthName = "Month", shortMonthName = "Mon"
    case hour24 = "HH24", hour12 = "HH12"
    case minute = "MI", month = "MM", millisecond = "MS", microsecond = "US", second = "SS"
    case dayOfYear = "DDD", day = "DD", dayName = "Day", shortDayName = "Dy", isoWeekday = "ID", isoWeek = "IW"
    case shortYear = "YY", hour = "HH", morning = "AM", afternoon = "PM", quarter = "Q", weekday = "D"
}

/// The pattern of `to_char` for times. What PostgreSQL would read as something else than we write is refused rather
/// than copied.
package enum TimePattern {
    /// A part of the pattern.
    package enum Piece: Hashable, Sendable {
        case text(String)
        case field(TimePatternField)
    }

    /// Begin like a field that is known and mean another.
    private static let others = ["SSSS", "IDDD", "DY"]

    /// The pattern taken apart, from left to right.
    /// - Throws: `.notSupported` for letters outside quotes that are no field.
    package static func pieces(of format: String) throws(QueryError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = format[...]
        while let character = rest.first {
            if character == "\"" {
                rest.removeFirst()
                let quoted = rest.prefix { $0 != "\"" }
                if quoted.contains("\\") { throw unsupported(rest) }
                pieces.append(.text(String(quoted)))
                rest = rest.dropFirst(quoted.count + 1)
            } else if let field = field(rest) {
                pieces.append(.field(field))
                rest = rest.dropFirst(field.rawValue.count)
                // Behind a field it makes an ordinal number: DDTHH24 is 05THH24 to PostgreSQL.
                if rest.hasPrefix("TH") || rest.hasPrefix("th") { throw unsupported(rest) }
            } else if character == "T" {
                pieces.append(.text("T"))
                rest.removeFirst()
            } else if character.isLetter || character == "\\" {
                throw unsupported(rest)
            } else {
                pieces.append(.text(String(character)))
                rest.removeFirst()
            }
        }
        return pieces
    }

    private static func field(_ rest: Substring) -> TimePatternField? {
        if others.contains(where: { rest.hasPrefix($0) }) { return nil }
        return TimePatternField.allCases.first { rest.hasPrefix($0.rawValue) }
    }

    private static func unsupported(_ rest: Substring) -> QueryError {
        QueryError(
            .notSupported, "to_char pattern \"\(rest.prefix(60))\" is not supported",
            hint: "Letters that stand for themselves go in double quotes: 'YYYY-MM-DD\"T\"HH24:MI:SS'.")
    }
}
