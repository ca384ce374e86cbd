import Columnar
import Plans

/// Decides conditions for a whole morsel by what page headers say, so that a column need not be read.
///
/// It reckons with what a condition can become: any of true, false and NULL. A function that is not named here may give
/// all three and so proves nothing; one that is named answers by the three-valued logic of SQL, nulls of the column
/// included.
struct ZoneMapEvaluator {
    private let rowCount: Int
    private let summary: (Int) -> ColumnSummary?

    /// What a condition can be for some row of the morsel.
    struct Outcomes: OptionSet {
        let rawValue: Int

        static let isTrue = Outcomes(rawValue: 1)
        static let isFalse = Outcomes(rawValue: 2)
        static let isNull = Outcomes(rawValue: 4)
        static let any: Outcomes = [.isTrue, .isFalse, .isNull]
    }

    /// true: holds for every row; false: for none; nil: look at the rows.
    static func decide(_ condition: Expression, rowCount: Int, summary: (Int) -> ColumnSummary?) -> Bool? {
        withoutActuallyEscaping(summary) { summary in
            let outcomes = ZoneMapEvaluator(rowCount: rowCount, summary: summary).outcomes(condition)
            if !outcomes.contains(.isTrue) { return false }
            return outcomes == .isTrue ? true : nil
        }
    }

    private func outcomes(_ condition: Expression) -> Outcomes {
        switch condition {
        case .literal(.boolean(let value), _): return value ? .isTrue : .isFalse
        case .literal(.null, _): return .isNull
        case .column(let index, .boolean): return column(index)
        case .oneOf(let value, let constants): return membership(value, constants)
        case .call(let function, let arguments, .boolean): return call(function, arguments)
        case .column, .literal, .call, .cast, .conditional, .scalarSubquery, .placeholder: return .any
        }
    }

    private func call(_ function: ScalarFunction, _ arguments: [Expression]) -> Outcomes {
        switch function {
        case .and:
            return arguments.map(outcomes).reduce(.isTrue) { combined($0, $1, decisive: .isFalse, other: .isTrue) }
        case .or:
            return arguments.map(outcomes).reduce(.isFalse) { combined($0, $1, decisive: .isTrue, other: .isFalse) }
        case .not:
            let inner = outcomes(arguments[0])
            var result = inner.intersection(.isNull)
            if inner.contains(.isFalse) { result.formUnion(.isTrue) }
            if inner.contains(.isTrue) { result.formUnion(.isFalse) }
            return result
        case .isTrue, .isNotTrue, .isFalse, .isNotFalse: return truthTest(function, outcomes(arguments[0]))
        case .isNull, .isNotNull:
            guard let range = ValueRange.of(arguments[0], rowCount, summary) else { return .any }
            let (null, present): (Outcomes, Outcomes) = function == .isNull ? (.isTrue, .isFalse) : (.isFalse, .isTrue)
            return (range.hasNulls ? null : []).union(range.hasValues ? present : [])
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isDistinctFrom, .isNotDistinctFrom:
            guard let left = ValueRange.of(arguments[0], rowCount, summary),
                let right = ValueRange.of(arguments[1], rowCount, summary)
            else { return .any }
            return left.compared(to: right, by: function)
        default: return .any
        }
    }

    /// AND (decided by false) and OR (decided by true).
    private func combined(_ a: Outcomes, _ b: Outcomes, decisive: Outcomes, other: Outcomes) -> Outcomes {
        var result = a.union(b).intersection(decisive)
        if a.contains(other), b.contains(other) { result.formUnion(other) }
        let isOpen = a.contains(.isNull) && !b.intersection([.isNull, other]).isEmpty
        if isOpen || (b.contains(.isNull) && a.contains(other)) { result.formUnion(.isNull) }
        return result
    }

    private func truthTest(_ function: ScalarFunction, _ inner: Outcomes) -> Outcomes {
        let wanted: Outcomes = function == .isTrue || function == .isNotTrue ? .isTrue : .isFalse
        let (met, unmet): (Outcomes, Outcomes) =
            function == .isTrue || function == .isFalse ? (.isTrue, .isFalse) : (.isFalse, .isTrue)
        return (inner.contains(wanted) ? met : []).union(inner.subtracting(wanted).isEmpty ? [] : unmet)
    }

    private func column(_ index: Int) -> Outcomes {
        guard let range = ValueRange.of(.column(index, .boolean), rowCount, summary) else { return .any }
        var result: Outcomes = range.hasNulls ? .isNull : []
        if range.hasValues {
            if range.low != .boolean(true) { result.formUnion(.isFalse) }
            if range.high != .boolean(false) { result.formUnion(.isTrue) }
        }
        return result
    }

    private func membership(_ value: Expression, _ constants: [Scalar]) -> Outcomes {
        guard let range = ValueRange.of(value, rowCount, summary) else { return .any }
        let each = constants.map { constant in
            range.compared(to: ValueRange(constant: constant), by: .equal)
        }
        return each.reduce(.isFalse) { combined($0, $1, decisive: .isTrue, other: .isFalse) }
    }
}

/// What is known of the values of an expression over a morsel: bounds, and whether there are nulls and values.
private struct ValueRange {
    /// Null where a bound is not known.
    var low: Scalar
    var high: Scalar
    var hasNulls: Bool
    var hasValues: Bool

    init(constant: Scalar) {
        (low, high, hasNulls, hasValues) = (constant, constant, constant.isNull, !constant.isNull)
    }

    init(_ known: ColumnSummary, rowCount: Int) {
        (low, high) = (known.minimum, known.maximum)
        (hasNulls, hasValues) = (known.nullCount > 0, known.nullCount < rowCount)
    }

    /// nil for expressions of which headers say nothing.
    static func of(_ expression: Expression, _ rowCount: Int, _ summary: (Int) -> ColumnSummary?) -> ValueRange? {
        switch expression {
        case .literal(let value, _): return ValueRange(constant: value)
        case .column(let index, _): return summary(index).map { ValueRange($0, rowCount: rowCount) }
        case .call(.coalesce, let arguments, _):
            guard var result = arguments.first.flatMap({ of($0, rowCount, summary) }) else { return nil }
            for argument in arguments.dropFirst() where result.hasNulls {
                guard let next = of(argument, rowCount, summary) else { return nil }
                result = result.filled(by: next)
            }
            return result
        case .call, .cast, .conditional, .oneOf, .scalarSubquery, .placeholder: return nil
        }
    }

    /// Of `coalesce(self, next)`.
    private func filled(by next: ValueRange) -> ValueRange {
        var result = self
        result.hasNulls = next.hasNulls
        guard next.hasValues else { return result }
        if !hasValues { return next }
        result.hasValues = true
        result.low = Self.bound(low, next.low) { $0 == .less }
        result.high = Self.bound(high, next.high) { $0 == .greater }
        return result
    }

    private static func bound(_ a: Scalar, _ b: Scalar, _ prefers: (ScalarOrder) -> Bool) -> Scalar {
        guard let order = Scalar.order(a, b) else { return .null }
        return prefers(order) ? a : b
    }

    /// The outcomes of a comparison of any value here with any value there, as the rows may pair them.
    func compared(to other: ValueRange, by function: ScalarFunction) -> ZoneMapEvaluator.Outcomes {
        let isDistinctness = function == .isDistinctFrom || function == .isNotDistinctFrom
        var result: ZoneMapEvaluator.Outcomes = []
        if hasNulls || other.hasNulls {
            if isDistinctness {
                let bothNull = hasNulls && other.hasNulls
                let oneNull = (hasNulls && other.hasValues) || (hasValues && other.hasNulls)
                let (same, different): (ZoneMapEvaluator.Outcomes, ZoneMapEvaluator.Outcomes) =
                    function == .isDistinctFrom ? (.isFalse, .isTrue) : (.isTrue, .isFalse)
                result.formUnion((bothNull ? same : []).union(oneNull ? different : []))
            } else {
                result.formUnion(.isNull)
            }
        }
        guard hasValues, other.hasValues else { return result }
        return result.union(valuesCompared(to: other, by: function))
    }

    private func valuesCompared(to other: ValueRange, by function: ScalarFunction) -> ZoneMapEvaluator.Outcomes {
        let canBeLess = Scalar.order(low, other.high).map { $0 == .less } ?? true
        let canBeGreater = Scalar.order(high, other.low).map { $0 == .greater } ?? true
        let areApart = Scalar.order(high, other.low) == .less || Scalar.order(low, other.high) == .greater
        // Whatever the bounds are of, nothing but what is like them lies between two that are alike.
        let arePoints =
            Scalar.order(low, high) == .equal && Scalar.order(other.low, other.high) == .equal
        let canBeEqual = !areApart
        let canDiffer = !(arePoints && Scalar.order(low, other.low) == .equal)
        func outcomes(_ isTrue: Bool, _ isFalse: Bool) -> ZoneMapEvaluator.Outcomes {
            let met: ZoneMapEvaluator.Outcomes = isTrue ? .isTrue : []
            return isFalse ? met.union(.isFalse) : met
        }
        switch function {
        case .equal, .isNotDistinctFrom: return outcomes(canBeEqual, canDiffer)
        case .notEqual, .isDistinctFrom: return outcomes(canDiffer, canBeEqual)
        case .less: return outcomes(canBeLess, canBeGreater || canBeEqual)
        case .lessOrEqual: return outcomes(canBeLess || canBeEqual, canBeGreater)
        case .greater: return outcomes(canBeGreater, canBeLess || canBeEqual)
        default: return outcomes(canBeGreater || canBeEqual, canBeLess)
        }
    }
}
