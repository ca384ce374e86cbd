import Asking
import Domain
import EventStores
import Plans
import Platform
import Synchronization
import Testing

/// Stores as they were known earlier, for many questions at one time.
@Suite struct EarlierStoresTests {
    private final class Watch: Sendable { let time = Atomic<Int64>(0) }

    private static let now = RollupEvents.start + 41 * RollupEvents.hour

    /// 80 events in a segment, and 40 that no segment holds.
    private static func asked() throws -> AskedStore {
        let asked = try AskedStore(SimulatedFileSystem(seed: 1))
        for part in 0..<3 {
            var events = RollupEvents()
            for index in 0..<40 {
                let fields: [String: EventValue] = ["tenant": .text("acme"), "tool": .text("t")]
                events.add("tool.call", id: "\(part)-\(index)", time: RollupEvents.start, fields)
            }
            _ = try asked.store.append([events.batch])
            if part == 1 { try asked.store.seal() }
        }
        return asked
    }

    private static func known(_ asked: AskedStore, _ position: Int64, _ options: QueryOptions) throws -> KnownStore {
        try KnownStore(
            at: .position(position), of: asked.store.exportReader(in: .min ..< .max), asked.store.registry, now: now,
            workers: InlineWorkers(), within: options)
    }

    private static func options(_ pool: MemoryPool) -> QueryOptions {
        var options = QueryOptions()
        options.memoryPool = pool
        return options
    }

    @Test func questionsAtOneMomentShareAStoreAsLongAsThereIsRoom() throws {
        let (asked, watch, pool) = (try Self.asked(), Watch(), MemoryPool(limitBytes: 200 << 20))
        let options = Self.options(pool)
        let stores = EarlierStores(within: pool) { watch.time.load(ordering: .relaxed) }
        var built = 0
        func ask(_ position: Int64) throws -> String {
            let known = try stores.store(at: .position(position), within: options) {
                built += 1
                return try Self.known(asked, position, options)
            }
            return EarlierSeries(known, at: .position(position), upTo: .max, within: options).remark
        }
        #expect(try ask(50) == "as it was known at position 50")
        let held = pool.usedBytes
        #expect(held > 0)
        #expect(try ask(50) == "as it was known at position 50")
        #expect(built == 1 && pool.usedBytes == held)
        // Another moment takes its place, until a minute is over.
        #expect(try ask(60) == "as it was known at position 60")
        watch.time.store(59_999_999_999, ordering: .relaxed)
        stores.tick()
        #expect(try ask(60) == "as it was known at position 60")
        #expect(built == 2 && pool.usedBytes > 0)
        watch.time.store(60_000_000_000, ordering: .relaxed)
        stores.tick()
        #expect(pool.usedBytes == 0)
        // Whoever needs all of the memory has it.
        #expect(try ask(60) == "as it was known at position 60")
        #expect(built == 3 && pool.usedBytes > 0)
        #expect(pool.take(pool.limitBytes) && pool.usedBytes == pool.limitBytes)
        pool.give(pool.limitBytes)
        // To what is not there yet more may come.
        #expect(try ask(1_000) == "as it was known at position 120")
        #expect(built == 4 && pool.usedBytes == 0)
    }

    @Test func oneIsBuiltAtATime() throws {
        let (asked, watch, pool) = (try Self.asked(), Watch(), MemoryPool(limitBytes: 200 << 20))
        let options = Self.options(pool)
        let stores = EarlierStores(
            within: pool, pause: { watch.time.add(1_000_000, ordering: .relaxed) },
            now: { watch.time.load(ordering: .relaxed) })
        var short = options
        short.timeLimitNanoseconds = 5_000_000
        let begun = short.startingClock { watch.time.load(ordering: .relaxed) }
        var second = 0
        func build() throws -> KnownStore {
            second += 1
            return try Self.known(asked, 60, options)
        }
        _ = try stores.store(at: .position(50), within: options) {
            let error = #expect(throws: QueryError.self) {
                try stores.store(at: .position(60), within: begun) { try build() }
            }
            #expect(error?.kind == .deadlineExceeded)
            return try Self.known(asked, 50, options)
        }
        #expect(second == 0)
        // One that fails holds up nobody.
        #expect(throws: CancellationError.self) {
            try stores.store(at: .position(60), within: options) { throw CancellationError() }
        }
        _ = try stores.store(at: .position(60), within: options) { try build() }
        #expect(second == 1)
    }

    @Test func whatIsToldBeforeAStepIsAtLeastWhatIsHeldAfterIt() throws {
        let asked = try Self.asked()
        var earlier = try EarlierStore(
            asked.store.exportReader(in: .min ..< .max), of: asked.store.registry, now: Self.now,
            workers: InlineWorkers())
        let (held, content) = (earlier.heldBytes, try earlier.contentBytes)
        for position in [50, 120] as [Int64] {
            var told = 0
            try earlier.advance(to: .position(position)) { told = max(told, $0.bytes) }
            let more = try earlier.contentBytes - content
            #expect(earlier.position == position && more > 0)
            #expect(earlier.heldBytes - held >= more, "of \(position) events \(more) bytes")
            #expect(told >= earlier.heldBytes)
        }
    }

    /// What goes on from moment to moment, as a replay of rules does, books what it holds at each, and gives it back.
    @Test func aStoreThatGoesOnIsBooked() throws {
        let (asked, pool) = (try Self.asked(), MemoryPool(limitBytes: 200 << 20))
        func store(_ pool: MemoryPool) throws -> AdvancingStore {
            try AdvancingStore(
                asked.store.exportReader(in: .min ..< .max), of: asked.store.registry, now: Self.now,
                workers: InlineWorkers(), within: Self.options(pool), advice: "Ask for less.")
        }
        var known: AdvancingStore? = try store(pool)
        try known?.advance(to: .position(50))
        let held = pool.usedBytes
        #expect(held > 0)
        try known?.advance(to: .position(120))
        #expect(pool.usedBytes > held)
        known = nil
        #expect(pool.usedBytes == 0)
        let small = MemoryPool(limitBytes: 1 << 20)
        let refusal = #expect(throws: SeriesRefusal.self) {
            var known = try store(small)
            try known.advance(to: .position(50))
        }
        #expect(refusal?.message.hasSuffix("and a question may have 1 MiB. Ask for less.") == true)
        #expect(small.usedBytes == 0)
    }

    @Test func whatDoesNotFitIsRefusedWithItsSize() throws {
        let (asked, pool) = (try Self.asked(), MemoryPool(limitBytes: 1 << 20))
        let refusal = #expect(throws: SeriesRefusal.self) { try Self.known(asked, 50, Self.options(pool)) }
        #expect(refusal?.kind == .unavailable && pool.usedBytes == 0)
        let message = refusal?.message ?? ""
        #expect(message.contains(" MiB, and a question may have 1 MiB. plimsoll promql --as-of MOMENT --data DIR"))
    }

    @Test func aPositionIsDigits() throws {
        #expect(try EarlierSeries.moment("position:5") == .position(5))
        for text in ["position:+5", "position:-5", "position:", "position: 5", "position:9223372036854775808"] {
            #expect(throws: SeriesRefusal.self) { try EarlierSeries.moment(text) }
        }
    }
}
