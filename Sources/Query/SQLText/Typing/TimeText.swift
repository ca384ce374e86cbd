import Bytes
import Columnar
import Plans

/// Dates and times as SQL writes them: `2026-08-01`, `2026-08-01 09:00:15.778+02`, `2026-08-01T09:00:15Z`, `now`,
/// `today`, `epoch`.
struct TimeText {
    let timeZone: String
    /// Says what `now` means.
    let catalog: CatalogReads

    private var isUTC: Bool { ScalarArithmetic(timeZone: timeZone).isUTC }

    /// - Returns: nil when the text names a zone, or has no offset and the session's zone is not UTC: then the engine,
    ///   which knows zones, reads it.
    /// - Throws: `.invalidTime` for text that is no time, `.timeOutOfRange` for a field out of range,
    ///   `.zoneOutOfRange` for an offset, `.notSupported` for an infinite one.
    func read(_ text: String, as type: ColumnType, position: Int?) throws(QueryError) -> Scalar? {
        if let instant = named(text) {
            guard isUTC || text.lowercased() == "epoch" else { return nil }
            return scalar(instant, type)
        }
        guard let parts = WrittenTime(text) else {
            if WrittenTime.isInfinite(text) { throw .infiniteTime(position: position) }
            throw QueryError(
                .invalidTime, "invalid input syntax for type \(type.sqlName): \"\(text)\"",
                hint: "Write it as '2026-08-01' or '2026-08-01T09:00:00Z'.", position: position)
        }
        if parts.isZoneOutOfRange { throw .zoneOutOfRange(text, position: position) }
        guard let wall = parts.nanoseconds else {
            throw QueryError(
                .timeOutOfRange, "date/time field value out of range: \"\(text)\"",
                hint: "Times from 1677-09-22 to 2262-04-11 are kept.", position: position)
        }
        if case .name = parts.zone { return nil }
        if type == .date { return .date(parts.day) }
        guard type == .timestamptz else { return scalar(wall, type) }
        guard case .offset(let offset) = parts.zone else { return isUTC ? scalar(wall, type) : nil }
        let (instant, overflow) = wall.subtractingReportingOverflow(offset * Nanoseconds.second)
        return overflow ? nil : scalar(instant, type)
    }

    private func scalar(_ instant: Int64, _ type: ColumnType) -> Scalar {
        switch type {
        case .date: .date(CivilTime(nanoseconds: instant).date.daysSince1970)
        case .timestamp: .timestamp(instant)
        default: .timestamptz(instant)
        }
    }

    private func named(_ text: String) -> Int64? {
        var now: Int64 { catalog.now }
        var midnight: Int64 { now - CivilTime(nanoseconds: now).nanosecondsOfDay }
        return switch text.lowercased().filter({ $0 != " " }) {
        case "now": now
        case "today": midnight
        case "tomorrow": midnight &+ Nanoseconds.day
        case "yesterday": midnight &- Nanoseconds.day
        case "epoch": 0
        default: nil
        }
    }
}
