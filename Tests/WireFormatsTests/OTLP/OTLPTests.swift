import Bytes
import JSONParsing
import Testing
import WireFormats

struct OTLPTests {
    /// A request with every kind of value.
    static func sample(seed: UInt64 = 1) -> OTLPTraces {
        var span = OTLPSpan()
        span.traceID = (0..<16).map { UInt8($0) &+ UInt8(truncatingIfNeeded: seed) | 1 }
        span.spanID = [1, 2, 3, 4, 5, 6, 7, 8]
        span.parentSpanID = [8, 7, 6, 5, 4, 3, 2, 1]
        span.name = "chat ünïcode 📦"
        span.kind = 3
        span.start = 1_795_357_520_850_187_008
        span.end = UInt64.max
        span.attributes = [
            OTLPAttribute("text", .string("tea \"quoted\" \u{1}")), OTLPAttribute("empty", .string("")),
            OTLPAttribute("yes", .boolean(true)),
            OTLPAttribute("no", .boolean(false)), OTLPAttribute("zero", .integer(0)),
            OTLPAttribute("least", .integer(.min)),
            OTLPAttribute("most", .integer(.max)), OTLPAttribute("half", .double(0.5)),
            OTLPAttribute("endless", .double(-.infinity)),
            OTLPAttribute(
                "list", .array([.string("a"), .integer(-1), .array([]), .map([OTLPAttribute("k", .double(1e300))])])),
            OTLPAttribute("raw", .bytes([0, 255, 62, 63][...])), OTLPAttribute("nothing", .empty),
        ]
        var event = OTLPSpanEvent()
        event.time = 5
        event.name = "exception"
        event.attributes = [OTLPAttribute("exception.type", .string("RuntimeError"))]
        span.events = [event]
        var link = OTLPSpanLink()
        link.traceID = span.traceID
        link.spanID = span.spanID
        span.links = [link]
        span.statusCode = 2
        span.statusMessage = "it broke"
        span.flags = 256
        var scope = OTLPScopeSpans()
        (scope.name, scope.version, scope.spans) = ("scope", "1.0", [span, OTLPSpan()])
        var resource = OTLPResourceSpans()
        resource.attributes = [OTLPAttribute("service.name", .string("bot"))]
        resource.scopes = [scope, OTLPScopeSpans()]
        return OTLPTraces(resources: [resource, OTLPResourceSpans()])
    }

    @Test func protobufReadsBack() throws {
        #expect(try OTLPTraces(protobuf: Self.sample().protobuf) == Self.sample())
        #expect(try OTLPTraces(protobuf: []) == OTLPTraces())
    }

    @Test func jsonReadsBack() throws {
        var parser = JSONParser()
        #expect(try OTLPTraces(json: Self.sample().json, parser: &parser) == Self.sample())
        #expect(try OTLPTraces(json: Array("{}".utf8), parser: &parser) == OTLPTraces())
    }

    @Test func jsonIsReadLeniently() throws {
        let text = """
            {"resourceSpans":[{"unknown":{"deep":[1]},"scopeSpans":[{"scope":null,"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C",
            "spanId":"eee19b7ec3c1b174","startTimeUnixNano":1544712660000000000,"endTimeUnixNano":"1544712661000000000","kind":2,
            "status":{},
            "attributes":[{"key":"n","value":{"intValue":7}},{"key":"s","value":{"intValue":"-8"}}]}]}]}]}
            """
        var parser = JSONParser()
        let span = try #require(
            try OTLPTraces(json: Array(text.utf8), parser: &parser).resources.first?.scopes.first?.spans.first)
        #expect(span.traceID.first == 0x5B && span.spanID.first == 0xEE && span.isIdentified)
        #expect(span.start == 1_544_712_660_000_000_000 && span.end == 1_544_712_661_000_000_000)
        #expect(span.attributes == [OTLPAttribute("n", .integer(7)), OTLPAttribute("s", .integer(-8))])
    }

    @Test(arguments: [
        #"{"resourceSpans":{}}"#, #"{"resourceSpans":[3]}"#,
        #"{"resourceSpans":[{"scopeSpans":[{"spans":{"traceId":"00"}}]}]}"#, "[]", "{",
    ])
    func wrongJSONIsRefused(_ text: String) {
        #expect(throws: (any Error).self) {
            var parser = JSONParser()
            _ = try OTLPTraces(json: Array(text.utf8), parser: &parser)
        }
    }

    /// Unknown members are passed over, but not what lies below one that only looks like a known one.
    @Test(arguments: [
        (#"{"resource_spans":[{"scope_spans":[{"spans":[{},{}]},{"spans":[{}]}]}]}"#, "resource_spans", 3),
        (#"{"ResourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}"#, "ResourceSpans", 1),
        (
            #"{"resourceSpans":[{"scope_spans":[{"spans":[{}]}]},{"scopeSpans":[],"scope_spans":[{"spans":[{}]}]}]}"#,
            "scope_spans", 2
        ),
        (#"{"resourceSpans":[{"scope_spans":[{"spans":[{}]}],"ScopeSpans":[{"spans":[{},{}]}]}]}"#, "scope_spans", 3),
        (
            #"{"resourceSpans":[{"instrumentationLibrarySpans":[{"spans":[{},{}]}],"scopeSpans":[{"Spans":[{}]}]}]}"#,
            "instrumentationLibrarySpans", 3
        ),
        (#"{"resource_spans":[{"instrumentation_library_spans":[{"spans":[{}]}]}]}"#, "resource_spans", 1),
        (#"{"resource_spans":[],"other":[{"scope_spans":[{"spans":[{}]}]}]}"#, nil, 0),
        (#"{"resource_spans":{"scope_spans":[{"spans":[{}]}]}}"#, nil, 0),
    ] as [(String, String?, Int)])
    func spansBelowAWrongNameAreCounted(_ text: String, _ name: String?, _ spans: Int) throws {
        var parser = JSONParser()
        let misnamed = try OTLPTraces(json: Array(text.utf8), parser: &parser).misnamed
        #expect(misnamed?.name == name && misnamed?.spans ?? 0 == spans)
    }

    @Test func aSpanThatNamesItsIDsOtherwiseSaysSo() throws {
        let text = #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"trace_id":"5b"},{"attributes":[],"trace":1}]}]}]}"#
        var parser = JSONParser()
        let read = try OTLPTraces(json: Array(text.utf8), parser: &parser).resources[0].scopes[0].spans
        #expect(read.map(\.misnamed) == ["trace_id", nil])
    }

    /// What is passed over though it was meant to be read is told of the spans that lack it, and nothing else is.
    @Test(arguments: [
        (#"{"attributes":[{"key":"a","value":{"string_value":"x"}}]}"#, "string_value"),
        (#"{"attributes":[{"key":"a","value":{"IntValue":1}}]}"#, "IntValue"),
        (#"{"attributes":[{"Key":"a","Value":{"StringValue":"x"}}]}"#, "Key"),
        (#"{"attributes":[{"key":"a","value":{"arrayValue":{"values":[{"double_value":1}]}}}]}"#, "double_value"),
        (#"{"attributes":[{"key":"a","value":{"kvlistValue":{"Values":[]}}}]}"#, "Values"),
        (#"{"start_time_unix_nano":"1","parent_span_id":"00"}"#, "start_time_unix_nano"),
        (#"{"events":[{"time_unix_nano":"1"}]}"#, "time_unix_nano"), (#"{"links":[{"TraceId":"5b"}]}"#, "TraceId"),
        (#"{"status":{"Code":2}}"#, "Code"),
        // What is known and not read, what is unknown, and what says nothing.
        (
            #"{"droppedAttributesCount":1,"valu":1,"__":1,"attributess":[],"start_time_unix_nano":null,"#
                + #""attributes":[{"key":"string_value","value":{}}]}"#, nil
        ),
    ] as [(String, String?)])
    func aSpanSaysWhichMemberItLacks(_ span: String, _ name: String?) throws {
        func lost(_ resource: String) throws -> [String?] {
            var parser = JSONParser()
            let read = try OTLPTraces(json: Array(#"{"resourceSpans":[{\#(resource)}]}"#.utf8), parser: &parser)
            return read.resources[0].scopes.flatMap(\.spans).map(\.lost)
        }
        #expect(try lost(#""scopeSpans":[{"spans":[{},\#(span)]}]"#) == [nil, name])
        // What its scope or resource lacks, all their spans lack.
        let scopes = #""scopeSpans":[{"spans":[{},\#(span)],"instrumentationLibrary":{}},{"spans":[{}]}]"#
        #expect(try lost(scopes) == ["instrumentationLibrary", name ?? "instrumentationLibrary", nil])
        #expect(
            try lost(#""scopeSpans":[{"spans":[{}]}],"resource":{"attributes":[{"key":"a","value":{"text_value":1}}]}"#)
                == [nil])
        #expect(
            try lost(#""scopeSpans":[{"spans":[{}]}],"resource":{"attributes":[{"key":"a","value":{"bool_value":1}}]}"#)
                == ["bool_value"])
    }

    /// One that cannot be read does not take the others with it.
    @Test func aBrokenSpanIsAloneInIt() throws {
        let spans = [
            #"{"traceId":"xy"}"#, #"{"kind":"SPAN_KIND_CLIENT","status":{"code":"STATUS_CODE_ERROR"}}"#,
            #"{"kind":"SPAN_KIND_CUSTOM"}"#,
            #"{"attributes":[{"key":"n","value":{"intValue":"1e3"}},{"key":"w","value":{"intValue":"7.0"}}]}"#,
            #"{"attributes":[{"key":"n","value":{"intValue":"many"}}]}"#,
            #"{"attributes":[{"key":"n","value":{"intValue":"1e30"}}]}"#, "3",
        ]
        var parser = JSONParser()
        let scopes = #""scopeSpans":[{"spans":["# + spans.joined(separator: ",") + "]}]"
        let request = #"{"resourceSpans":[{"# + scopes + "}]}"
        let read = try OTLPTraces(json: Array(request.utf8), parser: &parser).resources[0].scopes[0].spans
        #expect(read.map { $0.defect != nil } == [true, false, true, false, true, true, true])
        #expect(read[1].kind == 3 && read[1].statusCode == 2)
        #expect(read[3].attributes == [OTLPAttribute("n", .integer(1000)), OTLPAttribute("w", .integer(7))])
        #expect(read[4].defect == "a 64-bit integer in intValue")
        // What is said of the resource is said of all its spans.
        let resource =
            #"{"resourceSpans":[{"resource":{"attributes":[{"key":"n","value":{"intValue":"many"}}]},"# + scopes + "}]}"
        let all = try OTLPTraces(json: Array(resource.utf8), parser: &parser).resources[0].scopes[0].spans
        #expect(all.allSatisfy { $0.defect != nil })
    }

    /// Names that differ in bytes which are no UTF-8 would be one name if they were repaired.
    @Test(arguments: ["zqkey", "zqname", "zqevent", "zqscope", "zqdeep"])
    func aNameThatIsNoTextIsRefusedWithItsSpan(_ marked: String) throws {
        var span = OTLPSpan()
        (span.traceID, span.spanID) = (Array(repeating: 1, count: 16), Array(repeating: 2, count: 8))
        (span.name, span.end) = ("zqname", 5)
        span.attributes = [
            OTLPAttribute("zqkey", .integer(1)), OTLPAttribute("m", .map([OTLPAttribute("zqdeep", .integer(1))])),
        ]
        var event = OTLPSpanEvent()
        event.name = "zqevent"
        span.events = [event]
        var scope = OTLPScopeSpans()
        (scope.name, scope.spans) = ("zqscope", [span])
        var resource = OTLPResourceSpans()
        resource.scopes = [scope]
        var body = OTLPTraces(resources: [resource]).protobuf
        #expect(try OTLPTraces(protobuf: body).resources[0].scopes[0].spans[0].defect == nil)
        let place = try #require(body.indices.first { body[$0...].starts(with: marked.utf8) })
        body[place + 1] = 0xFF
        let read = try OTLPTraces(protobuf: body).resources[0].scopes[0].spans[0]
        #expect(read.defect != nil || read.brokenAttribute != nil)
    }

    /// Cut and flipped bodies are read or refused, never a crash.
    @Test func damagedProtobufNeverTraps() {
        let bytes = Self.sample().protobuf
        for end in bytes.indices { _ = try? OTLPTraces(protobuf: Array(bytes[..<end])) }
        var state: UInt64 = 42
        for _ in 0..<20_000 {
            var copy = bytes
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                copy[Int(state >> 33) % copy.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            _ = try? OTLPTraces(protobuf: copy)
        }
        #expect(throws: DecodingError.self) { try OTLPTraces(protobuf: [0x0A, 0x05, 0x01]) }
        #expect(throws: DecodingError.self) { try OTLPTraces(protobuf: [0x0B]) }
    }

    @Test func deepValuesAreRefused() {
        var value = OTLPValue.integer(1)
        for _ in 0..<100 { value = .array([value]) }
        var traces = Self.sample()
        traces.resources[0].attributes = [OTLPAttribute("deep", value)]
        #expect(throws: DecodingError.self) { try OTLPTraces(protobuf: traces.protobuf) }
    }

    @Test func answersAreInTheRequestsEncoding() {
        #expect(OTLPResponse.exported(rejectedSpans: 0, message: "", .protobuf).isEmpty)
        #expect(OTLPResponse.exported(rejectedSpans: 0, message: "", .json) == Array("{}".utf8))
        #expect(
            OTLPResponse.exported(rejectedSpans: 2, message: "no id", .protobuf) == [0x0A, 9, 0x08, 2, 0x12, 5]
                + Array("no id".utf8))
        let json = String(decoding: OTLPResponse.exported(rejectedSpans: 2, message: "no id", .json), as: UTF8.self)
        #expect(json == #"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no id"}}"#)
        #expect(OTLPResponse.status(code: 3, message: "no", .protobuf) == [0x08, 3, 0x12, 2] + Array("no".utf8))
        #expect(
            String(decoding: OTLPResponse.status(code: 3, message: "no", .json), as: UTF8.self)
                == #"{"code":3,"message":"no"}"#)
        #expect(OTLPEncoding(contentType: "application/JSON; charset=utf-8") == .json)
        #expect(OTLPEncoding(contentType: "text/plain") == nil)
    }
}
