import Bytes
import Dialects
import Domain

/// What was received in a period, asked of the tables. Each question has few rows and takes a bounded memory, however
/// much came (``counted(_:_:by:limit:isNeeded:_:)``).
struct DoctorQueries {
    let runner: ReportRunner
    /// By the time of receipt.
    let period: ReportPeriod

    /// Rows of one kind that are looked at.
    static let rowsMax = 50
    /// Words that are looked at for those that nobody knows, since most may be their senders' own.
    static let wordsMax = 10_000
    /// Letters of a name that others chose.
    static let nameLettersMax = 80

    /// A model and tier of which something has no price.
    struct PriceGap {
        var service: String?
        var provider: String
        var model: String
        /// As calls name it; empty for none.
        var tier: String
        /// What is missing, as `price_gaps` says it, but for classes of which the tokens were not told
        /// (``UsageGaps/shown``).
        var gaps: String
        var calls: Int128
        /// How many of them spans told; the others came as events.
        var callsOfSpans: Int128
        /// When the first of them was.
        var since: Int64?
    }

    /// Refused events of one type and source.
    struct DeadLetters {
        var type: String
        var source: String
        var events: Int128
        /// When the first of them came.
        var since: Int64?
        /// And the last.
        var last: Int64?
    }

    var received: String { period.contains("received_time") }

    /// A service by its name, cut.
    static let service = "left(service_name, \(nameLettersMax))"
    /// A service, else the source of its events. The sources of spans, and of what they told, are names of ours: where
    /// these name no service nobody knows whose they are, and they are in one row with their spans.
    static let sender = """
        left(coalesce(service_name, case when not (\(isOfSpan) \
        or source = \(SQLTexts.text(SpanRecord.evidenceSource(nil))) \
        or source like '\(SpanRecord.evidenceSource(""))%') then source end), \(nameLettersMax))
        """

    /// Types of events that are calls.
    static let callTypes = ["llm.call", "embedding.call"]
    /// Whether a span told an event.
    static let isOfSpan = "source like '\(TraceSettler.sourcePrefix)%'"

    func callRows(_ columns: String) -> String {
        CostQueries.tables.map { "select \(columns) from \($0) where \(received)" }.joined(separator: " union all ")
    }

    /// Who sent events of agents that no span told, most first, and how many.
    func eventSenders() throws -> [(sender: String?, events: Int128)] {
        let types = OperatorTypes.names.map(SQLTexts.text).joined(separator: ", ")
        return try counted("senders of events", [.key, .sum], by: [1]) { part, limit in
            """
            select \(Self.sender), count(*) from events where \(part.received) and not \(Self.isOfSpan) \
            and (conversation_id is not null or type not in (\(types))) \
            group by 1 order by 2 desc, 1 limit \(limit)
            """
        }.map { ($0.text(0), $0.integer(1)) }
    }

    /// Models and tiers of which calls have no exact cost, with what is missing for it.
    func prices() throws -> [PriceGap] {
        let columns = "service_name, source, provider, model, service_tier, price_state, price_gaps, time, "
            + UsageGaps.columns
        return try counted(
            "models without a price", [.key, .key, .key, .key, .sum, .least, .key, .sum], by: [4]
        ) { part, limit in
            """
            select left(coalesce(provider, ''), \(Self.nameLettersMax)), \
            left(coalesce(model, ''), \(Self.nameLettersMax)), \
            left(coalesce(service_tier, ''), \(Self.nameLettersMax)), \(UsageGaps.shown), count(*), min(time), \
            \(Self.sender), count(*) filter (where \(Self.isOfSpan)) \
            from (\(part.callRows(columns))) as calls where price_state <> 'priced' and not \(UsageGaps.condition) \
            group by 1, 2, 3, 4, 7 order by 5 desc, 1, 2, 3, 4, 7 limit \(limit)
            """
        }.map { row in
            PriceGap(
                service: row.text(6), provider: row.text(0) ?? "", model: row.text(1) ?? "", tier: row.text(2) ?? "",
                gaps: row.text(3) ?? "", calls: row.integer(4), callsOfSpans: row.integer(7), since: row.time(5))
        }
    }

    /// Refused events that are kept as names of fields, most first.
    func deadLetters() throws -> [DeadLetters] {
        try counted("unknown types", [.key, .key, .sum, .least, .greatest], by: [2]) { part, limit in
            "select left(type, \(Self.nameLettersMax)), left(source, \(Self.nameLettersMax)), count(*), "
                + "min(received_time), max(received_time) from dead_letters where \(part.received) "
                + "group by 1, 2 order by 3 desc, 1, 2 limit \(limit)"
        }.map { row in
            DeadLetters(
                type: row.text(0) ?? "", source: row.text(1) ?? "", events: row.integer(2), since: row.time(3),
                last: row.time(4))
        }
    }

    /// Events told of a time that had not come yet, or more than an hour ago, by who sent them; and by how much at
    /// most, in seconds.
    func shifted(ahead: Bool) throws -> [(sender: String?, events: Int128, seconds: Int128)] {
        // In seconds each: an interval may not be as long as what lies between two times.
        let (later, earlier, bound) = ahead
            ? ("time", "received_time", "time > received_time + interval '5 seconds'")
            : ("received_time", "time", "time < received_time - interval '1 hour'")
        return try counted("senders by their clocks", [.key, .sum, .greatest], by: [1]) { part, limit in
            """
            select \(Self.sender), count(*), \
            cast(max(extract(epoch from \(later)) - extract(epoch from \(earlier))) as bigint) \
            from events where \(part.received) and \(bound) and type in (\(Self.timely)) \
            group by 1 order by 2 desc, 1 limit \(limit)
            """
        }.map { ($0.text(0), $0.integer(1), $0.integer(2)) }
    }

    /// Spans whose times are not believed, by service and why.
    func doubted() throws -> [(service: String?, reason: String, spans: Int128)] {
        try counted("services whose times are doubted", [.key, .key, .sum], by: [2]) { part, limit in
            "select \(Self.service), time_doubt, count(*) from span_received where \(part.received) "
                + "and time_doubt is not null group by 1, 2 order by 3 desc, 1, 2 limit \(limit)"
        }.map { ($0.text(0), $0.text(1) ?? "", $0.integer(2)) }
    }

    /// Events whose time is when they happened; prices and bills tell of other times.
    private static let timely = ["span.received", "message.received", "message.sent", "llm.call", "embedding.call"]
        .map(SQLTexts.text).joined(separator: ", ")

    /// Steps of the server's own clock.
    func steps() throws -> Int128 {
        try counted("steps of the clock", [.sum], by: []) { part, _ in
            "select count(*) from system_events where type = 'clock.stepped' and \(part.received)"
        }.first?.integer(0) ?? 0
    }
}
