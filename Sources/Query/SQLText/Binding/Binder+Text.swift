import Columnar
import Plans

/// Operators on text and JSON.
extension Binder {
    /// `||`: one side must be text, the other is converted to it. Beside an array it would append an element.
    func concatenate(_ left: Bound, _ right: Bound, at position: Int?) throws(QueryError) -> Bound {
        if Self.element(left.type) != nil || Self.element(right.type) != nil {
            throw arrayConcatenation(left, right, at: position)
        }
        let isText = [left, right].contains { $0.isUnknown || $0.type == .text }
        guard isText else { throw operatorMissing("||", left, right, at: position) }
        return call(.concatenate, [try asText(left), try asText(right)], .text, at: position)
    }

    private static func element(_ type: ColumnType) -> ColumnType? {
        if case .array(let element) = type { element } else { nil }
    }

    /// Two arrays, or an array and an element, that have no type in common have no such operator; others are refused.
    private func arrayConcatenation(_ left: Bound, _ right: Bound, at position: Int?) -> QueryError {
        func isPair(_ left: ColumnType?, _ right: ColumnType?) -> Bool {
            guard let left, let right else { return false }
            return Coercion.common([left, right]) != nil
        }
        guard
            isPair(left.type, right.type) || isPair(Self.element(left.type), right.type)
                || isPair(left.type, Self.element(right.type))
        else { return operatorMissing("||", left, right, at: position) }
        // A literal beside an array is one, too.
        let literal = left.isUnknown ? left : right
        if literal.isUnknown, case .text(let text)? = literal.expression.constant,
            !text.hasPrefix("{"), !text.hasPrefix("["), !text.hasPrefix(" ")
        {
            return QueryError(.invalidText, "malformed array literal: \"\(text)\"", position: literal.position)
        }
        return QueryError(
            .notSupported, "|| of an array is not supported", hint: "Write all elements in one ARRAY[1, 2].",
            position: position)
    }

    /// The value as text, as assignments to text columns convert it.
    func asText(_ value: Bound) throws(QueryError) -> Expression { try coercion.convert(value, to: .text) }

    func matchRegex(_ name: String, _ left: Bound, _ right: Bound, at position: Int?) throws(QueryError) -> Bound {
        let pair = try textPair(name, left, right, at: position)
        if case .text(let pattern)? = pair.1.constant, let part = PatternText.refused(in: pattern) {
            throw QueryError(
                .notSupported, "\(part) in regular expressions are not supported",
                hint: "Match the parts by conditions of their own, joined by AND.", position: right.position)
        }
        let match = call(
            name.hasSuffix("*") ? .regexMatchInsensitive : .regexMatch, [pair.0, pair.1], .boolean, at: position)
        return name.hasPrefix("!") ? call(.not, [match.expression], .boolean, at: position) : match
    }

    func bindLike(_ name: String, _ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        guard let left = node["lexpr"], let right = node["rexpr"] else { throw unsupported("this LIKE is", at: node) }
        // The grammar writes `p ESCAPE e` as `like_escape(p, e)`.
        return try matchLike(name, try bind(left, level), try bind(right, level), at: position(node))
    }

    func matchLike(_ name: String, _ left: Bound, _ right: Bound, at position: Int?) throws(QueryError) -> Bound {
        let pair = try textPair(name, left, right, at: position)
        let match = call(name.hasSuffix("*") ? .ilike : .like, [pair.0, pair.1], .boolean, at: position)
        return name.hasPrefix("!") ? call(.not, [match.expression], .boolean, at: position) : match
    }

    private func textPair(_ name: String, _ left: Bound, _ right: Bound, at position: Int?) throws(QueryError) -> (
        Expression, Expression
    ) {
        guard Coercion.isImplicit(left.type, .text), Coercion.isImplicit(right.type, .text) else {
            throw operatorMissing(name, left, right, at: position)
        }
        return (try coercion.convert(left, to: .text), try coercion.convert(right, to: .text))
    }

    func jsonAccess(_ name: String, _ left: Bound, _ right: Bound, at position: Int?) throws(QueryError) -> Bound {
        guard left.type == .json, Coercion.isImplicit(right.type, .text) else {
            throw operatorMissing(name, left, right, at: position)
        }
        let key = try coercion.convert(right, to: .text)
        return name == "->>"
            ? call(.jsonText, [left.expression, key], .text, at: position)
            : call(.jsonField, [left.expression, key], .json, at: position)
    }
}
