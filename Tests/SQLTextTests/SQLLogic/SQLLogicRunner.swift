import Columnar
import Foundation
import Plans
import SQLText

/// Runs sqllogictest scripts: CREATE TABLE and INSERT fill a catalog in memory, queries go through compiler and engine.
struct SQLLogicRunner {
    private(set) var catalog = RowCatalog()
    private(set) var passed = 0
    /// Lines of what was refused as not supported, by reason.
    private(set) var refused: [String: [Int]] = [:]
    /// Wrong answers and unexpected errors, each with its line in the script.
    private(set) var failures: [(line: Int, what: String)] = []
    private var labels: [String: [String]] = [:]

    mutating func run(_ script: SQLLogicScript) {
        for (line, record) in script.records {
            switch record {
            case .statement(let sql, let refusal): runStatement(sql, refusal, line)
            case .query(let sql, let types, let sorting, let label, let expected):
                runQuery(sql, types, sorting, label, expected, line, threshold: script.hashThreshold)
            }
        }
    }

    private mutating func fail(_ line: Int, _ what: String) { failures.append((line, what)) }

    private mutating func runStatement(_ sql: String, _ refusal: SQLLogicRefusal?, _ line: Int) {
        do {
            try catalog.execute(sql)
            if refusal == nil { passed += 1 } else { fail(line, "not refused: \(sql)") }
        } catch {
            let given = error as? QueryError
            let isExpected: Bool
            if let refusal {
                isExpected =
                    (refusal.state == nil || refusal.state == given?.kind.sqlState)
                    && (refusal.position == nil || refusal.position == given?.position)
            } else {
                isExpected = false
            }
            if isExpected { passed += 1 } else { fail(line, "refused with \(error): \(sql)") }
        }
    }

    private mutating func runQuery(
        _ sql: String, _ types: String, _ sorting: String, _ label: String?, _ expected: [String], _ line: Int,
        threshold: Int
    ) {
        do {
            let flat = try values(of: sql, types, sorting)
            let shown = flat.count > threshold ? [SQLLogicText.hashed(flat)] : flat
            let isHashed = expected.count == 1 && expected[0].contains(" values hashing to ")
            let given = isHashed ? [SQLLogicText.hashed(flat)] : shown
            // Letters that Swift holds for the same may be other bytes.
            if given.map({ Array($0.utf8) }) != expected.map({ Array($0.utf8) }) {
                fail(line, "expected \(expected.prefix(12)), got \(given.prefix(12)): \(sql)")
            } else if let label, let known = labels[label], known != given {
                fail(line, "label \(label) changed: \(sql)")
            } else {
                if let label { labels[label] = given }
                passed += 1
            }
        } catch let error as QueryError where [.notSupported, .undefinedFunction].contains(error.kind) {
            refused[error.message.prefix(70).description, default: []].append(line)
        } catch {
            fail(line, "\(error): \(sql)")
        }
    }

    /// The lines that a record expects where the engine answers so.
    private func values(of sql: String, _ types: String, _ sorting: String) throws -> [String] {
        if types.allSatisfy({ $0 == "E" }) {
            let lines = SQLLogicText.exactLines(try catalog.result(sql))
            return sorting == "nosort" ? lines : lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        var values = try catalog.answer(sql).rows.map { row in zip(row, types).map { SQLLogicText.text($0, as: $1) } }
        if sorting == "rowsort" { values.sort { byBytes($0, $1) } }
        var flat = values.flatMap { $0 }
        if sorting == "valuesort" { flat.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
        return flat
    }

    private func byBytes(_ left: [String], _ right: [String]) -> Bool {
        for (a, b) in zip(left, right) where a != b { return a.utf8.lexicographicallyPrecedes(b.utf8) }
        return false
    }
}

extension RowCatalog {
    /// CREATE TABLE and INSERT … VALUES, which only tests have; other statements are let through as settings.
    mutating func execute(_ sql: String) throws {
        let words = sql.replacingOccurrences(of: "\n", with: " ")
        let lower = words.lowercased()
        if lower.hasPrefix("create table") { return try create(words) }
        if lower.hasPrefix("insert into") { return try insert(words) }
        if lower.hasPrefix("create index") || lower.hasPrefix("create unique index") { return }
        if case .query = try SQLCompiler(catalog: self).compile(sql) { _ = try answer(sql) }
    }

    private mutating func create(_ sql: String) throws {
        guard let open = sql.firstIndex(of: "("), let close = sql.lastIndex(of: ")") else { throw unreadable(sql) }
        let name = sql[..<open].split(separator: " ").last.map { $0.lowercased() } ?? ""
        let columns = try split(sql[sql.index(after: open)..<close]).map { definition in
            let words = definition.split(separator: " ").map { $0.lowercased() }
            guard words.count > 1 else { throw unreadable(sql) }
            return TableColumn(
                name: words[0],
                type: try Self.type(
                    of: "select null::\(words[1...].prefix { $0 != "primary" }.joined(separator: " "))", self))
        }
        tables[name] = RowTable(name: name, columns: columns)
    }

    private static func type(of sql: String, _ catalog: RowCatalog) throws -> ColumnType {
        try catalog.answer(sql).columns[0].type
    }

    private mutating func insert(_ sql: String) throws {
        guard let values = sql.range(of: "values", options: .caseInsensitive) else { throw unreadable(sql) }
        let head = sql[..<values.lowerBound].dropFirst("insert into ".count)
        let name = head.prefix { $0 != "(" && $0 != " " }.lowercased()
        guard var table = tables[name] else { throw unreadable(sql) }
        var places = Array(table.columns.indices)
        if let open = head.firstIndex(of: "("), let close = head.lastIndex(of: ")") {
            places = try split(head[head.index(after: open)..<close]).map { column in
                guard let place = table.columns.firstIndex(where: { $0.name == column.lowercased() }) else {
                    throw unreadable(sql)
                }
                return place
            }
        }
        let casts = places.enumerated().map { "column\($0.offset + 1)::\(table.columns[$0.element].type.castName)" }
            .joined(separator: ", ")
        for row in try answer("select \(casts) from (\(sql[values.lowerBound...])) v").rows {
            var full = [Scalar](repeating: .null, count: table.columns.count)
            for (place, value) in zip(places, row) { full[place] = value }
            table.rows.append(full)
        }
        tables[name] = table
    }

    /// Parts between commas outside parentheses.
    private func split(_ text: Substring) -> [String] {
        var parts = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == "," && depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private func unreadable(_ sql: String) -> QueryError { QueryError(.syntax, "the test runner cannot read: \(sql)") }
}

extension ColumnType {
    fileprivate var castName: String {
        if case .numeric(let scale) = self { return "numeric(38,\(scale))" }
        return sqlName
    }
}
