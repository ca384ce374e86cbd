import Bytes
import Columnar
import Domain
import EventStores
import Exporting
import Foundation
import Platform
import Shipments
import Shipping
import Synchronization
import Testing

/// A real store, shipped to a database in memory: tables are there as questions see them here, also after what changes
/// events that were shipped before.
@Suite struct StoreShippingTests {
    private static let start: Int64 = 1_785_574_800_000_000_000
    private static let second: Int64 = 1_000_000_000
    private static let registry = SchemaRegistry.builtIn

    private struct Events {
        private var writer = EventRowWriter()
        private var offsets: [UInt32] = []

        mutating func add(_ type: String, _ id: String, at time: Int64, _ fields: [String: EventValue]) {
            var values: [(UInt16, EventValue)] = [
                (registry.wellKnown.id, .text(id)), (registry.wellKnown.source, .text("test")),
            ]
            // order: sorted before they are written.
            for (name, value) in fields { values.append((registry.column(named: name)!, value)) }
            offsets.append(UInt32(writer.sink.count))
            writer.begin(type: registry.type(named: type)!, time: time, isTimeAbsent: false)
            for (column, value) in values.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
            writer.end()
        }

        var batch: IngestBatch { IngestBatch(events: EventRows(bytes: writer.sink.bytes, starts: offsets)) }
    }

    /// Questions, calls and answers of some conversations.
    private static func traffic(_ numbers: Range<Int>, model: String = "small") -> IngestBatch {
        var events = Events()
        for number in numbers {
            let time = start + Int64(number) * 10 * second
            let context: [String: EventValue] = [
                "tenant": .text(number % 3 == 0 ? "acme" : "other"),
                "conversation_id": .text("c\(number % 7)"), "turn": .integer(Int64(number)),
            ]
            events.add("message.received", "q\(number)", at: time, context)
            events.add(
                "llm.call", "l\(number)", at: time + second,
                context.merging([
                    "provider": .text("house"), "request_model": .text(model), "status": .text("ok"),
                    "input_tokens": .integer(100), "output_tokens": .integer(Int64(number)),
                ]) { $1 })
            events.add(
                "message.sent", "a\(number)", at: time + 2 * second,
                context.merging(["status": .text("ok"), "duration_ns": .integer(second)]) { $1 })
        }
        return events.batch
    }

    private static func prices(_ model: String) -> IngestBatch {
        var events = Events()
        for (tokenClass, price) in [("input", 150_000), ("output", 600_000)] {
            events.add(
                "price.set", "\(model) \(tokenClass)", at: start,
                [
                    "tenant": .text("default"), "provider": .text("house"), "model": .text(model),
                    "token_class": .text(tokenClass), "usd_per_million_tokens": .integer(Int64(price)),
                    "valid_from": .integer(start - 1000 * second),
                ])
        }
        return events.batch
    }

    private struct World {
        let clock = SimulatedClock(wallNanoseconds: StoreShippingTests.start + 1000 * StoreShippingTests.second)
        let store: EventStore
        let database = SimulatedDatabase()
        let shipper: Shipper

        init() throws {
            let context = StoreContext(
                fileSystem: SimulatedFileSystem(seed: 1), clock: clock, randomness: SeededRandomness(seed: 1),
                workers: InlineWorkers())
            store = try EventStore.open(at: "/data", context: context)
            var configuration = ShippingConfiguration()
            (configuration.batchEvents, configuration.batchNanoseconds) = (40, 0)
            shipper = Shipper(
                database, from: StoreShipping(store, clock: clock), configuration, clock: clock,
                randomness: SeededRandomness(seed: 2))
        }

        /// Ships all there is, and compares every table with what the store says.
        func expectSame(sourceLocation: SourceLocation = #_sourceLocation) throws {
            for _ in 0..<200 where try shipper.step().pauseMilliseconds == 0 {}
            let view = try StoreShipping(store, clock: clock).pinned()
            let state = database.state.withLock { $0 }
            #expect(state.mark.position == view.position, sourceLocation: sourceLocation)
            #expect(!shipper.sample.isCorrecting && shipper.sample.hindrance == nil, sourceLocation: sourceLocation)
            for table in view.tables {
                let request = ShippingRequest(table: table.name, columns: table.columns, conditions: [])
                let wanted = try view.rows(request).flatMap { chunk in
                    (0..<chunk.rowCount).map { row in chunk.columns.map { $0.scalar(at: row) } }
                }
                let found = (state.tables[table.name] ?? [:]).values.map(\.values)
                #expect(Set(found) == Set(wanted), "\(table.name)", sourceLocation: sourceLocation)
                #expect(found.count == wanted.count, "\(table.name)", sourceLocation: sourceLocation)
            }
        }

        func rows(_ table: String) -> Int { database.state.withLock { $0.tables[table]?.count ?? 0 } }
    }

    @Test func whatComesAndWhatIsSealedArrives() throws {
        let world = try World()
        _ = try world.store.append([Self.prices("small"), Self.traffic(0..<30)])
        try world.expectSame()
        #expect(world.rows("llm_call") == 30 && world.rows("turns") == 30 && world.rows("rollup_llm_call_1h") > 0)
        try world.store.seal()
        _ = try world.store.append([Self.traffic(30..<50)])
        try world.expectSame()
        #expect(world.rows("llm_call") == 50 && world.rows("conversations") >= 7)
    }

    @Test func pricesThatComeLateAndCorrectionsFollow() throws {
        let world = try World()
        _ = try world.store.append([Self.prices("small"), Self.traffic(0..<20), Self.traffic(20..<40, model: "late")])
        try world.store.seal()
        _ = try world.store.append([Self.traffic(40..<60, model: "late")])
        try world.expectSame()
        _ = try world.store.append([Self.prices("late")])
        try world.expectSame()
        // Another price, valid from before the calls, changes what is booked only where somebody asks for it.
        var events = Events()
        events.add(
            "price.set", "again", at: Self.start,
            [
                "tenant": .text("default"), "provider": .text("house"), "model": .text("small"),
                "token_class": .text("input"), "usd_per_million_tokens": .integer(300_000),
                "valid_from": .integer(Self.start - 900 * Self.second),
            ])
        _ = try world.store.append([events.batch])
        try world.expectSame()
        let before = world.database.state.withLock { $0.tables["llm_call"] }
        _ = try world.store.rebook(provider: "house", model: nil, times: .min..<(.max))
        try world.expectSame()
        #expect(world.database.state.withLock { $0.tables["llm_call"] } != before)
    }

    /// Whoever makes the tables himself, or wants to know them, finds them in the folder of schemas.
    @Test func theFileOfTablesIsWhatIsMade() throws {
        let world = try World()
        let tables = try StoreShipping(world.store, clock: world.clock).pinned().tables
        let text = PostgresDefinitions(schema: "plimsoll").file(tables)
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Schemas/postgresql/tables.sql")
        if ProcessInfo.processInfo.environment["REWRITE_GOLDENS"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "REWRITE_GOLDENS=1 writes it anew")
    }

    /// The same for ClickHouse: one server, and a cluster with two kinds of disks.
    @Test(arguments: ["tables", "cluster"]) func theFilesOfClickHouseAreWhatIsMade(name: String) throws {
        let world = try World()
        let tables = try StoreShipping(world.store, clock: world.clock).pinned().tables
        let cluster = ClickHouseDefinitions(
            database: "plimsoll", cluster: "plimsoll",
            tiers: ClickHouseTiers(policy: "tiered", volume: "cold", days: 90))
        let text = (name == "cluster" ? cluster : ClickHouseDefinitions(database: "plimsoll")).file(tables)
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Schemas/clickhouse/\(name).sql")
        if ProcessInfo.processInfo.environment["REWRITE_GOLDENS"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "REWRITE_GOLDENS=1 writes it anew")
    }

    @Test func namesOfStoresAreTheirsAlone() throws {
        let world = try World()
        let name = StoreShipping(world.store, clock: world.clock).name
        #expect(!name.isEmpty && name.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
    }
}
