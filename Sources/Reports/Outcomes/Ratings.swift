/// Which ratings a period has: of each conversation the last one. It counts where the conversation closed, and where it
/// was given as long as the conversation has not closed.
enum Ratings {
    /// The instant by which a conversation counts, in SQL.
    static let time = "coalesce(closed_time, rated_time)"

    /// Conversations that closed in the period, and those not closed that were last rated in it.
    static func within(_ period: ReportPeriod) -> String {
        "(\(period.contains("closed_time")) or closed_time is null and \(period.contains("rated_time")))"
    }

    /// Conversations that have one: few, so it stands before conditions that follow from silence.
    static let isRated = "score is not null"

    /// How many ratings, and how many of them are good.
    static let selection = "count(score), count(*) filter (where score >= 4)"
}
