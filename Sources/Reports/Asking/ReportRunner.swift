import Bytes
package import Columnar
package import Domain
import JSONTexts
package import Plans
import SQLText

/// Answers reports over one snapshot: SQL composed here, compiled, answered by an engine.
package struct ReportRunner: Sendable {
    let catalog: any TableCatalog
    private let engine: any QueryEngine
    /// Zone in which the questions of a report cut hours, days, weeks and months.
    private var timeZone = "UTC"
    /// Memory of each question, and the time of all of them.
    let options: QueryOptions
    /// How many groups reports list.
    let limits: ListingLimits
    /// After so many rows of an answer whoever reads them looks whether they are still wanted.
    private static let rowsPerLook = 1_024
    /// How conversations are judged; reports say so.
    let outcomes: OutcomeSettings
    /// Of which rows its questions are; nil: of all.
    private(set) var filter: FilteredTables?
    /// What answers of the report's questions lack.
    private var missing = Notices()
    /// What they were, where they are short.
    private var known = KnownAnswers()

    /// - Parameters:
    ///   - engine: answers the questions that a report consists of.
    ///   - limits: how many groups are told one by one.
    ///   - options: memory of each question, and the time of all of them where it runs already (`startingClock(_:)`),
    ///     else of each; its time zone is not used, a request names its own.
    package init(
        catalog: any TableCatalog, engine: any QueryEngine, options: QueryOptions = QueryOptions(),
        outcomes: OutcomeSettings = .standard, limits: ListingLimits = ListingLimits()
    ) {
        self.limits = limits
        self.outcomes = outcomes
        self.catalog = catalog
        self.engine = engine
        self.options = options
    }

    /// One of the reports with a name.
    /// - Throws: ``ReportError``; `QueryError` out of time, memory or cancelled; corruption errors of the store as they
    ///   come.
    package func report(_ kind: ReportKind, _ request: ReportRequest) throws -> Report {
        var runner = self
        runner.timeZone = request.timeZone
        if !request.filters.isEmpty {
            runner.filter = FilteredTables(filters: request.filters, model: kind == .sla ? .askedFor : .answering)
        }
        // Reports that judge nothing refuse a version that there is not, too.
        if kind != .sla, let number = request.objectives { try runner.checkObjectives(number) }
        return try runner.noting { runner in
            var report: Report =
                switch kind {
                case .sla: try ServiceLevelReport(runner: runner, request: request).report()
                case .cost: try CostReport(runner: runner, request: request).report()
                case .outcomes: try OutcomeReport(runner: runner, request: request).report()
                }
            if let filters = runner.filter?.filters { report.definitions.append(filters.definition) }
            if let definition = report.definitionOfParts { report.definitions.append(definition) }
            return report
        }
    }

    /// A report with what its questions could not be shown: its figures are not of that.
    private func noting(_ report: (ReportRunner) throws -> Report) rethrows -> Report {
        let runner = asking
        var report = try report(runner)
        report.notices = runner.notices
        guard !report.notices.isEmpty else { return report }
        let missing = report.notices.joined(separator: "; ")
        report.basis.exactness = "not of everything, as \(missing); what could be read: \(report.basis.exactness)"
        return report
    }

    /// This runner, which has asked nothing yet.
    var asking: ReportRunner {
        var runner = self
        (runner.missing, runner.known) = (Notices(), KnownAnswers())
        return runner
    }

    /// What belongs to the answers so far and could not be shown, a line each; mostly nothing.
    var notices: [String] { missing.lines }

    /// Says what belongs to an answer and is not in it.
    /// - Parameter line: goes on after "not of everything, as".
    func note(_ line: String) { missing.add(line) }

    /// Up to when the log knows that time has passed (ns since 1970 UTC): what silence and waiting mean is judged by
    /// it, so that a store that nobody serves answers the same on every day.
    var reached: Int64 { catalog.watermark }

    /// Up to when figures change no more but by what comes late (ns since 1970 UTC).
    var finished: Int64 { min(now, reached) }

    /// The instant at which deadlines are judged (ns since 1970 UTC).
    var now: Int64 { catalog.now }

    /// The hour up to an instant (nil: now) beside the same hour a week before, and what changed.
    /// - Throws: as ``report(_:_:)``.
    package func status(to: Int64? = nil) throws -> Report {
        try noting { try StatusReport(runner: $0, to: to).report() }
    }

    /// How error budgets stand.
    /// - Parameters:
    ///   - objectives: whose; nil: those that follow from the set in force at the end.
    ///   - to: end of the windows; nil: now.
    ///   - timeZone: IANA name of the zone in which the period is told; windows of the calendar have their own.
    /// - Throws: as ``report(_:_:)``.
    package func budgets(
        of objectives: [ServiceLevelObjective]? = nil, to: Int64? = nil, timeZone: String = "UTC"
    ) throws -> Report {
        var runner = self
        runner.timeZone = timeZone
        return try runner.noting { runner in
            let asked =
                try objectives
                ?? runner.objectives(ReportPeriod(Nanoseconds.hour, upTo: to ?? runner.now)).set.serviceLevelObjectives
            return try BudgetReport(runner: runner, objectives: asked, to: to).report()
        }
    }

    /// How many ends of windows ``budgetHistory(endingAt:timeZone:)`` tells at one time.
    package static let budgetEndsMax = BudgetHistory.endsMax

    /// How much of each error budget was left when earlier windows of it ended, by the objectives in force then.
    /// - Parameters:
    ///   - ends: ends of the windows; each is told for itself.
    ///   - timeZone: IANA name of the zone in which times are told.
    /// - Throws: ``ReportError`` for too many ends; as ``report(_:_:)``.
    package func budgetHistory(endingAt ends: [Int64], timeZone: String = "UTC") throws -> Report {
        var runner = self
        runner.timeZone = timeZone
        return try runner.noting { try BudgetHistory(runner: $0, ends: ends).report() }
    }

    /// What came in a period, what of it answers lack, and for each the line to change.
    /// - Parameters:
    ///   - from: nil: an hour before the end.
    ///   - to: nil: now.
    ///   - live: what a server knows besides; nil: nobody serves the store.
    ///   - prices: names of models that have a price.
    /// - Throws: as ``report(_:_:)``.
    package func doctor(
        from: Int64? = nil, to: Int64? = nil, live: LiveFigures? = nil, prices: PriceBook = PriceBook()
    ) throws -> Report {
        let hour = ReportPeriod(Nanoseconds.hour, upTo: to ?? now)
        let period = try ReportRequest(from: from ?? hour.from, to: hour.to).period(now: now)
        return try noting { try DoctorReport(runner: $0, period: period, live: live, book: prices).report() }
    }

    /// Whether there is time left for work between questions.
    /// - Throws: `QueryError` out of time or cancelled.
    func check() throws(QueryError) { try options.check() }

    /// Books what is made of answers, for as long as it is held.
    /// - Returns: nil where nobody shares memory.
    /// - Throws: `.memoryExceeded` where others hold it.
    func holding(_ bytes: Int) throws(QueryError) -> MemoryBooking? {
        guard let pool = options.memoryPool else { return nil }
        let booking = MemoryBooking(in: pool)
        guard booking.change(to: bytes) else { throw QueryError.memoryTaken }
        return booking
    }

    /// The rows of one question. What several sections of a report ask in the same words is answered once.
    /// - Throws: `QueryError`, ``QueryError/tooManyGroups`` for more rows than so many; corruption errors of the store.
    func rows(_ sql: String, atMost rowsMax: Int = .max) throws -> [ReportRow] {
        let sql = try filtered(sql)
        if let rows = known.rows(of: sql) { return rows }
        let result = try answer(composed: sql)
        if result.notices.contains(where: { $0.contains(RetentionLimits.recordType) }) { known.noteLack(of: sql) }
        let chunks = result.chunks
        guard chunks.reduce(0, { $0 + $1.rowCount }) <= rowsMax else { throw QueryError.tooManyGroups }
        let rows = try chunks.flatMap { chunk in
            try (0..<chunk.rowCount).map { row in
                if row % Self.rowsPerLook == 0 { try check() }
                return ReportRow(values: chunk.columns.map { $0.scalar(at: row) })
            }
        }
        known.add(rows, of: sql)
        return rows
    }

    /// Whether the answer of a question that was asked by ``rows(_:atMost:)`` lacks events that retention dropped.
    func lacksEvents(_ sql: String) throws -> Bool { known.lacksEvents(try filtered(sql)) }

    /// Looks at the rows of one question one after the other: these are many, and never all at hand as rows.
    /// - Throws: as ``rows(_:atMost:)``, and what `body` does.
    func forEachRow(of sql: String, _ body: (ReportRow) throws -> Void) throws {
        for chunk in try answer(sql).chunks {
            try check()
            for row in 0..<chunk.rowCount { try body(ReportRow(values: chunk.columns.map { $0.scalar(at: row) })) }
        }
    }

    /// Asks what a report will ask, several questions at one time: each finds its answer known when its turn comes.
    /// What fails is asked again in its place and fails there, so that a report fails as if nobody had asked ahead.
    /// - Parameter jobs: of questions in the very words in which they will be asked; the longest first.
    /// - Throws: `QueryError` out of time or cancelled.
    func askAhead(_ jobs: [@Sendable () throws -> Void]) throws(QueryError) {
        engine.together(jobs.count) { index in try? jobs[index]() }
        try check()
    }

    /// The same with names, nulls left out.
    func named(_ sql: String) throws -> [[ConversationField]] {
        let result = try answer(sql)
        return try result.chunks.flatMap { chunk in
            try (0..<chunk.rowCount).map { row in
                if row % Self.rowsPerLook == 0 { try check() }
                return zip(result.columns, chunk.columns).compactMap { column, vector in
                    let value = vector.scalar(at: row)
                    return value.isNull ? nil : ConversationField(name: column.name, value: value)
                }
            }
        }
    }

    /// The answer of one question as the engine gives it, which is not kept.
    /// - Throws: `QueryError`; corruption errors of the store.
    func answer(_ sql: String) throws -> ResultSet { try answer(composed: filtered(sql)) }

    /// A question of the rows alone that filters let through.
    private func filtered(_ sql: String) throws -> String {
        guard let filter else { return sql }
        var unfiltered = self
        unfiltered.filter = nil
        return try filter.question(
            sql, tables: catalog.tableNames, columns: catalog.columns(ofTable:),
            isOnce: { try !unfiltered.mayRepeatConversations }
        ) { told, table in
            let isMissing = told.map { "\($0.rawValue) is null" }.joined(separator: " or ")
            return try !unfiltered.rows(
                "select 1 from \(table) where conversation_id is not null and (\(isMissing)) limit 1"
            ).isEmpty
        }
    }

    /// As a question names a table in which rows that filters let through are looked up: all of it.
    func whole(_ table: String) -> String { filter == nil ? table : FilteredTables.whole(table) }

    /// Whether filters are of what only calls say of themselves.
    var isOfCalls: Bool { filter?.filters.isOfCalls ?? false }

    private func answer(composed sql: String) throws -> ResultSet {
        let statement = try SQLCompiler(catalog: catalog, timeZone: timeZone, within: options).compile(sql)
        guard case .query(let plan) = statement else { preconditionFailure("reports only ask") }
        var options = options
        options.timeZone = timeZone
        let result = try engine.run(plan, catalog: catalog, options: options)
        result.notices.forEach(missing.add)
        return result
    }

    func basis(_ period: ReportPeriod, exactness: String) -> ReportBasis {
        ReportBasis(
            position: catalog.position, watermark: catalog.watermark, from: period.from, to: period.to,
            now: catalog.now,
            timeZone: timeZone, filters: filter?.filters ?? ReportFilters(), exactness: exactness)
    }
}

/// One row of an answer, read by place.
struct ReportRow {
    var values: [Scalar]

    /// A count or sum of integers; 0 where null.
    func integer(_ place: Int) -> Int128 { optionalInteger(place) ?? 0 }

    /// An integer, nil where null.
    func optionalInteger(_ place: Int) -> Int128? {
        switch values[place] {
        case .integer(let value): Int128(value)
        case .numeric(let mantissa, let scale) where scale == 0: mantissa
        default: nil
        }
    }

    /// An integer of 64 bits, nil where null.
    func optionalNanoseconds(_ place: Int) -> Int64? { optionalInteger(place).flatMap { Int64(exactly: $0) } }

    /// The integers of an array; none where null.
    func nanoseconds(_ place: Int) -> [Int64?] {
        guard case .array(let elements) = values[place] else { return [] }
        return elements.map { element in if case .integer(let value) = element { value } else { nil } }
    }

    /// Money in pico-USD; 0 where null.
    func picoUSD(_ place: Int) -> Int128 { optionalPicoUSD(place) ?? 0 }

    /// Money in pico-USD; nil where null.
    func optionalPicoUSD(_ place: Int) -> Int128? {
        guard case .numeric(let mantissa, let scale) = values[place] else { return nil }
        precondition(scale == DecimalText.usdScale, "money has twelve decimals")
        return mantissa
    }

    /// A truth value; false where null.
    func flag(_ place: Int) -> Bool {
        if case .boolean(let flag) = values[place] { flag } else { false }
    }

    /// A text to be shown, nil where null. What rows are told apart by is a ``GroupKey``.
    func text(_ place: Int) -> String? {
        if case .text(let text) = values[place] { text } else { nil }
    }

    /// The times of an array; none where null.
    func times(_ place: Int) -> [Int64] {
        guard case .array(let elements) = values[place] else { return [] }
        return elements.compactMap { element in if case .timestamptz(let time) = element { time } else { nil } }
    }

    /// A time, nil where null.
    func time(_ place: Int) -> Int64? {
        if case .timestamptz(let time) = values[place] { time } else { nil }
    }
}

/// Literals in SQL.
enum SQLTexts {
    /// An instant.
    static func time(_ nanoseconds: Int64) -> String { "timestamptz '\(RFC3339.render(nanoseconds))'" }
    /// A text in quotes, whatever it holds.
    static func text(_ value: String) -> String {
        "'" + value.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined() + "'"
    }
}
