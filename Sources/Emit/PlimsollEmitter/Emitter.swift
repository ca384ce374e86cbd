import Bytes
import Dispatch
package import HTTPRequests
import JSONTexts
package import Platform
import Synchronization

/// Sends what an agent does to Plimsoll, without ever making the agent wait.
///
/// ``emit(_:in:attributes:)`` renders an event into a bounded buffer and returns; a thread of the emitter posts
/// batches. While the server is away or busy the same bytes, and so the same ids, are tried again with growing pauses:
/// the server knows what it has already, so each event counts once. When the buffer is full events are dropped and
/// counted. Call ``close(timeoutSeconds:)`` before the process ends.
///
///     let emitter = Emitter(EmitterConfiguration(server: "http://127.0.0.1:8910", source: "agent/pod-3"))
///     let turn = EventContext(conversationID: "c-1", turn: 1, channel: "web", agent: "billing")
///     emitter.emit(
///         LLMCall(provider: "openai", requestModel: "gpt-4o-mini", inputTokens: 812, outputTokens: 143), in: turn)
public final class Emitter: Sendable {
    private struct State {
        var buffer: EventBuffer
        var names: EventNames
        var isClosed = false
    }

    private let state: Mutex<State>
    private let clock: any Clock
    private let head: JSONWriter
    private let delivery: Delivery
    private let flushInterval: DispatchTimeInterval
    private let queue = DispatchQueue(label: "plimsoll.emitter")

    /// An emitter that connects when there is something to send.
    public convenience init(_ configuration: EmitterConfiguration) {
        self.init(configuration, clock: SystemClock(), randomness: SystemRandomness())
    }

    // tests: an agent's process is replayed with a machine of the test's choice.
    /// The same with a machine of the caller's choice.
    /// - Parameter post: posts a body of events; nil posts to the configured server.
    package init(
        _ configuration: EmitterConfiguration, clock: any Clock, randomness: any Randomness,
        post: (@Sendable (_ body: [UInt8]) throws(HTTPFailure) -> HTTPResponse)? = nil
    ) {
        self.clock = clock
        state = Mutex(
            State(
                buffer: EventBuffer(configuration),
                names: EventNames(seed: randomness.nextUInt64(), salt: randomness.nextUInt64())))
        var head = JSONWriter()
        head.beginObject()
        head.member("specversion", "1.0")
        head.member("source", configuration.source)
        head.key("id")
        self.head = head
        delivery = Delivery(configuration, randomness: randomness, post: post ?? Delivery.overHTTP(configuration))
        flushInterval = .milliseconds(configuration.flushIntervalMilliseconds)
    }

    /// What became of the events so far.
    public var statistics: EmitterStatistics { state.withLock { $0.buffer.statistics } }

    /// Takes an event; it is sent soon. Never blocks on the server.
    ///
    /// - Parameters:
    ///   - event: what happened; its time is now.
    ///   - context: what it belongs to.
    ///   - attributes: whatever else is worth keeping, under names that no schema has.
    /// - Returns: false when it was dropped because the buffer is full or the emitter closed; ``statistics`` counts it.
    @discardableResult
    public func emit(
        _ event: some AgentEvent, in context: EventContext = EventContext(), attributes: [String: String] = [:]
    ) -> Bool {
        emit(event, in: context, attributes: attributes, at: clock.wallNanoseconds())
    }

    /// The same for something that ended at another instant than now, ns since 1970 UTC.
    @discardableResult
    public func emit(
        _ event: some AgentEvent, in context: EventContext, attributes: [String: String] = [:], at time: Int64
    ) -> Bool {
        let (isTaken, hasFullBatch, hasFirstEvent) = state.withLock { state in
            guard !state.isClosed else { return (state.buffer.refuse(), false, false) }
            let hadFullBatch = state.buffer.hasFullBatch
            var names = state.names
            let isTaken = state.buffer.append { bytes in
                render(event, context, attributes, time, &names, &bytes)
            }
            state.names = names
            return (isTaken, !hadFullBatch && state.buffer.hasFullBatch, isTaken && state.buffer.hasFirstEvent)
        }
        if hasFullBatch {
            queue.async { self.sendWaiting() }
        } else if hasFirstEvent {
            queue.asyncAfter(deadline: .now() + flushInterval) { self.sendWaiting() }
        }
        return isTaken
    }

    /// Sends what waits now and returns when it is settled.
    /// - Returns: false when the time was over first; what is left goes on waiting.
    @discardableResult
    public func flush(timeoutSeconds: Double = 10) -> Bool {
        let done = DispatchSemaphore(value: 0)
        queue.async {
            self.sendWaiting()
            done.signal()
        }
        return done.wait(timeout: .now() + max(0, timeoutSeconds)) == .success
    }

    /// Takes no more events, sends what waits and ends. What could not be sent in time is dropped and counted.
    /// - Returns: false when events were dropped for it.
    @discardableResult
    public func close(timeoutSeconds: Double = 10) -> Bool {
        state.withLock { $0.isClosed = true }
        if flush(timeoutSeconds: timeoutSeconds) { return true }
        delivery.giveUp()
        // The attempt under way ends within its own time limit; only then is the batch free to be dropped.
        queue.sync {}
        return state.withLock { state in
            let isEmpty = state.buffer.statistics.waiting == 0
            state.buffer.dropAll()
            return isEmpty
        }
    }

    /// On the queue: sends batch after batch until nothing waits or delivery was given up.
    private func sendWaiting() {
        while !delivery.isGivenUp, let batch = state.withLock({ $0.buffer.take() }) {
            let outcome = delivery.deliver(batch) { state.withLock { $0.buffer.noteFailedAttempt() } }
            let delivered = batch.count - outcome.refused - outcome.unsettled
            state.withLock { $0.buffer.settle(delivered: delivered, refused: outcome.refused) }
        }
    }

    private func render(
        _ event: some AgentEvent, _ context: EventContext, _ attributes: [String: String], _ time: Int64,
        _ names: inout EventNames,
        _ bytes: inout [UInt8]
    ) {
        // The buffer changes hands, so that it is not copied.
        var json = JSONWriter(appendingTo: bytes)
        bytes = []
        json.append(head)
        json.value(plain: { names.appendNext(at: clock.wallNanoseconds(), to: &$0) })
        json.member("type", type(of: event).type)
        json.key("time")
        json.value(time: time, decimals: .nine)
        json.key("data")
        var fields = EventFields(json)
        json = JSONWriter()
        context.encode(into: &fields)
        event.encode(into: &fields)
        if !attributes.isEmpty { fields.object("attributes", attributes) }
        json = fields.close()
        json.endObject()
        json.endLine()
        bytes = json.take()
    }
}
