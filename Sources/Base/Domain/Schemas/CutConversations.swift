/// Conversations with more events than their rows are made of, in SQL.
package enum CutConversations {
    /// Holds for rows of `conversations` that are made of the first events alone.
    package static let condition = "cut_after is not null"
    /// Asks for all of them.
    package static let query = "select tenant, conversation_id, cut_after from conversations where \(condition)"
}
