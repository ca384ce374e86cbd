package import Domain
import Columnar
import Segments

/// A span that was received.
package struct ReceivedSpan: Hashable, Sendable {
    /// Its trace.
    package var traceID: String
    /// Whether it has no parent.
    package var isRoot: Bool
    /// ns since 1970 UTC.
    package var receivedTime: Int64
}

extension StoreSnapshot {
    /// Spans received at `time` or later, in no order that matters.
    /// - Complexity: O(unsealed events + spans of the segments that hold any so late).
    package func spans(receivedSince time: Int64) throws -> [ReceivedSpan] {
        var result: [ReceivedSpan] = []
        let known = registry.wellKnown
        let type = registry.wellKnownTypes.spanReceived
        guard let layout = layouts.tables.first(where: { $0.typeID == type }) else { return [] }
        for segment in version.sealed.segments {
            for group in segment.reader.groups(table: layout.name) {
                guard case .timestamptz(let last)? = group.summary(named: "received_time")?.maximum, last >= time else { continue }
                let times = try group.column(named: "received_time", type: .timestamptz)
                let traces = try group.column(named: "trace_id", type: .text)
                let parents = try group.column(named: "parent_span_id", type: .text)
                for row in 0..<group.rowCount {
                    guard let received = times.integer(at: row), received >= time, let trace = traces.text(at: row) else { continue }
                    result.append(ReceivedSpan(traceID: trace, isRoot: parents.isNull(at: row), receivedTime: received))
                }
            }
        }
        for block in version.tail.blocks {
            for row in 0..<block.count where block.receivedTimes[row] >= time {
                let reader = EventRowReader(block.bytes, at: Int(block.starts[row]))
                guard reader.type == type, let trace = reader.text(of: known.traceID) else { continue }
                let isRoot = reader.text(of: known.parentSpanID) == nil
                result.append(
                    ReceivedSpan(traceID: String(decoding: trace, as: UTF8.self), isRoot: isRoot, receivedTime: block.receivedTimes[row]))
            }
        }
        return result
    }

    /// Every event of the given traces that is a span or comes from a source that begins so, by trace, ascending by position.
    /// - Complexity: O(unsealed events), a filter test for each trace and group of sealed spans, and what is found.
    package func events(ofTraces traceIDs: Set<String>, sourcePrefix: String) throws -> [String: [StoredEvent]] {
        var result: [String: [StoredEvent]] = [:]
        let spanType = registry.wellKnownTypes.spanReceived
        let tables = layouts.tables
        var sealed: Set<String> = []
        if let spans = tables.first(where: { $0.typeID == spanType }) {
            try addSealed(spans, traceIDs, nil, &result)
            sealed = Set(result.keys)
        }
        // A trace without a sealed span has no sealed event that was derived from one.
        if !sealed.isEmpty { for layout in tables where layout.typeID != spanType { try addSealed(layout, sealed, sourcePrefix, &result) } }
        addUnsealed(traceIDs, sourcePrefix, &result)
        // order: each list is sorted for itself.
        for trace in result.keys { result[trace]?.sort { $0.position < $1.position } }
        return result
    }

    private func addSealed(
        _ layout: EventTableLayout, _ traceIDs: Set<String>, _ sourcePrefix: String?, _ result: inout [String: [StoredEvent]]
    ) throws {
        let restorer = RowRestorer(layout, registry: registry)
        // order: asked until one fits.
        let hashes = traceIDs.map { lookupHash(Array($0.utf8)[...]) }
        for segment in version.sealed.segments {
            for (index, group) in segment.reader.groups(table: layout.name).enumerated() {
                guard let column = group.columnIndex(named: "trace_id") else { continue }
                if let filter = try group.filter(column), !hashes.contains(where: { filter.mightContain($0) }) { continue }
                let traces = try group.column(named: "trace_id", type: .text)
                let sources = try group.column(named: "source", type: .text)
                let dead = Set(segment.deadRows(table: layout.name, group: index))
                let rows = (0..<group.rowCount).filter { row in
                    guard !dead.contains(UInt32(row)), let trace = traces.text(at: row), traceIDs.contains(trace) else { return false }
                    return sourcePrefix.map { sources.text(at: row)?.hasPrefix($0) ?? false } ?? true
                }
                let restored = try restorer.restore(rows: rows, of: group)
                for (index, row) in rows.enumerated() {
                    guard let trace = traces.text(at: row) else { continue }
                    let start = Int(restored.starts[index])
                    let end = start + EventRowCursor.byteCount(restored.bytes, at: start)
                    result[trace, default: []].append(
                        StoredEvent(position: restored.positions[index], isReplaceable: true, row: Array(restored.bytes[start..<end])))
                }
            }
        }
    }

    private func addUnsealed(_ traceIDs: Set<String>, _ sourcePrefix: String, _ result: inout [String: [StoredEvent]]) {
        let known = registry.wellKnown
        let wanted = Set(traceIDs.map { Array($0.utf8)[...] })
        let prefix = Array(sourcePrefix.utf8)
        for block in version.tail.readBlocks {
            for row in 0..<block.count {
                let reader = EventRowReader(block.bytes, at: Int(block.starts[row]))
                let isSpan = reader.type == registry.wellKnownTypes.spanReceived
                guard isSpan || reader.text(of: known.source)?.starts(with: prefix) ?? false, let trace = reader.text(of: known.traceID),
                    wanted.contains(trace)
                else { continue }
                result[String(decoding: trace, as: UTF8.self), default: []].append(
                    StoredEvent(
                        position: block.position(of: row), isReplaceable: true,
                        row: Array(block.bytes[reader.start..<(reader.start + reader.byteCount)])))
            }
        }
    }
}
