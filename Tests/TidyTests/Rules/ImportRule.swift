/// Targets point one way: the map's table says which, the package and every file must agree with it.
enum ImportRule {
    static let mapPath = "Sources/README.md"
    /// What any test may import besides the targets that it depends on.
    static let toolchainOfTests: Set<String> = ["Testing", "Foundation", "Synchronization", "Dispatch", "Glibc"]

    /// Arrows that point to a row below, and targets that stand in the table twice or not at all.
    static func checkOrder(_ table: ImportTable) -> [Finding] {
        var findings: [Finding] = []
        var known: Set<String> = []
        for row in table.rows {
            for module in row.imports where !known.contains(module) {
                findings.append(finding(row, "`\(row.target)` may not import `\(module)`: no row above has that name"))
            }
            if !known.insert(row.target).inserted {
                findings.append(finding(row, "`\(row.target)` is in the table twice"))
            }
        }
        return findings
    }

    /// Differences between the table and `Package.swift`.
    static func checkPackage(_ table: ImportTable, _ targets: [PackageTarget]) -> [Finding] {
        var findings: [Finding] = []
        let names = Set(targets.map(\.name))
        for target in targets where !target.isTest {
            guard let row = table.rows.first(where: { $0.target == target.name }) else {
                findings.append(
                    Finding(
                        path: mapPath, line: 0,
                        message: "the table has no row for target `\(target.name)` of Package.swift"))
                continue
            }
            if row.folder != target.folder {
                findings.append(finding(row, "`\(row.target)` lies in \(target.folder), not in \(row.folder)"))
            }
            let uses = target.uses.filter(names.contains)
            for module in uses where !row.imports.contains(module) {
                findings.append(finding(row, "Package.swift lets `\(row.target)` use `\(module)`, the table doesn't"))
            }
            for module in row.imports where !uses.contains(module) {
                findings.append(
                    finding(row, "the table lets `\(row.target)` import `\(module)`, Package.swift doesn't"))
            }
        }
        for row in table.rows where !names.contains(row.target) {
            findings.append(finding(row, "Package.swift has no target `\(row.target)`"))
        }
        return findings
    }

    private static func finding(_ row: ImportTable.Row, _ message: String) -> Finding {
        Finding(path: mapPath, line: row.line, message: message)
    }

    /// Imports that the table (for sources) or the package (for tests) does not grant.
    static func checkFiles(_ files: [SourceFile], _ table: ImportTable, _ targets: [PackageTarget]) -> [Finding] {
        var findings: [Finding] = []
        for file in files where file.isBelow("Sources") || file.isBelow("Schemas") || file.isBelow("Tests") {
            let granted: Set<String>
            if let row = table.row(of: file.path) {
                granted = Set(row.imports + row.elsewhere)
            } else if let target = targets.first(where: { $0.isTest && file.isBelow($0.folder) }) {
                let elsewhere = table.rows.filter { target.uses.contains($0.target) }.flatMap(\.elsewhere)
                granted = toolchainOfTests.union(target.uses).union(elsewhere)
            } else {
                findings.append(
                    Finding(path: file.path, line: 0, message: "belongs to no target of \(mapPath) and Package.swift"))
                continue
            }
            for (module, line) in imports(of: file) where !granted.contains(module) {
                findings.append(
                    Finding(
                        path: file.path, line: line, message: "imports `\(module)`, which \(mapPath) does not grant"))
            }
        }
        return findings
    }

    /// Modules that a file imports, with their lines.
    static func imports(of file: SourceFile) -> [(module: String, line: Int)] {
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        return file.tokens.indices.compactMap { index in
            let token = file.tokens[index]
            guard token.kind == .word, token.text == "import", file.token(index - 1).text != "." else { return nil }
            let next = file.token(index + 1)
            return (kinds.contains(next.text) ? file.token(index + 2).text : next.text, token.line)
        }
    }
}
