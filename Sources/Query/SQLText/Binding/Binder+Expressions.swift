import Columnar
import Plans

/// Expressions: one case a kind of node, each handled in the file of its family.
extension Binder {
    func bind(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        guard let (kind, body) = node.unwrapped else { throw unsupported("this expression is") }
        return try nested(at: body) { () throws(QueryError) in
            switch kind {
            case "ColumnRef": return try bindColumn(body, level)
            case "A_Const": return try bindConstant(body)
            case "A_Expr": return try bindOperator(body, level)
            case "BoolExpr": return try bindLogic(body, level)
            case "FuncCall": return try bindCall(body, level)
            case "TypeCast": return try bindCast(body, level)
            case "CaseExpr": return try bindCase(body, level)
            case "CoalesceExpr": return try bindVariadic(body, .coalesce, "COALESCE", level)
            case "MinMaxExpr":
                let isLeast = body.text("op") == "IS_LEAST"
                return try bindVariadic(body, isLeast ? .least : .greatest, isLeast ? "LEAST" : "GREATEST", level)
            case "NullTest", "BooleanTest": return try bindTest(kind, body, level)
            case "A_ArrayExpr": return try bindArray(body, level)
            case "A_Indirection": return try bindIndirection(body, level)
            case "SubLink": return try bindSubquery(body, level)
            case "SQLValueFunction": return try bindValueFunction(body)
            case "ParamRef":
                throw unsupported(
                    "a query parameter ($\(body.integer("number"))) is", at: body,
                    hint: "Write the value into the text.")
            case "RowExpr": throw unsupported("a row value is", at: body)
            case "GroupingFunc": throw unsupported("GROUPING is", at: body)
            case "CollateClause":
                throw unsupported("COLLATE is", at: body, hint: "Text is ordered by bytes (collation C).")
            case "SetToDefault": throw unsupported("DEFAULT is", at: body)
            default: throw unsupported("\(kind) is", at: body)
            }
        }
    }

    /// An expression that must be true or false.
    func bindCondition(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Expression {
        try condition(bind(node, level), level.clause.rawValue)
    }

    func condition(_ value: Bound, _ clause: String) throws(QueryError) -> Expression {
        if value.isUnknown { return try coercion.convert(value, to: .boolean) }
        guard value.type == .boolean || value.type == .null else {
            throw QueryError(
                .typeMismatch, "argument of \(clause) must be type boolean, not type \(value.type.sqlName)",
                position: value.position)
        }
        return try coercion.convert(value, to: .boolean)
    }

    /// A folded call; placeholders of aggregates are no constants, so folding leaves them alone.
    func call(_ function: ScalarFunction, _ arguments: [Expression], _ type: ColumnType, at position: Int?) -> Bound {
        Bound(coercion.folding.fold(.call(function, arguments, type)), position: position)
    }

    private func bindConstant(_ node: SyntaxNode) throws(QueryError) -> Bound {
        let place = position(node)
        if node.flag("isnull") { return Bound(.literal(.null, .null), isUnknown: true, position: place) }
        if let text = node["sval"] {
            return Bound(.literal(.text(text.text("sval") ?? ""), .text), isUnknown: true, position: place)
        }
        if let flag = node["boolval"] {
            return Bound(.literal(.boolean(flag.flag("boolval")), .boolean), position: place)
        }
        if let number = node["ival"] {
            let value = number.integer("ival")
            let negative = value == 0 ? source.negatedDigits(at: node.integer("location")) : nil
            return Bound(.literal(.integer(negative.map { -$0 } ?? Int64(value)), .integer), position: place)
        }
        if let number = node["fval"]?.text("fval") {
            if let value = Int64(number) { return Bound(.literal(.integer(value), .integer), position: place) }
            guard let read = try InputText.decimal(number, position: place) else {
                throw fail(.syntax, "invalid number \(number)", at: node)
            }
            return Bound(.literal(read.value, .numeric(scale: read.scale)), position: place)
        }
        throw unsupported("a bit string is", at: node)
    }

    private func bindLogic(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        let operation = node.text("boolop") ?? ""
        let (function, name): (ScalarFunction, String) =
            switch operation {
            case "AND_EXPR": (.and, "AND")
            case "OR_EXPR": (.or, "OR")
            default: (.not, "NOT")
            }
        var arguments: [Expression] = []
        for argument in node.list("args") { arguments.append(try condition(bind(argument, level), name)) }
        return call(function, arguments, .boolean, at: position(node))
    }

    private func bindTest(_ kind: String, _ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        guard let argument = node["arg"] else { throw unsupported("this test is", at: node) }
        let value = try bind(argument, level)
        if kind == "NullTest" {
            let function: ScalarFunction = node.text("nulltesttype") == "IS_NOT_NULL" ? .isNotNull : .isNull
            let operand = try coercion.read(value, as: .text).expression
            return call(function, [operand], .boolean, at: position(node))
        }
        let test = node.text("booltesttype") ?? ""
        let operand = try condition(value, "IS TRUE")
        let function: ScalarFunction =
            switch test {
            case "IS_TRUE": .isTrue
            case "IS_NOT_TRUE": .isNotTrue
            case "IS_FALSE": .isFalse
            case "IS_NOT_FALSE": .isNotFalse
            case "IS_UNKNOWN": .isNull
            default: .isNotNull
            }
        return call(function, [operand], .boolean, at: position(node))
    }

    private func bindCase(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        let subject = try node["arg"].map { argument throws(QueryError) in
            try coercion.read(try bind(argument, level), as: .text)
        }
        var conditions: [Expression] = []
        var values: [Bound] = []
        for when in node.list("args") {
            guard let body = when.body(of: "CaseWhen"), let test = body["expr"], let result = body["result"] else {
                throw unsupported("this CASE is", at: node)
            }
            let bound = try bind(test, level)
            if let subject {
                conditions.append(try compare(.equal, "=", subject, bound, at: position(body)).expression)
            } else {
                conditions.append(try condition(bound, "CASE/WHEN"))
            }
            values.append(try bind(result, level))
        }
        if let otherwise = node["defresult"] { values.append(try bind(otherwise, level)) }
        let (converted, type) = try unified(values, "CASE", at: node)
        let branches = zip(conditions, converted).map { ConditionalBranch(condition: $0, value: $1) }
        let otherwise = converted.count > conditions.count ? converted.last : nil
        return Bound(
            coercion.folding.fold(.conditional(branches, otherwise: otherwise, type)), position: position(node))
    }

    private func bindVariadic(_ node: SyntaxNode, _ function: ScalarFunction, _ name: String, _ level: SelectLevel)
        throws(QueryError)
        -> Bound
    {
        var values: [Bound] = []
        for argument in node.list("args") { values.append(try bind(argument, level)) }
        let (converted, type) = try unified(values, name, at: node)
        return call(function, converted, type, at: position(node))
    }

    /// Values as the one type that they have in common.
    func unified(_ values: [Bound], _ construct: String, at node: SyntaxNode?) throws(QueryError) -> (
        values: [Expression], type: ColumnType
    ) {
        guard let (values, type) = try coercion.joined(values) else {
            let types = values.map(\.type).filter { $0 != .null }
            let odd = values.first { $0.type != .null && Coercion.common([types[0], $0.type]) == nil }
            let other = odd?.type ?? types[types.count - 1]
            throw QueryError(
                .typeMismatch, "\(construct) types \(types[0].sqlName) and \(other.sqlName) cannot be matched",
                position: odd?.position ?? node.flatMap { position($0) })
        }
        var converted: [Expression] = []
        for value in values { converted.append(try coercion.convert(value, to: type)) }
        return (converted, type)
    }

    private func bindArray(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        let (values, type) = try bindElements(node, level)
        return Bound(.call(.makeArray, values, .array(type)), position: position(node))
    }

    /// What stands in `ARRAY[…]`, as one type.
    func bindElements(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> (
        values: [Expression], type: ColumnType
    ) {
        var values: [Bound] = []
        for element in node.list("elements") { values.append(try bind(element, level)) }
        if values.isEmpty {
            throw fail(
                .undeterminedType, "cannot determine type of empty array", at: node,
                hint: "Explicitly cast to the desired type, for example ARRAY[]::bigint[].")
        }
        return try unified(values, "ARRAY", at: node)
    }

    private func bindIndirection(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        guard let argument = node["arg"] else { throw unsupported("this subscript is", at: node) }
        var value = try bind(argument, level)
        for step in node.list("indirection") {
            guard let indices = step.body(of: "A_Indices"), !indices.flag("is_slice"), let upper = indices["uidx"]
            else {
                throw QueryError(
                    .notSupported, "only single subscripts of arrays are supported", position: value.position)
            }
            guard case .array(let element) = value.type else {
                throw QueryError(
                    .typeMismatch,
                    "cannot subscript type \(value.type.sqlName) because it does not support subscripting",
                    position: value.position)
            }
            let index = try bind(upper, level)
            guard Coercion.isImplicit(index.type, .integer) else {
                throw QueryError(.typeMismatch, "array subscript must have type integer", position: index.position)
            }
            value = call(
                .arrayElement, [value.expression, try coercion.convert(index, to: .integer)], element,
                at: value.position)
        }
        return value
    }

    private func bindValueFunction(_ node: SyntaxNode) throws(QueryError) -> Bound {
        let place = position(node)
        switch node.text("op") ?? "" {
        case "SVFOP_CURRENT_TIMESTAMP_N", "SVFOP_LOCALTIMESTAMP_N":
            throw unsupported(
                "a precision of a timestamp is", at: node, hint: "date_trunc('second', x) cuts fractions off.")
        case "SVFOP_CURRENT_TIMESTAMP":
            return Bound(.literal(.timestamptz(now), .timestamptz), position: place)
        case "SVFOP_LOCALTIMESTAMP":
            return Bound(
                coercion.folding.fold(.cast(.literal(.timestamptz(now), .timestamptz), .timestamp)), position: place)
        case "SVFOP_CURRENT_DATE":
            return Bound(
                coercion.folding.fold(.cast(.literal(.timestamptz(now), .timestamptz), .date)), position: place)
        case "SVFOP_CURRENT_USER", "SVFOP_USER", "SVFOP_SESSION_USER", "SVFOP_CURRENT_ROLE", "SVFOP_CURRENT_CATALOG":
            return Bound(.literal(.text("plimsoll"), .text), position: place)
        case "SVFOP_CURRENT_SCHEMA": return Bound(.literal(.text("public"), .text), position: place)
        default: throw unsupported("a time of day without date is", at: node)
        }
    }
}
