import Bytes
import Plans

/// Instants of a column as the clocks of a zone show them. A zone changes its offset a few times in years, so which one
/// holds is looked up again only when an instant lies outside the time in which the last one does.
struct LocalTimes {
    private let zone: ZoneOffsets
    private var held: ClosedRange<Int64>
    private var offset: Int64

    init(_ zone: ZoneOffsets) {
        self.zone = zone
        (held, offset) = (zone.period(utc: 0), zone.offsetNanoseconds(utc: 0))
    }

    /// Nanoseconds to add to UTC at an instant.
    private mutating func offset(utc: Int64) -> Int64 {
        if !held.contains(utc) { (held, offset) = (zone.period(utc: utc), zone.offsetNanoseconds(utc: utc)) }
        return offset
    }

    /// As ``ZoneOffsets/local(utc:)``.
    mutating func local(utc: Int64) -> Int64 { utc &+ offset(utc: utc) }

    /// As ``ZoneOffsets/exactLocal(utc:)``.
    mutating func exactLocal(utc: Int64) throws -> Int64 {
        let (local, overflow) = utc.addingReportingOverflow(offset(utc: utc))
        if overflow { throw QueryError.timeOutOfRange }
        return local
    }
}

extension ZoneOffsets {
    /// The instants from the last change of the offset before one to the next.
    func period(utc: Int64) -> ClosedRange<Int64> {
        let (before, next) = changes(around: floorDivide(utc, Nanoseconds.second))
        /// Changes that are known may lie beyond what 64 bits hold of nanoseconds.
        func nanoseconds(_ seconds: Int64) -> Int64 {
            let (instant, overflow) = seconds.multipliedReportingOverflow(by: Nanoseconds.second)
            return overflow ? (seconds < 0 ? .min : .max) : instant
        }
        let first = before.map(nanoseconds) ?? .min
        let end = next.map(nanoseconds) ?? .max
        return first...(end == .max ? .max : end - 1)
    }
}
