import Columnar
import Plans

/// Turns plan nodes into pipelines. A node that needs all rows of its input (aggregate, window, sort, distinct, limit,
/// a join's right side) runs at once; the others are steps of the stream above them.
struct PlanRunner: Sendable {
    let context: QueryContext

    func pipeline(_ plan: Plan) throws -> Pipeline {
        switch plan {
        case .scan, .filter: return try filtered(plan)
        case .values(let rows, let output): return try values(rows, output)
        case .project(let input, let expressions, let output): return try project(input, expressions, output)
        case .aggregate(let input, let groups, let calls, let output):
            return Pipeline(columns: output, chunks: try aggregate(input, groups, calls, output))
        case .distinct(let input):
            let source = try pipeline(input)
            let keys = source.columns.enumerated().map { Expression.column($0.offset, $0.element.type) }
            if keys.isEmpty {
                return Pipeline(
                    columns: [], chunks: try LimitOperator(context: context, count: 1, offset: 0).run(source))
            }
            let operation = AggregateOperator(context: context, groups: keys, calls: [], output: source.columns)
            return Pipeline(columns: source.columns, chunks: try operation.run(source))
        case .sort(let input, let keys, let limit):
            let source =
                try limit.flatMap { limit in
                    try firstRows(of: input, keys, limit: limit) ?? firstGroups(of: input, keys, limit: limit)
                } ?? pipeline(input)
            return Pipeline(
                columns: source.columns,
                chunks: try SortOperator(context: context, keys: keys, limit: limit).run(source))
        case .limit(let input, let count, let offset):
            let limit = LimitOperator(context: context, count: count, offset: offset)
            let source = try leading(limit.wanted, of: input) ?? pipeline(input)
            return Pipeline(columns: source.columns, chunks: try limit.run(source))
        case .join, .window: return try pipeline(plan, for: .all(of: plan))
        case .union(let inputs): return union(try inputs.map(pipeline), columns: plan.output)
        }
    }

    private func values(_ rows: [[Expression]], _ output: [TableColumn]) throws -> Pipeline {
        let evaluator = Evaluator(context: context)
        let columns = try output.indices.map { index in
            Vector(type: output[index].type, scalars: try rows.map { try evaluator.constant($0[index]) })
        }
        let whole = Chunk(columns: columns, rowCount: rows.count)
        try context.budget.reserve(whole.heldBytes)
        return Pipeline(columns: output, chunks: whole.pieces(of: context.chunkRowsMax))
    }

    private func project(_ input: Plan, _ expressions: [Expression], _ output: [TableColumn]) throws -> Pipeline {
        let looks = ColumnLooks(columns: Set(output.indices)).below(expressions)
        return projected(try pipeline(input, for: looks), expressions, output)
    }

    /// The rows for somebody who looks at some of their columns alone: of a table, what only its conditions ask about
    /// is not read for the rows that are left.
    private func pipeline(_ plan: Plan, for looks: ColumnLooks) throws -> Pipeline {
        if var scan = try scan(plan) {
            scan.wanted = looks.columns.sorted()
            return scan.reading(keys: looks.below(conditions: scan.conditions).keys, units: [:]).pipeline
        }
        switch plan {
        case .filter(let input, let condition):
            let conditions = condition.conjuncts
            if let rows = try windowed(input, conditions, looks) { return rows }
            return filtered(try pipeline(input, for: looks.below(conditions: conditions)), conditions)
        case .project(let input, let expressions, let output):
            return projected(try pipeline(input, for: looks.below(expressions)), expressions, output)
        case .aggregate(let input, let groups, let calls, let output):
            return Pipeline(
                columns: output, chunks: try aggregate(input, groups, calls, output, shown: looks.columns))
        case .distinct(let input):
            // Where the texts are shown, they come with the rows and not with a dictionary of many others.
            let output = input.output
            let areKeys = output.indices.allSatisfy { output[$0].type != .text || looks.keys.contains($0) }
            guard areKeys, !output.isEmpty else { return try pipeline(plan) }
            let groups = output.enumerated().map { Expression.column($0.offset, $0.element.type) }
            return Pipeline(columns: output, chunks: try aggregate(input, groups, [], output, shown: looks.columns))
        case .join(let left, let right, let kind, let leftKeys, let rightKeys, let residual):
            let below = looks.below(joining: left, leftKeys, right, rightKeys, residual: residual)
            let rightChunks = try pipeline(right, for: below.right).collect(context, keys: below.right.keys)
            let source = try pipeline(left, for: below.left)
            return try JoinOperator(
                context, right: rightChunks, rightColumns: right.output, leftColumns: source.columns, kind: kind,
                leftKeys: leftKeys, rightKeys: rightKeys, residual: residual, shown: looks.columns
            ).apply(source)
        case .window(let input, let partition, let order, let calls, let output):
            let below = looks.below(
                windowsOver: partition, order: order, calls, inputCount: output.count - calls.count)
            return try WindowOperator(
                context: context, partition: partition, order: order, calls: calls, output: output
            ).run(pipeline(input, for: below), keys: below.keys, shown: looks.columns)
        case .scan, .values, .sort, .limit, .union: return try pipeline(plan)
        }
    }

    private func projected(_ rows: Pipeline, _ expressions: [Expression], _ output: [TableColumn]) -> Pipeline {
        rows.map(columns: output) { [context] chunk in
            let evaluator = Evaluator(context: context)
            return Chunk(columns: try expressions.map { try evaluator.evaluate($0, chunk) }, rowCount: chunk.rowCount)
        }
    }

    /// A scan with the filters right above it, else a filter over a stream.
    private func filtered(_ plan: Plan) throws -> Pipeline {
        if let scan = try scan(plan) { return scan.pipeline }
        guard case .filter(let input, let condition) = plan else {
            preconditionFailure("only scans and filters come here")
        }
        if case .window = input { return try pipeline(plan, for: .all(of: plan)) }
        return filtered(try pipeline(input), condition.conjuncts)
    }

    /// The rows of a table that a condition over windows leaves; nil where others make the rows.
    private func windowed(_ plan: Plan, _ conditions: [Expression], _ looks: ColumnLooks) throws -> Pipeline? {
        guard case .window(let input, let partition, let order, let calls, let output) = plan,
            let scan = try scan(input)
        else { return nil }
        let windows = WindowOperator(
            context: context, partition: partition, order: order, calls: calls, output: output)
        return try WindowedRows(scan: scan, windows: windows, conditions: conditions, wanted: looks.columns).pipeline()
    }

    /// The rows that conditions leave, tried one after the other.
    func filtered(_ rows: Pipeline, _ conditions: [Expression]) -> Pipeline {
        rows.map(columns: rows.columns) { [context] chunk in
            let evaluator = Evaluator(context: context)
            var rest = chunk
            for condition in conditions {
                guard let kept = Selection.rows(where: try evaluator.evaluate(condition, rest)) else { continue }
                if kept.isEmpty { return nil }
                rest = rest.gather(KeptRows(ascending: kept))
            }
            return rest
        }
    }

    /// Rows of a table of which only the first are wanted, in the table's order; nil where others make the rows.
    private func leading(_ wanted: Int, of input: Plan) throws -> Pipeline? {
        if case .project(let below, let expressions, let output) = input {
            return try leading(wanted, of: below).map { projected($0, expressions, output) }
        }
        return try scan(input)?.pipeline(first: wanted)
    }

    /// The rows of a table that a sort with a limit looks at, in the table's order; nil where others have to make them.
    private func firstRows(of input: Plan, _ keys: [SortKey], limit: Int) throws -> Pipeline? {
        guard case .project(let below, let expressions, let output) = input else {
            guard let scan = try scan(input, mayJoin: true) else { return nil }
            return try TopRows(scan, keys: keys, limit: limit, others: [])?.pipeline() ?? scan.pieces().pipeline
        }
        guard let scan = try scan(below, mayJoin: true) else { return nil }
        let keys = keys.map { $0.over(expressions) }
        let top = try TopRows(scan, keys: keys, limit: limit, others: expressions)?.pipeline()
        let rows = try top ?? scan.pieces().pipeline
        return projected(rows, expressions, output)
    }

    /// The groups that a sort with a limit looks at, where its first key is an aggregate's result, nothing that may
    /// fail has to be tried on the others, and what is asked of them before looks at no key; nil for other plans.
    private func firstGroups(of input: Plan, _ keys: [SortKey], limit: Int) throws -> Pipeline? {
        var (node, key) = (input, keys.first)
        var projection: (expressions: [Expression], output: [TableColumn])?
        if case .project(let below, let expressions, let output) = input {
            (node, projection) = (below, (expressions, output))
            key?.expression = keys[0].expression.substituting(expressions)
        }
        var conditions: [Expression] = []
        while case .filter(let below, let condition) = node {
            conditions = condition.conjuncts + conditions
            node = below
        }
        guard case .aggregate(let source, let groups, let calls, let output) = node, !groups.isEmpty, let key,
            case .column(let index, _) = key.expression, index >= groups.count,
            !(keys.map(\.expression) + (projection?.expressions ?? [])).contains(where: \.mayFail),
            !conditions.contains(where: { $0.columnsRead.contains { $0 < groups.count } })
        else { return nil }
        let first = FirstGroups(
            call: index - groups.count, isDescending: key.isDescending, nullsFirst: key.nullsFirst, limit: limit,
            conditions: conditions, keys: keys.map { $0.over(projection?.expressions) })
        var rows = Pipeline(columns: output, chunks: try aggregate(source, groups, calls, output, first: first))
        // Where it was not worthwhile, they are all there.
        if !conditions.isEmpty { rows = filtered(rows, conditions) }
        return projection.map { projected(rows, $0.expressions, $0.output) } ?? rows
    }

    /// The scan below any filters; nil for other plans.
    /// - Parameter mayJoin: whether its morsels may stand for several pieces each.
    private func scan(_ plan: Plan, mayJoin: Bool = false) throws -> ScanOperator? {
        var conditions: [Expression] = []
        var node = plan
        while case .filter(let input, let condition) = node {
            conditions = condition.conjuncts + conditions
            node = input
        }
        guard case .scan(let table, let columns, let output, let predicates) = node else { return nil }
        return try ScanOperator(
            context, table: table, columns: columns, output: output, predicates: predicates, conditions: conditions,
            mayJoin: mayJoin)
    }

    /// - Parameters:
    ///   - first: which groups are wanted; nil: all.
    ///   - shown: which columns of the output anybody looks at; nil: all.
    private func aggregate(
        _ input: Plan, _ groups: [Expression], _ calls: [AggregateCall], _ output: [TableColumn],
        first: FirstGroups? = nil, shown: Set<Int>? = nil
    ) throws -> [Chunk] {
        assert(output.count == groups.count + calls.count, "groups come out, then aggregates")
        var source = input
        var groups = groups
        var calls = calls
        // A projection of bare columns only renames: look through it, so that page headers can answer.
        while case .project(let inner, let expressions, _) = source,
            expressions.allSatisfy({ if case .column = $0 { true } else { false } })
        {
            groups = groups.map { $0.substituting(expressions) }
            calls = calls.map { $0.mapExpressions { $0.substituting(expressions) } }
            source = inner
        }
        let operation = AggregateOperator(
            context: context, groups: groups, calls: calls, output: output, first: first, shown: shown)
        if case .aggregate(let below, let keys, let inner, let columns) = source {
            let rows = try aggregate(below, keys, inner, columns, shown: operation.columnsRead)
            return try operation.run(Pipeline(columns: columns, chunks: rows))
        }
        guard let scan = try scan(source, mayJoin: true) else {
            let looks = ColumnLooks(columns: operation.columnsRead, keys: operation.keys(besides: []))
            return try operation.run(pipeline(source, for: looks))
        }
        return try LaterResults(operation)?.run(scan) ?? operation.run(table: scan)
    }

    private func union(_ inputs: [Pipeline], columns: [TableColumn]) -> Pipeline {
        var starts = [0]
        for input in inputs { starts.append(starts[starts.count - 1] + input.unitCount) }
        let firsts = starts
        var all = Pipeline(columns: columns, unitCount: firsts[firsts.count - 1]) { unit, sink in
            let index = (firsts.firstIndex { $0 > unit } ?? firsts.count) - 1
            try inputs[index].produce(unit - firsts[index], sink)
        }
        let known = inputs.compactMap(\.rowsMax)
        all.rowsMax = known.count == inputs.count ? known.reduce(0, +) : nil
        return all
    }
}
