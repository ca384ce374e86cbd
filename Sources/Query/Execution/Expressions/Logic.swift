import Columnar
import Plans

/// Three-valued logic over chunks.
extension Evaluator {
    /// AND and OR. The later operands see only rows that the earlier ones left open, so that a guard such as
    /// `x <> 0 and y / x > 1` protects what follows it.
    func connective(_ function: ScalarFunction, _ arguments: [Expression], _ chunk: Chunk) throws -> Vector {
        let isAnd = function == .and
        var truths = Truths(try evaluate(arguments[0], chunk))
        for argument in arguments.dropFirst() {
            if !argument.mayFail {
                truths.combine(Truths(try evaluate(argument, chunk)), isAnd: isAnd)
                continue
            }
            let open = truths.open(isAnd: isAnd)
            if open.nullCount == chunk.rowCount { continue }
            let part = try evaluate(argument, chunk.gather(KeptRows(open)))
            truths.combine(Truths(part), where: open, isAnd: isAnd)
        }
        return truths.vector
    }

    /// The first argument that is not null; later ones are evaluated only for rows still null.
    func coalesce(_ arguments: [Expression], type: ColumnType, _ chunk: Chunk) throws -> Vector {
        let first = try evaluate(arguments[0], chunk)
        if first.hasNoNulls || arguments.count == 1 { return first }
        if first.isAllNull { return try coalesce(Array(arguments.dropFirst()), type: type, chunk) }
        if case .boolean = first.storage, case .literal(.boolean(let value), _) = arguments[1] {
            return Truths(first).settled(value).vector
        }
        var open: [UInt32] = []
        for row in 0..<chunk.rowCount where first.isNull(row) { open.append(UInt32(row)) }
        let rest = try coalesce(Array(arguments.dropFirst()), type: type, chunk.gather(open))
        var source = [UInt32](repeating: 0, count: chunk.rowCount)
        assert(rest.count == open.count, "a value for each row that is still null")
        for row in source.indices { source[row] = UInt32(row) }
        for (index, row) in open.enumerated() { source[Int(row)] = UInt32(chunk.rowCount + index) }
        return Vector.concatenate([first, rest], type: type).gather(source)
    }

    /// CASE: each branch's value is evaluated only for the rows that take it.
    func conditional(
        _ branches: [ConditionalBranch], otherwise: Expression?, type: ColumnType, _ chunk: Chunk
    ) throws -> Vector {
        var open = (0..<UInt32(chunk.rowCount)).map { $0 }
        var rest = chunk
        var parts: [Vector] = []
        var source = [UInt32](repeating: 0, count: chunk.rowCount)
        var total = 0
        func take(_ value: Vector, _ rows: [UInt32]) {
            parts.append(value)
            for (index, row) in rows.enumerated() { source[Int(row)] = UInt32(total + index) }
            total += rows.count
        }
        for branch in branches {
            if open.isEmpty { break }
            let taken = Selection.rows(where: try evaluate(branch.condition, rest))
            if let taken {
                if taken.isEmpty { continue }
                take(try evaluate(branch.value, rest.gather(taken)), taken.map { open[Int($0)] })
                let left = Selection.complement(of: taken, count: open.count)
                rest = rest.gather(left)
                open = left.map { open[Int($0)] }
            } else {
                take(try evaluate(branch.value, rest), open)
                open = []
            }
        }
        if !open.isEmpty {
            take(try otherwise.map { try evaluate($0, rest) } ?? .nulls(type, count: open.count), open)
        }
        assert(total == chunk.rowCount, "every row took one branch")
        return Vector.concatenate(parts, type: type).gather(source)
    }
}

/// NOT, IS NULL, IS TRUE and their kin: never null but for NOT.
enum NullTests {
    static func apply(_ function: ScalarFunction, _ value: Vector) -> Vector {
        switch function {
        case .isNull, .isNotNull:
            let wanted = function == .isNull
            if value.isAllNull { return .constant(.boolean(wanted), type: .boolean, count: value.count) }
            if value.hasNoNulls { return .constant(.boolean(!wanted), type: .boolean, count: value.count) }
            let presence = Truths.presence(of: value)
            return (wanted ? presence.opposite : presence).vector
        case .not: return Truths(value).negated.vector
        case .isTrue: return Truths(value).settled(false).vector
        case .isFalse: return Truths(value).negated.settled(false).vector
        case .isNotTrue: return Truths(value).settled(false).opposite.vector
        default: return Truths(value).negated.settled(false).opposite.vector
        }
    }
}
