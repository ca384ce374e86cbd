import Domain
import EventLogs

extension Writer {
    /// What a batch tells of rules. A crash that kept an alert's note without the state that knows of it would have it
    /// noted twice after the start, or its time begin anew: so both stand in one record of the log.
    static func toldTogether(_ batch: IngestBatch) -> [SystemRecord.Content] {
        batch.notes.map { .event(type: $0.type, data: $0.data) }
            + batch.rules.map { .event(type: RuleStateRecord.recordType, data: $0.data) }
    }

    /// So many at a time as one record of the log holds: all of them, but where they are more than any log has seen.
    static func parts(of contents: [SystemRecord.Content]) -> [ArraySlice<SystemRecord.Content>] {
        var parts: [ArraySlice<SystemRecord.Content>] = []
        var (start, bytes) = (0, 0)
        for (index, content) in contents.enumerated() {
            let more = SystemRecord(position: 0, receivedTime: 0, content: content).serialisedTogetherBytes
            if index > start, bytes > LogFormat.payloadBytesMax - more {
                parts.append(contents[start..<index])
                (start, bytes) = (index, 0)
            }
            bytes += more
        }
        if start < contents.count { parts.append(contents[start...]) }
        return parts
    }

    /// Logs system records that are kept or lost together, and takes up what they tell; durable with the next flush.
    func noteTogether(_ contents: [SystemRecord.Content]) throws {
        for part in Self.parts(of: contents) {
            let records = part.map(record)
            try log.append(
                .together, position: nextPosition, count: 0, receivedTime: receivedTime,
                payload: SystemRecord.serialisedTogether(records))
            for record in records { try takeUp(record).map { dropOlder(than: $0) } }
        }
    }
}
