import Bytes
import Columnar
import Plans

/// Arithmetic over arrays: integers and decimals exact, doubles IEEE. Overflow is refused, never wrapped.
struct Arithmetic: Sendable {
    let context: QueryContext

    /// nil for shapes that need the row-wise path (division by other than a constant, most of intervals).
    func apply(_ function: ScalarFunction, _ values: [Vector], type: ColumnType) throws -> Vector? {
        let count = values[0].count
        if values.contains(where: \.isAllNull) { return .nulls(type, count: count) }
        if values.count == 1 { return try negated(function, values[0], type: type) }
        let left = values[0]
        let right = values[1]
        let validity = jointValidity(left, right)
        if let a = left.doubles, let b = right.doubles { return try doubles(function, a, b, validity, count) }
        switch (left.type, right.type) {
        case (.integer, .integer):
            guard let a = left.integers, let b = right.integers else { return nil }
            return try integers(function, a, b, validity, count)
        case (.numeric, .numeric), (.numeric, .integer), (.integer, .numeric):
            return try decimals(function, left, right, validity, type: type)
        case (.timestamptz, .timestamptz) where function == .subtract,
            (.timestamp, .timestamp) where function == .subtract:
            guard let a = left.integers, let b = right.integers else { return nil }
            var spans = zipOperands(a, b, count: count) { IntervalMath.between($0, $1) }
            if let validity { for row in spans.indices where !validity[row] { spans[row] = Interval() } }
            return vector(.interval(spans), .interval, count, validity)
        case (.timestamptz, .interval), (.timestamp, .interval):
            guard let times = left.integers, case .constant(.interval(let interval)) = right.storage else { return nil }
            return try shifted(function, times, by: interval, validity, type: left.type, count)
        default: return nil
        }
    }

    private func vector(_ storage: Vector.Storage, _ type: ColumnType, _ count: Int, _ validity: Validity?) -> Vector {
        Vector(type: type, count: count, storage: storage, validity: validity)
    }

    private func integers(
        _ function: ScalarFunction, _ a: Operand<Int64>, _ b: Operand<Int64>, _ validity: Validity?, _ count: Int
    ) throws -> Vector? {
        var failed = false
        var result: [Int64]
        switch function {
        case .add:
            result = zipOperands(a, b, count: count) {
                let (value, overflow) = $0.addingReportingOverflow($1)
                failed = failed || overflow
                return value
            }
        case .subtract:
            result = zipOperands(a, b, count: count) {
                let (value, overflow) = $0.subtractingReportingOverflow($1)
                failed = failed || overflow
                return value
            }
        case .multiply:
            result = zipOperands(a, b, count: count) {
                let (value, overflow) = $0.multipliedReportingOverflow(by: $1)
                failed = failed || overflow
                return value
            }
        case .divide, .modulo:
            let isDivision = function == .divide
            result = zipOperands(a, b, count: count) { x, y in
                if y == 0 || y == -1 {
                    failed = failed || y == 0 || (isDivision && x == .min)
                    return isDivision && y == -1 ? 0 &- x : 0
                }
                return isDivision ? x / y : x % y
            }
        default: return nil
        }
        if failed {
            // Null rows hold zeros that may fail; only a row with values counts, and the row-wise path names its error.
            guard validity != nil else {
                if function == .divide || function == .modulo, hasZero(b) { throw QueryError.divisionByZero }
                throw QueryError.outOfRange(.integer)
            }
            return nil
        }
        clear(&result, validity)
        return vector(.int64(result), .integer, count, validity)
    }

    private func hasZero(_ operand: Operand<Int64>) -> Bool {
        switch operand {
        case .constant(let value): value == 0
        case .array(let values): values.contains(0)
        }
    }

    private func clear<Value: ExpressibleByIntegerLiteral>(_ values: inout [Value], _ validity: Validity?) {
        guard let validity else { return }
        for (index, word) in validity.words.enumerated() where word != .max {
            for row in index * 64..<min(index * 64 + 64, values.count) where word >> UInt64(row & 63) & 1 == 0 {
                values[row] = 0
            }
        }
    }

    private func doubles(
        _ function: ScalarFunction, _ a: Operand<Double>, _ b: Operand<Double>, _ validity: Validity?, _ count: Int
    ) throws -> Vector? {
        var result: [Double]
        switch function {
        case .add: result = zipOperands(a, b, count: count) { $0 + $1 }
        case .subtract: result = zipOperands(a, b, count: count) { $0 - $1 }
        case .multiply: result = zipOperands(a, b, count: count) { $0 * $1 }
        case .divide:
            if case .constant(let divisor) = b, divisor != 0 {
                result = zipOperands(a, b, count: count) { $0 / $1 }
            } else {
                return nil
            }
        default: return nil
        }
        clear(&result, validity)
        // An infinite result of finite arguments is an overflow; the row-wise path tells which.
        if result.contains(where: { !$0.isFinite }) { return nil }
        return vector(.double(result), .double, count, validity)
    }

    private func decimals(
        _ function: ScalarFunction, _ left: Vector, _ right: Vector, _ validity: Validity?, type: ColumnType
    ) throws -> Vector? {
        if function == .divide { return quotients(left, right, validity, type: type) }
        guard function == .add || function == .subtract || function == .multiply else { return nil }
        if case .scalars = left.storage { return nil }
        if case .scalars = right.storage { return nil }
        let count = left.count
        let natural =
            function == .multiply ? left.type.scale + right.type.scale : max(places(left), places(right))
        guard natural <= Decimal128.scaleMax else { return nil }
        let x = function == .multiply ? left : try Rescaling.rescale(left, to: natural)
        let y = function == .multiply ? right : try Rescaling.rescale(right, to: natural)
        let naturalType = ColumnType.numeric(scale: natural)
        if let a = x.integers, let b = y.integers {
            var failed = false
            var result = zipOperands(a, b, count: count) { (p: Int64, q: Int64) -> Int64 in
                let (value, overflow) =
                    function == .add
                    ? p.addingReportingOverflow(q)
                    : (function == .subtract ? p.subtractingReportingOverflow(q) : p.multipliedReportingOverflow(by: q))
                failed = failed || overflow
                return value
            }
            if !failed {
                clear(&result, validity)
                return try placed(vector(.int64(result), naturalType, count, validity), type)
            }
        }
        guard let a = x.mantissas, let b = y.mantissas else { return nil }
        var failed = false
        var result = zipOperands(a, b, count: count) { (p: Int128, q: Int128) -> Int128 in
            let (value, overflow) =
                function == .add
                ? p.addingReportingOverflow(q)
                : (function == .subtract ? p.subtractingReportingOverflow(q) : p.multipliedReportingOverflow(by: q))
            failed = failed || overflow
            return value
        }
        if failed {
            // Value by value, a product has as many places as 38 digits leave it.
            if function == .multiply { return nil }
            throw Rescaling.overflow
        }
        clear(&result, validity)
        return try placed(vector(.int128(result), naturalType, count, validity), type)
    }

    /// Numbers of 64 bits divided by a constant. Each quotient has places of its own; where all have the column's, they
    /// are stored as its mantissas.
    private func quotients(_ left: Vector, _ right: Vector, _ validity: Validity?, type: ColumnType) -> Vector? {
        guard case .int64(let values) = left.storage, case .constant(let constant) = right.storage,
            let divisor = DecimalDivisor(constant), case .numeric = type
        else { return nil }
        let (places, wanted) = (left.type.scale, type.scale)
        var mantissas = [Int128](repeating: 0, count: values.count)
        var scales = [Int](repeating: wanted, count: values.count)
        for row in values.indices where validity?[row] ?? true {
            guard let quotient = divisor.quotient(of: values[row], scale: places) else { return nil }
            (mantissas[row], scales[row]) = quotient
        }
        if scales.allSatisfy({ $0 == wanted }) { return vector(.int128(mantissas), type, values.count, validity) }
        let scalars = values.indices.map { row -> Scalar in
            validity?[row] ?? true ? .numeric(mantissas[row], scale: scales[row]) : .null
        }
        return Vector(type: type, scalars: scalars)
    }

    /// Those of the column; a constant product or quotient may have more, none of which a sum drops.
    private func places(_ value: Vector) -> Int {
        guard case .constant(.numeric(_, let own)) = value.storage else { return value.type.scale }
        return max(own, value.type.scale)
    }

    /// Sums and products have the places of their column; one of more keeps its own, value by value.
    private func placed(_ natural: Vector, _ type: ColumnType) throws -> Vector {
        if natural.type.scale <= type.scale { return try Rescaling.rescale(natural, to: type.scale) }
        return Vector(type: type, scalars: (0..<natural.count).map { natural.scalar(at: $0) })
    }

    private func negated(_ function: ScalarFunction, _ value: Vector, type: ColumnType) throws -> Vector? {
        let isNegation = function == .negate
        guard isNegation || function == .absolute else { return nil }
        switch value.storage {
        case .int64(let values):
            if values.contains(.min) { return nil }
            return vector(.int64(values.map { isNegation ? 0 - $0 : abs($0) }), value.type, value.count, value.validity)
        case .double(let values):
            var result = values.map { isNegation ? -$0 : abs($0) }
            clear(&result, value.validity)
            return vector(.double(result), value.type, value.count, value.validity)
        default: return nil
        }
    }

    /// Times plus or minus one interval.
    private func shifted(
        _ function: ScalarFunction, _ times: Operand<Int64>, by interval: Interval, _ validity: Validity?,
        type: ColumnType, _ count: Int
    ) throws -> Vector? {
        guard let step = function == .add ? interval : IntervalMath.negate(interval) else { return nil }
        let isFixed = type == .timestamp || context.zone.fixedOffsetSeconds != nil
        guard step.months == 0, isFixed || step.days == 0 else { return nil }
        let (days, overflowDays) = step.days.multipliedReportingOverflow(by: Nanoseconds.day)
        let (total, overflowTotal) = days.addingReportingOverflow(step.nanoseconds)
        if overflowDays || overflowTotal { return nil }
        var failed = false
        var result = zipOperands(times, Operand.constant(total), count: count) { (a: Int64, b: Int64) -> Int64 in
            let (value, overflow) = a.addingReportingOverflow(b)
            failed = failed || overflow
            return value
        }
        if failed { return nil }
        clear(&result, validity)
        return vector(.int64(result), type, count, validity)
    }
}
