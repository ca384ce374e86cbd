import Columnar
import Domain
import Platform
import Projections
import Segments

extension EventStore {
    /// Findings where a segment's rollup rows are not what its events give.
    /// - Parameter statistics: counts what is read for it.
    /// - Complexity: O(rows of events and rollups): each page of events is read once for all rollups. In memory are the
    ///   rollup rows of some segments a worker, and the columns of one group.
    func rollupDamage(_ version: StoreVersion, _ statistics: ScanStatistics) throws -> [String] {
        let (segments, layouts, workers) = (version.sealed.unfrozen.segments, layouts, context.workers)
        let (tables, segmentsAtOnce) = (layouts.tables.count, 4 * max(1, workers.parallelism))
        var damage: [String] = []
        for first in stride(from: 0, to: segments.count, by: segmentsAtOnce) {
            let checks = segments[first..<min(first + segmentsAtOnce, segments.count)].map { RollupCheck($0, layouts) }
            let parts = try workers.map(count: checks.count * tables) { index in
                try checks[index / tables].parts(ofTable: index % tables, statistics)
            }
            damage += try workers.map(count: checks.count) { index in
                try checks[index].damage(in: parts[(index * tables)..<((index + 1) * tables)])
            }.flatMap { $0 }
        }
        return damage
    }
}

/// Rollup rows of one segment beside those that its events give.
private struct RollupCheck {
    private let segment: SealedSegment
    private let layouts: EventTableLayouts
    /// Those whose rows the segment has as this version folds them: segments of versions that knew fewer, or other
    /// ones, answer from their events.
    private let rollups: [StoredRollup]
    private let watermark: Int64

    init(_ segment: SealedSegment, _ layouts: EventTableLayouts) {
        (self.segment, self.layouts) = (segment, layouts)
        rollups = layouts.rollups.filter { rollup in
            segment.reader.groups(table: rollup.name).first?.columnNames == rollup.layout.columns.map(\.name)
        }
        watermark = RollupGroups.watermark(of: [segment], layouts)
    }

    /// What each rollup makes of the events of one table: by group of these, in it by rollup, nil where it has none of
    /// them.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    func parts(ofTable table: Int, _ statistics: ScanStatistics) throws -> [[RollupPart?]] {
        let own = rollups.map { $0.layout(ofTable: table) }
        guard own.contains(where: { $0 != nil }) else { return [] }
        let events = layouts.tables[table]
        let isRead = events.columns.indices.map { index in own.contains { $0?.reads(index) ?? false } }
        return try segment.reader.groups(table: events.name).filter { !$0.isPast }.map { group in
            let morsel = GroupMorsel(group: group, columns: events.columns, statistics: statistics)
            let columns = try events.columns.indices.map { index in
                isRead[index]
                    ? try morsel.column(index)
                    : .constant(.null, type: events.columns[index].type, count: group.rowCount)
            }
            let chunk = Chunk(columns: columns, rowCount: group.rowCount)
            return own.map { $0?.fold(chunk, watermark: watermark) }
        }
    }

    /// Findings, one for each rollup whose rows are others.
    /// - Parameter parts: of all tables, ascending.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    func damage(in parts: ArraySlice<[[RollupPart?]]>) throws -> [String] {
        try rollups.enumerated().compactMap { index, rollup -> String? in
            let layout = rollup.layout
            var expected = RollupParts(layout)
            for group in parts.joined() { if let part = group[index] { expected.add(part) } }
            let stored = try segment.reader.groups(table: rollup.name).map { group in
                Chunk(
                    columns: try layout.columns.map { try group.column(named: $0.name, type: $0.type) },
                    rowCount: group.rowCount)
            }
            if Self.areEqual(expected.joined(rowsMax: Limits.groupRowsMax), stored) { return nil }
            return "\(rollup.name): rows of segment \(segment.id) are not those that its events give"
        }
    }

    private static func areEqual(_ left: [Chunk], _ right: [Chunk]) -> Bool {
        guard left.map(\.rowCount) == right.map(\.rowCount) else { return false }
        for (a, b) in zip(left, right) {
            for (x, y) in zip(a.columns, b.columns) where !areEqual(x, y, rowCount: a.rowCount) { return false }
        }
        return true
    }

    /// Rows that are null hold zero, so that numbers can be compared as they lie.
    private static func areEqual(_ left: Vector, _ right: Vector, rowCount: Int) -> Bool {
        if left.type == right.type, left.validity == right.validity {
            switch (left.storage, right.storage) {
            case (.int64(let a), .int64(let b)): return a == b
            case (.int128(let a), .int128(let b)): return a == b
            case (.text(let codes, let texts), .text(let others, let otherTexts)):
                return areEqual(codes, texts, others, otherTexts, left.validity)
            default: break
            }
        }
        return (0..<rowCount).allSatisfy { left.scalar(at: $0) == right.scalar(at: $0) }
    }

    /// Texts by their bytes, each pair of codes looked at once.
    private static func areEqual(
        _ codes: [UInt32], _ texts: TextDictionary, _ others: [UInt32], _ otherTexts: TextDictionary,
        _ validity: Validity?
    ) -> Bool {
        guard codes.count == others.count else { return false }
        // By code here that one there which is known to be the same text.
        var known = [UInt32](repeating: .max, count: texts.count)
        for row in codes.indices where validity?[row] ?? true {
            let (code, other) = (Int(codes[row]), others[row])
            if known[code] == other { continue }
            guard texts.utf8(code).elementsEqual(otherTexts.utf8(Int(other))) else { return false }
            known[code] = other
        }
        return true
    }
}
