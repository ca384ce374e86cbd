import Bytes
package import Columnar

/// What happens to a plan before an engine runs it: rollups' tables are read merged, scalar subqueries answered, what
/// these bring in is rewritten as the rest was when the plan was made, and, where it may be, answered from rollups.
package struct Preparation {
    private let rollups: [RollupDescription]
    private let options: QueryOptions

    /// For plans over these tables.
    package init(catalog: any TableCatalog, options: QueryOptions) {
        rollups = catalog.rollups
        self.options = options
    }

    /// The plan to run; the one that was kept under these options, where all that decides it is as it was.
    /// - Parameter answer: runs the prepared plan of a scalar subquery and gives its chunks. Innermost subqueries come
    ///   first.
    /// - Throws: `.tooManyRows` for a subquery of more than one row; `.cancelled`, `.deadlineExceeded`; what `answer`
    ///   throws.
    package func prepare(_ plan: Plan, answer: (Plan) throws -> [Chunk]) throws -> Plan {
        guard let kept = options.preparation else { return try prepared(plan, answer) }
        var basis = KeptPreparation.Basis(
            rollups: rollups, timeZone: ExactText(options.timeZone), usesRollups: options.usesRollups)
        if !kept.asksSubqueries, let known = kept.plan(of: plan, on: basis) {
            try options.check()
            return known
        }
        let whole = try replacingSubqueries(plan.mergingRollups(rollups), &basis.answers, answer)
        if let known = kept.plan(of: plan, on: basis) {
            try options.check()
            return known
        }
        let done = try finished(whole)
        kept.keep(done, on: basis)
        return done
    }

    private func prepared(_ plan: Plan, _ answer: (Plan) throws -> [Chunk]) throws -> Plan {
        var answers: [Scalar] = []
        return try finished(replacingSubqueries(plan.mergingRollups(rollups), &answers, answer))
    }

    /// The plan to run, of one without subqueries.
    private func finished(_ whole: Plan) throws -> Plan { try answered(whole).countingGroups() }

    /// Rewritten, and answered from rollups where it may be.
    private func answered(_ whole: Plan) throws -> Plan {
        let rewritten = whole.rewritten(timeZone: options.timeZone, within: options)
        try options.check()
        guard options.usesRollups else { return rewritten }
        let answered = rewritten.answeredFromRollups(rollups, timeZone: options.timeZone)
        if answered == rewritten { return rewritten }
        let again = answered.rewritten(timeZone: options.timeZone, within: options)
        try options.check()
        return again
    }

    /// - Parameter answers: is given what each subquery answered, in order; not those inside others.
    private func replacingSubqueries(
        _ plan: Plan, _ answers: inout [Scalar], _ answer: (Plan) throws -> [Chunk]
    ) throws -> Plan {
        try plan.mapInputs { input throws in try replacingSubqueries(input, &answers, answer) }
            .mapExpressions { expression throws in
                expression.containsSubquery ? try replacingSubqueries(expression, &answers, answer) : expression
            }
    }

    private func replacingSubqueries(
        _ expression: Expression, _ answers: inout [Scalar], _ answer: (Plan) throws -> [Chunk]
    ) throws -> Expression {
        if case .scalarSubquery(let plan, let type) = expression {
            let found = try value(of: answer(prepared(plan, answer)))
            answers.append(found)
            return .literal(found, type)
        }
        return try expression.mapChildren { child throws in try replacingSubqueries(child, &answers, answer) }
    }

    /// NULL where there is no row.
    private func value(of chunks: [Chunk]) throws -> Scalar {
        let rows = chunks.reduce(0) { $0 + $1.rowCount }
        if rows > 1 {
            throw QueryError(.tooManyRows, "more than one row returned by a subquery used as an expression")
        }
        let filled = chunks.first { $0.rowCount > 0 }
        return filled?.columns.first?.scalar(at: 0) ?? .null
    }
}
