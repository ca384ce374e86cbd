package import NIOPosix

/// The server's own threads for work that blocks or computes: the tasks that serve connections never do either.
package struct BlockingThreads: Sendable {
    /// Exactly one: all that changes the store runs here, in turn.
    package let writer = NIOThreadPool(numberOfThreads: 1)
    /// Decompress, parse, check.
    package let decoders: NIOThreadPool
    /// Answer queries.
    package let queries: NIOThreadPool
    /// Exactly one: works out what traces come to.
    package let settler = NIOThreadPool(numberOfThreads: 1)
    /// Send traces: one thread for each destination.
    package let senders: [NIOThreadPool]

    /// Starts the threads; at least one of each kind but senders.
    package init(decoderCount: Int, queryCount: Int, senderCount: Int = 0) {
        decoders = NIOThreadPool(numberOfThreads: max(1, decoderCount))
        queries = NIOThreadPool(numberOfThreads: max(1, queryCount))
        senders = (0..<senderCount).map { _ in NIOThreadPool(numberOfThreads: 1) }
        for pool in [writer, decoders, queries, settler] + senders { pool.start() }
    }

    /// Ends the threads once what they were given is done.
    package func stop() async throws {
        for pool in senders + [settler, decoders, queries, writer] { try await pool.shutdownGracefully() }
    }
}
