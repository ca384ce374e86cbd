import Bytes
import Columnar
import Domain
import Platform
import Projections
import Segments

/// Unsealed blocks as encoded row groups: typed, at most 65,536 rows and 64 MiB each, ordered by time; ties by the
/// order of the blocks and of the rows in them, which for events that were not replaced is that of positions. What is
/// weeks away from its neighbours has a group of its own, since one such event would make a group's times say nothing.
///
/// A pure function of the blocks: any thread may run it, and encoding is spread over the workers.
struct SealedGroups: Sendable {
    private(set) var groups: [EncodedGroup] = []
    private(set) var identities: [UInt64] = []

    init(
        _ plan: SealedPlan, blocks: [TailBlock], readModels: ConversationRows, layouts: EventTableLayouts,
        registry: SchemaRegistry, workers: any Workers
    ) throws {
        let work = plan.work
        let hints = SegmentHints(registry)
        let watermark = blocks.compactMap { $0.receivedTimes.max() }.max() ?? 0
        // The largest first, so that no thread is left alone with one at the end.
        let order = work.indices.sorted { work[$0].rows.count > work[$1].rows.count }
        let made = try workers.map(count: work.count) { place in
            Self.encode(work[order[place]], blocks, hints, rollups: layouts.rollups, watermark: watermark)
        }
        var places = [Int](repeating: 0, count: order.count)
        for (place, index) in order.enumerated() { places[index] = place }
        let encoded = places.map { made[$0] }
        let rollups = try RollupGroups.encode(encoded.map(\.rollups), layouts: layouts, workers: workers)
        let models = Self.parts(of: readModels)
        let encodedModels = try workers.map(count: models.count) { Self.encode(models[$0], hints) }
        groups = encoded.map(\.group) + encodedModels.flatMap { $0 } + rollups
        for block in blocks { identities += block.identities }
    }

    /// Rows of a group come to at most so many bytes, so that no page of it is longer than readers take.
    static let groupBytesMax = 64 << 20

    /// Between neighbours of one group, ns. Questions ask for days, weeks and months.
    private static let gapMax = 7 * Nanoseconds.day

    /// Whether a group of so many rows, the last of a time, is not to have the next one.
    static func endsGroup(of rowCount: Int, at time: Int64, before next: Int64) -> Bool {
        rowCount == Limits.groupRowsMax || next.saturatingSubtract(time) > gapMax
    }

    /// A group's events, and what each rollup of their type makes of them.
    private static func encode(
        _ work: SealedPlan.Work, _ blocks: [TailBlock], _ hints: SegmentHints, rollups: [StoredRollup],
        watermark: Int64
    ) -> (group: EncodedGroup, rollups: [RollupPart?]) {
        var transposer = RowTransposer(work.layout, rowCount: work.rows.count)
        // A run of rows of one block at a time; mostly these are long.
        var first = 0
        while first < work.rows.count {
            let block = work.rows[first].block
            var end = first + 1
            while end < work.rows.count, work.rows[end].block == block { end += 1 }
            transposer.append(blocks[Int(block)], work.rows[first..<end].lazy.map { Int($0.row) })
            first = end
        }
        var chunk = transposer.finish()
        let absent = transposer.areTimesAbsent
        var folded = chunk
        if planted(.rollupForgetsLateRow) { folded = chunk.gather((1..<UInt32(chunk.rowCount)).map { $0 }) }
        let parts = rollups.map { rollup in
            rollup.layout(ofTable: Int(work.layout.typeID)).map { $0.fold(folded, watermark: watermark) }
        }
        var columns = work.layout.columns
        if absent.contains(true) {
            columns.append(TableColumn(name: EventTableLayout.timeAbsentColumn, type: .boolean))
            chunk.columns.append(Vector(type: .boolean, count: absent.count, storage: .boolean(absent)))
        }
        return (encodeGroup(table: work.layout.name, columns: hints.columns(columns), chunk: chunk), parts)
    }

    /// What the column with the longest texts has of them.
    private static func textBytes(_ chunk: Chunk) -> Int {
        chunk.columns.map { column -> Int in
            guard case .text(_, let dictionary) = column.storage, dictionary.count > 0 else { return 0 }
            return dictionary.range(dictionary.count - 1).upperBound
        }.max() ?? 0
    }

    /// Rows of a read model as they were made.
    private struct ModelPart: Sendable {
        var table: String
        var columns: [TableColumn]
        var chunk: Chunk
        /// Which column has the time that they are ordered by.
        var time: Int
    }

    private static func parts(of readModels: ConversationRows) -> [ModelPart] {
        [
            ("turns", ReadModelColumns.turns, readModels.turns, "time"),
            ("conversations", ReadModelColumns.conversations, readModels.conversations, "start_time"),
        ].flatMap { table, columns, chunks, timeColumn -> [ModelPart] in
            guard let time = columns.firstIndex(where: { $0.name == timeColumn }) else { return [] }
            return chunks.map { ModelPart(table: table, columns: columns, chunk: $0, time: time) }
        }
    }

    /// Rows of a read model ordered by time and cut to group size.
    private static func encode(_ part: ModelPart, _ hints: SegmentHints) -> [EncodedGroup] {
        let chunk = part.chunk
        let times = (0..<chunk.rowCount).map { chunk.columns[part.time].integer(at: $0) ?? .min }
        let order = (0..<UInt32(chunk.rowCount)).sorted { (times[Int($0)], $0) < (times[Int($1)], $1) }
        // A text of a read model has at most 4 KiB: fewer rows where there are many long ones.
        let rowsMax = textBytes(chunk) > groupBytesMax ? Limits.groupRowsMax / 8 : Limits.groupRowsMax
        return stride(from: 0, to: order.count, by: rowsMax).map { first in
            let rows = Array(order[first..<min(first + rowsMax, order.count)])
            return encodeGroup(table: part.table, columns: hints.columns(part.columns), chunk: chunk.gather(rows))
        }
    }
}

/// How segments are told to keep each column, from the schemas' hints.
struct SegmentHints: Sendable {
    private let hints: [String: ColumnHint]

    init(_ registry: SchemaRegistry) {
        var hints: [String: ColumnHint] = [:]
        for column in registry.columns {
            switch column.encoding {
            case .lookup where column.id != registry.wellKnown.id: hints[column.name] = .lookup
            default: break
            }
        }
        // What stands in the tables of most types, mostly with the same texts.
        for name in ["conversation_id", "trace_id"] { hints[name] = .sharedLookup }
        hints[RollupCatalogue.user] = .shared
        self.hints = hints
    }

    func columns(_ columns: [TableColumn]) -> [SegmentColumn] {
        columns.map { SegmentColumn(name: $0.name, type: $0.type, hint: hints[$0.name] ?? .plain) }
    }
}
