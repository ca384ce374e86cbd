import Domain

extension ReportRunner {
    /// How many conversations with an event in one of some periods have rows that are made of their first events alone.
    func cutConversations(in periods: [ReportPeriod]) throws -> Int128 {
        let isConcerned = periods.map {
            "start_time < \(SQLTexts.time($0.to)) and last_time >= \(SQLTexts.time($0.from))"
        }
        let rows = try rows(
            "select count(*) from conversations where \(Self.isCut) and (\(isConcerned.joined(separator: " or ")))")
        return rows.first?.integer(0) ?? 0
    }

    /// How exact figures are that count turns or conversations.
    /// - Parameters:
    ///   - exact: in one sentence, where no conversation of the periods is cut.
    ///   - else: what it means for the figures that some are.
    func exactness(_ exact: String, of periods: [ReportPeriod], else meaning: String) throws -> String {
        // Silence would have closed a conversation in the period that had its last event so long before.
        let concerned = periods.map { period in
            let (start, isBeyond) = period.from.subtractingReportingOverflow(outcomes.idleAfterNanoseconds ?? 0)
            return ReportPeriod(from: isBeyond ? Int64.min : start, to: period.to)
        }
        let count = try cutConversations(in: concerned)
        guard count > 0 else { return exact }
        return "not exact: \(count) \(count == 1 ? "conversation has" : "conversations have") more than "
            + "\(Limits.conversationText), and turns and conversations know the first ones alone; \(meaning); which: "
            + "select tenant, conversation_id from conversations where \(Self.isCut)"
    }

    private static var isCut: String { "cut_after is not null" }
}
