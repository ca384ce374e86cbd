package import Access
import Asking
import Domain
import Hummingbird
import Intakes
package import OperatorLogs
import Plans
package import Platform
import Sending
import Synchronization

/// The whole server over an open store: threads, routes, listening socket. Made once, run once.
package final class PlimsollServer: Sendable {
    let store: any ServedStore
    let configuration: ServerConfiguration
    let clock: any Clock
    private let workers: any Workers
    private let tokens: TokenFile?
    let randomness: any Randomness
    let log: OperatorLog
    private let running = Mutex(Running())

    /// What exists only while the server runs.
    private struct Running {
        var front: HTTPFront?
        var intake: EventIntake?
        var queries: QueryService?
        var address: ListenAddress?
    }

    /// - Parameters:
    ///   - store: closed by ``run(onSpansListening:onListening:)`` when the server ends.
    ///   - workers: what queries run on.
    ///   - randomness: spreads attempts to send, and makes secrets of sessions.
    ///   - tokens: who is let in; without them everybody is, where the configuration allows that.
    ///   - log: hears what those who run the server should know; nil: lines of text on standard error.
    package init(
        store: any ServedStore, configuration: ServerConfiguration, clock: any Clock, workers: any Workers,
        randomness: any Randomness = SystemRandomness(), tokens: TokenFile? = nil,
        log: OperatorLog? = nil
    ) {
        self.store = store
        self.configuration = configuration
        self.clock = clock
        self.workers = workers
        self.randomness = randomness
        self.tokens = tokens
        self.log = log ?? OperatorLog(format: .text, clock: clock)
    }

    /// Serves until a signal or ``stop()`` asks for the end, lets requests under way finish, and closes the store.
    /// - Parameters:
    ///   - onSpansListening: called once with the bound address for spans, if there is one besides.
    ///   - onListening: called once with the bound address.
    /// - Throws: ``UnguardedAddressError``, ``MachineLimitError``; what reading the tokens, binding the socket or
    ///   closing the store throws.
    package func run(
        onSpansListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in },
        onListening: @escaping @Sendable (ListenAddress) async -> Void
    ) async throws {
        let (limits, book) = (configuration.limits, try checked())
        let threads = BlockingThreads(configuration.threads(decoders: workers.parallelism))
        let (log, paced, words) = (log, PacedLog(log, clock: clock), SlippedWords(store.registry, log: log))
        let health = ServerHealth(log: log, clock: clock)
        let history = RefusalHistory(now: clock.monotonicNanoseconds())
        let onRefusal: @Sendable () -> Void = { [clock] in history.happened(at: clock.monotonicNanoseconds()) }
        let intake = EventIntake(
            store: store, threads: threads.decoders, writer: threads.writer, limits: limits, clock: clock,
            health: health, words: words, onRefusal: onRefusal)
        let queries = QueryService(
            threads: threads.queries, answerThreads: threads.answers, limits: limits,
            valve: configuration.memoryValve, clock: clock)
        let (statusQueries, examples) = (statusQueries(on: threads.status), ExemplarCollector())
        let settlement = settlement(words, examples)
        let traces = TraceIntake(
            store: store, events: intake, threads: threads.decoders, limits: limits, health: health,
            settlement: settlement, onRefusal: onRefusal)
        let senders = traceSenders(examples)
        let refusals = RefusalCounts(paced, onRefusal: onRefusal) { [self] in reached }
        let (stopping, ceiling) = (QueryCancellation(), connectionCeiling())
        let access = AccessControl(
            file: tokens, book: book, isTokenRequired: configuration.isTokenRequired, clock: clock,
            threads: threads.access, log: paced, randomness: randomness)
        let routes = Routes(
            store: store, intake: intake, traces: traces, settlement: settlement, senders: senders, examples: examples,
            queries: queries, statusQueries: statusQueries, activity: activityGauge(threads), health: health,
            access: access, refusals: refusals, history: history, connections: ceiling,
            openFilesMax: configuration.openFilesMax, clock: clock, log: log, workers: workers, threads: threads,
            limits: limits, guardian: configuration.guardian, proxies: configuration.proxies,
            ownAddress: { [self] in reached }, startNanoseconds: clock.monotonicNanoseconds(),
            startWallNanoseconds: clock.wallNanoseconds(), seriesMemory: seriesMemory(limits),
            earlierStores: EarlierStores(within: queries.memory) { [clock] in clock.monotonicNanoseconds() },
            shelf: shelf(), traceLink: configuration.traceLink, ruleManager: ruleManager(),
            alertSenders: alertSenders(), shippers: shippers(), ruleFiles: configuration.ruleFiles)
        let exports = zip(senders, threads.senders).map { sender, thread in
            TraceExport(sender: sender, thread: thread, committer: intake.committer, health: health, log: log)
        }
        let settling = SettlingService(
            settlement: settlement, thread: threads.settler, committer: intake.committer, health: health, log: log)
        let front = HTTPFront(
            router: routes.router(), listen: configuration.listen, second: configuration.otlpListen, limits: limits,
            gate: { ConnectionGate(ceiling, address: $0, refusals: refusals, log: paced) }, refusals: refusals,
            proxies: configuration.proxies,
            background: [StoreTicker(store: store, thread: threads.writer, health: health), settling]
                + watches(paced, routes, threads) + exports + alerting(routes, threads, until: stopping),
            stopsOnSignals: configuration.stopsOnSignals, log: log,
            onStopping: {
                stopping.cancel()
                // Requests that take events in are waited for; a question can be asked again.
                try? await Task.sleep(for: limits.questionDrainTimeout)
                for service in [queries, statusQueries] { service.stop() }
            },
            onSecondListening: { address in
                log.notice("spans are taken here, too", [LogField(.address, "\(address)")])
                await onSpansListening(address)
            }
        ) { [self] address in
            running.withLock { $0.address = address }
            log.notice("listening", [LogField(.address, "\(address)")])
            await onListening(address)
        }
        running.withLock { $0 = Running(front: front, intake: intake, queries: queries) }
        // What fails here fails again at the first tick, which tells.
        try? await threads.settler.run { try settlement.recover() }
        try await serve(front, routes, threads, paced)
    }

    /// Serves until the end, and closes what was opened.
    private func serve(
        _ front: HTTPFront, _ routes: Routes, _ threads: BlockingThreads, _ paced: PacedLog
    ) async throws {
        let failure = await Self.failure { try await front.run() }
        routes.health.beginStopping()
        let closing = await Self.failure { try await threads.writer.run { [store] in try store.close() } }
        await threads.stop()
        paced.finish()
        if let failure = failure ?? closing { throw failure }
        let seconds = (clock.monotonicNanoseconds() - routes.startNanoseconds) / 1_000_000_000
        log.notice("stopped", [LogField(.uptimeSeconds, Int(seconds))])
    }

    /// What comes of it instead of an end; nil: it ended well.
    private static func failure(of work: () async throws -> Void) async -> (any Error)? {
        do {
            try await work()
            return nil
        } catch {
            return error
        }
    }

    /// Work that only looks and tells, and that which ships.
    private func watches(_ log: PacedLog, _ routes: Routes, _ threads: BlockingThreads) -> [any BackgroundWork] {
        let health = routes.health
        // Rules take it for both, where there are any.
        let isReadingAsked: @Sendable () -> Bool =
            routes.ruleManager == nil ? configuration.isReadingAsked : { @Sendable in false }
        var watches: [any BackgroundWork] = [
            RefusalSums(log: log, health: health, earlierStores: routes.earlierStores),
            RefusalWatch(routes: routes, thread: threads.status),
            DamageWatch(store: store, thread: threads.status, health: health),
            DashboardWatch(
                routes: routes, thread: threads.figures, health: health, isReadingAsked: isReadingAsked),
        ]
        watches += shipments(routes, threads)
        if let scrubber = store.makeScrubber() {
            let (committer, queries) = (routes.intake.committer, routes.queries)
            watches.append(
                ScrubWatch(
                    scrubber: scrubber, health: health,
                    isBusy: { committer.waitingCount > 0 || queries.admittedCount > 0 }))
        }
        if let valve = configuration.memoryValve {
            watches.append(
                MemoryWatch(
                    valve: valve, queries: routes.queries, limitBytes: configuration.limits.memoryBytesMax,
                    thread: threads.figures, log: log, health: health))
        }
        return watches
    }

    /// Says how many refusals there were that were not said one by one, and lets go of what nobody asked for again.
    private struct RefusalSums: BackgroundWork {
        let log: PacedLog
        let health: ServerHealth
        let earlierStores: EarlierStores

        func step() async throws {
            try await Task.sleep(for: .seconds(1))
            log.tick()
            earlierStores.tick()
        }

        /// Only the wait can fail.
        func failed(_ error: any Error) {}
    }

    private var budget: DescriptorBudget { configuration.budget(processors: workers.parallelism) }

    /// For as many connections as are wanted, and as the machine allows.
    private func connectionCeiling() -> ConnectionCeiling {
        let (wanted, allowed) = (configuration.limits.connectionsMax, budget.connectionsMax)
        if wanted > allowed {
            log.warning(
                "fewer connections than limits.connections (\(wanted)) are open at one time: the process may not have "
                    + "more files open",
                [LogField(.count, allowed), LogField(.advice, DescriptorBudget.advice)])
        }
        return ConnectionCeiling(
            connections: min(wanted, allowed), addresses: configuration.otlpListen == nil ? 1 : 2)
    }

    /// - Throws: ``UnguardedAddressError``; what reading the tokens throws.
    private func tokenBook() throws -> TokenBook? {
        let book = try tokens?.load()
        if let objection = configuration.objection(hasTokens: book != nil) { throw objection }
        return book
    }

    private func checkMachine() throws(MachineLimitError) {
        if let objection = budget.objection { throw objection }
    }

    /// What has to be before anything is started. Where it is not so, nobody asks the store any more.
    private func checked() throws -> TokenBook? {
        do {
            let book = try tokenBook()
            try checkMachine()
            return book
        } catch {
            // What keeps the server from starting is what to tell.
            try? store.close()
            throw error
        }
    }

    /// For what the server is asked of itself.
    private func statusQueries(on thread: ThreadPool) -> QueryService {
        var limits = configuration.limits
        (limits.queriesRunningMax, limits.queriesWaitingMax) = (1, 8)
        // The least there is: a part of the program's own.
        limits.memoryBytesMax = 0
        return QueryService(threads: thread, limits: limits, clock: clock)
    }

    /// What questions for series leave to those after them, but for what rules recorded.
    private func seriesMemory(_ limits: ServerLimits) -> SeriesMemory {
        SeriesMemory(limitBytes: limits.seriesMemoryBytesMax - limits.recordedBytesMax)
    }

    private func activityGauge(_ threads: BlockingThreads) -> ActivityGauge {
        ActivityGauge(thread: threads.scrapes, clock: clock)
    }

    private func traceSenders(_ examples: ExemplarCollector) -> [TraceSender] {
        configuration.traceExport.endpoints.map { endpoint in
            TraceSender(
                endpoint: endpoint, configuration: configuration.traceExport, store: store, clock: clock,
                randomness: randomness,
                note: examples.add)
        }
    }

    private func settlement(_ words: SlippedWords, _ examples: ExemplarCollector) -> TraceSettlement {
        TraceSettlement(store: store, clock: clock, rule: configuration.settleRule, words: words, note: examples.add)
    }

    /// Asks for the end; ``run(onSpansListening:onListening:)`` returns once it is reached.
    package func stop() async {
        await running.withLock { $0.front }?.stop()
    }

    /// Where it listens; nil before it does.
    package var address: ListenAddress? { running.withLock { $0.address } }

    /// Where senders reach it; nil before it listens.
    private var reached: String? {
        address.map { "http://\($0.reached(at: "HOST"))" }
    }

    // tests: what a running server holds is waited for.
    /// Queries that run or wait for their turn.
    package var queriesAdmitted: Int { running.withLock { $0.queries }?.admittedCount ?? 0 }

    // tests: what a running server holds is waited for.
    /// What answers hold that their clients have not fetched.
    package var answersHeldBytes: Int { running.withLock { $0.queries }?.answers.usedBytes ?? 0 }

    // tests: what a running server holds is waited for.
    /// Decoded events that wait for the disk or are being written.
    package var eventsWaiting: Int { running.withLock { $0.intake }?.gate.eventsHeld ?? 0 }
}
