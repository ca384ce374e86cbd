import Foundation

/// The folders that are checked, found from where this file lies.
enum Repository {
    static let root: URL = {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path)
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    /// Files of a folder that end so, by name.
    static func files(in folder: String, ending suffix: String) throws -> [URL] {
        let path = root.appending(path: folder)
        let found = try FileManager.default.subpathsOfDirectory(atPath: path.path)
        return found.filter { $0.hasSuffix(suffix) }.sorted().map { path.appending(path: $0) }
    }

    static func text(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }
}

/// A program of the Debian packages `prometheus` and `prometheus-alertmanager`.
enum Checker {
    struct Outcome {
        var status: Int32
        var text: String
    }

    struct Missing: Error, CustomStringConvertible {
        var name: String
        var description: String { "\(name) is not installed: apt-get install prometheus prometheus-alertmanager" }
    }

    static func run(_ name: String, _ arguments: [String]) throws -> Outcome {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":").map {
            $0 + "/" + name
        }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let path else { throw Missing(name: name) }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = Repository.root
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, text: String(decoding: output, as: UTF8.self))
    }

    /// What promtool says of expressions, each made a recording rule; empty when all parse.
    static func complaints(about expressions: [String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plimsoll-expressions-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var text = "groups:\n  - name: expressions\n    rules:\n"
        for (index, expression) in expressions.enumerated() {
            let lines = expression.split(separator: "\n").map { "          " + $0 }
            text += "      - record: expression:\(index)\n        expr: |\n" + lines.joined(separator: "\n") + "\n"
        }
        let file = folder.appending(path: "expressions.yaml")
        try text.write(to: file, atomically: true, encoding: .utf8)
        let outcome = try run("promtool", ["check", "rules", file.path])
        return outcome.status == 0 ? "" : outcome.text
    }
}
