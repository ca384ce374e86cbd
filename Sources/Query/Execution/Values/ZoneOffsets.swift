import Bytes
import Foundation
import Plans
import Synchronization

/// Offsets of one time zone from UTC. UTC and fixed offsets cost nothing; other zones are a sorted table of the
/// transitions of all the years that 64-bit nanoseconds hold.
final class ZoneOffsets: Sendable {
    let name: String
    /// Set when the zone never changes its offset.
    let fixedOffsetSeconds: Int64?
    /// UTC seconds from which `offsets[i + 1]` holds.
    private let transitions: [Int64]
    private let offsets: [Int64]

    static let utc = ZoneOffsets(fixed: 0, name: "UTC")

    init(fixed seconds: Int64, name: String) {
        self.name = name
        fixedOffsetSeconds = seconds
        transitions = []
        offsets = [seconds]
    }

    /// Zones by name, as many as are asked for in earnest: a table of transitions takes milliseconds to build.
    private typealias Book = Mutex<[String: ZoneOffsets]>
    private static let known = Book([:])
    /// By names as they stand in a question.
    private static let knownAsWritten = Book([:])
    private static let knownMax = 64

    /// The zone of a session, by its whole name or its offset, built once a process.
    /// - Throws: `.invalidParameter` for a name that no zone has.
    static func named(_ name: String) throws -> ZoneOffsets {
        try zone(name, in: known) {
            if let seconds = numericOffset(name) { return ZoneOffsets(fixed: seconds, name: name) }
            if let place = place(name) { return place }
            // With a sign at its head it would be an offset as ISO writes them.
            guard let offset = posix(name), let seconds = offset.fixedOffsetSeconds, name.first?.isLetter == true,
                isShown(seconds)
            else { return try refused(name) }
            return offset
        }
    }

    private static func zone(
        _ name: String, in known: borrowing Book, make: () throws -> ZoneOffsets
    ) rethrows -> ZoneOffsets {
        if let zone = known.withLock({ $0[name] }) { return zone }
        let zone = try make()
        known.withLock { if $0.count < knownMax { $0[name] = zone } }
        return zone
    }

    /// The zone that AT TIME ZONE, `date_trunc` and times in quotes name: an abbreviation, a whole name, or an offset
    /// as POSIX reads it. Asked for row by row, hence read once, too.
    static func written(_ name: String) throws -> ZoneOffsets {
        try zone(name, in: knownAsWritten) {
            switch ZoneAbbreviation(name) {
            case .fixed(let seconds): ZoneOffsets(fixed: seconds, name: name)
            case .place(let place): try named(place)
            case .changing(let first, let changes): ZoneOffsets(first: first, changes: changes, name: name)
            case nil: try place(name) ?? posix(name) ?? refused(name)
            }
        }
    }

    private static func refused(_ name: String) throws -> ZoneOffsets {
        throw QueryError(
            .invalidParameter, "time zone \"\(name)\" not recognized", hint: "use an IANA name such as Europe/Berlin")
    }

    /// A zone by its whole name, in letters of any case.
    private static func place(_ name: String) -> ZoneOffsets? {
        if ["UTC", "GMT", "Z", "ZULU", "ETC/UTC", "UCT"].contains(name.uppercased()) { return .utc }
        return ZoneNames.identifier(of: name).flatMap { TimeZone(identifier: $0) }.map {
            ZoneOffsets(zone: $0, name: name)
        }
    }

    private init(zone: TimeZone, name: String) {
        self.name = name
        // 1675 to 2264: before the first transition the mean time of the place holds, after the last one known its
        // rules go on.
        var moment = Date(timeIntervalSince1970: -9_300_000_000)
        let end = Date(timeIntervalSince1970: 9_300_000_000)
        var transitions: [Int64] = []
        var offsets = [Int64(zone.secondsFromGMT(for: moment))]
        while let next = zone.nextDaylightSavingTimeTransition(after: moment), next < end, next > moment {
            let offset = Int64(zone.secondsFromGMT(for: next))
            if offset != offsets[offsets.count - 1] {
                transitions.append(Int64(next.timeIntervalSince1970.rounded()))
                offsets.append(offset)
            }
            moment = next
        }
        assert(offsets.count == transitions.count + 1, "an offset before, between and after")
        assert(zip(transitions, transitions.dropFirst()).allSatisfy { $0 < $1 }, "transitions ascend")
        self.transitions = transitions
        self.offsets = offsets
        fixedOffsetSeconds = transitions.isEmpty ? offsets[0] : nil
    }

    private init(first: Int64, changes: [(at: Int64, offset: Int64)], name: String) {
        self.name = name
        fixedOffsetSeconds = nil
        transitions = changes.map(\.at)
        offsets = [first] + changes.map(\.offset)
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
    private static func posix(_ name: String) -> ZoneOffsets? {
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
        return ZoneOffsets(fixed: sign == 45 ? west : -west, name: name)
    }

    /// `5`, `05:30`, `05:30:15`.
    private static func seconds(_ text: Substring.UTF8View, hoursMax: Int64) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
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

    private func index(utcSeconds: Int64) -> Int {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= utcSeconds { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Nanoseconds to add to UTC at an instant.
    func offsetNanoseconds(utc: Int64) -> Int64 {
        if let fixedOffsetSeconds { return fixedOffsetSeconds * Nanoseconds.second }
        let seconds = floorDivide(utc, Nanoseconds.second)
        return offsets[index(utcSeconds: seconds)] * Nanoseconds.second
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
        if let fixedOffsetSeconds { return local &- fixedOffsetSeconds * Nanoseconds.second }
        let seconds = floorDivide(local, Nanoseconds.second)
        let around = index(utcSeconds: seconds)
        for candidate in max(0, around - 1)...min(transitions.count - 1, around) {
            let before = offsets[candidate]
            let after = offsets[candidate + 1]
            let change = transitions[candidate]
            if after > before, seconds >= change + before, seconds < change + after {
                return local &- before * Nanoseconds.second
            }
            if after < before, seconds >= change + after, seconds < change + before {
                return local &- after * Nanoseconds.second
            }
        }
        var offset = offsets[around]
        for _ in 0..<2 { offset = offsets[index(utcSeconds: seconds - offset)] }
        return local &- offset * Nanoseconds.second
    }
}
