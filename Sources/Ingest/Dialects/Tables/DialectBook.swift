import Bytes
import EmbeddedSchemas

/// All dialects together: where each field may stand, in the order in which the places are tried, and what becomes of
/// each attribute.
///
/// A span may speak several dialects at once, so no dialect is chosen for it: the tables' rules are one list.
package struct DialectBook: Sendable {
    /// The tables that the program was built with.
    package static let builtIn = DialectBook(
        EmbeddedSchemas.dialects.map { file in
            do throws(DialectTableError) {
                return try DialectTable(parsing: file.bytes)
            } catch {
                preconditionFailure("\(file.name): \(error)")
            }
        })

    /// What evidence does with an attribute.
    enum Treatment: Hashable, Sendable {
        /// Kept as it came.
        case kept
        /// Kept as a token.
        case token
        /// Kept where it is a number, or numbers under names of usage; other texts are withheld.
        case numbers
        /// Kept where it is a number, yes or no, or a word that settings are chosen from; all else is withheld.
        case plain
        /// Of its JSON text these members are kept, the token ones as tokens; nothing else.
        case members([Member])
        /// Known, and withheld.
        case content
        /// Withheld and listed as what nobody reads: names that applications choose under one that is known.
        case unread
    }

    struct Member: Hashable, Sendable {
        var path: [String]
        var key: String
        var isToken: Bool
    }

    let kinds: [KindRule]
    /// Attributes whose values say what kind of work a span is, ascending.
    let kindAttributes: [ExactText]
    /// OpenTelemetry's attributes of a model. What others call one may be the setting of anything.
    package static let modelAttributes = ["gen_ai.request.model", "gen_ai.response.model"]
    let exceptions: [KindException]
    let rules: [DialectField: [DialectRule]]
    let translations: [DialectField: [String: String]]
    let notA: [DialectField: Set<String>]
    let passOverPrefixes: [String]
    /// What spans may say in names of our own.
    let native: NativeFields
    /// Names under which the kind of an error may stand.
    let errorNames: Set<ExactText>
    /// Names under which a time or a score stands: no other text is kept.
    let measureNames: Set<ExactText>
    /// Names under which a time stands as a number.
    let timeNames: Set<ExactText>
    /// Names under which yes or no stands.
    let flagNames: Set<ExactText>
    /// Names under which it stands why a model stopped: words, alone or in a list.
    let reasonNames: Set<ExactText>
    /// Names under which something that holds for a turn may stand.
    let turnNames: Set<ExactText>
    /// Names under which it stands whose a span is …
    let tenantNames: Set<ExactText>
    /// … and these, with those of its conversation.
    let ownerNames: Set<ExactText>
    /// By name of an attribute of which a beginning is all that is read: those beginnings, which alone are kept.
    let beginnings: [ExactText: [String]]
    /// Fields that a span may fill, by name of an attribute, and those that may stand elsewhere, such as in the span's
    /// events.
    private let fieldsByName: [ExactText: [DialectField]]
    private let fieldsElsewhere: [DialectField]
    private let scopes: [(prefix: String, dialect: String)]
    /// What some field or kind reads, members of JSON texts as `name/member`.
    let readNames: Set<ExactText>
    private let exact: [ExactText: Treatment]
    /// By end; of names that no table names whole.
    private let endings: [(suffix: String, treatment: Treatment)]
    /// Beginnings of what others send along: withheld whatever a name ends in.
    private let headers: [String]
    /// By beginning, longest first.
    private let wild: [(prefix: String, treatment: Treatment)]

    /// - Complexity: O(rules).
    package init(_ tables: [DialectTable], native: NativeFields = .builtIn) {
        self.native = native
        let tables = tables.sorted { $0.name < $1.name }
        kinds = Self.stable(tables.flatMap(\.kinds)) { $0.rank }
        let words = kinds.filter { !$0.values.isEmpty && $0.attribute != "span.name" }
        kindAttributes = Set(words.map { ExactText($0.attribute) }).sorted()
        exceptions = tables.flatMap(\.exceptions)
        var rules: [DialectField: [DialectRule]] = [:]
        var translations: [DialectField: [String: String]] = [:]
        var notA: [DialectField: Set<String>] = [:]
        for field in DialectField.allCases {
            // Our own name goes before those of others.
            let own = native.byColumn[field.column].map { [DialectRule(attribute: $0.attribute)] } ?? []
            rules[field] = Self.stable(own + tables.flatMap { $0.fields[field] ?? [] }) { $0.rank }
            for table in tables {
                translations[field, default: [:]].merge(table.translations[field] ?? [:]) { $1 }
                notA[field, default: []].formUnion(table.notA[field] ?? [])
            }
        }
        (self.rules, self.translations, self.notA) = (rules, translations, notA)
        var (byName, elsewhere): ([ExactText: [DialectField]], [DialectField]) = ([:], [])
        for field in DialectField.allCases {
            let places = rules[field] ?? []
            let names = Set(places.filter { $0.isUnderAName }.map { ExactText($0.key) })
            // order: each has a list of its own.
            for name in names { byName[name, default: []].append(field) }
            if places.contains(where: { !$0.isUnderAName }) { elsewhere.append(field) }
        }
        (fieldsByName, fieldsElsewhere) = (byName, elsewhere)
        passOverPrefixes = tables.flatMap(\.passOverPrefixes)
        scopes = tables.flatMap { table in table.scopes.map { ($0, table.name) } }.sorted {
            $0.prefix.count > $1.prefix.count
        }
        headers = tables.flatMap(\.headers).filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }
        (exact, endings, wild) = Self.treatments(tables, kinds: kinds, rules: rules, native: native)
        errorNames = Set((rules[.errorType] ?? []).map(\.key).filter { !$0.isEmpty }.map(ExactText.init(_:)))
        measureNames = Set(
            // order: a set comes of it.
            (rules.values.joined().filter { $0.unit != nil } + (rules[.evaluationScore] ?? [])).map {
                ExactText($0.attribute)
            })
        // order: a set comes of it.
        let times = rules.values.joined().filter { $0.unit != nil && $0.unit != .instant }
        timeNames = Set(times.map { ExactText($0.key) })
        flagNames = Set((rules[.stream] ?? []).map { ExactText($0.key) })
        reasonNames = Set((rules[.finishReason] ?? []).map { ExactText($0.key) })
        turnNames = Set(DialectField.ofTurn.joined().flatMap { rules[$0] ?? [] }.map { ExactText($0.key) })
        func names(_ field: DialectField) -> [ExactText] {
            (rules[field] ?? []).filter(\.isUnderAName).map { ExactText($0.key) }
        }
        tenantNames = Set(names(.tenant))
        ownerNames = tenantNames.union(names(.conversation))
        beginnings = Self.beginnings(kinds, rules)
        readNames = Set(rules.values.joined().map { ExactText($0.key) }).union(kinds.map { ExactText($0.attribute) })
    }

    /// The fields of which some place may be filled in a span; no other one is.
    func fields(of record: SpanRecord) -> Set<DialectField> {
        var fields = Set(fieldsElsewhere)
        // order: into a set.
        for name in record.attributes.keys { fields.formUnion(fieldsByName[name] ?? []) }
        // order: into a set.
        for name in record.resource.keys { fields.formUnion(fieldsByName[name] ?? []) }
        return fields
    }

    private static func stable<Element>(_ elements: [Element], _ rank: (Element) -> Int) -> [Element] {
        elements.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
    }

    private static func beginnings(
        _ kinds: [KindRule], _ rules: [DialectField: [DialectRule]]
    ) -> [ExactText: [String]] {
        let read = Set(rules.values.joined().map { ExactText($0.attribute) }).union([ExactText("span.name")])
        var beginnings: [ExactText: [String]] = [:]
        for kind in kinds where !kind.prefixes.isEmpty && kind.values.isEmpty {
            let name = ExactText(kind.attribute)
            if !read.contains(name) { beginnings[name, default: []] += kind.prefixes.keys.sorted() }
        }
        // order: of those that fit the longest counts.
        for condition in rules.values.joined().compactMap(\.condition) {
            let name = ExactText(condition.attribute)
            guard beginnings[name] != nil else { continue }
            beginnings[name]? += [condition.prefix ?? condition.equals].compactMap { $0 }
        }
        return beginnings
    }

    private static func treatments(
        _ tables: [DialectTable], kinds: [KindRule], rules: [DialectField: [DialectRule]], native: NativeFields
    ) -> ([ExactText: Treatment], [(suffix: String, treatment: Treatment)], [(prefix: String, treatment: Treatment)]) {
        var exact: [ExactText: Treatment] = [:]
        var endings: [(suffix: String, treatment: Treatment)] = []
        var wild: [(prefix: String, treatment: Treatment)] = []
        func note(_ name: String, _ treatment: Treatment) {
            if name.hasSuffix("*") {
                wild.append((String(name.dropLast()), treatment))
            } else {
                exact[name] = treatment
            }
        }
        // order: each name is written for itself.
        for name in native.withheld { exact[name] = .content }
        // order: the same.
        for name in native.byAttribute.keys { exact[name] = .kept }
        for table in tables { for name in table.content + table.headers { note(name, .content) } }
        for table in tables { for name in table.unread { note(name, .unread) } }
        for table in tables { for name in table.settings { note(name, .plain) } }
        for table in tables { for name in table.metadata { note(name, .kept) } }
        for table in tables { for name in table.numbers { note(name, .numbers) } }
        for kind in kinds {
            exact[kind.attribute] = .kept
            if let condition = kind.condition { exact[condition.attribute] = .kept }
        }
        var members: [ExactText: [Member]] = [:]
        for field in DialectField.allCases {
            for rule in rules[field] ?? [] where !rule.attribute.isEmpty {
                if let condition = rule.condition { exact[condition.attribute] = .kept }
                if let suffix = rule.suffix {
                    endings.append((suffix, field == .user ? .token : .kept))
                } else if rule.path.isEmpty {
                    exact[rule.attribute] = field == .user ? .token : field.isNumber ? .numbers : .kept
                } else {
                    members[ExactText(rule.attribute), default: []].append(
                        Member(path: rule.path, key: rule.key, isToken: field == .user))
                }
            }
        }
        // order: each attribute is written once.
        for (attribute, list) in members { exact[attribute] = .members(list.sorted { $0.key < $1.key }) }
        return (exact, endings, wild.sorted { ($1.prefix.utf8.count, $0.prefix) < ($0.prefix.utf8.count, $1.prefix) })
    }

    /// What becomes of an attribute; nil for one that no table knows.
    func treatment(of name: String) -> Treatment? {
        if let known = exact[name] { return known }
        let plain = Self.withoutNumbers(name)
        if let known = exact[plain] { return known }
        if headers.contains(where: { name.hasPrefix($0) }) { return .content }
        if let known = endings.first(where: { name.hasSuffix($0.suffix) }) { return known.treatment }
        return wild.first { plain.hasPrefix($0.prefix) || name.hasPrefix($0.prefix) }?.treatment
    }

    /// Whether a table names the attribute whole, so that rules for names that end so do not concern it.
    func isNamed(_ name: ExactText) -> Bool { exact[name] != nil }

    /// What a table says that a value means, be it whole or, where the table's value ends in `*`, by its beginning; nil
    /// where none does.
    func translated(_ text: String, _ field: DialectField) -> String? {
        guard let known = translations[field], !known.isEmpty else { return nil }
        let text = text.lowercased()
        if let exact = known[text] { return exact }
        var beginning = String(text.prefix(64))
        while !beginning.isEmpty {
            if let found = known[beginning + "*"] { return found }
            beginning.removeLast()
        }
        return nil
    }

    /// Whether some field reads the attribute or the member of its JSON text.
    func reads(_ key: String) -> Bool { readNames.contains(ExactText(key)) }

    /// The dialect whose scopes begin like this one; nil where no table names it.
    func dialect(ofScope scope: String) -> String? { scopes.first { scope.hasPrefix($0.prefix) }?.dialect }

    /// The name with `N` for each number between dots, so that lists do not make names without end.
    static func withoutNumbers(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 }) else { return name }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.map { part in !part.isEmpty && part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? "N" : part }
            .joined(separator: ".")
    }
}
