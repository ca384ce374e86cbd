import Domain

// tests: small ones are soon met.
/// How much is in memory while conversations are folded.
package struct FoldLimits: Sendable {
    /// Events that the rows of one conversation are made of.
    package var conversationEventsMax = Limits.conversationEventsMax
    /// What these may weigh, bytes.
    package var conversationBytesMax = Limits.conversationBytesMax
    /// Conversations that are folded together …
    package var keysAtOnce = 4_096
    /// … while segments hold at most so many of their events …
    var rowsAtOnce = 2 * Limits.conversationEventsMax
    /// … and so many bytes of them; else they are folded in halves.
    package var bytesAtOnce = Limits.conversationBytesMax
    /// Events that a verification holds at one time, over all workers.
    package var verifiedEventsAtOnce = 800_000

    /// Those of a store that serves.
    package init() {}
}
