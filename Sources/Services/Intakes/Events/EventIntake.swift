package import Domain
package import EventStores
package import Platform
import WireFormats

/// The way of events from a front to the disk: undo compression, decode, commit, answer.
///
/// The front reads the body on its own tasks; decoding happens on the decoder threads, writing on the writer thread;
/// the gate bounds what is on the way.
package final class EventIntake: Sendable {
    /// Bounds what is on the way.
    package let gate: IngestGate
    /// Writes what was decoded, and whatever else goes into the log.
    package let committer: GroupCommitter<IngestBatch, AppendResult>
    /// What came in since the start.
    package let counters: IntakeCounters
    private let store: any IntakeStore
    private let threads: ThreadPool
    private let limits: ServerLimits
    private let health: ServerHealth
    private let decoders: DecoderPool
    private let words: SlippedWords?

    /// - Parameters:
    ///   - threads: they decompress and decode.
    ///   - writer: the one thread that changes the store.
    ///   - clock: by which events wait for room.
    ///   - words: told of words that miss known ones.
    ///   - onRefusal: called where an event was refused.
    package init(
        store: any IntakeStore, threads: ThreadPool, writer: ThreadPool, limits: ServerLimits, clock: any Clock,
        health: ServerHealth, words: SlippedWords? = nil, onRefusal: @escaping @Sendable () -> Void = {}
    ) {
        self.store = store
        self.words = words
        self.threads = threads
        self.limits = limits
        gate = IngestGate(bytesMax: limits.ingestBytesMax, eventsMax: limits.ingestEventsMax)
        self.health = health
        counters = IntakeCounters(columnCount: store.registry.columns.count, onRefusal: onRefusal)
        decoders = DecoderPool(registry: store.registry, userTokenKey: store.userTokenKey)
        committer = GroupCommitter(
            thread: writer, groupWeightMax: limits.groupEventsMax, clock: clock,
            waitNanoseconds: EventStore.appendWaitNanoseconds,
            isFinal: { !StoreFailure.isPassing($0) && !StoreFailure.isOfRequest($0) },
            isOfAll: { StoreFailure.isOfEveryBatch($0) },
            whenIdle: { store.makeReady() }
        ) { batches, deadline in
            do {
                let results = try store.append(batches, waitingUntil: deadline)
                // What the store notes of itself it takes all the same.
                if !store.isBudgetSpent { health.storeTook() }
                health.damage.met(in: results)
                return results
            } catch {
                health.storeThrew(error, freeBytes: store.freeBytes)
                throw error
            }
        }
    }

    /// Before a body is read: whether it is worth reading, and the ticket on which it is booked while it is read.
    /// - Parameter contentType: the body's media type, where the wire says one.
    /// - Throws: `unavailable`, `unsupported`.
    package func begin(contentType: String?) throws(IntakeRefusal) -> IngestTicket {
        if let objection = health.objection { throw IntakeRefusal(.unavailable, objection, hint: StoreFailure.hint) }
        try EventDecoding.checkMediaType(contentType)
        return ticket()
    }

    /// A ticket for a body that is no event, so that it counts among what is on the way.
    package func ticket() -> IngestTicket { IngestTicket(gate: gate, retryAfterSeconds: limits.retryAfterSeconds) }

    /// Takes a body in; returns once what was accepted of it is durable.
    /// - Parameter ticket: on which `body.bytes` are booked.
    /// - Throws: ``IntakeRefusal``; `CancellationError` before anything is written.
    package func accept(_ body: EventBody, _ ticket: IngestTicket) async throws -> IngestAnswer {
        let (limits, decoders, committer) = (limits, decoders, committer)
        let taken: (decoded: DecodedBatch, result: AppendResult) = try await threads.run(handingOn: { finish in
            do {
                let bytes = try BodyCoding.decode(body.bytes, coding: body.coding, limits: limits, ticket: ticket)
                let decoded = try EventDecoding.decode(bytes, of: body, decoders: decoders)
                guard decoded.batch.bytes.count <= IngestBatch.bytesMax else {
                    throw IntakeRefusal(
                        .tooLarge, "the events of one request come to more than \(IngestBatch.bytesMax >> 20) MiB",
                        hint: "send smaller batches")
                }
                try ticket.take(events: decoded.batch.count)
                // From the decoder's thread to the writer's: whoever waits is woken once, by what became of it.
                committer.commit(decoded.ingestBatch, weight: decoded.batch.count) { result in
                    finish(
                        result.map { (decoded, $0) }.mapError { StoreFailure.refusal(for: $0, limits) as any Error })
                }
            } catch {
                finish(.failure(error))
            }
        })
        let decoded = taken.decoded
        let answer = IngestAnswer(decoded, taken.result, registry: store.registry)
        counters.add(answer, decoded)
        words?.note(decoded.slips)
        return answer
    }
}
