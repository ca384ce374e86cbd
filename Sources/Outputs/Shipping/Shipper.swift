import Columnar
package import Exporting
package import Platform
import Synchronization

/// Brings one destination what the store has, and what of it changes later: whatever the destination says, as often as
/// it says it. Reads from the store by position, so that nothing but one transaction's rows of one table is in memory,
/// however long the destination was away.
///
/// The destination's own row says where it stands (``ShippingMark``), so that a transaction whose end nobody heard of,
/// a destination that was put back to an earlier state, and rows that are brought once more all come to the same.
///
/// Used from one thread at a time; only ``sample`` and ``stop()`` may be asked from anywhere.
package final class Shipper: Sendable {
    /// What a step brought.
    package struct Step: Sendable {
        /// How far the destination has got, where that is news: to be kept here.
        package var mark: ShippingMark?
        /// When the last event up to there was received, at the latest, ns since 1970 UTC.
        package var receivedTime: Int64 = 0
        /// Before the next step, ms.
        package var pauseMilliseconds = 0
        /// For the log: why nothing moves.
        package var complaint: String?
    }

    struct State {
        var session: (any ShippingSession)?
        var mark = ShippingMark()
        var tables: [ShippedTable] = []
        var changes = ChangeTrack(from: 0)
        var retry: ShippingRetry
        /// Events of the next transaction, less where so many were too much; of other things so much less, too.
        var eventsMax: Int
        /// Since when something waits, by the monotonic clock.
        var waitingSince: Int64?
        /// When the last event that is there was received, ns since 1970 UTC.
        var receivedTime: Int64 = 0
        /// The mark that was kept here last.
        var toldPosition: Int64?
        var walkedLast = false
        /// Looks in a row that found nothing to ship, since the destination was asked.
        var idleSteps = 0
        var complained: String?
        /// Rows of the transaction under way.
        var rows = 0
    }

    /// As marks, metrics, status and messages name it.
    package let destination: String
    let configuration: ShippingConfiguration
    private let target: any ShippingDestination
    private let source: any ShippingSource
    private let clock: any Clock
    private let randomness: any Randomness
    private let state: Mutex<State>
    private let counts: Mutex<ShippingSample>
    private let isStopped = Atomic<Bool>(false)

    /// Nothing is asked of the destination yet.
    /// - Parameter kept: how far it had got by what was kept here, and when the last event up to there was received (ns
    ///   since 1970 UTC): so much is told until the destination says more. nil: nothing was.
    package init(
        _ target: any ShippingDestination, from source: any ShippingSource, _ configuration: ShippingConfiguration,
        kept: (position: Int64, receivedTime: Int64)? = nil, clock: any Clock, randomness: any Randomness
    ) {
        (self.target, self.source, self.configuration) = (target, source, configuration)
        (self.clock, self.randomness) = (clock, randomness)
        destination = target.name
        state = Mutex(State(retry: ShippingRetry(configuration), eventsMax: max(1, configuration.batchEvents)))
        var sample = ShippingSample(destination: target.name)
        (sample.position, sample.receivedTime) = (kept?.position ?? 0, kept?.receivedTime ?? clock.wallNanoseconds())
        counts = Mutex(sample)
    }

    /// What became of it so far.
    package var sample: ShippingSample {
        var sample = counts.withLock { $0 }
        let age = max(0, clock.wallNanoseconds() - sample.receivedTime)
        if sample.waiting > 0 { sample.lagSeconds = Int(age / 1_000_000_000) }
        return sample
    }

    /// Has what is under way end soon, and nothing begin.
    package func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Whether what is under way is to end.
    private var isAbandoned: Bool { isStopped.load(ordering: .relaxed) }

    // MARK: Steps

    /// Ships one transaction where there is something to ship. Blocking.
    /// - Throws: what the store throws; nothing was shipped then.
    package func step() throws -> Step {
        try state.withLock { state in
            do {
                return try attempt(&state)
            } catch let failure as ShippingFailure {
                return step(after: failure, &state)
            } catch {
                // The transaction that was begun goes with its connection.
                state.session = nil
                throw error
            }
        }
    }

    private func attempt(_ state: inout State) throws -> Step {
        let view = try source.pinned()
        counts.withLock { $0.waiting = Int(max(0, view.position - $0.position)) }
        var step = Step()
        if state.session == nil {
            try connect(&state, view)
            state.receivedTime = try receivedTime(of: state.mark.position, view)
        }
        tell(&step, &state)
        try look(view, &state)
        guard let work = next(view, &state) else {
            report(view, state)
            state.idleSteps += 1
            // Somebody may have put the destination back to an earlier state, and nobody ships to hear of it.
            if state.idleSteps >= configuration.idleStepsMax { state.session = nil }
            step.pauseMilliseconds = configuration.pollMilliseconds
            return step
        }
        state.idleSteps = 0
        let size = try ship(work, view, &state)
        state.retry.succeed()
        state.complained = nil
        finish(work, view, &state)
        if case .events(_, let through) = work {
            let isLast = through >= view.position
            state.receivedTime = isLast ? view.receivedTime : state.mark.receivedTime ?? view.receivedTime
        }
        let now = clock.wallNanoseconds()
        counts.withLock { counts in
            counts.bytes += size.bytes
            counts.replaced += size.replaced
            counts.rows += state.rows
            counts.shipments += 1
            counts.lastSuccess = now
        }
        tell(&step, &state)
        report(view, state)
        return step
    }

    /// Has the mark be kept here where it moved.
    private func tell(_ step: inout Step, _ state: inout State) {
        guard state.toldPosition != state.mark.position else { return }
        (step.mark, step.receivedTime) = (state.mark, state.receivedTime)
        state.toldPosition = state.mark.position
    }

    /// Asks the destination where it stands.
    private func connect(_ state: inout State, _ view: any ShippingView) throws {
        let unknown = ShippingChoice.unknown(configuration.tables, of: view.tables)
        guard unknown.isEmpty else {
            throw ShippingFailure(
                .permanent, "settings", "there is no table \(unknown.joined(separator: ", ")) to ship",
                advice: "name tables of `plimsoll schemas`, or \(ShippingChoice.groups.joined(separator: ", "))")
        }
        let tables = ShippingChoice.tables(configuration.tables, of: view.tables)
        let session = try target.connect(isAbandoned: { [weak self] in self?.isAbandoned ?? true })
        let mark = try session.prepare(tables, source: source.name).checked()
        try check(mark, view)
        // What was followed stays so where nothing has moved: a connection that is made anew begins nothing anew.
        let isWhereItWasLeft = mark == state.mark
        (state.session, state.mark, state.tables) = (session, mark, tables)
        state.idleSteps = 0
        if isWhereItWasLeft { return }
        state.changes = ChangeTrack(from: mark.correctedPosition)
        if mark.position == 0 {
            // What was noted so far shows in whatever is read from now on.
            state.changes.forget(try view.changes(from: mark.correctedPosition), upTo: view.position)
        }
    }

    /// A store that was put back to an earlier state is one by what the destination has, also once it has gone on.
    private func check(_ mark: ShippingMark, _ view: any ShippingView) throws {
        func ahead(_ words: String) -> ShippingFailure {
            ShippingFailure(
                .permanent, "ahead", words,
                advice: "the store was put back to an earlier state: ship into another schema, or put the destination "
                    + "back as well")
        }
        guard mark.position <= view.position else {
            throw ahead(
                "the destination has events up to position \(mark.position), the store only up to \(view.position)")
        }
        if let there = mark.receivedTime, let here = try eventTime(of: mark.position, view), here != there {
            throw ahead("the destination has another event at position \(mark.position) than the store")
        }
    }

    private func look(_ view: any ShippingView, _ state: inout State) throws {
        state.changes.take(try view.changes(from: state.changes.from), upTo: view.position)
        state.changes.beginWalk(state.mark.position)
    }

    /// What is shipped next; nil where nothing is due.
    private func next(_ view: any ShippingView, _ state: inout State) -> ShippingWork? {
        let correction = correction(state)
        let waiting = view.position - state.mark.position
        if waiting == 0 { state.waitingSince = nil }
        let now = clock.monotonicNanoseconds()
        if waiting > 0 && state.waitingSince == nil { state.waitingSince = now }
        let isDue =
            waiting >= Int64(state.eventsMax)
            || state.waitingSince.map { now - $0 >= configuration.batchNanoseconds } ?? false
        // One after the other, so that neither keeps the other from moving.
        if isDue, correction == nil || state.walkedLast {
            state.walkedLast = false
            return .events(
                after: state.mark.position,
                through: state.mark.position + min(waiting, Int64(state.eventsMax)))
        }
        if let correction {
            state.walkedLast = true
            return correction
        }
        let closed = state.mark.closedTime
        let (silence, isLonger) = view.silentUntil.subtractingReportingOverflow(closed)
        guard closed > .min, view.silentUntil > closed, isLonger || silence >= configuration.closingNanoseconds,
            state.tables.contains(where: { $0.kind == .conversations })
        else { return nil }
        // What silence closed while the destination was away may be too much for it at one time.
        let end = isLonger ? view.silentUntil : closed + max(1, share(of: silence, state))
        return .closings(after: closed, through: end)
    }

    /// So much of something as of the events of a full transaction go in the next one.
    private func share(of whole: Int64, _ state: State) -> Int64 {
        let full = max(1, configuration.batchEvents)
        return Int64(Int128(whole) * Int128(min(state.eventsMax, full)) / Int128(full))
    }

    private func correction(_ state: State) -> ShippingWork? {
        if let walk = state.changes.walk {
            let end = min(walk.through, walk.at + Int64(state.eventsMax))
            switch walk.subject {
            case .calls(let provider, _): return .calls(provider: provider, after: walk.at, through: end)
            case .conversations, .trace: return .conversations(after: walk.at, through: end)
            }
        }
        let traces = state.changes.traces(atMost: Int(max(1, share(of: Int64(configuration.batchTraces), state))))
        if traces.isEmpty { return nil }
        return .traces(
            Array(Set(traces.map(\.id))).sorted(), left: traces.flatMap(\.left), through: state.mark.position,
            notes: traces.count)
    }

    /// The work is done, and the mark is where it brought it.
    private func finish(_ work: ShippingWork, _ view: any ShippingView, _ state: inout State) {
        switch work {
        case .events(_, let through) where through >= view.position: state.waitingSince = nil
        case .events, .closings, .day: break
        case .calls(_, _, let through), .conversations(_, let through): state.changes.advance(to: through)
        case .traces(_, _, _, let notes): state.changes.finish(traces: notes)
        }
        let full = max(1, configuration.batchEvents)
        if state.eventsMax < full { state.eventsMax = min(full, state.eventsMax * 2) }
    }

    private static let reasonsOfSize: Set<String> = ["too_large", "timeout", "silence"]

    private func step(after failure: ShippingFailure, _ state: inout State) -> Step {
        state.session = nil
        var step = Step()
        if failure.kind == .abandoned {
            step.pauseMilliseconds = configuration.pollMilliseconds
            return step
        }
        // What is too much for one of them at one time, or takes it too long, comes in smaller pieces.
        if Self.reasonsOfSize.contains(failure.reason) { state.eventsMax = max(1, state.eventsMax / 2) }
        step.pauseMilliseconds = state.retry.pause(after: failure, chance: randomness.nextUInt64())
        counts.withLock { counts in
            counts.failures[failure.reason, default: 0] += 1
            counts.hindrance = failure.advice.map { "\(failure); \($0)" } ?? "\(failure)"
        }
        let text = failure.advice.map { "\(failure): \($0)" } ?? "\(failure); tried again until it succeeds"
        if failure.kind != .moved, state.complained != text {
            step.complaint = text
            state.complained = text
        }
        return step
    }

    // MARK: Shipping

    private func ship(_ work: ShippingWork, _ view: any ShippingView, _ state: inout State) throws -> ShippedSize {
        guard let session = state.session else { preconditionFailure("it is shipped over a connection") }
        state.rows = 0
        let epoch = try session.begin(at: state.mark)
        var load = ShippingLoad(view: view, session: session, tables: state.tables, configuration: configuration)
        try load.put(work)
        var mark = state.mark
        mark.epoch = epoch
        switch work {
        case .events(_, let through):
            mark.position = through
            mark.receivedTime = try eventTime(of: through, view)
        case .closings(_, let through): mark.closedTime = through
        case .calls, .conversations, .traces, .day: break
        }
        if mark.closedTime == .min { mark.closedTime = view.silentUntil }
        // What waits to be followed is asked for again by a start from the mark before.
        if state.changes.isDone { mark.correctedPosition = max(mark.correctedPosition, state.changes.from) }
        let size = try session.commit(mark)
        (state.mark, state.rows) = (mark, load.rows)
        return size
    }

    private func report(_ view: any ShippingView, _ state: State) {
        counts.withLock { counts in
            counts.position = state.mark.position
            counts.waiting = Int(max(0, view.position - state.mark.position))
            counts.receivedTime = state.receivedTime
            counts.isCorrecting = !state.changes.isDone
            counts.hindrance = nil
        }
    }

    /// When the event of a position came; where it is no longer there, when the last one came.
    private func receivedTime(of position: Int64, _ view: any ShippingView) throws -> Int64 {
        if position >= view.position { return view.receivedTime }
        return try eventTime(of: position, view) ?? view.receivedTime
    }

    /// When the event of a position came; nil: it is no longer there.
    private func eventTime(of position: Int64, _ view: any ShippingView) throws -> Int64? {
        if position <= 0 { return nil }
        let column = TableColumn(name: "received_time", type: .timestamptz)
        let request = ShippingRequest(
            table: "events", columns: [column],
            conditions: ShippingRequest.positions(after: position - 1, through: position))
        for chunk in try view.rows(request) where chunk.rowCount > 0 {
            if case .timestamptz(let time) = chunk.columns[0].scalar(at: 0) { return time }
        }
        return nil
    }
}
