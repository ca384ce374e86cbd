/// HTML of the Markdown that runbooks are written in: headings, paragraphs, commands (four blanks before them), lists,
/// tables, code within a line and links. What it does not know stays text; no text becomes markup.
enum RunbookMarkup {
    private enum Kind { case heading(Int), command, item, row, text, blank }

    /// - Parameter address: where a link leads, of what is written as its target.
    static func html(_ markdown: String, address: (Substring) -> String) -> String {
        var html = ""
        var lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.first {
            switch kind(line) {
            case .blank: lines.removeFirst()
            case .heading(let level):
                lines.removeFirst()
                html += "<h\(level)>\(inline(line.dropFirst(level + 1), address))</h\(level)>\n"
            case .command:
                let commands = take(&lines) { if case .command = $0 { true } else { false } }
                html += "<pre><code>\(commands.map { escaped($0.dropFirst(4)) }.joined(separator: "\n"))</code></pre>\n"
            case .row: html += table(take(&lines) { if case .row = $0 { true } else { false } }, address)
            case .item: html += list(&lines, address)
            case .text:
                let text = take(&lines) { if case .text = $0 { true } else { false } }
                html += "<p>\(inline(text.joined(separator: "\n")[...], address))</p>\n"
            }
        }
        return html
    }

    private static func kind(_ line: Substring) -> Kind {
        if line.allSatisfy({ $0 == " " }) { return .blank }
        if line.hasPrefix("    ") { return .command }
        if line.hasPrefix("# ") { return .heading(1) }
        if line.hasPrefix("## ") { return .heading(2) }
        if line.hasPrefix("- ") { return .item }
        return line.hasPrefix("|") ? .row : .text
    }

    /// The lines up to the first of another kind.
    private static func take(_ lines: inout ArraySlice<Substring>, _ isWanted: (Kind) -> Bool) -> [Substring] {
        let taken = lines.prefix { isWanted(kind($0)) }
        lines = lines[taken.endIndex...]
        return Array(taken)
    }

    /// Items up to the next blank line; lines that begin with two blanks go on with the item before them.
    private static func list(_ lines: inout ArraySlice<Substring>, _ address: (Substring) -> String) -> String {
        let taken = lines.prefix { $0.hasPrefix("- ") || $0.hasPrefix("  ") }
        lines = lines[taken.endIndex...]
        var items: [String] = []
        for line in taken {
            if line.hasPrefix("- ") {
                items.append(String(line.dropFirst(2)))
            } else {
                items[items.count - 1] += " " + line.drop { $0 == " " }
            }
        }
        return "<ul>\n" + items.map { "<li>\(inline($0[...], address))</li>\n" }.joined() + "</ul>\n"
    }

    /// The first row is the head, the second the line below it.
    private static func table(_ rows: [Substring], _ address: (Substring) -> String) -> String {
        var html = "<table>\n"
        for (index, row) in rows.enumerated() where index != 1 {
            let cells = row.split(separator: "|").map { trimmed($0) }
            let tag = index == 0 ? "th" : "td"
            html += "<tr>" + cells.map { "<\(tag)>\(inline($0, address))</\(tag)>" }.joined() + "</tr>\n"
        }
        return html + "</table>\n"
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Code between backticks and links; the rest is text.
    private static func inline(_ text: Substring, _ address: (Substring) -> String) -> String {
        var html = ""
        var rest = text
        while let mark = rest.firstIndex(where: { $0 == "`" || $0 == "[" }) {
            html += escaped(rest[..<mark])
            let after = rest[rest.index(after: mark)...]
            if rest[mark] == "`", let end = after.firstIndex(of: "`") {
                html += "<code>\(escaped(after[..<end]))</code>"
                rest = after[after.index(after: end)...]
            } else if rest[mark] == "[", let link = link(after) {
                html += "<a href=\"\(escaped(address(link.target)[...]))\">\(escaped(link.text))</a>"
                rest = link.rest
            } else {
                html += escaped(rest[mark...mark])
                rest = after
            }
        }
        return html + escaped(rest)
    }

    /// `text](target)` and what follows.
    private static func link(_ text: Substring) -> (text: Substring, target: Substring, rest: Substring)? {
        guard let end = text.firstIndex(of: "]") else { return nil }
        let after = text[text.index(after: end)...]
        guard after.first == "(", let close = after.firstIndex(of: ")") else { return nil }
        return (text[..<end], after[after.index(after: after.startIndex)..<close], after[after.index(after: close)...])
    }

    private static func escaped(_ text: Substring) -> String {
        var html = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            default: html.unicodeScalars.append(scalar)
            }
        }
        return html
    }
}
