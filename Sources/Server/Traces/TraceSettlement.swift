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
    /// Spans of one trace that are looked at; more are kept as evidence only.
    private static let spansPerTrace = 2_000
    /// How long one tick may settle while more is due.
    private static let tickNanosecondsMax: Int64 = 500_000_000

    private struct State {
        var pending: PendingTraces
        var isRecovered = false
    }

    private let rule: SettleRule
    private let store: any ServedStore
    private let clock: any Clock
    private let settler: TraceSettler
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
        settler = TraceSettler(registry: store.registry)
        columns = SpanColumns(store.registry)
        state = Mutex(State(pending: PendingTraces(rule: rule)))
    }

    /// Traces that wait.
    var pendingCount: Int { state.withLock { $0.pending.count } }

    /// Notes the spans of a request that were new.
    func note(_ batch: EvidenceBatch, _ verdicts: [EventVerdict]) {
        let now = clock.monotonicNanoseconds()
        state.withLock { state in
            for (row, verdict) in verdicts.enumerated() {
                if case .accepted = verdict { state.pending.note(batch.traceIDs[row], isRoot: batch.isRoot[row], receivedTime: now) }
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
        let due = state.withLock { $0.pending.due(at: now, atMost: Self.tracesPerStep) }
        guard !due.isEmpty else { return 0 }
        let stored = try store.events(ofTraces: Set(due.map(\.traceID)), sourcePrefix: TraceSettler.sourcePrefix)
        var batches: [IngestBatch] = []
        // Together, since each batch with replacements costs a pass over the unsealed events.
        var replacements = IngestBatch()
        for (traceID, reason) in due {
            let settled = settle(stored[traceID] ?? [])
            guard !settled.isEmpty else { continue }
            replacements.replacements += settled.replacements
            tellExamples(settled.events)
            batches.append(IngestBatch(events: settled.events, notes: [note(traceID, reason, settled)]))
        }
        if !replacements.replacements.isEmpty { batches.append(replacements) }
        if !batches.isEmpty { _ = try store.append(batches) }
        state.withLock { state in for (traceID, _) in due { state.pending.settled(traceID) } }
        return due.count
    }

    private func tellExamples(_ events: EventBatch) {
        let now = store.now
        for start in events.offsets where MetricCounters.isLive(events.bytes, at: Int(start), arrivalTime: now) {
            if let answer = answers.answer(events.bytes, at: Int(start)) { examples.add(answer) }
        }
    }

    private func settle(_ stored: [StoredEvent]) -> Settlement {
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
        return settler.settle(spans, told: told)
    }

    /// After a start: traces whose spans came so late that they may not have settled. Blocking; ``tick()`` does it where nobody has.
    /// - Throws: what the store throws.
    func recover() throws {
        guard !state.withLock({ $0.isRecovered }) else { return }
        let (watermark, now) = (store.status.watermark, clock.monotonicNanoseconds())
        let spans = try store.spans(receivedSince: watermark - rule.recoveryNanoseconds)
        state.withLock { state in
            for span in spans {
                // As long ago as it was when the store took its last event; how long nobody ran does not matter.
                state.pending.note(span.traceID, isRoot: span.isRoot, receivedTime: now - max(0, watermark - span.receivedTime))
            }
            state.isRecovered = true
        }
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
