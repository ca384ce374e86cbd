import Columnar
import Plans

/// What page headers say of whole morsels to an aggregation: counts, sums, least and greatest values, where they prove
/// every condition and tell that keys are the same in all rows. Each aggregate is answered by itself, so that rows are
/// read for the others alone.
struct HeaderAnswers: Sendable {
    private let scan: ScanOperator
    private let aggregate: AggregateOperator
    /// By call.
    private let questions: [Question]
    /// The columns that keys look at.
    private let keyColumns: [Int]

    /// What an aggregate asks headers.
    private enum Question: Sendable {
        /// How many rows there are.
        case rows
        /// What is known of these values.
        case values(Expression)
        /// Nothing: it wants to see the rows.
        case nothing
    }

    private enum Answer {
        /// No row counts.
        case noRows
        /// The state of one group that has taken in all rows.
        case state(any Accumulator)
    }

    /// What is left to do of a morsel.
    enum Rest {
        case nothing
        /// To read its rows.
        case rows(AggregateOperator.Known)
    }

    /// nil where no aggregate asks headers anything.
    init?(_ scan: ScanOperator, _ aggregate: AggregateOperator) {
        guard scan.context.options.usesSummaries else { return nil }
        questions = aggregate.calls.map(Self.question)
        // Who wants groups alone asks for these.
        let asks = aggregate.calls.isEmpty || questions.contains { if case .nothing = $0 { false } else { true } }
        guard asks, !aggregate.groups.isEmpty || !aggregate.calls.isEmpty else { return nil }
        keyColumns = aggregate.groups.reduce(into: Set<Int>()) { $1.collectColumns(into: &$0) }.sorted()
        (self.scan, self.aggregate) = (scan, aggregate)
    }

    private static func question(of call: AggregateCall) -> Question {
        guard !call.isDistinct || call.function == .minimum || call.function == .maximum, call.order.isEmpty,
            !(call.filter?.mayFail ?? false)
        else { return .nothing }
        switch call.function {
        case .countRows: return .rows
        case .count, .sum, .minimum, .maximum, .average, .mergedCount:
            return call.arguments.count == 1 ? .values(call.dividend ?? call.arguments[0]) : .nothing
        default: return .nothing
        }
    }

    /// Whether nothing is left to do of a morsel.
    func answerAll(of morsel: any Morsel) throws -> Bool {
        guard let open = scan.remaining(morsel) else { return true }
        guard open.isEmpty, try keys(of: morsel) != nil else { return false }
        return try questions.indices.allSatisfy { try answer($0, morsel) != nil }
    }

    /// Takes in what the headers of a morsel say.
    /// - Parameter ordinal: where its rows stand in the input.
    func take(_ morsel: any Morsel, _ ordinal: UInt64, into state: inout AggregateOperator.State) throws -> Rest {
        guard morsel.rowCount > 0, let open = scan.remaining(morsel) else { return .nothing }
        // Conditions may leave no row, and no group then: a key that cannot be computed is nobody's. Where rows are
        // left it is refused as they are read.
        guard let keys = open.isEmpty ? try keys(of: morsel) : try? keys(of: morsel) else {
            return .rows(AggregateOperator.Known())
        }
        guard open.isEmpty else { return .rows(AggregateOperator.Known(keys: keys)) }
        var answers: [Int: Answer] = [:]
        for call in questions.indices { answers[call] = try answer(call, morsel) }
        let group = aggregate.group(of: keys, ordinal, in: &state)
        for call in questions.indices {
            guard case .state(let part)? = answers[call] else { continue }
            try QueryError.refusing { () throws(KernelError) in
                try state.accumulators[call].merge(part, [group])
            }
        }
        try state.book(scan.context.budget)
        if answers.count == questions.count { return .nothing }
        return .rows(AggregateOperator.Known(answered: Set(answers.keys), keys: keys))
    }

    /// The keys that all rows of a morsel have, as rows of one value; nil where headers do not tell them.
    private func keys(of morsel: any Morsel) throws -> [Vector]? {
        if aggregate.groups.isEmpty { return [] }
        var values: [Vector] = []
        for column in keyColumns {
            // Most keys are told by no header.
            guard let value = value(of: column, morsel) else { return nil }
            values.append(value)
        }
        var row = Chunk(columns: scan.output.map { .nulls($0.type, count: 1) }, rowCount: 1)
        for (column, value) in zip(keyColumns, values) { row.columns[column] = value }
        let evaluator = Evaluator(context: scan.context)
        let keys = try aggregate.groups.map { try evaluator.evaluate($0, row) }
        return keys.allSatisfy { if case .constant = $0.storage { true } else { false } } ? keys : nil
    }

    /// A row of the value that all rows of a morsel have in a column, or of one that is as good as theirs; nil where
    /// headers do not tell it.
    private func value(of column: Int, _ morsel: any Morsel) -> Vector? {
        let type = scan.output[column].type
        guard let summary = morsel.summary(scan.columns[column]) else { return nil }
        if summary.nullCount == morsel.rowCount { return .nulls(type, count: 1) }
        guard summary.nullCount == 0 else { return nil }
        if let bucket = scan.bucket(column, of: morsel, rows: 1) { return bucket }
        // Whatever the bounds are of, nothing else lies between.
        guard type.areEqualsAlike, !summary.minimum.isNull, summary.minimum == summary.maximum else { return nil }
        return .constant(summary.minimum, type: type, count: 1)
    }

    /// nil where headers do not answer.
    private func answer(_ call: Int, _ morsel: any Morsel) throws -> Answer? {
        func known(_ column: Int) -> ColumnSummary? { morsel.summary(scan.columns[column]) }
        let rowCount = morsel.rowCount
        var summary: ColumnSummary? = ColumnSummary(minimum: .null, maximum: .null, nullCount: 0)
        switch questions[call] {
        case .rows: break
        case .values(let expression): summary = expression.summary(rowCount: rowCount, of: known)
        case .nothing: return nil
        }
        if let filter = aggregate.calls[call].filter {
            guard let holds = ZoneMapEvaluator.decide(filter, rowCount: rowCount, summary: known) else { return nil }
            if !holds { return .noRows }
        }
        var state = try aggregate.makeAccumulator(call)
        state.grow(to: 1)
        return state.updateFromSummary(summary, rowCount: rowCount) ? .state(state) : nil
    }
}
