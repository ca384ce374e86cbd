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

/// Who made spans, as they say it.
package struct InstrumentationScope: Hashable, Sendable {
    /// UTF-8.
    package var name: [UInt8]
    /// UTF-8; empty where none is told.
    package var version: [UInt8]

    /// Takes each part as given.
    package init(name: [UInt8], version: [UInt8]) { (self.name, self.version) = (name, version) }
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
                guard case .timestamptz(let last)? = group.summary(named: "received_time")?.maximum, last >= time else {
                    continue
                }
                let times = try group.column(named: "received_time", type: .timestamptz)
                let traces = try group.column(named: "trace_id", type: .text)
                let parents = try group.column(named: "parent_span_id", type: .text)
                for row in 0..<group.rowCount {
                    guard let received = times.integer(at: row), received >= time, let trace = traces.text(at: row)
                    else { continue }
                    result.append(ReceivedSpan(traceID: trace, isRoot: parents.isNull(at: row), receivedTime: received))
                }
            }
        }
        for block in version.tail.blocks {
            for row in 0..<block.count where block.receivedTimes[row] >= time {
                let event = block.rows[row]
                guard event.type == type, let trace = event.text(of: known.traceID) else { continue }
                let isRoot = event.text(of: known.parentSpanID) == nil
                result.append(
                    ReceivedSpan(
                        traceID: String(decoding: trace, as: UTF8.self), isRoot: isRoot,
                        receivedTime: block.receivedTimes[row]))
            }
        }
        return result
    }

    /// Every event of the given traces that is a span or comes from a source that begins so, by trace, ascending by
    /// position.
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
        if !sealed.isEmpty {
            for layout in tables where layout.typeID != spanType {
                try addSealed(layout, sealed, sourcePrefix, &result)
            }
        }
        addUnsealed(traceIDs, sourcePrefix, &result)
        // order: each list is sorted for itself.
        for trace in result.keys { result[trace]?.sort { $0.position < $1.position } }
        return result
    }

    private func addSealed(
        _ layout: EventTableLayout, _ traceIDs: Set<String>, _ sourcePrefix: String?,
        _ result: inout [String: [StoredEvent]]
    ) throws {
        let restorer = RowRestorer(layout, registry: registry)
        // order: asked until one fits.
        let hashes = traceIDs.map { lookupHash(Array($0.utf8)[...]) }
        let wanted = Set(traceIDs.map { Array($0.utf8)[...] })
        for segment in version.sealed.segments {
            for (index, group) in segment.reader.groups(table: layout.name).enumerated() {
                guard let column = group.columnIndex(named: "trace_id") else { continue }
                if let filter = try group.filter(column), !hashes.contains(where: { filter.mightContain($0) }) {
                    continue
                }
                let traces = try group.column(named: "trace_id", type: .text)
                let codedTraces = CodedTexts(traces)
                let isWanted = codedTraces.codes { wanted.contains($0) }
                guard isWanted.contains(true) else { continue }
                let sources = CodedTexts(try group.column(named: "source", type: .text))
                let isDerived = sources.codes { text in sourcePrefix.map { text.starts(with: $0.utf8) } ?? true }
                let rows = segment.liveRows(of: group, index: index, table: layout.name).filter { row in
                    isWanted[codedTraces.code(of: row)] && isDerived[sources.code(of: row)]
                }
                let restored = try restorer.restore(rows: rows, of: group)
                for (index, row) in rows.enumerated() {
                    guard let trace = traces.text(at: row) else { continue }
                    result[trace, default: []].append(
                        StoredEvent(position: restored.positions[index], row: restored.rows[index].copy))
                }
            }
        }
    }

    private func addUnsealed(_ traceIDs: Set<String>, _ sourcePrefix: String, _ result: inout [String: [StoredEvent]]) {
        let known = registry.wellKnown
        let wanted = Set(traceIDs.map { Array($0.utf8)[...] })
        let prefix = Array(sourcePrefix.utf8)
        for block in version.tail.readBlocks {
            for (index, row) in block.rows.enumerated() {
                let isSpan = row.type == registry.wellKnownTypes.spanReceived
                guard isSpan || row.text(of: known.source)?.starts(with: prefix) ?? false,
                    let trace = row.text(of: known.traceID),
                    wanted.contains(trace)
                else { continue }
                result[String(decoding: trace, as: UTF8.self), default: []].append(
                    StoredEvent(position: block.position(of: index), row: row.copy))
            }
        }
    }

    /// Traces with spans of some instrumentations, by the position of their spans: of so many segments as hold
    /// `countMax` of them, at least one.
    /// - Parameter position: spans at it and before are passed over.
    /// - Returns: the traces, and up to where spans were looked at.
    /// - Complexity: a look at the summaries of each group of spans, O(spans) of the groups whose texts leave room for
    ///   one.
    package func traces(
        of scopes: Set<InstrumentationScope>, after position: Int64, atMost countMax: Int
    ) throws -> (traceIDs: Set<String>, coveredPosition: Int64) {
        var (result, covered): (Set<String>, Int64) = ([], position)
        guard let layout = layouts.tables.first(where: { $0.typeID == registry.wellKnownTypes.spanReceived }) else {
            return (result, max(position, version.position))
        }
        for segment in version.sealed.segments {
            guard let positions = segment.positions, positions.upperBound > position else { continue }
            if result.count >= countMax { return (result, covered) }
            for group in segment.reader.groups(table: layout.name) {
                result.formUnion(try traces(of: scopes, in: group))
            }
            covered = max(covered, positions.upperBound)
        }
        if result.count >= countMax { return (result, covered) }
        for block in version.tail.blocks where block.lastPosition > position {
            addTraces(of: scopes, in: block, &result)
        }
        return (result, max(position, version.position))
    }

    private func traces(of scopes: Set<InstrumentationScope>, in group: RowGroup) throws -> Set<String> {
        func mayHold(_ column: String, _ text: [UInt8]) -> Bool {
            text.isEmpty || group.mayHold(String(decoding: text, as: UTF8.self), in: column)
        }
        // order: asked until one fits.
        guard
            scopes.contains(where: {
                mayHold("instrumentation_name", $0.name) && mayHold("instrumentation_version", $0.version)
            })
        else { return [] }
        let names = CodedTexts(try group.column(named: "instrumentation_name", type: .text))
        let versions = CodedTexts(try group.column(named: "instrumentation_version", type: .text))
        /// By code of the name, then of the version; nil: not asked yet.
        var isWanted = [Bool?](repeating: nil, count: names.count * versions.count)
        var rows: [Int] = []
        for row in 0..<group.rowCount {
            let (name, number) = (names.code(of: row), versions.code(of: row))
            let pair = name * versions.count + number
            if isWanted[pair] == nil {
                let scope = InstrumentationScope(
                    name: Array(names.text(of: name) ?? []), version: Array(versions.text(of: number) ?? []))
                isWanted[pair] = scopes.contains(scope)
            }
            if isWanted[pair] == true { rows.append(row) }
        }
        guard !rows.isEmpty else { return [] }
        let traces = try group.column(named: "trace_id", type: .text)
        return Set(rows.compactMap { traces.text(at: $0) })
    }

    private func addTraces(of scopes: Set<InstrumentationScope>, in block: TailBlock, _ result: inout Set<String>) {
        guard let nameColumn = registry.column(named: "instrumentation_name"),
            let versionColumn = registry.column(named: "instrumentation_version")
        else { return }
        for row in block.rows {
            guard row.type == registry.wellKnownTypes.spanReceived,
                let trace = row.text(of: registry.wellKnown.traceID),
                scopes.contains(
                    InstrumentationScope(
                        name: Array(row.text(of: nameColumn) ?? []),
                        version: Array(row.text(of: versionColumn) ?? [])))
            else { continue }
            result.insert(String(decoding: trace, as: UTF8.self))
        }
    }
}
