import ArgumentParser

/// The developers' bench: what judges and measures the product and is no part of it.
struct Workshop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workshop",
        abstract: "Judges the product by what others have written for theirs, and measures its kernels.",
        subcommands: [
            KernelsCommand.self, PromQLTestCommand.self, SimulateCommand.self, FailingCallsCommand.self,
            FuzzCommand.self, YearCommand.self,
        ] + planted)

    #if PLANTED_BUGS
        private static let planted: [any ParsableCommand.Type] = [PlantedBugsCommand.self]
    #else
        private static let planted: [any ParsableCommand.Type] = []
    #endif
}
