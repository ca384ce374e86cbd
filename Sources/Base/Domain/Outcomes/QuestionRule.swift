/// Which messages are questions and which are answers, by who wrote them.
///
/// A message that comes in is a question where its author is the user, one that goes out an answer where its author is
/// the agent; nobody told is the same as that one. Any other word is another author: people and programs neither ask
/// nor answer here. The rule stands here alone: read models, counters, traces and reports judge by ``holds(author:)``,
/// ``condition`` or ``sqlCondition``, which say the same.
package enum QuestionRule: String, Hashable, Sendable, CaseIterable {
    case question, answer

    /// The column that says who wrote a message.
    package static let authorColumn = "author"

    /// Columns under which a question counts and by which it is judged: the limit that it must be answered within is
    /// one of its channel.
    ///
    /// What the question says stands, also where it says nothing: its answer fills nothing in. A question fails when
    /// its limit has passed, before anybody knows whether and where an answer will come, and neither that verdict nor
    /// what it counted under may move when one does. Counters, the rows of `turns`, series and reports all keep to it.
    /// A turn that nobody asked for has them of its answer; answers themselves count under what they say.
    package static let placeColumns = ["tenant", "channel"]

    /// The author of what programs write that are neither agents nor people, such as notices: their messages end no
    /// silence.
    static let systemAuthor = "system"

    private static let user = Array("user".utf8)
    private static let agent = Array("agent".utf8)
    private static let system = Array(systemAuthor.utf8)

    /// The rule that messages of an event type are judged by; nil for all other types.
    package init?(eventType: String) {
        guard let rule = Self.allCases.first(where: { $0.eventType == eventType }) else { return nil }
        self = rule
    }

    /// The type of the messages that it judges.
    package var eventType: String {
        switch self {
        case .question: "message.received"
        case .answer: "message.sent"
        }
    }

    /// Their table in SQL.
    package var table: String {
        switch self {
        case .question: "message_received"
        case .answer: "message_sent"
        }
    }

    /// Who writes questions, who answers.
    package var author: String {
        switch self {
        case .question: "user"
        case .answer: "agent"
        }
    }

    private var authorBytes: [UInt8] {
        switch self {
        case .question: Self.user
        case .answer: Self.agent
        }
    }

    // MARK: Judging

    /// Whether a message of ``eventType`` counts.
    /// - Parameter author: nil where nobody told.
    package func holds(author: ArraySlice<UInt8>?) -> Bool { author.map { $0.elementsEqual(authorBytes) } ?? true }

    /// As ``holds(author:)``, of the author that stands in a range of `bytes`.
    package func holds(author range: Range<Int>, in bytes: [UInt8]) -> Bool { holds(author: bytes[range]) }

    /// Whether a message of either direction is one of ``systemAuthor``.
    package static func isFromSystem(author range: Range<Int>, in bytes: [UInt8]) -> Bool {
        bytes[range].elementsEqual(system)
    }

    // MARK: Saying the same elsewhere

    /// As metrics name it.
    package var condition: MetricCondition { .isOneOf(column: Self.authorColumn, values: [author], orNull: true) }

    /// Over the rows of ``table``, or of any that has the column; in parentheses.
    package var sqlCondition: String { "(\(Self.authorColumn) is null or \(Self.authorColumn) = '\(author)')" }

    /// In one line, as reports print it; what else they ask for follows.
    package var definition: String { "a \(eventType) of the \(author) (\(Self.authorColumn) null or \(author))" }
}
