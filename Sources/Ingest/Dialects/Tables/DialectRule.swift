import Domain

/// When a rule counts: another attribute of the same span is there, or has a value.
struct DialectCondition: Hashable, Sendable {
    var attribute: String
    /// The value wanted, lower-case; nil: any.
    var equals: String?
    var prefix: String?
}

/// One place where a field may stand.
struct DialectRule: Hashable, Sendable {
    /// How a number becomes ns.
    enum Unit: String, Sendable {
        case seconds = "s"
        case milliseconds = "ms"
        case nanoseconds = "ns"
        /// A point in time, RFC 3339; the span's start is taken off.
        case instant
    }

    /// Name of the attribute; `span.name` is the span's own name; `*.x` any that ends so and that no table names whole.
    /// Empty for ``event`` and ``isExceptionType``.
    var attribute = ""
    /// Members to follow where the attribute's text is JSON.
    var path: [String] = []
    /// Counts only for this type: `integer` or `double`.
    var type: String?
    var unit: Unit?
    /// Instead of an attribute: the time of the span event of this name, less the span's start.
    var event: String?
    /// Instead of an attribute: the type of the exception that an event of the span tells of.
    var isExceptionType = false
    var condition: DialectCondition?
    /// The values that count, lower-case; empty: any.
    var values: [String] = []
    /// Texts that begin so are passed over.
    var passOverPrefixes: [String] = []
    /// What stands there adds up several calls and is never the own of one.
    var isRollUp = false
    /// A text that is the id of a model's response in the same trace is passed over.
    var passesOverResponseIDs = false
    /// Lower ranks are tried first, among all tables.
    var rank = 0

    /// Whether a span that has no attribute of its name has nothing there.
    var isUnderAName: Bool { !attribute.isEmpty && suffix == nil && attribute != "span.name" }

    /// How the attributes end that it is about; nil where it names one.
    var suffix: String? { attribute.hasPrefix("*") ? String(attribute.dropFirst()) : nil }

    /// The name under which evidence keeps the value.
    var key: String { path.isEmpty ? attribute : attribute + "/" + path.joined(separator: "/") }
}

/// One way to tell the class of a span.
struct KindRule: Hashable, Sendable {
    var attribute: String
    /// Lower-case values and what they mean.
    var values: [String: SpanClass] = [:]
    /// Beginnings of values and what they mean; the longest counts.
    var prefixes: [String: SpanClass] = [:]
    var condition: DialectCondition?
    var rank = 0
    var dialect: String

    /// The class that a value means; nil when the rule does not know it.
    func kind(of value: String) -> SpanClass? {
        if let found = values[value.lowercased()] { return found }
        return prefixes.filter { value.hasPrefix($0.key) }.max { ($0.key.count, $0.key) < ($1.key.count, $1.key) }?
            .value
    }
}

/// Spans that a kind rule would take for something they are not.
struct KindException: Hashable, Sendable {
    var attribute: String
    var kind: SpanClass
    var namePrefix: String?
    var nameSuffix: String?
    var becomes: SpanClass

    func applies(to name: String, by attribute: String, as kind: SpanClass) -> Bool {
        guard attribute == self.attribute, kind == self.kind else { return false }
        if let namePrefix { return name.lowercased().hasPrefix(namePrefix) }
        return nameSuffix.map { name.hasSuffix($0) } ?? false
    }
}
