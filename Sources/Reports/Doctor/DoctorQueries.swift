import JSONTexts

/// What was received in a period, asked of the tables. Each question has few rows, however much came.
struct DoctorQueries {
    let runner: ReportRunner
    /// By the time of receipt.
    let period: ReportPeriod

    /// Rows of one kind that are looked at.
    static let rowsMax = 50
    /// Sets of unread names that are looked at: each has the names of one kind of span.
    private static let nameSetsMax = 2000

    /// What came of one service.
    struct Service {
        var name: String?
        var spans: Int128 = 0
        var calls: Int128 = 0
        var withoutConversation: Int128 = 0
        var withoutUsage: Int128 = 0
        var withoutPrice: Int128 = 0

        /// Whether whoever set it up gave it a name: OpenTelemetry says `unknown_service` where nobody did.
        var isNamed: Bool { name.map { !$0.hasPrefix("unknown_service") } ?? false }
    }

    /// A model of which something has no price.
    struct PriceGap {
        var provider: String
        var model: String
        /// What is missing, as `price_gaps` says it.
        var gaps: String
        var calls: Int128
        /// When the first of them was.
        var since: Int64?
    }

    private var received: String { period.contains("received_time") }

    private func callRows(_ columns: String) -> String {
        CostQueries.tables.map { "select \(columns) from \($0) where \(received)" }.joined(separator: " union all ")
    }

    /// Most spans first; calls that came without spans are those of their source.
    func services() throws -> [Service] {
        var services: [Service] = try runner.rows(
            "select service_name, count(*) from span_received where \(received) group by 1 order by 2 desc, 1 "
                + "limit \(Self.rowsMax)"
        ).map { Service(name: $0.text(0), spans: $0.integer(1)) }
        let calls = try runner.rows(
            """
            select coalesce(service_name, source), count(*), count(*) filter (where conversation_id is null), \
            count(*) filter (where price_state <> 'priced' and price_gaps = 'usage'), \
            count(*) filter (where price_state <> 'priced' and price_gaps <> 'usage') \
            from (\(callRows("service_name, source, conversation_id, price_state, price_gaps"))) as calls \
            group by 1 order by 2 desc, 1 limit \(Self.rowsMax)
            """)
        for row in calls {
            let name = row.text(0)
            let place =
                services.firstIndex { service in
                    if let known = service.name, let name { known.utf8.elementsEqual(name.utf8) } else { false }
                } ?? services.endIndex
            if place == services.endIndex { services.append(Service(name: name)) }
            services[place].calls = row.integer(1)
            services[place].withoutConversation = row.integer(2)
            services[place].withoutUsage = row.integer(3)
            services[place].withoutPrice = row.integer(4)
        }
        return services
    }

    /// Models of which something has no price, with what that is.
    func prices() throws -> [PriceGap] {
        try runner.rows(
            """
            select coalesce(provider, ''), coalesce(model, ''), price_gaps, count(*), min(time) \
            from (\(callRows("provider, model, price_state, price_gaps, time"))) as calls \
            where price_state <> 'priced' and price_gaps <> 'usage' group by 1, 2, 3 order by 4 desc, 1, 2, 3 \
            limit \(Self.rowsMax)
            """
        ).map { row in
            PriceGap(
                provider: row.text(0) ?? "", model: row.text(1) ?? "", gaps: row.text(2) ?? "", calls: row.integer(3),
                since: row.time(4))
        }
    }

    /// Attribute names that no dialect reads, with the spans that have them; most first.
    func unreadNames() throws -> [(name: String, spans: Int128)] {
        let sets = try runner.rows(
            "select cast(unknown_attributes as text), count(*) from span_received where \(received) "
                + "and unknown_attributes is not null group by 1 order by 2 desc, 1 limit \(Self.nameSetsMax)")
        var spans: [[UInt8]: Int128] = [:]
        for row in sets {
            guard let text = row.text(0), let names = try? JSONReader.parse(Array(text.utf8)).members else { continue }
            for member in names { spans[Array(member.name.utf8), default: 0] += row.integer(1) }
        }
        let sorted = spans.sorted { one, other in
            one.value == other.value ? one.key.lexicographicallyPrecedes(other.key) : one.value > other.value
        }
        return sorted.prefix(Self.rowsMax).map { (String(decoding: $0.key, as: UTF8.self), $0.value) }
    }

    /// Refused events that are kept as names of fields, most first.
    func deadLetters() throws -> [(type: String, source: String, events: Int128)] {
        try runner.rows(
            "select type, source, count(*) from dead_letters where \(received) group by 1, 2 order by 3 desc, 1, 2 "
                + "limit \(Self.rowsMax)"
        ).map { ($0.text(0) ?? "", $0.text(1) ?? "", $0.integer(2)) }
    }

    /// Events told of a time that had not come yet, or more than an hour ago, by who sent them; and by how much at
    /// most, in seconds.
    func shifted(ahead: Bool) throws -> [(sender: String, events: Int128, seconds: Int128)] {
        let (difference, bound) = ahead
            ? ("time - received_time", "time > received_time + interval '5 seconds'")
            : ("received_time - time", "time < received_time - interval '1 hour'")
        return try runner.rows(
            """
            select coalesce(service_name, source), count(*), cast(extract(epoch from max(\(difference))) as bigint) \
            from events where \(received) and \(bound) and type in (\(Self.timely)) \
            group by 1 order by 2 desc, 1 limit \(Self.rowsMax)
            """
        ).map { ($0.text(0) ?? "", $0.integer(1), $0.integer(2)) }
    }

    /// Spans whose times are not believed, by service and why.
    func doubted() throws -> [(service: String, reason: String, spans: Int128)] {
        try runner.rows(
            "select coalesce(service_name, ''), time_doubt, count(*) from span_received where \(received) "
                + "and time_doubt is not null group by 1, 2 order by 3 desc, 1, 2 limit \(Self.rowsMax)"
        ).map { ($0.text(0) ?? "", $0.text(1) ?? "", $0.integer(2)) }
    }

    /// Events whose time is when they happened; prices and bills tell of other times.
    private static let timely = ["span.received", "message.received", "message.sent", "llm.call", "embedding.call"]
        .map(SQLTexts.text).joined(separator: ", ")

    /// Steps of the server's own clock.
    func steps() throws -> Int128 {
        try runner.rows("select count(*) from system_events where type = 'clock.stepped' and \(received)")
            .first?.integer(0) ?? 0
    }
}
