import Bytes

/// How many conversations begin in a minute.
enum ArrivalShape: Hashable, Sendable {
    /// Business hours: so many on a working day, three quarters of them on a day of the weekend.
    case businessHours(perDay: Double)
    /// The same rate whatever the hour.
    case steady(perMinute: Double)

    /// Relative load of each hour of a day, UTC.
    static let hourWeights: [Double] = [
        1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 19, 18, 16, 17, 18, 17, 14, 11, 8, 6, 5, 4, 3, 2,
    ]
    private static let weightOfDay = hourWeights.reduce(0, +)

    /// Expected conversations that begin in the minute around an instant.
    func meanPerMinute(at time: Int64) -> Double {
        switch self {
        case .steady(let perMinute):
            return perMinute
        case .businessHours(let perDay):
            let hour = Int(floorDivide(time, Nanoseconds.hour) - floorDivide(time, Nanoseconds.day) * 24)
            return perDay * (isWeekend(time) ? 0.75 : 1) * Self.hourWeights[hour] / Self.weightOfDay / 60
        }
    }
}
