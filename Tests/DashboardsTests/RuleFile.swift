import Foundation

/// One rule of a file in `Alerts/rules`.
struct Rule {
    var isAlert: Bool
    var name: String
    var file: String
    var expression = ""
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]
    var hasDuration = false
}

/// Reads rule files as they are written here: two blanks a level, values on the key's line or in a block below it.
/// promtool reads the same files as YAML; what this reader does not know it refuses, so nothing stays unseen.
enum RuleFile {
    struct Unknown: Error, CustomStringConvertible {
        var file: String
        var line: Int
        var text: String
        var description: String { "\(file):\(line): not written as the other rules are: \(text)" }
    }

    static func all() throws -> [Rule] {
        try Repository.files(in: "Alerts/rules", ending: ".yaml").flatMap { file in
            try rules(in: try Repository.text(file), file: file.lastPathComponent)
        }
    }

    /// The expressions in a template's `query (printf "…" …)`, with text for what is filled in.
    static func queries(in template: String) -> [String] {
        template.components(separatedBy: "query (printf \"").dropFirst().map { rest in
            var text = ""
            var letters = rest.makeIterator()
            while let letter = letters.next(), letter != "\"" {
                if letter == "\\", let escaped = letters.next() { text.append(escaped) } else { text.append(letter) }
            }
            return text.replacingOccurrences(of: "%q", with: "\"x\"")
        }
    }

    static func rules(in text: String, file: String) throws -> [Rule] {
        var rules: [Rule] = []
        var section = ""
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var index = 0
        while index < lines.count {
            let line = lines[index]
            let depth = line.prefix { $0 == " " }.count
            let body = String(line.dropFirst(depth))
            index += 1
            if body.isEmpty || body.hasPrefix("#") || depth < 6 { continue }
            guard let (key, first) = pair(body) else { throw Unknown(file: file, line: index, text: body) }
            let value = try value(first, lines, &index, depth: depth)
            switch (depth, key) {
            case (6, "- alert"), (6, "- record"):
                rules.append(Rule(isAlert: key == "- alert", name: value, file: file))
                section = ""
            case (8, "expr") where !rules.isEmpty: rules[rules.count - 1].expression = value
            case (8, "for") where !rules.isEmpty: rules[rules.count - 1].hasDuration = true
            case (8, "labels"), (8, "annotations"): section = key
            case (10, _) where section == "labels": rules[rules.count - 1].labels[key] = value
            case (10, _) where section == "annotations": rules[rules.count - 1].annotations[key] = value
            default: throw Unknown(file: file, line: index, text: body)
            }
        }
        return rules
    }

    private static func pair(_ body: String) -> (key: String, value: String)? {
        guard let colon = body.firstIndex(of: ":") else { return nil }
        return (String(body[..<colon]), body[body.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    }

    /// A value of one line, or the block below its key.
    private static func value(_ first: String, _ lines: [String], _ index: inout Int, depth: Int) throws -> String {
        guard first == "|" || first == ">-" else {
            guard first.hasPrefix("\""), first.hasSuffix("\""), first.count > 1 else { return first }
            return first.dropFirst().dropLast().replacingOccurrences(of: "\\\"", with: "\"")
        }
        var block: [String] = []
        while index < lines.count, lines[index].isEmpty || lines[index].prefix(while: { $0 == " " }).count > depth {
            block.append(lines[index].trimmingCharacters(in: .whitespaces))
            index += 1
        }
        return block.joined(separator: first == "|" ? "\n" : " ")
    }
}
