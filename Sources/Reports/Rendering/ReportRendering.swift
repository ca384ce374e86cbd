import JSONTexts

/// The formats of a report.
package enum ReportFormat: String, Hashable, Sendable, CaseIterable {
    case table, json, csv
    /// One document that can be mailed.
    case html
    /// What pages show, as JSON: each figure as the table has it, and exactly.
    case cells
}

extension Report {
    /// The report in a format, with a line end at the end; as CSV only the section that answers what was asked.
    package func rendered(_ format: ReportFormat) -> String { rendered(format) { _ in } }

    /// The same.
    /// - Parameter took: is told how many bytes more are held, row by row, before much is made of them.
    private func rendered(_ format: ReportFormat, _ took: (Int) throws -> Void) rethrows -> String {
        switch format {
        case .table: try ReportTableText.render(self, took)
        case .json: try ReportJSON.render(self, took)
        case .csv: try ReportCSV.render(mainSection, took)
        case .html: try ReportHTML.render(self, took)
        case .cells: try ReportCells.render(self, took)
        }
    }

    /// The same with one section alone.
    /// - Parameter section: its name; nil: as above; ``ReportFiles/all``: whole, which a CSV is not.
    /// - Throws: ``ReportError`` naming the sections there are.
    package func rendered(_ format: ReportFormat, section: String?) throws(ReportError) -> String {
        try selected(section, for: format).rendered(format)
    }

    /// The same.
    /// - Parameter took: as above.
    /// - Throws: what `took` does, too.
    func rendered(_ format: ReportFormat, section: String?, _ took: (Int) throws -> Void) throws -> String {
        try selected(section, for: format).rendered(format, took)
    }

    /// The report with what is wanted of it.
    private func selected(_ section: String?, for format: ReportFormat) throws(ReportError) -> Report {
        guard let section else { return self }
        if section == ReportFiles.all {
            if format != .csv { return self }
            throw ReportError(
                message: "a CSV holds one section",
                hint: "name one (\(sections.map(\.name).joined(separator: ", "))), or have all as a table or json")
        }
        return try narrowed(to: section)
    }

    private var mainSection: ReportSection {
        guard let section = section(main) else { preconditionFailure("a report has its main section") }
        return section
    }

    private func narrowed(to name: String) throws(ReportError) -> Report {
        guard let section = section(name) else {
            throw ReportError(
                message: "the report \(self.name) has no section \(name)",
                hint: nameHint(to: name, known: sections.map(\.name) + [ReportFiles.all]))
        }
        var report = self
        (report.sections, report.main) = ([section], name)
        return report
    }
}
