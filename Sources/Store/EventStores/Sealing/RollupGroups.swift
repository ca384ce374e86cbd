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
        try workers.map(count: layouts.rollups.count) { index in
            encoded(parts.compactMap { $0[index] }, layouts.rollups[index].layout)
        }.flatMap { $0 }
    }

    /// The same of parts by rollup.
    static func encoded(_ parts: [[RollupPart]], layouts: EventTableLayouts) -> [EncodedGroup] {
        zip(parts, layouts.rollups).flatMap { encoded($0, $1.layout) }
    }

    private static func encoded(_ parts: [RollupPart], _ layout: RollupLayout) -> [EncodedGroup] {
        let columns = segmentColumns(layout)
        return RollupPart.joined(parts, columns: layout.columns, rowsMax: Limits.groupRowsMax).map {
            encodeGroup(table: layout.definition.name, columns: columns, chunk: $0)
        }
    }

    /// Bounds of histograms say nothing.
    private static func segmentColumns(_ layout: RollupLayout) -> [SegmentColumn] {
        zip(layout.columns, layout.contents).map { column, content in
            var hint = ColumnHint.plain
            if case .histogram = content { hint = .unsummarised }
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

    /// The rows as a segment's events give them, to compare with those that it carries.
    static func recomputed(_ segment: SealedSegment, rollup: Int, layouts: EventTableLayouts) throws -> [Chunk] {
        let (layout, source) = layouts.rollups[rollup]
        let events = layouts.tables[source]
        let watermark = watermark(of: [segment], layouts)
        let groups = segment.reader.groups(table: events.name).filter { !$0.isPast }
        let parts = try groups.map { group in
            let morsel = GroupMorsel(group: group, columns: events.columns, statistics: ScanStatistics())
            let columns = try events.columns.indices.map { index in
                layout.reads(index)
                    ? try morsel.column(index)
                    : .constant(.null, type: events.columns[index].type, count: group.rowCount)
            }
            return layout.fold(Chunk(columns: columns, rowCount: group.rowCount), watermark: watermark)
        }
        return RollupPart.joined(parts, columns: layout.columns, rowsMax: Limits.groupRowsMax)
    }
}

extension RollupLayout {
    /// Whether folding needs the source's column.
    fileprivate func reads(_ index: Int) -> Bool { contents.contains { $0.source == index } }
}
