import Bytes
package import Domain
package import Execution
import JSONTexts
import Plans

/// What a report is asked for.
package struct ReportRequest: Hashable, Sendable {

    /// Start of the period, inclusive; nil: 30 days before its end.
    package var from: Int64?
    /// End of the period, exclusive; nil: now.
    package var to: Int64?
    /// Empty: no breakdown, or the report's own.
    package var by: [ReportDimension]
    /// What counts as resolved.
    package var rule: OutcomeRule
    /// IANA name of the zone by which hours, days, weeks and months begin.
    var timeZone: String
    /// Version of the objectives that judge; nil: the one in force at the period's end.
    package var objectives: Int?
    /// Of which rows the report is.
    var filters = ReportFilters()

    /// The 30 days up to now, whole, in UTC, but for what is given.
    package init(
        from: Int64? = nil, to: Int64? = nil, by: [ReportDimension] = [], rule: OutcomeRule = .house1,
        timeZone: String = "UTC",
        objectives: Int? = nil
    ) {
        (self.from, self.to, self.by, self.rule, self.timeZone, self.objectives) = (
            from, to, by, rule, timeZone, objectives
        )
    }

    /// Reads the texts of a command line or a URL; nil where nothing was said.
    /// - Parameters:
    ///   - by: names of dimensions, each text one or several with commas between them.
    ///   - filters: each `name=value`, see ``ReportFilters``.
    /// - Throws: ``ReportError`` saying what is known or how a time is written.
    package init(
        kind: ReportKind, from: String?, to: String?, by: [String], filters: [String] = [], rule: String?,
        timeZone: String?, objectives: String? = nil, now: Int64
    ) throws(ReportError) {
        self.init(timeZone: timeZone ?? "UTC")
        let clock = try Self.clock(self.timeZone)
        if let from { self.from = try PeriodText.parse(from, now: now, clock: clock) }
        if let to { self.to = try PeriodText.parse(to, now: now, clock: clock, isEnd: true) }
        self.by = try Self.dimensions(by, of: kind)
        self.filters = try ReportFilters(filters, of: kind)
        if let rule {
            guard let known = OutcomeRule(rawValue: rule) else {
                throw ReportError(
                    message: "there is no outcome rule \(rule)",
                    hint: nameHint(to: rule, known: OutcomeRule.allCases.map(\.rawValue)))
            }
            self.rule = known
        }
        if let objectives {
            guard let number = Int(objectives), number > 0 else {
                throw ReportError(
                    message: "\(objectives) is no version of the objectives", hint: "versions are numbers from 1")
            }
            self.objectives = number
        }
    }

    private static func dimensions(_ texts: [String], of kind: ReportKind) throws(ReportError) -> [ReportDimension] {
        var found: [ReportDimension] = []
        for text in texts {
            for name in text.split(separator: ",", omittingEmptySubsequences: false) {
                let dimension = try kind.dimension(named: String(name))
                guard !found.contains(dimension) else {
                    throw ReportError(
                        message: "\(dimension.rawValue) is asked for twice", hint: "name each dimension once")
                }
                found.append(dimension)
            }
        }
        return found
    }

    /// The clock of a zone, by its IANA name.
    /// - Throws: ``ReportError`` for a name that no zone has.
    package static func clock(_ name: String) throws(ReportError) -> WallClock {
        do {
            return try WallClock(zone: name)
        } catch {
            throw ReportError(message: "there is no time zone \(name)", hint: "use an IANA name such as Europe/Berlin")
        }
    }

    /// The breakdown asked for.
    /// - Throws: ``ReportError`` for a zone that does not exist, and for a dimension that the report lacks.
    func grouping(of kind: ReportKind, model: DisplayedModelName = .answering) throws(ReportError) -> ReportGrouping {
        for dimension in by { _ = try kind.dimension(named: dimension.rawValue) }
        return ReportGrouping(dimensions: by, clock: try Self.clock(timeZone), model: model)
    }

    /// The period at an instant.
    /// - Throws: ``ReportError`` when it ends before it starts.
    func period(now: Int64) throws(ReportError) -> ReportPeriod {
        let end = to ?? now
        let period = from.map { ReportPeriod(from: $0, to: end) } ?? ReportPeriod(30 * Nanoseconds.day, upTo: end)
        guard period.from < end else {
            throw ReportError(
                message: "the period \(RFC3339.render(period.from)) to \(RFC3339.render(end)) holds no time",
                hint: "from must lie before to")
        }
        return period
    }
}

/// A span of time, start inclusive, end exclusive (ns since 1970 UTC).
struct ReportPeriod: Hashable, Sendable {
    var from: Int64
    var to: Int64

    /// The condition in SQL that a column lies within.
    func contains(_ column: String) -> String {
        "\(column) >= \(SQLTexts.time(from)) and \(column) < \(SQLTexts.time(to))"
    }

    init(from: Int64, to: Int64) { (self.from, self.to) = (from, to) }

    /// The last so many ns before an instant, as far as times reach.
    init(_ nanoseconds: Int64, upTo end: Int64) { self.init(from: end.saturatingSubtract(nanoseconds), to: end) }

    /// The same span so much later.
    func moved(byNanoseconds shift: Int64) -> ReportPeriod {
        ReportPeriod(from: from.saturatingAdd(shift), to: to.saturatingAdd(shift))
    }

    /// With so much more on both sides.
    func widened(byNanoseconds more: Int64) -> ReportPeriod {
        ReportPeriod(from: from.saturatingSubtract(more), to: to.saturatingAdd(more))
    }
}
