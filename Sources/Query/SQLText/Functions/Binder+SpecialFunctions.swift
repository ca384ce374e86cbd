import Columnar
import Plans

/// Functions whose result type follows from a constant or from the argument's scale.
enum SpecialFunctions {
    static let names = [
        "extract", "date_part", "round", "trunc", "ceil", "floor", "abs", "sign", "mod", "concat", "age", "pi", "version",
        "current_database", "current_schema", "make_interval", "now", "date", "nullif", "coalesce", "greatest", "least",
    ]
}

extension Binder {
    /// nil when the function is none of these, or these arguments are for the table of signatures.
    func bindSpecial(_ name: String, _ arguments: [Bound], _ node: SyntaxNode) throws(QueryError) -> Bound? {
        let place = position(node)
        switch (name, arguments.count) {
        case ("extract", 2), ("date_part", 2): return try bindExtract(name, arguments, node)
        case ("round", 1...2), ("trunc", 1...2): return try bindRounding(name == "round" ? .round : .truncate, arguments, at: place)
        case ("ceil", 1), ("ceiling", 1), ("floor", 1):
            guard case .numeric = arguments[0].type else { return nil }
            return call(name == "floor" ? .floor : .ceiling, [arguments[0].expression], .numeric(scale: 0), at: place)
        case ("sign", 1), ("abs", 1):
            guard case .numeric(let scale) = arguments[0].type else { return nil }
            let type = ColumnType.numeric(scale: name == "sign" ? 0 : scale)
            return call(name == "sign" ? .sign : .absolute, [arguments[0].expression], type, at: place)
        case ("mod", 2):
            guard arguments.allSatisfy({ $0.type.isNumber || $0.isUnknown }) else { return nil }
            return try arithmetic("%", arguments[0], arguments[1], at: place)
        case ("concat", 1...):
            var texts: [Expression] = []
            for argument in arguments { texts.append(try asText(argument)) }
            return call(.concat, texts, .text, at: place)
        case ("age", 1):
            let midnight = coercion.folding.fold(.cast(.cast(.literal(.timestamptz(now), .timestamptz), .date), .timestamptz))
            guard arguments[0].type.isTime || arguments[0].isUnknown else { return nil }
            return call(.age, [midnight, try coercion.convert(arguments[0], to: .timestamptz)], .interval, at: place)
        case ("pi", 0): return Bound(.literal(.double(.pi), .double), position: place)
        case ("version", 0): return Bound(.literal(.text("PostgreSQL 15.0 (Plimsoll)"), .text), position: place)
        case ("current_database", 0): return Bound(.literal(.text("plimsoll"), .text), position: place)
        case ("current_schema", 0): return Bound(.literal(.text("public"), .text), position: place)
        default: return try bindTypeNamedCall(name, arguments, at: place)
        }
    }

    /// `date(x)`, `text(x)`: a cast written as a call.
    private func bindTypeNamedCall(_ name: String, _ arguments: [Bound], at position: Int?) throws(QueryError) -> Bound? {
        guard arguments.count == 1, !["char", "name", "uuid", "json", "oid"].contains(name),
            let type = TypeNames.type(named: name, modifiers: [0, 0]),
            arguments[0].isUnknown || Coercion.isExplicit(arguments[0].type, type)
        else { return nil }
        return Bound(try coercion.convert(arguments[0], to: type), position: position)
    }

    private func bindExtract(_ name: String, _ arguments: [Bound], _ node: SyntaxNode) throws(QueryError) -> Bound {
        guard case .text(let text)? = arguments[0].expression.constant else {
            throw unsupported("a field of \(name) that is no constant is", at: node)
        }
        let value = arguments[1].isUnknown ? Bound(try coercion.convert(arguments[1], to: .timestamptz)) : arguments[1]
        guard value.type.isTime || value.type == .interval else {
            throw functionMissing(name, arguments.map(\.type), node, isNameKnown: true)
        }
        guard let field = TimeFields.canonical(text, among: TimeFields.extracting) else {
            throw QueryError(
                sqlState: "22023", message: "unit \"\(text)\" not recognized for type \(value.type.sqlName)",
                hint: "Units: \(TimeFields.extracting.joined(separator: ", ")).", position: arguments[0].position)
        }
        let fieldText = Expression.literal(.text(field), .text)
        if name == "date_part" { return call(.extract, [fieldText, value.expression], .double, at: position(node)) }
        let scale =
            switch field {
            case "epoch", "second": 6
            case "milliseconds": 3
            default: 0
            }
        return call(.extract, [fieldText, value.expression], .numeric(scale: scale), at: position(node))
    }

    private func bindRounding(_ function: ScalarFunction, _ arguments: [Bound], at position: Int?) throws(QueryError) -> Bound? {
        let value = arguments[0]
        guard arguments.count == 2 else {
            guard case .numeric = value.type else { return nil }
            return call(function, [value.expression], .numeric(scale: 0), at: position)
        }
        guard value.type == .integer || value.type.isExactDecimal, Coercion.isImplicit(arguments[1].type, .integer) else { return nil }
        let digits = try coercion.convert(arguments[1], to: .integer)
        guard case .integer(let count)? = digits.constant else {
            throw QueryError(
                sqlState: "0A000", message: "rounding to a number of digits that is no constant is not supported",
                position: arguments[1].position)
        }
        let operand = value.type == .integer ? try coercion.convert(value, to: .numeric(scale: 0)) : value.expression
        return call(function, [operand, digits], .numeric(scale: Int(min(max(count, 0), 38))), at: position)
    }

    /// `make_interval(days => 7)`: years, months, weeks, days, hours, minutes, seconds.
    func bindMakeInterval(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        let names = ["years", "months", "weeks", "days", "hours", "mins", "secs"]
        var values = [Expression](repeating: .literal(.integer(0), .integer), count: 6) + [.literal(.double(0), .double)]
        for (place, argument) in node.list("args").enumerated() {
            let named = argument.body(of: "NamedArgExpr")
            guard let slot = named == nil ? place : names.firstIndex(of: named?.text("name") ?? ""), slot < names.count,
                let written = named.map({ $0["arg"] }) ?? argument
            else {
                throw fail("42883", "make_interval has no such argument", at: node, hint: "Arguments: \(names.joined(separator: ", ")).")
            }
            let value = try bind(written, level)
            let type: ColumnType = slot == 6 ? .double : .integer
            guard Coercion.isImplicit(value.type, type) else {
                throw functionMissing("make_interval", [value.type], node, isNameKnown: true)
            }
            values[slot] = try coercion.convert(value, to: type)
        }
        return call(.makeInterval, values, .interval, at: position(node))
    }
}

extension ColumnType {
    fileprivate var isExactDecimal: Bool {
        if case .numeric = self { return true }
        return false
    }
}
