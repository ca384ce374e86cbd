/// The functions that a template may name: Go's, and those of Prometheus.
enum TemplateFunction: String {
    // Go's.
    case and, or, not, len, index, slice, print, printf, println, html, js, urlquery
    case eq, ne, lt, le, gt, ge
    // Prometheus', of samples.
    case query, first, label, value, strvalue, sortByLabel
    // Of numbers and times.
    case humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp, toTime, now, parseDuration
    // Of texts.
    case title, toUpper, toLower, match, reReplaceAll, stripPort, stripDomain, safeHtml, urlQueryEscape
    // Of the installation and of templates.
    case graphLink, tableLink, pathPrefix, externalURL, args, tmpl

    /// How many arguments it takes.
    var arguments: ClosedRange<Int> {
        switch self {
        case .now, .pathPrefix, .externalURL: 0...0
        case .not, .len, .query, .first, .value, .strvalue, .humanize, .humanize1024, .humanizeDuration,
            .humanizePercentage, .humanizeTimestamp, .toTime, .parseDuration, .title, .toUpper, .toLower,
            .stripPort, .stripDomain, .safeHtml, .urlQueryEscape, .graphLink, .tableLink:
            1...1
        case .label, .sortByLabel, .match, .tmpl, .ne, .lt, .le, .gt, .ge: 2...2
        case .reReplaceAll: 3...3
        case .and, .or, .index, .printf: 1...Int.max
        case .eq: 2...Int.max
        case .slice: 1...4
        case .print, .println, .html, .js, .urlquery, .args: 0...Int.max
        }
    }
}
