/// Every maximum that bounds what strangers can make the server hold or do.
package struct ServerLimits: Sendable {
    /// What the process is to hold in all: the program with what a store keeps in memory, bodies and events on their
    /// way to the disk, and the rest for questions and answers.
    package var memoryBytesMax = 2 << 30
    /// A request body as it comes over the wire.
    package var bodyBytesMax = 64 << 20
    /// The same decompressed: what a decompression bomb runs into.
    package var decodedBodyBytesMax = 64 << 20
    /// Bodies that are being read, decoded or waiting for the disk, together; beyond it senders are told to wait. At
    /// least `bodyBytesMax`.
    package var ingestBytesMax = 192 << 20
    /// Decoded events waiting for the disk, together; beyond it senders are told to wait.
    package var ingestEventsMax = 500_000
    /// How long a client is told to wait where there is no room.
    package var retryAfterSeconds = 1
    /// Events that the writer covers with one flush, unless one request alone brings more.
    package var groupEventsMax = 50_000
    /// Longest time for a body to arrive.
    package var bodyTimeout = Duration.seconds(60)
    /// Longest silence on a connection before or within a request; header fields that trickle are silence, too. Also
    /// how long an answer may lie there without being fetched.
    package var idleTimeout = Duration.seconds(75)
    /// How long the rest of a request is still read once it was refused, so that its sender sees the answer.
    package var lingerTimeout = Duration.seconds(2)
    /// Request line and header fields of one request, together.
    package var headerBytesMax = 32 << 10
    /// Open connections at all addresses together, as far as the limit on open files allows; more wait in the backlog.
    package var connectionsMax = 1024
    /// Characters of a query text.
    package var queryTextBytesMax = 1 << 20
    /// Queries answered at the same time; more wait.
    package var queriesRunningMax = 2
    /// Queries that may wait for their turn; beyond it whoever asks is told to wait.
    package var queriesWaitingMax = 64
    /// What one query may hold, where the memory for all of them is not less.
    package var queryMemoryBytesMax = 256 << 20
    /// How long one query may run.
    package var queryTimeLimit = Duration.seconds(30)
    /// Longest time for requests under way to end once a stop was asked for.
    package var drainTimeout = Duration.seconds(20)
    /// How long questions may go on once a stop was asked for: nobody waits for them.
    package var questionDrainTimeout = Duration.seconds(2)
    /// How much of an answer its client has to fetch a second, once it was waited for as long as `idleTimeout`: who is
    /// slower is dropped, for it holds what others want.
    package var fetchBytesPerSecondMin = 64 << 10

    /// The defaults serve the reference load on two cores.
    package init() {}

    /// What a program takes that nobody asks anything: its code, the newest events, a seal and a compaction under way,
    /// filters and pages that are kept.
    private static let programBytes = 384 << 20
    /// What the process holds once its store is open and before anybody is served, in bytes: counters, prices, the
    /// newest events. What must be there is taken from what questions may have.
    package var startBytes = 0
    /// What a seal takes beside that: rows of the conversations that it folds, and counters that are changed meanwhile.
    private static let sealBytes = 192 << 20
    /// What a compaction takes: a place for each row of a table, a group's columns and the pages made of them; and what
    /// is kept of segments.
    private static let compactionBytes = 128 << 20
    /// The least that questions and answers need.
    private static let questionsBytesMin = 64 << 20

    /// What is taken before questions and answers get any: what is on its way to the disk lies there as it came and
    /// decoded.
    private var memoryBytesTaken: Int {
        let (ingest, overflow) = ingestBytesMax.multipliedReportingOverflow(by: 2)
        let (sum, isBeyond) = ingest.addingReportingOverflow(Self.programBytes)
        return overflow || isBeyond ? .max : sum
    }

    /// The least that ``memoryBytesMax`` may be.
    package var memoryBytesMin: Int {
        let (sum, overflow) = memoryBytesTaken.addingReportingOverflow(Self.questionsBytesMin * 3 / 2)
        return overflow ? .max : sum
    }

    /// What is there for questions and answers, and for what is kept of them, where the store is small.
    private var memoryBytesLeft: Int { memoryBytesMax - min(memoryBytesMax, memoryBytesTaken) }

    /// What the store takes of that.
    private var storeBytesBeyond: Int {
        max(0, startBytes - (Self.programBytes - Self.sealBytes - Self.compactionBytes))
    }

    /// What all questions, and answers until they are fetched, may book together, beside what is kept of those before;
    /// statements that are kept are booked there, a sixteenth of it at most, and go where it runs short.
    /// A third is left for what nobody books: copies that a step makes, and what the allocator keeps.
    package var questionsMemoryBytesMax: Int {
        let left = memoryBytesLeft - keptCostBytesMax - keptTextBytesMax - seriesMemoryBytesMax
        return max(Self.questionsBytesMin, (left - min(left, storeBytesBeyond)) / 3 * 2)
    }

    /// The most that ``keptCostBytesMax`` is, and what it is where no server shares memory out.
    package static let keptCostBytesMost = 64 << 20

    /// What is kept of costs that late prices and corrections change.
    package var keptCostBytesMax: Int { min(Self.keptCostBytesMost, memoryBytesLeft / 16) }

    /// The most that ``keptTextBytesMax`` is, and what it is where no server shares memory out.
    package static let keptTextBytesMost = 48 << 20

    /// What is kept of ids by which questions group: numbers of half a million conversations or so.
    package var keptTextBytesMax: Int { min(Self.keptTextBytesMost, memoryBytesLeft / 24) }

    /// What is kept of series that were asked for before.
    package var seriesMemoryBytesMax: Int { min(192 << 20, memoryBytesLeft / 8) }

    /// The most that ``recordedBytesMax`` is, and what it is where no server shares memory out.
    package static let recordedBytesMost = 8 << 20

    /// The part of ``seriesMemoryBytesMax`` for what rules recorded.
    package var recordedBytesMax: Int { min(Self.recordedBytesMost, seriesMemoryBytesMax / 8) }

    /// ``queryTimeLimit`` in ns; what 64 bits do not hold is for ever.
    package var queryTimeLimitNanoseconds: Int64 {
        let (seconds, attoseconds) = queryTimeLimit.components
        let (whole, isBeyond) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isFurther) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isBeyond || isFurther ? .max : sum
    }

    /// What one question may book.
    package var questionMemoryBytesMax: Int { min(queryMemoryBytesMax, questionsMemoryBytesMax) }
}
