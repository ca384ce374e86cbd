import Bytes
import Columnar
import Foundation
import Plans

/// Offsets of one time zone from UTC. UTC and fixed offsets cost nothing; other zones are a sorted table of the changes
/// of all the years that 64-bit nanoseconds hold, which takes milliseconds to make: ``ZoneTables`` has them.
struct ZoneOffsets: Sendable {
    /// Seconds east of Greenwich before the first change.
    private let first: Int64
    /// UTC seconds, ascending, from which on another offset holds.
    private let changes: [(at: Int64, offset: Int64)]
    /// The identifier of the place whose table it is; nil for all others.
    private let identifier: String?

    static let utc = ZoneOffsets(fixed: 0)

    init(fixed seconds: Int64) { (first, changes, identifier) = (seconds, [], nil) }

    /// Set when the zone never changes its offset.
    var fixedOffsetSeconds: Int64? { changes.isEmpty ? first : nil }

    /// The zone of a session, by its whole name or its offset.
    /// - Throws: `.invalidParameter` for a name that no zone has.
    static func named(_ name: String) throws -> ZoneOffsets {
        if let seconds = numericOffset(name) { return ZoneOffsets(fixed: seconds) }
        if let place = place(name) { return place }
        // With a sign at its head it would be an offset as ISO writes them.
        guard let offset = posix(name), name.first?.isLetter == true, isShown(offset) else {
            return try refused(name)
        }
        return ZoneOffsets(fixed: offset)
    }

    /// The zone that `date_trunc` names: as ``written(_:)``, but for letters whose offset has changed, which stand for
    /// all of the place's time there, its summers included.
    static func truncating(_ name: String) throws -> ZoneOffsets {
        if case .changing(let place, _, _) = ZoneAbbreviation(name) { return try named(place) }
        return try written(name)
    }

    /// The zone that AT TIME ZONE and times in quotes name: an abbreviation, a whole name, or an offset
    /// as POSIX reads it. Asked for row by row.
    static func written(_ name: String) throws -> ZoneOffsets {
        switch ZoneAbbreviation(name) {
        case .fixed(let seconds): ZoneOffsets(fixed: seconds)
        case .place(let place): try named(place)
        case .changing(_, let first, let changes): ZoneOffsets(first: first, changes: changes)
        case nil: try place(name) ?? posix(name).map { ZoneOffsets(fixed: $0) } ?? refused(name)
        }
    }

    private static func refused(_ name: String) throws -> ZoneOffsets {
        throw QueryError(
            .invalidParameter, "time zone \"\(name)\" not recognized", hint: "use an IANA name such as Europe/Berlin")
    }

    /// A zone by its whole name, in letters of any case.
    private static func place(_ name: String) -> ZoneOffsets? {
        ZoneNames.identifier(of: name).flatMap(ZoneTables.offsets(of:))
    }

    /// Makes the table of a place.
    init(_ zone: TimeZone) {
        // 1675 to 2264: before the first change the mean time of the place holds, after the last one known its rules go
        // on.
        var moment = Date(timeIntervalSince1970: -9_300_000_000)
        let end = Date(timeIntervalSince1970: 9_300_000_000)
        let first = Int64(zone.secondsFromGMT(for: moment))
        var changes: [(at: Int64, offset: Int64)] = []
        while let next = zone.nextDaylightSavingTimeTransition(after: moment), next < end, next > moment {
            let offset = Int64(zone.secondsFromGMT(for: next))
            if offset != changes.last?.offset ?? first {
                changes.append((Int64(next.timeIntervalSince1970.rounded()), offset))
            }
            moment = next
        }
        self.init(first: first, changes: changes, identifier: zone.identifier)
    }

    private init(first: Int64, changes: [(at: Int64, offset: Int64)], identifier: String? = nil) {
        assert(zip(changes, changes.dropFirst()).allSatisfy { $0.at < $1.at }, "changes ascend")
        (self.first, self.changes, self.identifier) = (first, changes, identifier)
    }

    /// The buckets of a unit by the zone's clock; nil where nothing tells the zone from others. A place has one table
    /// for as long as the process runs (``ZoneTables``).
    func buckets(of unit: TimeUnit) -> TimeBuckets? {
        let key: TimeBuckets.Key
        if let seconds = fixedOffsetSeconds {
            key = TimeBuckets.Key(unit: unit.rawValue, offsetSeconds: seconds)
        } else {
            guard let identifier else { return nil }
            key = TimeBuckets.Key(unit: unit.rawValue, zone: identifier)
        }
        return TimeBuckets(key: key) { time in try unit.bucket(of: time, zone: self) }
    }

    /// `+02`, `-05:30` as ISO writes them: east is positive.
    private static func numericOffset(_ text: String) -> Int64? {
        guard let sign = text.utf8.first, sign == 43 || sign == 45,
            let seconds = seconds(text.utf8.dropFirst(), hoursMax: 15), isShown(seconds)
        else { return nil }
        return sign == 45 ? -seconds : seconds
    }

    /// Whether times can be shown with the offset: less than sixteen hours, in minutes.
    private static func isShown(_ seconds: Int64) -> Bool { seconds.magnitude < 16 * 3600 && seconds % 60 == 0 }

    /// An offset as POSIX has it, behind a name or none: `+02`, `UTC+2` and `<ABC>2` lie two hours west.
    private static func posix(_ name: String) -> Int64? {
        var rest = name.utf8[...]
        if rest.first == UInt8(ascii: "<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
            rest = rest[end...].dropFirst()
        } else {
            rest = rest.drop { !($0 >= 48 && $0 <= 57) && $0 != 43 && $0 != 44 && $0 != 45 }
        }
        let sign = rest.first
        if sign == 43 || sign == 45 { rest = rest.dropFirst() }
        guard let west = seconds(rest, hoursMax: 167) else { return nil }
        return sign == 45 ? west : -west
    }

    /// `5`, `05:30`, `05:30:15`.
    private static func seconds(_ text: Substring.UTF8View, hoursMax: Int64) -> Int64? {
        // One more than there may be says so.
        let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count <= 3 else { return nil }
        var total: Int64 = 0
        for (part, (unit, most)) in zip(parts, [(Int64(3600), hoursMax), (60, 59), (1, 60)]) {
            guard part.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = Int64(Substring(part)), number <= most else {
                return nil
            }
            total += number * unit
        }
        return total
    }

    /// How many changes there were by then.
    private func count(utcSeconds: Int64) -> Int { changes.partitioningIndex { $0.at > utcSeconds } }

    /// The offset that holds after so many changes.
    private func offset(after count: Int) -> Int64 { count == 0 ? first : changes[count - 1].offset }

    /// When the offset that holds at some seconds of UTC came, and when the next one does; nil: always, never.
    func changes(around utcSeconds: Int64) -> (before: Int64?, next: Int64?) {
        let count = count(utcSeconds: utcSeconds)
        return (count == 0 ? nil : changes[count - 1].at, count == changes.count ? nil : changes[count].at)
    }

    /// Nanoseconds to add to UTC at an instant.
    func offsetNanoseconds(utc: Int64) -> Int64 {
        if changes.isEmpty { return first * Nanoseconds.second }
        return offset(after: count(utcSeconds: floorDivide(utc, Nanoseconds.second))) * Nanoseconds.second
    }

    /// As `local(utc:)`. - Throws: `.timeOutOfRange` when 64 bits do not hold it.
    func exactLocal(utc: Int64) throws -> Int64 {
        let (local, overflow) = utc.addingReportingOverflow(offsetNanoseconds(utc: utc))
        if overflow { throw QueryError.timeOutOfRange }
        return local
    }

    /// As `utc(local:)`. - Throws: `.timeOutOfRange` when 64 bits do not hold it.
    func exactUTC(local: Int64) throws -> Int64 {
        let instant = utc(local: local)
        if local.subtractingReportingOverflow(instant).overflow { throw QueryError.timeOutOfRange }
        return instant
    }

    /// Wall-clock reading of an instant.
    func local(utc: Int64) -> Int64 { utc &+ offsetNanoseconds(utc: utc) }

    /// The instant of a wall-clock reading. In a spring gap the offset before the change counts, in an autumn repeat
    /// the one after it, as PostgreSQL decides.
    func utc(local: Int64) -> Int64 {
        if changes.isEmpty { return local &- first * Nanoseconds.second }
        let seconds = floorDivide(local, Nanoseconds.second)
        let around = count(utcSeconds: seconds)
        for candidate in max(0, around - 1)...min(changes.count - 1, around) {
            let before = offset(after: candidate)
            let (change, after) = changes[candidate]
            if after > before, seconds >= change + before, seconds < change + after {
                return local &- before * Nanoseconds.second
            }
            if after < before, seconds >= change + after, seconds < change + before {
                return local &- after * Nanoseconds.second
            }
        }
        var offset = offset(after: around)
        for _ in 0..<2 { offset = self.offset(after: count(utcSeconds: seconds - offset)) }
        return local &- offset * Nanoseconds.second
    }
}
