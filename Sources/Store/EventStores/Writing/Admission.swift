import Columnar
import Domain
import Projections

// Admission decides, for each event of a batch in order, whether it enters, and builds the block of those that do. It changes nothing:
// the writer applies the outcome only after the log has it.

/// What the writer knows when a batch arrives.
struct AdmissionContext {
    var tail: Tail
    var identities: [IdentityTable]
    var sealed: SealedState
    var absentTimes: AbsentTimes
    var nextPosition: Int64
    var receivedTime: Int64
    /// Events before it are too old; nil while retention is off.
    var horizon: Int64?
    var identityKey: UInt64
}

/// The events of one batch that enter, and what is said of each.
struct Admission {
    private(set) var verdicts: [EventVerdict] = []
    private(set) var block: TailBlock?
    private(set) var newIdentities: [(hash: UInt64, position: Int64)] = []
    private(set) var absentTimes: [AbsentTimes.Entry] = []
    private(set) var accepted = 0
    private(set) var duplicates = 0

    private var bytes: [UInt8] = []
    private var starts: [UInt32] = []
    private var costIndices: [Int32] = []
    private var costs: [CallCost] = []
    private let context: AdmissionContext
    private var seen = IdentityTable()

    /// - Throws: ``CorruptionError`` or ``StorageError`` where a look-up in segments fails.
    /// - Complexity: O(bytes of the batch), plus look-ups for events that a filter may hold.
    init(
        _ batch: EventBatch, context: AdmissionContext, layouts: EventTableLayouts, registry: SchemaRegistry, booking: inout Booking
    ) throws {
        self.context = context
        let sealed = try Self.sealedVerdicts(batch, context, layouts, registry)
        bytes.reserveCapacity(batch.bytes.count)
        verdicts.reserveCapacity(batch.count)
        for row in 0..<batch.count {
            let start = Int(batch.offsets[row])
            let hash = EventIdentity.hash(batch.bytes, at: start, key: context.identityKey)
            let verdict = try sealed[row] ?? judge(batch.bytes, start, hash)
            if case .accepted(let position) = verdict { admit(batch.bytes, start, hash, position, registry, &booking) }
            if verdict == .duplicate { duplicates += 1 }
            verdicts.append(verdict)
        }
        guard accepted > 0 else { return }
        block = TailBlock(
            bytes: bytes, starts: starts, firstPosition: context.nextPosition,
            receivedTimes: Array(repeating: context.receivedTime, count: accepted), costIndices: costIndices, costs: costs)
        bytes = []
    }

    /// Verdicts of events that stand in segments already.
    private static func sealedVerdicts(
        _ batch: EventBatch, _ context: AdmissionContext, _ layouts: EventTableLayouts, _ registry: SchemaRegistry
    ) throws -> [Int: EventVerdict] {
        guard !context.sealed.segments.isEmpty else { return [:] }
        var candidates: [SealedIdentities.Candidate] = []
        for row in 0..<batch.count {
            let start = Int(batch.offsets[row])
            let hash = EventIdentity.hash(batch.bytes, at: start, key: context.identityKey)
            let isAbsent = EventRowCursor.isTimeAbsent(batch.bytes, at: start)
            let times = isAbsent ? context.absentTimes.times(of: hash) : [EventRowCursor.time(batch.bytes, at: start)]
            for time in times
            where context.sealed.segments.contains(where: { $0.covers(time: time) && $0.mightContain(identity: hash) }) {
                candidates.append(SealedIdentities.Candidate(row: row, start: start, hash: hash, time: time))
            }
        }
        guard !candidates.isEmpty else { return [:] }
        return try SealedIdentities(candidates, bytes: batch.bytes, sealed: context.sealed, layouts: layouts, registry: registry).verdicts
    }

    /// The verdict as far as time, the unsealed events and this batch say.
    private func judge(_ source: [UInt8], _ start: Int, _ hash: UInt64) throws -> EventVerdict {
        if !EventRowCursor.isTimeAbsent(source, at: start) {
            let time = EventRowCursor.time(source, at: start)
            if time > context.receivedTime, time - context.receivedTime > Limits.futureNanosecondsMax { return .tooNew }
            if let horizon = context.horizon, time < horizon { return .tooOld }
        }
        var verdict: EventVerdict?
        for identities in context.identities {
            _ = identities.first(hash) { position in
                guard let (block, row) = context.tail.locate(position) else { return false }
                verdict = Self.compare(source, start, block.bytes, Int(block.starts[row]))
                return verdict != nil
            }
            if let verdict { return verdict }
        }
        _ = seen.first(hash) { position in
            verdict = Self.compare(source, start, bytes, Int(starts[Int(position - context.nextPosition)]))
            return verdict != nil
        }
        return verdict ?? .accepted(position: context.nextPosition + Int64(accepted))
    }

    private static func compare(_ source: [UInt8], _ start: Int, _ other: [UInt8], _ otherStart: Int) -> EventVerdict? {
        guard EventIdentity.areEqual(source, at: start, other, at: otherStart) else { return nil }
        return EventIdentity.haveEqualContent(source, at: start, other, at: otherStart) ? .duplicate : .conflict
    }

    private mutating func admit(
        _ source: [UInt8], _ start: Int, _ hash: UInt64, _ position: Int64, _ registry: SchemaRegistry, _ booking: inout Booking
    ) {
        let at = bytes.count
        bytes.append(contentsOf: source[start..<(start + EventRowCursor.byteCount(source, at: start))])
        if EventRowCursor.isTimeAbsent(source, at: start) {
            EventRowCursor.setTime(context.receivedTime, in: &bytes, at: at)
            absentTimes.append(AbsentTimes.Entry(hash: hash, time: context.receivedTime))
        }
        starts.append(UInt32(at))
        if let cost = booking.book(bytes, at: at, position: position) {
            costIndices.append(Int32(costs.count))
            costs.append(cost)
        } else {
            costIndices.append(-1)
        }
        seen.insert(hash, position: position)
        newIdentities.append((hash, position))
        accepted += 1
    }
}
