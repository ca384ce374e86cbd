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

    /// What some rows are made of: the columns whole, or at these rows alone where they are few, each read once.
    private struct Reading {
        /// Where the rows stand in what is read.
        let places: [Int]
        private let few: [UInt32]?
        /// Reads one column of the table by index, whole or at some rows that ascend.
        private let read: (_ index: Int, _ rows: [UInt32]?) throws -> Vector

        init(
            _ rows: [Int], among rowCount: Int,
            read: @escaping (_ index: Int, _ rows: [UInt32]?) throws -> Vector
        ) {
            self.read = read
            guard rows.count <= rowCount / RowRestorer.rowsPerFew else {
                (few, places) = (nil, rows)
                return
            }
            if zip(rows, rows.dropFirst()).allSatisfy({ $0 < $1 }) {
                (few, places) = (rows.map { UInt32($0) }, Array(rows.indices))
                return
            }
            let numbers = rows.map { UInt32($0) }
            var ascending: [UInt32] = []
            for number in numbers.sorted() where number != ascending.last { ascending.append(number) }
            few = ascending
            places = numbers.map { number in ascending.partitioningIndex { $0 >= number } }
        }

        func column(_ index: Int) throws -> Vector { try read(index, few) }

        /// Of a whole column, what stands at ``places``.
        func taken(of column: Vector?) -> Vector? { few.map { column?.gather($0) } ?? column }
    }

    private static func reading(_ rows: [Int], of morsel: any Morsel) -> Reading {
        Reading(rows, among: morsel.rowCount) { index, few in
            try few.map { try morsel.column(index, rows: $0) } ?? morsel.column(index)
        }
    }

    /// Restores the given rows, in their order.
    /// - Parameters:
    ///   - isTimeAbsent: rows whose event came without `time`.
    ///   - repriced: what says what the rows cost; nil: the columns do.
    private func restore(
        rows: [Int], _ reading: Reading, isTimeAbsent: Vector?, repriced: RepricedMorsel? = nil
    ) throws -> PlacedRows {
        guard !rows.isEmpty else { return PlacedRows() }
        let isTimeAbsent = reading.taken(of: isTimeAbsent)
        let times = try reading.column(layout.time)
        let positions = try reading.column(layout.position)
        let received = try reading.column(layout.receivedTime)
        let sources = try fields.compactMap {
            try RestoredField(reading.column($0.index), id: $0.column, isJSON: $0.type == .json)
        }
        var restored = PlacedRows()
        var writer = EventRowWriter()
        for row in reading.places {
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
        restored.costs = try costs(of: rows, reading, repriced)
        return restored
    }

    /// The columns of some rows of a morsel of the layout's table but their ids, as a fold reads them, for several who
    /// each get some of the rows; in parts where their texts would be too long together.
    /// - Parameters:
    ///   - pieces: stretches of the rows, end to end: one for each of them, whose rows ascend.
    ///   - known: a column of the table that was read before.
    ///   - body: is told each part, and which of the rows it has, all of one piece.
    /// - Throws: ``FileContentError`` or ``StorageError`` of reading.
    func columns(
        of rows: [Int], in pieces: [Range<Int>], of morsel: any Morsel, knowing known: (index: Int, column: Vector),
        isTimeAbsent: Vector?, for fold: FoldColumns, textBytesMax: Int,
        _ body: (_ table: EventColumns, _ costs: RowCosts, _ part: Range<Int>) throws -> Void
    ) throws {
        assert(pieces.reduce(0) { $0 == $1.lowerBound ? $1.upperBound : -1 } == rows.count, "pieces lie end to end")
        guard !rows.isEmpty else { return }
        let reading = Self.reading(rows, of: morsel)
        let isTimeAbsent = reading.taken(of: isTimeAbsent)
        let (times, positions) = (try reading.column(layout.time), try reading.column(layout.position))
        let values = try fields.filter { $0.column != fold.id }.map { field in
            let vector =
                field.index == known.index
                ? reading.taken(of: known.column) ?? known.column : try reading.column(field.index)
            return (column: field.column, vector: vector)
        }
        let costs = try pieceCosts(of: rows, reading, morsel as? RepricedMorsel)
        var parts = Array(pieces.reversed())
        while let part = parts.popLast() {
            let table = EventColumns(
                type: layout.typeID, rows: Array(reading.places[part]), times: times, positions: positions,
                isTimeAbsent: isTimeAbsent, values: values, for: fold, textBytesMax: textBytesMax)
            if let table {
                try body(table, costs(part), part)
            } else {
                let middle = part.lowerBound + part.count / 2
                parts += [middle..<part.upperBound, part.lowerBound..<middle]
            }
        }
    }

    /// The ids of some rows, as a fold asks for them.
    /// - Parameter rows: ascending.
    /// - Throws: ``FileContentError`` or ``StorageError`` of reading.
    func ids(of rows: [Int], of morsel: any Morsel, for fold: FoldColumns) throws -> EventColumns {
        let reading = Self.reading(rows, of: morsel)
        let values = try fields.filter { $0.column == fold.id }.map { field in
            (column: field.column, vector: try reading.column(field.index))
        }
        let nothing = Vector.constant(.integer(0), type: .integer, count: morsel.rowCount)
        let ids = EventColumns(
            type: layout.typeID, rows: reading.places, times: nothing, positions: nothing, isTimeAbsent: nil,
            values: values, for: fold, textBytesMax: .max)
        guard let ids else { preconditionFailure("texts of any length") }
        return ids
    }

    /// Restores rows of a morsel of the layout's table. What they cost is computed of these rows alone, and once.
    /// - Throws: ``FileContentError`` or ``StorageError`` of reading.
    func restore(rows: [Int], of morsel: any Morsel, isTimeAbsent: Vector?) throws -> PlacedRows {
        try restore(
            rows: rows, Self.reading(rows, of: morsel), isTimeAbsent: isTimeAbsent,
            repriced: morsel as? RepricedMorsel)
    }

    /// Restores rows of a group as its segment holds them, without late prices.
    /// - Throws: ``FileContentError`` or ``StorageError`` of reading.
    func restore(rows: [Int], of group: RowGroup) throws -> PlacedRows {
        let reading = Reading(rows, among: group.rowCount) { index, few in
            let column = layout.columns[index]
            return try few.map { try group.column(named: column.name, type: column.type, rows: $0) }
                ?? group.column(named: column.name, type: column.type)
        }
        return try restore(rows: rows, reading, isTimeAbsent: try group.timeAbsent())
    }

    /// What tells the costs of some of the rows, made of columns that were read once.
    private func pieceCosts(
        of rows: [Int], _ reading: Reading, _ repriced: RepricedMorsel?
    ) throws -> (Range<Int>) -> RowCosts {
        if let repriced {
            let all = RowCosts(try repriced.costs(of: rows))
            return { all.taken($0) }
        }
        guard let money = layout.money else { return { RowCosts(free: $0.count) } }
        let booked = try BookedCosts(money) { try reading.column($0) }
        return { part in
            var costs = RowCosts()
            costs.reserve(part.count)
            for place in reading.places[part] { costs.append(booked[place]) }
            return costs
        }
    }

    private func costs(of rows: [Int], _ reading: Reading, _ repriced: RepricedMorsel?) throws -> RowCosts {
        if let repriced { return RowCosts(try repriced.costs(of: rows)) }
        guard let money = layout.money else { return RowCosts(free: rows.count) }
        return RowCosts(try CallCost.read(money, rows: reading.places) { try reading.column($0) })
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
