package import Bytes
import Domain
import JSONTexts

/// What was not understood of the spans that came: scopes without a dialect, spans of no known kind, attributes, of
/// resources as well, and members of metadata that no table names, and traces whose turns are in doubt. Counts and
/// names, no values.
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
        /// Values that were withheld.
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

    /// Spans of times that are not believed, by why.
    struct TimeDoubt: Hashable, Sendable {
        /// As `time_doubt` says it.
        var name: String
        /// Spans.
        var spans: Int64
    }

    /// Ascending by name.
    package private(set) var scopes: [Scope] = []
    /// The most frequent first.
    package private(set) var attributes: [Attribute] = []
    /// Ascending by name.
    private(set) var timeDoubts: [TimeDoubt] = []
    /// Traces so large that spans of theirs were refused.
    package private(set) var fullTraces: Int64 = 0
    /// Traces with several questions read as one.
    package private(set) var joinedTraces: Int64 = 0
    /// Traces with model calls of a conversation and no question and answer of it.
    package private(set) var unansweredTraces: Int64 = 0

    /// The question whose rows the report is made of.
    package static let sql = """
        select coalesce(instrumentation_name, ''), coalesce(dialect, ''), span_class, coalesce(cast(unknown_attributes as text), '{}'), \
        count(*), coalesce(sum(withheld_values), 0), coalesce(time_doubt, '') from span_received group by 1, 2, 3, 4, 7 \
        order by 1, 2, 3, 4, 7
        """

    /// The question about whole traces: those that were full, and those whose turns are in doubt.
    package static let tracesSQL = """
        select type, coalesce(data->>'questions_joined', 'false'), coalesce(data->>'calls_unanswered', 'false'), \
        count(distinct data->>'trace_id') from system_events where type = 'trace.full' or type = 'trace.settled' \
        and (data->>'questions_joined' = 'true' or data->>'calls_unanswered' = 'true') group by 1, 2, 3 order by 1, 2, 3
        """

    /// - Parameters:
    ///   - answer: what `/v1/sql` answers to ``sql``, as JSON.
    ///   - traces: what it answers to ``tracesSQL``.
    /// - Throws: with the place where it is no such answer.
    package init(answer: [UInt8], traces: [UInt8]) throws(DecodingError) {
        guard let doubts = try JSONReader.parse(traces)["rows"]?.array else {
            throw DecodingError(offset: 0, expectation: "rows")
        }
        for doubt in doubts {
            guard let values = doubt.array, values.count == 4, let count = Self.count(values[3]) else {
                throw DecodingError(offset: 0, expectation: "a type, two flags and a count")
            }
            if values[0].string == "trace.full" { fullTraces += count }
            if values[1].string == "true" { joinedTraces += count }
            if values[2].string == "true" { unansweredTraces += count }
        }
        let document = try JSONReader.parse(answer)
        guard let rows = document["rows"]?.array else { throw DecodingError(offset: 0, expectation: "rows") }
        var byScope: [ExactText: Scope] = [:]
        var byAttribute: [ExactText: Attribute] = [:]
        var byDoubt: [String: Int64] = [:]
        for row in rows {
            guard let values = row.array, values.count == 7, let name = values[0].string,
                let dialect = values[1].string,
                let spans = Self.count(values[4]), let withheld = Self.count(values[5])
            else { throw DecodingError(offset: 0, expectation: "seven columns of texts and counts") }
            var scope = byScope[name] ?? Scope(name: name)
            if !dialect.isEmpty { scope.dialect = dialect }
            scope.spans += spans
            scope.withheld += withheld
            if values[2].string == SpanClass.other.rawValue { scope.unclassed += spans }
            byScope[name] = scope
            if let doubt = values[6].string, !doubt.isEmpty { byDoubt[doubt, default: 0] += spans }
            for member in try Self.names(values[3]) {
                // Older evidence has names as they came.
                let shown = NameRedaction.without(member.name)
                var attribute = byAttribute[shown] ?? Attribute(name: shown)
                attribute.spans += spans
                if let type = member.value.string, !attribute.types.contains(type) { attribute.types.append(type) }
                if !attribute.scopes.contains(where: { $0.hasSameBytes(as: name) }) { attribute.scopes.append(name) }
                byAttribute[shown] = attribute
            }
        }
        timeDoubts = byDoubt.sorted { $0.key < $1.key }.map { TimeDoubt(name: $0.key, spans: $0.value) }
        scopes = byScope.sorted { $0.key < $1.key }.map(\.value)
        attributes = byAttribute.sorted { ($1.value.spans, $0.key) < ($0.value.spans, $1.key) }.map { _, attribute in
            var sorted = attribute
            sorted.types.sort()
            sorted.scopes.sort { ExactText($0) < ExactText($1) }
            return sorted
        }
    }

    /// A number, or one as text.
    private static func count(_ value: JSONValue) -> Int64? {
        value.count ?? value.string.flatMap { JSONValue.number($0).count }
    }

    /// Members of a JSON text, or of JSON itself.
    private static func names(_ value: JSONValue) throws(DecodingError) -> [JSONMember] {
        if let text = value.string { return try JSONReader.parse(text).members ?? [] }
        return value.members ?? []
    }

    /// The report for people.
    package var text: String {
        guard !scopes.isEmpty else { return "no span was received\n" }
        var lines = ["scopes: spans, of them of no known kind, values withheld"]
        for scope in scopes {
            let dialect = scope.dialect.isEmpty ? "no dialect" : scope.dialect
            let name = scope.name.isEmpty ? "(no name)" : scope.name
            lines.append("  \(name) (\(dialect)): \(scope.spans), \(scope.unclassed), \(scope.withheld)")
        }
        let unread = attributes.filter(\.isUsage)
        let (outcomes, unknown) = (attributes.filter(\.isOutcome), attributes.filter { !$0.isUsage && !$0.isOutcome })
        if !unread.isEmpty { lines.append("usage and cost that no field reads, so that calls may lack them: spans") }
        lines += unread.map(\.line)
        if !outcomes.isEmpty {
            lines.append("outcomes, scores and other names of Plimsoll's told in a form that nobody reads: spans")
        }
        lines += outcomes.map(\.line)
        if !unknown.isEmpty { lines.append("attributes that no dialect knows: spans") }
        lines += unknown.map(\.line)
        if attributes.isEmpty { lines.append("every attribute is known") }
        if !timeDoubts.isEmpty { lines.append("times that are not believed and left null: spans") }
        lines += timeDoubts.map { "  \($0.name): \($0.spans)" }
        if joinedTraces > 0 {
            lines.append("traces with several questions read as one, for all that their spans tell: \(joinedTraces)")
        }
        if unansweredTraces > 0 {
            lines.append(
                "traces with model calls of a conversation, and no agent, chain or root that is its question: \(unansweredTraces)"
            )
        }
        if fullTraces > 0 { lines.append("traces with so many spans that more were refused: \(fullTraces)") }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension DialectReport.Attribute {
    /// Whether its name speaks of usage or cost.
    var isUsage: Bool { UsageName(name) != nil || name.hasPrefix("gen_ai.response.") }

    /// Whether it says what became of the conversation, or anything else in our own names.
    var isOutcome: Bool {
        [NativeFields.prefix, "gen_ai.evaluation."].contains { name.hasPrefix($0) }
    }

    var line: String { "  \(name) (\(types.joined(separator: ", ")); \(scopes.joined(separator: ", "))): \(spans)" }
}
