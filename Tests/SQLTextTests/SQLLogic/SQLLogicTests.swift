import Foundation
import Testing

/// Scripts of questions with their answers, through compiler and engine: `Tests/Goldens/SQLLogic`, and any folder that
/// `SQLLOGICTEST_FOLDER` names.
@Suite struct SQLLogicTests {
    private static var own: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Goldens/SQLLogic")
    }

    private static func scripts(in folder: URL) -> [URL] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { ["slt", "test"].contains($0.pathExtension) }.sorted { $0.path < $1.path }
    }

    @Test func ourOwnScripts() throws {
        let files = Self.scripts(in: Self.own)
        #expect(!files.isEmpty)
        for file in files {
            var runner = SQLLogicRunner()
            runner.run(SQLLogicScript(try String(contentsOf: file, encoding: .utf8)))
            #expect(runner.failures.isEmpty, "\(file.lastPathComponent): \(runner.failures.joined(separator: "\n"))")
            #expect(runner.refused.isEmpty, "\(file.lastPathComponent): \(runner.refused)")
            #expect(runner.passed > 0)
        }
    }

    /// Refusals are counted and printed; an answer must be right.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SQLLOGICTEST_FOLDER"] != nil))
    func scriptsOfTheFolder() throws {
        let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["SQLLOGICTEST_FOLDER"] ?? "")
        for file in Self.scripts(in: folder) {
            var runner = SQLLogicRunner()
            runner.run(SQLLogicScript(try String(contentsOf: file, encoding: .utf8)))
            let refused = runner.refused.sorted { $0.value > $1.value }
            let refusedCount = refused.reduce(0) { $0 + $1.value }
            print(
                "\(file.lastPathComponent): \(runner.passed) right, \(runner.failures.count) wrong, \(refusedCount) refused"
            )
            for (reason, count) in refused { print("  \(count) × \(reason)") }
            for failure in runner.failures.prefix(20) { print("  WRONG \(failure)") }
            #expect(runner.failures.isEmpty)
        }
    }

    @Test func hashesAreMD5() {
        #expect(SQLLogicText.hashed([]) == "0 values hashing to d41d8cd98f00b204e9800998ecf8427e")
        #expect(MD5.digest(Array("message digest".utf8)).map { String(format: "%02x", $0) }.joined() == "f96b697d7cb7938d525a2f31aaf161d0")
    }
}
