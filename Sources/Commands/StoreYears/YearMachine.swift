package import Platform

/// What a store lives on for a year: the time is never the machine's.
package struct YearMachine {
    /// Where its files are.
    let fileSystem: any FileSystem
    /// Share the work of questions, seals and verifications.
    let workers: any Workers
    /// Where sealing runs.
    let sideQueue: any BackgroundQueue
    /// Where small segments become one, and events go.
    let compactionQueue: any BackgroundQueue
    /// Ids and the key.
    let randomness: any Randomness
    /// Bytes that the process holds; nil where these say nothing of the store.
    let heldBytes: @Sendable () -> Int?

    /// A volume of this machine.
    package static func disk() -> YearMachine {
        returnMemoryEarly()
        return YearMachine(
            fileSystem: POSIXFileSystem(), workers: ThreadWorkers(), sideQueue: ThreadBackgroundQueue(),
            compactionQueue: ThreadBackgroundQueue(yieldsToOthers: true), randomness: SystemRandomness(),
            heldBytes: residentMemoryBytes)
    }

    // tests: the same in each run, and nothing of it on disk.
    /// A volume in memory.
    package static func memory(_ fileSystem: SimulatedFileSystem) -> YearMachine {
        YearMachine(
            fileSystem: fileSystem, workers: ThreadWorkers(parallelism: 2), sideQueue: InlineBackgroundQueue(),
            compactionQueue: InlineBackgroundQueue(), randomness: SeededRandomness(seed: 1), heldBytes: { nil })
    }
}
