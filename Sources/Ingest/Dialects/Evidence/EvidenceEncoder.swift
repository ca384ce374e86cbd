import Bytes
package import Domain
package import WireFormats

/// What a trace request gave: a row for each span that can be kept, and an account of those that cannot.
package struct EvidenceBatch: Sendable {
    /// `span.received` events in the order of the spans.
    package var events = EventRows()
    /// For each row, its trace.
    package var traceIDs: [String] = []
    /// For each row, whether the span has no parent.
    package var isRoot: [Bool] = []
    /// Spans that were refused, by why.
    package private(set) var refusals: [RefusalName: Int] = [:]
    /// Those among them that another Plimsoll, or this one, had made of events.
    package var echoes = 0
    /// Why the first of them was.
    package private(set) var reason = ""
    /// What the sender should know of spans that are kept, and empty where there is nothing: how many lack what stood
    /// under names that JSON does not have, else what is amiss with the first of them.
    package fileprivate(set) var remark = ""

    /// Spans that were refused.
    package var rejected: Int { refusals.values.reduce(0, +) }

    /// Counts spans that are not kept, and why the first of all is not.
    package mutating func refuse(_ name: RefusalName, _ reason: @autoclosure () -> String, count: Int = 1) {
        refusals[name, default: 0] += count
        if self.reason.isEmpty { self.reason = reason() }
    }

    /// Keeps the given rows, ascending, and forgets the others.
    package mutating func keep(_ rows: [Int]) {
        events.starts = rows.map { events.starts[$0] }
        traceIDs = rows.map { traceIDs[$0] }
        isRoot = rows.map { isRoot[$0] }
    }
}

/// Turns trace requests into `span.received` events. One encoder serves one thread and is used again from request to
/// request.
package struct EvidenceEncoder: ~Copyable {
    private var reader: SpanReader
    private let columns: SpanColumns
    /// What the rows of one request may come to: each repeats what is kept of its resource, so that they can be far
    /// more than the body was.
    private static let rowsBytesMax = 32 << 20

    /// - Parameter tokeniser: what user ids go through.
    package init(registry: SchemaRegistry, tokeniser: UserTokeniser, book: DialectBook = .builtIn) {
        reader = SpanReader(book: book, tokeniser: tokeniser)
        columns = SpanColumns(registry)
    }

    /// - Complexity: O(bytes of the request).
    package mutating func encode(_ traces: OTLPTraces) -> EvidenceBatch {
        var batch = EvidenceBatch()
        var writer = EventRowWriter()
        var lacking: (name: String, spans: Int)?
        for resource in traces.resources {
            let kept = reader.resource(resource.attributes)
            let broken = OTLPAttribute.firstBroken(resource.attributes)
            for scope in resource.scopes {
                for span in scope.spans {
                    if writer.sink.count > Self.rowsBytesMax {
                        if scope.name == OTLPTraces.ownScope { batch.echoes += 1 }
                        batch.refuse(
                            .requestFull, "the spans of one request may come to \(Self.rowsBytesMax >> 20) MiB")
                        continue
                    }
                    if let objection = Self.objection(to: span, in: scope) {
                        if scope.name == OTLPTraces.ownScope { batch.echoes += 1 }
                        batch.refuse(objection.name, objection.reason)
                        continue
                    }
                    if let attribute = broken ?? span.brokenAttribute {
                        batch.refuse(.notText, "the text of \(attribute) is no UTF-8")
                        continue
                    }
                    let record = reader.record(of: span, scope: scope, resource: kept)
                    batch.events.starts.append(UInt32(writer.sink.count))
                    record.write(to: &writer, columns: columns, book: reader.book)
                    batch.traceIDs.append(record.traceID)
                    batch.isRoot.append(record.parentSpanID.isEmpty)
                    if batch.remark.isEmpty { batch.remark = reader.remark(on: record) ?? "" }
                    if let name = span.lost { lacking = (lacking?.name ?? name, (lacking?.spans ?? 0) + 1) }
                }
            }
        }
        if let (name, spans) = lacking {
            let lacking = spans == 1 ? "1 span" : "\(spans) spans"
            batch.remark = "\(OTLPMisnamed.explanation(name)); kept without what it says: \(lacking)"
        }
        if let lost = traces.misnamed {
            batch.refuse(.misnamedMember, OTLPMisnamed.explanation(lost.name), count: lost.spans)
        }
        batch.events.bytes = writer.take()
        return batch
    }

    private static func objection(to span: OTLPSpan, in scope: OTLPScopeSpans) -> (name: RefusalName, reason: String)? {
        // Events made these spans; events made of them again would count twice, and two that send to each other would
        // never end.
        if scope.name == OTLPTraces.ownScope {
            return (.echo, "spans that a Plimsoll made of its events are not taken in; send it the events")
        }
        if let defect = span.defect { return (.malformedSpan, "a span could not be read: expected \(defect)") }
        if let name = span.misnamed, !span.isIdentified || span.end == 0 {
            return (.misnamedMember, OTLPMisnamed.explanation(name))
        }
        if let fault = fault(of: span.traceID, "trace id", bytes: 16) { return (.noTraceID, fault) }
        if let fault = fault(of: span.spanID, "span id", bytes: 8) { return (.noSpanID, fault) }
        if !span.isIdentified {
            return (.malformedSpan, "a span's parent id has 8 bytes or none, not \(span.parentSpanID.count)")
        }
        if span.end == 0 { return (.noEndTime, "a span needs the time at which it ended") }
        if span.end > UInt64(Int64.max) || span.start > UInt64(Int64.max) {
            return (.impossibleTime, "a span's times are ns since 1970, up to \(Int64.max)")
        }
        return nil
    }

    /// What is wrong with an id; nil: nothing.
    private static func fault(of id: [UInt8], _ name: String, bytes: Int) -> String? {
        if id.isEmpty { return "a span needs a \(name), and has none" }
        guard id.count == bytes else { return "a span's \(name) has \(bytes) bytes, not \(id.count)" }
        return id.contains { $0 != 0 } ? nil : "a span's \(name) is not all zeros, which stands for none"
    }
}
