import Bytes

/// What an answer rests on: printed with every report.
package struct ReportBasis: Hashable, Sendable {
    /// The position of the last event included.
    package var position: Int64
    /// Every event received up to this time (ns since 1970 UTC) is included.
    package var watermark: Int64
    /// The period, start inclusive, end exclusive (ns since 1970 UTC).
    package var from: Int64
    /// End of the period.
    package var to: Int64
    /// The instant at which deadlines and waiting times were judged (ns since 1970 UTC).
    package var now: Int64
    /// IANA name of the zone whose hours, days, weeks and months are meant.
    var timeZone: String
    /// Of which rows the figures are.
    var filters: ReportFilters
    // tests: what a report says of itself is read as a value.
    /// How exact the figures are, in one sentence.
    package var exactness: String
}

/// One column of a section.
package struct ReportColumn: Hashable, Sendable {
    /// Stable name, unit last, as in JSON and CSV.
    package var name: String
    /// As tables print it.
    var title: String
    /// Whether rows are told apart by it; shown also where no row says anything.
    var isKey: Bool
    /// Whether tables print it below the rest of its row, so that a long line stands whole.
    var isBelow: Bool
    /// Whether its cells are names of objectives, which have titles for people: see ``Report/titles``.
    var isObjective: Bool

    init(_ name: String, _ title: String, isKey: Bool = false, isBelow: Bool = false, isObjective: Bool = false) {
        (self.name, self.title, self.isKey, self.isBelow) = (name, title, isKey, isBelow)
        self.isObjective = isObjective
    }
}

/// A table of a report: one idea, one row a thing.
package struct ReportSection: Hashable, Sendable {
    /// Stable name, as in JSON and CSV.
    package var name: String
    /// As tables print it.
    var title: String
    /// What the rows say, from left to right.
    package var columns: [ReportColumn]
    /// As wide as the columns.
    package var rows: [[ReportValue]]
    /// Of what time each row is; empty where times tell no rows apart.
    package var spans: [ReportSpan?] = []
    /// All rows together, as wide as the columns, in the words of a row: what people read below them. No row itself, so
    /// that whoever adds rows up counts nothing twice; empty: there is none.
    package var total: [ReportValue] = []
}

/// The time that a row is of: an hour, day, week or month by the clock of the report's zone.
package struct ReportSpan: Hashable, Sendable {
    /// Where it begins (ns since 1970 UTC).
    package var from: Int64
    /// Where the next one begins.
    package var to: Int64
    // tests: others are told by the forms of a report.
    /// Whether the row has figures of a part of it alone: the period cuts it, or it is not over.
    package var isInPart: Bool
}

// tests: figures are read as values, not out of a rendering.
/// A term of the report and what it means, in one line.
package struct ReportDefinition: Hashable, Sendable {
    /// The word that is defined.
    package var term: String
    /// What it means here.
    package var meaning: String

    init(_ term: String, _ meaning: String) { (self.term, self.meaning) = (term, meaning) }
}

// tests: figures are read as values, not out of a rendering.
/// A report as values, before any format.
package struct Report: Hashable, Sendable {
    /// Stable name: `sla`, `cost`, `outcomes`, `status`.
    package var name: String
    /// As tables print it.
    var title: String
    /// What the figures rest on.
    package var basis: ReportBasis
    /// The tables, in the order of reading.
    package var sections: [ReportSection]
    /// The section that answers what was asked: what CSV holds.
    var main: String
    /// The terms used.
    package var definitions: [ReportDefinition]
    /// What belongs to the figures and could not be read, a line each; mostly nothing.
    package var notices: [String] = []
    /// What people call the objectives that it names.
    var titles: [ExactText: String] = [:]

    /// The section with a name; nil for none.
    package func section(_ name: String) -> ReportSection? { sections.first { $0.name == name } }
}

extension ReportSection {
    /// The value of a column in a row; nil where there is no such column or row.
    package func value(_ column: String, row: Int) -> ReportValue? {
        guard let index = columns.firstIndex(where: { $0.name == column }), rows.indices.contains(row) else {
            return nil
        }
        return rows[row][index]
    }
}
