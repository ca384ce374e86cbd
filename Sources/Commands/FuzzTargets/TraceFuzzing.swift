import Bytes
import Dialects
import Domain
import JSONParsing
import WireFormats

/// Requests of OpenTelemetry, and what becomes of their spans.
extension FuzzTarget {
    static let traces: [FuzzTarget] = [
        FuzzTarget(
            "otlp-protobuf", "written out and read again the same; its spans are rows, and settle",
            seeds: { [sampleTraces().protobuf] }
        ) { bytes in
            let traces: OTLPTraces
            do throws(DecodingError) { traces = try OTLPTraces(protobuf: bytes) } catch { return }
            try unchanged(traces.protobuf) { bytes throws(DecodingError) in try OTLPTraces(protobuf: bytes).protobuf }
            try becomesEvents(traces)
        },
        FuzzTarget(
            "otlp-json", "read, or refused as JSON or as a request; its spans are rows, and settle",
            seeds: { [sampleTraces().json] }
        ) { bytes in
            var parser = JSONParser()
            let traces: OTLPTraces
            do {
                traces = try OTLPTraces(json: bytes, parser: &parser)
            } catch is JSONError {
                return
            } catch is DecodingError {
                return
            }
            try becomesEvents(traces)
        },
    ]

    private static func becomesEvents(_ traces: OTLPTraces) throws {
        var encoder = EvidenceEncoder(registry: .builtIn, tokeniser: UserTokeniser(key: key))
        let batch = encoder.encode(traces)
        try sound(batch.events)
        var parser = JSONParser()
        let columns = SpanColumns(.builtIn)
        var spans: [ExactText: [SpanRecord]] = [:]
        var order: [ExactText] = []
        for (row, trace) in zip(batch.events, batch.traceIDs) {
            let trace = ExactText(trace)
            if spans[trace] == nil { order.append(trace) }
            do {
                spans[trace, default: []].append(try SpanRecord(row: row, columns: columns, parser: &parser))
            } catch {
                throw FuzzFinding("a span that was kept cannot be read: \(error)")
            }
        }
        let settler = TraceSettler(registry: .builtIn, ids: DerivedEventIDs(secret: key))
        for trace in order {
            let told = spans[trace] ?? []
            let settled = settler.settle(told, derived: [])
            try sound(settled.events)
            let turned = settler.settle(told.reversed(), derived: [])
            try require(turned.events.count == settled.events.count, "as many events in any order of the spans")
        }
    }

    private static func sampleTraces() -> OTLPTraces {
        var span = OTLPSpan()
        span.traceID = [UInt8](1...16)
        span.spanID = [UInt8](1...8)
        span.name = "chat gpt-4o"
        (span.start, span.end) = (1_785_578_400_000_000_000, 1_785_578_401_000_000_000)
        span.attributes = [
            OTLPAttribute("gen_ai.operation.name", .string("chat")),
            OTLPAttribute("gen_ai.provider.name", .string("openai")),
            OTLPAttribute("gen_ai.request.model", .string("gpt-4o")),
            OTLPAttribute("gen_ai.usage.input_tokens", .integer(12)),
            OTLPAttribute("gen_ai.request.temperature", .double(0.5)),
        ]
        var tool = span
        (tool.spanID, tool.parentSpanID, tool.name) = ([UInt8](2...9), span.spanID, "execute_tool lookup")
        tool.attributes = [
            OTLPAttribute("gen_ai.operation.name", .string("execute_tool")),
            OTLPAttribute("gen_ai.tool.name", .string("lookup")),
        ]
        var scope = OTLPScopeSpans()
        scope.spans = [span, tool]
        var resource = OTLPResourceSpans()
        resource.attributes = [OTLPAttribute("service.name", .string("bot"))]
        resource.scopes = [scope]
        return OTLPTraces(resources: [resource])
    }
}
