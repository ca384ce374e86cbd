import Foundation

/// The texts that the rules read, loaded once for all tests.
struct Repository: Sendable {
    /// Everything below `Sources`, `Tests`, `Schemas`, `Alerts`, `Dashboards` and `Deploy`, and what lies beside them;
    /// ordered by path.
    let files: [SourceFile]
    let map: String
    let package: String

    /// Below `Sources`.
    var sources: [SourceFile] { files.filter { $0.isBelow("Sources") && $0.isSwift } }
    var swift: [SourceFile] { files.filter(\.isSwift) }

    static let shared = Repository(root: findRoot())

    /// The nearest folder above this file that holds a package.
    private static func findRoot() -> URL {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path)
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }

    private init(root: URL) {
        let suffixes: Set = [
            "swift", "md", "json", "py", "txt", "h", "c", "cpp", "modulemap", "slt", "yml", "yaml", "sh",
        ]
        var paths = ["Makefile", "Package.swift", "README.md", ".gitignore", ".ci/run"]
        for folder in ["Sources", "Tests", "Schemas", "Alerts", "Dashboards", "Deploy"] {
            let found =
                FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.compactMap { $0 as? String }
                ?? []
            paths += found.filter { suffixes.contains(String($0.split(separator: ".").last ?? "")) }.map {
                folder + "/" + $0
            }
        }
        func text(_ path: String) -> String? { try? String(contentsOf: root.appending(path: path), encoding: .utf8) }
        files = paths.sorted().compactMap { path in text(path).map { SourceFile(path: path, text: $0) } }
        map = text("Sources/README.md") ?? ""
        package = text("Package.swift") ?? ""
    }
}
