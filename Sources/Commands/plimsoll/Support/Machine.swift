import EventStores
import Execution
import Plans
import Platform

/// The real machine, as the store wants it.
struct Machine {
    let fileSystem: any FileSystem = POSIXFileSystem()
    let clock: any Clock = SystemClock()
    let randomness: any Randomness = SystemRandomness()
    let workers: any Workers = ThreadWorkers()
    let sideQueue: any BackgroundQueue = ThreadBackgroundQueue()

    var context: StoreContext {
        StoreContext(
            fileSystem: fileSystem, clock: clock, randomness: randomness, workers: workers, sideQueue: sideQueue)
    }

    /// What answers questions here.
    var engine: any QueryEngine { LocalEngine(clock: clock, workers: workers) }

    /// Memory and time of one report, its time running from now on. All its questions share five minutes: nobody else
    /// waits for this machine.
    var reportOptions: QueryOptions {
        var options = QueryOptions()
        options.timeLimitNanoseconds = 300_000_000_000
        return options.startingClock { [clock] in clock.monotonicNanoseconds() }
    }

    /// Opens a data directory, creating it where there is none.
    func openStore(_ directory: String, options: StoreOptions = StoreOptions()) throws -> EventStore {
        try fileSystem.createDirectories(directory)
        return try EventStore.open(at: directory, context: context, options: options)
    }

    /// Opens a data directory that must be there, to change it.
    func openExistingStore(_ directory: String) throws -> EventStore {
        try checkExists(directory)
        return try EventStore.open(at: directory, context: context)
    }

    /// - Parameter asksServers: whether the command at hand may ask a server in place of a directory.
    /// - Throws: ``CommandFailure`` where it is no data directory.
    func checkExists(_ directory: String, asksServers: Bool = true) throws {
        guard try fileSystem.isDirectory(directory) else {
            throw CommandFailure(
                .badInput, "there is no data directory \(directory)",
                advice: "name it with --data DIR" + (asksServers ? ", or ask a running server with --server URL" : ""))
        }
        guard try holdsStore(directory) else {
            throw CommandFailure(
                .badInput, "\(directory) holds no store",
                advice: "`plimsoll serve` and `plimsoll import` make one; is this the right directory?")
        }
    }

    /// Whether a store was ever opened there, whatever of it is left.
    func holdsStore(_ directory: String) throws -> Bool {
        try fileSystem.isDirectory(directory + "/log") || fileSystem.isDirectory(directory + "/segments")
    }

    /// What is damaged in the files of a directory, which may be served meanwhile.
    /// - Parameter asksServers: as of ``checkExists(_:asksServers:)``.
    func fileFaults(_ directory: String, asksServers: Bool = true) throws -> FileFaults {
        try checkExists(directory, asksServers: asksServers)
        return try EventStore.fileFaults(at: directory, context: context)
    }

    /// Opens a directory that must be there, reads from it, closes it. Nothing in it changes, whether or not a server
    /// is running on it.
    /// - Parameters:
    ///   - isRepeatable: whether it may begin again where a server has let go of a file that it reads.
    ///   - asksServers: as of ``checkExists(_:asksServers:)``.
    func reading<Result>(
        _ directory: String, isRepeatable: Bool = false, asksServers: Bool = true,
        _ body: (EventStore) throws -> Result
    ) throws -> Result {
        try checkExists(directory, asksServers: asksServers)
        return try EventStore.reading(directory, context: context, isRepeatable: isRepeatable, body)
    }
}
