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
        let answers = try slowestAnswers(turnConditions + ["duration_ns >= \(least)"], atMost: Self.namesMax + 1)
        guard answers.count <= Self.namesMax else { return nil }
        // order: the list sorts them
        let found = try rows(named: answers.keys.map { $0[0] })
        return inOrder(
            zip(found, try durations(of: found, answers)).compactMap { fields, duration in
                // Of another tenant, or of before its events were dropped, there may be one of the same id that has no
                // such answer.
                guard let duration, duration >= least else { return nil }
                return row(fields, slowest: duration)
            })
    }

    /// The slowest answer of those that are like that, ns, and between which times all of these were given.
    private struct Answers {
        var slowest: Int64
        var first: Int64
        var last: Int64

        /// Whether all of them were given while a row lasted: who came back after all events were dropped has several.
        func areAll(of fields: [ConversationField]) -> Bool {
            guard let start = fields.time("start_time"), let end = fields.time("last_time") else { return true }
            return start <= first && last <= end
        }
    }

    /// The same by id and tenant.
    private func slowestAnswers(_ conditions: [String], atMost countMax: Int? = nil) throws -> [[ExactText]: Answers] {
        let limit = countMax.map { " limit \($0)" } ?? ""
        let rows = try runner.rows(
            "select conversation_id, tenant, max(duration_ns), min(time), max(time) from turns where "
                + (conditions + ["duration_ns is not null"]).joined(separator: " and ") + " group by 1, 2\(limit)")
        var found: [[ExactText]: Answers] = [:]
        for row in rows {
            guard let slowest = row.optionalNanoseconds(2), let first = row.time(3), let last = row.time(4) else {
                continue
            }
            found[Self.name(row)] = Answers(slowest: slowest, first: first, last: last)
        }
        return found
    }

    /// How long the slowest answer of each of these rows took, ns; nil: none of its own is known.
    private func durations(
        of rows: [[ConversationField]], _ answers: [[ExactText]: Answers]
    ) throws -> [Int64?] {
        let mixed = rows.filter { fields in answers[Self.name(fields)].map { !$0.areAll(of: fields) } ?? false }
        guard !mixed.isEmpty, try runner.mayRepeatConversations else {
            return rows.map { answers[Self.name($0)]?.slowest }
        }
        let ids = Self.list(mixed.compactMap { $0.text("conversation_id") })
        let told = Self.durations(try runner.rows(Self.answersByRow(["conversation_id in (\(ids))"])))
        return rows.map { fields in
            guard let answers = answers[Self.name(fields)] else { return nil }
            return answers.areAll(of: fields) ? answers.slowest : told[RowName(fields)] ?? nil
        }
    }

    /// What tells rows of `conversations` apart, also those of who came back after all events were dropped.
    private struct RowName: Hashable {
        var name: [ExactText]
        /// ns since 1970 UTC.
        var start: Int64?

        init(_ fields: [ConversationField]) {
            (name, start) = (ListedConversations.name(fields), fields.time("start_time"))
        }

        init(_ row: ReportRow) {
            (name, start) = (ListedConversations.name(row), row.time(2))
        }
    }

    /// The slowest answer of each row of conversations, put to it by when it was given.
    /// - Parameter conditions: of turns and of conversations.
    private static func answersByRow(_ conditions: [String]) -> String {
        let asked = conditions.joined(separator: " and ")
        return "select conversation_id as of_conversation, tenant as of_tenant, row_start as of_start, "
            + "max(duration_ns) as slowest from turns join (select conversation_id as row_conversation, "
            + "tenant as row_tenant, start_time as row_start, last_time as row_end from conversations"
            + "\(asked.isEmpty ? "" : " where \(asked)")) as rows_of_conversations "
            + "on row_conversation = conversation_id and row_tenant = tenant "
            + "where time >= row_start and time <= row_end\(asked.isEmpty ? "" : " and \(asked)") group by 1, 2, 3"
    }

    /// By row what stands in the fourth column.
    private static func durations(_ rows: [ReportRow]) -> [RowName: Int64?] {
        var found: [RowName: Int64?] = [:]
        for row in rows { found[RowName(row)] = .some(row.optionalNanoseconds(3)) }
        return found
    }

    /// The rows of conversations with these ids.
    private func rows(named ids: [ExactText]) throws -> [[ConversationField]] {
        if ids.isEmpty { return [] }
        let names = Self.list(ids.map(\.text))
        return try listed(conditions + ["conversation_id in (\(names))"])
    }

    /// These from the place on: at most a row more than a page has.
    private func inOrder(_ rows: [ConversationList.Row]) -> [ConversationList.Row] {
        let ordered = rows.filter { $0.place.map(isBehindPlace) ?? false }.sorted { left, right in
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
        // Whose answer it was is told by its time where a conversation may have several rows.
        let isApart = try runner.mayRepeatConversations
        let answers =
            isApart
            ? Self.answersByRow(turnConditions)
            : "select conversation_id as of_conversation, tenant as of_tenant, max(duration_ns) as slowest "
                + "from turns\(ofTurns) group by 1, 2"
        let told = try runner.rows(
            "select conversation_id, tenant, start_time, \(value) from conversations left join (\(answers)) "
                + "as answered on of_conversation = conversation_id and of_tenant = tenant"
                + "\(isApart ? " and of_start = start_time" : "") "
                + "where \((conditions + placeConditions).joined(separator: " and ")) \(ordering)")
        let durations = Self.durations(told)
        // order: the list sorts them
        let found = try rows(named: durations.keys.map { $0.name[0] })
        return inOrder(
            found.compactMap { fields in
                durations[RowName(fields)].flatMap(\.self).map {
                    row(fields, slowest: $0 == Self.noAnswer ? nil : $0)
                }
            })
    }

    /// What a list that is in another order says of its rows besides.
    func addAnswers(to rows: inout [ConversationList.Row]) throws {
        guard !rows.isEmpty else { return }
        // Tenants may have ids in common, each of them thousands.
        var conditions = ["conversation_id", "tenant"].map { column in
            "\(column) in (\(Self.list(rows.map { $0.fields.text(column) ?? "" })))"
        }
        // All their turns are of that time, and most of a store is not.
        if let first = rows.compactMap({ $0.fields.time("start_time") }).min(),
            let last = rows.compactMap({ $0.fields.time("last_time") }).max()
        {
            conditions += ["time >= \(SQLTexts.time(first))", "time <= \(SQLTexts.time(last))"]
        }
        let slowest = try durations(of: rows.map(\.fields), try slowestAnswers(conditions))
        for (index, duration) in slowest.enumerated() { rows[index].slowest = duration }
    }

    /// Id and tenant.
    static func name(_ fields: [ConversationField]) -> [ExactText] {
        ["conversation_id", "tenant"].map { ExactText(fields.text($0) ?? "") }
    }

    /// The same of an answer whose first columns they are.
    static func name(_ row: ReportRow) -> [ExactText] { [0, 1].map { ExactText(row.text($0) ?? "") } }

    /// Ids as a list in SQL, each once.
    static func list(_ ids: [String]) -> String {
        Set(ids.map { ExactText($0) }).sorted().map { SQLTexts.text($0.text) }.joined(separator: ", ")
    }
}
