import Bytes
import Domain
import JSONTexts

/// Why a dialect table cannot be used.
package struct DialectTableError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where: a member such as `fields.tool[0]`, or a byte offset for broken JSON.
    package var place: String
    /// What the format asks for there.
    package var expected: String

    /// Takes each part as given.
    package init(place: String, expected: String) {
        self.place = place
        self.expected = expected
    }

    package var description: String { "\(place): expected \(expected)" }
}

/// How one dialect says things, read from a file. JSON:
///
///     {"dialect": "name", "description": "what it is", "rank": 50, "scopes": ["beginning of a scope's name"],
///      "kinds": [{"attribute": "a", "values": {"chat": "model_call"}, "prefixes": {"Turn ": "step"}, "when": {"attribute": "b"},
///                 "rank": 1}],
///      "kind_exceptions": [{"attribute": "a", "kind": "tool", "name_prefix": "handoff", "becomes": "handoff"}],
///      "fields": {"input_tokens": ["attribute", {"attribute": "usage", "path": ["in"], "rank": 3}]},
///      "translations": {"provider": {"as sent": "as kept"}}, "not_a": {"provider": ["a framework's name"]},
///      "pass_over_prefixes": ["[Scrubbed"], "metadata": ["kept"], "settings": ["kept.where.plain"],
///      "numbers": ["kept.where.a.number.*"], "content": ["withheld", "withheld.*"],
///      "headers": ["withheld.whatever.it.ends.in.*"], "unread": ["withheld.and.listed.*"]}
///
/// What is kept is named whole, but for numbers in name spaces of counts: nobody knows what else will begin alike.
///
/// A rule may also have `type` (integer, double), `unit` (s, ms, ns, instant), `values`, `when` (`attribute` with
/// `equals` or `prefix`), `pass_over_prefixes`, `pass_over_response_ids`, `roll_up` (what stands there adds up several
/// calls), or stand on an `event` or `exception_type` instead of an attribute. Rules of all tables are tried in the
/// order of their ranks; a rule without a rank has its table's. In names, `N` stands for a number between dots; a
/// rule's attribute `*.x` is any that ends so and that no table names whole. A value to translate may end in `*`. A
/// member of a JSON text of which some are read is named as `attribute/member`, so that it is known and not listed.
/// Counts of tokens and costs need no rule where their names say it: ``UsageName``.
package struct DialectTable: Sendable {
    /// Its name.
    package var name: String
    var scopes: [String] = []
    var kinds: [KindRule] = []
    var exceptions: [KindException] = []
    var fields: [DialectField: [DialectRule]] = [:]
    var translations: [DialectField: [String: String]] = [:]
    var notA: [DialectField: [String]] = [:]
    var passOverPrefixes: [String] = []
    var metadata: [String] = []
    var settings: [String] = []
    var numbers: [String] = []
    var content: [String] = []
    var headers: [String] = []
    var unread: [String] = []

    /// - Throws: the first thing in the file that is not as above.
    package init(parsing bytes: [UInt8]) throws(DialectTableError) {
        let document: JSONValue
        do throws(DecodingError) {
            document = try JSONReader.parse(bytes)
        } catch {
            throw DialectTableError(place: "byte \(error.offset)", expected: error.expectation)
        }
        guard let name = document["dialect"]?.string else {
            throw DialectTableError(place: "dialect", expected: "a name")
        }
        self.name = name
        let rank = Int(document["rank"]?.integer ?? 50)
        scopes = Self.texts(document["scopes"])
        for (index, kind) in (document["kinds"]?.array ?? []).enumerated() {
            kinds.append(try Self.kind(kind, "kinds[\(index)]", rank, name))
        }
        for (index, exception) in (document["kind_exceptions"]?.array ?? []).enumerated() {
            exceptions.append(try Self.exception(exception, "kind_exceptions[\(index)]"))
        }
        for member in document["fields"]?.members ?? [] {
            let field = try Self.field(member.name, "fields")
            guard let rules = member.value.array else {
                throw DialectTableError(place: "fields.\(member.name)", expected: "a list of rules")
            }
            fields[field] = []
            for (index, rule) in rules.enumerated() {
                fields[field]?.append(try Self.rule(rule, "fields.\(member.name)[\(index)]", rank))
            }
        }
        for member in document["translations"]?.members ?? [] {
            let pairs = (member.value.members ?? []).map { ($0.name.lowercased(), $0.value.string ?? "") }
            translations[try Self.field(member.name, "translations")] = Dictionary(pairs) { $1 }
        }
        for member in document["not_a"]?.members ?? [] {
            notA[try Self.field(member.name, "not_a")] = Self.texts(member.value)
        }
        passOverPrefixes = Self.texts(document["pass_over_prefixes"])
        metadata = try Self.wholeNames(document["metadata"], "metadata")
        settings = try Self.wholeNames(document["settings"], "settings")
        numbers = Self.texts(document["numbers"])
        content = Self.texts(document["content"])
        headers = Self.texts(document["headers"])
        unread = Self.texts(document["unread"])
    }

    private static func texts(_ value: JSONValue?) -> [String] { (value?.array ?? []).compactMap(\.string) }

    /// Names of what is kept with its text.
    private static func wholeNames(_ value: JSONValue?, _ place: String) throws(DialectTableError) -> [String] {
        let names = texts(value)
        if let index = names.firstIndex(where: { $0.utf8.contains(UInt8(ascii: "*")) }) {
            throw DialectTableError(
                place: "\(place)[\(index)]", expected: "a whole name; beginnings are for what is withheld")
        }
        return names
    }

    private static func field(_ name: String, _ place: String) throws(DialectTableError) -> DialectField {
        guard let field = DialectField(rawValue: name) else {
            throw DialectTableError(
                place: "\(place).\(name)",
                expected: "one of \(DialectField.allCases.map(\.rawValue).sorted().joined(separator: ", "))")
        }
        return field
    }

    private static func kind(_ value: JSONValue, _ place: String, _ rank: Int, _ name: String) throws(DialectTableError)
        -> KindRule
    {
        guard let attribute = value["attribute"]?.string else {
            throw DialectTableError(place: place, expected: "an attribute")
        }
        var rule = KindRule(attribute: attribute, rank: Int(value["rank"]?.integer ?? Int64(rank)), dialect: name)
        for member in value["values"]?.members ?? [] {
            rule.values[member.name.lowercased()] = try spanClass(member.value, place)
        }
        for member in value["prefixes"]?.members ?? [] {
            rule.prefixes[member.name] = try spanClass(member.value, place)
        }
        rule.condition = condition(value["when"])
        return rule
    }

    private static func exception(_ value: JSONValue, _ place: String) throws(DialectTableError) -> KindException {
        guard let attribute = value["attribute"]?.string else {
            throw DialectTableError(place: place, expected: "an attribute")
        }
        return KindException(
            attribute: attribute, kind: try spanClass(value["kind"], place), namePrefix: value["name_prefix"]?.string,
            nameSuffix: value["name_suffix"]?.string, becomes: try spanClass(value["becomes"], place))
    }

    private static func spanClass(_ value: JSONValue?, _ place: String) throws(DialectTableError) -> SpanClass {
        guard let text = value?.string, let found = SpanClass(rawValue: text) else {
            throw DialectTableError(
                place: place, expected: "one of \(SpanClass.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return found
    }

    private static func condition(_ value: JSONValue?) -> DialectCondition? {
        guard let attribute = value?["attribute"]?.string else { return nil }
        return DialectCondition(
            attribute: attribute, equals: value?["equals"]?.string?.lowercased(), prefix: value?["prefix"]?.string)
    }

    private static func rule(_ value: JSONValue, _ place: String, _ rank: Int) throws(DialectTableError) -> DialectRule
    {
        var rule = DialectRule()
        rule.rank = Int(value["rank"]?.integer ?? Int64(rank))
        rule.attribute = value.string ?? value["attribute"]?.string ?? ""
        rule.event = value["event"]?.string
        rule.isExceptionType = value["exception_type"] == .boolean(true)
        guard !rule.attribute.isEmpty || rule.event != nil || rule.isExceptionType else {
            throw DialectTableError(place: place, expected: "an attribute, an event or exception_type")
        }
        rule.path = texts(value["path"])
        rule.type = value["type"]?.string
        if let unit = value["unit"]?.string {
            guard let known = DialectRule.Unit(rawValue: unit) else {
                throw DialectTableError(place: place, expected: "a unit of s, ms, ns or instant")
            }
            rule.unit = known
        }
        rule.condition = condition(value["when"])
        rule.values = texts(value["values"]).map { $0.lowercased() }
        rule.passOverPrefixes = texts(value["pass_over_prefixes"])
        rule.passesOverResponseIDs = value["pass_over_response_ids"] == .boolean(true)
        rule.isRollUp = value["roll_up"] == .boolean(true)
        return rule
    }
}
