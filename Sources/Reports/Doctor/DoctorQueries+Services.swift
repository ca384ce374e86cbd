import Bytes
import Domain

/// What came of each service, and of all of them together.
extension DoctorQueries {
    /// What came of one service.
    struct Service {
        var name: String?
        var spans: Int128 = 0
        var calls: Int128 = 0
        var withoutConversation: Int128 = 0
        /// Calls whose usage was told so that nobody can read it.
        var unreadUsage: Int128 = 0
        var withoutUsage: Int128 = 0
        var withoutPrice: Int128 = 0
        /// Of those without a conversation, how many came as events of each of ``callTypes``: spans told the others.
        var eventsWithoutConversation: [Int128] = []
        /// The same of those without usage.
        var eventsWithoutUsage: [Int128] = []

        /// Whether whoever set it up gave it a name: OpenTelemetry says `unknown_service` where nobody did.
        var isNamed: Bool { name.map { !$0.hasPrefix("unknown_service") } ?? false }
    }

    /// What came of all services, be they listed or not.
    struct Totals {
        var spans: Int128 = 0
        /// Of services without a name.
        var unnamedSpans: Int128 = 0
        var calls: Int128 = 0
        var withoutConversation: Int128 = 0
        /// Those whose usage was told so that nobody can read it among them.
        var withoutUsage: Int128 = 0
        var withoutPrice: Int128 = 0
    }

    private static let isUnnamed = "(service_name is null or left(service_name, 15) = 'unknown_service')"
    private static let lacksUsage = "price_state <> 'priced' and \(UsageGaps.condition)"
    private static let lacksPrice = "price_state <> 'priced' and not \(UsageGaps.condition)"

    /// Exact, as nothing is grouped by what others chose.
    func totals() throws -> Totals {
        var totals = Totals()
        let spans = try counted("spans", [.sum, .sum], by: []) { part, _ in
            "select count(*), count(*) filter (where \(Self.isUnnamed)) from span_received where \(part.received)"
        }
        if let row = spans.first { (totals.spans, totals.unnamedSpans) = (row.integer(0), row.integer(1)) }
        let columns = "conversation_id, price_state, price_gaps, \(UsageGaps.columns)"
        let calls = try counted("calls", [.sum, .sum, .sum, .sum], by: []) { part, _ in
            """
            select count(*), count(*) filter (where conversation_id is null), \
            count(*) filter (where \(Self.lacksUsage)), count(*) filter (where \(Self.lacksPrice)) \
            from (\(part.callRows(columns))) as calls
            """
        }
        if let row = calls.first {
            (totals.calls, totals.withoutConversation) = (row.integer(0), row.integer(1))
            (totals.withoutUsage, totals.withoutPrice) = (row.integer(2), row.integer(3))
        }
        return totals
    }

    /// Those with most spans, most first, and those without a name; then those with most calls and those whose calls
    /// lack most. Calls that came without spans are those of their source.
    func services() throws -> [Service] {
        var services: [Service] = try counted("services", [.key, .sum], by: [1], isNeeded: true) { part, limit in
            "select \(Self.service), count(*) from span_received where \(part.received) group by 1 "
                + "order by 2 desc, 1 limit \(limit)"
        }.map { Service(name: $0.text(0), spans: $0.integer(1)) }
        if services.count >= Self.rowsMax {
            for row in try unnamed() where Self.place(of: row.text(0), in: services) == nil {
                services.append(Service(name: row.text(0), spans: row.integer(1)))
            }
        }
        for row in try calls() {
            let place = Self.place(of: row.text(0), in: services) ?? services.endIndex
            if place == services.endIndex { services.append(Service(name: row.text(0))) }
            // The same row, unless some parts of the period were too many to be counted.
            guard row.integer(1) >= services[place].calls else { continue }
            services[place].calls = row.integer(1)
            services[place].withoutConversation = row.integer(2)
            services[place].withoutUsage = row.integer(3)
            services[place].withoutPrice = row.integer(4)
            let types = Self.callTypes.indices
            services[place].eventsWithoutConversation = types.map { row.integer(5 + $0) }
            services[place].eventsWithoutUsage = types.map { row.integer(5 + types.count + $0) }
        }
        return services
    }

    private func unnamed() throws -> [ReportRow] {
        try counted("services without a name", [.key, .sum], by: [1]) { part, limit in
            "select \(Self.service), count(*) from span_received where \(part.received) and \(Self.isUnnamed) "
                + "group by 1 order by 2 desc, 1 limit \(limit)"
        }
    }

    /// Who calls most and, where not all are among them, whose calls lack most; a sender may be there several times.
    private func calls() throws -> [ReportRow] {
        let most = try calls(by: 1)
        guard most.count >= Self.rowsMax else { return most }
        let lacking = try [2, 3].flatMap { place in try calls(by: place).filter { $0.integer(place) > 0 } }
        return most + lacking
    }

    /// Of senders their calls, those without conversation, usage and price, and what events lack by their types.
    /// - Parameter place: of the count that is greatest for them.
    private func calls(by place: Int) throws -> [ReportRow] {
        let ofEvents = ["conversation_id is null", Self.lacksUsage].flatMap { lack in
            Self.callTypes.map { type in
                "count(*) filter (where \(lack) and not \(Self.isOfSpan) and call_type = \(SQLTexts.text(type)))"
            }
        }
        let sums = Array(repeating: MergedRows.Column.sum, count: 4 + ofEvents.count)
        return try counted("senders of calls", [.key] + sums, by: [place]) { part, limit in
            let told = Self.callTypes.map { type in
                "select service_name, source, conversation_id, price_state, price_gaps, \(UsageGaps.columns), "
                    + "\(SQLTexts.text(type)) as call_type from \(SchemaEventType.tableName(of: type)) "
                    + "where \(part.received)"
            }
            return """
                select \(Self.sender), count(*), count(*) filter (where conversation_id is null), \
                count(*) filter (where \(Self.lacksUsage)), count(*) filter (where \(Self.lacksPrice)), \
                \(ofEvents.joined(separator: ", ")) \
                from (\(told.joined(separator: " union all "))) as calls group by 1 \
                order by \(place + 1) desc, 1 limit \(limit)
                """
        }
    }

    /// Which of the services has a name, by its bytes, or none.
    static func place(of name: String?, in services: [Service]) -> Int? {
        services.firstIndex { service in
            guard let known = service.name, let name else { return service.name == nil && name == nil }
            return known.hasSameBytes(as: name)
        }
    }
}
