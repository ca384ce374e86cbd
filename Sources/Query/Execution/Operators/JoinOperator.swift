import Columnar
import Plans

/// Hash join: the right side is kept whole and indexed by key, the left side streams through it.
struct JoinOperator: Sendable {
    let context: QueryContext
    let kind: JoinKind
    let leftKeys: [Expression]
    let residual: Expression?
    let output: [TableColumn]
    /// Which columns of the output anybody looks at, or the residual condition; the others are null throughout.
    private let read: Set<Int>
    private let right: Chunk
    private let table: GroupTable?
    private let keyTypes: [ColumnType]
    /// Rows of the right side by group: `rows[starts[g]..<starts[g + 1]]`.
    private let starts: [UInt32]
    private let rows: [UInt32]
    /// By group: its only row of the right side, `UInt32.max` for none. nil where a group has several, or a condition
    /// is to be tried on pairs.
    private let partners: [UInt32]?
    /// The rows of the right side by an only key with a kept number, in the place of `table`; nil where it is not so.
    private let partnersByCode: CodePartners?

    /// - Parameter shown: which columns of the output anybody looks at.
    init(
        _ context: QueryContext, right chunks: [Chunk], rightColumns: [TableColumn], leftColumns: [TableColumn],
        kind: JoinKind, leftKeys: [Expression], rightKeys: [Expression], residual: Expression?, shown: Set<Int>
    ) throws {
        self.context = context
        self.kind = kind
        self.leftKeys = leftKeys
        self.residual = residual
        output = leftColumns + rightColumns
        precondition(leftKeys.count == rightKeys.count, "keys come in pairs")
        let read = shown.union(residual?.columnsRead ?? [])
        self.read = read
        // Keys that are shown nowhere are compared and not kept.
        let parts = chunks.map { $0.showing(read, from: leftColumns.count) }
        let right = Chunk.concatenate(parts, columns: rightColumns)
        try context.budget.reserve(right.heldBytes)
        try context.check()
        self.right = right
        let keyTypes: [ColumnType] = zip(leftKeys, rightKeys).map { left, right in
            if left.type.isNumeric || right.type.isNumeric {
                return .numeric(scale: max(left.type.scale, right.type.scale))
            }
            return right.type
        }
        self.keyTypes = keyTypes
        guard !rightKeys.isEmpty else {
            table = nil
            starts = []
            rows = []
            partners = nil
            partnersByCode = nil
            return
        }
        if residual == nil, let found = Self.partnersByCode(chunks, leftKeys, rightKeys) {
            try context.budget.reserve(found.memoryBytes)
            (table, partners, partnersByCode) = (nil, nil, found)
            (starts, rows) = ([], [])
            return
        }
        var table = GroupTable(types: keyTypes)
        let evaluator = Evaluator(context: context)
        // Chunk by chunk: codes that several of them have in common would be none of the whole's, where others have
        // texts of their own.
        var groups: [UInt32] = []
        groups.reserveCapacity(right.rowCount)
        for (place, chunk) in chunks.enumerated() {
            try context.check()
            let keys = try zip(rightKeys, keyTypes).map { try Self.aligned(evaluator.evaluate($0, chunk), to: $1) }
            groups += table.assign(keys, ordinal: UInt64(place) << 32)
        }
        assert(groups.count == right.rowCount, "a group for each row")
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
        partners = residual == nil ? Self.partners(starts, rows) : nil
        try context.budget.reserve(table.memoryBytes + rows.count * 8 + (partners?.count ?? 0) * 4)
        partnersByCode = nil
        self.table = table
        self.starts = starts
        self.rows = rows
    }

    /// nil where there are several keys, or they come otherwise.
    private static func partnersByCode(
        _ chunks: [Chunk], _ leftKeys: [Expression], _ rightKeys: [Expression]
    ) -> CodePartners? {
        guard rightKeys.count == 1, case .column(let column, .text) = rightKeys[0], leftKeys[0].type == .text else {
            return nil
        }
        return CodePartners(chunks.map { $0.columns[column] })
    }

    private static func partners(_ starts: [UInt32], _ rows: [UInt32]) -> [UInt32]? {
        var partners = [UInt32](repeating: .max, count: starts.count - 1)
        for group in partners.indices where starts[group] < starts[group + 1] {
            if starts[group + 1] - starts[group] > 1 { return nil }
            partners[group] = rows[Int(starts[group])]
        }
        return partners
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

    /// So many matches are appended one by one: for more the call of a bulk append pays.
    private static let fewMatches = 16

    /// Pairs of a chunk's rows that are still to be handed on.
    private struct Piece {
        var left: [UInt32] = []
        var right: [UInt32] = []
        /// The first left row of which not all pairs were handed on, and whether some of its pairs were.
        var first = 0
        var isMatched = false
    }

    /// Hands on the pairs of a chunk in pieces, so that a key with many matches does not pile them up.
    private func probe(_ input: Chunk, _ sink: Pipeline.Sink) throws {
        if let partnersByCode {
            let keys = try Evaluator(context: context).evaluate(leftKeys[0], input)
            return try pairUp(inPieces: input.showing(read, from: 0), partnersByCode.partners(of: keys), sink)
        }
        var groups: [UInt32] = []
        if let table {
            let evaluator = Evaluator(context: context)
            groups = table.lookUp(
                try zip(leftKeys, keyTypes).map { try Self.aligned(evaluator.evaluate($0, input), to: $1) })
        }
        let chunk = input.showing(read, from: 0)
        assert(table == nil || groups.count == chunk.rowCount, "a group or none for each row")
        let most = context.chunkRowsMax
        if let partners, chunk.rowCount <= most {
            return try pairUp(chunk, groups.map { $0 == .max ? .max : partners[Int($0)] }, sink)
        }
        var piece = Piece()
        for row in 0..<chunk.rowCount {
            let candidates = candidates(of: row, groups)
            var next = candidates.lowerBound
            while next < candidates.upperBound {
                let end = min(candidates.upperBound, next + most - piece.left.count)
                if end - next <= Self.fewMatches {
                    // The usual case: a key that the right side has once or a few times.
                    for place in next..<end {
                        piece.left.append(UInt32(row))
                        piece.right.append(table == nil ? UInt32(place) : rows[place])
                    }
                } else {
                    piece.left.append(contentsOf: repeatElement(UInt32(row), count: end - next))
                    piece.right += table == nil ? Array(UInt32(next)..<UInt32(end)) : Array(rows[next..<end])
                }
                next = end
                guard piece.left.count == most else { continue }
                try emit(chunk, &piece, upTo: next < candidates.upperBound ? row : row + 1, sink)
            }
        }
        try emit(chunk, &piece, upTo: chunk.rowCount, sink)
    }

    /// As ``pairUp(_:_:_:)``, of no more rows at a time than may be handed on.
    private func pairUp(inPieces chunk: Chunk, _ matches: [UInt32], _ sink: Pipeline.Sink) throws {
        let most = context.chunkRowsMax
        if chunk.rowCount <= most { return try pairUp(chunk, matches, sink) }
        for start in stride(from: 0, to: chunk.rowCount, by: most) {
            let range = start..<min(start + most, chunk.rowCount)
            try pairUp(chunk.slice(range), Array(matches[range]), sink)
        }
    }

    /// Hands on the pairs of a chunk each of whose rows has one partner at most: left rows stay where they are.
    private func pairUp(_ chunk: Chunk, _ matches: [UInt32], _ sink: Pipeline.Sink) throws {
        try context.check()
        var (left, matches) = (chunk, matches)
        if kind != .left, matches.contains(.max) {
            let kept = matches.indices.filter { matches[$0] != .max }.map { UInt32($0) }
            if kept.isEmpty { return }
            left = chunk.gather(KeptRows(ascending: kept))
            matches = kept.map { matches[Int($0)] }
        }
        assert(matches.count == left.rowCount, "a partner for each row, or none")
        try sink(
            Chunk(
                columns: left.columns + right.columns.map { $0.gatherOrNull(matches) }, rowCount: left.rowCount))
    }

    /// Places in `rows` of the right rows whose keys match; without keys all right rows.
    private func candidates(of row: Int, _ groups: [UInt32]) -> Range<Int> {
        if table == nil { return 0..<right.rowCount }
        if groups[row] == .max { return 0..<0 }
        return Int(starts[Int(groups[row])])..<Int(starts[Int(groups[row]) + 1])
    }

    /// Hands on a piece and begins the next one.
    /// - Parameter end: all pairs of the left rows before it are in the piece, or were in earlier ones.
    private func emit(_ chunk: Chunk, _ piece: inout Piece, upTo end: Int, _ sink: Pipeline.Sink) throws {
        try context.check()
        assert(piece.left.count == piece.right.count, "a pair has two sides")
        var (left, right) = (piece.left, piece.right)
        if let residual, !left.isEmpty {
            let pairs = paired(chunk, left, right)
            if let kept = Selection.rows(where: try Evaluator(context: context).evaluate(residual, pairs)) {
                left = kept.map { left[Int($0)] }
                right = kept.map { right[Int($0)] }
            }
        }
        let isMatched = left.last.map { Int($0) == end } ?? false || piece.first == end && piece.isMatched
        if kind == .left { (left, right) = withUnmatched(piece, upTo: end, left, right) }
        piece = Piece(first: end, isMatched: isMatched)
        guard left.count > context.chunkRowsMax else {
            if !left.isEmpty { try sink(paired(chunk, left, right)) }
            return
        }
        // Rows without a partner come on top of a piece's pairs.
        for start in stride(from: 0, to: left.count, by: context.chunkRowsMax) {
            let range = start..<min(start + context.chunkRowsMax, left.count)
            try sink(paired(chunk, Array(left[range]), Array(right[range])))
        }
    }

    /// Left rows without a partner, each in its place. The row at `end` goes on in the next piece.
    private func withUnmatched(
        _ piece: Piece, upTo end: Int, _ left: [UInt32], _ right: [UInt32]
    ) -> ([UInt32], [UInt32]) {
        assert(zip(left, left.dropFirst()).allSatisfy { $0 <= $1 }, "pairs ascend by their left rows")
        var allLeft: [UInt32] = []
        var allRight: [UInt32] = []
        allLeft.reserveCapacity(left.count + end - piece.first)
        allRight.reserveCapacity(left.count + end - piece.first)
        var next = 0
        for row in piece.first..<end {
            let before = next
            while next < left.count, Int(left[next]) == row {
                allLeft.append(UInt32(row))
                allRight.append(right[next])
                next += 1
            }
            if next == before, !(row == piece.first && piece.isMatched) {
                allLeft.append(UInt32(row))
                allRight.append(.max)
            }
        }
        allLeft += left[next...]
        allRight += right[next...]
        return (allLeft, allRight)
    }

    private func paired(_ chunk: Chunk, _ left: [UInt32], _ matches: [UInt32]) -> Chunk {
        Chunk(
            columns: chunk.columns.map { $0.gather(left) } + right.columns.map { $0.gatherOrNull(matches) },
            rowCount: left.count)
    }
}

extension Chunk {
    /// The rows with some of the columns, which are counted from a number on; the others are null throughout.
    fileprivate func showing(_ wanted: Set<Int>, from first: Int) -> Chunk {
        Chunk(
            columns: self.columns.enumerated().map { index, column in
                wanted.contains(first + index) ? column : .constant(.null, type: column.type, count: rowCount)
            }, rowCount: rowCount)
    }
}
