import Bytes
import Columnar
import Domain
import Projections
import Segments

/// Turns rows of a type's table back into event rows, as they were logged: the inverse of ``RowTransposer``.
struct RowRestorer {
    private let layout: EventTableLayout
    /// Registry column id and table column index, ascending by id.
    private let fields: [(column: UInt16, index: Int, type: FieldType)]

    /// - Parameter isWanted: by column id, which fields the rows are to have; all, for the rows as they were logged.
    init(_ layout: EventTableLayout, registry: SchemaRegistry, isWanted: (UInt16) -> Bool = { _ in true }) {
        self.layout = layout
        fields = layout.targets.enumerated().compactMap { id, index in
            let derived = layout.money.map { [$0.model] + $0.costs } ?? []
            guard index >= 0, !derived.contains(index), isWanted(UInt16(id)) else { return nil }
            return (UInt16(id), index, registry.columns[id].type)
        }
    }

    /// Of a group of so many rows a few are read one by one; more of them cost less as whole columns.
    private static let rowsPerFew = 8

    /// Restores the given rows, in their order.
    /// - Parameters:
    ///   - rowCount: how many rows there are in all.
    ///   - isTimeAbsent: rows whose event came without `time`.
    ///   - repriced: what says what the rows cost; nil: the columns do.
    ///   - column: reads one column of the table by index, whole or at some rows that ascend; called once for each
    ///     column.
    private func restore(
        rows: [Int], among rowCount: Int, isTimeAbsent: Vector?, repriced: RepricedMorsel? = nil,
        column: (_ index: Int, _ rows: [UInt32]?) throws -> Vector
    ) throws -> PlacedRows {
        guard !rows.isEmpty else { return PlacedRows() }
        let isFew =
            rows.count <= rowCount / Self.rowsPerFew && zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 }
        let few = isFew ? rows.map { UInt32($0) } : nil
        // Where the rows stand in what is read.
        let places = isFew ? Array(rows.indices) : rows
        let isTimeAbsent = few.map { isTimeAbsent?.gather($0) } ?? isTimeAbsent
        let times = try column(layout.time, few)
        let positions = try column(layout.position, few)
        let received = try column(layout.receivedTime, few)
        let sources = try fields.compactMap {
            try RestoredField(column($0.index, few), id: $0.column, isJSON: $0.type == .json)
        }
        var restored = PlacedRows()
        var writer = EventRowWriter()
        for row in places {
            restored.rows.starts.append(UInt32(writer.sink.count))
            writer.begin(
                type: layout.typeID, time: times.integer(at: row) ?? 0,
                isTimeAbsent: isTimeAbsent?.boolean(at: row) ?? false)
            for source in sources { source.write(row, into: &writer) }
            writer.end()
            restored.positions.append(positions.integer(at: row) ?? 0)
            restored.receivedTimes.append(received.integer(at: row) ?? 0)
        }
        restored.rows.bytes = writer.take()
        restored.costs = try repriced.map { RowCosts(try $0.costs(of: rows)) } ?? costs(places) { try column($0, few) }
        return restored
    }

    /// Restores rows of a morsel of the layout's table. What they cost is computed of these rows alone, and once.
    /// - Throws: ``FileContentError`` or ``StorageError`` of reading.
    func restore(rows: [Int], of morsel: any Morsel, isTimeAbsent: Vector?) throws -> PlacedRows {
        try restore(
            rows: rows, among: morsel.rowCount, isTimeAbsent: isTimeAbsent, repriced: morsel as? RepricedMorsel
        ) { index, few in
            try few.map { try morsel.column(index, rows: $0) } ?? morsel.column(index)
        }
    }

    /// Restores rows of a group as its segment holds them, without late prices.
    /// - Throws: ``FileContentError`` or ``StorageError`` of reading.
    func restore(rows: [Int], of group: RowGroup) throws -> PlacedRows {
        try restore(rows: rows, among: group.rowCount, isTimeAbsent: try group.timeAbsent()) { index, few in
            let column = layout.columns[index]
            return try few.map { try group.column(named: column.name, type: column.type, rows: $0) }
                ?? group.column(named: column.name, type: column.type)
        }
    }

    private func costs(_ rows: [Int], _ column: (Int) throws -> Vector) throws -> RowCosts {
        guard let money = layout.money else { return RowCosts(repeatElement(nil as CallCost?, count: rows.count)) }
        return RowCosts(try CallCost.read(money, rows: rows, column: column))
    }
}

/// Single values out of a vector: for look-ups of a few rows, not for scans.
extension Vector {
    func isNull(at row: Int) -> Bool {
        if case .constant(let value) = storage { return value.isNull }
        return validity.map { !$0[row] } ?? false
    }

    func wide(at row: Int) -> Int128? {
        if isNull(at: row) { return nil }
        switch storage {
        case .int64(let values): return Int128(values[row])
        case .int128(let values): return values[row]
        case .constant(.integer(let value)), .constant(.timestamptz(let value)), .constant(.timestamp(let value)),
            .constant(.date(let value)):
            return Int128(value)
        case .constant(.numeric(let value, _)): return value
        default: return nil
        }
    }

    func integer(at row: Int) -> Int64? {
        if case .int64(let values) = storage { return validity.map { $0[row] } ?? true ? values[row] : nil }
        return wide(at: row).flatMap { Int64(exactly: $0) }
    }

    func double(at row: Int) -> Double? {
        if isNull(at: row) { return nil }
        switch storage {
        case .double(let values): return values[row]
        case .constant(.double(let value)): return value
        default: return nil
        }
    }

    func boolean(at row: Int) -> Bool? {
        if isNull(at: row) { return nil }
        switch storage {
        case .boolean(let values): return values[row]
        case .constant(.boolean(let value)): return value
        default: return nil
        }
    }

    func text(at row: Int) -> String? {
        var result: String?
        withText(at: row) { result = String(decoding: $0, as: UTF8.self) }
        return result
    }

    /// Calls the closure with the UTF-8 of a text or JSON value; not for null.
    func withText(at row: Int, _ body: (ArraySlice<UInt8>) -> Void) {
        if isNull(at: row) { return }
        switch storage {
        case .text(let codes, let dictionary): body(dictionary.utf8(Int(codes[row])))
        case .constant(.text(let text)), .constant(.json(let text)): body(Array(text.utf8)[...])
        default: break
        }
    }
}
