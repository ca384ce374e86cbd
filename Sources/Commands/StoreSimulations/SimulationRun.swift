import Columnar
import Domain
import EventStores
import Hashing
import Platform

/// Lets a history happen to a store on a simulated volume, beside its model. All on one thread: it comes out the same
/// each time.
struct SimulationRun {
    static let directory = "/data"
    static let log = directory + "/log"
    static let segments = directory + "/segments"

    let history: History
    var report = SimulationReport()
    let clock: SimulatedClock
    let disk: SimulatedFileSystem
    var oracle: Oracle
    /// All that is ever sent, by id.
    let sent: [String: [PlainEvent]]
    /// Backups that were made, and all that each is to answer.
    var backups: [(number: UInt64, everything: [String])] = []
    /// Files as they were at the ends of lives.
    private var earlierFiles: [(path: String, bytes: [UInt8])] = []
    /// What ended the last life.
    private(set) var lastCrash = SimulatedFileSystem.Crash.power
    /// A call has said that nothing is taken any more.
    private var hasStopped = false
    private var faultsBefore = 0
    /// A file of the log of which a flush had failed before the step.
    private var failedFlush: String?

    init(_ history: History) {
        self.history = history
        clock = SimulatedClock(wallNanoseconds: History.start)
        disk = SimulatedFileSystem(seed: history.seed, clock: clock)
        oracle = Oracle(clock: history.clock)
        sent = Dictionary(grouping: history.batches.joined()) { $0.id }
    }

    /// The same at this place, which goes its own way from here on.
    init(copying other: SimulationRun) {
        history = other.history
        clock = SimulatedClock(wallNanoseconds: other.clock.wallNanoseconds())
        disk = SimulatedFileSystem(copying: other.disk, seed: other.history.seed)
        (oracle, sent, earlierFiles) = (other.oracle, other.sent, other.earlierFiles)
        backups = other.backups
    }

    /// - Returns: what the store did that it must not; nil: nothing.
    mutating func go() -> Violation? {
        // Closures cannot change `self`; a copy can come back.
        var run = self
        let violation = PageForm.$forced.withValue(history.form) { run.happen() }
        run.report.fingerprint = Self.fingerprint(of: run.disk)
        self = run
        return violation
    }

    private static func fingerprint(of disk: SimulatedFileSystem) -> UInt64 {
        disk.snapshot().reduce(0) { hash, file in
            hash &* 31 &+ xxh3(Array(file.path.utf8)[...]) &+ xxh3(file.bytes[...])
        }
    }

    private mutating func happen() -> Violation? {
        for life in history.lives {
            if let violation = go(on: life, concludes: false) { return violation }
        }
        return judged { run in try run.conclude() }
    }

    /// Lets one more life happen.
    /// - Parameter concludes: whether everything is looked at behind it.
    mutating func go(on life: History.Life, concludes: Bool) -> Violation? {
        judged { run in
            try run.live(life)
            run.end(life)
            if concludes { try run.conclude() }
        }
    }

    private mutating func judged(_ body: (inout SimulationRun) throws -> Void) -> Violation? {
        do {
            try body(&self)
            return nil
        } catch let violation as Violation {
            return violation
        } catch {
            return Violation(.answeredOrRefused, "with nothing amiss: \(error)")
        }
    }

    func context(_ disk: SimulatedFileSystem, _ queue: any BackgroundQueue = InlineBackgroundQueue()) -> StoreContext {
        StoreContext(
            fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: history.seed), workers: InlineWorkers(),
            sideQueue: queue)
    }

    // MARK: A life

    private mutating func live(_ life: History.Life) throws {
        faultsBefore = disk.counts.faults
        hasStopped = false
        let early = History.start + life.beginsAfter - clock.wallNanoseconds()
        if life.beginsAfter > 0, early > 0 { clock.advance(nanoseconds: early) }
        for fault in life.faults {
            if fault.effect == .lyingFlush { oracle.mayLose = true }
            disk.arm(fault)
        }
        if let room = life.room { disk.setQuota(bytes: usedBytes + room) }
        let held = HeldBackgroundQueue()
        let queue: any BackgroundQueue = life.options.holdsJobs ? held : InlineBackgroundQueue()
        let store: EventStore
        do {
            store = try EventStore.open(
                at: Self.directory, context: context(disk, queue), options: life.options.store)
        } catch {
            try judge(error)
            return
        }
        report.replayedEvents += store.recovery.replayedEvents
        if !disk.isOff { try takeUp(store, endsDoubt: true) }
        for (number, step) in life.steps.enumerated() where !disk.isOff {
            if number == life.steps.count / 2 { disk.setQuota(bytes: .max) }
            if history.clock != .stands { clock.advance(nanoseconds: 300_000_000) }
            do {
                try perform(step, life.options.store, store, held)
            } catch let violation as Violation {
                throw violation
            } catch {
                try noteDrops(store)
                try judge(error)
            }
        }
        guard !disk.isOff else { return }
        try check(store, endsDoubt: false)
        if life.ending == .close {
            do { try store.close() } catch { try judge(error) }
        }
    }

    private var usedBytes: Int { disk.snapshot().reduce(0) { $0 + $1.bytes.count } }

    private mutating func end(_ life: History.Life) {
        disk.setQuota(bytes: .max)
        if history.damage?.kind == .rollBack { earlierFiles += disk.snapshot() }
        report.calls = disk.counts.calls
        report.faults = disk.counts.faults
        report.crashes += 1
        lastCrash = disk.isOff || life.ending == .power ? .power : .process
        disk.crash(lastCrash)
    }

    /// Holds a store's events against those of the model, which has them from then on.
    /// - Parameter endsDoubt: as the model takes it: a start has just found them.
    @discardableResult
    private mutating func takeUp(_ store: EventStore, endsDoubt: Bool) throws -> StoreContents {
        let contents = StoreContents(snapshot: store.snapshot())
        let (found, corrections) = try disk.sparing { (try contents.events(sent), try contents.corrections()) }
        try noteDrops(store, found)
        try oracle.takeUp(found, corrections, endsDoubt: endsDoubt)
        return contents
    }

    /// What an error may be: of a kind that says what failed, and only where something did.
    private mutating func judge(_ error: any Error) throws(Violation) {
        if disk.isOff { return }
        guard Self.isKnown(error) else { throw Violation(.answeredOrRefused, "an error without a place: \(error)") }
        guard disk.counts.faults > faultsBefore || oracle.mayLose else {
            throw Violation(.answeredOrRefused, "nothing has failed, and yet: \(error)")
        }
        if error is any FileContentError, !oracle.mayLose {
            throw Violation(.answeredOrRefused, "nothing is damaged, and yet: \(error)")
        }
        if case .stopped? = error as? StoreError { hasStopped = true }
    }

    /// Whether an error is of a kind that says what failed.
    static func isKnown(_ error: any Error) -> Bool {
        error is StoreError || error is StorageError || error is any FileContentError || error is BackupRefusal
    }

    /// What a file was at the ends of lives, where that was something else than now.
    func rolledBack(_ path: String) -> [[UInt8]] {
        let now = disk.snapshot(of: path)
        return earlierFiles.filter { $0.path == path && $0.bytes != now }.map(\.bytes)
    }

    // MARK: Steps

    private mutating func perform(
        _ step: History.Step, _ options: StoreOptions, _ store: EventStore, _ held: HeldBackgroundQueue
    ) throws {
        report.steps += 1
        failedFlush = disk.failedFlushes.first { $0.hasPrefix(Self.log + "/events-") }
        switch step {
        case .send(let batch, let isBulk): try send(history.batches[batch], isBulk: isBulk, store)
        case .replace(let batch, let event): try replace(history.batches[batch][event], store)
        case .rebook(let model, let times): try rebook(model, times, store)
        case .seal: try store.seal()
        case .tick: try store.tick()
        case .makeReady: store.makeReady()
        case .compact: if try store.startCompaction() { report.compactions += 1 }
        case .runJob: held.runNext()
        case .letTimePass(let nanoseconds): clock.advance(nanoseconds: nanoseconds)
        case .stopClock(let nanoseconds): clock.stop(nanoseconds: nanoseconds)
        case .setClock(let by): clock.step(toWallNanoseconds: clock.wallNanoseconds() + by)
        case .retain: _ = try store.startRetention()
        case .backUp(let links, let share): try backUp(links: links, upToShare: share, options)
        }
        try noteDrops(store)
    }

    private mutating func send(_ batch: [PlainEvent], isBulk: Bool, _ store: EventStore) throws {
        let before = (log: disk.flushes(ofFilesIn: Self.log), segments: disk.flushes(ofFilesIn: Self.segments))
        let result: AppendResult
        oracle.note(sent: batch, at: clock.wallNanoseconds())
        do {
            let rows = IngestBatch(events: PlainEvent.rows(batch))
            result = isBulk ? try store.importBulk([rows])[0] : try store.append([rows])[0]
        } catch {
            oracle.failed(batch)
            throw error
        }
        try noteDrops(store)
        let accepted = try oracle.acknowledge(batch, result.verdicts)
        report.acknowledged += accepted
        // Of what segments hold it may still be said that it is there.
        if accepted > 0 { try checkSilence() }
        guard accepted > 0, !oracle.mayLose else { return }
        let (log, segments) = (
            disk.flushes(ofFilesIn: Self.log) - before.log, disk.flushes(ofFilesIn: Self.segments) - before.segments
        )
        // A segment, its state twice, and the manifest twice.
        guard isBulk ? segments >= 3 : (1...6).contains(log) else {
            throw Violation(
                .flushesCounted,
                "\(accepted) events acknowledged with \(log) flushes of the log, \(segments) of segments")
        }
    }

    /// Nothing new is acknowledged once the store has stopped, nor after a flush of the log has failed.
    private func checkSilence() throws(Violation) {
        if hasStopped { throw Violation(.silentAfterFailedFlush, "acknowledged after the store had stopped") }
        guard let failedFlush else { return }
        throw Violation(.silentAfterFailedFlush, "acknowledged after a flush of \(failedFlush) had failed")
    }

    private mutating func replace(_ event: PlainEvent, _ store: EventStore) throws {
        guard let kept = oracle.kept[event.id], kept.event.time == event.time, kept.event.type == event.type else {
            return
        }
        let replacement = EventReplacement(position: kept.position, row: event.row)
        do {
            _ = try store.append([IngestBatch(replacements: [replacement])])
        } catch {
            oracle.failed(replacement: event)
            throw error
        }
        try checkSilence()
        try noteDrops(store)
        oracle.acknowledge(replacement: event)
    }

    private mutating func rebook(_ model: String, _ times: Range<Int64>, _ store: EventStore) throws {
        let correction = Oracle.Correction(model: model, times: times, lastPosition: oracle.lastPosition)
        do {
            let rebooking = try store.rebook(provider: PlainPrice.provider, model: model, times: times)
            try noteDrops(store)
            if rebooking.calls > 0 { oracle.acknowledge(correction) }
        } catch let violation as Violation {
            throw violation
        } catch StoreError.correctionTooOld {
            try noteDrops(store)
            // What went beside calls that stay fixes these as well.
            guard history.settles || oracle.horizon.map({ times.lowerBound <= $0 }) ?? false else {
                throw Violation(.answeredOrRefused, "a correction is refused as too old, and nothing has gone")
            }
        } catch {
            oracle.failed(correction)
            throw error
        }
    }

    // MARK: The end

    /// Opens the store with nothing in its way, and holds all of it against the model and against itself.
    private mutating func conclude() throws {
        let options = history.lives.last?.options.store ?? LifeOptions().store
        let twice = SimulatedFileSystem(copying: disk, seed: history.seed ^ 1)
        let store: EventStore
        do {
            store = try EventStore.open(at: Self.directory, context: context(disk), options: options)
        } catch {
            // A disk that lied has its way.
            guard oracle.mayLose, error is StoreError || error is any FileContentError else { throw error }
            return
        }
        try check(store, endsDoubt: true)
        let findings = try findings(of: store)
        guard findings.isEmpty else { throw Violation(.computedRightly, "verify: \(findings[0])") }
        let contents = StoreContents(snapshot: store.snapshot())
        let everything = try contents.everything()
        try recoverTwice(twice, options, everything)
        if history.clock == .stands { try compareWithRecomputation(contents) }
        try store.close()
        try compareReopened(options, everything)
        try checkLastBackup(options)
        if let damage = history.damage { try tryDamage(damage, options, everything) }
    }

    /// What does not hold in a store. What a start found in the place of what a disk had lied about, and mended, is no
    /// fault of the store: rows are looked at all the same.
    private func findings(of store: EventStore) throws -> [String] {
        let findings = try store.verify().findings
        let mended = Set((store.recovery.damage + store.recovery.restored).map { "\($0)" })
        guard oracle.mayLose, !findings.isEmpty, mended.isSuperset(of: findings) else { return findings }
        return try store.verify(hasReadFiles: true).findings
    }

    /// What the model knows of a store that is open.
    private mutating func check(_ store: EventStore, endsDoubt: Bool) throws {
        let contents = try takeUp(store, endsDoubt: endsDoubt)
        try disk.sparing { try checkSums(contents) }
    }

    private func checkSums(_ contents: StoreContents) throws {
        let times = try contents.receivedTimes()
        guard zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw Violation(.positionsGrow, "received times fall in the order of positions")
        }
        if oracle.mayLose { return }
        let all = oracle.allInOrder
        let (calls, prices) = (all.filter(\.event.isCall), oracle.prices)
        let costs = try contents.costs()
        var exactCost = oracle.droppedCost
        for call in calls where oracle.kept[call.event.id] != nil {
            let (found, wanted) = (costs[call.event.id] ?? nil, oracle.cost(of: call, prices))
            exactCost += wanted ?? 0
            guard found == wanted else {
                throw Violation(
                    .computedRightly,
                    "\(call.event.id) costs \(found.map { "\($0)" } ?? "null"), not \(wanted.map { "\($0)" } ?? "null")"
                )
            }
        }
        let questions = all.count { $0.event.type == "message.received" }
        let tokens = calls.reduce(0) { $0 + Int128($1.event.integer("input_tokens") ?? 0) }
        for (table, column, wanted) in [
            ("conversations", "input_tokens", tokens), ("rollup_llm_call_1d", "input_tokens_sum", tokens),
            ("rollup_llm_call_1h", "input_tokens_sum", tokens), ("rollup_llm_call_1d", "events", Int128(calls.count)),
            ("rollup_message_received_1d", "events", Int128(questions)),
            ("rollup_llm_call_1d", "cost_usd_sum", exactCost), ("rollup_llm_call_1h", "cost_usd_sum", exactCost),
        ] {
            let found = try contents.sum(table, column)
            guard found == wanted else {
                throw Violation(.computedRightly, "\(column) of \(table) come to \(found), not \(wanted)")
            }
        }
        let accepted = contents.counted(MetricCatalogue.acceptedEvents)
        guard accepted == Int128(all.count) else {
            throw Violation(.computedRightly, "\(accepted) events counted as accepted, not \(all.count)")
        }
        guard history.clock == .stands else { return }
        let late = oracle.inOrder.filter { ($0.event.time ?? .max) < History.start - Limits.liveNanosecondsMax }.count
        let backfilled = contents.counted(MetricCatalogue.backfilledEvents)
        guard backfilled == Int128(late) else {
            throw Violation(.computedRightly, "\(backfilled) events counted as late, not \(late)")
        }
    }
}
