import Foundation

/// One record of a sqllogictest script.
enum SQLLogicRecord {
    case statement(String, refusal: SQLLogicRefusal?)
    /// `types`: a letter a column, I, R or T, a value a line; or E alone, a row a line, exactly as PostgreSQL writes
    /// it. `sorting`: nosort, rowsort or valuesort.
    case query(String, types: String, sorting: String, label: String?, expected: [String])
}

/// What `statement error` asks for: any refusal, one with a SQLSTATE, or one that also says where.
struct SQLLogicRefusal {
    var state: String?
    /// 1-based, in characters.
    var position: Int?
}

/// A script in the format of SQLite's sqllogictest. Records that other engines are meant for are left out; `halt` ends
/// the script.
///
/// In our own scripts `onlyif plimsoll` stands above what Plimsoll answers otherwise than PostgreSQL, `skipif plimsoll`
/// above what PostgreSQL answers there; `Tests/Outside/sql_logic.py` asks PostgreSQL.
struct SQLLogicScript {
    /// The names under which `skipif` and `onlyif` mean us: scripts of others were written for PostgreSQL.
    static let engines = ["plimsoll", "postgresql"]

    /// Records with the number of their first line in the file.
    private(set) var records: [(line: Int, record: SQLLogicRecord)] = []
    private(set) var hashThreshold = Int.max

    init(_ text: String) {
        var block: [String] = []
        var first = 0
        for (index, line) in (text.components(separatedBy: "\n") + [""]).enumerated() {
            let trimmed = line.hasSuffix("\r") ? String(line.dropLast()) : line
            if trimmed.hasPrefix("#") { continue }
            if trimmed.isEmpty {
                if take(block, line: first) { return }
                block = []
            } else {
                if block.isEmpty { first = index + 1 }
                block.append(trimmed)
            }
        }
    }

    /// Adds a record; says whether the script ends here.
    private mutating func take(_ block: [String], line: Int) -> Bool {
        var lines = block[...]
        while let first = lines.first {
            let words = first.split(separator: " ").map(String.init)
            switch words[0] {
            case "skipif" where words.count > 1 && Self.engines.contains(words[1]): return false
            case "onlyif" where words.count > 1 && !Self.engines.contains(words[1]): return false
            case "skipif", "onlyif": lines.removeFirst()
            case "halt": return true
            case "hash-threshold":
                hashThreshold = words.count > 1 ? Int(words[1]) ?? .max : .max
                return false
            case "statement":
                let sql = lines.dropFirst().joined(separator: "\n")
                records.append((line, .statement(sql, refusal: Self.refusal(words))))
                return false
            case "query":
                let body = Array(lines.dropFirst())
                let split = body.firstIndex(of: "----") ?? body.count
                let record = SQLLogicRecord.query(
                    body[..<split].joined(separator: "\n"), types: words.count > 1 ? words[1] : "",
                    sorting: words.count > 2 ? words[2] : "nosort", label: words.count > 3 ? words[3] : nil,
                    expected: Array(body.dropFirst(split + 1)))
                records.append((line, record))
                return false
            default: return false
            }
        }
        return false
    }

    /// `statement error 42703 at 8`.
    private static func refusal(_ words: [String]) -> SQLLogicRefusal? {
        guard words.count > 1, words[1] == "error" else { return nil }
        let position = words.count > 4 && words[3] == "at" ? Int(words[4]) : nil
        return SQLLogicRefusal(state: words.count > 2 ? words[2] : nil, position: position)
    }
}
