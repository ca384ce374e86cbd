import Columnar
import JSONParsing
import Plans

/// PostgreSQL's conversions between types: which happen by themselves, which a cast allows, and what literals become.
struct Coercion {
    let times: TimeText
    let folding: ConstantFolding

    init(timeZone: String, catalog: CatalogReads) {
        times = TimeText(timeZone: timeZone, catalog: catalog)
        folding = ConstantFolding(timeZone: timeZone)
    }

    /// Whether a value converts without being asked to.
    static func isImplicit(_ from: ColumnType, _ to: ColumnType) -> Bool {
        switch (from, to) {
        case (.null, _), (.integer, .numeric), (.integer, .double), (.numeric, .numeric), (.numeric, .double),
            (.date, .timestamp),
            (.date, .timestamptz), (.timestamp, .timestamptz):
            true
        case (.array(let inner), .array(let outer)): isImplicit(inner, outer)
        default: from == to
        }
    }

    /// Whether `CAST` allows it.
    static func isExplicit(_ from: ColumnType, _ to: ColumnType) -> Bool {
        if isImplicit(from, to) { return true }
        switch (from, to) {
        case (_, .text): return true
        case (.text, .array), (.text, .null): return false
        case (.text, _): return true
        case (.integer, .boolean), (.boolean, .integer), (.double, .integer), (.double, .numeric), (.numeric, .integer),
            (.timestamptz, .timestamp), (.timestamptz, .date), (.timestamp, .date):
            return true
        case (.json, .integer), (.json, .double), (.json, .numeric), (.json, .boolean): return true
        case (.array(let inner), .array(let outer)): return isExplicit(inner, outer)
        default: return false
        }
    }

    /// The value as another type; literals in quotes are read as that type.
    /// - Throws: `.invalidText`, `.invalidTime`, `.timeOutOfRange`, `.numberOutOfRange` for a literal that does
    ///   not read as the type.
    func convert(_ value: Bound, to type: ColumnType) throws(QueryError) -> Expression {
        if value.isUnknown {
            guard case .text(let text)? = value.expression.constant else { return .literal(.null, type) }
            if let scalar = try literal(text, as: type, position: value.position) { return .literal(scalar, type) }
            return .cast(.literal(.text(text), .text), type)
        }
        if value.expression.type == type { return value.expression }
        if value.expression.type == .null { return .literal(.null, type) }
        return folding.fold(.cast(value.expression, type))
    }

    /// A literal in quotes beside a numeric is a number with the places that are written, not with its neighbour's;
    /// what else it may be stays open.
    func numbered(_ value: Bound, beside type: ColumnType) throws(QueryError) -> Bound {
        guard case .numeric = type, value.isUnknown, case .text(let text)? = value.expression.constant,
            let read = try InputText.decimal(text, position: value.position)
        else { return value }
        return Bound(.literal(read.value, .numeric(scale: read.scale)), position: value.position)
    }

    /// A literal in quotes read as a type, or as a number of its own places where that is numeric; other values as they
    /// are.
    func read(_ value: Bound, as type: ColumnType) throws(QueryError) -> Bound {
        let value = try numbered(value, beside: type)
        return value.isUnknown ? Bound(try convert(value, to: type), position: value.position) : value
    }

    /// Several values, literals in quotes beside numerics read as ``numbered(_:beside:)`` reads them, and the type that
    /// they become together; nil when they have none.
    func joined(_ values: [Bound]) throws(QueryError) -> (values: [Bound], type: ColumnType)? {
        guard let known = Self.common(values.map(\.type)) else { return nil }
        var numbered: [Bound] = []
        for value in values { numbered.append(try self.numbered(value, beside: known)) }
        return (numbered, Self.common(numbered.map(\.type)) ?? known)
    }

    /// A text read as a type; nil where that waits for the engine (times in a zone whose rules are not known here).
    func literal(_ text: String, as type: ColumnType, position: Int?) throws(QueryError) -> Scalar? {
        switch type {
        case .text, .null: return .text(text)
        case .boolean:
            guard let flag = InputText.boolean(text) else { throw invalid(text, type, position) }
            return .boolean(flag)
        case .integer:
            guard let value = try InputText.integer(text, position: position) else {
                throw invalid(text, type, position)
            }
            return .integer(value)
        case .double:
            guard let value = try InputText.double(text, position: position) else {
                throw invalid(text, type, position)
            }
            return .double(value)
        case .numeric(let scale):
            guard let read = try InputText.decimal(text, scale: scale, position: position) else {
                throw invalid(text, type, position)
            }
            return read.value
        case .timestamptz, .timestamp, .date:
            return try times.read(text, as: type, position: position)
        case .interval:
            return .interval(try IntervalText.read(text, position: position))
        case .json:
            if let fault = JSONSyntax.fault(in: Array(text.utf8)) {
                throw .invalidJSON(fault.description, position: position)
            }
            return .json(text)
        case .array: return nil
        }
    }

    private func invalid(_ text: String, _ type: ColumnType, _ position: Int?) -> QueryError {
        QueryError(.invalidText, "invalid input syntax for type \(type.sqlName): \"\(text)\"", position: position)
    }

    /// The type that several values become together (CASE, COALESCE, UNION, IN, VALUES); nil when they have none.
    static func common(_ types: [ColumnType]) -> ColumnType? {
        var result = ColumnType.null
        for type in types where type != .null {
            guard let merged = merge(result, type) else { return nil }
            result = merged
        }
        return result == .null ? .text : result
    }

    private static func merge(_ left: ColumnType, _ right: ColumnType) -> ColumnType? {
        switch (left, right) {
        case (.null, _): right
        case (.numeric(let a), .numeric(let b)): .numeric(scale: max(a, b))
        case (.array(let a), .array(let b)): merge(a, b).map { .array($0) }
        default: isImplicit(right, left) ? left : (isImplicit(left, right) ? right : nil)
        }
    }
}
