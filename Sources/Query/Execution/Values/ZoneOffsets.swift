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
    /// By names as POSIX reads them.
    private static let knownByPOSIX = Book([:])
    private static let knownMax = 64

    /// The zone of a name, built once a process. - Throws: `.invalidParameter` for a name that no zone has.
    static func named(_ name: String) throws -> ZoneOffsets {
        try zone(name, in: known) { try ZoneOffsets(named: name) }
    }

    private static func zone(
        _ name: String, in known: borrowing Book, make: () throws -> ZoneOffsets
    ) rethrows -> ZoneOffsets {
        if let zone = known.withLock({ $0[name] }) { return zone }
        let zone = try make()
        known.withLock { if $0.count < knownMax { $0[name] = zone } }
        return zone
    }

    /// The zone that AT TIME ZONE and `date_trunc` name. PostgreSQL reads an offset there as POSIX does, with letters
    /// before it or none: `+02` and `UTC+2` lie two hours west. Asked for row by row, hence read once, too.
    static func posix(_ name: String) throws -> ZoneOffsets {
        try zone(name, in: knownByPOSIX) { try readAsPOSIX(name) }
    }

    private static func readAsPOSIX(_ name: String) throws -> ZoneOffsets {
        let digits = name.drop { $0.isLetter && $0.isASCII }
        let letterCount = name.utf8.count - digits.utf8.count
        guard let first = digits.utf8.first, letterCount == 0 || letterCount > 2,
            let west = numericOffset(first == 43 || first == 45 ? String(digits) : "+\(digits)")
        else { return try named(name) }
        return ZoneOffsets(fixed: -west, name: name)
    }

    private convenience init(named name: String) throws {
        let upper = name.uppercased()
        if ["UTC", "GMT", "Z", "ZULU", "ETC/UTC", "UCT"].contains(upper) {
            self.init(fixed: 0, name: "UTC")
            return
        }
        if let seconds = Self.numericOffset(name) {
            self.init(fixed: seconds, name: name)
            return
        }
        guard let zone = TimeZone(identifier: name) ?? TimeZone(abbreviation: upper) else {
            throw QueryError(
                .invalidParameter, "time zone \"\(name)\" not recognized",
                hint: "use an IANA name such as Europe/Berlin")
        }
        self.init(zone: zone, name: name)
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

    /// `+02`, `-05:30` as ISO writes them: east is positive.
    private static func numericOffset(_ text: String) -> Int64? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        func number(_ digits: Substring) -> Int64? {
            (1...2).contains(digits.utf8.count) && digits.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } ? Int64(digits) : nil
        }
        guard parts.count == 1 || parts.count == 2, let hours = number(parts[0]), hours <= 15,
            let minutes = parts.count == 2 ? number(parts[1]) : 0, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return sign == "-" ? -seconds : seconds
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
