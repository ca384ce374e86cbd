import ArgumentParser
import KernelTrials
import Platform

/// `workshop kernels`: calls the hottest kernels over fixed data, for whoever counts what a call takes.
struct KernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels", abstract: "Calls the hottest kernels over data that are the same everywhere.",
        discussion: """
            A line for each: name, rows that one call takes in, and a checksum of the result. A result that is not \
            what the plain way gives ends the run with status 1. Benchmarks/kernels.py counts instructions a row by \
            it (`make bench-kernels`).
            """)

    @Argument(help: "Kernels, by the names that the list shows; all without one.")
    var names: [String] = []

    @Option(name: .customLong("repeat"), help: "How many calls of each; of none only the data are made.")
    var repeats = 1

    @Flag(help: "Show names, rows a call and what each does, and call none.")
    var list = false

    func validate() throws {
        guard repeats >= 0 else { throw ValidationError("--repeat takes 0 or more") }
    }

    func run() throws {
        let trials = try names.isEmpty ? KernelTrials.all : names.map(Self.trial)
        for trial in trials {
            let said = list ? trial.summary : String(try trial.run(repeats: repeats), radix: 16)
            try StandardStream.output.print("\(trial.name)\t\(trial.rows)\t\(said)")
        }
    }

    private static func trial(_ name: String) throws -> KernelTrial {
        guard let trial = KernelTrials.named(name) else {
            throw ValidationError("there is no kernel \(name); --list shows those that there are")
        }
        return trial
    }
}
