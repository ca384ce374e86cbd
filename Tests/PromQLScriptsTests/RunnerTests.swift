import Foundation
import PromQLScripts
import Testing

/// Scripts are run, and what goes wrong is told.
@Suite struct RunnerTests {
    /// Where the scripts of this project stand.
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/promql").path

    private static func scripts(in folder: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter { $0.hasSuffix(".test") }.sorted()
    }

    private func failures(_ folder: String, _ file: String) throws -> [String] {
        let bytes = try #require(FileManager.default.contents(atPath: folder + "/" + file))
        return try ScriptRunner().run(String(decoding: bytes, as: UTF8.self)).failures(in: file)
    }

    @Test func allScriptsAreThere() { #expect(Self.scripts(in: Self.folder).count == 11) }

    @Test(arguments: scripts(in: folder)) func answersAsExpected(_ file: String) throws {
        #expect(try failures(Self.folder, file) == [])
    }

    private static let conformance = ProcessInfo.processInfo.environment["PLIMSOLL_CONFORMANCE"].map { $0 + "/promql" }

    /// Scripts of Prometheus, where the environment names a folder that has them.
    @Test(arguments: scripts(in: conformance ?? "")) func answersAsPrometheus(_ file: String) throws {
        #expect(try failures(Self.conformance ?? "", file) == [])
    }

    private static let wrong = """
        load 1m
          m{a="1"} 1 2
          h {{count:1}}

        eval instant at 0 m
          m{a="1"} 2

        eval instant at 0 m

        eval instant at 0 m
          m{a="2"} 1

        eval instant at 0 m +
          m{a="1"} 1

        eval instant at 0 m
          expect fail

        eval instant at 0 1 + 1
          3

        eval instant at 0 max(h)
          expect no_info

        eval instant at 0 max(h)
          expect info msg: PromQL info: other words

        eval instant at 0 m
          expect warn
          m{a="1"} 1

        eval instant at 0 nothing == 1
          expect fail msg: words

        eval range from 0 to 1m step 1m m
          m{a="1"} 1 _ 2

        eval instant at 0 "a"
          expect string "b"

        eval instant at 0 sort(m)
          expect ordered
          m{a="1"} 1

        eval instant at 0 h
          h {{count:1 counter_reset_hint:gauge}}

        eval instant at 0 first_over_time(m[1m])
          m{a="1"} 5
        """

    @Test func differencesAreTold() throws {
        let report = try ScriptRunner().run(Self.wrong)
        let lines = report.failures(in: "wrong.test")
        let numbers = lines.compactMap { $0.split(separator: ":").dropFirst().first.flatMap { Int($0) } }
        #expect(numbers == [5, 8, 10, 13, 16, 19, 22, 25, 28, 32, 35, 38, 45, 48])
        #expect(lines.first == "wrong.test:5: m: expected m{a=\"1\"} 2, got m{a=\"1\"} 1")
        #expect(
            lines.last == "wrong.test:48: first_over_time(m[1m]) (experimental functions): expected m{a=\"1\"} 5, got "
                + "m{a=\"1\"} 1")
        let (answered, asked) = report.promised
        #expect(answered == 1 && asked == 14)
        #expect(report.experimental.map(\.feature) == ["experimental functions"])
        #expect(report.experimental.map(\.answered) == [0] && report.experimental.map(\.asked) == [1])
        #expect(report.verdicts.first?.fault?.expected == "m{a=\"1\"} 2")
        #expect(report.verdicts.first?.question.line == 5 && report.verdicts.first?.feature == nil)
        #expect(report.verdicts.first?.fault?.got == "m{a=\"1\"} 1")
    }

    @Test func namesGoEarly() throws {
        let script = "load 1m\n  m 1 2\n\neval instant at 1m sum by (__name__) (abs(m))\n  {} 2\n"
        #expect(try ScriptRunner(delaysNameRemoval: false).run(script).failures(in: "s") == [])
        #expect(throws: ScriptError.self) { try ScriptRunner().run("nonsense") }
    }
}
