import Bytes
import Columnar
import Domain
import Projections
import Testing

/// Tables of events as segments have them, others' events among them, and a rest that lies as rows.
struct ColumnTables {
    static let registry = FoldEvents.registry
    static let columns = FoldColumns(registry)

    private(set) var buffers: [[UInt8]] = []
    private(set) var costs: [[CallCost]] = []
    private(set) var tables: [EventColumns] = []
    /// Beside the tables, where these have none.
    private(set) var ids: [EventColumns?] = []
    private(set) var references: [EventReference] = []

    /// - Parameters:
    ///   - rowsOnceIn: once in so many an event lies as a row; 0: none does.
    ///   - idsApart: whether tables have no ids.
    init(
        _ name: String, _ events: [ReferenceEvent], _ random: inout SeededNumbers, rowsOnceIn: Int = 3,
        idsApart: Bool = false
    ) {
        let asRows = events.indices.filter { _ in rowsOnceIn > 0 && random.isOnce(in: rowsOnceIn) }
        addRows(name, events, asRows)
        let others = Set(events.indices).subtracting(asRows)
        for type in Set(others.map { events[$0].type }).sorted() {
            add(
                name, type, others.sorted().filter { events[$0].type == type }, of: events, &random, idsApart: idsApart)
        }
        // However they are found.
        references = random.order(references.count).map { references[$0] }
    }

    private mutating func addRows(_ name: String, _ events: [ReferenceEvent], _ indices: [Int]) {
        guard !indices.isEmpty else { return }
        var (writer, starts, own) = (EventRowWriter(), [Int](), [CallCost]())
        for index in indices {
            starts.append(writer.sink.count)
            FoldedTables.write(events[index], of: name, into: &writer)
        }
        let bytes = writer.take()
        for (index, start) in zip(indices, starts) {
            let cost = events[index].cost.map { _ in Int32(own.count) } ?? -1
            if let cost = events[index].cost { own.append(cost) }
            references.append(
                EventReference(EventRow(bytes, at: start), buffer: 0, position: Int64(index + 1), cost: cost))
        }
        buffers.append(bytes)
        costs.append(own)
    }

    private mutating func add(
        _ name: String, _ type: String, _ indices: [Int], of events: [ReferenceEvent],
        _ random: inout SeededNumbers, idsApart: Bool
    ) {
        // Many others make dictionaries of which few texts are wanted.
        let othersMax = random.pick([0, 1, 7])
        var told: [(event: ReferenceEvent, conversation: String, position: Int64)] = []
        var rows: [Int] = []
        for index in indices {
            for _ in 0..<random.next(below: othersMax + 1) {
                var other = random.pick(indices.map { events[$0] })
                other.id = "other \(told.count)"
                other.fields["channel"] = nil
                told.append((other, "other", Int64(events.count + told.count + 1)))
            }
            rows.append(told.count)
            told.append((events[index], name, Int64(index + 1)))
        }
        let isTimeAbsent = told.map(\.event.isTimeAbsent)
        let values = Self.values(told.map { ($0.event, $0.conversation) })
        func columns(_ values: [(column: UInt16, vector: Vector)]) -> EventColumns {
            EventColumns(
                type: Self.registry.type(named: type)!, rows: rows,
                times: Self.vector(told.map { .integer($0.event.time) })!,
                positions: Self.vector(told.map { .integer($0.position) })!,
                isTimeAbsent: isTimeAbsent.contains(true) ? Self.vector(isTimeAbsent.map { .boolean($0) }) : nil,
                values: values, for: Self.columns, textBytesMax: .max)!
        }
        let table = columns(idsApart ? values.filter { $0.column != Self.columns.id } : values)
        if idsApart { ids.append(columns(values.filter { $0.column == Self.columns.id })) }
        var own: [CallCost] = []
        for (place, index) in indices.enumerated() {
            let cost = events[index].cost.map { _ in Int32(own.count) } ?? -1
            if let cost = events[index].cost { own.append(cost) }
            references.append(EventReference(table, place, buffer: Int32(buffers.count), cost: cost))
        }
        buffers.append(table.texts)
        costs.append(own)
        tables.append(table)
    }

    /// The columns that the fold reads, also those without a value.
    static func values(
        _ events: [(event: ReferenceEvent, conversation: String)]
    ) -> [(column: UInt16, vector: Vector)] {
        let rows = events.map { told in
            told.event.fields.merging([
                "id": .text(told.event.id), "source": .text("test"), "conversation_id": .text(told.conversation),
            ]) { $1 }
        }
        return registry.columns.indices.filter { columns.reads(UInt16($0)) }.map { id in
            let name = registry.columns[id].name
            let vector = vector(rows.map { $0[name] })
            return (UInt16(id), vector ?? .constant(.null, type: .text, count: rows.count))
        }
    }

    /// nil where no row has a value. What is the same in all rows is a constant, as pages have it.
    private static func vector(_ values: [EventValue?]) -> Vector? {
        guard let first = values.lazy.compactMap({ $0 }).first else { return nil }
        let isSame = values.allSatisfy { $0 == first }
        var builder: ColumnBuilder
        switch first {
        case .integer(let value):
            if isSame { return .constant(.integer(value), type: .integer, count: values.count) }
            builder = ColumnBuilder(type: .integer)
        case .boolean(let value):
            if isSame { return .constant(.boolean(value), type: .boolean, count: values.count) }
            builder = ColumnBuilder(type: .boolean)
        case .text(let value):
            if isSame { return .constant(.text(value), type: .text, count: values.count) }
            builder = ColumnBuilder(type: .text)
        case .double, .json: return nil
        }
        for (row, value) in values.enumerated() {
            builder.padNulls(to: row)
            switch value {
            case .integer(let value)?: builder.append(integer: value)
            case .boolean(let value)?: builder.append(boolean: value)
            case .text(let value)?: builder.append(text: value)
            default: break
            }
        }
        builder.padNulls(to: values.count)
        return builder.finish()
    }
}

/// Events that lie as columns make the rows that they make as rows.
@Suite struct EventColumnsTests {
    private static func folded(_ told: [[ReferenceEvent]], _ random: inout SeededNumbers) -> FoldedTables {
        var folded = FoldedTables()
        for (number, events) in told.enumerated() {
            let tables = ColumnTables(
                "c\(number)", events, &random, rowsOnceIn: number % 4, idsApart: number % 3 > 0)
            folded.add(tables)
        }
        return folded
    }

    @Test(arguments: 0..<24) func columnsMakeTheRowsThatRowsMake(seed: Int) {
        var conversations = RandomConversations(random: SeededNumbers(seed: UInt64(seed)))
        let isLong = seed % 2 == 1
        let told = (0..<60).map { _ in
            // Ids that are told apart behind their first bytes alone are in the order of hashes.
            conversations.next().map { event in
                var event = event
                if isLong { event.id = "a-long-beginning-" + event.id }
                return event
            }
        }
        var rows = FoldedTables()
        for (number, events) in told.enumerated() { rows.add("c\(number)", events, Arrival(events)) }
        var columns = Self.folded(told, &conversations.random)
        let (expected, found) = (rows.lines(), columns.lines())
        #expect(found.conversations == expected.conversations, "seed \(seed)")
        #expect(found.turns == expected.turns, "seed \(seed)")
    }

    /// Whether events are left out, and which, is a matter of what they say, not of how they lie.
    @Test(arguments: 0..<8) func columnsWeighWhatRowsWeigh(seed: Int) {
        var conversations = RandomConversations(random: SeededNumbers(seed: UInt64(seed)))
        let columns = ColumnTables.columns
        for _ in 0..<40 {
            let events = conversations.next()
            let rows = ColumnTables("c", events, &conversations.random, rowsOnceIn: 1)
            let tables = ColumnTables("c", events, &conversations.random, rowsOnceIn: 0, idsApart: seed % 2 == 0)
            #expect(rows.tables.isEmpty && tables.buffers.count == tables.tables.count)
            for bytesMax in stride(from: 200, to: 8_000, by: 97) {
                func cut(_ tables: ColumnTables) -> ([Int64], ClosedRange<Int64>?) {
                    var references = tables.references
                    let times = columns.cut(
                        &references, buffers: tables.buffers, tables: tables.tables, ids: tables.ids, eventsMax: 20,
                        bytesMax: bytesMax)
                    return (references.map(\.position).sorted(), times)
                }
                let (expected, found) = (cut(rows), cut(tables))
                #expect(found.0 == expected.0 && found.1 == expected.1, "seed \(seed), \(bytesMax) bytes")
            }
        }
    }

    /// What turns come to without rows of them is what their rows come to, whenever it is asked for.
    @Test(arguments: 0..<16) func turnsAreTalliedAsTheirRowsAreSummedUp(seed: Int) {
        var conversations = RandomConversations(random: SeededNumbers(seed: UInt64(seed)))
        let (columns, registry) = (ColumnTables.columns, ColumnTables.registry)
        var fold = ConversationFold(columns: columns)
        var rows = ReadModelBuilder(registry: registry)
        var tally = ReadModelBuilder(registry: registry, talliesTurns: true)
        let wide = CallCost(costPicoUSD: 1 << 80, lowPicoUSD: 1 << 80, highPicoUSD: 1 << 81, state: .priced)
        var sum = RowSum()
        for number in 0..<150 {
            var events = conversations.next()
            guard !events.isEmpty else { continue }
            for index in events.indices where number % 7 == 3 && events[index].cost != nil { events[index].cost = wide }
            let tables = ColumnTables(
                "c\(number)", events, &conversations.random, rowsOnceIn: number % 4, idsApart: seed % 2 == 0)
            var references = tables.references
            columns.sort(&references, buffers: tables.buffers, tables: tables.tables, ids: tables.ids)
            fold.fold(
                references, buffers: tables.buffers, costs: tables.costs, tables: tables.tables, into: &rows)
            fold.fold(
                references, buffers: tables.buffers, costs: tables.costs, tables: tables.tables, into: &tally)
            if number % 40 == 0 { sum.add(tally.takeTurnSum()) }
        }
        sum.add(tally.takeTurnSum())
        let (built, others) = (rows.finish(), tally.finish())
        var expected = RowSum()
        expected.add(built.turns.columns, rowCount: built.turns.rowCount)
        #expect(sum == expected && sum.rows > 64, "seed \(seed)")
        #expect(others.turns.rowCount == 0 && others.conversations.rowCount == built.conversations.rowCount)
    }

    /// Who is to hold no more takes the events in parts; one alone is always taken.
    @Test func textsHaveAnEnd() throws {
        var event = ReferenceEvent(id: "e", type: "message.received", time: 1)
        event.fields = ["tenant": .text("default"), "channel": .text(String(repeating: "x", count: 1_000))]
        func table(rows: [Int], textBytesMax: Int) -> EventColumns? {
            let events = rows.map { row in
                var event = event
                event.id = "e\(row)"
                return (event, "c\(row)")
            }
            let times = Vector.constant(.timestamptz(1), type: .timestamptz, count: rows.count)
            return EventColumns(
                type: 0, rows: rows, times: times, positions: times, isTimeAbsent: nil,
                values: ColumnTables.values(events), for: ColumnTables.columns, textBytesMax: textBytesMax)
        }
        #expect(table(rows: [0, 1], textBytesMax: 500) == nil)
        #expect(table(rows: [0, 1], textBytesMax: 2_000) != nil)
        let one = try #require(table(rows: [0], textBytesMax: 1))
        #expect(one.count == 1 && one.texts.count >= 1_000)
    }
}
