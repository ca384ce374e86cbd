// What a trace request of the OpenTelemetry protocol holds (opentelemetry-proto, `trace.proto`), whichever encoding it
// came in.

/// A value of an attribute. Texts are bytes as they came: most are never kept, so they are neither copied nor checked
/// here.
package indirect enum OTLPValue: Hashable, Sendable {
    /// No value at all.
    case empty
    /// UTF-8, unchecked.
    case text(ArraySlice<UInt8>)
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    case bytes(ArraySlice<UInt8>)
    case array([OTLPValue])
    case map([OTLPAttribute])

    /// A text value.
    package static func string(_ text: String) -> OTLPValue { .text(Array(text.utf8)[...]) }
}

/// A named value.
package struct OTLPAttribute: Hashable, Sendable {
    /// Its name.
    package var key: String
    /// Its value.
    package var value: OTLPValue

    /// Takes each part as given.
    package init(_ key: String, _ value: OTLPValue) {
        self.key = key
        self.value = value
    }
}

/// Something that happened at one instant of a span.
package struct OTLPSpanEvent: Hashable, Sendable {
    /// When, ns since 1970 UTC.
    package var time: UInt64 = 0
    /// What.
    package var name = ""
    /// What is said of it.
    package var attributes: [OTLPAttribute] = []

    /// An event that says nothing yet.
    package init() {}
}

/// A reference from a span to another one.
package struct OTLPSpanLink: Hashable, Sendable {
    /// 16 bytes.
    package var traceID: [UInt8] = []
    /// 8 bytes.
    package var spanID: [UInt8] = []
    /// What is said of it.
    package var attributes: [OTLPAttribute] = []

    /// A link to nothing yet.
    package init() {}
}

/// One span. Ids are as sent, of whatever length; see ``isIdentified``.
package struct OTLPSpan: Hashable, Sendable {
    /// 16 bytes where the sender keeps to the rules.
    package var traceID: [UInt8] = []
    /// 8 bytes where the sender keeps to the rules.
    package var spanID: [UInt8] = []
    /// 8 bytes; empty for the root.
    package var parentSpanID: [UInt8] = []
    /// W3C trace state, as sent.
    package var traceState = ""
    /// What it is called.
    package var name = ""
    /// `SpanKind`: 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
    package var kind = 0
    /// ns since 1970 UTC.
    package var start: UInt64 = 0
    /// ns since 1970 UTC.
    package var end: UInt64 = 0
    /// What is said of it, in the sender's order.
    package var attributes: [OTLPAttribute] = []
    /// What happened during it.
    package var events: [OTLPSpanEvent] = []
    /// Other spans it refers to.
    package var links: [OTLPSpanLink] = []
    /// 0 unset, 1 ok, 2 error.
    package var statusCode = 0
    /// The status in words.
    package var statusMessage = ""
    /// W3C trace flags in the low byte.
    package var flags: UInt32 = 0
    /// What was expected where it could not be read, so that it alone is refused; nil where it could.
    package var defect: String?
    /// Of a span in JSON the name of a member that it needs, where that is not as JSON has it; nil: there is none.
    package var misnamed: String?
    /// Of a span in JSON the name of the first member that is lost with what it says, in the span or in what is said of
    /// its scope and resource, since it is not as JSON has it; nil: there is none. A span that is kept lacks it.
    package var lost: String?

    /// A span that says nothing yet.
    package init() {}

    /// Whether it has a trace id of 16 bytes and a span id of 8, neither all zeros, and its parent's id, if any, has 8.
    package var isIdentified: Bool {
        traceID.count == 16 && spanID.count == 8 && (parentSpanID.isEmpty || parentSpanID.count == 8)
            && traceID.contains { $0 != 0 } && spanID.contains { $0 != 0 }
    }
}

/// The spans of one instrumentation scope.
package struct OTLPScopeSpans: Hashable, Sendable {
    /// Name of the scope.
    package var name = ""
    /// Its version.
    package var version = ""
    /// Its spans in the sender's order.
    package var spans: [OTLPSpan] = []

    /// No spans yet.
    package init() {}
}

/// The spans of one resource.
package struct OTLPResourceSpans: Hashable, Sendable {
    /// What is said of the resource.
    package var attributes: [OTLPAttribute] = []
    /// Its scopes.
    package var scopes: [OTLPScopeSpans] = []
    /// Spans of it that are lost; nil: none.
    private(set) var misnamed: OTLPMisnamed?

    /// No spans yet.
    package init() {}

    /// Counts spans that are lost.
    mutating func add(_ more: OTLPMisnamed?) {
        guard let more else { return }
        if misnamed?.add(more) == nil { misnamed = more }
    }
}

/// An `ExportTraceServiceRequest`.
package struct OTLPTraces: Hashable, Sendable {
    /// Name of the scope of spans that Plimsoll makes. What comes in under it was sent by one.
    package static let ownScope = "plimsoll"

    /// By resource.
    package var resources: [OTLPResourceSpans] = []
    /// Spans of a request in JSON that are lost; nil: none.
    package private(set) var misnamed: OTLPMisnamed?

    /// No spans yet.
    package init(resources: [OTLPResourceSpans] = []) { self.resources = resources }

    /// Counts spans that are lost.
    mutating func add(_ more: OTLPMisnamed?) {
        guard let more else { return }
        if misnamed?.add(more) == nil { misnamed = more }
    }
}
