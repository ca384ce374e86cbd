import Columnar
import Domain
import Projections

/// Turns event rows of one type into the columns of its table.
///
/// Rows are walked once, some hundred of them, before their values go into the columns, a column at a time: what a
/// column needs to be appended to is in the nearest cache then, and looked at once for all of them.
struct RowTransposer {
    private let layout: EventTableLayout
    private var builders: [ColumnBuilder]
    /// Rows that the builders have.
    private var rowCount = 0
    /// Those that they have not.
    private var fields: FieldBlock
    /// Whose rows these are, each with the number of its first one.
    private var sources: [(block: TailBlock, first: Int)] = []
    private var times: [Int64] = []
    private var receivedTimes: [Int64] = []
    private var positions: [Int64] = []
    private var costs: [(row: Int, cost: CallCost)] = []
    /// Of each row so far, whether the event came without a time.
    private(set) var areTimesAbsent: [Bool] = []

    /// Rows that are walked at a time.
    private static let rowsAtOnce = 256

    /// - Parameter rowCount: how many rows there will be.
    init(_ layout: EventTableLayout, rowCount: Int) {
        self.layout = layout
        builders = layout.columns.map { ColumnBuilder(type: $0.type, rowsExpected: rowCount) }
        fields = FieldBlock(
            targets: layout.targets, placeCount: builders.count, capacity: min(max(rowCount, 1), Self.rowsAtOnce))
        areTimesAbsent.reserveCapacity(rowCount)
    }

    /// Rows that are fetched from memory before the first of them is walked: together they fit into the nearest cache.
    private static let rowsFetched = 32
    /// Means nothing: what was read of rows to come has to go somewhere.
    private var seen: UInt8 = 0

    /// Appends rows of a block.
    mutating func append(_ block: TailBlock, _ indices: some Collection<Int>) {
        // Other threads do the same with other rows of the block: nothing of it is counted for each row.
        let (rows, costs, received) = (block.rows, block.costs, block.receivedTimes)
        sources.append((block, fields.rowCount))
        var rest = indices[...]
        while !rest.isEmpty {
            let fetched = rest.prefix(Self.rowsFetched)
            rest = rest.dropFirst(Self.rowsFetched)
            for index in fetched { seen &+= rows.touched(index) }
            for index in fetched {
                if fields.isFull {
                    flush()
                    sources.append((block, 0))
                }
                let row = rows[index]
                if let place = costs.place(of: index) { self.costs.append((fields.rowCount, costs.values[place])) }
                fields.append(row)
                times.append(row.time)
                receivedTimes.append(received[index])
                positions.append(block.position(of: index))
                areTimesAbsent.append(row.isTimeAbsent)
            }
        }
    }

    /// Columns that a row lacks stay behind and are padded with nulls when a later row has them.
    private mutating func flush() {
        builders[layout.time].append(integers: times)
        builders[layout.receivedTime].append(integers: receivedTimes)
        builders[layout.position].append(integers: positions)
        for place in builders.indices where fields.count(at: place) > 0 {
            Self.flush(place, fields, sources, from: rowCount, into: &builders[place])
        }
        if let money = layout.money {
            flushModels(money)
            for (row, cost) in costs { put(money, cost, row: rowCount + row) }
        }
        rowCount += fields.rowCount
        fields.removeAll()
        sources.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        receivedTimes.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
        costs.removeAll(keepingCapacity: true)
    }

    private static func flush(
        _ place: Int, _ fields: FieldBlock, _ sources: [(block: TailBlock, first: Int)], from base: Int,
        into builder: inout ColumnBuilder
    ) {
        fields.withValues(at: place) { words, rows in
            if builder.type == .text || builder.type == .json {
                append(texts: words, rows, sources, from: base, into: &builder)
            } else {
                builder.append(words: words, rows: rows, from: base)
            }
        }
    }

    /// Texts of rows of several blocks: a run of them at a time that is of one.
    private static func append(
        texts: Span<UInt64>, _ rows: Span<UInt16>, _ sources: [(block: TailBlock, first: Int)], from base: Int,
        into builder: inout ColumnBuilder
    ) {
        var first = 0
        for (number, source) in sources.enumerated() where first < rows.count {
            let end = number + 1 < sources.count ? sources[number + 1].first : Int.max
            var last = first
            if end == .max { last = rows.count }
            while last < rows.count, Int(rows[last]) < end { last += 1 }
            builder.append(
                texts: texts.extracting(first..<last), of: source.block.rows.bytes,
                rows: rows.extracting(first..<last), from: base)
            first = last
        }
    }

    /// The model that answered, else the one that was asked for.
    private mutating func flushModels(_ money: EventTableLayout.MoneyPlaces) {
        var models = [UInt64](repeating: 0, count: fields.rowCount)
        // The later column of a row goes before the earlier one. No text begins where its row does.
        for column in [money.requestModel, money.responseModel].sorted() {
            let place = layout.targets[Int(column)]
            guard place >= 0 else { continue }
            fields.withValues(at: place) { words, rows in
                for index in words.indices { models[Int(rows[index])] = words[index] }
            }
        }
        var rows: [UInt16] = []
        rows.reserveCapacity(models.count)
        for row in models.indices where models[row] != 0 { rows.append(UInt16(row)) }
        models.removeAll { $0 == 0 }
        Self.append(texts: models.span, rows.span, sources, from: rowCount, into: &builders[money.model])
    }

    private mutating func put(_ money: EventTableLayout.MoneyPlaces, _ cost: CallCost, row: Int) {
        func put(_ index: Int, wide value: Int128) {
            builders[index].padNulls(to: row)
            builders[index].append(wide: value)
        }
        func put(_ index: Int, text value: String) {
            builders[index].padNulls(to: row)
            builders[index].append(text: value)
        }
        if let exact = cost.costPicoUSD { put(money.cost, wide: exact) }
        put(money.low, wide: cost.lowPicoUSD)
        if let high = cost.highPicoUSD { put(money.high, wide: high) }
        put(money.state, text: cost.state.name)
        if let gaps = cost.gaps { put(money.gaps, text: gaps) }
    }

    mutating func finish() -> Chunk {
        flush()
        let vectors = builders.indices.map { index -> Vector in
            if index == layout.type { return .constant(.text(layout.typeName), type: .text, count: rowCount) }
            builders[index].padNulls(to: rowCount)
            return builders[index].finish()
        }
        return Chunk(columns: vectors, rowCount: rowCount)
    }
}
