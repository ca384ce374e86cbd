import Bytes

/// Whether an instant falls on a Saturday or Sunday, UTC.
package func isWeekend(_ nanoseconds: Int64) -> Bool {
    // 1 January 1970 was a Thursday: day 2 and day 3 of each week counted from there are the weekend.
    let day = floorDivide(nanoseconds, Nanoseconds.day)
    let weekday = day - floorDivide(day, 7) * 7
    return weekday == 2 || weekday == 3
}
