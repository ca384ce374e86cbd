import Columnar
import Domain
import Segments

/// What the writer says of one incoming event.
package enum EventVerdict: Hashable, Sendable {
    /// Durable once the call that returned it returned.
    case accepted(position: Int64)
    /// The same event is in the store already.
    case duplicate
    /// Another event of the same identity is in the store.
    case conflict
    /// Before the retention horizon: whether it is a repeat can't be known any more.
    case tooOld
    /// More than the tolerated lead ahead of the clock.
    case tooNew
}

/// Exact answers for events whose identity a segment's filter may hold.
struct SealedIdentities {
    /// An incoming event to look up.
    struct Candidate {
        /// Index of the row in its batch.
        var row: Int
        var start: Int
        var hash: UInt64
        /// The time under which the event would stand in a segment.
        var time: Int64
    }

    private let layouts: EventTableLayouts
    private let registry: SchemaRegistry
    private let bytes: [UInt8]
    /// By batch row.
    private(set) var verdicts: [Int: EventVerdict] = [:]

    /// Looks the candidates up; those that are not in `verdicts` afterwards are new.
    /// - Complexity: pages of the groups that hold a candidate's time, each decoded once.
    init(_ candidates: [Candidate], bytes: [UInt8], sealed: SealedState, layouts: EventTableLayouts, registry: SchemaRegistry) throws {
        self.layouts = layouts
        self.registry = registry
        self.bytes = bytes
        for segment in sealed.segments.reversed() {
            let here = candidates.filter {
                verdicts[$0.row] == nil && segment.covers(time: $0.time) && segment.mightContain(identity: $0.hash)
            }
            guard !here.isEmpty else { continue }
            try search(segment, here, sameType: true)
            let left = here.filter { verdicts[$0.row] == nil }
            if !left.isEmpty { try search(segment, left, sameType: false) }
        }
    }

    private mutating func search(_ segment: SealedSegment, _ candidates: [Candidate], sameType: Bool) throws {
        for layout in layouts.tables {
            let ofType = candidates.filter {
                verdicts[$0.row] == nil && (EventRowCursor.type(bytes, at: $0.start) == layout.typeID) == sameType
            }
            guard !ofType.isEmpty else { continue }
            let byTime = ofType.sorted { ($0.time, $0.row) < ($1.time, $1.row) }
            for group in segment.reader.groups(table: layout.name) {
                guard let summary = group.summary(named: "time"), case .timestamptz(let first) = summary.minimum,
                    case .timestamptz(let last) = summary.maximum
                else { continue }
                let inside = byTime.filter { $0.time >= first && $0.time <= last && verdicts[$0.row] == nil }
                if !inside.isEmpty { try compare(group, inside, layout) }
            }
        }
    }

    /// Compares candidates with the group's rows of the same time; rows ascend by time.
    private mutating func compare(_ group: RowGroup, _ candidates: [Candidate], _ layout: EventTableLayout) throws {
        let times = try group.column(named: "time", type: .timestamptz)
        var pairs: [(candidate: Candidate, row: Int)] = []
        for candidate in candidates {
            var row = Self.lowerBound(times, candidate.time)
            while row < group.rowCount, times.integer(at: row) == candidate.time {
                pairs.append((candidate, row))
                row += 1
            }
        }
        guard !pairs.isEmpty else { return }
        let known = registry.wellKnown
        let ids = try group.column(named: registry.columns[Int(known.id)].name, type: .text)
        pairs = pairs.filter { pair in
            var isEqual = false
            ids.withText(at: pair.row) { isEqual = $0 == bytes[Self.idRange(bytes, pair.candidate.start)] }
            return isEqual
        }
        guard !pairs.isEmpty else { return }
        let restorer = RowRestorer(layout, registry: registry)
        let restored = try restorer.restore(
            rows: pairs.map(\.row), isTimeAbsent: try group.timeAbsent(),
            column: { try group.column(named: layout.columns[$0].name, type: layout.columns[$0].type) })
        for (index, pair) in pairs.enumerated() {
            let start = Int(restored.starts[index])
            guard EventIdentity.areEqual(bytes, at: pair.candidate.start, restored.bytes, at: start) else { continue }
            let isEqual = EventIdentity.haveEqualContent(bytes, at: pair.candidate.start, restored.bytes, at: start)
            verdicts[pair.candidate.row] = isEqual ? .duplicate : .conflict
        }
    }

    /// The value of `id`, the first field.
    private static func idRange(_ bytes: [UInt8], _ start: Int) -> Range<Int> {
        var cursor = EventRowCursor(bytes, at: start)
        guard cursor.advance(in: bytes), case .text(let range) = cursor.value else { return start..<start }
        return range
    }

    private static func lowerBound(_ times: Vector, _ time: Int64) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if (times.integer(at: middle) ?? .min) < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
