import Dialects
import Domain
import EventStores
import HTTPTypes
import Hummingbird
import JSONParsing
import NIOPosix
import Synchronization
import WireFormats

/// The way of spans from an OTLP request to the disk: read, undo compression, decode, commit, answer. Shares gate, threads and writer with
/// the events. Answers are in the request's encoding, refusals as `google.rpc.Status`.
final class TraceIntake: Sendable {
    /// Spans kept, known before, and refused since the start.
    let counters = IntakeCounters(columnCount: 0)
    private let events: EventIntake
    private let threads: BlockingThreads
    private let limits: ServerLimits
    private let health: ServerHealth
    private let encoders: EvidenceEncoders
    private let settlement: TraceSettlement
    private let echoes = Atomic<Int>(0)

    init(
        store: any ServedStore, events: EventIntake, threads: BlockingThreads, limits: ServerLimits, health: ServerHealth,
        settlement: TraceSettlement
    ) {
        self.events = events
        self.threads = threads
        self.limits = limits
        self.health = health
        self.settlement = settlement
        encoders = EvidenceEncoders(registry: store.registry, userTokenKey: store.userTokenKey)
    }

    /// Spans that were not taken in because a Plimsoll had made them of its events.
    var echoedSpans: Int { echoes.load(ordering: .relaxed) }

    /// Answers `POST /v1/traces`. What it throws becomes ``response(for:to:)``.
    func accept(_ request: Request) async throws -> Response {
        guard let encoding = Self.encoding(of: request) else {
            throw Refusal(
                .unsupportedMediaType, "spans are taken as application/x-protobuf or application/json",
                hint: "set Content-Type; OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf")
        }
        return try await export(request, encoding)
    }

    /// Whether OTLP clients send there.
    static func isAddress(_ path: String) -> Bool { path.hasSuffix("/v1/traces") }

    private static func encoding(of request: Request) -> OTLPEncoding? {
        request.headers[.contentType].flatMap { OTLPEncoding(contentType: $0) }
    }

    private func export(_ request: Request, _ encoding: OTLPEncoding) async throws -> Response {
        if let objection = health.objection {
            throw Refusal(
                .serviceUnavailable, objection, hint: StoreFailure.hint, retryAfterSeconds: max(5, limits.retryAfterSeconds))
        }
        let ticket = IngestTicket(gate: events.gate, retryAfterSeconds: limits.retryAfterSeconds)
        let coding = try BodyDecompression.coding(request.headers)
        let compressed = try await BodyCollector.collect(request, limits: limits, ticket: ticket)
        let (limits, encoders) = (limits, encoders)
        var batch = try await threads.decoders.runIfActive {
            let body = try BodyDecompression.decode(compressed, coding: coding, limits: limits, ticket: ticket)
            return try encoders.encode(body, encoding)
        }
        let excess = settlement.refuseExcess(&batch)
        if excess > 0 {
            batch.rejected += excess
            if batch.reason.isEmpty { batch.reason = "a trace may have \(TraceSizes.spansMax) spans" }
        }
        try ticket.take(events: batch.events.count)
        var result: AppendResult?
        if batch.events.count > 0 {
            do {
                result = try await events.committer.commit(IngestBatch(events: batch.events), weight: batch.events.count)
            } catch {
                throw StoreFailure.refusal(for: error, limits)
            }
        }
        return answer(batch, result, encoding)
    }

    private func answer(_ batch: EvidenceBatch, _ result: AppendResult?, _ encoding: OTLPEncoding) -> Response {
        if batch.echoes > 0 { echoes.wrappingAdd(batch.echoes, ordering: .relaxed) }
        var rejected = batch.rejected
        var reason = batch.reason
        for verdict in result?.verdicts ?? [] {
            guard let objection = Self.objection(verdict) else { continue }
            rejected += 1
            if reason.isEmpty { reason = objection }
        }
        counters.add(accepted: result?.accepted ?? 0, duplicates: result?.duplicates ?? 0, rejected: rejected)
        settlement.note(batch, result?.verdicts ?? [])
        let body = OTLPAnswer.exported(rejectedSpans: rejected, message: reason, encoding)
        return Response(bytes: body, contentType: encoding.contentType)
    }

    private static func objection(_ verdict: EventVerdict) -> String? {
        switch verdict {
        case .accepted, .duplicate: nil
        case .conflict: "another span with this trace id, span id and end was received before, and it says something else"
        case .tooOld: "the span is older than what is kept"
        case .tooNew: "the span ends more than 24 h from now; check the sender's clock"
        }
    }

    /// A refusal as OTLP over HTTP wants it: the status, and a `google.rpc.Status` as the body.
    static func response(for refusal: Refusal, to request: Request) -> Response {
        let encoding = encoding(of: request) ?? .json
        // google.rpc.Code
        let code: Int =
            switch refusal.status {
            case .badRequest, .unsupportedMediaType: 3
            case .requestTimeout: 4
            case .contentTooLarge, .tooManyRequests: 8
            case .unauthorized: 16
            case .forbidden: 7
            case .internalServerError: 13
            default: 14
            }
        let message = [refusal.message, refusal.hint].compactMap { $0 }.joined(separator: "; ")
        var response = Response(
            bytes: OTLPAnswer.status(code: code, message: message, encoding), contentType: encoding.contentType, status: refusal.status)
        refusal.addFields(to: &response)
        return response
    }
}

/// Encoders kept for the next request, so that their tables stay warm. As many as threads decode at one time.
final class EvidenceEncoders: Sendable {
    /// One encoder, used by one thread at a time.
    private final class Slot: Sendable {
        let encoder: Mutex<EvidenceEncoder>

        init(_ encoder: consuming sending EvidenceEncoder) { self.encoder = Mutex(encoder) }
    }

    private let registry: SchemaRegistry
    private let userTokenKey: [UInt8]
    private let idle = Mutex<[Slot]>([])

    init(registry: SchemaRegistry, userTokenKey: [UInt8]) {
        self.registry = registry
        self.userTokenKey = userTokenKey
    }

    /// - Throws: 400 for a body that cannot be read.
    func encode(_ body: [UInt8], _ encoding: OTLPEncoding) throws(Refusal) -> EvidenceBatch {
        let traces: OTLPTraces
        do {
            switch encoding {
            case .protobuf: traces = try OTLPTraces(protobuf: body)
            case .json:
                var parser = JSONParser()
                traces = try OTLPTraces(json: body, parser: &parser)
            }
        } catch {
            throw Refusal(
                .badRequest, "no trace request: \(error)", hint: "the body and its Content-Type must agree; this is not to be sent again")
        }
        let slot = idle.withLock { $0.popLast() } ?? Slot(EvidenceEncoder(registry: registry, tokeniser: UserTokeniser(key: userTokenKey)))
        defer { idle.withLock { $0.append(slot) } }
        return slot.encoder.withLock { $0.encode(traces) }
    }
}
