import Bytes
package import Domain
import Hashing

/// The order of a conversation's events: by time. At one time those that came without a time stand first, as they
/// arrived; the others stand in the order in which such things happen, question before answer, and then by their ids.
/// So the order in which events with a time of their own arrive never shows.
package struct EventOrder: Hashable, Comparable, Sendable {
    /// Event time, ns since 1970 UTC.
    package let time: Int64
    /// The position of an event that came without a time; else a rank with the top bit set.
    let rank: UInt64
    /// The first bytes of the id, which often tell the order in which ids were made.
    let prefix: UInt64
    /// Of id and source.
    let hash: UInt64

    init(time: Int64, rank: UInt64, prefix: UInt64, hash: UInt64) {
        (self.time, self.rank, self.prefix, self.hash) = (time, rank, prefix, hash)
    }

    /// Less is earlier.
    package static func < (left: EventOrder, right: EventOrder) -> Bool {
        (left.time, left.rank, left.prefix, left.hash) < (right.time, right.rank, right.prefix, right.hash)
    }
}

/// Gives events their place in ``EventOrder``.
package struct EventOrderer: Sendable {
    private let ranks: [UInt64]

    /// Ranks of the registry's types.
    package init(_ registry: SchemaRegistry) {
        ranks = FoldTypes(registry).meanings.map { 1 << 63 | UInt64($0.rank) }
    }

    /// The place of an event.
    /// - Complexity: O(bytes of the id).
    package func order(_ event: EventRow, position: Int64) -> EventOrder {
        if event.isTimeAbsent {
            return EventOrder(time: event.time, rank: UInt64(max(0, position)), prefix: 0, hash: 0)
        }
        let bytes = event.bytes.span
        // The id is the first field. As a number of which the first byte counts most, prefixes compare as texts do.
        var (cursor, prefix) = (EventRowCursor(event), UInt64(0))
        if cursor.advance(in: event), case .text(let id) = cursor.value {
            prefix =
                id.count >= 8
                ? bytes.loadUInt64(at: id.lowerBound).byteSwapped
                : bytes.loadPartialUInt64(at: id.lowerBound, length: id.count).byteSwapped
        }
        return EventOrder(
            time: event.time, rank: ranks[Int(event.type)], prefix: prefix,
            hash: xxh3(bytes.extracting(event.identityRange)))
    }

    /// The same of an event of columns.
    /// - Parameter ids: those of the table's events, where it has none.
    func order(_ table: EventColumns, _ ids: EventColumns?, _ place: Int, position: Int64) -> EventOrder {
        order(EventRow(table.identityRow(place, ids)), position: position)
    }
}
