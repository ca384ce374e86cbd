import Execution
import JSONTexts

/// What is said around the figures of a report, for people, in whole lines.
extension Report {
    /// With the offset of the zone that was asked for.
    var periodText: String {
        let clock = clock
        func time(_ nanoseconds: Int64) -> String {
            RFC3339.render(nanoseconds, offsetSeconds: clock?.offsetSeconds(at: nanoseconds) ?? 0)
        }
        return "\(time(basis.from)) to \(time(basis.to)) (end not included)"
    }

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
    /// The indices of the columns that people are shown: those that say something in some row, and keys.
    var shownColumns: [Int] {
        columns.indices.filter { column in columns[column].isKey || rows.contains { $0[column] != .none } }
    }
}
