import JSONTexts

/// Which words and names may stand in an event, for those who say what was meant by another: the answer to its sender,
/// and first aid.
extension SchemaRegistry {
    /// A field of whose words rules and figures know some.
    package struct HeededField: Hashable, Sendable {
        /// Of the events that have it as their own; nil: events of all types have it.
        package let type: UInt16?
        /// Which one it is.
        package let column: UInt16
        /// Those that are known, as the schema lists them.
        package let words: [String]
        /// Whether no other word means anything: else senders have words of their own.
        package let isClosed: Bool
        /// Whether it says what became of a conversation.
        package let isOfOutcome: Bool
    }

    private typealias Heeded = (type: String?, field: String, isClosed: Bool, isOfOutcome: Bool)

    private static let heeded: [Heeded] = [
        ("conversation.resolved", "by", true, true), ("conversation.resolved", "certainty", true, true),
        // Rules ask whether a closing is consent, and whatever they do not know is.
        ("conversation.closed", "reason", true, true), ("escalation.raised", "reason", false, true),
        ("feedback.submitted", "kind", false, true),
        // Of an author whom nobody knows a message is neither a question nor an answer.
        ("message.received", QuestionRule.authorColumn, true, false),
        ("message.sent", QuestionRule.authorColumn, true, false),
        // Selected by one of their words: of the others senders may have their own.
        ("message.sent", "answered_from", false, false), ("llm.call", "purpose", false, false),
        (nil, "channel", false, false), (nil, "environment", false, false),
    ]

    /// All of them, in a fixed order; without those for which the schema lists no words.
    package var heededFields: [HeededField] {
        Self.heeded.compactMap { name, field, isClosed, isOfOutcome in
            let type = name.flatMap(type(named:))
            guard let column = column(named: field), (type == nil) == (name == nil) else { return nil }
            let words = type.map { listedWords(of: column, in: $0) ?? [] } ?? columns[Int(column)].knownValues
            guard !words.isEmpty else { return nil }
            return HeededField(
                type: type, column: column, words: words, isClosed: isClosed, isOfOutcome: isOfOutcome)
        }
    }

    /// What other systems call those who write messages, without capitals and marks: roles of models' interfaces and
    /// kinds of people and programs in help desks.
    private static let authorsElsewhere: [(author: String, names: [String])] = [
        (
            "user",
            [
                "customer", "enduser", "client", "visitor", "contact", "lead", "requester", "guest", "caller",
                "consumer",
            ]
        ),
        (
            "agent",
            [
                "assistant", "ai", "bot", "chatbot", "model", "llm", "aiagent", "aiassistant", "automatedagent",
                "virtualagent", "virtualassistant", "custombot",
            ]
        ),
        (
            "human",
            [
                "admin", "operator", "staff", "teammate", "employee", "supervisor", "representative", "humanagent",
                "supportagent", "liveagent", "business",
            ]
        ),
        ("system", ["developer", "tool", "function"]),
    ]

    /// What an event of a type has to say to stand in a report. Of a message or an outcome that names no conversation
    /// and of a rating without a score nothing is in any; other types count as they are.
    private static let needed: [(type: String, fields: [String])] = [
        ("message.received", ["conversation_id"]), ("message.sent", ["conversation_id"]),
        ("conversation.started", ["conversation_id"]), ("conversation.resolved", ["conversation_id"]),
        ("conversation.reopened", ["conversation_id"]), ("conversation.closed", ["conversation_id"]),
        ("conversation.classified", ["conversation_id"]), ("escalation.raised", ["conversation_id"]),
        ("escalation.accepted", ["conversation_id"]), ("escalation.closed", ["conversation_id"]),
        ("feedback.requested", ["conversation_id"]), ("feedback.submitted", ["conversation_id", "score"]),
    ]

    /// By type: the columns without which its events are kept and stand in no report; most types need none.
    package var neededColumns: [[UInt16]] {
        var columns = [[UInt16]](repeating: [], count: types.count)
        for (name, fields) in Self.needed {
            guard let type = type(named: name) else { continue }
            columns[Int(type)] = fields.compactMap(column(named:))
        }
        return columns
    }

    /// Whether no word but those that the type lists for its own field means anything to a figure.
    /// - Complexity: O(fields of which words are known).
    package func isClosed(_ column: UInt16, in type: UInt16) -> Bool {
        Self.heeded.contains { name, field, isClosed, _ in
            isClosed && types[Int(type)].name == name && columns[Int(column)].name == field
        }
    }

    /// What is listed for a field that events of the type have, as their own or as all have it; nil where they have no
    /// such field.
    package func listedWords(of column: UInt16, in type: UInt16) -> [String]? {
        guard isAllowed(column, in: type) else { return nil }
        let schema = types[Int(type)]
        guard let place = schema.ownColumns.firstIndex(of: column) else { return columns[Int(column)].knownValues }
        return schema.knownValues[place]
    }

    /// Which of the listed words of a field another one stands for elsewhere, or misses by a slip
    /// (``placeOfSlip(_:among:)``); nil: none. A number behind a word is meant.
    /// - Complexity: O(words).
    package func word(meantBy said: String, of column: UInt16, among listed: [String]) -> String? {
        // Who wrote a message, and who resolved a conversation.
        if [QuestionRule.authorColumn, "by"].contains(columns[Int(column)].name) {
            let letters = said.utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") && $0 != 0x20 }
            let name = String(decoding: letters, as: UTF8.self).lowercased()
            let author = Self.authorsElsewhere.first { $0.names.contains(name) }?.author
            if let author, listed.contains(author) { return author }
        }
        if let last = said.utf8.last, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(last) { return nil }
        return placeOfSlip(said, among: listed).map { listed[$0] }
    }

    /// The column whose name another one misses by a slip (``placeOfSlip(_:among:)``), of those that events of the type
    /// may have: nobody is led to another.
    /// - Complexity: O(columns).
    package func column(nearly name: String, in type: UInt16) -> UInt16? {
        // order: the columns stand in a list, by their ids.
        placeOfSlip(name, among: columns.map { isAllowed($0.id, in: type) ? $0.name : "" }).map { columns[$0].id }
    }
}
