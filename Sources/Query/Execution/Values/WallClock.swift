import Bytes

/// The wall clock of a time zone, as SQL reads it: for those who write times beside the engine.
package struct WallClock: Sendable {
    private let zone: ZoneOffsets

    /// - Throws: `.invalidParameter` for a name that no zone has.
    package init(zone name: String) throws { zone = try ZoneOffsets.named(name) }

    /// Seconds that the zone is ahead of UTC at an instant (ns since 1970 UTC).
    package func offsetSeconds(at instant: Int64) -> Int64 { zone.offsetNanoseconds(utc: instant) / Nanoseconds.second }

    /// The instant at which the clock shows a reading (ns since 1970, as if it were UTC). In the gap of spring the
    /// offset before the change counts, in the repeat of autumn the one after it.
    package func instant(ofReading local: Int64) -> Int64 { zone.utc(local: local) }
}
