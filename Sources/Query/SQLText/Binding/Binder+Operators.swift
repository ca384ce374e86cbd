import Columnar
import Plans

/// Operators: comparisons, arithmetic, text matching, lists.
extension Binder {
    func bindOperator(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        let name = node.names("name").last ?? ""
        switch node.text("kind") ?? "" {
        case "AEXPR_OP": return try bindPlainOperator(name, node, level)
        case "AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT":
            let (left, right) = try bindSides(node, level)
            let function: ScalarFunction = node.text("kind") == "AEXPR_DISTINCT" ? .isDistinctFrom : .isNotDistinctFrom
            if left.isNull || right.isNull {
                let other = left.isNull ? right : left
                let value = try coercion.read(other, as: .text).expression
                return call(function == .isDistinctFrom ? .isNotNull : .isNull, [value], .boolean, at: position(node))
            }
            return try compare(function, "=", left, right, at: position(node))
        case "AEXPR_NULLIF":
            let (left, right) = try bindSides(node, level)
            let pair = try comparable("=", left, right, at: position(node))
            // Times of two kinds are compared as they are, so that the answer stays the first one's.
            if left.type.isTime, left.type != pair.left.type {
                let isEqual = Expression.call(.equal, [pair.left, pair.right], .boolean)
                let branch = ConditionalBranch(condition: isEqual, value: .literal(.null, left.type))
                let chosen = Expression.conditional([branch], otherwise: left.expression, left.type)
                return Bound(coercion.folding.fold(chosen), position: position(node))
            }
            return call(.nullIf, [pair.left, pair.right], pair.left.type, at: position(node))
        case "AEXPR_IN": return try bindList(name, node, level)
        case "AEXPR_LIKE", "AEXPR_ILIKE": return try bindLike(name, node, level)
        case "AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN", "AEXPR_BETWEEN_SYM", "AEXPR_NOT_BETWEEN_SYM":
            return try bindBetween(node, level)
        case "AEXPR_OP_ANY", "AEXPR_OP_ALL": return try bindArrayComparison(name, node, level)
        case "AEXPR_SIMILAR":
            throw unsupported("SIMILAR TO is", at: node, hint: "LIKE and ~ (regular expressions) are.")
        default: throw unsupported("this operator is", at: node)
        }
    }

    private func bindSides(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> (Bound, Bound) {
        guard let left = node["lexpr"], let right = node["rexpr"] else {
            throw unsupported("this operator is", at: node)
        }
        return (try bind(left, level), try bind(right, level))
    }

    private func bindPlainOperator(_ name: String, _ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound
    {
        let place = position(node)
        guard node["lexpr"] != nil else {
            guard let operand = node["rexpr"] else { throw unsupported("this operator is", at: node) }
            return try applyPrefix(name, try bind(operand, level), at: place)
        }
        let (left, right) = try bindSides(node, level)
        switch name {
        case "=": return try compare(.equal, name, left, right, at: place)
        case "<>", "!=": return try compare(.notEqual, name, left, right, at: place)
        case "<": return try compare(.less, name, left, right, at: place)
        case "<=": return try compare(.lessOrEqual, name, left, right, at: place)
        case ">": return try compare(.greater, name, left, right, at: place)
        case ">=": return try compare(.greaterOrEqual, name, left, right, at: place)
        case "+", "-", "*", "/", "%", "^": return try arithmetic(name, left, right, at: place)
        case "||": return try concatenate(left, right, at: place)
        case "~", "~*", "!~", "!~*": return try matchRegex(name, left, right, at: place)
        case "~~", "!~~", "~~*", "!~~*": return try matchLike(name, left, right, at: place)
        case "->", "->>": return try jsonAccess(name, left, right, at: place)
        default: throw unsupported("operator \(name) is", at: node)
        }
    }

    func operatorMissing(_ name: String, _ left: Bound?, _ right: Bound, at position: Int?) -> QueryError {
        let shown = (left.map { $0.type.sqlName + " " } ?? "") + "\(name) \(right.type.sqlName)"
        return QueryError(
            .undefinedFunction, "operator does not exist: \(shown)",
            hint: "No operator matches the given argument types; a cast such as x::bigint or x::text may be missing.",
            position: position)
    }

    /// Both sides as one type that has an order.
    func comparable(_ name: String, _ left: Bound, _ right: Bound, at position: Int?) throws(QueryError) -> (
        left: Expression, right: Expression
    ) {
        if let (a, b) = narrowedToInteger(left, right) { return (a, b) }
        guard let (sides, common) = try coercion.joined([left, right]) else {
            throw operatorMissing(name, left, right, at: position)
        }
        let (left, right) = (sides[0], sides[1])
        if case .json = common { throw operatorMissing(name, left, right, at: position) }
        if case .array = common { throw operatorMissing(name, left, right, at: position) }
        // Numerics of different scale compare as they are; converting would cost a multiplication a row.
        if case .numeric(let a) = left.type, case .numeric(let b) = right.type, a != b {
            return (left.expression, right.expression)
        }
        if case .numeric = common {
            return (try asNumeric(left, other: common), try asNumeric(right, other: common))
        }
        return (try coercion.convert(left, to: common), try coercion.convert(right, to: common))
    }

    /// An integer meets a numeric at scale 0: no digits are gained by more.
    private func asNumeric(_ value: Bound, other: ColumnType) throws(QueryError) -> Expression {
        if case .numeric = value.type { return value.expression }
        return try coercion.convert(value, to: value.type == .integer ? .numeric(scale: 0) : other)
    }

    /// `integer = 5.0` compares integers: the literal loses nothing and zone maps stay usable.
    private func narrowedToInteger(_ left: Bound, _ right: Bound) -> (Expression, Expression)? {
        func integer(_ value: Bound) -> Expression? {
            guard case .numeric(let mantissa, let scale)? = value.expression.constant,
                case .numeric(let whole, _)? = ScalarArithmetic(timeZone: "UTC").rescale(mantissa, from: scale, to: 0),
                let exact = Int64(exactly: whole)
            else { return nil }
            return .literal(.integer(exact), .integer)
        }
        if left.type == .integer, let constant = integer(right) { return (left.expression, constant) }
        if right.type == .integer, let constant = integer(left) { return (constant, right.expression) }
        return nil
    }

    func compare(_ function: ScalarFunction, _ name: String, _ left: Bound, _ right: Bound, at position: Int?)
        throws(QueryError) -> Bound
    {
        let pair = try comparable(name, left, right, at: position)
        return call(function, [pair.left, pair.right], .boolean, at: position)
    }

    private func bindBetween(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        let place = position(node)
        guard let subject = node["lexpr"], let bounds = node["rexpr"]?.body(of: "List")?.list("items"),
            bounds.count == 2
        else {
            throw unsupported("this BETWEEN is", at: node)
        }
        let value = try bind(subject, level)
        let low = try bind(bounds[0], level)
        let high = try bind(bounds[1], level)
        let kind = node.text("kind") ?? ""
        func within(_ a: Bound, _ b: Bound) throws(QueryError) -> Bound {
            let from = try compare(.greaterOrEqual, ">=", value, a, at: place)
            let to = try compare(.lessOrEqual, "<=", value, b, at: place)
            return call(.and, [from.expression, to.expression], .boolean, at: place)
        }
        var result = try within(low, high)
        if kind.hasSuffix("_SYM") {
            result = call(.or, [result.expression, try within(high, low).expression], .boolean, at: place)
        }
        return kind.contains("NOT") ? call(.not, [result.expression], .boolean, at: place) : result
    }

    private func bindList(_ name: String, _ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        guard let subject = node["lexpr"], let items = node["rexpr"]?.body(of: "List")?.list("items") else {
            throw unsupported("this IN is", at: node)
        }
        let value = try bind(subject, level)
        var bounds: [Bound] = []
        for item in items { bounds.append(try bind(item, level)) }
        let (typed, members) = try readTogether(value, bounds)
        return try member(typed, members, isNegated: name == "<>", at: position(node))
    }

    /// Literals in quotes as the one type that the value and all members have in common, as far as these are the same
    /// in every row; what changes from row to row is compared for itself.
    private func readTogether(_ value: Bound, _ items: [Bound]) throws(QueryError) -> (Bound, [Bound]) {
        let constant = items.filter { !$0.expression.readsRow }
        guard constant.count > 1, let common = Coercion.common([value.type] + constant.map(\.type)) else {
            return (value, items)
        }
        var members: [Bound] = []
        for item in items { members.append(item.expression.readsRow ? item : try coercion.read(item, as: common)) }
        return (try coercion.read(value, as: common), members)
    }

    /// `value IN (…)`: constants as one set, anything else as comparisons.
    private func member(_ value: Bound, _ items: [Bound], isNegated: Bool, at position: Int?) throws(QueryError)
        -> Bound
    {
        var constants: [Scalar] = []
        var others: [Expression] = []
        // What is computed of constants is, and fails, whichever of them equals.
        var computed: [Expression] = []
        var subject: Expression?
        // Several constants are looked at first; one alone stands in its place.
        var firstConstant = 0
        for item in items {
            let pair = try comparable("=", value, item, at: position)
            let isSameSubject = subject == nil || subject == pair.left
            if let constant = pair.right.constant, isSameSubject, pair.left.constant == nil {
                subject = pair.left
                if constants.isEmpty { firstConstant = others.count }
                constants.append(constant)
            } else if pair.right.isOfConstants {
                computed.append(.call(.equal, [pair.left, pair.right], .boolean))
            } else {
                others.append(.call(.equal, [pair.left, pair.right], .boolean))
            }
        }
        if let subject, !constants.isEmpty {
            let test: Expression =
                constants.count == 1
                ? .call(.equal, [subject, .literal(constants[0], subject.type)], .boolean) : .oneOf(subject, constants)
            others.insert(test, at: constants.count == 1 ? firstConstant : 0)
        }
        others = computed + others
        let any = others.count == 1 ? others[0] : .call(.or, others, .boolean)
        return isNegated
            ? call(.not, [any], .boolean, at: position) : Bound(coercion.folding.fold(any), position: position)
    }

    private func bindArrayComparison(_ name: String, _ node: SyntaxNode, _ level: SelectLevel) throws(QueryError)
        -> Bound
    {
        let isAny = node.text("kind") == "AEXPR_OP_ANY"
        guard let subject = node["lexpr"], let list = node["rexpr"], list.body(of: "SubLink") == nil,
            (isAny && name == "=") || (!isAny && (name == "<>" || name == "!="))
        else {
            throw unsupported(
                "this comparison with ANY or ALL is", at: node,
                hint: "x = ANY (ARRAY[...]) and x <> ALL (ARRAY[...]) are.")
        }
        let value = try bind(subject, level)
        let array = try bind(list, level)
        if array.isNull, case .array = array.type { return Bound(.literal(.null, .boolean), position: position(node)) }
        guard case .call(.makeArray, let elements, .array(let type)) = array.expression else {
            throw unsupported(
                "ANY or ALL of an array that is not written out is", at: node,
                hint: "x = ANY (ARRAY[...]) and x <> ALL (ARRAY[...]) are.")
        }
        // Types are looked at for an array without elements, too.
        _ = try comparable(
            "=", try coercion.read(value, as: type), Bound(.literal(.null, type)), at: position(node))
        let items = elements.map { Bound($0, position: position(node)) }
        return try member(try coercion.read(value, as: type), items, isNegated: !isAny, at: position(node))
    }
}
