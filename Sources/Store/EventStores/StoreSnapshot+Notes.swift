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
    /// - Complexity: O(groups of system events + rows of those whose least and greatest type leave room for this one).
    package func notes(ofType type: String) throws -> [StoredNote] {
        var result: [StoredNote] = []
        for segment in version.sealed.segments { result += try notes(ofType: type, in: segment) }
        for record in version.systemRecords.all {
            if case .event(type, let data) = record.content {
                result.append(StoredNote(position: record.position, data: data))
            }
        }
        return result.sorted { $0.position < $1.position }
    }

    /// The oldest of ``notes(ofType:)``; nil where there is none.
    /// - Complexity: as for all of them, but ends with the segment that has one.
    package func firstNote(ofType type: String) throws -> StoredNote? {
        for segment in version.sealed.segments {
            if let first = try notes(ofType: type, in: segment).min(by: { $0.position < $1.position }) { return first }
        }
        for record in version.systemRecords.all {
            if case .event(type, let data) = record.content { return StoredNote(position: record.position, data: data) }
        }
        return nil
    }

    private func notes(ofType type: String, in segment: SealedSegment) throws -> [StoredNote] {
        var result: [StoredNote] = []
        for group in segment.reader.groups(table: "system_events") where group.mayHold(type, in: "type") {
            let types = CodedTexts(try group.column(named: "type", type: .text))
            let codes = types.codes { $0.elementsEqual(type.utf8) }
            guard codes.contains(true) else { continue }
            let rows = (0..<group.rowCount).filter { codes[types.code(of: $0)] }
            let positions = try group.column(named: "position", type: .integer)
            let data = try group.column(named: "data", type: .json)
            for row in rows {
                result.append(StoredNote(position: positions.integer(at: row) ?? 0, data: data.text(at: row) ?? "{}"))
            }
        }
        return result
    }
}
