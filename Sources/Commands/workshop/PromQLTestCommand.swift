import ArgumentParser
import PromQLScripts
import Platform

/// `workshop promqltest`: runs Prometheus' script files.
struct PromQLTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promqltest", abstract: "Runs script files of Prometheus' test language.",
        discussion: """
            Each question that is not answered as expected is a line: file, line, what was expected, what came. Those \
            that need a part of the language which is not promised yet are counted by what they need, and do not \
            count. Ends with status 1 where a promised one failed.
            """)

    @Argument(help: "A folder; its files that end in .test are run.")
    var folder: String

    @Flag(help: "Remove names of metrics with the function that makes them wrong, not at the end.")
    var earlyNameRemoval = false

    func run() throws {
        let files = POSIXFileSystem()
        let names = try files.list(folder).filter { !$0.isDirectory && $0.name.hasSuffix(".test") }.map(\.name).sorted()
        guard !names.isEmpty else { throw ValidationError("\(folder) has no file that ends in .test") }
        let runner = ScriptRunner(delaysNameRemoval: !earlyNameRemoval)
        var all = (answered: 0, asked: 0)
        for name in names {
            let text = String(decoding: try files.contents(of: folder + "/" + name), as: UTF8.self)
            let report: ScriptReport
            do throws(ScriptError) {
                report = try runner.run(text)
            } catch { throw Unreadable(name: name, error: error) }
            for line in report.failures(in: name) { try StandardStream.output.print(line) }
            let promised = report.promised
            all = (all.answered + promised.answered, all.asked + promised.asked)
            let others = report.experimental.map { ", \($0.feature) \($0.answered) of \($0.asked)" }.joined()
            try StandardStream.output.print("\(name): \(promised.answered) of \(promised.asked)\(others)")
        }
        try StandardStream.output.print("all: \(all.answered) of \(all.asked)")
        if all.answered < all.asked { throw ExitCode(1) }
    }

    private struct Unreadable: Error, CustomStringConvertible {
        let name: String
        let error: ScriptError

        var description: String { "\(name): \(error)" }
    }
}
