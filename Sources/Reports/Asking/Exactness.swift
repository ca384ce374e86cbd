import Bytes
import Domain

extension ReportRunner {
    /// How many conversations with an event in one of some periods have rows that are made of their first events alone.
    func cutConversations(in periods: [ReportPeriod]) throws -> Int128 {
        let isConcerned = periods.map {
            "start_time < \(SQLTexts.time($0.to)) and last_time >= \(SQLTexts.time($0.from))"
        }
        // Conversations say nothing of calls: any may have those that count.
        let table = isOfCalls ? whole("conversations") : "conversations"
        let rows = try rows(
            "select count(*) from \(table) where \(CutConversations.condition)"
                + " and (\(isConcerned.joined(separator: " or ")))")
        return rows.first?.integer(0) ?? 0
    }

    /// How exact figures are that count turns or conversations.
    /// - Parameters:
    ///   - exact: in one sentence, where no conversation of the periods is cut.
    ///   - else: what it means for the figures that some are.
    func exactness(_ exact: String, of periods: [ReportPeriod], else meaning: String) throws -> String {
        // Silence would have closed a conversation in the period that had its last event so long before.
        let concerned = periods.map {
            ReportPeriod(from: $0.from.saturatingSubtract(outcomes.idleAfterNanoseconds ?? 0), to: $0.to)
        }
        let count = try cutConversations(in: concerned)
        guard count > 0 else { return exact }
        return "not exact: \(count) \(count == 1 ? "conversation has" : "conversations have") more than "
            + "\(Limits.conversationText), and turns and conversations know the first ones alone; \(meaning); which: "
            + CutConversations.query
    }
}
