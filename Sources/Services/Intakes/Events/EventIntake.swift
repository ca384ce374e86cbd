import Domain
import EventStores
import HTTPTypes
import Hummingbird
import NIOPosix
import WireFormats

/// The way of events from a request to the disk: read, undo compression, decode, commit, answer.
///
/// Reading happens on the connection's task, decoding on the decoder threads, writing on the writer thread; the gate bounds what is
/// on the way.
final class EventIntake: Sendable {
    let gate: IngestGate
    let committer: GroupCommitter<IngestBatch, AppendResult>
    let counters: IntakeCounters
    private let store: any ServedStore
    private let threads: BlockingThreads
    private let limits: ServerLimits
    private let health: ServerHealth
    private let decoders: DecoderPool

    init(store: any ServedStore, threads: BlockingThreads, limits: ServerLimits, health: ServerHealth) {
        self.store = store
        self.threads = threads
        self.limits = limits
        gate = IngestGate(bytesMax: limits.ingestBytesMax, eventsMax: limits.ingestEventsMax)
        self.health = health
        counters = IntakeCounters(columnCount: store.registry.columns.count)
        decoders = DecoderPool(registry: store.registry, userTokenKey: store.userTokenKey)
        committer = GroupCommitter(
            thread: threads.writer, groupWeightMax: limits.groupEventsMax,
            isFinal: { !StoreFailure.isPassing($0) && !StoreFailure.isOfRequest($0) }
        ) { batches in
            do {
                let results = try store.append(batches)
                health.storeTook()
                return results
            } catch {
                health.storeThrew(error, freeBytes: store.status.freeBytes)
                throw error
            }
        }
    }

    /// Answers `POST /v1/events`.
    /// - Throws: ``Refusal``.
    func accept(_ request: Request) async throws -> Response {
        if let objection = health.objection { throw Refusal(.serviceUnavailable, objection, hint: StoreFailure.hint) }
        try EventDecoding.checkMediaType(request.headers)
        let origin = try EventDecoding.origin(of: request)
        let ticket = IngestTicket(gate: gate, retryAfterSeconds: limits.retryAfterSeconds)
        let coding = try BodyDecompression.coding(request.headers)
        let compressed = try await BodyCollector.collect(request, limits: limits, ticket: ticket)
        let (headers, limits, decoders) = (request.headers, limits, decoders)
        let decoded = try await threads.decoders.runIfActive {
            let body = try BodyDecompression.decode(compressed, coding: coding, limits: limits, ticket: ticket)
            return try EventDecoding.decode(body, headers: headers, from: origin, decoders: decoders)
        }
        guard decoded.batch.bytes.count <= IngestBatch.bytesMax else {
            throw Refusal(
                .contentTooLarge, "the events of one request come to more than \(IngestBatch.bytesMax >> 20) MiB",
                hint: "send smaller batches")
        }
        try ticket.take(events: decoded.batch.count)
        let result: AppendResult
        do {
            result = try await committer.commit(decoded.ingestBatch, weight: decoded.batch.count)
        } catch {
            throw StoreFailure.refusal(for: error, limits)
        }
        let answer = IngestAnswer(decoded, result, registry: store.registry)
        counters.add(answer, decoded)
        return Response(json: answer.json)
    }
}
