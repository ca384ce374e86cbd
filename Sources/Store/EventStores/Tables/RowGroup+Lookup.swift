import Columnar
import Segments

/// A group's filter of conversation ids; without one every id is possible.
struct ConversationFilter {
    let filter: BlockFilter?

    func mightContain(_ conversation: String) -> Bool {
        filter?.mightContain(lookupHash(Array(conversation.utf8)[...])) ?? true
    }
}

extension RowGroup {
    /// What the footer says of a column; nil for one the segment lacks.
    func summary(named name: String) -> ColumnSummary? { columnIndex(named: name).map { summary($0) } }

    /// Which rows came without `time`; all null where none did.
    func timeAbsent() throws -> Vector { try column(named: EventTableLayout.timeAbsentColumn, type: .boolean) }

    func conversationFilter() throws -> ConversationFilter {
        ConversationFilter(filter: try columnIndex(named: "conversation_id").flatMap { try filter($0) })
    }
}
