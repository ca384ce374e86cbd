import Columnar
import Domain
import Segments

/// A row of `system_events` as it is read back.
package struct StoredNote: Hashable, Sendable {
    /// Position of the last event before it.
    package var position: Int64
    /// A JSON object in canonical form.
    package var data: String

    /// Takes each part as given.
    package init(position: Int64, data: String) {
        self.position = position
        self.data = data
    }
}

extension StoreSnapshot {
    /// The rows of `system_events` of one type, oldest first.
    /// - Complexity: O(system events).
    package func notes(ofType type: String) throws -> [StoredNote] {
        var result: [StoredNote] = []
        for segment in version.sealed.segments {
            for group in segment.reader.groups(table: "system_events") {
                let types = try group.column(named: "type", type: .text)
                let rows = (0..<group.rowCount).filter { types.text(at: $0) == type }
                guard !rows.isEmpty else { continue }
                let positions = try group.column(named: "position", type: .integer)
                let data = try group.column(named: "data", type: .json)
                for row in rows { result.append(StoredNote(position: positions.integer(at: row) ?? 0, data: data.text(at: row) ?? "{}")) }
            }
        }
        for record in version.systemRecords {
            if case .event(type, let data) = record.content { result.append(StoredNote(position: record.position, data: data)) }
        }
        return result.sorted { $0.position < $1.position }
    }

    /// Traces with spans of an instrumentation.
    /// - Complexity: O(spans).
    package func traces(ofScope scope: String, version scopeVersion: String) throws -> Set<String> {
        var result: Set<String> = []
        guard let nameColumn = registry.column(named: "instrumentation_name"),
            let versionColumn = registry.column(named: "instrumentation_version"),
            let layout = layouts.tables.first(where: { $0.typeID == registry.wellKnownTypes.spanReceived })
        else { return [] }
        let (name, number) = (Array(scope.utf8), Array(scopeVersion.utf8))
        for segment in version.sealed.segments {
            for group in segment.reader.groups(table: layout.name) {
                let names = try group.column(named: "instrumentation_name", type: .text)
                let rows = (0..<group.rowCount).filter { (names.text(at: $0) ?? "").utf8.elementsEqual(name) }
                guard !rows.isEmpty else { continue }
                let versions = try group.column(named: "instrumentation_version", type: .text)
                let traces = try group.column(named: "trace_id", type: .text)
                for row in rows where (versions.text(at: row) ?? "").utf8.elementsEqual(number) {
                    if let trace = traces.text(at: row) { result.insert(trace) }
                }
            }
        }
        for block in version.tail.readBlocks {
            for row in 0..<block.count {
                let reader = EventRowReader(block.bytes, at: Int(block.starts[row]))
                guard reader.type == registry.wellKnownTypes.spanReceived, let trace = reader.text(of: registry.wellKnown.traceID),
                    (reader.text(of: nameColumn) ?? []).elementsEqual(name), (reader.text(of: versionColumn) ?? []).elementsEqual(number)
                else { continue }
                result.insert(String(decoding: trace, as: UTF8.self))
            }
        }
        return result
    }
}
