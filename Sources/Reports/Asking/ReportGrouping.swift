import Columnar
import Domain
import Execution
import JSONTexts

/// The dimensions of a breakdown, in order, and the clock by which its hours, days, weeks and months begin.
struct ReportGrouping {
    let dimensions: [ReportDimension]
    let clock: WallClock
    var model = DisplayedModelName.answering
    /// The groups that are told one by one; nil: all.
    var listed: ListedGroups?
    /// Whether times are hours of UTC, whatever the dimensions and the clock.
    var isByHours = false

    /// No breakdown.
    /// - Throws: nothing that can happen: everybody knows UTC.
    static func whole() throws -> ReportGrouping { ReportGrouping(dimensions: [], clock: try WallClock(zone: "UTC")) }

    /// One group of everything.
    var isWhole: Bool { dimensions.isEmpty }
    /// How many columns of an answer the key takes; figures come after them.
    var width: Int { dimensions.count + (listed == nil ? 0 : 1) }
    /// Whether a dimension is known of calls only.
    var isOfCalls: Bool { dimensions.contains(where: \.isOfCalls) }

    /// As sections are called.
    var name: String { "by_" + dimensions.map(\.rawValue).joined(separator: "_") }
    /// As tables print it.
    var title: String { "By " + dimensions.map(word).joined(separator: ", ") }
    var columns: [ReportColumn] { dimensions.map { ReportColumn($0.rawValue, word($0), isKey: true) } }
    /// What people call a dimension: of a model whether it is the one that was asked for.
    private func word(_ dimension: ReportDimension) -> String {
        if dimension == .model, model == .askedFor { return "model asked for" }
        return dimension.rawValue.replacing("_", with: " ")
    }

    /// What dimensions mean that no event says by itself.
    var definitions: [ReportDefinition] {
        var definitions: [ReportDefinition] = []
        if dimensions.contains(where: \.isTime) {
            definitions.append(
                ReportDefinition(
                    "month, week, day, hour",
                    "by the clock of the report's zone; a week by its Monday; an hour with its offset from UTC"))
        }
        let told = dimensions.filter { $0.isOfConversations && $0 != .topic }
        if !told.isEmpty {
            definitions.append(
                ReportDefinition(
                    told.map(\.rawValue).joined(separator: ", "),
                    "as the call, question or answer says itself, else as its conversation does: the first that an event of it names"
                ))
        }
        if dimensions.contains(.topic) {
            definitions.append(ReportDefinition("topic", "of the conversation: the last one that events name"))
        }
        if let listed { definitions.append(listed.definition) }
        return definitions
    }

    /// How a table is read so that its rows know their key: with what their conversations say where a row of the period
    /// lacks something that these may know. Where none does the table stands alone, so that rollups can answer.
    /// - Parameter time: the column by which rows count.
    /// - Throws: as `ReportRunner/report(_:_:)`.
    func source(_ table: String, time: String, of period: ReportPeriod, runner: ReportRunner) throws -> GroupedSource {
        let asked = dimensions.filter(\.isOfConversations)
        guard table != "conversations", try lacks(asked, table, time: time, of: period, runner: runner) else {
            return source(table, expressions(of: table, time: time))
        }
        return source(
            table
                + ReportDimension.join(
                    asked, from: runner.whole("conversations"), isOnce: try !runner.mayRepeatConversations),
            expressions(of: table, time: time, isJoined: true))
    }

    private func expressions(of table: String, time: String, isJoined: Bool = false) -> [String] {
        dimensions.map { dimension in
            isByHours && dimension.isTime
                ? "date_bin(interval '1 hour', \(time), \(SQLTexts.time(0)))"
                : dimension.expression(of: table, time: time, model: model, isJoined: isJoined)
        }
    }

    /// The same by hours of UTC in the place of longer or other times; nil where no times tell groups apart, or not all
    /// groups are told.
    var byHours: ReportGrouping? {
        guard listed == nil, dimensions.contains(where: \.isTime) else { return nil }
        var hours = self
        hours.isByHours = true
        return hours
    }

    /// - Parameter cells: those of the key, in SQL.
    private func source(_ text: String, _ cells: [String]) -> GroupedSource {
        listed?.source(text, cells, dimensions)
            ?? GroupedSource(text: text, selection: cells.map { $0 + ", " }.joined())
    }

    /// Whether a row of the period that belongs to a conversation does not say all of its key itself.
    private func lacks(
        _ asked: [ReportDimension], _ table: String, time: String, of period: ReportPeriod, runner: ReportRunner
    ) throws -> Bool {
        // No event carries a topic but the one that classifies.
        if asked.isEmpty || asked.contains(.topic) { return !asked.isEmpty }
        let isMissing = asked.map { "\($0.rawValue) is null" }.joined(separator: " or ")
        return try !runner.rows(
            "select 1 from \(table) where \(period.contains(time)) and conversation_id is not null and (\(isMissing)) limit 1"
        ).isEmpty
    }

    /// The clause that follows; empty for one group.
    var clause: String { isWhole ? "" : " group by " + (1...width).map(String.init).joined(separator: ", ") }

    /// The key of a row that begins with it.
    func key(_ row: ReportRow) -> GroupKey {
        if listed != nil, row.flag(0) { return GroupKey(cells: dimensions.map { _ in .other }) }
        return GroupKey(cells: row.values[(width - dimensions.count)..<width].map(GroupCell.init))
    }

    /// The key as the first cells of a row.
    func values(_ key: GroupKey) -> [ReportValue] {
        zip(dimensions, key.cells).enumerated().map { place, pair in
            let (dimension, cell) = pair
            return switch cell {
            case .none: .none
            case .other: place == 0 ? .optional(listed?.othersName) : .none
            case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
            case .time(let time): .text(text(dimension, time))
            }
        }
    }

    /// Of what time groups are; empty where times tell none apart.
    /// - Parameter finished: up to when all is known that there will be (ns since 1970 UTC).
    func spans(_ keys: [GroupKey], of period: ReportPeriod, finished: Int64) -> [ReportSpan?] {
        guard dimensions.contains(where: \.isTime) else { return [] }
        let reader = TimeReader(clock: clock, now: finished)
        return keys.map { key in
            var span: ReportSpan?
            for (dimension, cell) in zip(dimensions, key.cells) {
                guard let unit = dimension.timeUnit else { continue }
                guard case .time(let time) = cell, let start = reader.rounded(time, unit, isEnd: false),
                    let end = reader.rounded(time, unit, isEnd: true)
                else { return nil }
                span = ReportSpan(
                    from: max(start, span?.from ?? start), to: min(end, span?.to ?? end), isInPart: false)
            }
            guard let whole = span else { return nil }
            span?.isInPart = whole.from < period.from || whole.to > min(period.to, finished)
            return span
        }
    }

    /// Days and weeks as the date of their first day, months without a day, hours with the zone's offset: the hour that
    /// autumn repeats is two.
    private func text(_ dimension: ReportDimension, _ time: Int64) -> String {
        let offset = clock.offsetSeconds(at: time)
        let reading = RFC3339.render(time, offsetSeconds: offset)
        switch dimension {
        case .month: return String(reading.prefix(7))
        case .hour: return String(reading.prefix(19)) + RFC3339.renderOffset(offset)
        default: return String(reading.prefix(10))
        }
    }
}

/// A table in a question by groups.
struct GroupedSource {
    /// What stands behind `from`.
    var text: String
    /// The key as the beginning of what is selected, with a comma behind it.
    var selection: String
}

extension ReportRunner {
    /// Whether a conversation may have several rows: it has where it came back after all of its events were dropped.
    /// - Throws: as ``report(_:_:)``.
    var mayRepeatConversations: Bool {
        get throws {
            guard catalog.table(named: "system_events") != nil else { return false }
            return try !rows("select 1 from system_events where type = '\(RetentionLimits.recordType)' limit 1").isEmpty
        }
    }
}
