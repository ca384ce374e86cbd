import Columnar
import Plans

enum WindowNames {
    /// Functions that are of windows alone; aggregates may be over windows, too.
    static let all: Set<String> = [
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value",
        "last_value", "nth_value",
    ]
}

/// Functions with OVER: typed, collected by the SELECT, standing in expressions as placeholders.
extension Binder {
    func bindWindowed(
        _ name: String, _ node: SyntaxNode, over: SyntaxNode, _ level: SelectLevel
    ) throws(QueryError) -> Bound {
        try checkWindowed(name, node, level)
        let window = try bindWindow(over.body(of: "WindowDef") ?? over, level)
        let outer = level.windowPart
        level.windowPart = .call
        defer { level.windowPart = outer }
        let arguments = try bindAggregateArguments(node, level)
        var call: WindowCall
        if WindowNames.all.contains(name) {
            call = try windowCall(name, arguments, node)
            if call.function.looksAtFrame { call.frame = window.frame }
        } else if AggregateNames.all.contains(name) {
            call = try windowedAggregate(name, arguments, window, node, level)
        } else {
            let isKnown = Signatures.all.contains { $0.name == name } || SpecialFunctions.names.contains(name)
            guard isKnown else { throw functionMissing(name, arguments.map(\.type), node, isNameKnown: false) }
            throw fail(
                .wrongAggregate,
                "OVER specified, but \(name) is not a window function nor an aggregate function", at: node)
        }
        let use = WindowUse(partition: window.partition, order: window.order, call: call)
        var result = Bound(level.place(use), position: position(node))
        if case .aggregate(let function) = call.function {
            result.isNumericElsewhere = isNumericElsewhere(function, call.type, arguments)
        }
        return result
    }

    /// Refuses what may not stand where it does, or may not be said of a function of a window.
    private func checkWindowed(_ name: String, _ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) {
        guard level.clause.allowsWindows else {
            throw fail(.misusedWindow, "window functions are not allowed in \(level.clause.rawValue)", at: node)
        }
        if level.isInsideAggregate {
            throw fail(
                .misusedAggregate, "aggregate function calls cannot contain window function calls", at: node,
                hint: "Compute it in a subquery.")
        }
        switch level.windowPart {
        case .none: break
        case .call:
            throw fail(
                .misusedWindow, "window function calls cannot be nested", at: node,
                hint: "Compute the inner one in a subquery.")
        case .definition:
            throw fail(.misusedWindow, "window functions are not allowed in window definitions", at: node)
        }
        if node.flag("agg_within_group") {
            throw fail(.notSupported, "OVER is not supported for ordered-set aggregate \(name)", at: node)
        }
        if node.flag("agg_distinct") {
            throw fail(.notSupported, "DISTINCT is not implemented for window functions", at: node)
        }
        if node["agg_order"] != nil {
            throw fail(.notSupported, "aggregate ORDER BY is not implemented for window functions", at: node)
        }
        if node["agg_filter"] != nil, WindowNames.all.contains(name) {
            throw fail(.notSupported, "FILTER is not implemented for non-aggregate window functions", at: node)
        }
        if node.flag("func_variadic") { throw unsupported("VARIADIC is", at: node) }
    }

    private func windowedAggregate(
        _ name: String, _ arguments: [Bound], _ window: WindowDefinition, _ node: SyntaxNode, _ level: SelectLevel
    ) throws(QueryError) -> WindowCall {
        let aggregate = try aggregateCall(name, arguments, [], node)
        let call = WindowCall(
            function: .aggregate(aggregate.function), arguments: aggregate.arguments,
            filter: try bindAggregateFilter(node, level), frame: window.frame, type: aggregate.type)
        if !aggregate.function.slides, !window.frame.isWholePartition(isOrdered: !window.order.isEmpty) {
            throw unsupported(
                "\(name) over frames that differ from row to row is", at: node,
                hint: "count, sum, avg, min, max, bool_and and bool_or are; others over whole partitions, without "
                    + "ORDER BY.")
        }
        return call
    }

    private func windowCall(_ name: String, _ arguments: [Bound], _ node: SyntaxNode) throws(QueryError) -> WindowCall {
        func missing() -> QueryError {
            functionMissing(name, arguments.map(\.type), node, isNameKnown: true)
        }
        if node.flag("agg_star") { throw missing() }
        switch name {
        case "row_number", "rank", "dense_rank", "percent_rank", "cume_dist":
            guard arguments.isEmpty else { throw missing() }
            return Self.numbering(name)
        case "ntile":
            guard arguments.count == 1, Coercion.isImplicit(arguments[0].type, .integer) else { throw missing() }
            return WindowCall(
                function: .tile, arguments: [try coercion.convert(arguments[0], to: .integer)], type: .integer)
        case "lag", "lead":
            guard let call = try shiftingCall(name, arguments) else { throw missing() }
            return call
        case "nth_value":
            guard arguments.count == 2, Coercion.isImplicit(arguments[1].type, .integer) else { throw missing() }
            let value = try settledValue(arguments[0])
            return WindowCall(
                function: .nthValue, arguments: [value, try coercion.convert(arguments[1], to: .integer)],
                type: value.type)
        default:
            guard arguments.count == 1 else { throw missing() }
            let value = try settledValue(arguments[0])
            return WindowCall(
                function: name == "first_value" ? .firstValue : .lastValue, arguments: [value], type: value.type)
        }
    }

    private static func numbering(_ name: String) -> WindowCall {
        switch name {
        case "row_number": WindowCall(function: .rowNumber, type: .integer)
        case "rank": WindowCall(function: .rank, type: .integer)
        case "dense_rank": WindowCall(function: .denseRank, type: .integer)
        case "percent_rank": WindowCall(function: .percentRank, type: .double)
        default: WindowCall(function: .cumulativeDistribution, type: .double)
        }
    }

    /// nil where the arguments do not fit.
    private func shiftingCall(_ name: String, _ arguments: [Bound]) throws(QueryError) -> WindowCall? {
        guard (1...3).contains(arguments.count) else { return nil }
        var values = [try settledValue(arguments[0])]
        if arguments.count == 3 {
            guard let (joined, type) = try coercion.joined([arguments[0], arguments[2]]) else { return nil }
            values = []
            for value in joined { values.append(try coercion.convert(value, to: type)) }
        }
        var distance = Expression.literal(.integer(1), .integer)
        if arguments.count > 1 {
            guard Coercion.isImplicit(arguments[1].type, .integer) else { return nil }
            distance = try coercion.convert(arguments[1], to: .integer)
        }
        return WindowCall(
            function: name == "lag" ? .lag : .lead, arguments: [values[0], distance] + values.dropFirst(),
            type: values[0].type)
    }

    /// A literal in quotes, and a null, whose type nothing else decides, is a text.
    func settledValue(_ value: Bound) throws(QueryError) -> Expression {
        value.type == .null ? try coercion.convert(value, to: .text) : value.expression
    }
}

extension AggregateFunction {
    /// Whether it is computed over frames by adding rows and taking them away.
    fileprivate var slides: Bool {
        switch self {
        case .countRows, .count, .sum, .average, .minimum, .maximum, .booleanAnd, .booleanOr: true
        default: false
        }
    }
}
