import Bytes
import Columnar
import Domain
import Projections

/// The conversations of one part on their way to rows: sealed events as columns, unsealed ones as the rows that they
/// are.
struct PartFold {
    private let registry: SchemaRegistry
    private let columns: FoldColumns
    private let limits: FoldLimits
    /// Tenant and id of each conversation, the length of the tenant before both.
    private var names = TextDictionaryBuilder()
    /// What is looked for among these.
    private var name: [UInt8] = []
    /// Of each event its conversation, by code of the name.
    private var codes: [UInt32] = []
    private var events: [EventReference] = []
    /// Rows, and behind them the texts of each table.
    private var buffers: [[UInt8]] = []
    private var costs: [[CallCost]] = []
    private var tables: [EventColumns] = []
    /// Beside the tables: the ids of their events, once a conversation needs them, and how they are read.
    private var ids: [EventColumns?] = []
    private var readIDs: [@Sendable () throws -> EventColumns] = []
    /// How often ids of a table were read.
    private(set) var idReadings = 0

    init(_ registry: SchemaRegistry, _ columns: FoldColumns, _ limits: FoldLimits) {
        (self.registry, self.columns, self.limits) = (registry, columns, limits)
    }

    /// Makes room for so many events.
    mutating func reserve(_ count: Int) {
        codes.reserveCapacity(count)
        events.reserveCapacity(count)
    }

    /// Adds some rows of a block.
    /// - Precondition: no table was added.
    mutating func add(_ block: TailBlock, rows: [Int]) {
        precondition(tables.isEmpty, "rows stand before tables")
        let buffer = Int32(buffers.count)
        for index in rows {
            let row = block.rows[index]
            guard let fields = ConversationGrouping.fields(row, registry.wellKnown) else { continue }
            codes.append(code(fields.tenant, fields.conversation, of: row.bytes))
            events.append(
                EventReference(
                    row, buffer: buffer, position: block.position(of: index),
                    cost: block.costs.place(of: index).map { Int32($0) } ?? -1))
        }
        buffers.append(block.rows.bytes)
        costs.append(block.costs.values)
    }

    /// Adds events of one group.
    mutating func add(_ group: GroupEvents) {
        let (table, buffer) = (group.table, Int32(buffers.count))
        if let slot = table.slot(ofTexts: registry.wellKnown.tenant) {
            let tenants = table.places(inSlot: slot)
            let references = table.references(buffer: buffer) { event in
                group.costs.place(of: event).map { Int32($0) } ?? -1
            }
            // By code of the id: the conversation that had it last, and where its tenant stands. That is mostly one.
            let none = EventColumns.noPlace
            var known = [(tenant: UInt64, code: UInt32)](repeating: (none, 0), count: group.conversationCount)
            for (place, tenant) in tenants.enumerated() where tenant != none {
                let id = Int(group.conversations[place])
                if known[id].tenant != tenant {
                    guard let conversation = table.text(of: registry.wellKnown.conversationID, place) else { continue }
                    let whose = EventColumns.range(ofPlace: tenant)
                    known[id] = (tenant, code(whose, conversation, of: table.texts))
                }
                codes.append(known[id].code)
                events.append(references[place])
            }
        }
        buffers.append(table.texts)
        costs.append(group.costs.values)
        tables.append(table)
        ids.append(nil)
        readIDs.append(group.ids)
    }

    private mutating func code(_ tenant: Range<Int>, _ conversation: Range<Int>, of bytes: [UInt8]) -> UInt32 {
        name.removeAll(keepingCapacity: true)
        for shift in stride(from: 0, to: UInt64.bitWidth, by: 8) {
            name.append(UInt8(truncatingIfNeeded: tenant.count >> shift))
        }
        name.append(contentsOf: bytes[tenant])
        name.append(contentsOf: bytes[conversation])
        return names.code(of: name.indices, in: name)
    }

    /// Folds all conversations.
    /// - Parameter omitted: conversations whose rows are not wanted.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading ids.
    mutating func rows(leavingOut omitted: Set<ConversationGrouping.Key>) throws -> PartRows {
        var rows = PartRows()
        var fold = ConversationFold(columns: columns)
        var builder = ReadModelBuilder(registry: registry, talliesTurns: true)
        let (order, ends) = placesByCode()
        var (own, first) = ([EventReference](), 0)
        for end in ends where end > first {
            own.removeAll(keepingCapacity: true)
            for place in order[first..<end] { own.append(events[Int(place)]) }
            first = end
            let (eventsMax, bytesMax) = (limits.conversationEventsMax, limits.conversationBytesMax)
            if !tables.isEmpty, columns.needsIDs(&own, eventsMax: eventsMax, bytesMax: bytesMax) {
                try readIDs(of: own)
            }
            let cut = columns.cut(
                &own, buffers: buffers, tables: tables, ids: ids, eventsMax: eventsMax, bytesMax: bytesMax)
            let key = cut != nil || !omitted.isEmpty ? key(of: own[0]) : nil
            let isOmitted = key.map { omitted.contains($0) } ?? false
            let isApart = cut != nil || isOmitted
            if isApart { rows.turns.add(builder.takeTurnSum()) }
            columns.sort(&own, buffers: buffers, tables: tables, ids: ids)
            fold.fold(own, buffers: buffers, costs: costs, tables: tables, cut: cut, into: &builder)
            if isApart {
                let sum = builder.takeTurnSum()
                if let key, !isOmitted { rows.cut.append((key, sum)) }
            }
        }
        rows.turns.add(builder.takeTurnSum())
        rows.conversations = builder.finish().conversations
        return rows
    }

    /// Reads the ids of all tables that some events are of.
    private mutating func readIDs(of events: [EventReference]) throws {
        for event in events {
            let table = Int(event.buffer) - (buffers.count - tables.count)
            guard table >= 0, ids[table] == nil else { continue }
            ids[table] = try readIDs[table]()
            idReadings += 1
        }
    }

    /// Places of the events, those of one conversation side by side, and where each conversation ends among them.
    private func placesByCode() -> (order: [UInt32], ends: [Int]) {
        var ends = [Int](repeating: 0, count: names.count)
        for code in codes { ends[Int(code)] += 1 }
        var next = 0
        for code in ends.indices {
            let count = ends[code]
            ends[code] = next
            next += count
        }
        var order = [UInt32](repeating: 0, count: codes.count)
        for (place, code) in codes.enumerated() {
            order[ends[Int(code)]] = UInt32(place)
            ends[Int(code)] += 1
        }
        return (order, ends)
    }

    private func key(of event: EventReference) -> ConversationGrouping.Key? {
        let rowBuffers = buffers.count - tables.count
        guard Int(event.buffer) >= rowBuffers else {
            return ConversationGrouping.key(
                EventRow(buffers[Int(event.buffer)], at: Int(event.start)), registry.wellKnown)
        }
        let table = tables[Int(event.buffer) - rowBuffers]
        func text(_ column: UInt16) -> String {
            let range = table.text(of: column, Int(event.start))
            return range.map { String(decoding: table.texts[$0], as: UTF8.self) } ?? ""
        }
        return ConversationGrouping.Key(
            tenant: text(registry.wellKnown.tenant), conversation: text(registry.wellKnown.conversationID))
    }
}

/// Events of one group as columns, with what stands beside each of them.
struct GroupEvents {
    var table: EventColumns
    var costs: RowCosts
    /// Of each event a code of its conversation's id.
    var conversations: [UInt32]
    /// All codes are below it.
    var conversationCount: Int
    /// Reads the ids of the events, which few conversations need.
    var ids: @Sendable () throws -> EventColumns
}

/// What the conversations of one part come to.
struct PartRows: Sendable {
    /// Of those that are neither cut nor left out.
    var turns = RowSum()
    /// Those that are cut and not left out, with what their turns come to.
    var cut: [(key: ConversationGrouping.Key, turns: RowSum)] = []
    /// Of all of them; nil for none.
    var conversations: Chunk?
}
