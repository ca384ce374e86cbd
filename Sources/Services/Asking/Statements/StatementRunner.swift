import Bytes
package import Columnar
package import Execution
import JSONTexts
package import Plans
package import SQLText

/// SQL text to rows, over one snapshot: what fronts and `plimsoll query` share.
package struct StatementRunner: Sendable {
    private let engine: any QueryEngine
    private let kept: KeptStatements?

    /// - Parameters:
    ///   - engine: answers the plans that texts become.
    ///   - kept: what texts became before; nil: each is compiled.
    package init(engine: any QueryEngine, keeping kept: KeptStatements? = nil) {
        (self.engine, self.kept) = (engine, kept)
    }

    /// Compiles and runs one statement, under the settings that stand before it. EXPLAIN answers its lines as rows; SET
    /// alone answers none, for there is no session to keep it.
    /// - Parameter format: how the answer will be written: objects want a name for each column; nil: as no objects.
    /// - Throws: `QueryError`; corruption errors of the store as they come.
    package func run(
        _ sql: String, over catalog: any TableCatalog, options: QueryOptions, as format: ResultFormat? = nil
    ) throws -> ResultSet {
        let script = try SQLCompiler(catalog: catalog, timeZone: options.timeZone, within: options)
            .compileScript(sql, keeping: kept)
        if format == .ndjson { try Self.checkNames(script.statement.columns) }
        var options = options
        options.preparation = script.preparation
        for setting in script.settings { try options.apply(setting) }
        var result = try answer(script.statement, over: catalog, options: &options)
        result.timeZone = options.timeZone
        return result
    }

    /// Of members of one name a reader keeps one, which one nobody knows.
    private static func checkNames(_ columns: [TableColumn]) throws(QueryError) {
        var seen: Set<ExactText> = []
        for column in columns where !seen.insert(ExactText(column.name)).inserted {
            throw QueryError(
                .duplicateName, "two columns are named \(column.name), and an object has one member of a name",
                hint: "name one of them otherwise, with AS")
        }
    }

    private func answer(
        _ statement: CompiledStatement, over catalog: any TableCatalog, options: inout QueryOptions
    ) throws -> ResultSet {
        switch statement {
        case .query(let plan):
            return try engine.run(plan, catalog: catalog, options: options)
        case .explain(let plan, let analyze):
            let prepared = try engine.prepared(plan, catalog: catalog, options: options)
            let rollups = Set(catalog.rollups.map(\.table)).intersection(prepared.tablesRead).sorted()
            let note = rollups.isEmpty ? [] : ["Rollups: answered from " + rollups.joined(separator: ", ")]
            guard analyze else { return lines(prepared.explained() + note, statement, catalog) }
            let result = try engine.run(plan, catalog: catalog, options: options)
            var answer = lines(result.analysis(of: prepared) + note, statement, catalog)
            answer.notices = result.notices
            return answer
        case .set(let name, let value):
            try options.apply(StatementSetting(name: name, value: value))
            return ResultSet(
                columns: [], chunks: [], position: catalog.position, watermark: catalog.watermark,
                statistics: QueryStatistics())
        case .show(let name):
            switch name {
            case "timezone", "time zone": return lines([options.timeZone], statement, catalog)
            case "plimsoll.rollups": return lines([options.usesRollups ? "on" : "off"], statement, catalog)
            default:
                throw QueryError.settingMissing(name)
            }
        }
    }

    private func lines(_ lines: [String], _ statement: CompiledStatement, _ catalog: any TableCatalog) -> ResultSet {
        let vector = Vector(type: .text, count: lines.count, storage: .scalars(lines.map { .text($0) }))
        return ResultSet(
            columns: statement.columns, chunks: [Chunk(columns: [vector], rowCount: lines.count)],
            position: catalog.position,
            watermark: catalog.watermark, statistics: QueryStatistics())
    }
}

extension QueryOptions {
    /// Takes a setting over; names that we do not know have no effect, as clients set many.
    /// - Throws: `.invalidParameter` for a value that is none.
    fileprivate mutating func apply(_ setting: StatementSetting) throws {
        switch setting.name {
        case "timezone":
            if let zone = setting.value { timeZone = zone }
        case "plimsoll.rollups":
            switch setting.value?.lowercased() {
            case nil, "on", "true", "yes", "1": usesRollups = true
            case "off", "false", "no", "0": usesRollups = false
            default:
                throw QueryError(.invalidParameter, "plimsoll.rollups is on or off, not \(setting.value ?? "")")
            }
        case let name where name.hasPrefix("plimsoll."):
            throw QueryError.settingMissing(name)
        default: break
        }
    }
}

extension QueryError {
    fileprivate static func settingMissing(_ name: String) -> QueryError {
        QueryError(
            .undefinedName, "there is no setting \(name)",
            hint: nameHint(to: name, known: ["timezone", "plimsoll.rollups"]))
    }
}

extension ResultSet {
    /// The texts of the first column, in the order of the answer; what is no text is left out.
    package var firstTexts: [String] { Array(firstTextsInTurn) }

    /// The same one by one, of whoever needs no two of them at a time.
    package var firstTextsInTurn: some Sequence<String> {
        chunks.lazy.flatMap { chunk in
            (0..<chunk.rowCount).lazy.compactMap { row -> String? in
                if case .text(let text) = chunk.columns[0].scalar(at: row) { text } else { nil }
            }
        }
    }
}
