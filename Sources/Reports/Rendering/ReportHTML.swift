import Domain
import JSONTexts

/// A report as one file that can be mailed and kept: tables, charts, what the figures rest on. It needs no other file,
/// runs nothing and asks nobody for anything; each text of others is escaped.
package enum ReportHTML {
    /// What a browser lets the document do: show itself with its own style. It says so itself, as a file has no header.
    package static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

    static func render(_ report: Report, _ took: (Int) throws -> Void) rethrows -> String {
        let report = report.titled
        let sections = try report.sections.map { try section($0, of: report, took) }
        let notices = report.notices.map { notice -> HTML in "<p class=\"bad\">Not all of it: \(notice)</p>\n" }
        let filters = report.filterText.map { text -> HTML in "<p class=\"filters\">\(text)</p>\n" } ?? .empty
        let document: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(HTML(markup: policy))">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>\(report.title), \(report.periodText)</title>
            <style>
            \(ReportStyle.sheet)</style>
            </head>
            <body>
            <h1>\(report.title)</h1>
            <p>\(report.periodText)</p>
            \(filters)\(notices)\(sections)\(basis(report))</body>
            </html>

            """
        return document.text
    }

    private static func section(
        _ section: ReportSection, of report: Report, _ took: (Int) throws -> Void
    ) rethrows -> HTML {
        let chart = ReportChart(of: section, in: report)?.html ?? .empty
        try took(copies * chart.text.utf8.count)
        let table: HTML = try section.rows.isEmpty ? "<p class=\"soft\">– no data</p>\n" : table(section, took)
        return """
            <section id="\(section.name)">
            <h2>\(section.title)</h2>
            \(chart)\(table)</section>

            """
    }

    /// A row stands in the list of rows, the table, its section and the document at one time.
    private static let copies = 4

    private static func table(_ section: ReportSection, _ took: (Int) throws -> Void) rethrows -> HTML {
        let columns = section.shownColumns
        let isWritten = columns.map { column in section.rows.allSatisfy { $0[column].isWritten } }
        // What names a row: its keys, else a text that it begins with.
        let hasKeys = columns.contains { section.columns[$0].isKey }
        let names = columns.indices.filter { place in
            hasKeys ? section.columns[columns[place]].isKey : place == 0 && isWritten[place]
        }
        let heads = zip(columns, isWritten).map { column, isWritten -> HTML in
            let side: HTML = isWritten ? .empty : " class=\"number\""
            return "<th scope=\"col\"\(side)>\(section.columns[column].title)</th>"
        }
        let rows = try section.rows.enumerated().map { number, row -> HTML in
            let isInPart = section.isInPart(number)
            let cells = columns.indices.map { place in
                let isName = names.contains(place)
                return cell(
                    row[columns[place]], isName: isName, isWritten: isWritten[place],
                    isInPart: isInPart && isName && place == names.first)
            }
            let text: HTML = "<tr>\(cells)</tr>\n"
            try took(copies * text.text.utf8.count)
            return text
        }
        let foot = sum(section, names: names, isWritten: isWritten)
        return """
            <div class="wide" tabindex="0" role="region" aria-label="\(section.title)">
            <table>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(rows)</tbody>
            \(foot)</table>
            </div>

            """
    }

    private static func sum(_ section: ReportSection, names: [Int], isWritten: [Bool]) -> HTML {
        if section.total.isEmpty { return .empty }
        let cells = section.shownColumns.enumerated().map { place, column in
            cell(
                section.total[column], isName: names.contains(place), isWritten: isWritten[place], isInPart: false)
        }
        return "<tfoot><tr>\(cells)</tr></tfoot>\n"
    }

    /// The figure as the table prints it; what it is exactly shows where it is pointed at.
    private static func cell(_ value: ReportValue, isName: Bool, isWritten: Bool, isInPart: Bool) -> HTML {
        var classes = isWritten ? [] : ["number"]
        if let state = value.state { classes.append(ReportStyle.name(of: state)) }
        let look: HTML = classes.isEmpty ? .empty : " class=\"\(classes.joined(separator: " "))\""
        let exact: HTML = exactText(value).map { " title=\"\($0)\"" } ?? .empty
        let text = HumanReadableText.text(value)
        let part: HTML = isInPart ? " <span class=\"soft\">in part</span>" : .empty
        return isName ? "<th scope=\"row\"\(look)\(exact)>\(text)\(part)</th>" : "<td\(look)\(exact)>\(text)</td>"
    }

    /// nil where the text is exact itself.
    private static func exactText(_ value: ReportValue) -> String? {
        switch value {
        case .none, .unknown, .text, .count, .state, .budgetState, .time: nil
        case .judged(let value, _): exactText(value)
        case .usd, .seconds, .share, .usdPer, .estimate:
            MachineReadableText.text(value).map { text in value.quotientText.map { "\(text) = \($0)" } ?? text }
        }
    }

    private static func basis(_ report: Report) -> HTML {
        let terms = report.definitions.map { definition -> HTML in
            "<dt>\(definition.term)</dt><dd>\(definition.meaning)</dd>\n"
        }
        let definitions: HTML = terms.isEmpty ? .empty : "<dl>\n\(terms)</dl>\n"
        return """
            <footer>
            <h2>What this rests on</h2>
            <p>\(report.basisText)</p>
            <p>\(report.exactnessText)</p>
            \(definitions)</footer>

            """
    }
}
