import Bytes
package import Dialects
import Domain
package import EventStores
package import Exporting
import JSONParsing
import JSONTexts
package import Platform
import Projections
import Synchronization

/// Settles traces: remembers which have new spans, and when one is due reads all its spans from the store, appends what
/// they tell of, and notes in the log that it settled, by which rule. Nothing is lost with the process: a start looks
/// for spans that were received last.
package final class TraceSettlement: Sendable {
    /// Settled together, so that one read of the store and one flush serve many.
    private static let tracesPerStep = 500
    /// Spans of one trace that are looked at: more than are let in, since what is on its way when a trace is full still
    /// comes.
    private static let spansPerTrace = 2 * TraceSizes.spansMax

    private struct State {
        var pending: PendingTraces
        var sizes = TraceSizes()
        var memory = SettlingMemory()
        var again = Resettling()
        /// What is to be noted with the next append.
        var notes: [SystemNote] = []
        var isRecovered = false
    }

    private let rule: SettleRule
    private let store: any IntakeStore
    private let clock: any Clock
    private let settler: Mutex<TraceSettler>
    private let columns: SpanColumns
    private let tell: @Sendable (TracedAnswer) -> Void
    private let words: SlippedWords?
    private let answers: TracedAnswers
    private let state: Mutex<State>

    /// - Parameters:
    ///   - words: told of words that miss known ones.
    ///   - note: told of each answer, since its trace is where the spans came from.
    package init(
        store: any IntakeStore, clock: any Clock, rule: SettleRule = SettleRule(), words: SlippedWords? = nil,
        note: @escaping @Sendable (TracedAnswer) -> Void = { _ in }
    ) {
        (tell, self.words) = (note, words)
        answers = TracedAnswers(store.registry)
        self.rule = rule
        self.store = store
        self.clock = clock
        settler = Mutex(TraceSettler(registry: store.registry, ids: DerivedEventIDs(secret: store.userTokenKey)))
        columns = SpanColumns(store.registry)
        state = Mutex(State(pending: PendingTraces(rule: rule)))
    }

    /// Traces that wait.
    package var pendingCount: Int { state.withLock { $0.pending.count } }

    /// Spans that answers do not show as calls and messages yet; nil where none wait.
    package var waiting: WaitingSpans? {
        let backlog = state.withLock { $0.pending.backlog(at: clock.monotonicNanoseconds()) }
        return backlog.traces > 0 ? WaitingSpans(backlog) : nil
    }

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
    package func note(_ batch: EvidenceBatch, _ verdicts: [EventVerdict]) {
        let now = clock.monotonicNanoseconds()
        state.withLock { state in
            for (row, verdict) in verdicts.enumerated() {
                guard case .accepted = verdict else { continue }
                state.pending.note(batch.traceIDs[row], isRoot: batch.isRoot[row], receivedTime: now)
                state.sizes.note(batch.traceIDs[row])
            }
        }
    }

    /// What one step comes to: worked out from the store as it stands, written by whoever asked for it.
    package struct Step: Sendable {
        /// To be made durable in this order.
        package var batches: [IngestBatch] = []
        /// Whether what settles was settled before; that can wait, those who send cannot.
        var isAgain = false
        fileprivate var due: [PendingTraces.Due] = []
        fileprivate var notes: [SystemNote] = []
    }

    /// Works out what some of the traces that are due come to, else some of those that settle again; blocking, one
    /// caller at a time, on any thread. What it gives is to be written, then told to ``wrote(_:)`` or ``failed(_:)``.
    /// - Returns: nil where nothing is due.
    /// - Throws: what the store throws; the traces stay due.
    func nextStep() throws -> Step? {
        try recover()
        let now = clock.monotonicNanoseconds()
        let due = state.withLock { state in
            var spans = 0
            let due = state.pending.due(at: now, atMost: Self.tracesPerStep)
            let some = due.prefix(while: { trace in
                spans += state.sizes.count(trace.traceID)
                return spans <= TraceSizes.spansPerStep
            })
            return Array(some.isEmpty ? due.prefix(1) : some)
        }
        if !due.isEmpty {
            var step = try settle(due.map { (traceID: $0.traceID, reason: $0.reason.rawValue) })
            step.due = due
            return step
        }
        if let again = try nextTracesAgain() {
            var step = try settle(again.map { (traceID: $0, reason: Resettling.reason) })
            step.isAgain = true
            return step
        }
        let step = try settle([])
        return step.batches.isEmpty ? nil : step
    }

    /// - Returns: some of the traces that were settled without what is known now of those who made their spans, none at
    ///   the end of them; nil where there are none to settle again.
    private func nextTracesAgain() throws -> [String]? {
        let position = store.position
        if let page = state.withLock({ $0.again.wantedPage(at: position) }) {
            let found = try store.traces(of: page.scopes, after: page.after, atMost: Resettling.tracesPerPage)
            state.withLock { $0.again.add(found.traceIDs, coveredPosition: found.coveredPosition) }
        }
        return state.withLock { $0.again.hasWork ? $0.again.next : nil }
    }

    /// A step is durable: what it settled is no longer due.
    func wrote(_ step: Step) {
        state.withLock { state in
            for trace in step.due { state.pending.settled(trace) }
            if step.isAgain { state.notes += state.again.settledNext() }
        }
        for batch in step.batches {
            words?.look(at: batch.events)
            tellExamples(batch.events)
        }
    }

    /// A step could not be written: what it was to settle stays due.
    package func failed(_ step: Step) { state.withLock { $0.notes = step.notes + $0.notes } }

    private func settle(_ due: [(traceID: String, reason: String)]) throws -> Step {
        let readings = state.withLock { $0.memory.readings }
        var step = Step()
        if !due.isEmpty {
            let stored = try store.events(ofTraces: Set(due.map(\.traceID)), sourcePrefix: TraceSettler.sourcePrefix)
            // Together, since each batch with replacements costs a pass over the unsealed events.
            var rest = IngestBatch()
            let settlements = due.map { settle(stored[$0.traceID] ?? [], readings) }
            learn(settlements)
            for ((traceID, reason), settled) in zip(due, settlements) {
                state.withLock { $0.sizes.settle(traceID, spans: settled.spans) }
                guard !settled.isEmpty else { continue }
                rest.replacements += settled.replacements
                rest.notes.append(note(traceID, reason, settled))
                Self.add(settled.events, to: &step.batches)
            }
            if !rest.notes.isEmpty { step.batches.append(rest) }
        }
        step.notes = state.withLock { state in
            if !step.batches.isEmpty, let mark = state.memory.markNote() { state.notes.append(mark) }
            defer { state.notes = [] }
            return state.notes
        }
        if !step.notes.isEmpty { step.batches.append(IngestBatch(notes: step.notes)) }
        return step
    }

    /// As many events in a batch as one record of the log holds with room to spare.
    private static func add(_ events: EventRows, to batches: inout [IngestBatch]) {
        for event in events {
            if batches.last.map({ $0.events.bytes.count > IngestBatch.bytesMax / 2 }) ?? true {
                batches.append(IngestBatch())
            }
            batches[batches.count - 1].events.append(event)
        }
    }

    /// Remembers what traces that settled together proved and what they assumed; what was settled without a proof
    /// settles again.
    private func learn(_ settled: [Settlement]) {
        state.withLock { state in
            // They settled without each other's proofs, so what they assumed comes first.
            for assumed in settled.lazy.flatMap(\.assumed) {
                state.notes += [state.memory.learn(assumed)].compactMap { $0 }
            }
            for proof in settled.lazy.flatMap(\.proofs) {
                let learnt = state.memory.learn(proof)
                state.notes += learnt.notes
                if learnt.concernsOthers { state.again.add(proof) }
            }
        }
    }

    private func tellExamples(_ events: EventRows) {
        let arrival = EventArrival(receivedTime: store.now)
        for event in events where arrival.isLive(event.time) {
            if let answer = answers.answer(event) { tell(answer) }
        }
    }

    private func settle(_ stored: [StoredEvent], _ readings: EmitterReadings) -> Settlement {
        var parser = JSONParser()
        var spans: [SpanRecord] = []
        var derived: [StoredEvent] = []
        for event in stored {
            let row = EventRow(event.row)
            if row.type != store.registry.wellKnownTypes.spanReceived {
                derived.append(event)
            } else if spans.count < Self.spansPerTrace,
                // Evidence that somebody else wrote and that cannot be read stays evidence.
                let span = try? SpanRecord(row: row, columns: columns, parser: &parser)
            {
                spans.append(span)
            }
        }
        return settler.withLock { $0 }.settle(spans, derived: derived, readings: readings)
    }

    /// After a start: traces whose spans came so late that they may not have settled. Blocking; ``nextStep()`` does it
    /// where nobody has.
    /// - Throws: what the store throws.
    package func recover() throws {
        guard !state.withLock({ $0.isRecovered }) else { return }
        let (watermark, now) = (store.watermark, clock.monotonicNanoseconds())
        let spans = try store.spans(receivedSince: watermark - rule.recoveryNanoseconds)
        let memory = try SettlingMemory(store)
        settler.withLock { $0.ids.unmarkedPositionMax = memory.unmarkedPositionMax }
        state.withLock { state in
            state.memory = memory
            for proof in memory.unapplied { state.again.add(proof) }
            for span in spans {
                // As long ago as it was when the store took its last event; how long nobody ran does not matter.
                state.pending.note(
                    span.traceID, isRoot: span.isRoot, receivedTime: now - max(0, watermark - span.receivedTime))
            }
            state.isRecovered = true
        }
    }

    private static func fullNote(_ traceID: String) -> SystemNote {
        var json = JSONWriter()
        json.beginObject()
        json.member("spans_max", TraceSizes.spansMax)
        json.member("trace_id", traceID)
        json.endObject()
        return SystemNote(.traceFull, data: String(decoding: json.bytes, as: UTF8.self))
    }

    private func note(_ traceID: String, _ reason: String, _ settled: Settlement) -> SystemNote {
        var json = JSONWriter()
        json.beginObject()
        if settled.doubts.isUnanswered { json.member("calls_unanswered", true) }
        json.member("events", settled.events.count)
        json.member("idle_ns", rule.idleNanoseconds)
        if !settled.left.isEmpty {
            json.key("left")
            json.array(settled.left.prefix(LeftPlace.countMax)) { place, json in
                json.object { json in
                    if let conversation = place.conversation { json.member("conversation_id", conversation.text) }
                    json.member("hour", RFC3339.render(place.hour))
                    if let tenant = place.tenant { json.member("tenant", tenant.text) }
                }
            }
        }
        if settled.doubts.isJoined { json.member("questions_joined", true) }
        json.member("quiet_ns", rule.quietNanoseconds)
        json.member("reason", reason)
        json.member("replaced", settled.replacements.count)
        json.member("spans", settled.spans)
        json.member("trace_id", traceID)
        json.endObject()
        return SystemNote(.traceSettled, data: String(decoding: json.bytes, as: UTF8.self))
    }
}
