import Columnar
import Plans

/// Functions whose result type follows from a constant or from the argument's scale.
enum SpecialFunctions {
    static let names = [
        "extract", "date_part", "round", "trunc", "ceil", "floor", "abs", "sign", "mod", "concat", "age", "pi",
        "version",
        "current_database", "current_schema", "make_interval", "now", "date", "nullif", "coalesce", "greatest", "least",
        "array_length", "cardinality",
    ]
}

extension Binder {
    /// nil when the function is none of these, or these arguments are for the table of signatures.
    func bindSpecial(_ name: String, _ arguments: [Bound], _ node: SyntaxNode) throws(QueryError) -> Bound? {
        let place = position(node)
        switch (name, arguments.count) {
        case ("extract", 2), ("date_part", 2): return try bindExtract(name, arguments, node)
        case ("round", 1...2), ("trunc", 1...2):
            return try bindRounding(name == "round" ? .round : .truncate, arguments, at: place)
        case ("ceil", 1), ("ceiling", 1), ("floor", 1):
            guard case .numeric = arguments[0].type else { return nil }
            let operand = withAllPlaces(arguments[0].expression, scale: Self.placesOfDoubles)
            return call(name == "floor" ? .floor : .ceiling, [operand], .numeric(scale: 0), at: place)
        case ("sign", 1), ("abs", 1):
            guard case .numeric(let scale) = arguments[0].type else { return nil }
            let type = ColumnType.numeric(scale: name == "sign" ? 0 : scale)
            return call(name == "sign" ? .sign : .absolute, [arguments[0].expression], type, at: place)
        case ("substring", 2), ("substring", 3): try refusePattern(arguments, node)
        case ("to_char", 2): try checkTimePattern(arguments, node)
        case ("mod", 2):
            guard arguments.allSatisfy({ $0.type.isNumber || $0.isUnknown }) else { return nil }
            return try arithmetic("%", arguments[0], arguments[1], at: place)
        case ("concat", 1...):
            var texts: [Expression] = []
            for argument in arguments { texts.append(try shown(argument)) }
            return call(.concat, texts, .text, at: place)
        case ("age", 1):
            let midnight = coercion.folding.fold(
                .cast(.cast(.literal(.timestamptz(now), .timestamptz), .date), .timestamptz))
            guard arguments[0].type.isTime || arguments[0].isUnknown else { return nil }
            return call(.age, [midnight, try coercion.convert(arguments[0], to: .timestamptz)], .interval, at: place)
        case ("array_length", 2), ("cardinality", 1): return try bindArrayLength(arguments, node)
        case ("pi", 0): return Bound(.literal(.double(.pi), .double), position: place)
        case ("version", 0): return Bound(.literal(.text("PostgreSQL 15.0 (Plimsoll)"), .text), position: place)
        case ("current_database", 0): return Bound(.literal(.text("plimsoll"), .text), position: place)
        case ("current_schema", 0): return Bound(.literal(.text("public"), .text), position: place)
        default: return try bindTypeNamedCall(name, arguments, at: place)
        }
        return nil
    }

    /// `cardinality(array)`, and `array_length(array, 1)`, which is NULL of an array without elements and of any other
    /// dimension.
    private func bindArrayLength(_ arguments: [Bound], _ node: SyntaxNode) throws(QueryError) -> Bound? {
        guard case .array(let element) = arguments[0].type else { return nil }
        if case .array = element { throw unsupported("the length of an array of arrays is", at: node) }
        let place = position(node)
        let length = call(.arrayLength, [arguments[0].expression], .integer, at: place)
        guard arguments.count == 2 else { return length }
        guard Coercion.isImplicit(arguments[1].type, .integer) else { return nil }
        let isFirst = Expression.call(
            .equal, [try coercion.convert(arguments[1], to: .integer), .literal(.integer(1), .integer)], .boolean)
        let filled = Expression.call(.nullIf, [length.expression, .literal(.integer(0), .integer)], .integer)
        let chosen = Expression.conditional(
            [ConditionalBranch(condition: isFirst, value: filled)], otherwise: nil, .integer)
        return Bound(coercion.folding.fold(chosen), position: place)
    }

    /// A value as `concat` writes it: truth by its letter, where a cast to text has the word.
    private func shown(_ value: Bound) throws(QueryError) -> Expression {
        let text = try asText(value)
        guard value.type == .boolean else { return text }
        return call(.left, [text, .literal(.integer(1), .integer)], .text, at: value.position).expression
    }

    /// `substring(x from 'pattern')` and `substring(x similar pattern escape e)`: a text in second place is a pattern,
    /// unless a length says that it is a number in quotes.
    private func refusePattern(_ arguments: [Bound], _ node: SyntaxNode) throws(QueryError) {
        func isText(_ value: Bound) -> Bool { value.type == .text || (value.isUnknown && !value.isNull) }
        if arguments.dropFirst().allSatisfy(isText) {
            throw unsupported(
                "substring by a pattern is", at: node,
                hint: "substring by numbers, split_part and position are; ~ says whether a pattern matches.")
        }
    }

    private func checkTimePattern(_ arguments: [Bound], _ node: SyntaxNode) throws(QueryError) {
        if arguments[0].type.isNumber || arguments[0].type == .interval {
            throw unsupported(
                "to_char of a number or an interval is", at: node, hint: "round(x, 2)::text writes a number.")
        }
        guard case .text(let format)? = arguments[1].expression.constant else { return }
        do throws(QueryError) {
            _ = try TimePattern.pieces(of: format)
        } catch {
            var placed = error
            placed.position = arguments[1].position
            throw placed
        }
    }

    /// `x::numeric` inside of what rounds it: PostgreSQL has all digits there, so that its twelve places are not what
    /// is rounded.
    private func withAllPlaces(_ expression: Expression, scale: Int) -> Expression {
        guard case .call(.numericOf, let inner, _) = expression else { return expression }
        return .cast(inner[0], .numeric(scale: scale))
    }

    /// Places that show every digit of a double of a tenth and more.
    private static let placesOfDoubles = 16

    /// `date(x)`, `text(x)`: a cast written as a call.
    private func bindTypeNamedCall(_ name: String, _ arguments: [Bound], at position: Int?) throws(QueryError) -> Bound?
    {
        guard arguments.count == 1, !["numeric", "decimal", "json", "oid"].contains(name),
            let type = TypeNames.type(named: name),
            arguments[0].isUnknown || Coercion.isExplicit(arguments[0].type, type)
        else { return nil }
        return try cast(arguments[0], to: type, named: name, at: position)
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
                .invalidParameter, "unit \"\(text)\" not recognized for type \(value.type.sqlName)",
                hint: "Units: \(TimeFields.extracting.joined(separator: ", ")).", position: arguments[0].position)
        }
        if name == "extract", value.type == .date, TimeFields.ofClocks.contains(field) {
            throw fail(.notSupported, "unit \"\(text)\" not supported for type date", at: node)
        }
        let fieldText = Expression.literal(.text(field), .text)
        if name == "date_part" { return call(.extract, [fieldText, value.expression], .double, at: position(node)) }
        let scale =
            switch field {
            case "epoch", "second": 6
            case "milliseconds": 3
            case "julian": value.type == .date ? 0 : 20
            default: 0
            }
        return call(.extract, [fieldText, value.expression], .numeric(scale: scale), at: position(node))
    }

    private func bindRounding(_ function: ScalarFunction, _ arguments: [Bound], at position: Int?) throws(QueryError)
        -> Bound?
    {
        var value =
            arguments.count == 2 ? try coercion.numbered(arguments[0], beside: .numeric(scale: 0)) : arguments[0]
        // PostgreSQL rounds a numeric half away from zero, a double to even.
        if arguments.count == 2 || function == .round, value.isNumericElsewhere {
            value = try naturalNumeric(value, at: position)
        }
        guard arguments.count == 2 else {
            guard case .numeric = value.type else { return nil }
            let operand = withAllPlaces(value.expression, scale: function == .round ? 0 : Self.placesOfDoubles)
            return call(function, [operand], .numeric(scale: 0), at: position)
        }
        guard value.type == .integer || value.type.isExactDecimal, Coercion.isImplicit(arguments[1].type, .integer)
        else { return nil }
        let digits = try coercion.convert(arguments[1], to: .integer)
        guard case .integer(let count)? = digits.constant else {
            throw QueryError(
                .notSupported, "rounding to a number of digits that is no constant is not supported",
                position: arguments[1].position)
        }
        let scale = Int(min(max(count, 0), 38))
        let operand =
            value.type == .integer
            ? try coercion.convert(value, to: .numeric(scale: 0))
            : withAllPlaces(
                value.expression, scale: function == .round && count >= 0 ? scale : max(scale, Self.placesOfDoubles))
        return call(function, [operand, digits], .numeric(scale: scale), at: position)
    }

    /// `make_interval(days => 7)`: years, months, weeks, days, hours, minutes, seconds.
    func bindMakeInterval(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        let names = ["years", "months", "weeks", "days", "hours", "mins", "secs"]
        var values =
            [Expression](repeating: .literal(.integer(0), .integer), count: 6) + [.literal(.double(0), .double)]
        for (place, argument) in node.list("args").enumerated() {
            let named = argument.body(of: "NamedArgExpr")
            guard let slot = named == nil ? place : names.firstIndex(of: named?.text("name") ?? ""), slot < names.count,
                let written = named.map({ $0["arg"] }) ?? argument
            else {
                throw fail(
                    .undefinedFunction, "make_interval has no such argument", at: node,
                    hint: "Arguments: \(names.joined(separator: ", ")).")
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
