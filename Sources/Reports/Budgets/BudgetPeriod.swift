import Bytes
import Columnar
import Domain
import Execution
import Plans

extension BudgetWindow {
    /// The span of the window at an instant, up to it: the last so long, or what has passed of the calendar's.
    /// - Throws: ``ReportError`` for a zone that does not exist, and for instants beyond the calendar.
    func period(at instant: Int64) throws(ReportError) -> ReportPeriod {
        switch self {
        case .rolling(let nanoseconds): ReportPeriod(nanoseconds, upTo: instant)
        case .calendar(let window): ReportPeriod(from: try window.ending(at: instant).from, to: instant)
        }
    }

    /// When the window ends that an instant lies in: the instant itself where it rolls on.
    /// - Throws: as ``period(at:)``.
    func end(at instant: Int64) throws(ReportError) -> Int64 {
        switch self {
        case .rolling: instant
        case .calendar(let window): try window.ending(at: instant).to
        }
    }
}

extension CalendarWindow {
    /// The window that what ends at an instant is of: at a boundary the one before it.
    fileprivate func ending(at instant: Int64) throws(ReportError) -> ReportPeriod {
        try bounds(at: instant.saturatingSubtract(1))
    }

    /// The window that an instant lies in.
    private func bounds(at instant: Int64) throws(ReportError) -> ReportPeriod {
        let clock = try ReportRequest.clock(zone.text)
        let reading = instant.saturatingAdd(clock.offsetSeconds(at: instant) * Nanoseconds.second)
        var number = estimate(reading)
        // A clock that is set forward or back moves the boundary by less than a window.
        for _ in 0..<4 {
            let (from, to) = (boundary(number, clock), boundary(number + 1, clock))
            guard let from, let to else { break }
            if instant < from { number -= 1 } else if instant >= to { number += 1 } else {
                return ReportPeriod(from: from, to: to)
            }
        }
        throw ReportError(
            message: "no window by the calendar of \(zone) holds the time asked for",
            hint: "let its startTime lie nearer")
    }

    /// The window of a reading but for the day of the month and the clock.
    private func estimate(_ reading: Int64) -> Int64 {
        guard months > 0 else {
            return floorDivide(floorDivide(reading, Nanoseconds.day) - floorDivide(start, Nanoseconds.day), days)
        }
        func month(_ reading: Int64) -> Int64 {
            let date = CivilTime(nanoseconds: reading).date
            return date.year * 12 + date.month
        }
        return floorDivide(month(reading) - month(start), months)
    }

    /// When a window begins: what the clock shows then is the first reading so many months or days later. nil beyond
    /// the calendar.
    private func boundary(_ number: Int64, _ clock: WallClock) -> Int64? {
        let length = Interval(months: months * number, days: days * number, nanoseconds: 0)
        return adding(length, toNanoseconds: start).map(clock.instant(ofReading:))
    }
}
