import Bytes
import Dialects
import Domain
import JSONTexts

/// What was told under a name, or in a form, that nobody reads.
extension DoctorQueries {
    /// Letters of a value that others chose.
    private static let valueLettersMax = 60
    /// Sets of unread names that are looked at: each has the names of one kind of span.
    private static let nameSetsMax = 2000
    /// Names that are told apart, whatever their service and type.
    private static let namesMax = 20_000
    /// Attributes of which it is asked what they said.
    private static let askedMax = 20

    /// An attribute that spans of a service have and that nothing reads, or not as it came.
    struct UnreadName: Hashable {
        var service: ExactText?
        var name: ExactText
        /// Of its values.
        var type: ExactText

        static func precedes(_ one: UnreadName, _ other: UnreadName) -> Bool {
            let (mine, theirs) = (one.service ?? "", other.service ?? "")
            return mine == theirs
                ? one.name == other.name ? one.type < other.type : one.name < other.name : mine < theirs
        }
    }

    /// Something said in a form that nobody reads.
    struct UnreadValue {
        var service: String?
        /// The attribute, or the field of an event.
        var name: String
        /// Type or value as it came.
        var found: String
        /// The value, where `found` names its type and it is known.
        var example: String?
        /// The value where it is a word.
        var word: String?
        var form: AttributeForm
        var count: Int128
    }

    /// Names that spans have and that nothing reads, or not as they came; most first.
    func unreadNames() throws -> [(key: UnreadName, spans: Int128)] {
        let what = "names that nothing reads"
        var spans: [UnreadName: Int128] = [:]
        var isCut = false
        try inParts(what) { part in
            let sets = try runner.rows(
                "select \(Self.service), cast(unknown_attributes as text), count(*) from span_received "
                    + "where \(part.received) and unknown_attributes is not null group by 1, 2 "
                    + "order by 3 desc, 1, 2 limit \(Self.nameSetsMax)")
            isCut = isCut || sets.count >= Self.nameSetsMax
            for row in sets {
                guard let text = row.text(1), let names = try? JSONReader.parse(Array(text.utf8)).members
                else { continue }
                for member in names {
                    let key = UnreadName(
                        service: row.text(0).map(ExactText.init(_:)), name: ExactText(member.name),
                        type: ExactText(member.value.string ?? ""))
                    guard spans[key] != nil || spans.count < Self.namesMax else {
                        isCut = true
                        continue
                    }
                    spans[key, default: 0] += row.integer(2)
                }
            }
            return true
        }
        if isCut { noteRareOnes(of: what) }
        return spans.sorted { one, other in
            one.value == other.value ? UnreadName.precedes(one.key, other.key) : one.value > other.value
        }.map { ($0.key, $0.value) }
    }

    /// Of attributes that are read what they said, where that is kept, else of which type it was.
    /// - Parameter names: with their forms, most first.
    func unreadValues(_ names: [(key: UnreadName, spans: Int128, form: AttributeForm)]) throws -> [UnreadValue] {
        var examples: [ExactText: [(service: String?, value: String, spans: Int128)]] = [:]
        for (key, _, _) in names where examples[key.name] == nil && examples.count < Self.askedMax {
            examples[key.name] = try said(key.name.text)
        }
        var values: [UnreadValue] = []
        var told: Set<[ExactText?]> = []
        for (key, spans, form) in names {
            // Where it is told why a value is not read, what is known was said elsewhere.
            let isFault = ValueFault(rawValue: key.type.text) != nil
            let said =
                isFault
                ? [] : (examples[key.name] ?? []).filter { $0.service.map(ExactText.init(_:)) == key.service }
            // Words are told one by one, of numbers one is enough.
            if !form.values.isEmpty, !said.isEmpty {
                guard told.insert([key.service, key.name]).inserted else { continue }
                values += said.map {
                    UnreadValue(
                        service: $0.service, name: key.name.text, found: "\"\($0.value)\"", word: $0.value, form: form,
                        count: $0.spans)
                }
            } else {
                let type = key.type.text
                let example = said.first.map { type == "string" ? "the text \"\($0.value)\"" : $0.value }
                values.append(
                    UnreadValue(
                        service: key.service?.text, name: key.name.text,
                        found: said.first.map { "\(type), such as \($0.value)" } ?? type, example: example, form: form,
                        count: spans))
            }
        }
        return Array(values.prefix(Self.rowsMax))
    }

    /// What an attribute said where it was not read.
    private func said(_ name: String) throws -> [(service: String?, value: String, spans: Int128)] {
        let key = SQLTexts.text(name)
        return try counted("values that nothing reads", [.key, .key, .sum], by: [2]) { part, limit in
            """
            select \(Self.service), left(coalesce(span_attributes->>\(key), resource_attributes->>\(key)), \
            \(Self.valueLettersMax)), count(*) from span_received where \(part.received) \
            and unknown_attributes->>\(key) is not null \
            and coalesce(span_attributes->>\(key), resource_attributes->>\(key)) is not null \
            group by 1, 2 order by 3 desc, 1, 2 limit \(limit)
            """
        }.map { ($0.text(0), $0.text(1) ?? "", $0.integer(2)) }
    }

    /// Calls whose usage nobody knows, as their spans told it in a form that nobody reads, by service.
    /// - Parameter names: of those attributes.
    func callsOfUnreadUsage(_ names: [String]) throws -> [(service: String?, calls: Int128)] {
        guard !names.isEmpty else { return [] }
        let told = names.prefix(Self.askedMax).map { "unknown_attributes->>\(SQLTexts.text($0)) is not null" }
        let columns = "service_name, source, price_state, price_gaps, trace_id, span_id, \(UsageGaps.columns)"
        return try counted("calls whose usage nothing reads", [.key, .sum], by: [1]) { part, limit in
            """
            select \(Self.sender), count(*) from (\(part.callRows(columns))) as calls join (select distinct \
            trace_id as told_trace_id, span_id as told_span_id from span_received \
            where \(part.receivedNearby(within: period)) \
            and unknown_attributes is not null and (\(told.joined(separator: " or ")))) as spans \
            on trace_id = told_trace_id and span_id = told_span_id \
            where price_state <> 'priced' and \(UsageGaps.condition) group by 1 order by 2 desc, 1 limit \(limit)
            """
        }.map { ($0.text(0), $0.integer(1)) }
    }

    /// Spans of no known kind whose attributes say one that nobody knows.
    func unknownKinds() throws -> [UnreadValue] {
        let book = DialectBook.builtIn
        let what = "kinds that nobody knows"
        let rows = try counted(what, [.key, .key, .key, .sum], by: [3], limit: Self.wordsMax) { part, limit in
            let questions = book.kindNames.map { name, _ in
                let key = SQLTexts.text(name)
                return """
                    select \(Self.service) as sender, \(key) as name, \
                    left(span_attributes->>\(key), \(Self.valueLettersMax)) as said, count(*) as spans \
                    from span_received where \(part.received) \
                    and span_class = \(SQLTexts.text(SpanClass.other.rawValue)) \
                    and span_attributes->>\(key) is not null group by 1, 2, 3
                    """
            }
            return "select sender, name, said, spans from (\(questions.joined(separator: " union all "))) as kinds "
                + "order by 4 desc, 1, 2, 3 limit \(limit)"
        }
        if rows.count >= Self.wordsMax { noteRareOnes(of: what) }
        let closed = Set(book.kindNames.filter(\.isClosed).map { ExactText($0.name) })
        let values = rows.compactMap { row -> UnreadValue? in
            guard let name = row.text(1), let said = row.text(2), let form = book.form(of: name),
                !book.tellsKind(said, of: name)
            else { return nil }
            // Many have words for what is no work of an agent's.
            let isFault =
                closed.contains(ExactText(name)) || DoctorAdvice.word(name, said, among: form.values) != nil
            guard isFault else { return nil }
            return UnreadValue(
                service: row.text(0), name: name, found: "\"\(said)\"", word: said, form: form, count: row.integer(3))
        }
        return Array(values.prefix(Self.rowsMax))
    }

    /// Calls whose spans say no kind of work, and were read as calls for the model and the usage that they tell.
    func callsWithoutOperation() throws -> [(service: String?, model: String, calls: Int128)] {
        let hasModel = DialectBook.modelAttributes.map { "span_attributes->>\(SQLTexts.text($0)) is not null" }
            .joined(separator: " or ")
        return try counted("calls without an operation", [.key, .key, .sum], by: [2]) { part, limit in
            """
            select \(Self.sender), left(coalesce(model, ''), \(Self.nameLettersMax)), count(*) \
            from (select service_name, source, model, trace_id, span_id from llm_call where \(part.received) \
            and operation is null) as calls \
            join (select distinct trace_id as told_trace_id, span_id as told_span_id from span_received \
            where \(part.receivedNearby(within: period)) \
            and span_class = \(SQLTexts.text(SpanClass.other.rawValue)) and (\(hasModel))) as spans \
            on trace_id = told_trace_id and span_id = told_span_id group by 1, 2 order by 3 desc, 1, 2 \
            limit \(limit)
            """
        }.map { ($0.text(0), $0.text(1) ?? "", $0.integer(2)) }
    }

    /// Names of models, providers and conversations that came as something else than a text: what is read of them is
    /// hardly what was meant.
    func mistypedNames() throws -> [UnreadValue] {
        let book = DialectBook.builtIn
        let names = book.identifyingNames
        // Most spans have none, and their text is looked at once.
        let alternatives = names.map { $0.name.split(separator: ".").joined(separator: "[.]") }.joined(separator: "|")
        let columns = names.map { name, isNumberFine in
            let said = "cast(span_attributes->\(SQLTexts.text(name)) as text)"
            let pattern = isNumberFine ? "^(true|false|\\[|-?[0-9]+[.])" : "^(true|false|\\[|-?[0-9])"
            return "case when \(said) ~ '\(pattern)' then left(\(said), \(Self.valueLettersMax)) end"
        }
        let places = (1...(names.count + 1)).map(String.init).joined(separator: ", ")
        let keys = Array(repeating: MergedRows.Column.key, count: names.count + 1)
        let rows = try counted(
            "names that are no texts", keys + [.sum], by: [keys.count], limit: Self.rowsMax * 10
        ) { part, limit in
            """
            select \(Self.service), \(columns.joined(separator: ", ")), count(*) from span_received \
            where \(part.received) and cast(span_attributes as text) ~ '"(\(alternatives))":[^"]' \
            and coalesce(\(columns.joined(separator: ", "))) is not null \
            group by \(places) order by count(*) desc, \(places) limit \(limit)
            """
        }
        var values: [UnreadValue] = []
        for row in rows {
            for (place, name) in names.enumerated() {
                guard let said = row.text(place + 1), let form = book.form(of: name.name) else { continue }
                values.append(
                    UnreadValue(
                        service: row.text(0), name: name.name, found: said, form: form,
                        count: row.integer(names.count + 1)))
            }
        }
        return Array(values.prefix(Self.rowsMax))
    }
}
