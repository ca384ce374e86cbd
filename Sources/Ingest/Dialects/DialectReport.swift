package import Bytes
import Domain

/// What was not understood of the spans that came: scopes without a dialect, spans of no known kind, attributes that no table names.
/// Counts and names, no values.
package struct DialectReport: Hashable, Sendable {
    /// Spans of one instrumentation scope.
    package struct Scope: Hashable, Sendable {
        /// Name of the scope.
        package var name: String
        /// The dialect that its name belongs to; empty where no table names it.
        package var dialect = ""
        /// Spans that came.
        package var spans: Int64 = 0
        /// Those whose kind no rule knows.
        package var unclassed: Int64 = 0
        /// Text values that were withheld.
        package var withheld: Int64 = 0
    }

    /// An attribute that no table names.
    package struct Attribute: Hashable, Sendable {
        /// Its name; `N` stands for numbers between dots.
        package var name: String
        /// Types of its values.
        package var types: [String] = []
        /// Scopes whose spans have it.
        package var scopes: [String] = []
        /// Spans that have it.
        package var spans: Int64 = 0
    }

    /// Ascending by name.
    package private(set) var scopes: [Scope] = []
    /// The most frequent first.
    package private(set) var attributes: [Attribute] = []

    /// The question whose rows the report is made of.
    package static let sql = """
        select coalesce(instrumentation_name, ''), coalesce(dialect, ''), span_class, coalesce(cast(unknown_attributes as text), '{}'), \
        count(*), coalesce(sum(withheld_values), 0) from span_received group by 1, 2, 3, 4 order by 1, 2, 3, 4
        """

    /// - Parameter answer: what `/v1/sql` answers to ``sql``, as JSON.
    /// - Throws: with the place where it is no such answer.
    package init(answer: [UInt8]) throws(DecodingError) {
        let document = try JSONReader.parse(answer)
        guard let rows = document["rows"]?.array else { throw DecodingError(offset: 0, expectation: "rows") }
        var byScope: [String: Scope] = [:]
        var byAttribute: [String: Attribute] = [:]
        for row in rows {
            guard let values = row.array, values.count == 6, let name = values[0].string, let dialect = values[1].string,
                let spans = Self.count(values[4]), let withheld = Self.count(values[5])
            else { throw DecodingError(offset: 0, expectation: "six columns of texts and counts") }
            var scope = byScope[name] ?? Scope(name: name)
            if !dialect.isEmpty { scope.dialect = dialect }
            scope.spans += spans
            scope.withheld += withheld
            if values[2].string == SpanClass.other.rawValue { scope.unclassed += spans }
            byScope[name] = scope
            for member in try Self.names(values[3]) {
                var attribute = byAttribute[member.name] ?? Attribute(name: member.name)
                attribute.spans += spans
                if let type = member.value.string, !attribute.types.contains(type) { attribute.types.append(type) }
                if !attribute.scopes.contains(name) { attribute.scopes.append(name) }
                byAttribute[member.name] = attribute
            }
        }
        scopes = byScope.values.sorted { $0.name < $1.name }
        attributes = byAttribute.values.map { attribute in
            var sorted = attribute
            sorted.types.sort()
            sorted.scopes.sort()
            return sorted
        }.sorted { ($1.spans, $0.name) < ($0.spans, $1.name) }
    }

    private static func count(_ value: JSONValue) -> Int64? { value.integer ?? value.string.flatMap { Int64($0) } }

    /// Members of a JSON text, or of JSON itself.
    private static func names(_ value: JSONValue) throws(DecodingError) -> [JSONMember] {
        if let text = value.string { return try JSONReader.parse(Array(text.utf8)).members ?? [] }
        return value.members ?? []
    }

    /// The report for people.
    package var text: String {
        guard !scopes.isEmpty else { return "no span was received\n" }
        var lines = ["scopes: spans, of them of no known kind, text values withheld"]
        for scope in scopes {
            let dialect = scope.dialect.isEmpty ? "no dialect" : scope.dialect
            let name = scope.name.isEmpty ? "(no name)" : scope.name
            lines.append("  \(name) (\(dialect)): \(scope.spans), \(scope.unclassed), \(scope.withheld)")
        }
        lines.append(attributes.isEmpty ? "every attribute is known" : "attributes that no dialect knows: spans")
        for attribute in attributes {
            let types = attribute.types.joined(separator: ", ")
            lines.append("  \(attribute.name) (\(types); \(attribute.scopes.joined(separator: ", "))): \(attribute.spans)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
