/// Where events go and how much they may cost the agent.
public struct EmitterConfiguration: Sendable {
    /// What gives way when the buffer is full.
    public enum Overflow: Sendable, Hashable {
        /// The event that comes last. What is waiting tells the story from its beginning.
        case dropNewest
        /// The batch that waits longest. What is waiting tells of now.
        case dropOldest
    }

    /// The server: `http://127.0.0.1:8910`. Events are posted to `/v1/events` below it.
    public var server: String
    /// CloudEvents `source`: who emits, such as `agent/pod-3`. With the id it makes an event known again.
    public var source: String
    /// Bearer token for the server; nil sends none.
    public var token: String?
    /// Bytes of events that may wait, those under way included. An agent never waits: beyond it events are dropped and
    /// counted.
    public var bufferBytesMax = 16 << 20
    /// See ``Overflow``.
    public var overflow = Overflow.dropNewest
    /// Events of one request.
    public var batchEventsMax = 500
    /// Bytes of one request's body. A single larger event still goes, alone.
    public var batchBytesMax = 512 << 10
    /// The longest that an event waits for others before its batch is sent, ms.
    public var flushIntervalMilliseconds = 200
    /// Of one exchange with the server, ms.
    public var requestTimeoutMilliseconds = 10_000
    /// Pause after the first failed attempt, ms; it doubles with each further one, and a random part of it is waited.
    public var backoffMilliseconds = 100
    /// The longest pause between attempts, ms, unless the server asks for a longer one.
    public var backoffMillisecondsMax = 5_000
    /// Told of what was lost or refused, on the emitter's own thread; nil keeps it to ``Emitter/statistics``.
    public var report: (@Sendable (EmitterReport) -> Void)?

    /// The defaults suit an agent that handles some hundred events a second.
    public init(server: String, source: String) {
        self.server = server
        self.source = source
    }
}

/// Something that an operator of the agent should hear of.
public enum EmitterReport: Sendable, Equatable {
    /// Events that the server refused for good, and the beginning of its answer.
    case refused(events: Int, answer: String)
    /// An attempt failed; its events are kept and tried again.
    case retrying(events: Int, attempt: Int, reason: String)
}

/// What became of the events so far. Each emitted event ends in exactly one of `delivered`, `refused` and `dropped`, or
/// is still `waiting`.
public struct EmitterStatistics: Sendable, Equatable {
    /// Handed to ``Emitter/emit(_:in:attributes:)``.
    public var emitted = 0
    /// Durable at the server, those it knew already included.
    public var delivered = 0
    /// Refused by the server for what they say.
    public var refused = 0
    /// Given up because the buffer was full or the emitter was closed.
    public var dropped = 0
    /// In the buffer or under way.
    public var waiting = 0
    /// Bytes of them.
    public var waitingBytes = 0
    /// Attempts that failed and were or will be repeated.
    public var failedAttempts = 0
}
