import Foundation
import Testing

/// Scripts of questions with their answers, through compiler and engine: `Tests/Goldens/SQLLogic`, and any folder that
/// `SQLLOGICTEST_FOLDER` names.
@Suite struct SQLLogicTests {
    private static var own: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appendingPathComponent("Goldens/SQLLogic")
    }

    private static func scripts(in folder: URL) -> [URL] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { ["slt", "test"].contains($0.pathExtension) }.sorted { $0.path < $1.path }
    }

    private static let ownNames = scripts(in: own).map(\.lastPathComponent)

    @Test func thereAreOwnScripts() {
        #expect(Self.ownNames.count > 12)
    }

    @Test(arguments: ownNames) func ourOwnScript(_ name: String) throws {
        let script = SQLLogicScript(try String(contentsOf: Self.own.appendingPathComponent(name), encoding: .utf8))
        #expect(!script.records.isEmpty, "\(name) has no records")
        var runner = SQLLogicRunner()
        runner.run(script)
        for failure in runner.failures { Issue.record("\(name):\(failure.line): \(failure.what)") }
        for (reason, lines) in runner.refused.sorted(by: { $0.value[0] < $1.value[0] }) {
            for line in lines { Issue.record("\(name):\(line): refused: \(reason)") }
        }
        #expect(runner.passed > 0)
    }

    /// Refusals are counted and printed; an answer must be right.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SQLLOGICTEST_FOLDER"] != nil))
    func scriptsOfTheFolder() throws {
        let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["SQLLOGICTEST_FOLDER"] ?? "")
        for file in Self.scripts(in: folder) {
            var runner = SQLLogicRunner()
            runner.run(SQLLogicScript(try String(contentsOf: file, encoding: .utf8)))
            let refused = runner.refused.mapValues(\.count).sorted { $0.value > $1.value }
            let refusedCount = refused.reduce(0) { $0 + $1.value }
            print(
                "\(file.lastPathComponent): \(runner.passed) right, \(runner.failures.count) wrong, \(refusedCount) refused"
            )
            for (reason, count) in refused { print("  \(count) × \(reason)") }
            for failure in runner.failures.prefix(20) {
                print("  WRONG \(file.lastPathComponent):\(failure.line): \(failure.what)")
            }
            #expect(runner.failures.isEmpty)
        }
    }

    @Test func recordsSayWhereTheyStand() {
        var runner = SQLLogicRunner()
        runner.run(
            SQLLogicScript(
                """
                # a remark

                query EE nosort
                select 1, ''
                ----
                1 | (empty)

                query E nosort
                select 2
                ----
                3

                skipif plimsoll
                statement error
                select 4

                onlyif plimsoll
                statement error 42703 at 9
                select nothing

                statement error 42703 at 8
                select nothing
                """))
        #expect(runner.passed == 2)
        #expect(runner.failures.map(\.line) == [8, 17])
    }

    @Test func valuesAreShownExactly() throws {
        let sql = """
            select 1.50, true, null, '', E'a\\tb', 'x,"y"', timestamptz '2026-08-01 09:00:00.5+02', array['a', null],
            interval '1 day', 1e-5::float8
            """
        let shown = SQLLogicText.exactLines(try RowCatalog().result(sql))
        let texts = "1.50 | t | NULL | (empty) | a\\tb | x,\"y\""
        #expect(shown == [texts + " | 2026-08-01 07:00:00.5+00 | {a,NULL} | 1 day | 1e-05"])
    }

    @Test func hashesAreMD5() {
        #expect(SQLLogicText.hashed([]) == "0 values hashing to d41d8cd98f00b204e9800998ecf8427e")
        #expect(
            MD5.digest(Array("message digest".utf8)).map { String(format: "%02x", $0) }.joined()
                == "f96b697d7cb7938d525a2f31aaf161d0")
    }
}
