import Bytes
import Columnar
package import Domain
import JSONTexts
import Plans

extension ReportRunner {
    /// One conversation whole as columns, for a page that draws thousands of its events; nil where no event names it.
    ///
    /// Sums are of all its events; of these the first ``ConversationColumns/eventsMax`` by time are told one by one.
    /// - Parameters:
    ///   - tenant: may be left out where only one tenant has a conversation of that id.
    ///   - prices: among which those are looked for that calls were booked with.
    ///   - notice: what is yet to come, for who reads it.
    /// - Returns: JSON.
    /// - Throws: ``ReportError`` naming the tenants where there are several; what questions throw.
    package func conversationColumns(
        _ id: String, tenant: String? = nil, prices: PriceBook, notice: String? = nil
    ) throws -> [UInt8]? {
        let runner = asking
        guard let found = try runner.found(id, tenant: tenant) else { return nil }
        return try ConversationColumns(runner: runner, id: id, found: found, prices: prices).json(notice)
    }
}

/// A conversation as columns.
package struct ConversationColumns {
    /// So many events are told one by one, the first ones by time.
    package static let eventsMax = 50_000
    /// So many turns, likewise.
    static let turnsMax = 10_000
    /// What comes so much later than it happened is marked, ns.
    static let lateNanoseconds = 5 * Nanoseconds.minute

    let runner: ReportRunner
    let id: String
    let found: ReportRunner.FoundConversation
    let prices: PriceBook

    /// What the table of events and the waterfall show; all else of an event is asked for one by one.
    private static let eventColumns = [
        "position", "time", "received_time", "type", "turn", "trace_id", "span_id", "parent_span_id", "agent", "status",
        "error_type", "duration_ns", "time_to_first_token_ns", "queue_duration_ns", "attempt", "operation", "purpose",
        "provider", "request_model", "response_model", "response_id", "route", "service_tier", "input_tokens",
        "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens",
        "total_tokens", "gpu_duration_ns", "usage_doubt", "other_usage", "finish_reason", "stream", "cost_usd",
        "cost_low_usd", "cost_high_usd", "price_state", "price_gaps", "reported_cost_usd", "tool", "index", "hits",
        "guardrail", "verdict", "cache", "hit", "kind", "score", "name", "quality_score", "label", "reason", "queue",
        "wait_ns", "by", "certainty", "author", "characters", "answered_from", "topic", "intent", "from_agent",
        "to_agent", "workflow", "step", "action", "decision", "scope", "span_name", "span_class", "withheld_values",
    ]

    private static let turnColumns = [
        "turn", "asked_time", "time", "status", "error_type", "duration_ns", "time_to_first_token_ns", "answered_from",
        "agent", "prompt_name", "prompt_version", "experiment", "variant", "trace_id", "provider", "model",
        "request_model", "route", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
        "cache_write_1h_tokens", "reasoning_tokens", "cost_usd", "cost_low_usd", "cost_high_usd", "price_state",
        "llm_calls", "tool_calls", "retrievals", "cache_hits", "escalated", "score",
    ]

    func json(_ notice: String?) throws -> [UInt8] {
        let turns = try runner.answer(
            "select \(known(Self.turnColumns, in: "turns")) from turns where \(found.whole) "
                + "order by coalesce(asked_time, time), turn limit \(Self.turnsMax)")
        let turnCount = try count(turns, of: "turns where \(found.whole)", within: Self.turnsMax)
        let events = try runner.answer(
            "select \(known(Self.eventColumns, in: "events")) from events where \(found.events) "
                + "order by time, position limit \(Self.eventsMax)")
        // Where all events are there they are not looked for once more to be added up.
        let isWhole = events.rowCount < Self.eventsMax
        let sums =
            try isWhole
            ? ConversationSums(of: events) { () throws(QueryError) in try runner.check() }
            : ConversationSums(runner: runner, events: found.events)
        let traces = try amendedTraces(events, isWhole: isWhole, sums)
        let verdict = try verdict()
        // Numbers of a row are a dozen bytes each, and a text grows by doubling.
        let values = turns.rowCount * turns.columns.count + events.rowCount * events.columns.count
        let booking = try runner.holding(2 * (turns.heldBytes + events.heldBytes + 16 * values))
        defer { withExtendedLifetime(booking) {} }

        var json = JSONWriter()
        var columns = ColumnText(base: sums.firstTime ?? 0)
        json.beginObject()
        json.member("conversation_id", id)
        json.member("tenant", found.tenant)
        json.member("position", exact: runner.catalog.position)
        json.member("watermark", RFC3339.render(runner.catalog.watermark))
        let notices = [notice, found.notice].compactMap { $0 } + runner.notices
        if !notices.isEmpty { json.member("notice", notices.joined(separator: "; ")) }
        json.member("base", RFC3339.render(columns.base))
        json.key("head")
        json.beginObject()
        for field in found.header where !["conversation_id", "tenant"].contains(field.name) {
            ConversationDocument.append(field, to: &json)
        }
        json.endObject()
        json.key("verdict")
        verdict.write(to: &json)
        json.key("sums")
        sums.write(
            loaded: events.rowCount, turns: (turns.rowCount, turnCount),
            duration: ConversationSums.duration(found.header), to: &json)
        json.key("turns")
        try columns.write(turns, to: &json) { () throws(QueryError) in try runner.check() }
        json.key("events")
        try columns.write(events, to: &json) { () throws(QueryError) in try runner.check() }
        try writeMarks(events, traces, &columns, to: &json)
        Self.writeWithheld(to: &json)
        columns.writeNames(to: &json)
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// Columns that the table has: one of which no event type speaks any more is left out.
    private func known(_ names: [String], in table: String) -> String {
        let columns = runner.catalog.table(named: table)?.columns ?? []
        return names.filter { name in columns.contains { $0.name.hasSameBytes(as: name) } }.joined(separator: ", ")
    }

    /// How many rows there are, asked only where not all of them were read.
    private func count(_ read: ResultSet, of rows: String, within most: Int) throws -> Int64 {
        if read.rowCount < most { return Int64(read.rowCount) }
        return Int64(clamping: try runner.rows("select count(*) from \(rows)").first?.integer(0) ?? 0)
    }

    private func verdict() throws -> ConversationVerdict {
        let rule = runner.outcomes.rule
        let text: String?
        if let column = OutcomeText.column(rule) {
            text = found.header.text(column)
        } else {
            let expression = OutcomeText.expression(rule, now: runner.reached)
            let rows = try runner.rows(
                "select \(expression) from conversations where \(found.whole) order by start_time desc limit 1")
            text = rows.first?.text(0)
        }
        return ConversationVerdict(rule, text.flatMap { Outcome(rawValue: $0) }, row: found.header)
    }

    /// So many traces are named in a question; those of more events than that are looked up in it.
    private static let tracesNamedMax = 1_000

    /// Traces whose events were put in the place of others after they had been told, with the time and how many.
    ///
    /// Who settles a trace notes it within a day of its last span, so only notes of that time are looked at.
    private func amendedTraces(_ events: ResultSet, isWhole: Bool, _ sums: ConversationSums) throws -> [ReportRow] {
        guard let first = sums.firstReceived, let last = sums.lastReceived,
            runner.catalog.table(named: "system_events") != nil,
            let column = events.columns.firstIndex(where: { $0.name == "trace_id" })
        else { return [] }
        var traces: Set<ExactText> = []
        for chunk in events.chunks {
            try runner.check()
            for row in 0..<chunk.rowCount {
                if case .text(let trace) = chunk.columns[column].scalar(at: row) { traces.insert(ExactText(trace)) }
            }
        }
        if traces.isEmpty { return [] }
        let named =
            isWhole && traces.count <= Self.tracesNamedMax
            ? traces.sorted().map { SQLTexts.text($0.text) }.joined(separator: ", ")
            : "select trace_id from events where \(found.events) and trace_id is not null"
        let period = ReportPeriod(from: first, to: last.saturatingAdd(Nanoseconds.day))
        return try runner.rows(
            "select data->>'trace_id', received_time, cast(data->>'replaced' as bigint) from system_events "
                + "where type = 'trace.settled' and \(period.contains("received_time")) and data->>'replaced' <> '0' "
                + "and data->>'trace_id' in (\(named)) order by position limit 1000")
    }

    // MARK: Marks

    /// What is to be said of single events: which came late, which a correction booked again, and with which price a
    /// call was booked. Rows are those of `events`.
    private func writeMarks(
        _ events: ResultSet, _ traces: [ReportRow], _ columns: inout ColumnText, to json: inout JSONWriter
    ) throws {
        var calls = BookedPrices(book: prices) { try PriceCorrection.all(runner) }
        var late: [Int] = []
        var first = 0
        for chunk in events.chunks {
            try runner.check()
            let rows = CallRows(events.columns, chunk)
            for row in 0..<chunk.rowCount {
                if let time = rows.time(row), let received = rows.received(row),
                    received.saturatingSubtract(time) > Self.lateNanoseconds
                {
                    late.append(first + row)
                }
                if let call = rows.call(row) { try calls.add(call, row: first + row) }
                if row & 1023 == 1023 { try runner.check() }
            }
            first += chunk.rowCount
        }
        json.key("late")
        json.beginObject()
        json.member("after_ns", Self.lateNanoseconds)
        json.key("rows")
        json.array(late) { row, json in json.value(row) }
        json.endObject()
        json.key("amended")
        json.array(traces) { row, json in
            json.beginObject()
            json.member("trace_id", columns.place(of: row.text(0) ?? ""))
            if let time = row.time(1) { json.member("time", RFC3339.render(time)) }
            json.member("events", exact: row.integer(2))
            json.endObject()
        }
        calls.write(to: &json)
    }

    /// Where content would stand: fields that are never kept, whatever a sender says.
    private static func writeWithheld(to json: inout JSONWriter) {
        let fields = SchemaRegistry.builtIn.columns.filter { $0.privacy.isWithheld }.map(\.name)
        json.key("withheld")
        json.beginObject()
        json.key("fields")
        json.array(fields) { name, json in json.value(name) }
        json.member(
            "reason", "what people and agents wrote is not kept: its length is, where the sender says it (characters)")
        json.member(
            "values_reason",
            "of what a span says, texts, and numbers under names that nobody knows, are not kept but counted "
                + "(withheld_values)")
        json.endObject()
    }
}
