import Domain
import EventStores
import Platform
import Testing

/// Reading by position for other systems, and the marks that say how far that got.
@Suite struct DeliveryTests {
    private let disk = SimulatedFileSystem(seed: 37)
    private static let types: Set<UInt16> = [
        SampleEvents.registry.wellKnownTypes.messageSent, SampleEvents.registry.wellKnownTypes.llmCall,
    ]

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private static func turn(_ number: Int64) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn("c", number, at: 3_500)
        return events.batch
    }

    /// Every page until nothing comes any more.
    private static func all(_ store: EventStore, pageEvents: Int, after: Int64 = 0) throws -> [PagedEvent] {
        var (events, position) = ([PagedEvent](), after)
        while true {
            let page = try store.snapshot().page(EventPageRequest(types: types, after: position, countMax: pageEvents))
            #expect(page.events.count <= pageEvents && page.coveredPosition >= position)
            position = page.coveredPosition
            if page.events.isEmpty { break }
            events += page.events
        }
        #expect(position == store.status.position)
        return events
    }

    @Test func pagesHaveEveryWantedEventOnceInOrderWhereverItIs() throws {
        let store = try open()
        for number in 0..<9 { _ = try store.append([Self.turn(Int64(number))]) }
        let unsealed = try Self.all(store, pageEvents: 1000)
        let wanted: [Int64] = (1...27).filter { $0 % 3 != 1 }
        #expect(unsealed.map(\.position) == wanted)
        try store.seal()
        #expect(try Self.all(store, pageEvents: 1000) == unsealed, "rows are the same in a segment")
        for number in 9..<20 { _ = try store.append([Self.turn(Int64(number))]) }
        let whole = try Self.all(store, pageEvents: 1000)
        #expect(whole.count == 40 && Array(whole.prefix(18)) == unsealed)
        for size in [1, 3, 7] { #expect(try Self.all(store, pageEvents: size) == whole) }
        for after in [1, 17, 28, 59, 60] as [Int64] {
            #expect(try Self.all(store, pageEvents: 5, after: after) == whole.filter { $0.position > after })
        }
        let since = whole[0].receivedTime + 1
        #expect(
            try store.snapshot().page(EventPageRequest(types: Self.types, after: 0, receivedSince: since, countMax: 9))
                .events.isEmpty)
        try store.close()
    }

    @Test func historyIsNoNews() throws {
        let store = try open()
        var old = SampleEvents()
        old.addTurn("old", 1, at: -10)
        _ = try store.append([old.batch, Self.turn(1)])
        #expect(try Self.all(store, pageEvents: 10).map(\.position) == [5, 6])
        try store.seal()
        #expect(try Self.all(store, pageEvents: 10).map(\.position) == [5, 6])
        try store.close()
    }

    @Test func marksSurviveCrashesAndSeals() throws {
        func mark(_ destination: String, _ position: Int64) -> IngestBatch {
            IngestBatch(marks: [
                DeliveryMark(destination: destination, position: position, receivedTime: 7_000 + position)
            ])
        }
        let store = try open()
        #expect(store.snapshot().deliveryMarks.isEmpty)
        _ = try store.append([Self.turn(1), mark("b \"x\"", 1)])
        _ = try store.append([mark("a", 2)])
        _ = try store.append([mark("b \"x\"", 3)])
        let wanted = [mark("a", 2).marks[0], mark("b \"x\"", 3).marks[0]]
        #expect(store.snapshot().deliveryMarks == wanted)
        #expect(try rows(store, "system_events", ["data"]).count == 2, "the last of each destination")
        disk.crash()
        let again = try open()
        #expect(again.snapshot().deliveryMarks == wanted)
        #expect(try rows(again, "system_events", ["data"]).count == 2)
        try again.seal()
        #expect(again.snapshot().deliveryMarks == wanted)
        _ = try again.append([mark("a", 3)])
        disk.crash()
        let last = try open()
        #expect(last.snapshot().deliveryMarks.map(\.position) == [3, 3])
        try last.seal()
        try last.close()
        #expect(try open().snapshot().deliveryMarks.map(\.position) == [3, 3])
    }
}
