import Domain
import WireFormats

// Names, kinds and attributes: OpenTelemetry's semantic conventions for generative AI, the generation after 1.41
// (https://github.com/open-telemetry/semantic-conventions-genai). What they have no word for is named `plimsoll.…`.

/// Turns one event into one span.
struct SpanBuilder: Sendable {
    private enum Kind {
        static let `internal` = 1
        static let client = 3
    }

    /// The span's shape by event type.
    private struct Shape {
        var operation: String?
        /// The first part of the span's name.
        var verb: String
        /// The column whose value is the second part.
        var object: UInt16
        var kind: Int
    }

    let known: WellKnownColumns
    let types: WellKnownTypes
    let identity: TraceIdentity
    private let attributes: SpanAttributes

    init(_ registry: SchemaRegistry) {
        (known, types) = (registry.wellKnown, registry.wellKnownTypes)
        identity = TraceIdentity(registry)
        attributes = SpanAttributes(registry)
    }

    /// The event types that have a part in traces.
    var eventTypes: Set<UInt16> { Set(spanTypes + [types.messageReceived]) }

    private var spanTypes: [UInt16] {
        [
            types.messageSent, types.agentRun, types.llmCall, types.embeddingCall, types.toolCall, types.retrievalQuery,
            types.cacheLookup,
            types.escalationRaised,
        ]
    }

    private func shape(of type: UInt16) -> Shape? {
        switch type {
        case types.messageSent, types.agentRun:
            Shape(operation: "invoke_agent", verb: "invoke_agent", object: known.agent, kind: Kind.internal)
        case types.llmCall: Shape(operation: "chat", verb: "chat", object: known.requestModel, kind: Kind.client)
        case types.embeddingCall:
            Shape(operation: "embeddings", verb: "embeddings", object: known.requestModel, kind: Kind.client)
        case types.toolCall:
            Shape(operation: "execute_tool", verb: "execute_tool", object: known.tool, kind: Kind.internal)
        case types.retrievalQuery:
            Shape(operation: "retrieval", verb: "retrieval", object: known.index, kind: Kind.client)
        case types.cacheLookup: Shape(operation: nil, verb: "cache_lookup", object: known.cache, kind: Kind.internal)
        case types.escalationRaised: Shape(operation: nil, verb: "escalate", object: known.queue, kind: Kind.internal)
        default: nil
        }
    }

    /// The span of an event; nil for types that have none.
    /// - Parameters:
    ///   - parent: span id of the answer's root; empty for the root itself.
    ///   - askedTime: when the question came, where it is known: an answer without a duration began then.
    func span(of event: EventRow, traceID: [UInt8], parent: [UInt8], askedTime: Int64? = nil) -> OTLPSpan? {
        guard let shape = shape(of: event.type) else { return nil }
        var values = attributes.attributes(of: event)
        let operation = "gen_ai.operation.name"
        if values[operation] == nil, let word = shape.operation { values[operation] = .string(word) }
        var span = OTLPSpan()
        (span.traceID, span.spanID, span.parentSpanID) = (traceID, identity.spanID(of: event), parent)
        span.kind = shape.kind
        var verb = shape.verb
        // Calls are named after their operation, whatever it is.
        if shape.kind == Kind.client, case .text(let word)? = values[operation] {
            verb = String(decoding: word, as: UTF8.self)
        }
        span.name = event.text(of: shape.object).map { verb + " " + String(decoding: $0, as: UTF8.self) } ?? verb
        let end = max(0, event.time)
        var start = end
        if let duration = event.integer(of: known.durationNanoseconds) {
            start = end - min(max(0, duration), end)
        } else if let askedTime {
            start = min(max(0, askedTime), end)
        }
        (span.start, span.end) = (UInt64(start), UInt64(end))
        if isError(event) {
            span.statusCode = 2
            values["error.type"] = event.text(of: known.errorType).map { .text($0) } ?? .string("_OTHER")
        }
        // W3C: sampled.
        span.flags = 1
        span.attributes = values.sorted { $0.key < $1.key }.map { OTLPAttribute($0.key, $0.value) }
        return span
    }

    /// What is said of the service that gave an answer.
    func resource(of answer: EventRow) -> [OTLPAttribute] { attributes.resource(of: answer, known: known) }

    /// Whether an event says that what it tells of failed.
    func isError(_ event: EventRow) -> Bool { event.text(of: known.status)?.elementsEqual("error".utf8) ?? false }

    /// Whether an event is an answer of an agent.
    func isAnswer(_ event: EventRow) -> Bool {
        event.type == types.messageSent && QuestionRule.answer.holds(author: event.text(of: known.author))
    }

    /// Whether an event is a question of a user.
    func isQuestion(_ event: EventRow) -> Bool {
        event.type == types.messageReceived && QuestionRule.question.holds(author: event.text(of: known.author))
    }
}
