import Columnar
import Exporting
import Platform
import Shipping
import Synchronization
import Testing

/// Whatever fails, and whenever: in the end the database has what the store has, every row once.
@Suite struct ShipperTests {
    private static func configuration(batch: Int = 7) -> ShippingConfiguration {
        var configuration = ShippingConfiguration()
        (configuration.batchEvents, configuration.batchNanoseconds) = (batch, 0)
        (configuration.closingNanoseconds, configuration.readConversations, configuration.batchTraces) = (1, 2, 2)
        configuration.idleStepsMax = 3
        return configuration
    }

    private static func shipper(
        _ database: SimulatedDatabase, _ world: ShippedWorld, batch: Int = 7
    ) -> Shipper {
        Shipper(
            database, from: world, configuration(batch: batch), clock: SimulatedClock(),
            randomness: SeededRandomness(seed: 3))
    }

    /// Steps until nothing is left to do.
    private static func settle(_ shipper: Shipper, _ world: ShippedWorld) throws {
        var idle = 0
        for _ in 0..<10_000 {
            let step = try shipper.step()
            let sample = shipper.sample
            idle = step.pauseMilliseconds > 0 && sample.hindrance == nil ? idle + 1 : 0
            // For so long that the database was asked once more where it stands.
            if idle > 8, sample.waiting == 0, !sample.isCorrecting { return }
        }
        Issue.record("it never comes to rest")
    }

    /// What the database has of each table, without keys, and what it should have.
    private static func expectSame(
        _ database: SimulatedDatabase, _ world: ShippedWorld, _ comment: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let moment = ShippedMoment(state: world.state.withLock { $0 })
        let state = database.state.withLock { $0 }
        for table in ShippedWorld.tables {
            let wanted = moment.all(table.name).map { row in table.columns.map { row[$0.name] ?? .null } }
            let found = (state.tables[table.name] ?? [:]).values.map(\.values)
            #expect(
                count(found) == count(wanted), "\(table.name) \(comment?.rawValue ?? "")",
                sourceLocation: sourceLocation)
        }
    }

    private static func count(_ rows: [[Scalar]]) -> [[Scalar]: Int] {
        rows.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private static func event(_ position: Int64, _ generator: inout SeededGenerator) -> ShippedWorld.Event {
        ShippedWorld.Event(
            position: position, isCall: !generator.oneIn(3), tenant: generator.oneIn(4) ? "other" : "acme",
            conversation: generator.oneIn(8) ? nil : "c\(generator.next(below: 6))",
            trace: "t\(generator.next(below: 9))", provider: generator.oneIn(3) ? "anthropic" : "openai",
            time: Int64(generator.next(below: 6)) * ShippedWorld.hour / 2 + position,
            cost: Int64(generator.next(below: 1000)))
    }

    /// One of what may happen to a store.
    private static func happen(_ world: ShippedWorld, _ generator: inout SeededGenerator) {
        world.state.withLock { state in
            let position = Int64(state.events.count)
            switch generator.next(below: 8) {
            case 0 where position > 0:
                let provider = generator.oneIn(2) ? "openai" : "anthropic"
                for index in state.events.indices where state.events[index].provider == provider {
                    state.events[index].cost += 1
                }
                state.changes.append(
                    ShippingChange(position: position, subject: .calls(provider: provider, through: .max)))
            case 1 where position > 0:
                // Rows stand for others, some of them of another type, conversation or hour.
                let trace = "t\(generator.next(below: 9))"
                var left: [ShippingChange.Place] = []
                for index in state.events.indices where state.events[index].trace == trace {
                    let event = state.events[index]
                    if generator.oneIn(2) {
                        left.append(
                            ShippingChange.Place(
                                tenant: .text(event.tenant),
                                conversation: event.conversation.map { .text($0) } ?? .null, time: event.time))
                        state.events[index].conversation = generator.oneIn(4) ? nil : "c\(generator.next(below: 6))"
                        state.events[index].time += ShippedWorld.hour * Int64(generator.next(below: 3))
                    }
                    state.events[index].isCall.toggle()
                    state.events[index].cost += 5
                }
                state.changes.append(ShippingChange(position: position, subject: .trace(trace, left: left)))
            case 2:
                state.silentUntil += ShippedWorld.hour / 2
            default:
                for _ in 0..<generator.next(below: 9) {
                    state.events.append(event(Int64(state.events.count) + 1, &generator))
                }
            }
        }
    }

    /// Anybody may change what a destination says of how far it got: nothing is shipped then, and nothing ends.
    @Test(arguments: [Int64.max, .max - 1, .min, -1])
    func marksThatCannotBeAreTold(number: Int64) throws {
        for change in [
            { (mark: inout ShippingMark) in mark.epoch = number }, { $0.position = number },
            { $0.correctedPosition = number },
        ] {
            let (database, world) = (SimulatedDatabase(), ShippedWorld())
            var generator = SeededGenerator(seed: 5)
            world.state.withLock { $0.events = (1...40).map { Self.event($0, &generator) } }
            try Self.settle(Self.shipper(database, world), world)
            database.state.withLock { change(&$0.mark) }
            let before = database.state.withLock { $0 }
            let shipper = Self.shipper(database, world)
            for _ in 0..<5 { _ = try shipper.step() }
            #expect(shipper.sample.failures["mark"] == 5 && shipper.sample.hindrance?.contains("\(number)") == true)
            #expect(database.state.withLock { $0 } == before)
            #expect(throws: ShippingFailure.self) {
                _ = try ShippingCheck(database, from: world, Self.configuration()).compare()
            }
        }
    }

    /// A time of closing that is long before any other is one.
    @Test func closingsFollowFromAnyTime() throws {
        let (database, world) = (SimulatedDatabase(), ShippedWorld())
        var generator = SeededGenerator(seed: 5)
        world.state.withLock { $0.events = (1...40).map { Self.event($0, &generator) } }
        try Self.settle(Self.shipper(database, world), world)
        database.state.withLock { $0.mark.closedTime = .min + 1 }
        try Self.settle(Self.shipper(database, world), world)
        Self.expectSame(database, world)
        #expect(database.state.withLock { $0.mark.closedTime } == 1)
    }

    /// Rows that others put there may be of days that no time here has.
    @Test func daysBeginWhereTimesCanBe() {
        #expect(DigestRequest.start(of: 0) == 0 && DigestRequest.start(of: -1) == -DigestRequest.day)
        #expect(DigestRequest.start(of: 106_751) == 106_751 * DigestRequest.day)
        for stretch in [106_752, 2_932_896, -106_753, DigestRequest.noDay, .max, .min] {
            #expect(DigestRequest.start(of: stretch) == nil, "\(stretch)")
        }
    }

    @Test func everythingArrives() throws {
        let (database, world) = (SimulatedDatabase(), ShippedWorld())
        var generator = SeededGenerator(seed: 5)
        world.state.withLock { $0.events = (1...40).map { Self.event($0, &generator) } }
        let shipper = Self.shipper(database, world)
        try Self.settle(shipper, world)
        Self.expectSame(database, world)
        #expect(shipper.sample.shipments >= 6 && shipper.sample.failures.isEmpty)
        #expect(database.state.withLock { $0.mark.position } == 40)
        // Where there is nothing to ship it is asked now and then where it stands, and nothing else.
        let calls = database.calls.withLock { $0 }
        for _ in 0..<6 { #expect(try shipper.step().pauseMilliseconds > 0) }
        #expect(database.calls.withLock { $0 } - calls <= 4)
    }

    /// What happens to the store, faults at any call, ends of the process, and a database that is put back to an
    /// earlier state of its own, in an order that is drawn.
    @Test(arguments: 1...60) func whateverFails(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let world = ShippedWorld()
        let database = SimulatedDatabase(seed: seed, faultOneIn: 3 + generator.next(below: 30))
        var shipper = Self.shipper(database, world, batch: 1 + generator.next(below: 12))
        var kept = database.state.withLock { $0 }
        for _ in 0..<60 {
            Self.happen(world, &generator)
            for _ in 0..<generator.next(below: 5) { _ = try shipper.step() }
            switch generator.next(below: 12) {
            // The process ends: what it knew is gone.
            case 0: shipper = Self.shipper(database, world, batch: 1 + generator.next(below: 12))
            case 1: kept = database.state.withLock { $0 }
            // The last transactions are lost with the server that had them.
            case 2 where kept.source != nil: database.state.withLock { $0 = kept }
            default: break
            }
        }
        database.faults.withLock { $0.oneIn = 0 }
        try Self.settle(shipper, world)
        // Whoever begins anew finds nothing to do, and what is brought once more changes nothing.
        Self.expectSame(database, world, "seed \(seed)")
        let before = database.state.withLock { $0.tables }
        database.state.withLock { state in
            state.mark.position = Int64(generator.next(below: Int(state.mark.position) + 1))
            state.mark.receivedTime = nil
            state.mark.epoch += 1
        }
        try Self.settle(Self.shipper(database, world), world)
        #expect(database.state.withLock { $0.tables } == before)
    }

    @Test func twoThatShipDoNotUndoEachOther() throws {
        let (database, world) = (SimulatedDatabase(), ShippedWorld())
        var generator = SeededGenerator(seed: 9)
        world.state.withLock { $0.events = (1...30).map { Self.event($0, &generator) } }
        let (one, other) = (Self.shipper(database, world), Self.shipper(database, world))
        for _ in 0..<20 {
            _ = try one.step()
            _ = try other.step()
        }
        try Self.settle(one, world)
        Self.expectSame(database, world)
        #expect((one.sample.failures["moved"] ?? 0) + (other.sample.failures["moved"] ?? 0) > 0)
    }

    @Test func aDatabaseOfAnotherStoreOrOfALaterOneIsLeftAlone() throws {
        let (database, world) = (SimulatedDatabase(), ShippedWorld())
        var generator = SeededGenerator(seed: 2)
        world.state.withLock { $0.events = (1...10).map { Self.event($0, &generator) } }
        try Self.settle(Self.shipper(database, world), world)
        let stranger = Self.shipper(database, ShippedWorld(name: "b2"))
        #expect(try stranger.step().complaint?.contains("another store") == true)
        // The same is said once, and it is looked again only seldom.
        let again = try stranger.step()
        #expect(again.complaint == nil && again.pauseMilliseconds >= 30_000)
        world.state.withLock { $0.events.removeLast(3) }
        let step = try Self.shipper(database, world).step()
        #expect(step.complaint?.contains("position 10") == true)
        // It goes on from there, and is no other than it was.
        world.state.withLock { state in
            for position in Int64(8)...15 {
                var event = Self.event(position, &generator)
                event.received = 1000 + position
                state.events.append(event)
            }
        }
        let later = try Self.shipper(database, world).step()
        #expect(later.complaint?.contains("another event at position 10") == true)
        #expect(database.state.withLock { $0.mark.position } == 10)
    }

    @Test func whatDiffersIsSeenAndPutRight() throws {
        let (database, world) = (SimulatedDatabase(), ShippedWorld())
        var generator = SeededGenerator(seed: 4)
        world.state.withLock { $0.events = (1...50).map { Self.event($0, &generator) } }
        try Self.settle(Self.shipper(database, world), world)
        let check = ShippingCheck(database, from: world, Self.configuration())
        let same = try check.compare()
        #expect(same.findings.isEmpty && same.mark.position == 50 && same.rows > 50)
        // Somebody loses rows, changes one, and makes one up.
        database.state.withLock { state in
            for name in ["llm_call", "turns", "conversations"] {
                guard let key = state.tables[name]?.keys.min() else { continue }
                state.tables[name]?[key] = nil
            }
            if let key = state.tables["tool_call"]?.keys.min() {
                state.tables["tool_call"]?[key]?.values[3] = .text("nobody")
            }
            if let row = state.tables["conversations"]?.values.first {
                state.tables["conversations"]?[ShippedKey.of([.text("made up")])] = row
            }
        }
        let found = try check.compare().findings
        #expect(Set(found.map(\.table.name)) == ["llm_call", "turns", "conversations", "tool_call"])
        try check.repair(found)
        #expect(try check.compare().findings.isEmpty)
        Self.expectSame(database, world)
        // Whoever ships looks anew where it stands.
        try Self.settle(Self.shipper(database, world), world)
        Self.expectSame(database, world)
    }

    /// A server that goes on shipping while somebody has what differs put right does not end that.
    @Test func whoShipsMeanwhileEndsNoRepair() throws {
        let (database, world) = (SimulatedDatabase(), ShippedWorld())
        var generator = SeededGenerator(seed: 8)
        world.state.withLock { $0.events = (1...50).map { Self.event($0, &generator) } }
        try Self.settle(Self.shipper(database, world), world)
        let check = ShippingCheck(database, from: world, Self.configuration())
        database.state.withLock { $0.tables["turns"] = [:] }
        let found = try check.compare().findings
        #expect(!found.isEmpty)
        // Each third transaction finds that somebody was there before it.
        database.movesOneIn.withLock { $0 = 3 }
        try check.repair(found)
        database.movesOneIn.withLock { $0 = 0 }
        Self.expectSame(database, world)
    }

    /// A correction that was the last thing to happen is followed once, however long nothing else does.
    @Test func whatWasFollowedIsNotFollowedAgain() throws {
        let (database, world) = (SimulatedDatabase(), ShippedWorld())
        var generator = SeededGenerator(seed: 6)
        world.state.withLock { $0.events = (1...30).map { Self.event($0, &generator) } }
        let shipper = Self.shipper(database, world)
        try Self.settle(shipper, world)
        world.state.withLock { state in
            for index in state.events.indices where state.events[index].provider == "openai" {
                state.events[index].cost += 1
            }
            state.changes.append(ShippingChange(position: 30, subject: .calls(provider: "openai", through: .max)))
        }
        try Self.settle(shipper, world)
        Self.expectSame(database, world)
        let shipments = shipper.sample.shipments
        // The database is asked again and again where it stands meanwhile.
        for _ in 0..<40 { #expect(try shipper.step().pauseMilliseconds > 0) }
        #expect(shipper.sample.shipments == shipments)
    }

    /// A database that takes too long for a transaction gets smaller ones.
    @Test func whatTakesTooLongComesInSmallerPieces() throws {
        let (database, world) = (SimulatedDatabase(), ShippedWorld())
        var generator = SeededGenerator(seed: 7)
        world.state.withLock { $0.events = (1...40).map { Self.event($0, &generator) } }
        database.state.withLock { $0.rowsMax = 25 }
        let shipper = Self.shipper(database, world, batch: 40)
        for _ in 0..<200 { _ = try shipper.step() }
        Self.expectSame(database, world)
        #expect(shipper.sample.failures["timeout"] ?? 0 > 0)
    }

    /// The same of what silence closed while the database was away.
    @Test func whatSilenceClosedComesInSmallerPieces() throws {
        let (database, world) = (SimulatedDatabase(), ShippedWorld())
        world.state.withLock { state in
            state.events = (1...60).map { position in
                ShippedWorld.Event(
                    position: position, conversation: "c\(position)", trace: "t\(position)",
                    time: position * ShippedWorld.hour, cost: position)
            }
        }
        let shipper = Self.shipper(database, world, batch: 40)
        try Self.settle(shipper, world)
        world.state.withLock { $0.silentUntil = 61 * ShippedWorld.hour }
        database.state.withLock { $0.rowsMax = 25 }
        for _ in 0..<200 { _ = try shipper.step() }
        Self.expectSame(database, world)
        #expect(shipper.sample.failures["timeout"] ?? 0 > 0)
        #expect(database.state.withLock { $0.mark.closedTime } == 61 * ShippedWorld.hour)
    }

    /// Of a table of years no more than a day, or some conversations, is looked at at one time.
    @Test func whatIsComparedIsReadInPieces() throws {
        let (database, world) = (SimulatedDatabase(), ShippedWorld())
        let days: Int64 = 40
        world.state.withLock { state in
            state.events = (1...days).map { position in
                ShippedWorld.Event(
                    position: position, conversation: "c\(position / 2)", trace: "t\(position)",
                    time: position * DigestRequest.day, cost: position)
            }
        }
        try Self.settle(Self.shipper(database, world), world)
        // What was shipped is put aside, and a day of two conversations is the most of what is read from here on.
        let fresh = ShippedWorld(world.state.withLock { $0 })
        let outcome = try ShippingCheck(database, from: fresh, Self.configuration()).compare()
        #expect(outcome.findings.isEmpty && outcome.rows > 100)
        #expect(fresh.largestAnswer.value <= 7, "events are read by transactions of seven")
    }

    @Test func pausesGrowAndAreBounded() {
        var configuration = ShippingConfiguration()
        (configuration.backoffMilliseconds, configuration.backoffMillisecondsMax) = (100, 1000)
        var retry = ShippingRetry(configuration)
        let failure = ShippingFailure(.transient, "connection", "it broke")
        let pauses = (0..<40).map { _ in retry.pause(after: failure, chance: .max) }
        #expect(pauses.prefix(2).allSatisfy { $0 <= 200 } && pauses.allSatisfy { (50...1000).contains($0) })
        #expect(pauses.last.map { $0 >= 500 } == true)
        retry.succeed()
        #expect(retry.pause(after: failure, chance: 0) == 50)
        #expect(retry.pause(after: ShippingFailure(.moved, "moved", ""), chance: 7) == 0)
        #expect(retry.pause(after: ShippingFailure(.permanent, "login", ""), chance: 0) == 500)
    }
}
