import Columnar
import Plans

enum AggregateNames {
    static let all: Set<String> = [
        "count", "sum", "avg", "min", "max", "bool_and", "bool_or", "every", "stddev", "stddev_samp", "stddev_pop",
        "variance", "var_samp",
        "var_pop", "string_agg", "array_agg", "percentile_cont", "percentile_disc", "approx_percentile",
    ]
}

/// Aggregates: typed, collected by the SELECT, standing in expressions as placeholders.
extension Binder {
    func bindAggregate(_ name: String, _ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        guard level.clause.allowsAggregates else {
            throw fail(.misusedAggregate, "aggregate functions are not allowed in \(level.clause.rawValue)", at: node)
        }
        if level.isInsideAggregate {
            throw fail(.misusedAggregate, "aggregate function calls cannot be nested", at: node)
        }
        level.isInsideAggregate = true
        defer { level.isInsideAggregate = false }
        let arguments = try bindAggregateArguments(node, level)
        let order = try bindAggregateOrder(name, node, level)
        var call = try aggregateCall(name, arguments, order, node)
        call.isDistinct = node.flag("agg_distinct")
        if call.isDistinct { try checkOrderOfDistinct(order, arguments, node) }
        call.filter = try bindAggregateFilter(node, level)
        var result = Bound(level.place(call), position: position(node))
        result.isNumericElsewhere = isNumericElsewhere(call.function, call.type, arguments)
        return result
    }

    /// Of an aggregate, or of a function over a window.
    func bindAggregateArguments(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> [Bound] {
        var arguments: [Bound] = []
        for argument in node.list("args") {
            if argument.body(of: "NamedArgExpr") != nil { throw unsupported("a named argument is", at: node) }
            arguments.append(try bind(argument, level))
        }
        return arguments
    }

    /// The condition behind FILTER; nil where there is none, or all rows pass it.
    func bindAggregateFilter(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Expression? {
        guard let filter = node["agg_filter"] else { return nil }
        let outer = level.clause
        level.clause = .aggregateFilter
        defer { level.clause = outer }
        let condition = coercion.folding.fold(try bindCondition(filter, level))
        return condition.constant == .boolean(true) ? nil : condition
    }

    /// Whether PostgreSQL has the result as a numeric.
    func isNumericElsewhere(_ function: AggregateFunction, _ type: ColumnType, _ arguments: [Bound]) -> Bool {
        type == .double && Self.spreads.contains(function)
            && (arguments[0].type == .integer || Bound.makesNumericElsewhere(arguments))
    }

    private static let spreads: [AggregateFunction] = [
        .standardDeviation, .standardDeviationPopulation, .variance, .variancePopulation,
    ]

    private func bindAggregateOrder(
        _ name: String, _ node: SyntaxNode, _ level: SelectLevel
    ) throws(QueryError) -> [SortKey] {
        var keys: [SortKey] = []
        for item in node.list("agg_order") {
            guard let body = item.body(of: "SortBy"), let key = body["node"] else { continue }
            let value = try bind(key, level)
            if value.isUnknown {
                // The values are ordered by what they are: here nothing says what that is.
                if name == "percentile_disc" {
                    throw QueryError(
                        .typeMismatch, "could not determine polymorphic type because input has type unknown",
                        hint: "Write its type behind it: '…'::text.", position: start(key))
                }
                // It is not the argument in the same words, which has become a text.
                if node.flag("agg_distinct") { throw orderBeyondArguments(at: start(key)) }
            }
            let open: ColumnType = name == "percentile_cont" ? .double : .text
            let expression = value.isUnknown ? try coercion.convert(value, to: open) : value.expression
            keys.append(try sortKey(expression, body))
        }
        return keys
    }

    /// Values that stand once have no other value to go by.
    private func checkOrderOfDistinct(_ order: [SortKey], _ arguments: [Bound], _ node: SyntaxNode) throws(QueryError) {
        let items = node.list("agg_order")
        for (place, key) in order.enumerated() where !arguments.contains(where: { $0.expression == key.expression }) {
            throw orderBeyondArguments(
                at: place < items.count ? items[place].body(of: "SortBy")?["node"].flatMap { start($0) } : nil)
        }
    }

    private func orderBeyondArguments(at position: Int?) -> QueryError {
        QueryError(
            .invalidReference, "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list",
            position: position)
    }

    func aggregateCall(
        _ name: String, _ arguments: [Bound], _ order: [SortKey], _ node: SyntaxNode
    ) throws(QueryError) -> AggregateCall {
        switch name {
        case "percentile_cont", "percentile_disc": return try percentile(name, arguments, order, node)
        case "approx_percentile": return try approximatePercentile(arguments, node)
        case "count" where node.flag("agg_star"):
            return AggregateCall(function: .countRows, arguments: [], type: .integer)
        case "string_agg": return try stringAggregate(arguments, order, node)
        default: break
        }
        if node.flag("agg_within_group") {
            throw fail(.wrongAggregate, "\(name) is not an ordered-set aggregate", at: node)
        }
        guard arguments.count == 1 else {
            throw functionMissing(name, node.flag("agg_star") ? [] : arguments.map(\.type), node, isNameKnown: true)
        }
        let value = arguments[0]
        let open: ColumnType = ["bool_and", "bool_or", "every"].contains(name) ? .boolean : .text
        let operand = value.isUnknown ? Bound(try coercion.convert(value, to: open), position: value.position) : value
        guard let (function, input, result) = simpleAggregate(name, operand.type) else {
            throw functionMissing(name, [operand.type], node, isNameKnown: true)
        }
        return AggregateCall(
            function: function, arguments: [try coercion.convert(operand, to: input)],
            order: name == "array_agg" ? order : [], type: result
        )
    }

    /// The aggregate, the type that its argument is converted to, and its result; nil when the type does not fit.
    private func simpleAggregate(_ name: String, _ type: ColumnType) -> (AggregateFunction, ColumnType, ColumnType)? {
        switch (name, type) {
        case ("count", _): (.count, type, .integer)
        case ("sum", .integer): (.sum, type, .numeric(scale: 0))
        case ("sum", .numeric), ("sum", .double), ("sum", .interval): (.sum, type, type)
        case ("avg", .integer): (.average, type, .numeric(scale: NumericScale.ofAverage(0)))
        case ("avg", .numeric(let scale)): (.average, type, .numeric(scale: NumericScale.ofAverage(scale)))
        case ("avg", .double), ("avg", .interval): (.average, type, type)
        case ("min", .boolean), ("min", .json), ("min", .array), ("max", .boolean), ("max", .json), ("max", .array): nil
        case ("min", _): (.minimum, type, type)
        case ("max", _): (.maximum, type, type)
        case ("bool_and", .boolean), ("every", .boolean): (.booleanAnd, type, .boolean)
        case ("bool_or", .boolean): (.booleanOr, type, .boolean)
        case ("array_agg", .array): nil
        case ("array_agg", _): (.arrayAggregate, type, .array(type))
        // Integers and decimals go in as they are: as doubles they would lose the digits by which they differ.
        case ("stddev", _) where type.isNumber, ("stddev_samp", _) where type.isNumber:
            (.standardDeviation, type, .double)
        case ("stddev_pop", _) where type.isNumber: (.standardDeviationPopulation, type, .double)
        case ("variance", _) where type.isNumber, ("var_samp", _) where type.isNumber: (.variance, type, .double)
        case ("var_pop", _) where type.isNumber: (.variancePopulation, type, .double)
        default: nil
        }
    }

    private func stringAggregate(_ arguments: [Bound], _ order: [SortKey], _ node: SyntaxNode) throws(QueryError)
        -> AggregateCall
    {
        guard arguments.count == 2, Coercion.isImplicit(arguments[0].type, .text),
            Coercion.isImplicit(arguments[1].type, .text)
        else {
            throw functionMissing("string_agg", arguments.map(\.type), node, isNameKnown: true)
        }
        guard let constant = try coercion.convert(arguments[1], to: .text).constant else {
            throw unsupported("a separator of string_agg that is no constant is", at: node)
        }
        return AggregateCall(
            function: .stringAggregate(separator: constant.isNull ? .text("") : constant),
            arguments: [try coercion.convert(arguments[0], to: .text)], order: order, type: .text)
    }

    private func percentile(
        _ name: String, _ arguments: [Bound], _ order: [SortKey], _ node: SyntaxNode
    ) throws(QueryError) -> AggregateCall {
        guard node.flag("agg_within_group") else {
            throw fail(
                .wrongAggregate, "WITHIN GROUP is required for ordered-set aggregate \(name)", at: node,
                hint: "Write \(name)(0.95) WITHIN GROUP (ORDER BY x).")
        }
        guard arguments.count == 1, order.count == 1, var key = order.first else {
            throw functionMissing(name, arguments.map(\.type) + order.map(\.expression.type), node, isNameKnown: true)
        }
        let (fractions, asArray) = try fractions(arguments[0], node)
        let isContinuous = name == "percentile_cont"
        if isContinuous && key.expression.type != .interval {
            guard Coercion.isImplicit(key.expression.type, .double) else {
                throw functionMissing(name, [.double, key.expression.type], node, isNameKnown: true)
            }
            key.expression = try coercion.convert(Bound(key.expression), to: .double)
        }
        let type = key.expression.type
        return AggregateCall(
            function: isContinuous
                ? .percentileContinuous(fractions, asArray: asArray) : .percentileDiscrete(fractions, asArray: asArray),
            arguments: [], order: [key], type: asArray ? .array(type) : type)
    }

    private func approximatePercentile(_ arguments: [Bound], _ node: SyntaxNode) throws(QueryError) -> AggregateCall {
        guard arguments.count == 2, arguments[0].type.isNumber else {
            throw functionMissing("approx_percentile", arguments.map(\.type), node, isNameKnown: true)
        }
        let (fractions, asArray) = try fractions(arguments[1], node)
        return AggregateCall(
            function: .approximatePercentile(fractions, asArray: asArray), arguments: [arguments[0].expression],
            type: asArray ? .array(.double) : .double)
    }

    /// Constant fractions within 0...1, one or an array.
    private func fractions(_ value: Bound, _ node: SyntaxNode) throws(QueryError) -> (values: [Double], asArray: Bool) {
        var items = [value]
        var asArray = false
        if case .call(.makeArray, let elements, _) = value.expression {
            asArray = true
            items = elements.map { Bound($0, position: value.position) }
        }
        var fractions: [Double] = []
        for item in items {
            guard Coercion.isImplicit(item.type, .double) else {
                throw fail(.typeMismatch, "a percentile fraction must be a number", at: node)
            }
            guard case .double(let fraction)? = try coercion.convert(item, to: .double).constant else {
                throw unsupported("a percentile fraction that is no constant is", at: node)
            }
            guard fraction >= 0, fraction <= 1 else {
                throw QueryError(
                    .numberOutOfRange, "percentile value \(fraction) is not between 0 and 1", position: item.position)
            }
            fractions.append(fraction)
        }
        return (fractions, asArray)
    }
}
