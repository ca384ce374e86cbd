import Columnar
import Plans

/// Operators on text and JSON.
extension Binder {
    /// `||`: one side must be text, the other is converted to it.
    func concatenate(_ left: Bound, _ right: Bound, at position: Int?) throws(QueryError) -> Bound {
        let isText = [left, right].contains { $0.isUnknown || $0.type == .text }
        guard isText else { throw operatorMissing("||", left, right, at: position) }
        return call(.concatenate, [try asText(left), try asText(right)], .text, at: position)
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
        let value = try bind(left, level)
        if let escape = right.body(of: "FuncCall"), escape.names("funcname").last == "like_escape" {
            let arguments = escape.list("args")
            guard arguments.count == 2 else { throw unsupported("this LIKE is", at: node) }
            return try matchLike(
                name, value, try bind(arguments[0], level), escape: try bind(arguments[1], level), at: position(node))
        }
        return try matchLike(name, value, try bind(right, level), escape: nil, at: position(node))
    }

    func matchLike(_ name: String, _ left: Bound, _ right: Bound, escape: Bound?, at position: Int?) throws(QueryError)
        -> Bound
    {
        let pair = try textPair(name, left, right, at: position)
        let mark: Expression
        if let escape {
            mark = try coercion.convert(escape, to: .text)
            guard case .text(let text)? = mark.constant, text.unicodeScalars.count <= 1 else {
                throw QueryError(
                    .invalidEscape, "invalid escape string", hint: "Escape string must be empty or one character.",
                    position: escape.position)
            }
        } else {
            mark = .literal(.text("\\"), .text)
        }
        let match = call(name.hasSuffix("*") ? .ilike : .like, [pair.0, pair.1, mark], .boolean, at: position)
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
