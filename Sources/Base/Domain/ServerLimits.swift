/// Every maximum that bounds what strangers can make the server hold or do.
package struct ServerLimits: Sendable {
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
    /// Open connections; more wait in the backlog.
    package var connectionsMax = 1024
    /// Characters of a query text.
    package var queryTextBytesMax = 1 << 20
    /// Queries answered at the same time; more wait.
    package var queriesRunningMax = 2
    /// Queries that may wait for their turn; beyond it whoever asks is told to wait.
    package var queriesWaitingMax = 64
    /// What one query may hold.
    package var queryMemoryBytesMax = 256 << 20
    /// How long one query may run.
    package var queryTimeLimit = Duration.seconds(30)
    /// Longest time for requests under way to end once a stop was asked for.
    package var drainTimeout = Duration.seconds(20)

    /// The defaults serve the reference load on two cores.
    package init() {}
}
