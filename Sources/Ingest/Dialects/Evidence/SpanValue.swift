import Bytes

/// A value of a span's attribute as evidence keeps it.
package enum SpanValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case list([SpanValue])

    /// As text, lists by their first element; nil for what names nothing.
    package var plainText: String? {
        switch self {
        case .text(let text):
            // Some senders put JSON's own quotes around a text.
            var inner = text[...]
            while inner.utf8.count >= 2, inner.hasPrefix("\""), inner.hasSuffix("\"") {
                inner = inner.dropFirst().dropLast()
            }
            guard let first = inner.utf8.first else { return nil }
            // Nearly all begin with a letter.
            if first <= 0x20 || first >= 0x7F, namesNothing(inner.utf8.span) { return nil }
            return String(inner)
        case .integer(let value): return String(value)
        case .double(let value): return value.description
        case .boolean(let value): return value ? "true" : "false"
        case .list(let values): return values.first?.plainText
        }
    }

    /// A whole number, also where it came as text or as a double.
    var wholeNumber: Int64? {
        switch self {
        case .integer(let value): value
        case .double(let value): Int64(exactly: value)
        case .text(let text): Int64(text)
        case .boolean, .list: nil
        }
    }

    /// A number, also where it came as text.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .text(let text): Double(text)
        case .boolean, .list: nil
        }
    }

    /// What reports call its type.
    var typeName: String {
        switch self {
        case .text: "string"
        case .integer: "int"
        case .double: "double"
        case .boolean: "bool"
        case .list: "array"
        }
    }

    /// Whether it means yes; also where it came as text.
    var flag: Bool? {
        switch self {
        case .boolean(let value): value
        case .text(let text): ["true": true, "false": false][text.lowercased()]
        default: nil
        }
    }
}
