package import Domain
import Hashing
package import WireFormats

/// What may be decided about traces that are sent.
package struct TraceRule: Hashable, Sendable {
    /// Which are kept.
    package var sampling = TraceSampling()
    /// Whether answers that came in as spans are sent on; they came from a trace system, which need not hear of them
    /// again.
    package var forwardsReceived = false
    /// How long after the first event of a turn its other events belong to the same trace, by received time.
    package var lookbackNanoseconds: Int64 = 900_000_000_000
    // tests: the bound is tried with a small one.
    /// Turns that are remembered at one time; beyond it the oldest are forgotten.
    package var turnsMax = 50_000
    // tests: the bound is tried with a small one.
    /// Bytes of events that wait for their answer; beyond it the oldest turns are forgotten.
    package var heldBytesMax = 16 << 20

    /// The values above.
    package init() {}
}

/// What one event added to the traces that are sent.
package struct TraceEmission: Sendable {
    /// What it is part of.
    package enum Kind: Hashable, Sendable {
        /// An answer, with everything of its turn that came before it.
        case trace
        /// An answer that sampling leaves out; no spans.
        case sampledOut
        /// A span for a trace that was given before.
        case late
    }

    /// Position of the event.
    package var position: Int64
    /// When it was received.
    package var receivedTime: Int64
    /// What it is part of.
    package var kind: Kind
    /// Root first.
    package var spans: [OTLPSpan] = []
    /// The service that answered.
    package var resource: [OTLPAttribute] = []
    /// Of answers that are kept.
    package var answer: TracedAnswer?
}

/// Makes traces of events, one answer one trace. Takes events in the order of their positions.
///
/// The events of a turn wait for its answer (`message.sent` of the agent); with it they become one trace. What comes
/// later becomes a further span of the same trace. So each span belongs to one position, the later one of its event and
/// of its answer, and a place in the log says exactly which spans were given: that is what makes a delivery that was
/// interrupted go on without repeating or losing any.
package struct TraceAssembler: Sendable {
    private struct Turn: Sendable {
        var held: [[UInt8]] = []
        var heldBytes = 0
        var hasError = false
        var askedTime: Int64?
        var trace: Trace?
    }

    private struct Trace: Sendable {
        var id: [UInt8]
        var root: [UInt8]
        var resource: [OTLPAttribute]
        var isKept: Bool
    }

    /// Turns that were forgotten although their time had not come.
    package private(set) var crowdedOut = 0
    private let rule: TraceRule
    private let builder: SpanBuilder
    private let answers: TracedAnswers
    private var turns: [Hash128: Turn] = [:]
    /// Every remembered turn once, oldest first, from `oldest` on.
    private var order: [(turn: Hash128, firstReceived: Int64)] = []
    private var oldest = 0
    private var heldBytes = 0

    /// Remembers nothing yet.
    package init(registry: SchemaRegistry, rule: TraceRule) {
        self.rule = rule
        builder = SpanBuilder(registry)
        answers = TracedAnswers(registry)
    }

    /// The event types that ``take(_:position:receivedTime:)`` wants to see.
    package var eventTypes: Set<UInt16> { builder.eventTypes }

    /// Takes the next event.
    /// - Precondition: a sound row; positions ascend.
    /// - Returns: what is to be sent because of it; nil where it waits for an answer or has no part in a trace.
    package mutating func take(_ row: [UInt8], position: Int64, receivedTime: Int64) -> TraceEmission? {
        forget(at: receivedTime)
        let event = EventRow(row)
        if !rule.forwardsReceived, builder.identity.isReceived(event) { return nil }
        let isAnswer = builder.isAnswer(event)
        let isQuestion = builder.isQuestion(event)
        // Messages of others, such as people who took over, have no part in a turn of the agent.
        if event.type == builder.types.messageSent, !isAnswer { return nil }
        if event.type == builder.types.messageReceived, !isQuestion { return nil }
        guard let key = builder.identity.turn(of: event) else {
            var alone = Turn()
            return isAnswer ? emission(answering: event, &alone, position, receivedTime) : nil
        }
        if turns[key] == nil {
            turns[key] = Turn()
            order.append((key, receivedTime))
        }
        guard var turn = turns[key] else { return nil }
        defer { turns[key] = turn }
        if let trace = turn.trace { return late(event, isAnswer, trace, position, receivedTime) }
        turn.hasError = turn.hasError || builder.isError(event)
        if isAnswer {
            heldBytes -= turn.heldBytes
            return emission(answering: event, &turn, position, receivedTime)
        }
        if isQuestion {
            turn.askedTime = min(turn.askedTime ?? .max, event.time)
        } else {
            turn.held.append(row)
            turn.heldBytes += row.count
            heldBytes += row.count
        }
        return nil
    }

    private func emission(
        answering event: EventRow, _ turn: inout Turn, _ position: Int64, _ receivedTime: Int64
    ) -> TraceEmission? {
        let traceID = builder.identity.traceID(of: event)
        guard let root = builder.span(of: event, traceID: traceID, parent: [], askedTime: turn.askedTime) else {
            return nil
        }
        let duration = event.integer(of: builder.known.durationNanoseconds)
        let isKept =
            rule.sampling.keeps(traceID: traceID)
            || rule.sampling.keepsAnyway(
                hasError: turn.hasError || builder.isError(event), durationNanoseconds: duration)
        let resource = builder.resource(of: event)
        let held = turn.held
        turn.trace = Trace(id: traceID, root: root.spanID, resource: resource, isKept: isKept)
        (turn.held, turn.heldBytes) = ([], 0)
        var result = TraceEmission(position: position, receivedTime: receivedTime, kind: isKept ? .trace : .sampledOut)
        guard isKept else { return result }
        result.resource = resource
        result.answer = answers.answer(event, traceID: traceID)
        result.spans = [root]
        for row in held {
            let child = builder.span(of: EventRow(row), traceID: traceID, parent: root.spanID)
            // An agent's run and its answer may come from one span.
            if let child, child.spanID != root.spanID { result.spans.append(child) }
        }
        return result
    }

    private func late(
        _ event: EventRow, _ isAnswer: Bool, _ trace: Trace, _ position: Int64, _ receivedTime: Int64
    ) -> TraceEmission? {
        // A second answer that names another trace stands there alone.
        let traceID = isAnswer ? builder.identity.traceID(of: event) : trace.id
        guard trace.isKept,
            let span = builder.span(of: event, traceID: traceID, parent: traceID == trace.id ? trace.root : []),
            span.spanID != trace.root
        else { return nil }
        return TraceEmission(
            position: position, receivedTime: receivedTime, kind: .late, spans: [span], resource: trace.resource,
            answer: isAnswer ? answers.answer(event, traceID: traceID) : nil)
    }

    /// Lets go of turns that are too old or too many.
    private mutating func forget(at receivedTime: Int64) {
        while oldest < order.count {
            let first = order[oldest]
            let isOld = first.firstReceived &+ rule.lookbackNanoseconds < receivedTime
            guard isOld || turns.count > rule.turnsMax || heldBytes > rule.heldBytesMax else { break }
            if let turn = turns.removeValue(forKey: first.turn) {
                heldBytes -= turn.heldBytes
                if !isOld, turn.trace == nil { crowdedOut += 1 }
            }
            oldest += 1
        }
        if oldest > 1024, oldest > order.count / 2 {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}

extension OTLPTraces {
    /// The spans of several emissions as one request, by service in the order in which they first appear.
    /// - Parameter version: of the program, which stands as the version of the scope.
    package init(_ emissions: [TraceEmission], version: String) {
        var resources: [OTLPResourceSpans] = []
        var places: [[OTLPAttribute]: Int] = [:]
        for emission in emissions where !emission.spans.isEmpty {
            let place: Int
            if let known = places[emission.resource] {
                place = known
            } else {
                place = resources.count
                places[emission.resource] = place
                var scope = OTLPScopeSpans()
                (scope.name, scope.version) = (OTLPTraces.ownScope, version)
                var resource = OTLPResourceSpans()
                (resource.attributes, resource.scopes) = (emission.resource, [scope])
                resources.append(resource)
            }
            resources[place].scopes[0].spans += emission.spans
        }
        self.init(resources: resources)
    }
}
