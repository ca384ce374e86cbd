import Dialects
import Domain
import EventStores

/// What settling knows beyond the spans of one trace: how those who count are known to count, and which ids stores of before gave. It
/// stands in the log as rows of `system_events` and is read from there at a start, so that a replay knows the same.
struct SettlingMemory {
    private enum NoteType {
        static let reading = "usage.reading_proved"
        static let marked = "settling.marked"
    }

    private(set) var readings = EmitterReadings()
    /// Up to here derived events may have ids without a mark; see ``SettledIDs``.
    private(set) var unmarkedPositionMax: Int64 = 0
    private var isMarkNoted = false

    init() {}

    /// - Throws: what the store throws.
    init(_ store: any ServedStore) throws {
        for note in try store.notes(ofType: NoteType.reading) {
            guard let json = try? JSONReader.parse(Array(note.data.utf8)), let proof = Self.proof(json) else { continue }
            _ = readings.add(proof)
        }
        if let note = try store.notes(ofType: NoteType.marked).first {
            isMarkNoted = true
            unmarkedPositionMax = (try? JSONReader.parse(Array(note.data.utf8)))?["unmarked_position_max"]?.integer ?? 0
        } else if try !store.notes(ofType: "trace.settled").isEmpty {
            unmarkedPositionMax = store.status.position
        }
    }

    /// The note that from now on derived events have marked ids; nil where the log has it.
    mutating func markNote() -> SystemNote? {
        guard !isMarkNoted else { return nil }
        isMarkNoted = true
        var json = JSONText()
        json.beginObject()
        json.member("unmarked_position_max", Int(unmarkedPositionMax))
        json.endObject()
        return SystemNote(type: NoteType.marked, data: String(decoding: json.bytes, as: UTF8.self))
    }

    /// Takes over what a call's total proved.
    /// - Returns: the note for the log; nil where it was known.
    mutating func learn(_ proof: UsageProof) -> SystemNote? {
        guard readings.add(proof) else { return nil }
        var json = JSONText()
        json.beginObject()
        json.member("instrumentation_name", proof.emitter.scope)
        json.member("instrumentation_version", proof.emitter.version)
        json.member("part", proof.part)
        json.member("provider", proof.emitter.provider)
        json.member("reading", proof.reading)
        json.endObject()
        return SystemNote(type: NoteType.reading, data: String(decoding: json.bytes, as: UTF8.self))
    }

    private static func proof(_ json: JSONValue) -> UsageProof? {
        guard let scope = json["instrumentation_name"]?.string, let version = json["instrumentation_version"]?.string,
            let provider = json["provider"]?.string, let part = json["part"]?.string, let reading = json["reading"]?.string
        else { return nil }
        return UsageProof(emitter: UsageEmitter(scope: scope, version: version, provider: provider), part: part, reading: reading)
    }
}
