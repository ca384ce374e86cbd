import Domain
import Projections
import Testing

/// How many of a conversation's events its rows are made of.
@Suite struct FoldCutTests {
    private static let registry = SchemaRegistry.builtIn
    private let columns = FoldColumns(registry)

    private func row(_ id: String, _ fields: [String: EventValue], time: Int64 = 1) -> [UInt8] {
        let registry = Self.registry
        var values: [(UInt16, EventValue)] = [
            (registry.wellKnown.id, .text(id)), (registry.wellKnown.source, .text("test")),
            (registry.wellKnown.tenant, .text("t")),
        ]
        for (name, value) in fields { values.append((registry.column(named: name)!, value)) }
        var writer = EventRowWriter()
        writer.begin(type: registry.type(named: "message.received")!, time: time, isTimeAbsent: false)
        for (column, value) in values.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
        writer.end()
        return writer.take()
    }

    @Test func whatTheFoldDoesNotReadWeighsNothing() {
        let plain = row("a", ["conversation_id": .text("c"), "channel": .text("web")])
        let long = row(
            "a",
            [
                "conversation_id": .text("c"), "channel": .text("web"),
                "attributes": .json("{\"a\":\"\(String(repeating: "x", count: 9_000))\"}"),
            ])
        #expect(columns.weight(of: EventRow(plain)) == columns.weight(of: EventRow(long)))
        let named = row("a", ["conversation_id": .text("c"), "channel": .text("webs")])
        #expect(columns.weight(of: EventRow(named)) == columns.weight(of: EventRow(plain)) + 1)
    }

    @Test func theFirstPositionsStay() {
        let buffer = row("a", ["conversation_id": .text("c")])
        let weight = columns.weight(of: EventRow(buffer))
        func cut(_ positions: [Int64], events: Int, bytes: Int) -> [Int64]? {
            var references = positions.map { EventReference(EventRow(buffer), buffer: 0, position: $0, cost: -1) }
            let times = columns.cut(&references, buffers: [buffer], eventsMax: events, bytesMax: bytes)
            return times.map { _ in references.map(\.position) }
        }
        #expect(cut([5, 1, 3], events: 3, bytes: .max) == nil)
        #expect(cut([5, 1, 3], events: 2, bytes: .max) == [1, 3])
        #expect(cut([5, 1, 3], events: 9, bytes: 3 * weight) == nil)
        #expect(cut([5, 1, 3], events: 9, bytes: 3 * weight - 1) == [1, 3])
        // An event alone is always folded.
        #expect(cut([5, 1, 3], events: 9, bytes: 1) == [1])
        #expect(cut([5], events: 9, bytes: 1) == nil)
    }

    /// Also of those that are left out.
    @Test func theTimesOfAllAreTold() {
        let buffers = [7, 90, -4, 8].map { row("a", ["conversation_id": .text("c")], time: $0) }
        var references = buffers.indices.map {
            EventReference(EventRow(buffers[$0]), buffer: Int32($0), position: Int64($0) + 1, cost: -1)
        }
        #expect(columns.cut(&references, buffers: buffers, eventsMax: 1, bytesMax: .max) == -4...90)
        #expect(references.map(\.position) == [1])
    }

    /// A conversation may be all that there is to do: whoever folds it looks now and then whether its rows are wanted.
    @Test func whoFoldsOneConversationLooks() throws {
        struct GivenUp: Error {}
        let count = 10_000
        // None stands in order, so that they are sorted.
        let buffers = [1, 2].map { row("\($0)", ["conversation_id": .text("c")], time: 3 - $0) }
        let all = (0..<count).map { place in
            let buffer = place < count / 2 ? 0 : 1
            return EventReference(
                EventRow(buffers[buffer]), buffer: Int32(buffer), position: Int64(place) + 1, cost: -1)
        }
        var looks = 0
        func look() { looks += 1 }
        var events = all
        #expect(columns.cut(&events, buffers: buffers, eventsMax: count - 1, bytesMax: .max, check: look) == 1...2)
        #expect(looks == 3 && events.count == count - 1)
        looks = 0
        columns.sort(&events, buffers: buffers, check: look)
        #expect(looks == 3 && events.first?.position == Int64(count / 2) + 1)
        looks = 0
        var fold = ConversationFold(columns: columns)
        var builder = ReadModelBuilder(registry: Self.registry)
        fold.fold(events, buffers: buffers, costs: [[], []], into: &builder, check: look)
        #expect(looks >= 6)
        #expect(throws: GivenUp.self) {
            var left = 2
            try fold.fold(events, buffers: buffers, costs: [[], []], into: &builder) {
                left -= 1
                if left == 0 { throw GivenUp() }
            }
        }
    }
}
