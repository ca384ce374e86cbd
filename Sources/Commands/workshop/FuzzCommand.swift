import ArgumentParser
import FuzzDriver
import FuzzTargets
import Platform

/// `workshop fuzz`: readers of bytes that others wrote, tried with any.
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Tries the readers of outside bytes with any bytes at all.",
        discussion: """
            With files, tries each of them: `workshop fuzz sql FILE` does again what was found. Without, draws --runs \
            inputs from the seeds. In a build with `-sanitize=fuzzer` (`make fuzz`) what stands behind `--` goes to \
            libFuzzer, which draws inputs by the code that they reach.
            """)

    @Argument(help: "The reader, by the name that --list shows.")
    var target: String?

    @Argument(help: "Files to try; of libFuzzer options and folders.")
    var inputs: [String] = []

    @Flag(help: "Show the readers, and what has to hold of each.")
    var list = false

    @Option(help: "How many inputs are drawn where there are no files.")
    var runs = 2_000

    @Option(help: "Decides which ones.")
    var seed: UInt64 = 1

    @Option(help: "Write the seeds of all readers into a folder, each into one of its name, and try nothing.")
    var seeds: String?

    @Option(help: "Write the words of readers into a folder, as dictionaries of libFuzzer, and try nothing.")
    var words: String?

    func run() throws {
        if list {
            for target in FuzzTarget.all { try StandardStream.output.print("\(target.name)\t\(target.promise)") }
            return
        }
        if let seeds { try write(seedsInto: seeds) }
        if let words { try write(wordsInto: words) }
        if seeds != nil || words != nil { return }
        guard let target = FuzzTarget.all.first(where: { $0.name == self.target }) else {
            throw ValidationError("name a reader that --list shows")
        }
        if FuzzDriver.isThere {
            let status = FuzzDriver.run(["-max_len=\(target.bytesMax)"] + inputs) { bytes in
                if let finding = target.finding(in: bytes) { fatalError("\(target.name): \(finding)") }
            }
            throw ExitCode(status)
        }
        for path in inputs {
            if let finding = target.finding(in: try POSIXFileSystem().contents(of: path)) {
                try StandardStream.output.print("\(path): \(finding)")
                throw ExitCode(1)
            }
        }
        if inputs.isEmpty { try draw(target) }
    }

    private func draw(_ target: FuzzTarget) throws {
        var mutator = FuzzMutator(
            seed: seed, corpus: try target.seeds(), words: target.words, bytesMax: target.bytesMax)
        for run in 0..<max(runs, 0) {
            let bytes = mutator.next()
            guard let finding = target.finding(in: bytes) else { continue }
            try StandardStream.output.print("input \(run) of seed \(seed): \(finding)")
            try POSIXFileSystem().replace("found-\(target.name)", with: bytes)
            try StandardStream.output.print("found-\(target.name) has it")
            throw ExitCode(1)
        }
        try StandardStream.output.print("\(target.name): \(runs) inputs, nothing found")
    }

    private func write(seedsInto folder: String) throws {
        let files = POSIXFileSystem(readers: .everyone)
        for target in FuzzTarget.all {
            let path = folder + "/" + target.name
            try files.createDirectories(path)
            for (index, seed) in try target.seeds().enumerated() {
                try files.replace("\(path)/seed-\(index)", with: seed)
            }
        }
    }

    private func write(wordsInto folder: String) throws {
        let files = POSIXFileSystem(readers: .everyone)
        try files.createDirectories(folder)
        for target in FuzzTarget.all where !target.words.isEmpty {
            try files.replace("\(folder)/\(target.name)", with: FuzzWords.dictionary(target.words))
        }
    }
}
