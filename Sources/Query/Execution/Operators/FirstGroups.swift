import Columnar
import Plans

/// Groups of which only those are wanted that come first by the result of one aggregate: all others need no keys.
struct FirstGroups: Sendable {
    /// Which of the aggregates.
    var call: Int
    var isDescending: Bool
    var nullsFirst: Bool
    /// How many groups; those whose results are like the last one's come as well.
    var limit: Int
    /// Which groups there are to choose from (`HAVING`), over what the aggregate gives; no key is looked at.
    var conditions: [Expression] = []
    /// The whole order, over what the aggregate gives; empty where it is not known.
    var keys: [SortKey] = []

    /// What conditions look at.
    var columnsAsked: Set<Int> { conditions.reduce(into: []) { $0.formUnion($1.columnsRead) } }

    /// Fewer groups are sorted as they are.
    private static let countMin = 1_024

    /// Whether it is less work than to hand on so many groups.
    func isWorthwhile(of count: Int) -> Bool { limit > 0 && count >= Self.countMin && limit <= count / 8 }
}

extension AggregateOperator {
    /// The groups that conditions leave to choose from, ascending; nil without conditions.
    /// - Parameter values: the aggregates' results of all groups, where conditions look at them at least.
    func groupsLeft(by first: FirstGroups, of values: [Vector?], count: Int) throws -> [UInt32]? {
        if first.conditions.isEmpty { return nil }
        let asked = first.columnsAsked
        let keys = groups.map { Vector.nulls($0.type, count: count) }
        let results = calls.indices.map { index -> Vector in
            let known = asked.contains(keys.count + index) ? values[index] : nil
            return known ?? .nulls(calls[index].type, count: count)
        }
        // A copy in pieces, and the groups.
        let bytes = count * (16 * asked.count + 4)
        try context.budget.reserve(bytes)
        let evaluator = Evaluator(context: context)
        var left: [UInt32] = []
        var start: UInt32 = 0
        for piece in Chunk(columns: keys + results, rowCount: count).pieces(of: context.chunkRowsMax) {
            try context.check()
            var (rest, rows) = (piece, Array(start..<start + UInt32(piece.rowCount)))
            for condition in first.conditions {
                guard let kept = Selection.rows(where: try evaluator.evaluate(condition, rest)) else { continue }
                rest = rest.gather(KeptRows(ascending: kept))
                rows = kept.map { rows[Int($0)] }
            }
            left += rows
            start += UInt32(piece.rowCount)
        }
        try context.budget.reserve(-bytes)
        return left
    }
}

extension SortKey {
    /// The same order of what some expressions are made of; nil: they are the columns themselves.
    func over(_ expressions: [Expression]?) -> SortKey {
        guard let expressions else { return self }
        return SortKey(
            expression: expression.substituting(expressions), isDescending: isDescending, nullsFirst: nullsFirst)
    }
}
