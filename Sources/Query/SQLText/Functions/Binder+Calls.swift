import Columnar
import JSONTexts
import Plans

/// Function calls: aggregates, special forms, then the table of signatures.
extension Binder {
    func bindCall(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        let names = node.names("funcname")
        guard let name = names.last, names.count == 1 || names.first == "pg_catalog" else {
            throw fail(.undefinedFunction, "function \(names.joined(separator: ".")) does not exist", at: node)
        }
        if let over = node["over"] { return try bindWindowed(name, node, over: over, level) }
        if WindowNames.all.contains(name) {
            throw fail(.wrongAggregate, "window function \(name) requires an OVER clause", at: node)
        }
        if AggregateNames.all.contains(name) { return try bindAggregate(name, node, level) }
        if let part = unsupportedCallPart(node) { throw unsupported("\(part) is", at: node) }
        for argument in node.list("args") where argument.body(of: "NamedArgExpr") != nil && name != "make_interval" {
            throw unsupported("a named argument is", at: node)
        }
        switch name {
        case "make_interval": return try bindMakeInterval(node, level)
        case "now", "transaction_timestamp", "statement_timestamp", "clock_timestamp":
            return Bound(.literal(.timestamptz(now), .timestamptz), position: position(node))
        default: break
        }
        var arguments: [Bound] = []
        for argument in node.list("args") { arguments.append(try bind(argument, level)) }
        if let special = try bindSpecial(name, arguments, node) { return special }
        return try bindSignature(name, arguments, node)
    }

    private func unsupportedCallPart(_ node: SyntaxNode) -> String? {
        if node.flag("agg_star") { return "* as an argument of a function that is no aggregate" }
        if node.flag("agg_distinct") || node["agg_filter"] != nil || node["agg_order"] != nil
            || node.flag("agg_within_group")
        {
            return "DISTINCT, FILTER, ORDER BY or WITHIN GROUP for a function that is no aggregate"
        }
        return node.flag("func_variadic") ? "VARIADIC" : nil
    }

    private func bindSignature(_ name: String, _ arguments: [Bound], _ node: SyntaxNode) throws(QueryError) -> Bound {
        let named = Signatures.all.filter { $0.name == name }
        let types = arguments.map(\.type)
        var best: Signature?
        for candidate in named where candidate.accepts(types) {
            if candidate.exactness(types) > best?.exactness(types) ?? -1 { best = candidate }
        }
        guard let best else { throw functionMissing(name, types, node, isNameKnown: !named.isEmpty) }
        var converted: [Expression] = []
        for (argument, parameter) in zip(arguments, best.parameters) {
            if case (.decimal, .numeric) = (parameter, argument.type) {
                converted.append(argument.expression)
            } else {
                converted.append(try coercion.convert(argument, to: parameter.columnType))
            }
        }
        try TimeFields.settle(best.function, &converted, position: arguments.first?.position)
        // The grammar writes `position(a in b)` as (b, a), as strpos has it; plans keep the order of the words.
        if best.function == .position { converted.swapAt(0, 1) }
        if best.function == .userToken, !catalog.hasUserTokens {
            throw QueryError(
                .notSupported, "user_token needs the store's key, which this user may not read",
                hint: "ask as the user that owns the directory, or the server with --server", position: position(node))
        }
        if best.function == .userToken, case .text(let user)? = converted[0].constant {
            return Bound(.literal(.text(catalog.userToken(user)), .text), position: position(node))
        }
        if best.function == .likeEscape { try checkEscape(converted, position: arguments[1].position) }
        var result = call(best.function, converted, best.result, at: position(node))
        result.isNumericElsewhere = best.result == .double && Bound.makesNumericElsewhere(arguments)
        return result
    }

    /// A pattern and an escape that are written are looked at before any row is.
    private func checkEscape(_ arguments: [Expression], position: Int?) throws(QueryError) {
        guard case .text? = arguments[0].constant, case .text(let escape)? = arguments[1].constant else { return }
        do throws(QueryError) {
            try LikeEscape.check(escape)
        } catch {
            var placed = error
            placed.position = position
            throw placed
        }
    }

    func functionMissing(_ name: String, _ types: [ColumnType], _ node: SyntaxNode, isNameKnown: Bool) -> QueryError {
        let shown = "\(name)(\(types.map(\.sqlName).joined(separator: ", ")))"
        let known =
            Signatures.all.map(\.name) + AggregateNames.all.sorted() + WindowNames.all.sorted() + SpecialFunctions.names
        let hint: String? =
            isNameKnown || known.contains(name)
            ? "No function matches the given name and argument types; a cast may be missing."
            : nearestName(to: name, among: known).map { "Did you mean \"\($0)\"?" }
        return fail(.undefinedFunction, "function \(shown) does not exist", at: node, hint: hint)
    }
}

/// The fields that `date_trunc` and `extract` know.
enum TimeFields {
    static let truncating = [
        "microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade",
        "century",
        "millennium",
    ]
    static let extracting =
        truncating + [
            "epoch", "dow", "isodow", "doy", "isoyear", "julian", "timezone", "timezone_hour", "timezone_minute",
        ]

    /// What a date has none of.
    static let ofClocks = [
        "microseconds", "milliseconds", "second", "minute", "hour", "timezone", "timezone_hour", "timezone_minute",
    ]

    /// The field under its plain name: `hours` and `HOUR` are `hour`.
    static func canonical(_ field: String, among known: [String]) -> String? {
        let lower = field.lowercased()
        let aliases = [
            "mon": "month", "min": "minute", "sec": "second", "us": "microseconds", "ms": "milliseconds", "hr": "hour",
            "h": "hour",
            "microsecond": "microseconds", "millisecond": "milliseconds", "centuries": "century", "y": "year",
            "d": "day",
        ]
        if let alias = aliases[lower] { return alias }
        if known.contains(lower) { return lower }
        let singular = lower.hasSuffix("s") ? String(lower.dropLast()) : lower
        return known.contains(singular) ? singular : nil
    }

    /// Puts the plain name of a constant field in its place.
    /// - Throws: `.invalidParameter` when it is unknown.
    static func settle(_ function: ScalarFunction, _ arguments: inout [Expression], position: Int?) throws(QueryError) {
        guard function == .dateTrunc, case .text(let field)? = arguments[0].constant else { return }
        guard let name = canonical(field, among: truncating) else {
            throw QueryError(
                .invalidParameter, "unit \"\(field)\" not recognized for type \(arguments[1].type.sqlName)",
                hint: "Units: \(truncating.joined(separator: ", ")).", position: position)
        }
        arguments[0] = .literal(.text(name), .text)
    }
}
