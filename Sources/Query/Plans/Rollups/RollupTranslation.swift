import Columnar

/// Puts an aggregation of events in terms of partial rows. Throws where a rollup cannot tell what is asked.
struct RollupTranslation {
    struct NotKnown: Error {}

    private let rollup: RollupDescription
    private let source: AggregateSource
    private let coarse: CoarseTime
    private let time: Int?
    /// The partial rows' columns, in the order in which they were asked for.
    private(set) var partials: [PartialColumn] = []
    private(set) var range = TimeRange()
    /// Over the partial rows.
    private(set) var conditions: [Expression] = []
    private(set) var groups: [Expression] = []
    private(set) var calls: [AggregateCall] = []

    init(_ source: AggregateSource, by rollup: RollupDescription, timeZone: String) throws(NotKnown) {
        self.rollup = rollup
        self.source = source
        coarse = CoarseTime(grainNanoseconds: rollup.grainNanoseconds, timeZone: timeZone)
        time = source.columns.firstIndex { $0.name == rollup.columns[rollup.time].name }
        for condition in source.conditions {
            if let time, range.narrow(by: condition, time: time) { continue }
            conditions.append(try keyed(condition))
        }
        for group in source.groups { groups.append(try keyed(group)) }
        for call in source.calls { calls.append(try merged(call)) }
        if partials.isEmpty { _ = try place(.events) }
    }

    /// Whether it asks for what the rollup is for.
    func asksForLeading(of rollup: RollupDescription) -> Bool {
        rollup.leading.map { partials.contains(.key(rollup.columns[$0].name)) } ?? true
    }

    // MARK: Columns

    private mutating func place(_ partial: PartialColumn) throws(NotKnown) -> Int {
        if let known = partials.firstIndex(of: partial) { return known }
        guard rollup.index(of: partial) != nil else { throw NotKnown() }
        partials.append(partial)
        return partials.count - 1
    }

    /// The partial column as an expression.
    private mutating func column(_ partial: PartialColumn) throws(NotKnown) -> Expression {
        let place = try place(partial)
        guard let index = rollup.index(of: partial) else { throw NotKnown() }
        return .column(place, rollup.columns[index].type)
    }

    /// An expression that has one value for all events that a partial row stands for.
    private mutating func keyed(_ expression: Expression) throws(NotKnown) -> Expression {
        switch expression {
        case .column(let index, let type):
            let name = source.columns[index].name
            guard index != time, rollup.dimensions.contains(where: { rollup.columns[$0].name == name }) else {
                throw NotKnown()
            }
            return .column(try place(.key(name)), type)
        case .scalarSubquery, .placeholder:
            throw NotKnown()
        case .literal, .call, .cast, .conditional, .oneOf:
            if let time, coarse.covers(expression, time: time) {
                let bucket = try place(.key(source.columns[time].name))
                return expression.renumbered { _ in bucket }
            }
            var translation = self
            let result = try expression.mapChildren { (child) throws(NotKnown) in try translation.keyed(child) }
            self = translation
            return result
        }
    }

    /// The measure that an expression is.
    private func measure(_ expression: Expression) -> RollupMeasureDescription? {
        guard case .column(let index, let type) = expression else { return nil }
        return rollup.measures.first { $0.source == TableColumn(name: source.columns[index].name, type: type) }
    }

    // MARK: Aggregates

    private mutating func merged(_ call: AggregateCall) throws(NotKnown) -> AggregateCall {
        var (filter, counted) = (call.filter, Counted.events)
        if call.function == .countRows, let condition = call.filter { (filter, counted) = try taken(from: condition) }
        let condition = try filter.map { (condition) throws(NotKnown) in try keyed(condition) }
        func result(_ function: AggregateFunction, _ arguments: [Expression], isDistinct: Bool = false) -> AggregateCall
        {
            AggregateCall(
                function: function, arguments: arguments, isDistinct: isDistinct, filter: condition, type: call.type)
        }
        if call.function == .countRows { return result(.mergedCount, [try number(counted)]) }
        guard call.order.isEmpty, call.arguments.count == 1 else { throw NotKnown() }
        let argument = call.arguments[0]
        if let measure = measure(argument) { return try overMeasure(call, measure.source.name, result) }
        let value = try keyed(argument)
        switch call.function {
        case .minimum, .maximum, .booleanAnd, .booleanOr:
            return result(call.function, [value], isDistinct: call.isDistinct)
        case .count where call.isDistinct:
            return result(.count, [value], isDistinct: true)
        case .count:
            return result(.mergedCount, [try presentEvents(value)])
        case .sum where !call.isDistinct:
            return result(.sum, [try weighted(value)])
        case .average where !call.isDistinct:
            return result(.mergedAverage, [try weighted(value), try presentEvents(value)])
        default:
            throw NotKnown()
        }
    }

    private mutating func overMeasure(
        _ call: AggregateCall, _ name: String, _ result: (AggregateFunction, [Expression], Bool) -> AggregateCall
    ) throws(NotKnown) -> AggregateCall {
        switch call.function {
        case .minimum: return result(.minimum, [try column(.minimum(name))], call.isDistinct)
        case .maximum: return result(.maximum, [try column(.maximum(name))], call.isDistinct)
        default: break
        }
        if call.isDistinct { throw NotKnown() }
        switch call.function {
        case .count: return result(.mergedCount, [try column(.count(name))], false)
        case .sum: return result(.sum, [try column(.sum(name))], false)
        case .average: return result(.mergedAverage, [try column(.sum(name)), try column(.count(name))], false)
        case .approximatePercentile:
            let parts = [try column(.histogram(name)), try column(.count(name)), try column(.sum(name))]
            return result(call.function, parts, false)
        default: throw NotKnown()
        }
    }

    // MARK: Counts under a condition on a measure

    private enum Counted { case events, atMost(String, Int64), above(String, Int64), present(String), absent(String) }

    /// Takes the one condition on a measure out of a filter, where what it counts is kept.
    private func taken(from filter: Expression) throws(NotKnown) -> (Expression?, Counted) {
        var counted = Counted.events
        var rest: [Expression] = []
        for condition in filter.conjuncts {
            guard let found = counts(condition) else {
                rest.append(condition)
                continue
            }
            guard case .events = counted else { throw NotKnown() }
            counted = found
        }
        return (Expression.conjunction(rest), counted)
    }

    private func counts(_ condition: Expression) -> Counted? {
        guard case .call(let function, let arguments, _) = condition, let first = arguments.first else { return nil }
        if let measure = measure(first) {
            let name = measure.source.name
            switch (function, arguments.count > 1 ? arguments[1].constant : nil) {
            case (.isNull, _): return .absent(name)
            case (.isNotNull, _): return .present(name)
            case (.lessOrEqual, .integer(let bound)?): return .atMost(name, bound)
            case (.less, .integer(let bound)?) where bound > .min: return .atMost(name, bound - 1)
            case (.greater, .integer(let bound)?): return .above(name, bound)
            case (.greaterOrEqual, .integer(let bound)?) where bound > .min: return .above(name, bound - 1)
            default: return nil
            }
        }
        return nil
    }

    private mutating func number(_ counted: Counted) throws(NotKnown) -> Expression {
        switch counted {
        case .events: try column(.events)
        case .present(let name): try column(.count(name))
        case .absent(let name): .call(.subtract, [try column(.events), try column(.count(name))], .integer)
        case .atMost(let name, let bound): try column(.atMost(name, bound))
        case .above(let name, let bound):
            .call(.subtract, [try column(.count(name)), try column(.atMost(name, bound))], .integer)
        }
    }

    // MARK: Sums of what is equal for all events of a row

    /// The value times the number of events, exactly.
    private mutating func weighted(_ value: Expression) throws(NotKnown) -> Expression {
        let events = Expression.cast(try column(.events), .numeric(scale: 0))
        switch value.type {
        case .integer: return .call(.multiply, [.cast(value, .numeric(scale: 0)), events], .numeric(scale: 0))
        case .numeric(let scale): return .call(.multiply, [value, events], .numeric(scale: scale))
        default: throw NotKnown()
        }
    }

    /// The number of events where the value is not null, else 0.
    private mutating func presentEvents(_ value: Expression) throws(NotKnown) -> Expression {
        let isNull = ConditionalBranch(
            condition: .call(.isNull, [value], .boolean), value: .literal(.integer(0), .integer))
        return .conditional([isNull], otherwise: try column(.events), .integer)
    }
}
