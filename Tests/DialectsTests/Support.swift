import Dialects
import Domain
import JSONParsing
import WireFormats

/// An event that a trace came to, its fields by name.
struct Derived: Hashable {
    var type: String
    var time: Int64
    var fields: [String: EventValue]

    func text(_ name: String) -> String? { if case .text(let text)? = fields[name] { text } else { nil } }
    func integer(_ name: String) -> Int64? { if case .integer(let value)? = fields[name] { value } else { nil } }
    func boolean(_ name: String) -> Bool? { if case .boolean(let value)? = fields[name] { value } else { nil } }

    init(_ row: EventRow) {
        let registry = SchemaRegistry.builtIn
        type = registry.types[Int(row.type)].name
        time = row.time
        fields = [:]
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) {
            let name = registry.columns[Int(cursor.column)].name
            switch cursor.value {
            case .integer(let value): fields[name] = .integer(value)
            case .double(let value): fields[name] = .double(value)
            case .boolean(let value): fields[name] = .boolean(value)
            case .text(let range): fields[name] = .text(String(decoding: row.bytes[range], as: UTF8.self))
            case .json(let range): fields[name] = .json(String(decoding: row.bytes[range], as: UTF8.self))
            }
        }
    }
}

/// A store of rows by trace, as much of one as settling needs.
struct SampleTraces {
    let registry = SchemaRegistry.builtIn
    let key: [UInt8] = Array(0..<32)
    /// Spans by trace, in the order they came; one of each identity.
    private(set) var spans: [String: [SpanRecord]] = [:]
    private(set) var told: [String: [StoredEvent]] = [:]
    private(set) var rejected = 0
    private(set) var evidence: [Derived] = []
    private var seen: Set<[UInt8]> = []
    private var nextPosition: Int64 = 1
    private var readings = EmitterReadings()

    /// Takes a request in, the way the server does: spans become rows, rows are read back.
    mutating func receive(_ traces: OTLPTraces) throws {
        var encoder = EvidenceEncoder(registry: registry, tokeniser: UserTokeniser(key: key))
        let batch = encoder.encode(traces)
        rejected += batch.rejected
        var parser = JSONParser()
        let columns = SpanColumns(registry)
        for (index, row) in batch.events.enumerated() {
            guard seen.insert(row.copy).inserted else { continue }
            _ = try EventRows(checking: row.copy, registry: registry)
            spans[batch.traceIDs[index], default: []].append(
                try SpanRecord(row: row, columns: columns, parser: &parser))
            evidence.append(Derived(row))
        }
    }

    /// An event that somebody else sent.
    mutating func append(_ event: StoredEvent, trace: String) { told[trace, default: []].append(event) }

    /// Settles every trace.
    /// - Returns: how many events were added and replaced.
    @discardableResult
    mutating func settle() throws -> (added: Int, replaced: Int) {
        let settler = TraceSettler(registry: registry, ids: DerivedEventIDs(secret: key))
        var counts = (added: 0, replaced: 0)
        for trace in spans.keys.sorted() {
            let result = settler.settle(spans[trace] ?? [], derived: told[trace] ?? [], readings: readings)
            for proof in result.proofs { _ = readings.add(proof) }
            for replacement in result.replacements {
                counts.replaced += 1
                let place = told[trace]?.firstIndex { $0.position == replacement.position }
                if let place { told[trace]?[place].row = replacement.row }
            }
            for row in result.events {
                counts.added += 1
                _ = try EventRows(checking: row.copy, registry: registry)
                told[trace, default: []].append(StoredEvent(position: nextPosition, row: row.copy))
                nextPosition += 1
            }
        }
        return counts
    }

    /// All events derived so far, of one type or of all.
    func events(_ type: String? = nil) -> [Derived] {
        told.keys.sorted().flatMap { told[$0] ?? [] }.map { Derived(EventRow($0.row)) }.filter {
            type == nil || $0.type == type
        }
    }

    func token(_ id: String) -> String {
        var tokeniser = UserTokeniser(key: key)
        var token: [UInt8] = []
        tokeniser.append(Array(id.utf8).span, to: &token)
        return String(decoding: token, as: UTF8.self)
    }
}

/// Spans written down briefly.
struct SampleSpan {
    var name: String
    var id: UInt8
    var parent: UInt8?
    var scope = "scope"
    var start: UInt64
    var end: UInt64
    var failed = false
    var kind = 1
    var attributes: [String: OTLPValue] = [:]
}

extension OTLPTraces {
    /// One request with the given spans of one trace.
    init(trace: UInt8 = 1, service: String = "bot", _ spans: [SampleSpan]) {
        self.init()
        var resource = OTLPResourceSpans()
        resource.attributes = [OTLPAttribute("service.name", .string(service))]
        for sample in spans {
            var span = OTLPSpan()
            span.traceID = Array(repeating: trace, count: 16)
            span.spanID = Array(repeating: sample.id, count: 8)
            span.parentSpanID = sample.parent.map { Array(repeating: $0, count: 8) } ?? []
            span.name = sample.name
            span.kind = sample.kind
            span.start = 1_795_357_520_000_000_000 + sample.start * 1_000_000
            span.end = 1_795_357_520_000_000_000 + sample.end * 1_000_000
            span.statusCode = sample.failed ? 2 : 0
            span.attributes = sample.attributes.sorted { $0.key < $1.key }.map { OTLPAttribute($0.key, $0.value) }
            var scope = OTLPScopeSpans()
            scope.name = sample.scope
            scope.spans = [span]
            resource.scopes.append(scope)
        }
        resources = [resource]
    }
}
