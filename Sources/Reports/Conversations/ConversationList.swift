import Bytes
import Columnar
import Domain
import JSONTexts

/// One page of a list of conversations.
package struct ConversationList: Sendable {
    /// One of them.
    struct Row: Sendable {
        /// Its row of `conversations`, as far as the list shows it, nulls left out.
        var fields: [ConversationField]
        /// From its first event to the last thing that somebody did, ns.
        var duration: Int64
        /// The answer of all its answers that took longest, ns; nil: none says how long it took.
        var slowest: Int64?
        /// Its own place in the list.
        var place: ConversationCursor?
        /// Model calls and embeddings, of all its events.
        var calls: Int64 = 0
        /// Those without any price, and those without a price for all they used.
        var unpriced: Int64 = 0
        var partly: Int64 = 0
    }

    let request: ConversationRequest
    let rows: [Row]
    /// How many there are on all pages together; nil on all but the first page, which said it.
    let matching: Int64?
    /// What the page before lies before; nil: there is none.
    let previous: ConversationCursor?
    /// What the next page lies behind; nil: there is none.
    let next: ConversationCursor?
    let position: Int64
    let watermark: Int64
    /// What is yet to come or cannot be shown, for who reads it; nil: nothing is known to.
    package var notice: String?

    /// The page as JSON: nulls left out, money as exact decimal text, times as RFC 3339.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("position", exact: position)
        json.member("watermark", RFC3339.render(watermark))
        if let notice { json.member("notice", notice) }
        json.member("from", RFC3339.render(request.period.from))
        json.member("to", RFC3339.render(request.period.to))
        json.member("sort", request.order.rawValue)
        json.member("order", request.direction.rawValue)
        json.member("rule", request.rule.rawValue)
        if let matching { json.member("matching", exact: matching) }
        json.key("conversations")
        json.array(rows) { row, json in
            json.beginObject()
            for field in row.fields { ConversationDocument.append(field, to: &json) }
            json.member("duration_ns", exact: row.duration)
            if let slowest = row.slowest { json.member("slowest_answer_ns", exact: slowest) }
            json.member("calls", exact: row.calls)
            json.member("calls_unpriced", exact: row.unpriced)
            json.member("calls_partly_priced", exact: row.partly)
            if let place = row.place { json.member("cursor", place.text) }
            json.endObject()
        }
        if let previous { json.member("previous", previous.text) }
        if let next { json.member("next", next.text) }
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

extension ReportRunner {
    /// A page of the conversations that are asked for.
    /// - Throws: what questions throw.
    package func conversations(_ request: ConversationRequest) throws -> ConversationList {
        let runner = asking
        var list = try ListedConversations(runner: runner, request: request).page()
        list.notice = runner.notices.isEmpty ? nil : runner.notices.joined(separator: "; ")
        return list
    }
}

/// The questions behind a page.
struct ListedConversations {
    let runner: ReportRunner
    let request: ConversationRequest

    private static let columns = [
        "conversation_id", "tenant", "start_time", "last_time", "last_activity_time", "closed_time", "closed_reason",
        "channel", "topic", "agent", "experiment", "variant", "prompt_name", "prompt_version", "user_id", "resolved_by",
        "resolved_certainty", "turns", "answers", "errors", "escalations", "escalation_reason", "score",
        "input_tokens", "output_tokens", "cost_usd", "cost_low_usd", "cost_high_usd", "price_state", "cut_after",
    ]

    func page() throws -> ConversationList {
        let found = try request.order == .slowest ? bySlowestAnswer() : inOrder()
        let isMore = found.count > request.count
        var rows = Array(found.prefix(request.count))
        // The last ones before a place are the first ones of the list turned round.
        if request.isBefore { rows.reverse() }
        if request.order != .slowest { try addAnswers(to: &rows) }
        try addCalls(to: &rows)
        var matching: Int64?
        // Where all stand on the first page they are counted.
        if request.place == nil { matching = try isMore ? counted() : Int64(rows.count) }
        // What a page was asked to lie behind, or before, stands on the other side of it.
        let hasPrevious = request.isBefore ? isMore : request.place != nil
        return ConversationList(
            request: request, rows: rows, matching: matching,
            previous: hasPrevious ? rows.first?.place : nil,
            next: isMore || request.isBefore ? rows.last?.place : nil,
            position: runner.catalog.position, watermark: runner.catalog.watermark)
    }

    /// A row more than a page has, if there is one, from the place on.
    private func inOrder() throws -> [ConversationList.Row] {
        try listed(conditions + placeConditions, " \(ordering)").map { row($0) }
    }

    /// What a list says of conversations that are like that.
    /// - Parameter rest: what follows the conditions.
    func listed(_ conditions: [String], _ rest: String = "") throws -> [[ConversationField]] {
        try runner.named(
            "select \(Self.columns.joined(separator: ", ")), \(outcome) as outcome from conversations "
                + "where \(conditions.joined(separator: " and "))\(rest)")
    }

    /// A row of the list with its place.
    /// - Parameter slowest: ns; nil: none is known, or not yet.
    func row(_ fields: [ConversationField], slowest: Int64? = nil) -> ConversationList.Row {
        var row = ConversationList.Row(fields: fields, duration: ConversationSums.duration(fields))
        row.slowest = slowest
        row.place = cursor(row)
        return row
    }

    /// The order without ties, and a row more than a page has.
    var ordering: String {
        let (down, up) = request.isUp ? ("asc", "desc") : ("desc", "asc")
        let start = request.order == .newest ? [] : ["start_time \(down)"]
        let order = ["\(value) \(down)"] + start + ["conversation_id \(up)", "tenant \(up)"]
        return "order by \(order.joined(separator: ", ")) limit \(request.count + 1)"
    }

    /// How many there are, of more than a page.
    private func counted() throws -> Int64 {
        let rows = try runner.rows(
            "select count(*) from conversations where \(conditions.joined(separator: " and "))")
        return Int64(clamping: rows.first?.integer(0) ?? 0)
    }

    private var outcome: String { OutcomeText.expression(request.rule, now: runner.reached) }

    private static let length = "(coalesce(last_activity_time, last_time) - start_time)"
    private static let cost = "coalesce(cost_low_usd, 0)"
    private static let errors = "coalesce(errors, 0)"

    /// What it is sorted by.
    var value: String {
        switch request.order {
        case .newest: "start_time"
        case .cost: Self.cost
        case .duration: Self.length
        case .errors: Self.errors
        case .slowest: "coalesce(slowest, \(Self.noAnswer))"
        case .last: "last_time"
        }
    }

    var conditions: [String] {
        let period = request.period
        var conditions = ["last_time >= \(SQLTexts.time(period.from))", "start_time < \(SQLTexts.time(period.to))"]
        conditions += request.texts.map { "\($0.column) = \(SQLTexts.text($0.text))" }
        if !request.idPrefix.isEmpty {
            conditions.append("starts_with(conversation_id, \(SQLTexts.text(request.idPrefix)))")
        }
        if let outcome = request.outcome { conditions.append("(\(self.outcome)) = '\(outcome.rawValue)'") }
        // Of nothing there is less than that. Columns by themselves tell which pieces of the table can have any.
        if request.errorsMin > 0 { conditions.append("errors >= \(request.errorsMin)") }
        if request.costMin > 0 { conditions.append("cost_low_usd >= \(Self.money(Int128(request.costMin)))") }
        if request.durationMin > 0 { conditions.append("\(Self.length) >= \(Self.interval(request.durationMin))") }
        return conditions
    }

    /// That it stands behind the place, or before it.
    var placeConditions: [String] {
        guard let place = request.place else { return [] }
        let start = SQLTexts.time(place.start)
        let (id, tenant) = (SQLTexts.text(place.id), SQLTexts.text(place.tenant))
        let last =
            switch request.order {
            case .newest: start
            case .cost: Self.money(place.value)
            case .duration: Self.interval(Int64(clamping: place.value))
            case .errors, .slowest: String(place.value)
            case .last: SQLTexts.time(Int64(clamping: place.value))
            }
        let (down, up) = request.isUp ? (">", "<") : ("<", ">")
        let names = "(conversation_id \(up) \(id) or conversation_id = \(id) and tenant \(up) \(tenant))"
        let ties =
            request.order == .newest
            ? names : "(start_time \(down) \(start) or start_time = \(start) and \(names))"
        return ["(\(value) \(down) \(last) or \(value) = \(last) and \(ties))"]
    }

    private static func money(_ picoUSD: Int128) -> String {
        "cast('\(DecimalText.renderUSD(picoUSD))' as numeric(38, \(DecimalText.usdScale)))"
    }

    /// A length of time to the nanosecond, which a literal of an interval has not got.
    private static func interval(_ nanoseconds: Int64) -> String {
        "(\(SQLTexts.time(nanoseconds)) - \(SQLTexts.time(0)))"
    }

    private func cursor(_ row: ConversationList.Row) -> ConversationCursor? {
        guard let start = row.fields.time("start_time"), let id = row.fields.text("conversation_id")
        else { return nil }
        let value: Int128 =
            switch request.order {
            case .newest: Int128(start)
            case .duration: Int128(row.duration)
            case .cost:
                if case .numeric(let picoUSD, _)? = row.fields.value("cost_low_usd") { picoUSD } else { 0 }
            case .errors: if case .integer(let count)? = row.fields.value("errors") { Int128(count) } else { 0 }
            case .slowest: Int128(row.slowest ?? Self.noAnswer)
            case .last: Int128(row.fields.time("last_time") ?? start)
            }
        return ConversationCursor(
            order: request.order, direction: request.direction, from: request.period.from, to: request.period.to,
            value: value, start: start, id: id, tenant: row.fields.text("tenant") ?? "")
    }

    private func addCalls(to rows: inout [ConversationList.Row]) throws {
        guard !rows.isEmpty else { return }
        let ids = Self.list(rows.compactMap { $0.fields.text("conversation_id") })
        // All their events happened in between, and most of a store did not.
        let first = rows.compactMap { $0.fields.time("start_time") }.min() ?? .min
        let last = rows.compactMap { $0.fields.time("last_time") }.max() ?? .max
        let counted = try runner.rows(
            "select conversation_id, tenant, count(*), count(*) filter (where price_state = 'unpriced'), "
                + "count(*) filter (where price_state = 'partly'), min(time) from events where price_state is not null "
                + "and time >= \(SQLTexts.time(first)) and time <= \(SQLTexts.time(last)) "
                + "and conversation_id in (\(ids)) group by 1, 2")
        var counts: [[ExactText]: ReportRow] = [:]
        for row in counted { counts[Self.name(row)] = row }
        for index in rows.indices {
            guard let row = counts[Self.name(rows[index].fields)] else { continue }
            // Of one that came back after its events were dropped they are those of its last row.
            if case .timestamptz(let begin) = row.values[5], let end = rows[index].fields.time("last_time"),
                end < begin
            {
                continue
            }
            rows[index].calls = Int64(clamping: row.integer(2))
            rows[index].unpriced = Int64(clamping: row.integer(3))
            rows[index].partly = Int64(clamping: row.integer(4))
        }
    }
}
