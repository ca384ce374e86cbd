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
        try checkNoFile(directory)
        try fileSystem.createDirectories(directory)
        var context = context
        if options.compaction != nil { context.compactionQueue = ThreadBackgroundQueue(yieldsToOthers: true) }
        return try EventStore.open(at: directory, context: context, options: options)
    }

    /// Opens a data directory that must be there, to change it.
    func openExistingStore(_ directory: String) throws -> EventStore {
        try checkExists(directory)
        return try EventStore.open(at: directory, context: context)
    }

    /// - Throws: ``CommandFailure`` where something else than a directory has the name.
    func checkNoFile(_ directory: String) throws {
        guard try !fileSystem.isDirectory(directory) else { return }
        // A pipe, too: what has a length are files alone.
        let name = fileName(of: directory)
        let beside = (try? fileSystem.list(parentDirectory(of: directory))) ?? []
        guard beside.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { return }
        throw CommandFailure(
            .badInput, "\(directory) is a file, not a directory", advice: "name a directory with --data DIR")
    }

    /// - Parameter asksServers: whether the command at hand may ask a server in place of a directory.
    /// - Throws: ``CommandFailure`` where there is no such directory.
    func checkIsDirectory(_ directory: String, asksServers: Bool) throws {
        try checkNoFile(directory)
        guard try fileSystem.isDirectory(directory) else {
            throw CommandFailure(
                .badInput, "there is no data directory \(directory)",
                advice: "name it with --data DIR" + (asksServers ? ", or ask a running server with --server URL" : ""))
        }
    }

    /// - Parameter asksServers: whether the command at hand may ask a server in place of a directory.
    /// - Throws: ``CommandFailure`` where it is no data directory.
    func checkExists(_ directory: String, asksServers: Bool = true) throws {
        try checkIsDirectory(directory, asksServers: asksServers)
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

    /// Whether backups are kept there, by `plimsoll backup`.
    func holdsBackups(_ directory: String) throws -> Bool { try fileSystem.isDirectory(directory + "/pieces") }

    /// What is damaged in the files of a directory, which may be served meanwhile, for who goes on to recompute what is
    /// made of them.
    /// - Parameter asksServers: as of ``checkExists(_:asksServers:)``.
    func fileFaults(
        _ directory: String, asksServers: Bool = true,
        telling tell: @escaping VerificationProgress.Tell = { _ in }
    ) throws -> FileFaults {
        try checkExists(directory, asksServers: asksServers)
        return try EventStore.fileFaults(at: directory, context: context, decodes: false, telling: tell)
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
