import Bytes
import Columnar
import JSONTexts
import Plans

/// CAST, `::` and typed literals such as `interval '7 days'`.
extension Binder {
    func bindCast(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        guard let argument = node["arg"], let typeName = node["typeName"] else {
            throw unsupported("this cast is", at: node)
        }
        let isOfArray = !typeName.list("arrayBounds").isEmpty
        // `ARRAY[]` has no type but the cast's.
        let isEmpty = isOfArray && argument.body(of: "A_ArrayExpr")?.list("elements").isEmpty == true
        let value = isEmpty ? Bound(.call(.makeArray, [], .array(.null))) : try bind(argument, level)
        let modifiers = try typeModifiers(typeName)
        let name = typeName.names("names").last ?? ""
        let place = position(node) ?? position(typeName)
        if TypeNames.refused.contains(name) {
            throw unsupported(
                "the type \(shown(name)) is", at: typeName, hint: "Types: \(TypeNames.all.joined(separator: ", ")).")
        }
        guard let type = TypeNames.type(named: name) else {
            throw fail(
                .undefinedName, "type \"\(name)\" does not exist", at: typeName,
                hint: nearestName(to: name, among: TypeNames.all).map { "Did you mean \($0)?" }
                    ?? "Types: \(TypeNames.all.joined(separator: ", ")).")
        }
        if isOfArray {
            return try arrayCast(value, type, name, modifiers, typeName, at: place)
        }
        switch name {
        case "numeric", "decimal": return try numericCast(value, modifiers, typeName, at: place)
        case "varchar": return try varcharCast(value, modifiers, typeName, at: place)
        case "interval" where !modifiers.isEmpty: return try intervalCast(value, modifiers, typeName, at: place)
        case "timestamp" where !modifiers.isEmpty, "timestamptz" where !modifiers.isEmpty:
            throw unsupported(
                "a precision of \(name) is", at: typeName, hint: "date_trunc('second', x) cuts fractions off.")
        default:
            if !modifiers.isEmpty {
                throw fail(.syntax, "type modifier is not allowed for type \"\(name)\"", at: typeName)
            }
            return try cast(value, to: type, named: name, at: place)
        }
    }

    /// A cast to a type without modifiers, which checks what fewer than 64 bits hold.
    func cast(_ value: Bound, to type: ColumnType, named name: String, at place: Int?) throws(QueryError) -> Bound {
        let result = try converted(value, to: type, at: place)
        guard let range = TypeNames.range(named: name), value.type != .boolean, !result.isNull else { return result }
        if case .integer(let number)? = result.expression.constant {
            if range.contains(number) { return result }
            if value.isUnknown, case .text(let text)? = value.expression.constant {
                throw QueryError(
                    .numberOutOfRange,
                    "value \"\(text)\" is out of range for type \(IntegerRange.name(most: range.upperBound))",
                    position: value.position)
            }
        }
        let ends = [range.lowerBound, range.upperBound].map { Expression.literal(.integer($0), .integer) }
        return call(.checkedInteger, [result.expression] + ends, .integer, at: place)
    }

    private func converted(_ value: Bound, to type: ColumnType, at place: Int?) throws(QueryError) -> Bound {
        if value.isUnknown { return Bound(try coercion.convert(value, to: type), position: place) }
        guard Coercion.isExplicit(value.type, type) else {
            throw QueryError(
                .undefinedCast, "cannot cast type \(value.type.sqlName) to \(type.sqlName)", position: place)
        }
        return Bound(try coercion.convert(value, to: type), position: place)
    }

    /// `numeric(p, s)` rounds to the scale and holds p digits; `numeric` keeps the value's scale, where a constant or a
    /// column has one.
    private func numericCast(
        _ value: Bound, _ modifiers: [Int], _ typeName: SyntaxNode, at place: Int?
    ) throws(QueryError) -> Bound {
        guard let precision = modifiers.first else { return try naturalNumeric(value, at: place) }
        let scale = modifiers.count > 1 ? modifiers[1] : 0
        guard precision >= 1, precision <= 1000 else {
            throw fail(.invalidParameter, "NUMERIC precision \(precision) must be between 1 and 1000", at: typeName)
        }
        if scale < 0 || scale > 38 {
            throw fail(.invalidParameter, "NUMERIC scale \(scale) must be between 0 and 38", at: typeName)
        }
        let result = try converted(value, to: .numeric(scale: scale), at: place)
        if result.isNull || precision > 38 { return result }
        if case .numeric(let mantissa, _)? = result.expression.constant,
            String(mantissa.magnitude).utf8.count <= precision
        {
            return result
        }
        let digits = Expression.literal(.integer(Int64(precision)), .integer)
        return call(.checkedNumeric, [result.expression, digits], .numeric(scale: scale), at: place)
    }

    func naturalNumeric(_ value: Bound, at place: Int?) throws(QueryError) -> Bound {
        switch (value.type, value.expression.constant) {
        case (.integer, _), (.boolean, _): return try converted(value, to: .numeric(scale: 0), at: place)
        case (.numeric(let scale), _): return try converted(value, to: .numeric(scale: scale), at: place)
        case (.null, .text(let text)?):
            let read = try InputText.decimal(text, position: value.position)
            return try converted(value, to: .numeric(scale: read?.scale ?? 0), at: place)
        case (.null, _): return try converted(value, to: .numeric(scale: 0), at: place)
        case (.double, .double(let number)?):
            guard number.isFinite else { throw .nonFiniteNumeric(position: place) }
            guard let digits = DecimalDigits.of(number), digits.scale <= 38 else {
                throw QueryError(
                    .numberOutOfRange, "the number \(number) needs more than 38 digits",
                    hint: "Leave it double precision.",
                    position: value.position)
            }
            let type = ColumnType.numeric(scale: digits.scale)
            return Bound(.literal(.numeric(digits.mantissa, scale: digits.scale), type), position: place)
        case (.double, _), (.text, _), (.json, _):
            return call(.numericOf, [value.expression], .numeric(scale: TypeNames.defaultScale), at: place)
        default: return try converted(value, to: .numeric(scale: TypeNames.defaultScale), at: place)
        }
    }

    /// `varchar(n)` keeps the first n characters.
    private func varcharCast(
        _ value: Bound, _ modifiers: [Int], _ typeName: SyntaxNode, at place: Int?
    ) throws(QueryError) -> Bound {
        let result = try converted(value, to: .text, at: place)
        guard let length = modifiers.first else { return result }
        if length < 1 { throw fail(.invalidParameter, "length for type varchar must be at least 1", at: typeName) }
        if result.isNull { return result }
        if case .text(let text)? = result.expression.constant {
            let kept = String(String.UnicodeScalarView(text.unicodeScalars.prefix(length)))
            return Bound(.literal(.text(kept), .text), position: place)
        }
        return call(.left, [result.expression, .literal(.integer(Int64(length)), .integer)], .text, at: place)
    }

    private func arrayCast(
        _ value: Bound, _ element: ColumnType, _ name: String, _ modifiers: [Int], _ typeName: SyntaxNode,
        at place: Int?
    ) throws(QueryError) -> Bound {
        if case .call(.makeArray, [], .array(.null)) = value.expression {
            return Bound(.call(.makeArray, [], .array(element)), position: place)
        }
        guard modifiers.isEmpty, !element.isNumeric else {
            throw unsupported("an array of \(name) as the type of a cast is", at: typeName)
        }
        if value.isNull { return Bound(.literal(.null, .array(element)), position: place) }
        if value.type == .null || value.type == .text {
            throw unsupported("an array written as a text is", at: typeName, hint: "Write ARRAY[1, 2].")
        }
        // What fewer than 64 bits hold is checked here, where it is written out, and not while a question runs.
        let isNarrow = TypeNames.range(named: name) != nil
        let refusal = unsupported("a cast to an array of \(name) is", at: typeName, hint: "Write bigint[].")
        guard case .call(.makeArray, let items, .array(let type)) = value.expression,
            Coercion.isExplicit(type, element)
        else {
            if isNarrow { throw refusal }
            return try converted(value, to: .array(element), at: place)
        }
        // Each element is cast, so that what is written stays an array of constants.
        var elements: [Expression] = []
        for item in items {
            let isText = if case .text? = item.constant { true } else { false }
            let written = Bound(item, isUnknown: isText, position: place)
            let element = try cast(written, to: element, named: name, at: place).expression
            if isNarrow, element.constant == nil { throw refusal }
            elements.append(element)
        }
        return Bound(.call(.makeArray, elements, .array(element)), position: place)
    }

    /// `interval '3' day`: a bare number counts the field, and smaller ones are cut off.
    private func intervalCast(
        _ value: Bound, _ modifiers: [Int], _ typeName: SyntaxNode, at place: Int?
    ) throws(QueryError) -> Bound {
        let hint = "One field behind a literal is: interval '3' day."
        guard modifiers.count == 1, modifiers[0].nonzeroBitCount == 1,
            let unit = Self.intervalUnits[modifiers[0].trailingZeroBitCount]
        else {
            throw unsupported("a precision or a range of fields of interval is", at: typeName, hint: hint)
        }
        guard value.isUnknown else { throw unsupported("a cast to a field of interval is", at: typeName, hint: hint) }
        guard case .text(let text)? = value.expression.constant else {
            return Bound(.literal(.null, .interval), position: place)
        }
        var span = try IntervalText.read(text, unit: unit, position: value.position)
        switch unit {
        case .year: span = Interval(months: span.months - span.months % 12)
        case .month: span = Interval(months: span.months)
        case .day: span = Interval(months: span.months, days: span.days)
        case .hour: span.nanoseconds -= span.nanoseconds % Nanoseconds.hour
        case .minute: span.nanoseconds -= span.nanoseconds % Nanoseconds.minute
        default: break
        }
        return Bound(.literal(.interval(span), .interval), position: place)
    }

    /// The grammar's numbers of the fields, of which it hands on a bit mask.
    private static let intervalUnits: [Int: IntervalUnit] = [
        1: .month, 2: .year, 3: .day, 10: .hour, 11: .minute, 12: .second,
    ]

    /// The numbers in parentheses, `numeric(10, 2)`.
    private func typeModifiers(_ typeName: SyntaxNode) throws(QueryError) -> [Int] {
        var modifiers: [Int] = []
        for item in typeName.list("typmods") {
            guard let constant = item.body(of: "A_Const"), let number = constant["ival"] else {
                throw fail(.invalidParameter, "type modifiers must be whole numbers", at: typeName)
            }
            let value = number.integer("ival")
            let negative = value == 0 ? source.negatedDigits(at: constant.integer("location")) : nil
            modifiers.append(negative.map { -Int($0) } ?? value)
        }
        return modifiers
    }

    /// The name as SQL says it.
    private func shown(_ name: String) -> String { name == "bpchar" || name == "char" ? "character" : name }
}
