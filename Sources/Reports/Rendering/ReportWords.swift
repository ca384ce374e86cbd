import Execution
import JSONTexts

/// What is said around the figures of a report, for people, in whole lines.
extension Report {
    /// With the offset of the zone that was asked for.
    var periodText: String { PeriodText.text(from: basis.from, to: basis.to, clock: clock) }

    /// Up to which event the figures hold, and by which clock.
    var basisText: String {
        var line = "Basis: every event up to position \(basis.position)"
        if basis.position > 0 { line += ", received by \(RFC3339.render(basis.watermark))" }
        line += "; now is \(RFC3339.render(basis.now))"
        if basis.timeZone != "UTC" {
            line += "; hours, days, weeks and months by the clock of \(HumanReadableText.text(.text(basis.timeZone)))"
        }
        line += "."
        if let filterText { line += " " + filterText }
        return line
    }

    /// Which rows of the breakdown are of a part of their time alone, in one line: today, mostly, which would look as
    /// if little had happened. nil: none is.
    var definitionOfParts: ReportDefinition? {
        guard let section = section(main), let key = section.columns.firstIndex(where: { Self.times.contains($0.name) })
        else { return nil }
        var names: [String] = []
        for (row, span) in zip(section.rows, section.spans) where span?.isInPart == true {
            let name = HumanReadableText.text(row[key])
            if names.last != name { names.append(name) }
        }
        guard let first = names.first, let last = names.last else { return nil }
        let all = names.count <= 4 ? names.joined(separator: ", ") : "\(first) to \(last), \(names.count) of them"
        return ReportDefinition(
            "in part", "\(all): figures are of a part of the time, which the period cuts or which is not over")
    }

    private static let times = ReportDimension.times.map(\.rawValue)

    /// Of which rows the figures are; nil: of all.
    var filterText: String? {
        basis.filters.isEmpty ? nil : "Only where \(HumanReadableText.text(.text(basis.filters.text)))."
    }

    /// How exact they are, and what is rounded where people read them.
    var exactnessText: String {
        "Exactness: \(basis.exactness); money is rounded here, in JSON and CSV only what one costs is, at 12 decimals."
    }

    /// A report that came about had one.
    private var clock: WallClock? { try? WallClock(zone: basis.timeZone) }
}

extension ReportSection {
    /// Whether a row has figures of a part of its time alone.
    func isInPart(_ row: Int) -> Bool { spans.indices.contains(row) && spans[row]?.isInPart == true }

    /// The indices of the columns that people are shown: those that say something in some row, and keys.
    var shownColumns: [Int] {
        columns.indices.filter { column in columns[column].isKey || rows.contains { $0[column] != .none } }
    }
}
