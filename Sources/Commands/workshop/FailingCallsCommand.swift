import ArgumentParser
import Platform
import StoreSimulations

/// `workshop failing-calls`: each call of the file system fails once.
struct FailingCallsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failing-calls",
        abstract: "Has the first call of the file system fail, then in another run the second, and so on to the last.",
        discussion: """
            With each error of the system, with short transfers, with flushes that lose what they should keep, and \
            with power that goes; over a workload of at least --events events with two starts in it. What a store \
            does then that it must not is a line, and ends the run with status 1.
            """)

    @Option(help: "Events of the workload, at least.")
    var events = 500

    @Option(help: "Only each so-manieth call.")
    var step = 1

    func validate() throws {
        guard events > 0, step > 0 else { throw ValidationError("--events and --step take 1 or more") }
    }

    func run() throws {
        let result = FailingCalls.all(events: events, step: step, workers: ThreadWorkers())
        for line in result.failures { try StandardStream.output.print(line) }
        try StandardStream.output.print(
            "\(result.runs) runs, up to \(result.callsMost) calls of a life, \(result.failures.count) failures")
        if !result.failures.isEmpty { throw ExitCode(1) }
    }
}
