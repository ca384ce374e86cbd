import Columnar
import Domain
import Platform
import Projections
import Segments

/// The rollup rows that a segment carries, folded from its own event groups alone.
enum RollupGroups {
    /// - Parameter parts: of each event group in turn; in it, by rollup: its part, nil where the group is of another
    ///   type.
    static func encode(_ parts: [[RollupPart?]], layouts: EventTableLayouts, workers: any Workers) throws
        -> [EncodedGroup]
    {
        try workers.map(count: layouts.rollups.count) { index -> [EncodedGroup] in
            var own = RollupParts(layouts.rollups[index].layout)
            for part in parts { if let part = part[index] { own.add(part) } }
            return encoded(own, layouts.rollups[index].layout)
        }.flatMap { $0 }
    }

    /// The same of parts by rollup.
    static func encoded(_ parts: [RollupParts], layouts: EventTableLayouts) -> [EncodedGroup] {
        zip(parts, layouts.rollups).flatMap { encoded($0, $1.layout) }
    }

    private static func encoded(_ parts: RollupParts, _ layout: RollupLayout) -> [EncodedGroup] {
        let columns = segmentColumns(layout)
        return parts.joined(rowsMax: Limits.groupRowsMax).map {
            encodeGroup(table: layout.definition.name, columns: columns, chunk: $0)
        }
    }

    /// Bounds of histograms say nothing; users stand in tables of events, too.
    static func segmentColumns(_ layout: RollupLayout) -> [SegmentColumn] {
        zip(layout.columns, layout.contents).map { column, content in
            var hint = ColumnHint.plain
            if case .histogram = content { hint = .unsummarised }
            if column.name == RollupCatalogue.user { hint = .shared }
            return SegmentColumn(name: column.name, type: column.type, hint: hint)
        }
    }

    /// The latest received time of the events of segments, whether or not these count.
    static func watermark(of segments: [SealedSegment], _ layouts: EventTableLayouts) -> Int64 {
        segments.flatMap { segment in layouts.tables.flatMap { segment.reader.groups(table: $0.name) } }
            .compactMap { group -> Int64? in
                if case .timestamptz(let time)? = group.summary(named: "received_time")?.maximum { time } else { nil }
            }.max() ?? 0
    }

    /// The same of what a filter means: who verifies a segment of these rows knows no others.
    /// - Parameter check: throws where the work is to end.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages; what `check` throws.
    /// - Complexity: O(rows) of the groups that may have a later one than those behind them.
    static func watermark(
        of segments: [SealedSegment], _ layouts: EventTableLayouts, _ filter: ConversationFilter,
        check: () throws -> Void
    ) throws -> Int64 {
        var latest: Int64 = 0
        for layout in layouts.tables {
            let filter = filter.staying(of: layout)
            let groups = segments.reversed().flatMap { segment in
                segment.reader.groups(table: layout.name).reversed().map { (group: $0, segment: segment) }
            }
            for (group, segment) in groups {
                try check()
                if case .timestamptz(let last)? = group.summary(named: "received_time")?.maximum, last <= latest {
                    continue
                }
                let received = try group.column(named: "received_time", type: .timestamptz)
                for (row, isMeant) in try filter.rows(of: group, in: segment).enumerated() where isMeant {
                    latest = max(latest, received.integer(at: row) ?? latest)
                }
            }
        }
        return latest
    }
}

extension RollupLayout {
    /// Whether folding needs the source's column.
    func reads(_ index: Int) -> Bool { contents.contains { $0.source == index } }
}
