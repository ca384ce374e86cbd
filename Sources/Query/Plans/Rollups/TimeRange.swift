import Columnar

/// The times that a question asks for: from `lower` on, before `upper` (ns); nil: without end.
struct TimeRange: Hashable {
    var lower: Int64?
    var upper: Int64?

    var isEmpty: Bool {
        guard let lower, let upper else { return false }
        return lower >= upper
    }

    /// Narrows the range by a condition of the form `time ≥ constant`; false where it has another form.
    mutating func narrow(by condition: Expression, time: Int) -> Bool {
        guard case .call(let function, let arguments, _) = condition, arguments.count == 2 else { return false }
        if case .column(time, .timestamptz) = arguments[0], case .timestamptz(let value)? = arguments[1].constant {
            return narrow(function, value)
        }
        if case .column(time, .timestamptz) = arguments[1], case .timestamptz(let value)? = arguments[0].constant,
            let mirrored = function.mirrored
        {
            return narrow(mirrored, value)
        }
        return false
    }

    private mutating func narrow(_ function: ScalarFunction, _ value: Int64) -> Bool {
        guard value < .max else { return false }
        switch function {
        case .greaterOrEqual: lower = max(lower ?? value, value)
        case .greater: lower = max(lower ?? (value + 1), value + 1)
        case .less: upper = min(upper ?? value, value)
        case .lessOrEqual: upper = min(upper ?? (value + 1), value + 1)
        case .equal:
            lower = max(lower ?? value, value)
            upper = min(upper ?? (value + 1), value + 1)
        default: return false
        }
        return true
    }

    /// The whole buckets inside the range, and what is left before and after them; nil where no bucket fits or the
    /// range lies at the end of time.
    func split(grain: Int64, earliest: Int64?) -> (before: TimeRange?, whole: TimeRange, after: TimeRange?)? {
        var whole = TimeRange()
        let start = lower.map { max($0, earliest ?? $0) } ?? earliest
        if let start {
            guard start.magnitude < UInt64(Int64.max - grain) else { return nil }
            let rest = start % grain
            whole.lower = rest == 0 ? start : rest > 0 ? start - rest + grain : start - rest
        }
        if let upper {
            guard upper.magnitude < UInt64(Int64.max - grain) else { return nil }
            let rest = upper % grain
            whole.upper = rest >= 0 ? upper - rest : upper - rest - grain
        }
        if whole.isEmpty { return nil }
        let before = whole.lower == lower ? nil : TimeRange(lower: lower, upper: whole.lower)
        let after = whole.upper == upper ? nil : TimeRange(lower: whole.upper, upper: upper)
        return (before, whole, after)
    }

    /// The range as conditions on a column.
    func conditions(on time: Expression) -> [Expression] {
        func bound(_ function: ScalarFunction, _ value: Int64) -> Expression {
            .call(function, [time, .literal(.timestamptz(value), .timestamptz)], .boolean)
        }
        return (lower.map { [bound(.greaterOrEqual, $0)] } ?? []) + (upper.map { [bound(.less, $0)] } ?? [])
    }
}
