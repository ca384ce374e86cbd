import ArgumentParser
import Platform
import StoreSimulations

/// `workshop simulate`: histories of stores on a simulated volume.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Lets stores live through appends, crashes, failing disks and damage, drawn from seeds.",
        discussion: """
            Each seed is a history, and comes out the same each time. It runs beside a plain model of what the store \
            must hold; where the two part, the seed and a shorter history that does the same are shown, and the run \
            ends with status 1. --seed N alone shows the history of one seed.
            """)

    @Option(help: "How many seeds.")
    var seeds: UInt64 = 1_000

    @Option(help: "The first one.")
    var first: UInt64 = 1

    @Option(help: "One seed alone; a history that ends badly is made as short as it can be.")
    var seed: UInt64?

    @Option(help: "Processors; all without it.")
    var processors: Int?

    func validate() throws {
        guard seeds > 0, first.addingReportingOverflow(seeds).overflow == false else {
            throw ValidationError("--seeds takes 1 or more")
        }
        guard processors.map({ $0 > 0 }) ?? true else { throw ValidationError("--processors takes 1 or more") }
    }

    func run() throws {
        if let seed { return try tell(seed) }
        let (clock, total) = (SystemClock(), seeds)
        let began = clock.monotonicNanoseconds()
        let (report, failures) = Simulation.run(
            seeds: first..<(first + seeds), workers: ThreadWorkers(parallelism: processors)
        ) { done in StandardStream.tell("\(done) of \(total) seeds") }
        let seconds = (clock.monotonicNanoseconds() - began) / 1_000_000_000
        try StandardStream.output.print("\(report.summary); \(seconds) s")
        guard let failure = failures.first else { return }
        try StandardStream.output.print("seed \(failure.seed): \(failure.violation)")
        try tell(failure.seed)
    }

    /// What happens in a history, and how it ends.
    private func tell(_ seed: UInt64) throws {
        let (lines, violation) = Simulation.shortestFailure(seed: seed)
        for line in lines { try StandardStream.output.print(line) }
        guard let violation else { return try StandardStream.output.print("seed \(seed) ends well") }
        try StandardStream.output.print("\(violation)")
        try StandardStream.output.print("again: workshop simulate --seed \(seed)")
        throw ExitCode(1)
    }
}
