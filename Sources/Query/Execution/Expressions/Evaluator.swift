import Columnar
import Plans

/// Evaluates typed expressions over whole chunks. The shape (constant, dictionary, nulls, dense) is decided once a
/// chunk. One evaluator a chunk: the text it makes is booked while it lives.
struct Evaluator: Sendable {
    let context: QueryContext
    private let meter: TextBudget

    init(context: QueryContext) {
        self.context = context
        meter = TextBudget(context)
    }

    /// The expression's value for every row of the chunk.
    func evaluate(_ expression: Expression, _ chunk: Chunk) throws -> Vector {
        switch expression {
        case .column(let index, _): return chunk.columns[index]
        case .literal(let value, let type): return .constant(value, type: type, count: chunk.rowCount)
        default: break
        }
        // However large an expression is, what lies between two looks is one of its steps.
        try context.check()
        switch expression {
        case .column, .literal: preconditionFailure("what needs no step was answered")
        case .call(let function, let arguments, let type):
            return try call(function, arguments, type: type, chunk)
        case .cast(let operand, let type):
            let made = TextBudget.Count(meter)
            let result = try Casting(context: context).cast(evaluate(operand, chunk), to: type, made)
            try made.book()
            return result
        case .conditional(let branches, let otherwise, let type):
            return try conditional(branches, otherwise: otherwise, type: type, chunk)
        case .oneOf(let operand, let values):
            return try Membership.test(evaluate(operand, chunk), values, TextBudget.Count(meter))
        case .scalarSubquery:
            throw QueryError(.notSupported, "subquery is not supported here")
        case .placeholder:
            preconditionFailure("binders leave no placeholder in a plan")
        }
    }

    private func call(_ function: ScalarFunction, _ arguments: [Expression], type: ColumnType, _ chunk: Chunk) throws
        -> Vector
    {
        switch function {
        case .and, .or: return try connective(function, arguments, chunk)
        case .coalesce: return try coalesce(arguments, type: type, chunk)
        default: break
        }
        let values = try arguments.map { try evaluate($0, chunk) }
        return try apply(function, values, type: type, count: chunk.rowCount)
    }

    /// A function over evaluated arguments.
    func apply(_ function: ScalarFunction, _ values: [Vector], type: ColumnType, count: Int) throws -> Vector {
        assert(values.allSatisfy { $0.count == count }, "arguments of the same rows")
        let made = TextBudget.Count(meter)
        let scalars = ScalarFunctions(context: context, work: made)
        let constants = values.compactMap { if case .constant(let value) = $0.storage { value } else { nil } }
        if constants.count == values.count {
            if count == 0 { return .constant(.null, type: type, count: 0) }
            let value = try made.made(of: constants.textBytes) {
                try scalars.apply(function, constants, type: type)
            }
            try made.book()
            return .constant(value, type: type, count: count)
        }
        switch function {
        case .not, .isNull, .isNotNull, .isTrue, .isFalse, .isNotTrue, .isNotFalse:
            return NullTests.apply(function, values[0])
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            if let result = Comparison.apply(function, values[0], values[1]) { return result }
        case .add, .subtract, .multiply, .divide, .modulo, .negate, .absolute:
            if let result = try Arithmetic(context: context).apply(function, values, type: type) { return result }
        case .dateTrunc, .dateBin, .extract, .atTimeZone:
            if let result = try TimeFunctions(context: context).apply(function, values, type: type) { return result }
        case .toChar:
            if let result = try TimeFunctions(context: context).texts(values, type: type, made) {
                try made.book()
                return result
            }
        default: break
        }
        let result =
            try applyPerEntry(function, values, type: type, scalars)
            ?? applyPerPair(function, values, type: type, scalars)
            ?? applyPerRow(function, values, type: type, count: count, scalars)
        try made.book()
        return result
    }

    /// A function of one text column and constants runs once per dictionary entry that occurs.
    private func applyPerEntry(
        _ function: ScalarFunction, _ values: [Vector], type: ColumnType, _ scalars: ScalarFunctions
    ) throws -> Vector? {
        var textIndex: Int?
        for (index, value) in values.enumerated() {
            switch value.storage {
            case .constant: continue
            case .text where textIndex == nil: textIndex = index
            default: return nil
            }
        }
        guard let textIndex, case .text(let codes, let dictionary) = values[textIndex].storage else { return nil }
        var arguments = values.map { $0.count > 0 ? $0.scalar(at: 0) : Scalar.null }
        return try TextMapping.map(
            codes, dictionary, validity: values[textIndex].validity, type: type, isJSON: values[textIndex].type == .json
        ) {
            arguments[textIndex] = $0
            return try scalars.work.made(of: arguments.textBytes) {
                try scalars.apply(function, arguments, type: type)
            }
        }
    }

    /// A function of two text columns runs once per pair of entries that occurs.
    private func applyPerPair(
        _ function: ScalarFunction, _ values: [Vector], type: ColumnType, _ scalars: ScalarFunctions
    ) throws -> Vector? {
        guard values.count == 2 else { return nil }
        return try TextMapping.map(values[0], values[1], type: type) { left, right in
            try scalars.work.made(of: left.textBytes + right.textBytes) {
                try scalars.apply(function, [left, right], type: type)
            }
        }
    }

    private func applyPerRow(
        _ function: ScalarFunction, _ values: [Vector], type: ColumnType, count: Int, _ scalars: ScalarFunctions
    ) throws -> Vector {
        var builder = VectorBuilder(type: type, capacity: count)
        var arguments = [Scalar](repeating: .null, count: values.count)
        for row in 0..<count {
            for index in values.indices { arguments[index] = values[index].scalar(at: row) }
            builder.append(
                try scalars.work.made(of: arguments.textBytes) {
                    try scalars.apply(function, arguments, type: type)
                })
        }
        return builder.finish()
    }

    /// Evaluates against a single row without columns.
    func constant(_ expression: Expression) throws -> Scalar {
        try evaluate(expression, Chunk(columns: [], rowCount: 1)).scalar(at: 0)
    }
}
