import Dialects
import Domain
import EventStores
import Exporting
import JSONParsing
import Platform
import Projections
import Synchronization

/// Settles traces: remembers which have new spans, and when one is due reads all its spans from the store, appends what they tell of, and
/// notes in the log that it settled, by which rule. Nothing is lost with the process: a start looks for spans that were received last.
final class TraceSettlement: Sendable {
    /// Settled together, so that one read of the store and one flush serve many.
    private static let tracesPerStep = 500
    /// Spans of one trace that are looked at: more than are let in, since what is on its way when a trace is full still comes.
    private static let spansPerTrace = 2 * TraceSizes.spansMax
    /// How long one tick may settle while more is due.
    private static let tickNanosecondsMax: Int64 = 500_000_000

    private struct State {
        var pending: PendingTraces
        var sizes = TraceSizes()
        var memory = SettlingMemory()
        /// What is to be noted with the next append.
        var notes: [SystemNote] = []
        var isRecovered = false
    }

    private let rule: SettleRule
    private let store: any ServedStore
    private let clock: any Clock
    private let settler: Mutex<TraceSettler>
    private let columns: SpanColumns
    private let examples: TracedExamples
    private let answers: TracedAnswers
    private let state: Mutex<State>

    /// - Parameter examples: told of each answer, since its trace is where the spans came from.
    init(store: any ServedStore, clock: any Clock, rule: SettleRule = SettleRule(), examples: TracedExamples = TracedExamples()) {
        self.examples = examples
        answers = TracedAnswers(store.registry)
        self.rule = rule
        self.store = store
        self.clock = clock
        settler = Mutex(TraceSettler(registry: store.registry, ids: SettledIDs(secret: store.userTokenKey)))
        columns = SpanColumns(store.registry)
        state = Mutex(State(pending: PendingTraces(rule: rule)))
    }

    /// Traces that wait.
    var pendingCount: Int { state.withLock { $0.pending.count } }

    /// Takes out of a request the spans of traces that have as many as a trace may have.
    /// - Returns: how many were taken out.
    func refuseExcess(_ batch: inout EvidenceBatch) -> Int {
        state.withLock { state in
            var counts: [String: Int] = [:]
            var kept: [Int] = []
            for (row, trace) in batch.traceIDs.enumerated() {
                counts[trace, default: state.sizes.count(trace)] += 1
                if counts[trace] ?? 0 <= TraceSizes.spansMax {
                    kept.append(row)
                } else if state.sizes.refuse(trace) {
                    state.notes.append(Self.fullNote(trace))
                }
            }
            let refused = batch.traceIDs.count - kept.count
            if refused > 0 { batch.keep(kept) }
            return refused
        }
    }

    /// Notes the spans of a request that were new.
    func note(_ batch: EvidenceBatch, _ verdicts: [EventVerdict]) {
        let now = clock.monotonicNanoseconds()
        state.withLock { state in
            for (row, verdict) in verdicts.enumerated() {
                guard case .accepted = verdict else { continue }
                state.pending.note(batch.traceIDs[row], isRoot: batch.isRoot[row], receivedTime: now)
                state.sizes.note(batch.traceIDs[row])
            }
        }
    }

    /// Settles what is due; blocking, writer thread only.
    /// - Throws: what the store throws; the traces stay due.
    func tick() throws {
        try recover()
        let end = clock.monotonicNanoseconds() + Self.tickNanosecondsMax
        while try settleSome() == Self.tracesPerStep, clock.monotonicNanoseconds() < end {}
    }

    /// - Returns: how many were due, of as many as one step takes.
    private func settleSome() throws -> Int {
        let now = clock.monotonicNanoseconds()
        let (due, left, readings) = state.withLock { state in
            let due = state.pending.due(at: now, atMost: Self.tracesPerStep)
            var spans = 0
            let some = due.prefix(while: { trace in
                spans += state.sizes.count(trace.traceID)
                return spans <= TraceSizes.spansPerStep
            })
            return (Array(some.isEmpty ? due.prefix(1) : some), due.count, state.memory.readings)
        }
        var batches: [IngestBatch] = []
        var emitters: Set<UsageEmitter> = []
        if !due.isEmpty {
            let stored = try store.events(ofTraces: Set(due.map(\.traceID)), sourcePrefix: TraceSettler.sourcePrefix)
            // Together, since each batch with replacements costs a pass over the unsealed events.
            var replacements = IngestBatch()
            for (traceID, reason) in due {
                let settled = settle(stored[traceID] ?? [], readings)
                state.withLock { $0.sizes.settle(traceID, spans: settled.spans) }
                emitters.formUnion(learn(settled.proofs))
                guard !settled.isEmpty else { continue }
                replacements.replacements += settled.replacements
                tellExamples(settled.events)
                batches += Self.parts(of: settled.events).map { IngestBatch(events: $0) }
                batches.append(IngestBatch(notes: [note(traceID, reason, settled)]))
            }
            if !replacements.replacements.isEmpty { batches.append(replacements) }
        }
        let notes = state.withLock { state in
            if !batches.isEmpty, let mark = state.memory.markNote() { state.notes.append(mark) }
            defer { state.notes = [] }
            return state.notes
        }
        if !notes.isEmpty { batches.append(IngestBatch(notes: notes)) }
        if !batches.isEmpty { _ = try store.append(batches) }
        state.withLock { state in for (traceID, _) in due { state.pending.settled(traceID) } }
        try settleAgain(emitters, now)
        return due.count < left ? Self.tracesPerStep : due.count
    }

    /// So many events at a time as one record of the log holds with room to spare.
    private static func parts(of events: EventBatch) -> [EventBatch] {
        var parts: [EventBatch] = []
        for offset in events.offsets {
            let start = Int(offset)
            if parts.last.map({ $0.bytes.count > IngestBatch.bytesMax / 2 }) ?? true { parts.append(EventBatch()) }
            let last = parts.count - 1
            parts[last].offsets.append(UInt32(parts[last].bytes.count))
            parts[last].bytes += events.bytes[start..<(start + EventRowCursor.byteCount(events.bytes, at: start))]
        }
        return parts
    }

    /// Remembers what totals proved.
    /// - Returns: those of whom something is known that was not known before.
    private func learn(_ proofs: [UsageProof]) -> Set<UsageEmitter> {
        state.withLock { state in
            var emitters: Set<UsageEmitter> = []
            for proof in proofs {
                guard let note = state.memory.learn(proof) else { continue }
                state.notes.append(note)
                emitters.insert(proof.emitter)
            }
            return emitters
        }
    }

    /// What was settled before without what is known now of those who count settles again.
    private func settleAgain(_ emitters: Set<UsageEmitter>, _ now: Int64) throws {
        for emitter in emitters.sorted() {
            let traces = try store.traces(ofScope: emitter.scope, version: emitter.version)
            state.withLock { state in
                // order: each trace waits for itself.
                for trace in traces { state.pending.note(trace, isRoot: true, receivedTime: now) }
            }
        }
    }

    private func tellExamples(_ events: EventBatch) {
        let now = store.now
        for start in events.offsets where MetricCounters.isLive(events.bytes, at: Int(start), arrivalTime: now) {
            if let answer = answers.answer(events.bytes, at: Int(start)) { examples.add(answer) }
        }
    }

    private func settle(_ stored: [StoredEvent], _ readings: EmitterReadings) -> Settlement {
        var parser = JSONParser()
        var spans: [SpanRecord] = []
        var told: [StoredEvent] = []
        for event in stored {
            if EventRowCursor.type(event.row, at: 0) != store.registry.wellKnownTypes.spanReceived {
                told.append(event)
            } else if spans.count < Self.spansPerTrace,
                // Evidence that somebody else wrote and that cannot be read stays evidence.
                let span = try? SpanRecord(row: event.row, at: 0, columns: columns, parser: &parser)
            {
                spans.append(span)
            }
        }
        return settler.withLock { $0 }.settle(spans, told: told, readings: readings)
    }

    /// After a start: traces whose spans came so late that they may not have settled. Blocking; ``tick()`` does it where nobody has.
    /// - Throws: what the store throws.
    func recover() throws {
        guard !state.withLock({ $0.isRecovered }) else { return }
        let (watermark, now) = (store.status.watermark, clock.monotonicNanoseconds())
        let spans = try store.spans(receivedSince: watermark - rule.recoveryNanoseconds)
        let memory = try SettlingMemory(store)
        settler.withLock { $0.ids.unmarkedPositionMax = memory.unmarkedPositionMax }
        state.withLock { state in
            state.memory = memory
            for span in spans {
                // As long ago as it was when the store took its last event; how long nobody ran does not matter.
                state.pending.note(span.traceID, isRoot: span.isRoot, receivedTime: now - max(0, watermark - span.receivedTime))
            }
            state.isRecovered = true
        }
    }

    private static func fullNote(_ traceID: String) -> SystemNote {
        var json = JSONText()
        json.beginObject()
        json.member("spans_max", TraceSizes.spansMax)
        json.member("trace_id", traceID)
        json.endObject()
        return SystemNote(type: "trace.full", data: String(decoding: json.bytes, as: UTF8.self))
    }

    private func note(_ traceID: String, _ reason: PendingTraces.Reason, _ settled: Settlement) -> SystemNote {
        var json = JSONText()
        json.beginObject()
        json.member("events", settled.events.count)
        json.member("idle_ns", rule.idleNanoseconds)
        json.member("outdated", settled.outdated)
        json.member("quiet_ns", rule.quietNanoseconds)
        json.member("reason", reason.rawValue)
        json.member("replaced", settled.replacements.count)
        json.member("spans", settled.spans)
        json.member("trace_id", traceID)
        json.endObject()
        return SystemNote(type: "trace.settled", data: String(decoding: json.bytes, as: UTF8.self))
    }
}
