import Bytes
import Domain

extension ObjectiveSet {
    /// What people call each objective, by its name and by that of the service level objective that follows from it.
    var titles: [ExactText: String] {
        var titles: [ExactText: String] = [:]
        for (objective, following) in zip(objectives, serviceLevelObjectives) {
            titles[ExactText(objective.name)] = objective.title
            titles[following.name] = objective.title
        }
        return titles
    }

    /// The same of service level objectives, of which others may have titles of their own.
    func titles(of following: [ServiceLevelObjective]) -> [ExactText: String] {
        let (own, known) = (Set(serviceLevelObjectives), titles)
        var titles: [ExactText: String] = [:]
        for objective in following {
            titles[objective.name] = own.contains(objective) ? known[objective.name] : objective.title.text
        }
        return titles
    }
}

extension Report {
    /// What people call an objective by whose name a cell goes; nil where it is no such cell, or has no title.
    func title(_ value: ReportValue, in column: ReportColumn) -> String? {
        guard column.isObjective, case .text(let name) = value else { return nil }
        return titles[ExactText(name)]
    }

    /// With titles where people would read names of objectives. Tables of a terminal keep the names, by which commands
    /// and settings know them.
    var titled: Report {
        if titles.isEmpty { return self }
        var report = self
        for (place, section) in sections.enumerated() {
            for (column, head) in section.columns.enumerated() where head.isObjective {
                for (row, cells) in section.rows.enumerated() {
                    guard let title = title(cells[column], in: head) else { continue }
                    report.sections[place].rows[row][column] = .text(title)
                }
            }
        }
        report.definitions = titledDefinitions
        return report
    }

    /// The definitions by what people call what is defined.
    var titledDefinitions: [ReportDefinition] {
        definitions.map { ReportDefinition(titles[ExactText($0.term)] ?? $0.term, $0.meaning) }
    }
}
