import Domain
import JSONTexts

/// Reports for people: aligned columns, marks before what stands beyond its limit, the basis and the definitions below.
enum ReportTableText {
    static func render(_ report: Report, _ took: (Int) throws -> Void) rethrows -> String {
        var text = "\(report.title)  \(report.periodText)\n"
        if let filters = report.filterText { text += wrapped(filters, indent: 2) }
        for section in report.sections {
            text += try "\n\(section.title)\n" + (section.rows.isEmpty ? "  – no data\n" : table(section, took))
        }
        text += "\n" + wrapped(report.basisText, indent: 2) + wrapped(report.exactnessText, indent: 2)
        if !report.definitions.isEmpty { text += "Definitions:\n" }
        for definition in report.definitions {
            text += wrapped("  \(definition.term): \(definition.meaning)", indent: 4)
        }
        return text
    }

    /// Lines no wider than a table's, broken at blanks; those after the first are indented.
    private static func wrapped(_ text: String, indent: Int) -> String {
        var lines: [String] = []
        var line = String(text.prefix { $0 == " " })
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > widthMax {
                lines.append(line)
                (line, isEmpty) = (String(repeating: " ", count: indent), true)
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return (lines + [line]).joined(separator: "\n") + "\n"
    }

    /// What a cell takes beside its text.
    private static let cellBytes = 32
    /// A line of a table is no wider, so that a terminal does not break it.
    private static let widthMax = 100
    /// What keys may take of it where they stand again.
    private static let keysWidthMax = 60

    /// Columns that say nothing in any row are left out, but for keys, which go on in the next line where they are long.
    /// Columns beyond the width of a line stand below, with the keys of their rows again.
    static func table(_ section: ReportSection, _ took: (Int) throws -> Void) rethrows -> String {
        let shown = section.shownColumns
        let kept = shown.filter { !section.columns[$0].isBelow }
        let below = shown.filter { section.columns[$0].isBelow }
        let all = section.rows + (section.total.isEmpty ? [] : [section.total])
        /// What stands below a row, the first being that of the titles.
        func lines(below row: Int) -> String {
            below.map { column in
                let text =
                    row == 0 ? section.columns[column].title : HumanReadableText.text(all[row - 1][column])
                return wrapped(String(repeating: " ", count: 6) + text, indent: 8)
            }.joined()
        }
        let rows = try all.map { row in
            let cells = kept.map { HumanReadableText.text(row[$0]) }
            try took(cells.reduce(0) { $0 + cellBytes + $1.utf8.count })
            return cells
        }
        let titles = kept.map { section.columns[$0].title }
        let whole = kept.indices.map { place in rows.reduce(titles[place].count) { max($0, $1[place].count) } }
        let isLeft = kept.map { column in section.rows.allSatisfy { $0[column].isWritten } }
        let keys = kept.indices.filter { section.columns[kept[$0]].isKey }
        let limit = keyLimit(whole, keys: keys)
        let widths = whole.indices.map { keys.contains($0) ? min(whole[$0], max(limit, titles[$0].count)) : whole[$0] }
        // Each line is as wide as the widest cells are, whatever its own: in its part, in the table and in the report.
        let lineBytes = 3 * widths.reduce(0) { $0 + $1 + 2 }
        for _ in rows { try took(lineBytes) }
        // What names the rows where no key does: a text in the first column.
        let parts = parts(widths, keys: keys.isEmpty && isLeft.first == true ? [0] : keys)
        return parts.enumerated().map { part, places in
            var text = ""
            for (row, cells) in ([titles] + rows).enumerated() {
                let pieces = places.map { broken(cells[$0], widths[$0]) }
                for number in 0..<(pieces.map(\.count).max() ?? 0) {
                    var line = " "
                    for (place, piece) in zip(places, pieces) {
                        let cell = number < piece.count ? piece[number] : ""
                        let padding = String(repeating: " ", count: widths[place] - cell.count)
                        line += " " + (isLeft[place] ? cell + padding : padding + cell) + " "
                    }
                    while line.hasSuffix(" ") { line.removeLast() }
                    text += line + "\n"
                }
                if part == parts.count - 1 { text += lines(below: row) }
            }
            return text
        }.joined(separator: "\n")
    }

    /// How wide a key may be, so that a paragraph among them does not tear a table apart: what is longer goes on in the
    /// next line of its cell.
    private static func keyLimit(_ widths: [Int], keys: [Int]) -> Int {
        let others = widths.indices.reduce(0) { keys.contains($1) ? $0 : $0 + widths[$1] + 2 }
        let room = max(keysWidthMax, widthMax - others)
        func width(_ limit: Int) -> Int { keys.reduce(0) { $0 + min(widths[$1], limit) + 2 } }
        guard width(.max) > room else { return .max }
        return (8...room).last { width($0) <= room } ?? 8
    }

    /// A cell's lines, broken at blanks, and within what has none, such as a path.
    private static func broken(_ cell: String, _ width: Int) -> [String] {
        guard cell.count > width else { return [cell] }
        var lines: [String] = []
        var line = ""
        for word in cell.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            var rest = word
            while rest.count > width {
                lines.append(String(rest.prefix(width)))
                rest = rest.dropFirst(width)
            }
            line += (line.isEmpty ? "" : " ") + rest
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// The places of the columns that stand beside each other, part by part: one that alone is too wide stands alone.
    private static func parts(_ widths: [Int], keys: [Int]) -> [[Int]] {
        let isNarrow = keys.reduce(0) { $0 + widths[$1] + 2 } <= keysWidthMax
        let repeated = isNarrow ? keys : Array(keys.prefix(1))
        var parts: [[Int]] = [[]]
        var width = 0
        for place in widths.indices {
            let saysMore = parts[parts.count - 1].contains { !repeated.contains($0) }
            if saysMore, width + widths[place] + 2 > widthMax {
                parts.append(repeated)
                width = repeated.reduce(0) { $0 + widths[$1] + 2 }
            }
            parts[parts.count - 1].append(place)
            width += widths[place] + 2
        }
        return parts
    }
}

extension ReportValue {
    /// Words stand to the left, figures to the right.
    var isWritten: Bool {
        switch self {
        case .text, .state, .budgetState, .time, .none: true
        default: false
        }
    }
}

/// Figures as people read them.
enum HumanReadableText {
    static func text(_ value: ReportValue) -> String {
        switch value {
        case .none: "–"
        case .unknown: "unknown"
        case .text(let text): escaped(text)
        case .count(let count): grouped(count)
        case .usd(let picoUSD):
            signed(picoUSD, "$" + counting(magnitude(picoUSD), MachineReadableText.picoPerUSD, decimals: 6))
        case .seconds(let nanoseconds): counting(Int128(nanoseconds), 1_000_000_000, decimals: 3) + " s"
        case .share(let part, let whole): percent(part, whole)
        case .usdPer(let picoUSD, let count):
            signed(picoUSD, "$" + QuotientText.significant(magnitude(picoUSD), count * MachineReadableText.picoPerUSD))
        case .estimate(let share): QuotientText.fixed(Int128((share * 1e6).rounded()), 10_000, decimals: 1) + " %"
        case .time(let time): String(RFC3339.render(time).prefix(19)) + "Z"
        case .state(let state): mark(state) + " " + (state == .breached ? "beyond alert limit" : state.rawValue)
        case .budgetState(let state): mark(state) + " " + (state == .breached ? "overspent" : state.rawValue)
        case .judged(.none, _): "–"
        case .judged(let value, let state): mark(state) + " " + text(value)
        }
    }

    static func mark(_ state: ObjectiveState) -> String {
        switch state {
        case .met: "✓"
        case .atRisk: "!"
        case .breached: "✗"
        case .noData: "–"
        }
    }

    /// With so many decimals; with two digits that count where these would show something as nothing.
    private static func counting(_ value: Int128, _ one: Int128, decimals: Int) -> String {
        let text = QuotientText.fixed(value, one, decimals: decimals)
        let isShown = value == 0 || text.utf8.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
        return isShown ? text : QuotientText.significant(value, one, digits: 2)
    }

    private static func magnitude(_ value: Int128) -> Int128 { value < 0 ? 0 - value : value }
    private static func signed(_ value: Int128, _ text: String) -> String { value < 0 ? "-" + text : text }

    /// Three decimals; what is not all never shows as all, what is something never as nothing.
    private static func percent(_ part: Int128, _ whole: Int128) -> String {
        let text = QuotientText.fixed(part * 100, whole, decimals: 3)
        if text == "100.000", part < whole { return "99.999 %" }
        if text == "0.000", part > 0 { return "0.001 %" }
        return text + " %"
    }

    private static func grouped(_ count: Int128) -> String {
        let digits = Array(String(count.magnitude).utf8)
        var bytes: [UInt8] = count < 0 ? [UInt8(ascii: "-")] : []
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(digit)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Control characters would break lines or drive the terminal.
    private static func escaped(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? "\u{FFFD}" : $0 }))
    }
}
