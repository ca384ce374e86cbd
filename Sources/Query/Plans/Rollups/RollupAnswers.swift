import Columnar

extension Plan {
    /// The plan with each aggregation over events that rollups can answer reading these instead: whole buckets from the
    /// rollup of longest buckets, what is left at both ends from shorter ones and from the events. Answers are the same
    /// to the last digit.
    ///
    /// Run it on a rewritten plan without subqueries, and rewrite it again.
    /// - Parameter rollups: those of longest buckets first, of equal ones those of fewest rows.
    func answeredFromRollups(_ rollups: [RollupDescription], timeZone: String) -> Plan {
        if rollups.isEmpty { return self }
        return rewriteUp { node in
            guard let source = AggregateSource(node) else { return node }
            let fitting = rollups.filter { $0.source == source.table }
            return fitting.isEmpty ? node : RollupAnswer(source, rollups: fitting, timeZone: timeZone)?.plan ?? node
        }
    }

    /// The tables that are read, subqueries' included, each once.
    package var tablesRead: [String] {
        var tables: [String] = []
        _ = rewriteUp { node in
            if case .scan(let table, _, _, _) = node, !tables.contains(table) { tables.append(table) }
            return node
        }
        return tables
    }
}

/// One aggregation answered from rollups.
private struct RollupAnswer {
    private let source: AggregateSource
    /// Rollups that know everything that is asked, longest buckets first, of each length the one of fewest rows; all
    /// need the same partial columns.
    private var known: [RollupDescription] = []
    private let translation: RollupTranslation

    /// nil where no rollup can tell.
    init?(_ source: AggregateSource, rollups: [RollupDescription], timeZone: String) {
        self.source = source
        var first: RollupTranslation?
        for rollup in rollups where rollup.grainNanoseconds != known.last?.grainNanoseconds {
            guard let translation = try? RollupTranslation(source, by: rollup, timeZone: timeZone),
                translation.asksForLeading(of: rollup)
            else { continue }
            if first == nil { first = translation }
            known.append(rollup)
        }
        guard let first else { return nil }
        translation = first
    }

    /// nil where no whole bucket lies in the times asked for.
    var plan: Plan? {
        guard let pieces = try? pieces(translation.range, known[...]), pieces.contains(where: { $0.isRollup }) else {
            return nil
        }
        var rows = pieces.count == 1 ? pieces[0].plan : .union(pieces.map(\.plan))
        if let condition = Expression.conjunction(translation.conditions) { rows = .filter(rows, condition) }
        return .aggregate(rows, groups: translation.groups, aggregates: translation.calls, output: source.output)
    }

    private struct Piece {
        var plan: Plan
        var isRollup: Bool
    }

    /// What covers the range, oldest first.
    private func pieces(_ range: TimeRange, _ rollups: ArraySlice<RollupDescription>) throws -> [Piece] {
        guard let rollup = rollups.first else { return [Piece(plan: try events(range), isRollup: false)] }
        let rest = rollups.dropFirst()
        guard !range.isEmpty, let split = range.split(grain: rollup.grainNanoseconds, earliest: rollup.earliestTime)
        else {
            return try pieces(range, rest)
        }
        return try (split.before.map { try pieces($0, rest) } ?? [])
            + [Piece(plan: rows(of: rollup, split.whole), isRollup: true)]
            + (split.after.map { try pieces($0, rest) } ?? [])
    }

    private func rows(of rollup: RollupDescription, _ range: TimeRange) -> Plan {
        var read = [rollup.time]
        let indices = translation.partials.map { partial in
            guard let index = rollup.index(of: partial) else {
                preconditionFailure("a rollup that was found to know all")
            }
            return index
        }
        for index in indices where !read.contains(index) { read.append(index) }
        let columns = read.map { rollup.columns[$0] }
        var plan = Plan.scan(table: rollup.table, columns: read, output: columns, predicates: [])
        if let condition = Expression.conjunction(range.conditions(on: .column(0, columns[0].type))) {
            plan = .filter(plan, condition)
        }
        let expressions = indices.map { index in
            Expression.column(read.firstIndex(of: index) ?? 0, rollup.columns[index].type)
        }
        return .project(plan, expressions, output: indices.map { rollup.columns[$0] })
    }

    private func events(_ range: TimeRange) throws -> Plan {
        let partials = EventPartials(columns: source.columns)
        let names = translation.partials.map { partial in known[0].index(of: partial).map { known[0].columns[$0] } }
        var expressions: [Expression] = []
        var output: [TableColumn] = []
        for (partial, column) in zip(translation.partials, names) {
            guard let expression = partials.expression(partial), let column else { throw RollupTranslation.NotKnown() }
            expressions.append(expression)
            output.append(column)
        }
        var plan = source.scan
        guard let time = source.columns.firstIndex(where: { $0.name == known[0].columns[known[0].time].name }) else {
            throw RollupTranslation.NotKnown()
        }
        if let condition = Expression.conjunction(range.conditions(on: .column(time, .timestamptz))) {
            plan = .filter(plan, condition)
        }
        return .project(plan, expressions, output: output)
    }
}
