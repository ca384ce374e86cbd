import Bytes
import Dialects
import Domain
import EventStores
import JSONTexts

/// What settling knows beyond the spans of one trace: how those who count are known to count, and which ids stores of
/// before gave. It stands in the log as rows of `system_events` and is read from there at a start, so that a replay
/// knows the same.
struct SettlingMemory {
    private(set) var readings = EmitterReadings()
    /// Up to here derived events may have ids without a mark; see ``DerivedEventIDs``.
    private(set) var unmarkedPositionMax: Int64 = 0
    /// Proofs that not every trace of before is known to have settled with, as the log has them.
    private(set) var unapplied: [UsageProof] = []
    private var isMarkNoted = false
    /// Of whose calls parts were read that no total of their own decided; a proof concerns nobody else's.
    private var assumed: Set<AssumedReading> = []
    /// Whether all are noted that ever were; stores of before noted none.
    private var isEveryAssumptionNoted = true
    private static let assumedMax = 20_000

    init() {}

    /// - Throws: what the store throws.
    init(_ store: any IntakeStore) throws {
        let applied = Set(try Self.proofs(store, .readingApplied))
        for proof in try Self.proofs(store, .readingProved) where readings.add(proof) && !applied.contains(proof) {
            unapplied.append(proof)
        }
        for json in try Self.parsed(store, .readingAssumed) {
            guard let emitter = Self.emitter(json), let part = json["part"]?.string else { continue }
            if let reading = AssumedReading(emitter: emitter, part: part) { assumed.insert(reading) }
        }
        if let note = try store.firstNote(ofType: SystemNote.Kind.settlingMarked.rawValue) {
            isMarkNoted = true
            let json = try? JSONReader.parse(note.data)
            unmarkedPositionMax = json?["unmarked_position_max"]?.integer ?? 0
            isEveryAssumptionNoted = json?["assumptions"]?.string == "noted"
        } else if try store.firstNote(ofType: SystemNote.Kind.traceSettled.rawValue) != nil {
            unmarkedPositionMax = store.position
            isEveryAssumptionNoted = false
        }
    }

    private static func parsed(_ store: any IntakeStore, _ kind: SystemNote.Kind) throws -> [JSONValue] {
        try store.notes(ofType: kind.rawValue).compactMap { try? JSONReader.parse($0.data) }
    }

    private static func proofs(_ store: any IntakeStore, _ kind: SystemNote.Kind) throws -> [UsageProof] {
        try parsed(store, kind).compactMap(proof)
    }

    /// The note that from now on derived events have marked ids; nil where the log has it.
    mutating func markNote() -> SystemNote? {
        guard !isMarkNoted else { return nil }
        isMarkNoted = true
        var json = JSONWriter()
        json.beginObject()
        if isEveryAssumptionNoted { json.member("assumptions", "noted") }
        json.member("unmarked_position_max", Int(unmarkedPositionMax))
        json.endObject()
        return SystemNote(.settlingMarked, data: String(decoding: json.bytes, as: UTF8.self))
    }

    /// Takes over what was read without a total of its own.
    /// - Returns: the note for the log; nil where it was known.
    mutating func learn(_ reading: AssumedReading) -> SystemNote? {
        guard assumed.count < Self.assumedMax, assumed.insert(reading).inserted else { return nil }
        return Self.note(.readingAssumed, reading.emitter) { $0.member("part", reading.part.rawValue) }
    }

    /// Takes over what a call's total proved.
    /// - Returns: notes for the log, none where it was known; and whether what was settled before has to settle again.
    mutating func learn(_ proof: UsageProof) -> (notes: [SystemNote], concernsOthers: Bool) {
        guard readings.add(proof) else { return ([], false) }
        let note = Self.note(.readingProved, proof)
        let concernsOthers =
            !isEveryAssumptionNoted || assumed.count >= Self.assumedMax
            || assumed.contains(AssumedReading(proof.emitter, proof.part))
        return (concernsOthers ? [note] : [note, Self.appliedNote(proof)], concernsOthers)
    }

    /// The note that every trace of before knows a proof.
    static func appliedNote(_ proof: UsageProof) -> SystemNote { note(.readingApplied, proof) }

    private static func note(_ kind: SystemNote.Kind, _ proof: UsageProof) -> SystemNote {
        note(kind, proof.emitter) { json in
            json.member("part", proof.part.rawValue)
            json.member("reading", proof.reading.rawValue)
        }
    }

    private static func note(
        _ kind: SystemNote.Kind, _ emitter: UsageEmitter, _ addRest: (inout JSONWriter) -> Void
    ) -> SystemNote {
        var json = JSONWriter()
        json.beginObject()
        json.member("instrumentation_name", emitter.scope.text)
        json.member("instrumentation_version", emitter.version.text)
        if let model = emitter.model { json.member("model", model.text) }
        json.member("provider", emitter.provider.text)
        if let tenant = emitter.tenant { json.member("tenant", tenant.text) }
        addRest(&json)
        json.endObject()
        return SystemNote(kind, data: String(decoding: json.bytes, as: UTF8.self))
    }

    private static func emitter(_ json: JSONValue) -> UsageEmitter? {
        guard let scope = json["instrumentation_name"]?.string, let version = json["instrumentation_version"]?.string,
            let provider = json["provider"]?.string
        else { return nil }
        return UsageEmitter(
            scope: scope, version: version, provider: provider, model: json["model"]?.string,
            tenant: json["tenant"]?.string)
    }

    private static func proof(_ json: JSONValue) -> UsageProof? {
        guard let emitter = emitter(json), let part = json["part"]?.string, let reading = json["reading"]?.string else {
            return nil
        }
        return UsageProof(emitter: emitter, part: part, reading: reading)
    }
}
