package import Columnar
import Domain

extension RollupLayout {
    /// The rollup's rows for a chunk of its source, in the order in which their first events stand: a pure function of
    /// the chunk.
    ///
    /// They are what a query answers that groups and aggregates the events, out of the same tables and states.
    /// - Parameter watermark: the latest received time; events that are too old for the rollup's retention by then are
    ///   left out.
    /// - Complexity: O(rows · columns).
    package func fold(_ chunk: Chunk, watermark: Int64) -> RollupPart {
        guard case .bucket(let time) = contents[0] else { preconditionFailure("buckets come first") }
        var kept = chunk
        if let earliest = earliestTime(watermark: watermark) {
            let rows = chunk.columns[time].rows(within: earliest...Int64.max)
            if rows.count < chunk.rowCount { kept = chunk.gather(rows) }
        }
        do throws(KernelError) {
            return RollupPart(rows: try folded(kept, time: time), eventCount: kept.rowCount)
        } catch {
            // Amounts that no exact sum holds. A query refuses to add them up, too, but it may ask for something else.
            return RollupPart(rows: noRows, eventCount: kept.rowCount, isExact: false)
        }
    }

    var noRows: Chunk { Chunk(columns: columns.map { Vector(type: $0.type, scalars: []) }, rowCount: 0) }

    private func folded(_ chunk: Chunk, time: Int) throws(KernelError) -> Chunk {
        if let rows = counted(chunk, time: time) { return rows }
        var keys = [buckets(of: chunk.columns[time])]
        for case .dimension(let index) in contents { keys.append(chunk.columns[index]) }
        var table = GroupTable(types: keys.map(\.type))
        let assignment = GroupAssignment(table.assign(keys, ordinal: 0))
        let groups = (0..<UInt32(table.count)).map { $0 }
        var columns = table.keys(of: groups)
        // Keys come first: the bucket, then the dimensions.
        for (content, column) in zip(contents, self.columns).dropFirst(columns.count) {
            columns.append(try measured(content, column.type, chunk, assignment, groups))
        }
        return Chunk(columns: columns, rowCount: groups.count)
    }

    /// The same rows where events are only counted and the last dimension has many texts, which their codes tell apart:
    /// what the events of each type come to is added up by the texts themselves. nil where codes don't tell.
    private func counted(_ chunk: Chunk, time: Int) -> Chunk? {
        guard definition.isOfEveryType, case .events = contents[contents.count - 1],
            case .dimension(let last) = contents[contents.count - 2]
        else { return nil }
        var keys = [buckets(of: chunk.columns[time])]
        for case .dimension(let index) in contents.dropLast(2) { keys.append(chunk.columns[index]) }
        var table = GroupTable(types: keys.map(\.type))
        let groups = table.assign(keys, ordinal: 0)
        guard let pairs = CodeCounts(groups, groupCount: table.count, of: chunk.columns[last]) else { return nil }
        let known = table.keys(of: (0..<UInt32(table.count)).map { $0 })
        let counts = Vector(type: .integer, count: pairs.counts.count, storage: .int64(pairs.counts))
        return Chunk(columns: known.map { $0.gather(pairs.groups) } + [pairs.texts, counts], rowCount: counts.count)
    }

    private func buckets(of times: Vector) -> Vector {
        switch times.integers {
        case .array(let values)?: times.replacing(.int64(values.map { bucket(of: $0) }))
        case .constant(let time)?:
            .constant(Scalar(integer: bucket(of: time), type: times.type), type: times.type, count: times.count)
        case nil: times
        }
    }

    /// One column of measures, for every group.
    private func measured(
        _ content: Content, _ type: ColumnType, _ chunk: Chunk, _ assignment: GroupAssignment, _ groups: [UInt32]
    ) throws(KernelError) -> Vector {
        var state = state(of: content, type)
        state.grow(to: groups.count)
        switch content {
        case .bucket, .dimension: preconditionFailure("keys are no measures")
        case .events: try state.update([], assignment)
        case .atMost(let index, let bound):
            let rows = chunk.columns[index].rows(within: Int64.min...bound)
            try state.update([], assignment.gather(rows))
        case .count(let index), .sum(let index), .minimum(let index), .maximum(let index), .histogram(let index):
            try state.update([chunk.columns[index]], assignment)
        }
        return try state.finish(groups)
    }

    private func state(of content: Content, _ type: ColumnType) -> any Accumulator {
        switch content {
        case .minimum: return AggregateStates.extremum(type, isMaximum: false)
        case .maximum: return AggregateStates.extremum(type, isMaximum: true)
        case .histogram(let index): return AggregateStates.histogram(sourceColumns[index].type)
        case .sum(let index):
            guard let state = AggregateStates.sum(sourceColumns[index].type, type: type) else {
                preconditionFailure("the layout's columns can be added up")
            }
            return state
        case .bucket, .dimension, .events, .count, .atMost: return AggregateStates.count()
        }
    }
}

/// Rollup rows of some events.
package struct RollupPart: Sendable {
    /// In the layout's columns.
    package var rows: Chunk
    /// How many events they stand for.
    package var eventCount: Int
    /// Otherwise some sum is too large for any row to hold, and there is none.
    package var isExact = true

    /// Parts end to end, in runs of at most `rowsMax` rows; empty where a part is not exact, and where the rows stand
    /// for fewer than two events on average, which makes them not worth their bytes: readers then take the events
    /// themselves.
    /// - Parameter areAlone: the events are not there: rows are worth it however few events they stand for.
    package static func joined(
        _ parts: [RollupPart], columns: [TableColumn], rowsMax: Int, areAlone: Bool = false
    ) -> [Chunk] {
        precondition(rowsMax > 0, "a run has rows")
        assert(parts.allSatisfy { $0.rows.rowCount <= $0.eventCount }, "a row stands for an event at least")
        assert(parts.allSatisfy { $0.rows.columns.count == columns.count }, "parts of one rollup")
        let rowCount = parts.reduce(0) { $0 + $1.rows.rowCount }
        let eventCount = parts.reduce(0) { $0 + $1.eventCount }
        guard parts.allSatisfy(\.isExact), rowCount > 0, areAlone || rowCount * 2 <= eventCount else { return [] }
        return Chunk.concatenate(parts.map(\.rows).filter { $0.rowCount > 0 }, columns: columns).pieces(of: rowsMax)
    }
}
