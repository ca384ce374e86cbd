import Columnar
import Plans
import Platform

/// The rows of one window node while its functions are computed. What it holds is booked, and let go of as soon as
/// nothing asks for it any more: of ten million rows each byte a row counts.
struct WindowWork {
    let context: QueryContext
    /// The rows; a column of which nobody asks anything any more is null throughout.
    private(set) var chunks: [Chunk]
    /// Where each chunk begins, and the number of rows.
    let starts: [Int]
    private let columns: [TableColumn]
    /// Columns at which somebody looks once all is computed.
    private let shown: Set<Int>
    /// The partition of each row; nil where all are of one, and once rows are in order.
    private var groups: [UInt32]?
    private var groupCount = 1
    /// Of the function that is computed: given back once it is, unless its results stand in it.
    private var bookedBytes = 0
    private var frames: [WindowFrame: WindowFrames] = [:]
    /// The key of the order, where a function asks for its values; booked.
    private var orderKey: (expression: Expression, key: WindowKey)?

    /// - Parameters:
    ///   - chunks: none is empty. Their rows are booked.
    ///   - columns: of the chunks.
    init(context: QueryContext, chunks: [Chunk], columns: [TableColumn], shown: Set<Int>) {
        self.context = context
        self.chunks = chunks
        self.columns = columns
        self.shown = shown
        var starts = [0]
        for chunk in chunks { starts.append(starts[starts.count - 1] + chunk.rowCount) }
        self.starts = starts
    }

    private var rowCount: Int { starts[chunks.count] }

    mutating func results(
        of calls: [WindowCall], partition: [Expression], order: [SortKey]
    ) throws -> [WindowColumn] {
        try part(partition)
        keep(order.map(\.expression) + calls.flatMap(\.expressions))
        var results = [WindowColumn?](repeating: nil, count: calls.count)
        let whole = calls.indices.filter { calls[$0].isOfWholePartition(isOrdered: !order.isEmpty) }
        let ofPartitions = try aggregated(whole.map { calls[$0] }, order)
        for (index, column) in zip(whole, ofPartitions) { results[index] = column }
        if whole.count < calls.count {
            let others = calls.indices.filter { results[$0] == nil }.map { calls[$0] }
            let rows = try ordered(order, for: others)
            for index in calls.indices where results[index] == nil {
                try context.check()
                let column = try result(of: calls[index], rows, order)
                try context.budget.reserve(column.memoryBytes)
                switch column {
                case .picked: break
                case .values, .pickedKeys, .sums, .averages: context.budget.release(bookedBytes)
                }
                bookedBytes = 0
                results[index] = column
            }
        }
        keep([])
        return results.compactMap { $0 }
    }

    /// Lets go of columns that are not shown and that no expression reads that is still to be computed.
    private mutating func keep(_ expressions: [Expression]) {
        var kept = shown
        for expression in expressions { expression.collectColumns(into: &kept) }
        for (place, chunk) in chunks.enumerated() {
            for (index, column) in chunk.columns.enumerated() where !kept.contains(index) && !column.isAbsent {
                context.budget.release(column.memoryBytes)
                chunks[place].columns[index] = .constant(.null, type: column.type, count: column.count)
            }
        }
    }

    /// Finds the partition of each row.
    private mutating func part(_ partition: [Expression]) throws {
        if partition.isEmpty { return }
        var table = GroupTable(types: partition.map(\.type))
        var groups: [UInt32] = []
        try context.budget.reserve(rowCount * 4)
        groups.reserveCapacity(rowCount)
        var tableBytes = 0
        for (place, chunk) in chunks.enumerated() {
            try context.check()
            let evaluator = Evaluator(context: context)
            let keys = try partition.map { try evaluator.evaluate($0, chunk) }
            groups += table.assign(keys, ordinal: UInt64(place) << 32)
            try context.budget.reserve(table.memoryBytes - tableBytes)
            tableBytes = table.memoryBytes
        }
        context.budget.release(tableBytes)
        (self.groups, groupCount) = (groups, table.count)
    }

    /// The rows in order, with what functions ask of it.
    private mutating func ordered(_ order: [SortKey], for calls: [WindowCall]) throws -> WindowRows {
        let wantsPeers = calls.contains(where: \.asksForPeers)
        var frames = calls.map(\.frame).filter { $0.unit == .range && ($0.start.offset ?? $0.end.offset) != nil }
        if order.isEmpty { frames = [] }
        var keyBytes = 0
        let keys = try order.map { key in
            let made = WindowKey(
                try parts(of: key.expression), type: key.expression.type, isDescending: key.isDescending,
                nullsFirst: key.nullsFirst)
            try context.budget.reserve(made.memoryBytes)
            keyBytes += made.memoryBytes
            return made
        }
        // Keys of frames are read once more.
        if !order.isEmpty { keep((frames.isEmpty ? [] : order.map(\.expression)) + calls.flatMap(\.expressions)) }
        let rows = try sharedOut(keys, wantsPeers: wantsPeers) ?? sorted(by: keys, wantsPeers: wantsPeers)
        if keys.count == 1, keys[0].hasValues, calls.contains(where: { $0.isShift(of: order[0].expression) }) {
            orderKey = (order[0].expression, keys[0])
        } else {
            context.budget.release(keyBytes)
        }
        return rows
    }

    /// Each goes through the partitions of all rows: more of them would mostly pass over rows.
    private static let lanesMax = 8

    /// The rows in order, which several make, each of some partitions; nil where one alone does.
    private mutating func sharedOut(_ keys: [WindowKey], wantsPeers: Bool) throws -> WindowRows? {
        guard let groups, keys.count == 1 else { return nil }
        let lanes = rowCount < context.sharedRowsMin ? 1 : min(Self.lanesMax, context.workers.parallelism)
        // Their parts, and what is made of these; of partitions where each begins, and where its next row goes; and
        // what sorting one takes that stands in no order, which is much where it is the only one.
        let bytes = rowCount * (wantsPeers ? 16 : 8) + groupCount * 8 + (groupCount == 1 ? rowCount * 32 : 0)
        try context.budget.reserve(bytes)
        let made = try context.running { () throws(KernelError) in
            try WindowRows.sorted(
                groups, groupCount: groupCount, by: keys[0], wantsPeers: wantsPeers, lanes: lanes, context.helpers,
                context.watch)
        }
        guard let made else {
            context.budget.release(bytes)
            return nil
        }
        self.groups = nil
        try context.budget.reserve(made.memoryBytes - bytes - rowCount * 4)
        return made
    }

    /// The same by one alone.
    private mutating func sorted(by keys: [WindowKey], wantsPeers: Bool) throws -> WindowRows {
        let bytes = rowCount * 4 + groupCount * 8
        try context.budget.reserve(bytes)
        var rows = WindowRows(rowCount: rowCount, groups: groups, groupCount: groupCount)
        if groups != nil { context.budget.release(rowCount * 4) }
        groups = nil
        if !keys.isEmpty {
            // A partition that stands in no order is sorted beside its keys; most are short.
            let sortBytes = groupCount == 1 ? rowCount * 32 : 0
            try context.budget.reserve(sortBytes)
            try rows.sort(by: keys, wantsPeers: wantsPeers, look: context.check)
            context.budget.release(sortBytes)
        }
        try context.budget.reserve(rows.memoryBytes - bytes)
        return rows
    }

    /// An expression's values of the rows of each chunk.
    private func parts(of expression: Expression) throws -> [Vector] {
        try chunks.map { chunk in
            try context.check()
            return try Evaluator(context: context).evaluate(expression, chunk)
        }
    }

    /// An expression's values of all rows.
    private mutating func column(_ expression: Expression) throws -> Vector {
        if case .literal(let value, let type) = expression {
            return .constant(value, type: type, count: rowCount)
        }
        return try whole(parts(of: expression), expression.type)
    }

    /// An expression's values of the rows that are kept; of the others none is computed, or fails.
    private mutating func column(_ expression: Expression, of kept: Validity?) throws -> Vector {
        guard let kept, expression.mayFail else { return try column(expression) }
        let parts = try chunks.enumerated().map { place, chunk -> Vector in
            try context.check()
            let rows = (0..<UInt32(chunk.rowCount)).filter { kept[starts[place] + Int($0)] }
            if rows.isEmpty { return Vector.constant(.null, type: expression.type, count: chunk.rowCount) }
            let part = chunk.gather(KeptRows(ascending: rows))
            var places = [UInt32](repeating: .max, count: chunk.rowCount)
            for (place, row) in rows.enumerated() { places[Int(row)] = UInt32(place) }
            return try Evaluator(context: context).evaluate(expression, part).gatherOrNull(places)
        }
        return try whole(parts, expression.type)
    }

    private mutating func whole(_ parts: [Vector], _ type: ColumnType) throws -> Vector {
        let whole = Vector.concatenate(parts, type: type)
        let bytes = Chunk(columns: [whole], rowCount: whole.count).ownBytes
        try context.budget.reserve(bytes)
        bookedBytes += bytes
        return whole
    }

    private mutating func result(
        of call: WindowCall, _ rows: WindowRows, _ order: [SortKey]
    ) throws -> WindowColumn {
        switch call.function {
        case .rowNumber: return .values(rows.rowNumbers())
        case .rank: return .values(rows.ranks(isDense: false))
        case .denseRank: return .values(rows.ranks(isDense: true))
        case .percentRank: return .values(rows.percentRanks())
        case .cumulativeDistribution: return .values(rows.cumulativeShares())
        case .tile:
            let tiles = try column(call.arguments[0])
            return try .values(context.running { () throws(KernelError) in try rows.tiles(tiles) })
        case .lag, .lead: return try shifted(call, rows)
        case .firstValue:
            return .picked(try column(call.arguments[0]), rows.firsts(try frames(of: call, rows, order)))
        case .lastValue:
            return .picked(try column(call.arguments[0]), rows.lasts(try frames(of: call, rows, order)))
        case .nthValue:
            let places = try column(call.arguments[1])
            let frames = try frames(of: call, rows, order)
            let picked = try context.running { () throws(KernelError) in try rows.nths(places, frames) }
            return .picked(try column(call.arguments[0]), picked)
        case .aggregate(let function):
            return try aggregated(function, call, rows, frames(of: call, rows, order))
        }
    }

    private mutating func shifted(_ call: WindowCall, _ rows: WindowRows) throws -> WindowColumn {
        if let (expression, key) = orderKey, call.isShift(of: expression) {
            let distances = try column(call.arguments[1])
            return .pickedKeys(key, call.type, rows.shifted(distances, isLead: call.function == .lead, missing: nil))
        }
        var values = try column(call.arguments[0])
        let distances = try column(call.arguments[1])
        var missing: ((Int) -> UInt32)?
        if call.arguments.count > 2, call.arguments[2].constant?.isNull != true {
            // Values in the place of missing ones stand behind the others.
            let end = UInt32(rowCount)
            var others = try column(call.arguments[2])
            if case .constant(let value) = others.storage {
                others = .constant(value, type: others.type, count: 1)
                missing = { _ in end }
            } else {
                missing = { end + UInt32($0) }
            }
            values = try whole([values, others], call.type)
        }
        return .picked(values, rows.shifted(distances, isLead: call.function == .lead, missing: missing))
    }

    /// An aggregate over frames that differ from row to row.
    private mutating func aggregated(
        _ function: AggregateFunction, _ call: WindowCall, _ rows: WindowRows, _ frames: WindowFrames
    ) throws -> WindowColumn {
        let kept = try call.filter.flatMap { try self.kept($0) }
        let values = try call.arguments.first.map { try column($0, of: kept) }
        let included = included(values, kept)
        // Sums and their counts, and what a frame slides over.
        try context.budget.reserve(rowCount * 24)
        defer { context.budget.release(rowCount * 24) }
        let watch = context.watch
        switch (function, values) {
        case (.countRows, _), (.count, _): return .values(rows.counts(frames, included: included))
        case (.sum, let values?), (.average, let values?):
            return try context.running { () throws(KernelError) in
                try WindowColumn.totals(
                    values, included: included, rows, frames, type: call.type, isAverage: function == .average, watch)
            }
        case (.minimum, let values?), (.maximum, let values?):
            let picked = try context.running { () throws(KernelError) in
                try rows.extremes(values, included: included, frames, isMaximum: function == .maximum, watch)
            }
            return .picked(values, picked)
        case (.booleanAnd, let values?), (.booleanOr, let values?):
            return .truths(values, included: included, rows, frames, areAll: function == .booleanAnd)
        default:
            throw QueryError.unsupported("\(call.function.name) over frames that differ from row to row")
        }
    }

    /// Rows where a condition is true; nil: all.
    private func kept(_ condition: Expression) throws -> Validity? {
        var kept = Validity(count: rowCount, allValid: false)
        for (place, chunk) in chunks.enumerated() {
            try context.check()
            let truths = try Evaluator(context: context).evaluate(condition, chunk)
            let rows = Selection.rows(where: truths) ?? (0..<UInt32(chunk.rowCount)).map { $0 }
            for row in rows { kept[starts[place] + Int(row)] = true }
        }
        return kept.unlessWhole
    }

    /// Rows that count for an aggregate; nil: all.
    private func included(_ values: Vector?, _ kept: Validity?) -> Validity? {
        guard let values, !values.hasNoNulls else { return kept }
        var present = values.validity ?? Validity(count: rowCount, allValid: true)
        if values.validity == nil {
            for row in 0..<rowCount where values.isNull(row) { present[row] = false }
        }
        return kept.map { present.intersection($0) } ?? present
    }

    private mutating func frames(of call: WindowCall, _ rows: WindowRows, _ order: [SortKey]) throws -> WindowFrames {
        if let known = frames[call.frame] { return known }
        let start = try bound(call.frame.start, isEnd: false, call.frame.unit, order)
        let end = try bound(call.frame.end, isEnd: true, call.frame.unit, order)
        let watch = context.watch
        try context.budget.reserve(rowCount * 8)
        let found = try context.running { () throws(KernelError) in
            try WindowFrames(rows, from: start, to: end, watch)
        }
        frames[call.frame] = found
        return found
    }

    private mutating func bound(
        _ bound: WindowFrame.Bound, isEnd: Bool, _ unit: WindowFrame.Unit, _ order: [SortKey]
    ) throws -> WindowBound {
        let isPreceding = if case .preceding = bound { true } else { false }
        guard let offset = bound.offset else {
            if bound != .currentRow { return .partition }
            return unit == .rows ? .rows(0) : .peers(0)
        }
        if unit == .range {
            let key = order[0]
            if case .double(let distance) = offset {
                let keys = try column(key.expression)
                try context.budget.reserve(rowCount * 8)
                bookedBytes += rowCount * 8
                return .distance(
                    distance, isPreceding: isPreceding, isEnd: isEnd, from: keys, isDescending: key.isDescending)
            }
            return .values(
                keys: try column(WindowFrame.measured(key.expression, by: offset)),
                bounds: try column(WindowFrame.bound(offset, isPreceding: isPreceding, of: key)),
                isDescending: key.isDescending)
        }
        guard case .integer(let number) = offset else { preconditionFailure("rows and groups are whole numbers") }
        let distance = isPreceding ? -Int(number) : Int(number)
        return unit == .rows ? .rows(distance) : .peers(distance)
    }

    /// Aggregates whose frame is the whole partition, computed once for each.
    private func aggregated(_ calls: [WindowCall], _ order: [SortKey]) throws -> [WindowColumn] {
        if calls.isEmpty { return [] }
        var (input, keys): ([TableColumn], [Expression]) = (columns, [])
        if groups != nil {
            keys = [.column(columns.count, .integer)]
            input.append(TableColumn(name: "partition", type: .integer))
        }
        let most = context.chunkRowsMax
        var rows = Pipeline(columns: input, unitCount: chunks.count) { [chunks, starts, groups] unit, sink in
            var values = chunks[unit].columns
            if let groups {
                let own = groups[starts[unit]..<starts[unit + 1]].map { Int64($0) }
                values.append(Vector(type: .integer, count: own.count, storage: .int64(own)))
            }
            // The newest rows of a table may come in larger morsels than sealed ones.
            for part in Chunk(columns: values, rowCount: chunks[unit].rowCount).pieces(of: most) { try sink(part) }
        }
        rows.rowsMax = rowCount
        let output =
            keys.map { TableColumn(name: "partition", type: $0.type) }
            + calls.map { TableColumn(name: "result", type: $0.type) }
        let operation = AggregateOperator(
            context: context, groups: keys, calls: calls.compactMap { $0.aggregate(order) }, output: output)
        let results = Chunk.concatenate(try operation.run(rows), columns: output)
        try context.budget.reserve(rowCount * 4)
        var places = [UInt32](repeating: 0, count: rowCount)
        if let groups {
            var resultOfGroup = [UInt32](repeating: 0, count: groupCount)
            for row in 0..<results.rowCount {
                if case .integer(let group) = results.columns[0].scalar(at: row) {
                    resultOfGroup[Int(group)] = UInt32(row)
                }
            }
            for row in groups.indices { places[row] = resultOfGroup[Int(groups[row])] }
        }
        return calls.indices.map { .picked(results.columns[keys.count + $0], places) }
    }
}

extension WindowCall {
    /// Whether it is an aggregate that says the same of all rows of a partition.
    fileprivate func isOfWholePartition(isOrdered: Bool) -> Bool {
        if case .aggregate = function { frame.isWholePartition(isOrdered: isOrdered) } else { false }
    }

    /// Whether it is an expression's value of another row, or none.
    fileprivate func isShift(of expression: Expression) -> Bool {
        guard function == .lag || function == .lead, arguments[0] == expression, type == expression.type else {
            return false
        }
        return arguments.count < 3 || arguments[2].constant?.isNull == true
    }

    /// Whether it matters which rows are alike in the window's order.
    fileprivate var asksForPeers: Bool {
        switch function {
        case .rank, .denseRank, .percentRank, .cumulativeDistribution: true
        case .rowNumber, .tile, .lag, .lead: false
        case .firstValue, .lastValue, .nthValue, .aggregate:
            frame.unit != .rows
        }
    }

    /// The aggregate of all rows of a partition, what it lists in the window's order; nil for other functions.
    fileprivate func aggregate(_ order: [SortKey]) -> AggregateCall? {
        guard case .aggregate(let function) = function else { return nil }
        var call = AggregateCall(function: function, arguments: arguments, filter: filter, type: type)
        switch function {
        case .stringAggregate, .arrayAggregate: call.order = order
        default: break
        }
        return call
    }
}
