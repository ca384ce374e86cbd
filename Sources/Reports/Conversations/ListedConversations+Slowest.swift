import Bytes

/// Conversations by the answer that took longest of all theirs.
///
/// No table has that beside the rest of a conversation. It is looked for among the slowest answers alone: of a
/// conversation that has one of them, its slowest is among them, too. Where filters let few of these through, a list
/// begins with the quickest, or a page lies far behind, all answers are put to their conversations at once.
extension ListedConversations {
    /// What stands for the slowest answer where there is none, ns: before any there is, so that it comes behind all.
    static let noAnswer: Int64 = -1
    /// So many answers are looked at for each row of a page.
    private static let answersPerRow = 4
    /// More conversations than this take longer to look up by their names than all answers to put to them.
    private static let namesMax = 1_000

    /// A row more than a page has, if there is one, from the place on.
    /// - Throws: what questions throw.
    func bySlowestAnswer() throws -> [ConversationList.Row] {
        if request.isUp {
            // What stands before a place has an answer that took as long as its, or longer.
            if let place = request.place, let rows = try rows(withAnswersOf: Int64(clamping: place.value)) {
                return rows
            }
        } else if !isFiltered, let least = try duration(ofAnswer: Self.answersPerRow * (request.count + 1)),
            let rows = try rows(withAnswersOf: least), rows.count > request.count
        {
            return rows
        }
        return try rowsOfAll()
    }

    /// Whether something is asked that a turn does not say.
    private var isFiltered: Bool {
        request.texts.contains { $0.column != "tenant" } || request.outcome != nil || request.errorsMin > 0
            || request.costMin > 0 || request.durationMin > 0
    }

    /// What every question here says of turns: whose they are says their conversation, too.
    private var turnConditions: [String] {
        var conditions = request.texts.filter { $0.column == "tenant" }.map { "tenant = \(SQLTexts.text($0.text))" }
        if !request.idPrefix.isEmpty {
            conditions.append("starts_with(conversation_id, \(SQLTexts.text(request.idPrefix)))")
        }
        return conditions
    }

    /// How long the answer took that is so many-th of the period, the slowest first, of those that are no slower than
    /// the place; nil: there are fewer.
    private func duration(ofAnswer number: Int) throws -> Int64? {
        let period = request.period
        let slower = request.place.map { ["duration_ns <= \(Int64(clamping: $0.value))"] } ?? []
        let conditions =
            turnConditions + slower + ["time >= \(SQLTexts.time(period.from))", "time < \(SQLTexts.time(period.to))"]
        let rows = try runner.rows(
            "select duration_ns from turns where \(conditions.joined(separator: " and ")) "
                + "order by duration_ns desc nulls last limit \(number)")
        return rows.count == number ? rows[number - 1].optionalNanoseconds(0) : nil
    }

    /// The conversations that have an answer which took so long, from the place on: at most a row more than a page has.
    /// nil: these are too many to be looked up, or include those without an answer.
    private func rows(withAnswersOf least: Int64) throws -> [ConversationList.Row]? {
        guard least > 0 else { return nil }
        let slowest = try slowestAnswers(turnConditions + ["duration_ns >= \(least)"], atMost: Self.namesMax + 1)
        return slowest.count > Self.namesMax ? nil : try rows(of: slowest)
    }

    /// By id and tenant the slowest answer of those that are like that, ns.
    /// - Parameter countMax: of no more conversations; nil: of all.
    private func slowestAnswers(
        _ conditions: [String], atMost countMax: Int? = nil
    ) throws -> [[ExactText]: Int64] {
        let limit = countMax.map { " limit \($0)" } ?? ""
        let rows = try runner.rows(
            "select conversation_id, tenant, max(duration_ns) from turns "
                + "where \(conditions.joined(separator: " and ")) group by 1, 2\(limit)")
        return Self.durations(rows)
    }

    private static func durations(_ rows: [ReportRow]) -> [[ExactText]: Int64] {
        var found: [[ExactText]: Int64] = [:]
        for row in rows {
            guard let duration = row.optionalNanoseconds(2) else { continue }
            found[[ExactText(row.text(0) ?? ""), ExactText(row.text(1) ?? "")]] = duration
        }
        return found
    }

    /// The rows of these conversations, in order, from the place on: at most a row more than a page has.
    private func rows(of slowest: [[ExactText]: Int64]) throws -> [ConversationList.Row] {
        if slowest.isEmpty { return [] }
        // order: the list sorts them
        let names = Self.list(slowest.keys.map { $0[0].text })
        let found = try runner.named(
            "select \(Self.columns.joined(separator: ", ")), \(outcome) as outcome from conversations "
                + "where \((conditions + ["conversation_id in (\(names))"]).joined(separator: " and "))")
        let rows = found.compactMap { fields -> ConversationList.Row? in
            // Of another tenant there may be one of the same id that has no such answer.
            guard let duration = slowest[Self.name(fields)] else { return nil }
            var row = ConversationList.Row(fields: fields, duration: ConversationSums.duration(fields))
            row.slowest = duration == Self.noAnswer ? nil : duration
            row.place = cursor(row)
            return row.place.map(isBehindPlace) == true ? row : nil
        }
        let ordered = rows.sorted { left, right in
            guard let left = left.place, let right = right.place else { return false }
            return precedes(left, right)
        }
        return Array(ordered.prefix(request.count + 1))
    }

    private func precedes(_ left: ConversationCursor, _ right: ConversationCursor) -> Bool {
        request.isUp ? right.stands(beforeInDescent: left) : left.stands(beforeInDescent: right)
    }

    private func isBehindPlace(_ cursor: ConversationCursor) -> Bool {
        request.place.map { precedes($0, cursor) } ?? true
    }

    /// The same where every answer is put to its conversation.
    private func rowsOfAll() throws -> [ConversationList.Row] {
        let ofTurns = turnConditions.isEmpty ? "" : " where \(turnConditions.joined(separator: " and "))"
        let found = try runner.rows(
            "select conversation_id, tenant, \(value) from conversations left join (select conversation_id "
                + "as of_conversation, tenant as of_tenant, max(duration_ns) as slowest from turns\(ofTurns) "
                + "group by 1, 2) as answered on of_conversation = conversation_id and of_tenant = tenant "
                + "where \((conditions + placeConditions).joined(separator: " and ")) \(ordering)")
        return try rows(of: Self.durations(found))
    }

    /// What a list that is in another order says of its rows besides.
    func addAnswers(to rows: inout [ConversationList.Row]) throws {
        guard !rows.isEmpty else { return }
        var conditions = ["conversation_id in (\(Self.list(rows.compactMap { $0.fields.text("conversation_id") })))"]
        // All their turns are of that time, and most of a store is not.
        if let first = rows.compactMap({ $0.fields.time("start_time") }).min(),
            let last = rows.compactMap({ $0.fields.time("last_time") }).max()
        {
            conditions += ["time >= \(SQLTexts.time(first))", "time <= \(SQLTexts.time(last))"]
        }
        let slowest = try slowestAnswers(conditions)
        for index in rows.indices { rows[index].slowest = slowest[Self.name(rows[index].fields)] }
    }

    /// Id and tenant.
    static func name(_ fields: [ConversationField]) -> [ExactText] {
        ["conversation_id", "tenant"].map { ExactText(fields.text($0) ?? "") }
    }

    /// Ids as a list in SQL, each once.
    static func list(_ ids: [String]) -> String {
        Set(ids.map { ExactText($0) }).sorted().map { SQLTexts.text($0.text) }.joined(separator: ", ")
    }
}
