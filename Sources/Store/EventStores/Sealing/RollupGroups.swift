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
}

extension RollupLayout {
    /// Whether folding needs the source's column.
    func reads(_ index: Int) -> Bool { contents.contains { $0.source == index } }
}
