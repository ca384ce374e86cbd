import Columnar
import Plans

/// CAST, `::` and typed literals such as `interval '7 days'`.
extension Binder {
    func bindCast(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        guard let argument = node["arg"], let typeName = node["typeName"] else { throw unsupported("this cast is", at: node) }
        let value = try bind(argument, level)
        let modifiers = typeModifiers(typeName)
        let name = typeName.names("names").last ?? ""
        let place = position(node) ?? position(typeName)
        if name == "interval", let unit = intervalUnit(modifiers.first), value.isUnknown, case .text(let text)? = value.expression.constant
        {
            return Bound(.literal(.interval(try IntervalText.read(text, unit: unit, position: value.position)), .interval), position: place)
        }
        guard var type = TypeNames.type(named: name, modifiers: modifiers) else {
            throw fail(
                "42704", "type \"\(name)\" does not exist", at: typeName,
                hint: nearestName(to: name, among: TypeNames.all).map { "Did you mean \($0)?" }
                    ?? "Types: \(TypeNames.all.joined(separator: ", ")).")
        }
        if case .numeric(let scale) = type {
            if scale < 0 || scale > 38 { throw fail("22023", "NUMERIC scale \(scale) must be between 0 and 38", at: typeName) }
            if modifiers.isEmpty { type = .numeric(scale: try naturalScale(value)) }
        }
        if !typeName.list("arrayBounds").isEmpty { type = .array(type) }
        if value.isUnknown { return Bound(try coercion.convert(value, to: type), position: place) }
        guard Coercion.isExplicit(value.type, type) else {
            throw QueryError(
                sqlState: "42846", message: "cannot cast type \(value.type.sqlName) to \(type.sqlName)", position: position(node))
        }
        return Bound(try coercion.convert(value, to: type), position: place)
    }

    /// The scale that `x::numeric` keeps: the value's own, where it has one.
    private func naturalScale(_ value: Bound) throws(QueryError) -> Int {
        switch value.type {
        case .integer, .boolean: return 0
        case .numeric(let scale): return scale
        case .null:
            guard case .text(let text)? = value.expression.constant, let number = NumberText.trimmed(text),
                case .numeric(_, let scale)? = try NumberText.decimal(number, position: value.position)
            else { return 0 }
            return scale
        default: return TypeNames.defaultScale
        }
    }

    private func typeModifiers(_ typeName: SyntaxNode) -> [Int] {
        typeName.list("typmods").compactMap { $0.body(of: "A_Const")?["ival"]?.integer("ival") }
    }

    /// The unit of `interval '1' day`, from the grammar's bit mask of fields (one bit set; more leave the text to say).
    private func intervalUnit(_ mask: Int?) -> String? {
        guard let mask else { return nil }
        let units = [1: "month", 2: "year", 3: "day", 10: "hour", 11: "minute", 12: "second"]
        return mask.nonzeroBitCount == 1 ? units[mask.trailingZeroBitCount] : nil
    }
}
