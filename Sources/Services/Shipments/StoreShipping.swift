import Bytes
import Columnar
import Domain
package import EventStores
import Execution
import JSONTexts
import Plans
package import Platform
package import Shipping

/// A store as it is shipped from: its tables, as questions see them, at one position at a time. One thread reads, with
/// memory of its own, so that those who send and ask keep theirs.
package struct StoreShipping: ShippingSource {
    private let store: EventStore
    private let clock: any Clock

    /// The most that is read at one time holds.
    static let memoryBytesMax = 256 << 20

    /// Of an open store.
    package init(_ store: EventStore, clock: any Clock) { (self.store, self.clock) = (store, clock) }

    /// See ``ShippingSource``.
    package var name: String { store.sourceName }

    /// See ``ShippingSource``.
    package func pinned() throws -> any ShippingView { SnapshotShipping(store.snapshot(), clock: clock) }
}

/// A snapshot as it is shipped from.
struct SnapshotShipping: ShippingView {
    private let snapshot: StoreSnapshot
    private let clock: any Clock

    /// Of a snapshot.
    init(_ snapshot: StoreSnapshot, clock: any Clock) { (self.snapshot, self.clock) = (snapshot, clock) }

    var position: Int64 { snapshot.position }
    var receivedTime: Int64 { snapshot.watermark }
    var silentUntil: Int64 { max(0, snapshot.silenceReached) }
    var hasDropped: Bool { snapshot.horizon != nil }

    func silent(until time: Int64) -> any ShippingView {
        SnapshotShipping(snapshot.silent(until: time), clock: clock)
    }

    /// Rollups of minutes are left out, since their rows go after two days, and so are those of single users, which are
    /// as many as there are users.
    var tables: [ShippedTable] {
        func table(_ name: String, _ kind: ShippedTable.Kind) -> ShippedTable? {
            snapshot.columns(ofTable: name).map { ShippedTable(name: name, kind: kind, columns: $0) }
        }
        let rollups = snapshot.rollups.filter { rollup in
            rollup.leading == nil && rollup.grainNanoseconds >= Nanoseconds.hour && rollup.time == 0
                && rollup.dimensions == Array(1..<(1 + rollup.dimensions.count))
        }
        var tables = snapshot.eventTableNames.map { table($0, .events) }
        tables += [table("turns", .turns), table("conversations", .conversations)]
        for rollup in rollups.sorted(by: { $0.table < $1.table }) {
            let kind = ShippedTable.Kind.rollup(
                dimensions: rollup.dimensions.count, grainNanoseconds: rollup.grainNanoseconds)
            tables.append(table(rollup.table, kind))
        }
        return tables.compactMap { $0 }
    }

    func rows(_ request: ShippingRequest) throws -> [Chunk] {
        guard let plan = plan(request) else { return [] }
        var options = QueryOptions()
        options.memoryBudgetBytes = StoreShipping.memoryBytesMax
        options.timeLimitNanoseconds = 10 * Nanoseconds.minute
        // Rows are shipped as they are, whatever others could be made of.
        options.usesRollups = false
        do {
            return try LocalEngine(clock: clock).run(plan, catalog: snapshot, options: options).chunks
        } catch let error as QueryError where error.kind == .memoryExceeded {
            throw ShippingFailure(.transient, "too_large", "rows of \(request.table) do not fit the memory for them")
        }
    }

    /// nil: the table, or one of its columns, is not there.
    private func plan(_ request: ShippingRequest) -> Plan? {
        guard let columns = snapshot.columns(ofTable: request.table) else { return nil }
        func place(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }
        var read: [Int] = []
        for name in request.columns.map(\.name) + request.conditions.map(\.column.name) {
            guard let place = place(name) else { return nil }
            if !read.contains(place) { read.append(place) }
        }
        func column(_ name: String) -> Expression {
            let index = read.firstIndex { columns[$0].name == name } ?? 0
            return .column(index, columns[read[index]].type)
        }
        let scan = Plan.scan(
            table: request.table, columns: read, output: read.map { columns[$0] }, predicates: [])
        let conditions = request.conditions.compactMap { Self.expression(column($0.column.name), $0.comparison) }
        assert(conditions.count == request.conditions.count, "conditions have forms that are known")
        let filtered = conditions.reduce(nil) { (sum: Expression?, next: Expression) in
            sum.map { .call(.and, [$0, next], .boolean) } ?? next
        }.map { Plan.filter(scan, $0) }
        return .project(filtered ?? scan, request.columns.map { column($0.name) }, output: request.columns)
    }

    private static func expression(_ column: Expression, _ comparison: ColumnPredicate.Comparison) -> Expression? {
        func call(_ function: ScalarFunction, _ value: Scalar) -> Expression {
            .call(function, [column, .literal(value, column.type)], .boolean)
        }
        switch comparison {
        case .equal(let value): return call(.equal, value)
        case .less(let value): return call(.less, value)
        case .lessOrEqual(let value): return call(.lessOrEqual, value)
        case .greater(let value): return call(.greater, value)
        case .greaterOrEqual(let value): return call(.greaterOrEqual, value)
        case .oneOf(let values): return .oneOf(column, values)
        case .isNull: return .call(.isNull, [column], .boolean)
        case .isNotNull: return .call(.isNotNull, [column], .boolean)
        case .notEqual: return nil
        }
    }

    // MARK: Changes

    /// Types of notes that say that something of events before them is another now.
    private enum Note {
        static let rebooked = "cost.rebooked"
        static let settled = SystemNoteKind.traceSettled.rawValue
        static let outcomes = "outcomes.set"
        static let all = [rebooked, settled, outcomes]
    }

    func changes(from position: Int64) throws -> [ShippingChange] {
        let columns = [
            TableColumn(name: "position", type: .integer), TableColumn(name: "type", type: .text),
            TableColumn(name: "data", type: .json),
        ]
        let request = ShippingRequest(
            table: "system_events", columns: columns,
            conditions: [
                ShippingRequest.Condition(columns[0], .greaterOrEqual(.integer(position))),
                ShippingRequest.Condition(columns[1], .oneOf(Note.all.map { .text($0) })),
            ])
        var changes: [ShippingChange] = []
        for chunk in try rows(request) {
            for row in 0..<chunk.rowCount {
                guard case .integer(let place) = chunk.columns[0].scalar(at: row),
                    case .text(let type) = chunk.columns[1].scalar(at: row),
                    case .json(let data) = chunk.columns[2].scalar(at: row),
                    let subject = Self.subject(type, data)
                else { continue }
                changes.append(ShippingChange(position: place, subject: subject))
            }
        }
        // Segments are in no order of positions; those of one position stand in one.
        return changes.enumerated().sorted {
            ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
        }.map(\.element)
    }

    private static func place(_ json: JSONValue) -> ShippingChange.Place? {
        guard let hour = json["hour"]?.string.flatMap({ try? RFC3339.parse($0) }) else { return nil }
        func text(_ name: String) -> Scalar { json[name]?.string.map { .text($0) } ?? .null }
        return ShippingChange.Place(tenant: text("tenant"), conversation: text("conversation_id"), time: hour)
    }

    private static func subject(_ type: String, _ data: String) -> ShippingChange.Subject? {
        guard let json = try? JSONReader.parse(data) else { return nil }
        switch type {
        case Note.rebooked:
            guard let provider = json["provider"]?.string else { return nil }
            // A first price says up to where calls waited for it; those of the same append are behind it.
            return .calls(provider: provider, through: .max)
        case Note.settled:
            guard let replaced = json["replaced"]?.integer, replaced > 0, let trace = json["trace_id"]?.string else {
                return nil
            }
            return .trace(trace, left: json["left"]?.array?.compactMap(place) ?? [])
        case Note.outcomes: return .conversations
        default: return nil
        }
    }
}
