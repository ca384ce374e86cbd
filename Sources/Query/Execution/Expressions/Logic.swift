import Columnar
import Plans

/// Three-valued logic over chunks.
extension Evaluator {
    /// AND and OR. The later operands see only rows that the earlier ones left open, so that a guard such as
    /// `x <> 0 and y / x > 1` protects what follows it.
    func connective(_ function: ScalarFunction, _ arguments: [Expression], _ chunk: Chunk) throws -> Vector {
        let isAnd = function == .and
        let count = chunk.rowCount
        var truths = TruthTable(try evaluate(arguments[0], chunk))
        for argument in arguments.dropFirst() {
            if !argument.mayFail {
                truths.combine(TruthTable(try evaluate(argument, chunk)), isAnd: isAnd)
                continue
            }
            // Open rows: those the settled value (false for AND, true for OR) has not decided.
            var open: [UInt32] = []
            for row in 0..<count where truths.isKnown(row) != true || truths.values[row] == isAnd {
                open.append(UInt32(row))
            }
            if open.isEmpty { continue }
            let part = TruthTable(try evaluate(argument, open.count == count ? chunk : chunk.gather(open)))
            truths.combine(part, at: open, isAnd: isAnd)
        }
        return truths.vector
    }

    /// The first argument that is not null; later ones are evaluated only for rows still null.
    func coalesce(_ arguments: [Expression], type: ColumnType, _ chunk: Chunk) throws -> Vector {
        let first = try evaluate(arguments[0], chunk)
        if first.hasNoNulls || arguments.count == 1 { return first }
        if first.isAllNull { return try coalesce(Array(arguments.dropFirst()), type: type, chunk) }
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

/// Truth values of a chunk with room to combine them in place.
struct TruthTable {
    var values: [Bool]
    private var known: [Bool]?

    init(_ vector: Vector) {
        switch vector.storage {
        case .boolean(let values):
            self.values = values
            if let validity = vector.validity { known = (0..<vector.count).map { validity[$0] } }
        case .constant(.boolean(let value)): values = Array(repeating: value, count: vector.count)
        default:
            values = Array(repeating: false, count: vector.count)
            known = Array(repeating: false, count: vector.count)
            for row in 0..<vector.count {
                guard case .boolean(let value) = vector.scalar(at: row) else { continue }
                values[row] = value
                known?[row] = true
            }
        }
    }

    func isKnown(_ row: Int) -> Bool { known?[row] ?? true }

    mutating func combine(_ other: TruthTable, isAnd: Bool) {
        assert(other.values.count == values.count, "truths of the same rows")
        if known == nil, other.known == nil {
            if isAnd {
                for row in values.indices { values[row] = values[row] && other.values[row] }
            } else {
                for row in values.indices { values[row] = values[row] || other.values[row] }
            }
            return
        }
        for row in values.indices { combine(row, other.values[row], other.isKnown(row), isAnd) }
    }

    mutating func combine(_ other: TruthTable, at rows: [UInt32], isAnd: Bool) {
        assert(rows.count == other.values.count, "a truth for each open row")
        for (index, row) in rows.enumerated() { combine(Int(row), other.values[index], other.isKnown(index), isAnd) }
    }

    private mutating func combine(_ row: Int, _ value: Bool, _ isValueKnown: Bool, _ isAnd: Bool) {
        let decisive = !isAnd
        if (isKnown(row) && values[row] == decisive) || (isValueKnown && value == decisive) {
            values[row] = decisive
            known?[row] = true
        } else if isKnown(row) && isValueKnown {
            values[row] = isAnd
        } else {
            if known == nil { known = Array(repeating: true, count: values.count) }
            known?[row] = false
            values[row] = false
        }
    }

    var vector: Vector {
        var validity: Validity?
        if let known, known.contains(false) {
            var bits = Validity(count: values.count, allValid: false)
            for row in known.indices where known[row] { bits[row] = true }
            validity = bits
        }
        return Vector(type: .boolean, count: values.count, storage: .boolean(values), validity: validity)
    }
}

/// NOT, IS NULL, IS TRUE and their kin: never null but for NOT.
enum NullTests {
    static func apply(_ function: ScalarFunction, _ value: Vector) -> Vector {
        let count = value.count
        func result(_ test: (Int) -> Bool) -> Vector {
            Vector(type: .boolean, count: count, storage: .boolean((0..<count).map(test)))
        }
        switch function {
        case .isNull, .isNotNull:
            let wanted = function == .isNull
            if value.isAllNull { return .constant(.boolean(wanted), type: .boolean, count: count) }
            if value.hasNoNulls { return .constant(.boolean(!wanted), type: .boolean, count: count) }
            return result { value.isNull($0) == wanted }
        case .not:
            var truth = TruthTable(value)
            for row in truth.values.indices { truth.values[row] = truth.isKnown(row) && !truth.values[row] }
            return truth.vector
        default:
            let truth = TruthTable(value)
            switch function {
            case .isTrue: return result { truth.isKnown($0) && truth.values[$0] }
            case .isFalse: return result { truth.isKnown($0) && !truth.values[$0] }
            case .isNotTrue: return result { !(truth.isKnown($0) && truth.values[$0]) }
            default: return result { !(truth.isKnown($0) && !truth.values[$0]) }
            }
        }
    }
}
