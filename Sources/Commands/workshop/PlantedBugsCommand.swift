#if PLANTED_BUGS
    import ArgumentParser
    import Platform
    import StoreSimulations

    /// `workshop planted-bugs`: whether the simulation finds what somebody planted.
    struct PlantedBugsCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "planted-bugs",
            abstract: "Plants one fault after the other, and shows that the simulation finds it.",
            discussion: """
                The file has a line for each fault: its name and a seed whose history finds it, or `?` where one is \
                to be looked for. With --search the lines are made: the first seed that does. Ends with status 1 \
                where a fault is not found.
                """)

        /// So many seeds are tried for a fault without one.
        private static let searchedMax: UInt64 = 3_000

        @Argument(help: "The file of faults and seeds.")
        var file: String

        @Option(help: "Looks for the first seed among so many, and prints lines for the file.")
        var search: UInt64?

        func run() throws {
            let (clock, workers) = (SystemClock(), ThreadWorkers())
            let text = String(decoding: try POSIXFileSystem().contents(of: file), as: UTF8.self)
            let known = PlantedBugs.seeds(parsing: text)
            var missed = 0
            for bug in PlantedBug.allCases {
                let began = clock.monotonicNanoseconds()
                let listed = search == nil ? known.first { $0.bug == bug }?.seed : nil
                let seed =
                    listed
                    ?? PlantedBugs.firstSeed(finding: bug, below: search ?? Self.searchedMax, workers: workers)?.seed
                let violation = seed.flatMap { PlantedBugs.violation(of: bug, seed: $0) }
                let milliseconds = (clock.monotonicNanoseconds() - began) / 1_000_000
                guard let seed, let violation else {
                    missed += 1
                    try StandardStream.output.print("# \(bug.rawValue) is not found")
                    continue
                }
                let line = "\(bug.rawValue) \(seed)"
                try StandardStream.output.print(
                    search == nil ? "\(line): \(violation) (\(milliseconds) ms)" : line)
            }
            if missed > 0 { throw ExitCode(1) }
        }
    }
#endif
