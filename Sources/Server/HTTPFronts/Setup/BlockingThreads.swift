import Platform

/// The server's own threads for work that blocks or computes: the tasks that serve connections never do either.
struct BlockingThreads: Sendable {
    /// Exactly one: all that changes the store runs here, in turn.
    let writer = ThreadPool(threadCount: 1)
    /// Decompress, parse, check.
    let decoders: ThreadPool
    /// Answer queries.
    let queries: ThreadPool
    /// Exactly one: reads the tokens, which every request may need.
    let access = ThreadPool(threadCount: 1)
    /// Exactly one: counts what `/metrics` tells of the last minutes.
    let scrapes = ThreadPool(threadCount: 1)
    /// Exactly one: answers what the server is asked of itself.
    let status = ThreadPool(threadCount: 1)
    /// Exactly one: works out what traces come to.
    let settler = ThreadPool(threadCount: 1)
    /// Send traces: one thread for each destination.
    let senders: [ThreadPool]

    /// How many threads ``init(decoderCount:queryCount:senderCount:)`` starts, up to a few thousand.
    static func count(decoders: Int, queries: Int, senders: Int) -> Int {
        [decoders, queries, senders].reduce(5) { $0 + max(1, min($1, 1000)) }
    }

    /// Starts the threads; at least one of each kind but senders.
    init(decoderCount: Int, queryCount: Int, senderCount: Int = 0) {
        decoders = ThreadPool(threadCount: max(1, decoderCount))
        queries = ThreadPool(threadCount: max(1, queryCount))
        senders = (0..<senderCount).map { _ in ThreadPool(threadCount: 1) }
    }

    /// Ends the threads once what they were given is done.
    func stop() async {
        for pool in senders + [settler, access, scrapes, status, decoders, queries, writer] { await pool.stop() }
    }
}
