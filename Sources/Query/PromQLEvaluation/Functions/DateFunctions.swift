import Bytes

/// Parts of times.
enum DateFunctions {
    static let byName: [String: @Sendable (CivilTime) -> Int64] = [
        "year": { $0.date.year }, "month": { $0.date.month }, "day_of_month": { $0.date.day },
        "day_of_week": { $0.weekday }, "day_of_year": { $0.yearday }, "days_in_month": { $0.date.daysInMonth },
        "hour": { $0.hour }, "minute": { $0.minute },
    ]

    /// Beyond these, in seconds, there is no calendar: some hundred million years.
    private static let secondsMax = 0x1p52

    static func value(_ seconds: Double, _ part: (CivilTime) -> Int64) -> Double {
        guard seconds.magnitude <= secondsMax else { return .nan }
        return Double(part(CivilTime(seconds: Int64(seconds))))
    }
}
