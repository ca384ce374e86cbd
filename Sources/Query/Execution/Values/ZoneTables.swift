import Foundation
import Synchronization

// tests: only they ask how many tables were made, and how often one was asked for.
/// The tables of zones, each made once a process, when its zone is first asked for. They are known by the identifiers
/// that Foundation has for zones: these are some six hundred of twenty kilobytes at most, however texts spell them.
package enum ZoneTables {
    private static let tables = Mutex<[String: (offsets: ZoneOffsets, asked: Int)]>([:])

    /// How many tables were made.
    package static var made: Int { madeCount.load(ordering: .relaxed) }
    private static let madeCount = Atomic<Int>(0)

    /// How often the table of a zone was asked for.
    package static func asked(of identifier: String) -> Int { tables.withLock { $0[identifier]?.asked ?? 0 } }

    /// - Returns: nil when there is no such zone.
    static func offsets(of identifier: String) -> ZoneOffsets? {
        // Whoever asks for a zone that is just being made waits for it, too.
        tables.withLock { tables in
            if let place = tables.index(forKey: identifier) {
                tables.values[place].asked += 1
                return tables.values[place].offsets
            }
            guard let zone = TimeZone(identifier: identifier) else { return nil }
            let offsets = ZoneOffsets(zone)
            madeCount.add(1, ordering: .relaxed)
            tables[identifier] = (offsets, 1)
            return offsets
        }
    }
}
