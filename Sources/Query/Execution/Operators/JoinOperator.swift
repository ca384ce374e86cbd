import Columnar
import Plans

/// Hash join: the right side is kept whole and indexed by key, the left side streams through it.
struct JoinOperator: Sendable {
    let context: QueryContext
    let kind: JoinKind
    let leftKeys: [Expression]
    let residual: Expression?
    let output: [TableColumn]
    private let right: Chunk
    private let table: GroupTable?
    private let keyTypes: [ColumnType]
    /// Rows of the right side by group: `rows[starts[g]..<starts[g + 1]]`.
    private let starts: [UInt32]
    private let rows: [UInt32]

    private static let pairsMax = 65_536

    init(
        _ context: QueryContext, right chunks: [Chunk], rightColumns: [TableColumn], leftColumns: [TableColumn], kind: JoinKind,
        leftKeys: [Expression], rightKeys: [Expression], residual: Expression?
    ) throws {
        self.context = context
        self.kind = kind
        self.leftKeys = leftKeys
        self.residual = residual
        output = leftColumns + rightColumns
        precondition(leftKeys.count == rightKeys.count, "keys come in pairs")
        let right = Chunk.concatenate(chunks, columns: rightColumns)
        self.right = right
        let keyTypes: [ColumnType] = zip(leftKeys, rightKeys).map { left, right in
            if left.type.isNumeric || right.type.isNumeric { return .numeric(scale: max(left.type.scale, right.type.scale)) }
            return right.type
        }
        self.keyTypes = keyTypes
        guard !rightKeys.isEmpty else {
            table = nil
            starts = []
            rows = []
            return
        }
        var table = GroupTable(types: keyTypes)
        let evaluator = Evaluator(context: context)
        let keys = try zip(rightKeys, keyTypes).map { try Self.aligned(evaluator.evaluate($0, right), to: $1) }
        let groups = right.rowCount > 0 ? table.assign(keys, ordinal: 0) : []
        let isMatchable = (0..<table.count).map { groups.isEmpty ? false : !table.hasNullKey(UInt32($0)) }
        var starts = [UInt32](repeating: 0, count: isMatchable.count + 1)
        for group in groups where isMatchable[Int(group)] { starts[Int(group) + 1] += 1 }
        for group in isMatchable.indices { starts[group + 1] += starts[group] }
        var next = starts
        var rows = [UInt32](repeating: 0, count: Int(starts[starts.count - 1]))
        for (row, group) in groups.enumerated() where isMatchable[Int(group)] {
            rows[Int(next[Int(group)])] = UInt32(row)
            next[Int(group)] += 1
        }
        assert(isMatchable.indices.allSatisfy { next[$0] == starts[$0 + 1] }, "every row found its place")
        try context.budget.reserve(table.memoryBytes + rows.count * 8)
        self.table = table
        self.starts = starts
        self.rows = rows
    }

    private static func aligned(_ vector: Vector, to type: ColumnType) throws -> Vector {
        guard case .numeric(let scale) = type, vector.type != type else { return vector }
        return try Rescaling.rescale(vector, to: scale)
    }

    func apply(_ input: Pipeline) -> Pipeline {
        Pipeline(columns: output, unitCount: input.unitCount) { [self] unit, sink in
            try input.produce(unit) { chunk in try probe(chunk, sink) }
        }
    }

    /// Hands on the pairs of a chunk in pieces, so that a key with many matches does not pile them up.
    private func probe(_ chunk: Chunk, _ sink: Pipeline.Sink) throws {
        var groups: [UInt32] = []
        if let table {
            let evaluator = Evaluator(context: context)
            groups = table.lookUp(try zip(leftKeys, keyTypes).map { try Self.aligned(evaluator.evaluate($0, chunk), to: $1) })
        }
        assert(table == nil || groups.count == chunk.rowCount, "a group or none for each row")
        var left: [UInt32] = []
        var matches: [UInt32] = []
        var first = 0
        for row in 0..<chunk.rowCount {
            if table != nil {
                if groups[row] != .max {
                    let range = Int(starts[Int(groups[row])])..<Int(starts[Int(groups[row]) + 1])
                    for place in range {
                        left.append(UInt32(row))
                        matches.append(rows[place])
                    }
                }
            } else {
                for other in 0..<UInt32(right.rowCount) {
                    left.append(UInt32(row))
                    matches.append(other)
                }
            }
            if left.count >= Self.pairsMax {
                try emit(chunk, first..<(row + 1), left, matches, sink)
                (left, matches, first) = ([], [], row + 1)
            }
        }
        try emit(chunk, first..<chunk.rowCount, left, matches, sink)
    }

    private func emit(_ chunk: Chunk, _ leftRows: Range<Int>, _ left: [UInt32], _ matches: [UInt32], _ sink: Pipeline.Sink) throws {
        try context.check()
        assert(left.count == matches.count, "a pair has two sides")
        var left = left
        var matches = matches
        if let residual, !left.isEmpty {
            let pairs = paired(chunk, left, matches)
            if let kept = Selection.rows(where: try Evaluator(context: context).evaluate(residual, pairs)) {
                left = kept.map { left[Int($0)] }
                matches = kept.map { matches[Int($0)] }
            }
        }
        if kind == .left { (left, matches) = withUnmatched(leftRows, left, matches) }
        if !left.isEmpty { try sink(paired(chunk, left, matches)) }
    }

    /// Left rows without a partner, each in its place.
    private func withUnmatched(_ leftRows: Range<Int>, _ left: [UInt32], _ matches: [UInt32]) -> ([UInt32], [UInt32]) {
        assert(zip(left, left.dropFirst()).allSatisfy { $0 <= $1 }, "pairs ascend by their left rows")
        assert(left.allSatisfy { leftRows.contains(Int($0)) }, "pairs of these rows")
        var allLeft: [UInt32] = []
        var allMatches: [UInt32] = []
        var next = 0
        for row in leftRows {
            let before = next
            while next < left.count, Int(left[next]) == row {
                allLeft.append(left[next])
                allMatches.append(matches[next])
                next += 1
            }
            if next == before {
                allLeft.append(UInt32(row))
                allMatches.append(.max)
            }
        }
        return (allLeft, allMatches)
    }

    private func paired(_ chunk: Chunk, _ left: [UInt32], _ matches: [UInt32]) -> Chunk {
        Chunk(columns: chunk.columns.map { $0.gather(left) } + right.columns.map { $0.gatherOrNull(matches) }, rowCount: left.count)
    }
}
