import Foundation

/// One record of a sqllogictest script.
enum SQLLogicRecord {
    case statement(String, fails: Bool)
    /// `types`: a letter a column, I, R or T. `sorting`: nosort, rowsort or valuesort.
    case query(String, types: String, sorting: String, label: String?, expected: [String])
}

/// A script in the format of SQLite's sqllogictest. Records that other engines are meant for are left out; `halt` ends the script.
struct SQLLogicScript {
    /// The engine that `skipif` and `onlyif` name.
    static let engine = "postgresql"

    private(set) var records: [SQLLogicRecord] = []
    private(set) var hashThreshold = Int.max

    init(_ text: String) {
        var block: [String] = []
        for line in text.components(separatedBy: "\n") + [""] {
            let trimmed = line.hasSuffix("\r") ? String(line.dropLast()) : line
            if trimmed.hasPrefix("#") { continue }
            if trimmed.isEmpty {
                if take(block) { return }
                block = []
            } else {
                block.append(trimmed)
            }
        }
    }

    /// Adds a record; says whether the script ends here.
    private mutating func take(_ block: [String]) -> Bool {
        var lines = block[...]
        while let line = lines.first {
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "skipif" where words.count > 1 && words[1] == Self.engine: return false
            case "onlyif" where words.count > 1 && words[1] != Self.engine: return false
            case "skipif", "onlyif": lines.removeFirst()
            case "halt": return true
            case "hash-threshold":
                hashThreshold = words.count > 1 ? Int(words[1]) ?? .max : .max
                return false
            case "statement":
                let sql = lines.dropFirst().joined(separator: "\n")
                records.append(.statement(sql, fails: words.count > 1 && words[1] == "error"))
                return false
            case "query":
                let body = Array(lines.dropFirst())
                let split = body.firstIndex(of: "----") ?? body.count
                records.append(
                    .query(
                        body[..<split].joined(separator: "\n"), types: words.count > 1 ? words[1] : "",
                        sorting: words.count > 2 ? words[2] : "nosort", label: words.count > 3 ? words[3] : nil,
                        expected: Array(body.dropFirst(split + 1))))
                return false
            default: return false
            }
        }
        return false
    }
}
