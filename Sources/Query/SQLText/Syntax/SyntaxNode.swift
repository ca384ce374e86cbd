/// A node of the grammar's tree. Nodes stand wrapped in an object of one key, their kind; fields are left out when
/// zero, false or empty.
enum SyntaxNode: Sendable {
    /// Few fields a node, in the order in which they are printed: a list takes half of a dictionary's room.
    case object([SyntaxField])
    case array([SyntaxNode])
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case null

    subscript(field: String) -> SyntaxNode? {
        if case .object(let fields) = self { return fields.first { $0.name == field }?.value }
        return nil
    }

    /// The kind and the fields of a wrapped node.
    var unwrapped: (kind: String, body: SyntaxNode)? {
        guard case .object(let fields) = self, fields.count == 1, let only = fields.first else { return nil }
        return (only.name, only.value)
    }

    /// The fields of a wrapped node of this kind; nil for another.
    func body(of kind: String) -> SyntaxNode? {
        guard let (found, body) = unwrapped, found == kind else { return nil }
        return body
    }

    /// A list field; empty when absent.
    func list(_ field: String) -> [SyntaxNode] {
        if case .array(let items)? = self[field] { return items }
        return []
    }

    /// A text field.
    func text(_ field: String) -> String? {
        if case .string(let text)? = self[field] { return text }
        return nil
    }

    /// A number field; 0 when absent, as the tree leaves zeros out.
    func integer(_ field: String) -> Int {
        if case .integer(let number)? = self[field] { return number }
        return 0
    }

    /// A flag; false when absent.
    func flag(_ field: String) -> Bool {
        if case .boolean(let flag)? = self[field] { return flag }
        return false
    }

    /// The first byte offset that a node in it stands at; nil when none says. The tree leaves a location of zero out.
    var firstLocation: Int? {
        switch self {
        case .object(let fields):
            var first: Int?
            for field in fields {
                let here: Int?
                if field.name == "location", case .integer(let offset) = field.value {
                    here = offset > 0 ? offset : nil
                } else {
                    here = field.value.firstLocation
                }
                if let here { first = min(first ?? here, here) }
            }
            return first
        case .array(let items): return items.compactMap(\.firstLocation).min()
        case .string, .integer, .boolean, .null: return nil
        }
    }

    /// The text of a `String` node.
    var stringValue: String? { body(of: "String")?.text("sval") }

    /// The texts of a list of `String` nodes, as names are kept.
    func names(_ field: String) -> [String] { list(field).compactMap(\.stringValue) }
}

/// A field of a node.
struct SyntaxField: Sendable {
    var name: String
    var value: SyntaxNode
}
