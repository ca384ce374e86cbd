import Bytes

/// Weeks of ISO 8601, by days since 1970-01-01.
enum Calendar {
    /// Monday = 1 … Sunday = 7.
    static func isoWeekday(day: Int64) -> Int64 {
        let index = (day + 3) % 7
        return (index < 0 ? index + 7 : index) + 1
    }

    /// ISO 8601 week and the year it belongs to.
    static func isoWeek(day: Int64) -> (year: Int64, week: Int64) {
        let thursday = day - isoWeekday(day: day) + 4
        let year = CivilDate(daysSince1970: thursday).year
        let first = CivilDate(year: year, month: 1, day: 1).daysSince1970
        return (year, (thursday - first) / 7 + 1)
    }
}
