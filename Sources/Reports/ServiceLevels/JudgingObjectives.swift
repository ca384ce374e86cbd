import Columnar
import Domain

/// By which objectives a report judges, and which were in force in its period.
struct AppliedObjectives {
    /// Judges the whole period: the version in force at its end, or the one asked for.
    let version: ObjectiveVersion
    private let history: ObjectiveHistory
    private let period: ReportPeriod

    var set: ObjectiveSet { version.set }

    init(_ history: ObjectiveHistory, period: ReportPeriod, now: Int64, number: Int?) throws(ReportError) {
        if let number {
            guard let chosen = history[number] else {
                throw ReportError(
                    message: "there is no version \(number) of the objectives",
                    hint: "the log has version 1 to \(history.current.number)")
            }
            version = chosen
        } else {
            // What was put in force while the wall clock stood ahead of now is in force all the same.
            version = period.to >= now ? history.current : history.inForce(at: period.to)
        }
        (self.history, self.period) = (history, period)
    }

    /// Versions in force at some time of the period, ascending, with the judging one.
    private var concerned: [ObjectiveVersion] {
        let atStart = history.inForce(at: period.from)
        let within = history.versions.filter { $0.number > atStart.number && $0.since < period.to }
        let known = [atStart] + within
        return known.contains { $0.number == version.number }
            ? known : (known + [version]).sorted { $0.number < $1.number }
    }

    /// Which version judged, and which else were in force.
    var section: ReportSection {
        ReportSection(
            name: "objective_versions", title: "Versions of the objectives in the period",
            columns: [
                ReportColumn("version", "version"), ReportColumn("hash", "hash"),
                ReportColumn("in_force_from", "in force from"),
                ReportColumn("in_force_to", "to"), ReportColumn("answer_limit", "answer limit"),
                ReportColumn("judges", "judges"),
            ],
            rows: concerned.map { version in
                [
                    .count(Int64(version.number)), .text(version.set.hash),
                    version.since == .min ? .none : .time(version.since),
                    history[version.number + 1].map { .time($0.since) } ?? .none, .text(version.set.answerLimits.text),
                    .text(version.number == self.version.number ? "this report" : "no"),
                ]
            })
    }

    /// What each objective of the judging version means, and what a change within the period means for the report.
    var definitions: [ReportDefinition] { meanings(of: set.objectives) }

    /// The same of one objective alone.
    func definitions(of measure: ObjectiveMeasure) -> [ReportDefinition] {
        meanings(of: set.objective(measure).map { [$0] } ?? [])
    }

    private func meanings(of objectives: [Objective]) -> [ReportDefinition] {
        var definitions = objectives.map { objective in
            let scope =
                objective.channels.isEmpty
                ? "" : " Only of what names one of these channels: \(objective.channelsText)."
            return ReportDefinition(objective.name, set.definition(objective.measure) + scope)
        }
        definitions.append(
            ReportDefinition(
                "objectives",
                "version \(version.number) (\(version.set.hash)) judges the whole period"
                    + (concerned.count > 1
                        ? ", though others were in force in it; --objectives N judges by version N" : "")))
        return definitions
    }
}

extension ReportRunner {
    /// The objectives that judge a period.
    /// - Parameter number: the version asked for; nil: the one in force at the period's end.
    /// - Throws: ``ReportError`` where there is no such version; as ``report(_:_:)``.
    func objectives(_ period: ReportPeriod, number: Int? = nil) throws -> AppliedObjectives {
        try AppliedObjectives(try objectiveHistory(), period: period, now: now, number: number)
    }

    /// Every version that was in force, as the log has them.
    private func objectiveHistory() throws -> ObjectiveHistory {
        var history = ObjectiveHistory()
        guard catalog.table(named: "system_events") != nil else { return history }
        let records = try rows(
            "select received_time, cast(data as text) from system_events where type = '\(ObjectiveVersion.recordType)' order by position"
        )
        let versions = records.compactMap { row -> ObjectiveVersion? in
            guard let since = row.time(0), let data = row.text(1) else { return nil }
            return ObjectiveVersion(data: data, since: since)
        }
        for version in versions.sorted(by: { $0.number < $1.number }) {
            guard history.add(version) else {
                throw ReportError(
                    message: "a version of the objectives is missing before version \(version.number)",
                    hint: "`plimsoll verify` says what is damaged")
            }
        }
        return history
    }
}
