import Columnar
import Plans

/// Hash aggregation: one table and one set of states a thread, merged at the end, groups in the order they were first
/// seen.
struct AggregateOperator: Sendable {
    let context: QueryContext
    let groups: [Expression]
    let calls: [AggregateCall]
    let output: [TableColumn]
    /// Which groups are wanted; nil: all.
    var first: FirstGroups?
    /// Which columns of the output anybody looks at; nil: all. Keys are made of no other.
    var shown: Set<Int>?

    /// One thread's groups.
    struct State: Sendable {
        var table: GroupTable?
        var accumulators: [any Accumulator]
        var bookedBytes = 0

        /// Makes room for all groups of the table.
        mutating func growToTable() {
            let (count, expected) = (table?.count ?? 1, table?.expectedCount)
            for index in accumulators.indices {
                if let expected { accumulators[index].reserve(groups: expected) }
                accumulators[index].grow(to: count)
            }
        }

        /// - Throws: `.memoryExceeded` when the budget does not allow what the state has grown to.
        mutating func book(_ budget: MemoryBudget) throws {
            let bytes = accumulators.reduce(table?.memoryBytes ?? 0) { $0 + $1.memoryBytes }
            try budget.reserve(bytes - bookedBytes)
            bookedBytes = bytes
        }
    }

    /// What is known of rows before they are read.
    struct Known {
        /// Calls that have taken them in.
        var answered: Set<Int> = []
        /// The keys that all of them have, as rows of one value; nil where these are read.
        var keys: [Vector]?
    }

    func makeState() throws -> State {
        var accumulators = try calls.indices.map(makeAccumulator)
        if groups.isEmpty { for index in accumulators.indices { accumulators[index].grow(to: 1) } }
        return State(table: groups.isEmpty ? nil : GroupTable(types: groups.map(\.type)), accumulators: accumulators)
    }

    /// The state of a call before any row.
    func makeAccumulator(_ call: Int) throws -> any Accumulator {
        try Accumulators.make(calls[call], zone: context.zone)
    }

    private var isOrderSensitive: Bool { calls.contains(where: Accumulators.isOrderSensitive) }

    func run(_ input: Pipeline) throws -> [Chunk] {
        try finish(
            input.run(context, inOrder: isOrderSensitive, make: { try makeState() }) { chunk, ordinal, state in
                try update(&state, chunk, ordinal)
                return true
            })
    }

    /// The same of a table's rows, a column at a time.
    func run(_ scan: ScanOperator) throws -> [Chunk] {
        let uses = columnUses(scan)
        return try run(Pipeline.units(scan.morsels.count, rows: scan.rowCount)) { ordinal, state in
            let morsel = scan.morsels[Pipeline.unit(of: ordinal)]
            if let column = countedTexts(), let texts = try scan.texts(column, of: morsel) {
                if texts.rowCount > 0 { try update(&state, texts, ordinal) }
                return
            }
            if var rows = try scan.rows(of: morsel, uses) { try update(&state, &rows, ordinal) }
        }
    }

    /// The same of units (``Pipeline/units(_:rows:)``), each of which a step takes in.
    /// - Parameter first: what was taken in before them.
    func run(
        _ units: Pipeline, after first: State? = nil,
        _ step: @Sendable (_ ordinal: UInt64, _ state: inout State) throws -> Void
    ) throws -> [Chunk] {
        let states = try units.run(context, inOrder: isOrderSensitive, make: { try makeState() }) { _, ordinal, state in
            try step(ordinal, &state)
            return true
        }
        return try finish((first.map { [$0] } ?? []) + states)
    }

    /// What the steps of taking in rows look at.
    func columnUses(_ scan: ScanOperator) -> ColumnUses {
        var steps = groups.map(\.columnsRead)
        for call in calls {
            steps.append(call.filter?.columnsRead ?? [])
            steps.append(columnsRead(by: call))
        }
        return ColumnUses(steps, columnCount: scan.columns.count)
    }

    /// The column of which nothing is asked but how many texts it has, beside what is answered; nil where something
    /// else is.
    func countedTexts(besides answered: Set<Int> = []) -> Int? {
        let open = calls.indices.filter { !answered.contains($0) }
        guard groups.isEmpty, open.count == 1, let call = open.first.map({ calls[$0] }), call.function == .count,
            call.isDistinct, call.filter == nil, call.order.isEmpty, call.arguments.count == 1,
            case .column(let column, .text) = call.arguments[0]
        else { return nil }
        return column
    }

    private func keys(of input: inout ScannedRows, _ evaluator: Evaluator) throws -> [GroupKey] {
        let times = TimeFunctions(context: context)
        var keys: [GroupKey] = []
        for (step, group) in groups.enumerated() {
            if let (column, buckets) = times.buckets(group), let runs = try input.runs(of: step, column, in: buckets) {
                keys.append(.runs(runs))
                continue
            }
            let chunk = try input.columns(of: step)
            if let runs = try times.runs(group, chunk) {
                keys.append(.runs(runs))
            } else {
                keys.append(.column(try evaluator.evaluate(group, chunk)))
            }
        }
        return keys
    }

    /// Takes in a chunk.
    func update(_ state: inout State, _ chunk: Chunk, _ ordinal: UInt64) throws {
        var rows = ScannedRows(chunk)
        try take(&rows, ordinal, into: &state)
    }

    /// The same of rows that are read as they are looked at.
    /// - Parameter known: what was found out before they are read.
    func update(
        _ state: inout State, _ rows: inout ScannedRows, _ ordinal: UInt64, _ known: Known = Known()
    ) throws {
        if rows.chunk.rowCount <= context.chunkRowsMax {
            return try take(&rows, ordinal, known, into: &state)
        }
        // The newest rows of a table may come in larger morsels than sealed ones.
        var place = ordinal
        for piece in try rows.wholeChunk().pieces(of: context.chunkRowsMax) {
            var part = ScannedRows(piece)
            try take(&part, place, known, into: &state)
            place += UInt64(piece.rowCount)
            try context.check()
        }
    }

    /// Groups first, then one call after the other, its filter before its arguments: these are the steps of
    /// ``ColumnUses``.
    private func take(
        _ input: inout ScannedRows, _ ordinal: UInt64, _ known: Known = Known(), into state: inout State
    ) throws {
        assert(state.accumulators.count == calls.count, "a state for each call")
        let evaluator = Evaluator(context: context)
        var assignment = GroupAssignment(single: input.chunk.rowCount)
        if let keys = known.keys, !groups.isEmpty {
            let group = group(of: keys, ordinal, in: &state)
            assignment = GroupAssignment(single: input.chunk.rowCount, group: Int(group))
        } else if !groups.isEmpty {
            let keys = try keys(of: &input, evaluator)
            let found = state.table?.assignment(of: keys, ordinal: ordinal, countsRows: calls.count > 1)
            assignment = found ?? assignment
            assert(assignment.rowCount == input.chunk.rowCount, "a group for each row")
            state.growToTable()
        }
        for (index, call) in calls.enumerated() where !known.answered.contains(index) {
            let step = groups.count + 2 * index
            var kept: [UInt32]?
            if let filter = call.filter {
                kept =
                    try input.rows(of: step, where: filter)
                    ?? Selection.rows(where: evaluator.evaluate(filter, input.columns(of: step)))
            }
            if kept?.isEmpty ?? false { continue }
            var rows = try input.columns(of: step + 1)
            var assigned = assignment
            if let kept {
                rows = rows.gather(kept, only: columnsRead(by: call))
                assigned = assignment.gather(ascending: kept)
            }
            try take(rows, assigned, evaluator, call: index, into: &state)
        }
        try state.book(context.budget)
    }

    /// Takes the rows that count for a call into its state.
    private func take(
        _ rows: Chunk, _ assigned: GroupAssignment, _ evaluator: Evaluator, call index: Int, into state: inout State
    ) throws {
        let call = calls[index]
        if let dividend = call.dividend {
            let dividends = try evaluator.evaluate(dividend, rows)
            let isTaken = try QueryError.refusing { () throws(KernelError) in
                try state.accumulators[index].update(dividends: dividends, assigned)
            }
            if isTaken { return }
        }
        let arguments = try (call.arguments + call.order.map(\.expression)).map { try evaluator.evaluate($0, rows) }
        assert(arguments.allSatisfy { $0.count == assigned.rowCount }, "a value and a group for each row")
        let stretches = Chunk.stretches(of: arguments, rowCount: assigned.rowCount)
        for stretch in stretches {
            var (part, groups) = (arguments, assigned)
            if stretches.count > 1 {
                try context.check()
                let rows = stretch.map { UInt32(truncatingIfNeeded: $0) }
                part = arguments.map { $0.gather(rows) }
                groups = assigned.gather(ascending: rows)
            }
            try QueryError.refusing { () throws(KernelError) in
                try state.accumulators[index].update(part, groups)
            }
            if stretches.count > 1 { try state.book(context.budget) }
        }
    }

    /// The group of rows that all have the same keys, a vector of one row each.
    func group(of keys: [Vector], _ ordinal: UInt64, in state: inout State) -> UInt32 {
        if groups.isEmpty { return 0 }
        let group = state.table?.assign(keys, ordinal: ordinal).first ?? 0
        state.growToTable()
        return group
    }

    func columnsRead(by call: AggregateCall) -> Set<Int> {
        var columns: Set<Int> = []
        for expression in call.arguments + call.order.map(\.expression) { expression.collectColumns(into: &columns) }
        return columns
    }

    /// Merges the threads' states into the result.
    func finish(_ states: consuming [State]) throws -> [Chunk] {
        var rest = states
        // Taken out of the list: what is merged is nobody else's then, and growing it copies nothing.
        var merged = try rest.isEmpty ? makeState() : rest.removeFirst()
        while !rest.isEmpty {
            try context.check()
            var other = rest.removeFirst()
            try merge(&other, into: &merged, isLast: rest.isEmpty)
        }
        guard let table = merged.table else {
            return [Chunk(columns: try results(merged, [0]), rowCount: 1)]
        }
        if table.count == 0 { return [] }
        if let first, first.isWorthwhile(of: table.count) { return try groups(first, of: merged, table) }
        // Texts of the keys stay with the chunks: steps after this one share them.
        try context.budget.reserve(table.keyBytes(of: table.count, shown: shown))
        try context.budget.reserve(table.count * 28)
        let order = table.firstSeenOrder() ?? (0..<UInt32(table.count)).map { $0 }
        try context.budget.reserve(-table.count * 28)
        assert(order.count == table.count, "every group is handed out once")
        let keys = table.keys(of: order, shown: shown)
        let whole = Chunk(columns: keys + (try results(merged, order)), rowCount: order.count)
        // Keys and results go out in pieces, so that later steps may share the work. They share the keys' texts, too:
        // whoever puts the pieces together again has one dictionary, not one a piece.
        return whole.pieces(of: context.chunkRowsMax)
    }

    /// The groups that may come first, in the order they were first seen. All results are made of what may not be
    /// computable, which is refused as ever; keys and other results of these groups alone.
    private func groups(_ first: FirstGroups, of state: State, _ table: GroupTable) throws -> [Chunk] {
        let all = (0..<UInt32(table.count)).map { $0 }
        let asked = first.columnsAsked
        let values = try state.accumulators.indices.map { index -> Vector? in
            let accumulator = state.accumulators[index]
            let isWanted = index == first.call || asked.contains(groups.count + index) || accumulator.mayRefuse
            return isWanted ? try results(accumulator, all) : nil
        }
        guard let key = values[first.call] else { preconditionFailure("groups come in the order of a result") }
        let left = try groupsLeft(by: first, of: values, count: table.count)
        var leading = try SortOrder.leading(
            by: left.map { key.gather($0) } ?? key, descending: first.isDescending, nullsFirst: first.nullsFirst,
            limit: first.limit, look: context.check)
        if let left { leading = leading.map { left[Int($0)] } }
        if leading.isEmpty { return [] }
        // Where most are alike, sorting them is no less work than putting all in order.
        let areFew = leading.count <= table.count / 8
        try context.budget.reserve(leading.count * 28)
        let order = areFew ? table.inFirstSeenOrder(leading) : table.firstSeenOrder() ?? all
        try context.budget.reserve(table.keyBytes(of: order.count, shown: shown) - leading.count * 28)
        let columns = try values.indices.map { index in
            try values[index]?.gather(order) ?? results(state.accumulators[index], order)
        }
        return Chunk(columns: table.keys(of: order, shown: shown) + columns, rowCount: order.count)
            .pieces(of: context.chunkRowsMax)
    }

    private func results(_ state: State, _ groups: [UInt32]) throws -> [Vector] {
        try state.accumulators.map { try results($0, groups) }
    }

    private func results(_ accumulator: any Accumulator, _ groups: [UInt32]) throws -> Vector {
        // What results hold is booked for as long as the query runs: steps after this one share their texts.
        try context.budget.reserve(accumulator.finishBytes + groups.count * 16)
        return try context.running { () throws(KernelError) in
            try accumulator.finish(groups, context.watch, context.helpers)
        }
    }

    private func merge(_ other: inout State, into merged: inout State, isLast: Bool) throws {
        var mapping: [UInt32] = [0]
        if let table = other.table {
            mapping = merged.table?.absorb(table, last: isLast ? context.helpers : nil) ?? []
            assert(mapping.count == table.count, "every group has a place in the other table")
            other.table = nil
        }
        merged.growToTable()
        for index in merged.accumulators.indices {
            let state = other.accumulators[index]
            try QueryError.refusing { () throws(KernelError) in try merged.accumulators[index].merge(state, mapping) }
        }
        try merged.book(context.budget)
        try context.budget.reserve(-other.bookedBytes)
    }
}

extension Chunk {
    /// The rows at `positions` of some columns; the others stay empty of values.
    func gather(_ positions: [UInt32], only wanted: Set<Int>) -> Chunk {
        Chunk(
            columns: columns.enumerated().map { index, column in
                wanted.contains(index)
                    ? column.gather(positions) : .constant(.null, type: column.type, count: positions.count)
            }, rowCount: positions.count)
    }
}
