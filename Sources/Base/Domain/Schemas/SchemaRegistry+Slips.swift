import JSONTexts

/// Which words and names may stand in an event, for those who say what was meant by another: the answer to its sender,
/// and first aid.
extension SchemaRegistry {
    /// A field of whose words rules and figures know some.
    package struct HeededField: Hashable, Sendable {
        /// Of the events that have it as their own.
        package let type: UInt16
        /// Which one it is.
        package let column: UInt16
        /// Those that are known, as the schema lists them.
        package let words: [String]
        /// Whether no other word means anything: else senders have words of their own.
        package let isClosed: Bool
    }

    private static let heeded: [(type: String, field: String, isClosed: Bool)] = [
        ("conversation.resolved", "by", true), ("conversation.resolved", "certainty", true),
        // Rules ask whether a closing is consent, and whatever they do not know is.
        ("conversation.closed", "reason", true), ("escalation.raised", "reason", false),
        ("feedback.submitted", "kind", false),
    ]

    /// All of them, in a fixed order; without those for which the schema lists no words.
    package var heededFields: [HeededField] {
        Self.heeded.compactMap { name, field, isClosed in
            guard let type = type(named: name), let column = column(named: field),
                let words = listedWords(of: column, in: type), !words.isEmpty
            else { return nil }
            return HeededField(type: type, column: column, words: words, isClosed: isClosed)
        }
    }

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
        Self.heeded.contains { name, field, isClosed in
            isClosed && types[Int(type)].name == name && columns[Int(column)].name == field
        }
    }

    /// What the type lists for a field of its own; nil where the field is none of its own.
    package func listedWords(of column: UInt16, in type: UInt16) -> [String]? {
        let schema = types[Int(type)]
        return schema.ownColumns.firstIndex(of: column).map { schema.knownValues[$0] }
    }

    /// The column whose name another one misses by a slip (``placeOfSlip(_:among:)``), of those that events of the type
    /// may have: nobody is led to another.
    /// - Complexity: O(columns).
    package func column(nearly name: String, in type: UInt16) -> UInt16? {
        // order: the columns stand in a list, by their ids.
        placeOfSlip(name, among: columns.map { isAllowed($0.id, in: type) ? $0.name : "" }).map { columns[$0].id }
    }
}
