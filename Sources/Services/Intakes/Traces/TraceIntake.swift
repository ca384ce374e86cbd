package import Bytes
import Dialects
package import Domain
import EventStores
import JSONParsing
package import Platform
import Synchronization
import WireFormats

/// The way of spans from an OTLP request to the disk: undo compression, decode, commit, answer. Shares gate and writer
/// with the events.
package final class TraceIntake: Sendable {
    // tests: whoever tells of refusals takes it from ``refusals``, without its name.
    /// Why spans were refused and, where that is known, whose they were.
    package struct SpanRefusal: Hashable, Sendable {
        /// Why.
        package var reason: RefusalName
        /// The name that the service gives itself, cut.
        package var service: ExactText?
    }

    /// Services that are told apart, whoever makes up names; further ones are nobody's.
    private static let servicesMax = 64
    /// Letters of a service's name.
    private static let serviceLettersMax = 80

    private struct Refused {
        var counts: [SpanRefusal: Int] = [:]
        var services: Set<ExactText> = []
    }

    /// Spans kept, known before, and refused since the start.
    package let counters: IntakeCounters
    private let events: EventIntake
    private let threads: ThreadPool
    private let limits: ServerLimits
    private let health: ServerHealth
    private let encoders: EvidenceEncoders
    private let settlement: TraceSettlement
    private let echoes = Atomic<Int>(0)
    private let refused = Mutex(Refused())
    private let serviceColumn: UInt16

    /// - Parameters:
    ///   - events: whose gate and writer are shared.
    ///   - threads: decompress and decode.
    ///   - onRefusal: called where a span was refused.
    package init(
        store: any IntakeStore, events: EventIntake, threads: ThreadPool, limits: ServerLimits,
        health: ServerHealth,
        settlement: TraceSettlement, onRefusal: @escaping @Sendable () -> Void = {}
    ) {
        counters = IntakeCounters(columnCount: 0, onRefusal: onRefusal)
        serviceColumn = store.registry.wellKnown.serviceName
        self.events = events
        self.threads = threads
        self.limits = limits
        self.health = health
        self.settlement = settlement
        encoders = EvidenceEncoders(registry: store.registry, userTokenKey: store.userTokenKey)
    }

    /// Spans that were not taken in because a Plimsoll had made them of its events.
    package var echoedSpans: Int { echoes.load(ordering: .relaxed) }

    /// Spans that were refused, by why and whose: whose is known of those that were sound and that the store refused.
    package var refusals: [SpanRefusal: Int] { refused.withLock { $0.counts } }

    /// Before a body is read: whether it is worth reading, and the ticket on which it is booked while it is read.
    /// - Throws: `unavailable`.
    package func begin() throws(IntakeRefusal) -> IngestTicket {
        if let objection = health.objection {
            throw IntakeRefusal(
                .unavailable, objection, hint: StoreFailure.hint, retryAfterSeconds: max(5, limits.retryAfterSeconds))
        }
        return events.ticket()
    }

    /// Takes a request in; returns once what was accepted of it is durable.
    /// - Parameter ticket: on which `body.bytes` are booked.
    /// - Throws: ``IntakeRefusal``; `CancellationError` before anything is written.
    package func accept(_ body: TraceBody, _ ticket: IngestTicket) async throws -> TraceResponse {
        let (limits, encoders, settlement, committer) = (limits, encoders, settlement, events.committer)
        let taken: (batch: EvidenceBatch, result: AppendResult?) = try await threads.run(handingOn: { finish in
            do {
                let bytes = try BodyCoding.decode(body.bytes, coding: body.coding, limits: limits, ticket: ticket)
                var encoded = try encoders.encode(bytes, body.encoding)
                let excess = settlement.refuseExcess(&encoded)
                if excess > 0 {
                    encoded.refuse(.traceFull, "a trace may have \(TraceSizes.spansMax) spans", count: excess)
                }
                let batch = encoded
                try ticket.take(events: batch.events.count)
                guard batch.events.count > 0 else { return finish(.success((batch, nil))) }
                committer.commit(IngestBatch(events: batch.events), weight: batch.events.count) { result in
                    finish(result.map { (batch, $0) }.mapError { StoreFailure.refusal(for: $0, limits) as any Error })
                }
            } catch {
                finish(.failure(error))
            }
        })
        return answer(taken.batch, taken.result)
    }

    private func answer(_ batch: EvidenceBatch, _ result: AppendResult?) -> TraceResponse {
        if batch.echoes > 0 { echoes.wrappingAdd(batch.echoes, ordering: .relaxed) }
        var batch = batch
        // order: each for itself.
        var found = batch.refusals.map { (refusal: SpanRefusal(reason: $0.key), count: $0.value) }
        for (row, verdict) in (result?.verdicts ?? []).enumerated() {
            guard let (name, reason) = Self.objection(verdict) else { continue }
            batch.refuse(name, reason)
            let service = batch.events[row].text(of: serviceColumn).map(Self.name)
            found.append((SpanRefusal(reason: name, service: service), 1))
        }
        let rejected = batch.rejected
        if rejected > 0 { refused.withLock { Self.add(found, to: &$0) } }
        counters.add(accepted: result?.accepted ?? 0, duplicates: result?.duplicates ?? 0, rejected: rejected)
        settlement.note(batch, result?.verdicts ?? [])
        return TraceResponse(rejectedSpans: rejected, message: rejected > 0 ? batch.reason : batch.remark)
    }

    private static func name(_ text: ArraySlice<UInt8>) -> ExactText {
        let scalars = String(decoding: text.prefix(4 * serviceLettersMax), as: UTF8.self).unicodeScalars
        return ExactText(String(String.UnicodeScalarView(scalars.prefix(serviceLettersMax))))
    }

    private static func add(_ found: [(refusal: SpanRefusal, count: Int)], to refused: inout Refused) {
        for (refusal, count) in found {
            var refusal = refusal
            if let service = refusal.service, !refused.services.contains(service) {
                if refused.services.count < servicesMax {
                    refused.services.insert(service)
                } else {
                    refusal.service = nil
                }
            }
            refused.counts[refusal, default: 0] += count
        }
    }

    private static func objection(_ verdict: EventVerdict) -> (name: RefusalName, reason: String)? {
        switch verdict {
        case .accepted, .duplicate: nil
        case .conflict:
            (
                .conflict,
                "another span with this trace id, span id and end was received before, and it says something else"
            )
        case .tooOld: (.tooOld, "the span is older than what is kept")
        case .tooNew: (.tooNew, "the span ends more than 24 h from now; check the sender's clock")
        case .unreadable(let place):
            (.unreadable, "whether the span is kept already cannot be read: \(place)")
        }
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

    /// - Throws: `malformed` for a body that cannot be read.
    func encode(_ body: [UInt8], _ encoding: OTLPEncoding) throws(IntakeRefusal) -> EvidenceBatch {
        let traces: OTLPTraces
        do {
            switch encoding {
            case .protobuf: traces = try OTLPTraces(protobuf: body)
            case .json:
                var parser = JSONParser()
                traces = try OTLPTraces(json: body, parser: &parser)
            }
        } catch {
            throw IntakeRefusal(
                .malformed, "no trace request: \(error)",
                hint: "the body must be in the encoding that its sender names; this is not to be sent again")
        }
        let slot =
            idle.withLock { $0.popLast() }
            ?? Slot(EvidenceEncoder(registry: registry, tokeniser: UserTokeniser(key: userTokenKey)))
        defer { idle.withLock { $0.append(slot) } }
        return slot.encoder.withLock { $0.encode(traces) }
    }
}
