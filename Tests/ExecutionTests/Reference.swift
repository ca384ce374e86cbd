import Columnar
import Execution
import Plans

/// A second, slow engine over the same plans: one row at a time, no vectors, no threads, every rule written out. What
/// the engine answers must be what this answers.
struct Reference {
    let catalog: MemoryCatalog

    typealias Row = [Scalar]

    func rows(_ plan: Plan) throws -> [Row] {
        switch plan {
        case .scan(let name, let columns, _, _):
            guard let table = catalog.tables.first(where: { $0.name == name }) else { return [] }
            return table.pieces.flatMap { piece in
                (0..<piece.rowCount).map { row in columns.map { piece.vectors[$0].scalar(at: row) } }
            }
        case .values(let rows, _): return try rows.map { try $0.map { try value($0, []) } }
        case .filter(let input, let condition):
            return try rows(input).filter { try value(condition, $0) == .boolean(true) }
        case .project(let input, let expressions, _):
            return try rows(input).map { row in try expressions.map { try value($0, row) } }
        case .aggregate(let input, let groups, let calls, _): return try aggregate(rows(input), groups, calls)
        case .window(let input, let partition, let order, let calls, _):
            return try windows(rows(input), partition, order, calls)
        case .distinct(let input):
            var seen: Set<Row> = []
            return try rows(input).filter { seen.insert($0).inserted }
        case .sort(let input, let keys, let limit):
            let keyed = try rows(input).map { row in (row, try keys.map { try value($0.expression, row) }) }
            let sorted = keyed.enumerated().sorted { a, b in
                for (index, key) in keys.enumerated() {
                    let order = compare(a.element.1[index], b.element.1[index], key)
                    if order != 0 { return order < 0 }
                }
                return a.offset < b.offset
            }.map(\.element.0)
            return limit.map { Array(sorted.prefix($0)) } ?? sorted
        case .limit(let input, let count, let offset):
            let rest = try rows(input).dropFirst(offset)
            return Array(count.map { rest.prefix($0) } ?? rest)
        case .join(let left, let right, let kind, let leftKeys, let rightKeys, let residual):
            return try join(rows(left), rows(right), right.output.count, kind, leftKeys, rightKeys, residual)
        case .union(let inputs): return try inputs.flatMap { try rows($0) }
        }
    }

    func compare(_ a: Scalar, _ b: Scalar, _ key: SortKey) -> Int {
        if a.isNull || b.isNull {
            if a.isNull && b.isNull { return 0 }
            return a.isNull == key.nullsFirst ? -1 : 1
        }
        return order(a, b) * (key.isDescending ? -1 : 1)
    }

    func order(_ a: Scalar, _ b: Scalar) -> Int {
        switch (a, b) {
        case (.integer(let x), .integer(let y)), (.timestamptz(let x), .timestamptz(let y)):
            x < y ? -1 : (x > y ? 1 : 0)
        case (.double(let x), .double(let y)): x < y ? -1 : (x > y ? 1 : 0)
        case (.boolean(let x), .boolean(let y)): x == y ? 0 : (y ? -1 : 1)
        case (.text(let x), .text(let y)):
            Array(x.utf8).lexicographicallyPrecedes(Array(y.utf8)) ? -1 : (x == y ? 0 : 1)
        case (.numeric(let x, _), .numeric(let y, _)): x < y ? -1 : (x > y ? 1 : 0)
        default: 0
        }
    }

    private func join(
        _ left: [Row], _ right: [Row], _ width: Int, _ kind: JoinKind, _ leftKeys: [Expression],
        _ rightKeys: [Expression],
        _ residual: Expression?
    ) throws -> [Row] {
        var result: [Row] = []
        for row in left {
            var matched = false
            for other in right {
                let a = try leftKeys.map { try value($0, row) }
                let b = try rightKeys.map { try value($0, other) }
                if zip(a, b).contains(where: { $0.isNull || $1.isNull || order($0, $1) != 0 }) { continue }
                if let residual, try value(residual, row + other) != .boolean(true) { continue }
                matched = true
                result.append(row + other)
            }
            if !matched, kind == .left { result.append(row + Array(repeating: .null, count: width)) }
        }
        return result
    }

    private func aggregate(_ rows: [Row], _ groups: [Expression], _ calls: [AggregateCall]) throws -> [Row] {
        var order: [Row] = groups.isEmpty ? [[]] : []
        var members: [Row: [Row]] = groups.isEmpty ? [[]: rows] : [:]
        if !groups.isEmpty {
            for row in rows {
                let key = try groups.map { try value($0, row) }
                if members[key] == nil { order.append(key) }
                members[key, default: []].append(row)
            }
        }
        return try order.map { key in try key + calls.map { try result($0, members[key] ?? []) } }
    }

    func result(_ call: AggregateCall, _ rows: [Row]) throws -> Scalar {
        var rows = rows
        if let filter = call.filter { rows = try rows.filter { try value(filter, $0) == .boolean(true) } }
        if call.function == .countRows { return .integer(Int64(rows.count)) }
        let argument = call.arguments.first ?? call.order[0].expression
        var values = try rows.map { try value(argument, $0) }.filter { !$0.isNull }
        if call.isDistinct {
            var seen: Set<Scalar> = []
            values = values.filter { seen.insert($0).inserted }
        }
        let sorted = values.sorted { order($0, $1) < 0 }
        switch call.function {
        case .count: return .integer(Int64(values.count))
        case .minimum: return sorted.first ?? .null
        case .maximum: return sorted.last ?? .null
        case .sum:
            return values.isEmpty ? .null : .numeric(values.reduce(0) { $0 + mantissa($1) }, scale: argument.type.scale)
        case .average:
            let sum = values.reduce(0) { $0 + mantissa($1) }
            if values.isEmpty { return .null }
            // Small ones have more places, by PostgreSQL's rule, whose own test holds it against PostgreSQL's answers.
            let places = Decimal128.divisionScale(sum, argument.type.scale, Int128(values.count), 0)
            return .numeric(mean(sum, values.count, places), scale: places)
        case .stringAggregate(let separator):
            // Asked for in the order of the texts themselves.
            guard case .text(let between) = separator, !sorted.isEmpty else { return .null }
            return .text(sorted.map(string).joined(separator: between))
        case .booleanAnd: return values.isEmpty ? .null : .boolean(!values.contains(.boolean(false)))
        case .booleanOr: return values.isEmpty ? .null : .boolean(values.contains(.boolean(true)))
        case .percentileDiscrete(let fractions, _):
            if sorted.isEmpty { return .null }
            return sorted[max(0, Int((fractions[0] * Double(sorted.count)).rounded(.up)) - 1)]
        default: preconditionFailure("the reference does not know \(call.function)")
        }
    }

    func mantissa(_ value: Scalar) -> Int128 {
        switch value {
        case .integer(let number): Int128(number)
        case .numeric(let mantissa, _): mantissa
        default: 0
        }
    }

    /// Of whole numbers, at some places, a half away from zero.
    private func mean(_ sum: Int128, _ count: Int, _ places: Int) -> Int128 {
        let power = (0..<places).reduce(Int128(1)) { product, _ in product * 10 }
        let (quotient, rest) = (sum * power).quotientAndRemainder(dividingBy: Int128(count))
        guard 2 * rest.magnitude >= count.magnitude else { return quotient }
        return sum < 0 ? quotient - 1 : quotient + 1
    }

    private func string(_ value: Scalar) -> String { if case .text(let text) = value { text } else { "" } }

    func value(_ expression: Expression, _ row: Row) throws -> Scalar {
        switch expression {
        case .column(let index, _): return row[index]
        case .literal(let value, _): return value
        case .call(let function, let arguments, _): return try call(function, arguments, row)
        case .conditional(let branches, let otherwise, _):
            for branch in branches where try value(branch.condition, row) == .boolean(true) {
                return try value(branch.value, row)
            }
            return try otherwise.map { try value($0, row) } ?? .null
        case .oneOf(let operand, let values):
            let own = try value(operand, row)
            if own.isNull { return .null }
            if values.contains(where: { !$0.isNull && order($0, own) == 0 }) { return .boolean(true) }
            return values.contains(.null) ? .null : .boolean(false)
        case .cast(let operand, .text):
            guard case .integer(let number) = try value(operand, row) else { return .null }
            return .text(String(number))
        case .cast, .scalarSubquery, .placeholder: preconditionFailure("the reference does not know \(expression)")
        }
    }

    private func call(_ function: ScalarFunction, _ arguments: [Expression], _ row: Row) throws -> Scalar {
        let values = try arguments.map { try value($0, row) }
        switch function {
        case .and:
            return values.contains(.boolean(false))
                ? .boolean(false) : (values.contains(.null) ? .null : .boolean(true))
        case .or:
            return values.contains(.boolean(true)) ? .boolean(true) : (values.contains(.null) ? .null : .boolean(false))
        case .isNull: return .boolean(values[0].isNull)
        case .isNotNull: return .boolean(!values[0].isNull)
        case .coalesce: return values.first { !$0.isNull } ?? .null
        case .isTrue: return .boolean(values[0] == .boolean(true))
        case .isFalse: return .boolean(values[0] == .boolean(false))
        case .isNotTrue: return .boolean(values[0] != .boolean(true))
        case .isNotFalse: return .boolean(values[0] != .boolean(false))
        case .isDistinctFrom, .isNotDistinctFrom:
            let areNull = values.map(\.isNull)
            let isSame = areNull.contains(true) ? areNull[0] == areNull[1] : order(values[0], values[1]) == 0
            return .boolean(isSame == (function == .isNotDistinctFrom))
        case .nullIf:
            return !values[0].isNull && !values[1].isNull && order(values[0], values[1]) == 0 ? .null : values[0]
        case .greatest, .least:
            let present = values.filter { !$0.isNull }.sorted { order($0, $1) < 0 }
            return (function == .greatest ? present.last : present.first) ?? .null
        default: break
        }
        if values.contains(.null) { return .null }
        switch function {
        case .not: return .boolean(values[0] == .boolean(false))
        case .equal: return .boolean(order(values[0], values[1]) == 0)
        case .notEqual: return .boolean(order(values[0], values[1]) != 0)
        case .less: return .boolean(order(values[0], values[1]) < 0)
        case .lessOrEqual: return .boolean(order(values[0], values[1]) <= 0)
        case .greater: return .boolean(order(values[0], values[1]) > 0)
        case .greaterOrEqual: return .boolean(order(values[0], values[1]) >= 0)
        case .add: return .integer(Int64(mantissa(values[0]) + mantissa(values[1])))
        case .subtract: return .integer(Int64(mantissa(values[0]) - mantissa(values[1])))
        case .multiply: return .integer(Int64(mantissa(values[0]) * mantissa(values[1])))
        case .divide: return .integer(Int64(mantissa(values[0]) / mantissa(values[1])))
        case .modulo: return .integer(Int64(mantissa(values[0]) % mantissa(values[1])))
        case .negate: return .integer(Int64(-mantissa(values[0])))
        case .absolute: return .integer(Int64(abs(mantissa(values[0]))))
        case .concatenate: return .text(values.map(string).joined())
        case .left:
            let first = string(values[0]).unicodeScalars.prefix(Int(mantissa(values[1])))
            return .text(String(String.UnicodeScalarView(first)))
        case .startsWith: return .boolean(Array(string(values[0]).utf8).starts(with: Array(string(values[1]).utf8)))
        case .dateTrunc:
            guard case .timestamptz(let time) = values[1] else { return .null }
            // Of times from 1970 on, in UTC.
            let bucket: Int64 = string(values[0]) == "day" ? 86_400_000_000_000 : 3_600_000_000_000
            return .timestamptz(time - time % bucket)
        case .upper:
            guard case .text(let text) = values[0] else { return .null }
            // A letter whose capital were two keeps its form.
            return .text(
                text.unicodeScalars.map { scalar in
                    let capital = scalar.properties.uppercaseMapping
                    return capital.unicodeScalars.count == 1 ? capital : String(scalar)
                }.joined())
        case .length:
            guard case .text(let text) = values[0] else { return .null }
            return .integer(Int64(text.unicodeScalars.count))
        default: preconditionFailure("the reference does not know \(function)")
        }
    }
}
