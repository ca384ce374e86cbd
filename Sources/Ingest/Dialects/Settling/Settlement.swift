package import Bytes
package import Domain

/// What a trace comes to: what is to be appended and what is to be replaced. Both are empty when all was told before.
package struct Settlement: Sendable {
    /// Events that are new.
    package var events = EventRows()
    /// Events told before that late spans show in another light.
    package var replacements: [EventReplacement] = []
    /// What those stood in before that they stand in no more, ascending: who keeps what conversations and hours come to
    /// looks there again.
    package var left: [LeftPlace] = []
    /// Spans of the trace.
    package var spans = 0
    /// What totals prove of those who count, ascending.
    package var proofs: [UsageProof] = []
    /// What was read by what is known of those who count, or by convention, ascending: a new proof concerns it.
    package var assumed: [AssumedReading] = []
    /// What remained open about the turns of the trace.
    package var doubts = TurnDoubts()

    /// Whether there is nothing to do.
    package var isEmpty: Bool { events.isEmpty && replacements.isEmpty }
}

/// A conversation and an hour in which an event stood before another row took its place.
package struct LeftPlace: Hashable, Comparable, Sendable {
    /// Its tenant; nil: the row has none.
    package let tenant: ExactText?
    /// Its conversation; nil: the row has none.
    package let conversation: ExactText?
    /// The hour's beginning, ns since 1970 UTC.
    package let hour: Int64

    /// So many of one trace are noted at most.
    package static let countMax = 1000

    init(_ row: EventRow, _ columns: WellKnownColumns) {
        func text(_ column: UInt16) -> ExactText? {
            row.text(of: column).map { ExactText(String(decoding: $0, as: UTF8.self)) }
        }
        (tenant, conversation) = (text(columns.tenant), text(columns.conversationID))
        let rest = row.time % Nanoseconds.hour
        hour = (row.time - rest).subtractingReportingOverflow(rest < 0 ? Nanoseconds.hour : 0).partialValue
    }

    /// By hour, then tenant, then conversation.
    package static func < (left: LeftPlace, right: LeftPlace) -> Bool {
        func texts(_ place: LeftPlace) -> (ExactText, ExactText) { (place.tenant ?? "", place.conversation ?? "") }
        return left.hour == right.hour ? texts(left) < texts(right) : left.hour < right.hour
    }
}

/// What remains open about the turns of a trace.
package struct TurnDoubts: Hashable, Sendable {
    /// Whether what is read as one question and its answer may be several.
    package var isJoined = false
    /// Whether model calls of a conversation belong to no question and answer.
    package var isUnanswered = false

    /// None.
    package init() {}
}
