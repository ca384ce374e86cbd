import Bytes
import Columnar
import Domain
import Projections
import Segments

/// What the events that go add up to, through prices and corrections as they are now, and what is said of them.
struct FrozenRows {
    /// Conversations whose events go.
    let settled: Set<ConversationGrouping.Key>
    /// By rollup.
    private(set) var rollups: [[Chunk]] = []
    /// Without its positions and tables.
    var drop: RetentionDrop

    /// - Parameter settled: conversations whose events go.
    /// - Throws: ``StorageError``, ``FileContentError``; ``RetentionJob/Obstacle`` where a sum is too large for a row.
    /// - Complexity: O(events · columns of rollups), one group of them in memory.
    init(_ job: RetentionJob, settled: Set<ConversationGrouping.Key>) throws {
        let watermark = job.receivedUntil
        let rest = ConversationFilter.staying(besides: settled, in: job.tier.scope)
        self.settled = settled
        drop = RetentionDrop(
            position: job.position, scope: job.tier.scope, reason: job.tier.reason, droppedAt: job.clockTime,
            receivedUntil: watermark, rollups: job.layouts.rollups.map(\.name), sources: job.sources)
        var parts = job.layouts.rollups.map { RollupParts($0.layout) }
        for layout in job.layouts.tables {
            let foldings = job.layouts.rollups.map { $0.layout(ofTable: Int(layout.typeID)) }
            guard drop.scope.contains(type: layout.typeName) else { continue }
            let rest = rest.staying(of: layout)
            for segment in job.segments {
                for (index, group) in segment.reader.groups(table: layout.name).enumerated() where !group.isPast {
                    try job.stop.check()
                    let stays = try rest.rows(of: group, in: segment)
                    let rows = segment.liveRows(of: group, index: index, table: layout.name).filter { !stays[$0] }
                    if rows.isEmpty { continue }
                    let chunk = try Self.chunk(of: group, layout, rows.map { UInt32($0) }, foldings, job)
                    note(chunk, layout)
                    for (rollup, folding) in foldings.enumerated() {
                        if let folding { parts[rollup].add(folding.fold(chunk, watermark: watermark)) }
                    }
                }
            }
        }
        for (rollup, part) in zip(job.layouts.rollups, parts) {
            guard let chunks = part.joinedAlone(rowsMax: Limits.groupRowsMax) else {
                throw RetentionJob.Obstacle(
                    description: "a sum of \(rollup.name) is too large for a row, so that its events must stay")
            }
            rollups.append(chunks)
        }
    }

    /// Some rows of a group: of its columns those that are looked at, null else.
    private static func chunk(
        of group: RowGroup, _ layout: EventTableLayout, _ rows: [UInt32], _ foldings: [RollupLayout?],
        _ job: RetentionJob
    ) throws -> Chunk {
        let morsel = layout.morsel(of: group, statistics: ScanStatistics(), overlay: job.overlay)
        let scope = job.tier.scope
        let tenant = scope.isNamed && !scope.isOfTypes ? layout.index(of: "tenant") : nil
        let columns = try layout.columns.indices.map { index -> Vector in
            let isRead =
                index == layout.time || index == layout.money?.state || index == tenant
                || foldings.contains { $0?.reads(index) ?? false }
            return isRead
                ? try morsel.column(index).gather(rows)
                : .constant(.null, type: layout.columns[index].type, count: rows.count)
        }
        return Chunk(columns: columns, rowCount: rows.count)
    }

    private mutating func note(_ chunk: Chunk, _ layout: EventTableLayout) {
        drop.events += Int64(chunk.rowCount)
        let times = chunk.columns[layout.time]
        for time in (0..<chunk.rowCount).lazy.compactMap({ times.integer(at: $0) }) {
            drop.times = min(drop.times?.lowerBound ?? time, time)...max(drop.times?.upperBound ?? time, time)
        }
        if drop.scope.isOfTypes {
            note(type: layout.typeName, times, chunk.rowCount)
        } else if drop.scope.isNamed, let tenant = layout.index(of: "tenant") {
            note(CodedTexts(chunk.columns[tenant]), times, chunk.rowCount)
        }
        guard let money = layout.money else { return }
        let states = CodedTexts(chunk.columns[money.state])
        let isInexact = states.codes { !$0.elementsEqual(PriceState.priced.name.utf8) }
        drop.inexactCalls += Int64((0..<chunk.rowCount).count { isInexact[states.code(of: $0)] })
    }

    /// How many there are of each tenant, and of when the latest is.
    private mutating func note(_ tenants: CodedTexts, _ times: Vector, _ rowCount: Int) {
        var places: [Int?] = Array(repeating: nil, count: tenants.count)
        for row in 0..<rowCount {
            let code = tenants.code(of: row)
            if places[code] == nil {
                let name = ExactText(String(decoding: tenants.text(of: code) ?? [], as: UTF8.self))
                places[code] = drop.parts.firstIndex { $0.name == name }
            }
            guard let place = places[code] else { continue }
            drop.parts[place].events += 1
            drop.parts[place].until = max(drop.parts[place].until ?? .min, times.integer(at: row) ?? .min)
        }
    }

    /// The same of a type.
    private mutating func note(type: String, _ times: Vector, _ rowCount: Int) {
        guard let place = drop.parts.firstIndex(where: { $0.name == ExactText(type) }) else { return }
        drop.parts[place].events += Int64(rowCount)
        drop.parts[place].until = (0..<rowCount).reduce(drop.parts[place].until) { until, row in
            max(until ?? .min, times.integer(at: row) ?? .min)
        }
    }
}
