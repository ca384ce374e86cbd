/// What reading a statement takes while it lasts, booked where what its answer takes is booked. Used by one thread.
package final class StatementMemory {
    private let limitBytes: Int
    private let booking: MemoryBooking?

    /// Nothing yet, of what a question under these options may hold.
    package init(_ options: QueryOptions) {
        limitBytes = options.memoryBudgetBytes
        booking = options.memoryPool.map { MemoryBooking(in: $0) }
    }

    /// Books so much in all.
    /// - Throws: `.memoryExceeded` where it is more than the question may hold, or than others have left.
    package func hold(_ bytes: Int) throws(QueryError) {
        if bytes > limitBytes { throw .memoryExceeded(limitBytes: limitBytes) }
        if let booking, !booking.change(to: bytes) { throw .memoryTaken }
    }

    /// Gives all of it back.
    package func release() { booking?.set(to: 0) }
}

extension Plan {
    /// Plans of so many parts are nothing to what their answers take.
    private static let smallPartsMax = 4_096
    /// A part of an expression, as the plan has it and as its rewritten form does.
    private static let partBytes = 256

    /// About what the plan takes with the form of it that runs; nothing for one of a usual length. O(size).
    package var heldBytes: Int {
        let parts = partsCount
        return parts <= Self.smallPartsMax ? 0 : parts * Self.partBytes
    }

    /// Its nodes, and all that their expressions are made of. O(size).
    package var partsCount: Int {
        expressions.reduce(1) { $0 + $1.partsCount } + inputs.reduce(0) { $0 + $1.partsCount }
    }

    /// Columns that its nodes have names and types of; those of joins and the like follow from the nodes below.
    /// O(size).
    package var columnsCount: Int {
        let own =
            switch self {
            case .scan(_, _, let output, _), .values(_, let output), .project(_, _, let output),
                .aggregate(_, _, _, let output), .window(_, _, _, _, let output):
                output.count
            case .filter, .distinct, .sort, .limit, .join, .union: 0
            }
        return expressions.reduce(own) { $0 + $1.columnsCount } + inputs.reduce(0) { $0 + $1.columnsCount }
    }
}

extension Expression {
    fileprivate var partsCount: Int {
        switch self {
        case .scalarSubquery(let plan, _): 1 + plan.partsCount
        // A constant of a list is a value and no more.
        case .oneOf(let inner, let constants): 1 + inner.partsCount + constants.count / 2
        case .column, .literal, .call, .cast, .conditional, .placeholder:
            children.reduce(1) { $0 + $1.partsCount }
        }
    }

    /// Those of the plans of scalar subqueries.
    fileprivate var columnsCount: Int {
        if case .scalarSubquery(let plan, _) = self { return plan.columnsCount }
        return children.reduce(0) { $0 + $1.columnsCount }
    }
}
