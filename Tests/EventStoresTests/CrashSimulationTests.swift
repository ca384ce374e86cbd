import Bytes
import Columnar
import Domain
import EventStores
import Foundation
import Platform
import Projections
import Testing

/// The store on a disk that loses power at any call: everything acknowledged is there once, nothing is invented, and
/// every read model equals a recomputation.
///
/// `PLIMSOLL_CRASHES` sets how many power cuts are tried (default 400), `PLIMSOLL_SEED` where they begin.
@Suite struct CrashSimulationTests {
    static let environment = ProcessInfo.processInfo.environment
    static let livesPerSeed = 4

    @Test func acknowledgedEventsSurvivePowerCuts() throws {
        let crashes = Self.environment["PLIMSOLL_CRASHES"].flatMap(Int.init) ?? 400
        let first = Self.environment["PLIMSOLL_SEED"].flatMap(UInt64.init) ?? 1
        var crashed = 0
        var seed = first
        var replays = 0
        var seals = 0
        var overlaps = 0
        var (rewrites, compactions) = (0, 0)
        while crashed < crashes {
            var run = CrashRun(seed: seed)
            try run.go(lives: Self.livesPerSeed)
            crashed += run.crashes
            replays += run.replayedEvents
            seals += run.seals
            overlaps += run.overlaps
            rewrites += run.rewrites
            compactions += run.compactions
            if let problem = run.problem {
                Issue.record("seed \(seed): \(problem); repeat with PLIMSOLL_SEED=\(seed) PLIMSOLL_CRASHES=1")
                return
            }
            seed += 1
        }
        print(
            "\(crashed) power cuts from seed \(first): \(replays) events replayed, \(seals) seals, "
                + "\(overlaps) batches while one was under way, \(rewrites) rewrites and \(compactions) compactions "
                + "beside them")
        #expect(replays > 0 && seals > 0 && overlaps > 0 && rewrites > 0 && compactions > 0)
    }
}

/// One history of a store from a seed: appends, repeats, late prices, seals, power cuts, starts.
private struct CrashRun {
    let seed: UInt64
    private(set) var crashes = 0
    private(set) var replayedEvents = 0
    private(set) var seals = 0
    /// Batches taken in between the freeze of a seal and its publication.
    private(set) var overlaps = 0
    /// Segments that a second kind of job began to write again.
    private(set) var rewrites = 0
    /// How often several segments began to become one.
    private(set) var compactions = 0
    private(set) var problem: String?
    private let disk: SimulatedFileSystem
    private var generator: SeededGenerator
    private var nextEvent = 0
    /// Batches by what became of them; each is the rows and their ids.
    private var sent: [(batch: IngestBatch, ids: [String])] = []
    private var acknowledged: Set<String> = []

    init(seed: UInt64) {
        self.seed = seed
        disk = SimulatedFileSystem(seed: seed)
        generator = SeededGenerator(seed: seed)
    }

    private static var options: StoreOptions {
        var options = StoreOptions()
        options.logFileBytes = 64 << 10
        options.sealEventsMax = 24
        options.compaction = CompactionLimits(fanIn: 2, levelEvents: 8, newestLeft: 0)
        return options
    }

    /// Of every second seed all pages that are written have one form; nil: the shortest.
    private var form: PageForm? {
        let forms = PageForm.allCases
        return seed.isMultiple(of: 2) ? nil : forms[Int(seed / 2 % UInt64(forms.count))]
    }

    mutating func go(lives: Int) throws {
        for _ in 0..<lives where problem == nil {
            PageForm.$forced.withValue(form) { live() }
            disk.crash(.power)
            crashes += 1
        }
        if problem == nil { try check() }
    }

    /// Opens and works until power goes at a random call, at any stage of opening, writing or sealing.
    private mutating func live() {
        disk.arm(SimulatedFault(.powerCut, atCall: 1 + generator.next(below: 160)))
        // A seal runs beside the writer until a step of the history has its job done, or until power goes.
        let queue = HeldBackgroundQueue()
        guard
            let store = try? EventStore.open(
                at: "/data", context: context(disk, seed: seed, sideQueue: queue), options: Self.options)
        else { return }
        replayedEvents += store.recovery.replayedEvents
        for _ in 0..<14 {
            do {
                try step(store, queue)
            } catch {
                return
            }
        }
    }

    private mutating func step(_ store: EventStore, _ queue: HeldBackgroundQueue) throws {
        if queue.heldCount > 0, generator.oneIn(4) {
            queue.runNext()
            seals += 1
        }
        if store.status.segments > 0, generator.oneIn(4), try store.start(RewriteJob(index: generator.next(below: 4))) {
            rewrites += 1
        }
        if generator.oneIn(4), try store.startCompaction() { compactions += 1 }
        if queue.heldCount > 0 { overlaps += 1 }
        switch generator.next(below: 10) {
        case 0:
            try store.seal()
            seals += 1
        case 1: try store.tick()
        case 2 where !sent.isEmpty:
            let again = sent[generator.next(below: sent.count)]
            try send(again.batch, again.ids, store, isBulk: false)
        case 3: try sendNew(store, isBulk: true)
        default: try sendNew(store, isBulk: false)
        }
    }

    private mutating func sendNew(_ store: EventStore, isBulk: Bool) throws {
        var events = SampleEvents()
        var ids: [String] = []
        for _ in 0...generator.next(below: 4) {
            let conversation = "c\(generator.next(below: 6))"
            nextEvent += 1
            let turn = Int64(nextEvent)
            let model = generator.oneIn(3) ? "late-model" : "gpt-4o"
            events.addTurn(conversation, turn, at: Double(generator.next(below: 180_000)) - 100_000, model: model)
            ids += ["q", "c", "a"].map { "\(conversation)/\(turn)/\($0)" }
        }
        if generator.oneIn(8) {
            let time = Double(-200_000 + nextEvent)
            events.addPrice(
                "late-model", generator.oneIn(2) ? "input" : "output",
                picoPerToken: Int64(1 + generator.next(below: 9_999)), at: time)
        }
        let batch = events.batch
        sent.append((batch, ids))
        try send(batch, ids, store, isBulk: isBulk)
    }

    private mutating func send(_ batch: IngestBatch, _ ids: [String], _ store: EventStore, isBulk: Bool) throws {
        let result = isBulk ? try store.importBulk([batch])[0] : try store.append([batch])[0]
        guard result.verdicts.allSatisfy({ if case .accepted = $0 { true } else { $0 == .duplicate } }) else {
            problem = "a batch got \(result.verdicts)"
            return
        }
        acknowledged.formUnion(ids)
    }

    private mutating func check() throws {
        let store = try EventStore.open(at: "/data", context: context(disk, seed: seed), options: Self.options)
        defer { try? store.close() }
        let found = try rows(store, "events", ["position", "id", "type"])
        let ids = found.map { $0.split(separator: "\"")[1] }.map(String.init)
        if Set(ids).count != ids.count { problem = "an event is there twice" }
        if !acknowledged.isSubset(of: Set(ids)) {
            problem = "lost: \(acknowledged.subtracting(ids).sorted().prefix(3))"
        }
        for (batch, batchIDs) in sent
        where batchIDs.contains(where: Set(ids).contains) && !batchIDs.allSatisfy(Set(ids).contains) {
            problem = "a batch of \(batch.events.count) is there in part"
        }
        let positions = try rows(store, "events", ["position"]).compactMap { Int64($0.filter(\.isNumber)) }.sorted()
        if positions != Array(1...Int64(max(positions.count, 1))).prefix(positions.count).map({ $0 }) {
            problem = "positions have a hole"
        }
        try compareWithRecomputation(store)
    }

    /// A second store that gets the surviving events in position order must answer the same.
    private mutating func compareWithRecomputation(_ store: EventStore) throws {
        var order: [(position: Int64, id: String)] = []
        let source = store.snapshot().table(named: "events")!
        let columns = ["position", "id"].map { name in source.columns.firstIndex { $0.name == name }! }
        for morsel in try source.morsels(for: ScanRequest(columns: columns)) {
            let vectors = try columns.map { try morsel.column($0) }
            for row in 0..<morsel.rowCount {
                if case .integer(let position) = vectors[0].scalar(at: row),
                    case .text(let id) = vectors[1].scalar(at: row)
                {
                    order.append((position, id))
                }
            }
        }
        var byID: [String: (IngestBatch, Int)] = [:]
        for (batch, _) in sent {
            for (index, row) in batch.events.enumerated() {
                byID[String(decoding: row.id, as: UTF8.self)] = (batch, index)
            }
        }
        var all = EventRows()
        for (_, id) in order.sorted(by: { $0.position < $1.position }) {
            guard let (batch, index) = byID[id] else {
                problem = "invented: \(id)"
                return
            }
            all.append(batch.events[index])
        }
        let fresh = try EventStore.open(
            at: "/data", context: context(SimulatedFileSystem(seed: 1), seed: 1), options: EventStoreTests.options())
        defer { try? fresh.close() }
        if all.count > 0 { _ = try fresh.append([IngestBatch(events: all)]) }
        for (table, columns) in [
            ("turns", EventStoreTests.turnColumns), ("conversations", EventStoreTests.conversationColumns),
            ("llm_call", EventStoreTests.callColumns),
        ] {
            let (found, wanted) = (try rows(store, table, columns), try rows(fresh, table, columns))
            guard found != wanted else { continue }
            let (more, less) = (found.first { !wanted.contains($0) }, wanted.first { !found.contains($0) })
            problem = "\(table) differs from its recomputation: \(more ?? "nothing") instead of \(less ?? "nothing")"
        }
        if store.snapshot().counters.families != fresh.snapshot().counters.families {
            problem = "the counters differ from their recomputation"
        }
    }
}
