/// A JSON value with numbers as their text, so that decimals stay exact, and members in their order.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// The number's own characters.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// Value of a member of an object; nil where it is absent or this is no object.
    /// - Complexity: O(members).
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text of a string; nil for other values.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of a whole number within 64 bits; nil for other values.
    package var integer: Int64? {
        if case .number(let text) = self { Int64(text) } else { nil }
    }

    /// The value of a count that somebody else told: at least 0, and so small that millions of them add up within 64
    /// bits; nil for other values.
    package var count: Int64? { integer.flatMap { 0...Self.countMax ~= $0 ? $0 : nil } }

    private static let countMax: Int64 = 1 << 40

    /// The values of an array; nil for other values.
    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    /// The members of an object in their order; nil for other values.
    package var members: [JSONMember]? {
        if case .object(let members) = self { members } else { nil }
    }
}

/// A name and its value in a JSON object.
package struct JSONMember: Equatable, Sendable {
    /// The member's name; not necessarily the only one of that name.
    package var name: String
    /// The member's value.
    package var value: JSONValue

    /// Takes each part as given.
    package init(name: String, value: JSONValue) { (self.name, self.value) = (name, value) }
}
