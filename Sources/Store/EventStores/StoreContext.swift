package import Domain
package import Platform

/// The machine as the store sees it. Everything that is not a pure function of its input comes in here, so that a seed
/// replays all.
package struct StoreContext: Sendable {
    package var fileSystem: any FileSystem
    package var clock: any Clock
    package var randomness: any Randomness
    package var workers: any Workers
    /// Where sealing runs while events go on coming in.
    var sideQueue: any BackgroundQueue
    /// Where small segments become one: that takes longer than events can wait for a seal.
    package var compactionQueue: any BackgroundQueue

    package init(
        fileSystem: any FileSystem, clock: any Clock, randomness: any Randomness, workers: any Workers,
        sideQueue: any BackgroundQueue = InlineBackgroundQueue(), compactionQueue: (any BackgroundQueue)? = nil
    ) {
        self.fileSystem = fileSystem
        self.clock = clock
        self.randomness = randomness
        self.workers = workers
        self.sideQueue = sideQueue
        self.compactionQueue = compactionQueue ?? sideQueue
    }
}

/// What may be tuned; the defaults serve the reference load.
package struct StoreOptions: Sendable {
    /// Unsealed events become a segment at this number …
    package var sealEventsMax = 65_536
    /// … or at these bytes of rows.
    var sealBytesMax = 48 << 20
    /// Which segments become one beside the writer; nil: none, as for commands that do one thing.
    package var compaction: CompactionLimits?
    /// What goes, and when; nothing does where a command does one thing.
    package var retention = RetentionLimits()
    /// What is archived, and when; likewise. Where it lies is known to every start once it was said.
    package var archive = ArchiveLimits()
    /// How much is in memory while conversations are folded.
    package var foldLimits = FoldLimits()
    /// Bytes of one log file.
    package var logFileBytes = 64 << 20
    /// What is kept of costs of sealed calls through late prices and corrections, in bytes: vectors of a million calls
    /// or so.
    package var keptCostBytesMax = ServerLimits.keptCostBytesMost
    /// What is kept of ids that rows of many groups have in common, in bytes: numbers by which questions group.
    package var keptTextBytesMax = ServerLimits.keptTextBytesMost

    // tests: a store is opened under the schemas of another version.
    /// The files of schemas; what a store's log says of ids comes first.
    package var schemas = SchemaFiles.builtIn
    /// What the schemas of a new store go on from, so that ids in rows of another one mean the same here.
    var schemaNames = SchemaNames()
    /// It is being restored: that a restore has not ended is no reason not to open.
    var isBeingRestored = false
    /// The list of prices that the program brings: a new store begins with it, others take over what they lack.
    package var listPrices = BuiltInPrices.entries

    package init() {}
}
