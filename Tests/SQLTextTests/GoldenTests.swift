import Columnar
import Plans
import SQLText
import Testing

/// Questions and the plans they become, errors and where they point: `Tests/Goldens/SQLText`.
@Suite struct GoldenTests {
    @Test(arguments: ["twelve", "expressions", "aggregates", "windows", "relations", "times", "errors", "statements"])
    func golden(_ name: String) throws {
        let file = try GoldenFile("SQLText/\(name).txt")
        #expect(!file.cases.isEmpty)
        try file.run({ answer($0) }) { item, given in
            #expect(given == item.answer, "\(name): \(item.question)")
        }
    }

    private func answer(_ item: GoldenFile.Case) -> String {
        let zone = item.heading.split(separator: " ").dropFirst().first.map(String.init) ?? "UTC"
        do {
            return describe(try SQLCompiler(catalog: RowCatalog.named, timeZone: zone).compile(item.question))
        } catch {
            let place = error.position.map { " at \($0)" } ?? ""
            return "\(error.kind.sqlState)\(place): \(error.message)" + (error.hint.map { "\nhint: \($0)" } ?? "")
        }
    }

    private func describe(_ statement: CompiledStatement) -> String {
        switch statement {
        case .query(let plan):
            let columns = plan.output.map { "\($0.name) \($0.type.goldenName)" }.joined(separator: ", ")
            return (["columns: \(columns)"] + plan.explained()).joined(separator: "\n")
        case .explain(let plan, let analyze):
            return "explain\(analyze ? " analyze" : "")\n" + plan.explained().joined(separator: "\n")
        case .set(let name, let value): return "set \(name) = \(value ?? "default")"
        case .show(let name): return "show \(name)"
        }
    }
}

extension ColumnType {
    /// The SQL name with the scale, which plans need and PostgreSQL's names leave out.
    fileprivate var goldenName: String {
        switch self {
        case .numeric(let scale): "numeric(\(scale))"
        case .array(let element): element.goldenName + "[]"
        default: sqlName
        }
    }
}
