import Columnar
import Domain
import Projections

/// Turns event rows of one type into the columns of its table.
struct RowTransposer {
    private let layout: EventTableLayout
    private var builders: [ColumnBuilder]
    private var rowCount = 0

    init(_ layout: EventTableLayout) {
        self.layout = layout
        builders = layout.columns.map { ColumnBuilder(type: $0.type) }
    }

    /// Appends a row of a block.
    /// - Returns: the row.
    @discardableResult
    mutating func append(_ block: TailBlock, _ index: Int) -> EventRow {
        let row = block.rows[index]
        append(
            row, position: block.position(of: index), receivedTime: block.receivedTimes[index],
            cost: block.costs[index])
        return row
    }

    /// Appends one row. Columns it lacks stay behind and are padded with nulls when a later row has them.
    mutating func append(_ row: EventRow, position: Int64, receivedTime: Int64, cost: CallCost?) {
        put(layout.time, row.time)
        put(layout.receivedTime, receivedTime)
        put(layout.position, position)
        var model: Range<Int>?
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) {
            let target = layout.targets[Int(cursor.column)]
            guard target >= 0 else { continue }
            switch cursor.value {
            case .integer(let value): builders[target].append(integer: value, row: rowCount)
            case .double(let value):
                builders[target].padNulls(to: rowCount)
                builders[target].append(double: value)
            case .boolean(let value):
                builders[target].padNulls(to: rowCount)
                builders[target].append(boolean: value)
            case .text(let range), .json(let range):
                builders[target].append(utf8: range, of: row.bytes, row: rowCount)
                if let money = layout.money, cursor.column == money.requestModel || cursor.column == money.responseModel
                {
                    model = range
                }
            }
        }
        if let money = layout.money { put(money, model, row.bytes, cost) }
        rowCount += 1
    }

    private mutating func put(_ index: Int, _ value: Int64) {
        builders[index].append(integer: value, row: rowCount)
    }

    private mutating func put(
        _ money: EventTableLayout.MoneyPlaces, _ model: Range<Int>?, _ bytes: [UInt8], _ cost: CallCost?
    ) {
        for index in [money.model, money.cost, money.low, money.high, money.state, money.gaps] {
            builders[index].padNulls(to: rowCount)
        }
        if let model { builders[money.model].append(utf8: model, of: bytes) }
        guard let cost else { return }
        if let exact = cost.costPicoUSD { builders[money.cost].append(wide: exact) }
        builders[money.low].append(wide: cost.lowPicoUSD)
        if let high = cost.highPicoUSD { builders[money.high].append(wide: high) }
        builders[money.state].append(text: cost.state.name)
        if let gaps = cost.gaps { builders[money.gaps].append(text: gaps) }
    }

    mutating func finish() -> Chunk {
        let vectors = builders.indices.map { index -> Vector in
            if index == layout.type { return .constant(.text(layout.typeName), type: .text, count: rowCount) }
            builders[index].padNulls(to: rowCount)
            return builders[index].finish()
        }
        return Chunk(columns: vectors, rowCount: rowCount)
    }
}
