package import Columnar

/// A named value of a row.
package struct ConversationField: Hashable, Sendable {
    /// The column.
    package var name: String
    /// Its value.
    package var value: Scalar
}

extension [ConversationField] {
    /// nil where the row is silent.
    func value(_ name: String) -> Scalar? { first { $0.name == name }?.value }
    /// nil for what is no text.
    func text(_ name: String) -> String? { if case .text(let text)? = value(name) { text } else { nil } }
    /// ns since 1970 UTC; nil for what is no instant.
    func time(_ name: String) -> Int64? { if case .timestamptz(let time)? = value(name) { time } else { nil } }
}

/// One event of a conversation.
package struct ConversationEvent: Hashable, Sendable {
    /// Its place in the log.
    package var position: Int64
    /// ns since 1970 UTC.
    package var time: Int64
    /// The event's type, such as `llm.call`.
    package var type: String
    /// What it says beyond that, nulls left out, in the order of the table `events`.
    package var fields: [ConversationField]

    /// The field with a name, null where the event is silent.
    package subscript(name: String) -> Scalar { fields.first { $0.name == name }?.value ?? .null }
}

// tests: what a document holds is read as values.
/// One conversation whole: how it stands, its turns, and every event in the order of time.
package struct ConversationDocument: Hashable, Sendable {
    /// The conversation's name, within its tenant.
    package var id: String
    /// Whose it is.
    package var tenant: String
    /// The position of the last event that the answer includes, of any conversation.
    package var position: Int64
    /// Every event received up to this time (ns since 1970 UTC) is included.
    package var watermark: Int64
    /// Its row of `conversations`, nulls left out.
    package var header: [ConversationField]
    /// Its rows of `turns`, nulls left out.
    package var turns: [[ConversationField]]
    /// Its events ascending by time, ``eventsMax`` of them at most.
    package var events: [ConversationEvent]
    /// Events that were left out because there are more than ``eventsMax``.
    var eventsOmitted: Int64
    /// What is yet to come, for who reads it; nil: nothing is known to.
    package var notice: String?

    /// No document lists more events than this.
    static let eventsMax = 10_000
}
