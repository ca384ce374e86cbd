import Domain
import Foundation
import JSONParsing
import Testing
import WireFormats

/// Requests that real frameworks sent, each folder with what it comes to in `expected.json`. They are no part of the
/// project: the environment variable `PLIMSOLL_CAPTURES` says where they are.
struct CaptureTests {
    static let folders: [URL] = {
        guard let root = ProcessInfo.processInfo.environment["PLIMSOLL_CAPTURES"] else { return [] }
        let found =
            (try? FileManager.default.contentsOfDirectory(at: URL(filePath: root), includingPropertiesForKeys: nil))
            ?? []
        return found.filter { FileManager.default.fileExists(atPath: $0.appending(path: "expected.json").path) }
            .sorted { $0.path < $1.path }
    }()

    static func requests(_ folder: URL) throws -> [OTLPTraces] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).sorted {
            $0.path < $1.path
        }
        var parser = JSONParser()
        return try files.compactMap { file in
            let name = file.lastPathComponent
            if name.hasSuffix(".traces.pb") { return try OTLPTraces(protobuf: Array(Data(contentsOf: file))) }
            if name.hasSuffix(".traces.json") {
                return try OTLPTraces(json: Array(Data(contentsOf: file)), parser: &parser)
            }
            return nil
        }
    }

    /// One request a span.
    static func cut(_ requests: [OTLPTraces]) -> [OTLPTraces] {
        requests.flatMap(\.resources).flatMap { resource in
            resource.scopes.flatMap { scope in
                scope.spans.map { span in
                    var (one, single) = (resource, scope)
                    single.spans = [span]
                    one.scopes = [single]
                    return OTLPTraces(resources: [one])
                }
            }
        }
    }

    @Test(arguments: folders) func asSent(_ folder: URL) throws {
        var traces = SampleTraces()
        for request in try Self.requests(folder) { try traces.receive(request) }
        try traces.settle()
        try Expectation(folder).check(traces)
        #expect(try traces.settle() == (0, 0))
    }

    @Test(arguments: folders) func againShuffledAndCut(_ folder: URL) throws {
        var state = UInt64(bitPattern: Int64(folder.lastPathComponent.count)) &* 77
        var order = Self.cut(try Self.requests(folder)) + Self.cut(try Self.requests(folder))
        for index in order.indices.reversed() {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            order.swapAt(index, Int(state >> 33) % (index + 1))
        }
        var traces = SampleTraces()
        for (index, request) in order.enumerated() {
            try traces.receive(request)
            // Settling now and then, as if every pause were an hour.
            if index % 7 == 3 { try traces.settle() }
        }
        try traces.settle()
        try Expectation(folder).check(traces)
    }

    @Test(arguments: folders) func parentsLate(_ folder: URL) throws {
        let all = Self.cut(try Self.requests(folder))
        let parents = Set(all.map { $0.resources[0].scopes[0].spans[0].parentSpanID })
        func isParent(_ request: OTLPTraces) -> Bool {
            parents.contains(request.resources[0].scopes[0].spans[0].spanID)
        }
        var traces = SampleTraces()
        for request in all where !isParent(request) { try traces.receive(request) }
        try traces.settle()
        for request in all where isParent(request) { try traces.receive(request) }
        try traces.settle()
        try Expectation(folder).check(traces)
    }
}

/// What `expected.json` says, compared with derived events.
struct Expectation {
    let semantic: [String: Any]
    let facts: [String: Any]

    init(_ folder: URL) throws {
        let data = try Data(contentsOf: folder.appending(path: "expected.json"))
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        semantic = try #require(document["semantic"] as? [String: Any])
        facts = try #require(document["facts"] as? [String: Any])
    }

    private static let classes = [
        "input": "input_tokens", "output": "output_tokens", "cached": "cache_read_tokens",
        "cache_write": "cache_write_tokens",
        "reasoning": "reasoning_tokens",
    ]

    private func number(_ name: String) -> Int { semantic[name] as? Int ?? -1 }

    private func tokens(_ calls: [Derived]) -> [String: Int] {
        var result: [String: Int] = [:]
        for (name, column) in Self.classes {
            result[name] = Int(calls.compactMap { $0.integer(column) }.reduce(0, +))
        }
        return Self.counted(result)
    }

    /// Without zeros: a failed call that states none is as one that states nothing.
    private static func counted(_ tokens: [String: Int]?) -> [String: Int] { (tokens ?? [:]).filter { $0.value != 0 } }

    func check(_ traces: SampleTraces) throws {
        #expect(traces.evidence.count == facts["distinct_span_ids"] as? Int)
        var classes: [String: Int] = [:]
        for span in traces.evidence { classes[span.text("span_class") ?? "", default: 0] += 1 }
        let names = ["model_call": "llm", "step": "chain", "definition": "agent_definition"]
        #expect(
            Dictionary(uniqueKeysWithValues: classes.map { (names[$0] ?? $0, $1) }) == semantic["spans_by_class"]
                as? [String: Int])
        let calls = traces.events("llm.call")
        #expect(calls.count == number("llm_calls"))
        #expect(calls.filter { $0.text("status") == "error" }.count == number("llm_calls_failed"))
        #expect(calls.filter { $0.boolean("stream") == true }.count == number("llm_calls_marked_streaming"))
        #expect(tokens(calls) == Self.counted(semantic["llm_tokens_total"] as? [String: Int]))
        for (model, value) in semantic["llm_by_model"] as? [String: [String: Any]] ?? [:] {
            let own = calls.filter { ($0.text("response_model") ?? $0.text("request_model")) == model }
            #expect(own.count == value["calls"] as? Int, "\(model)")
            #expect(own.filter { $0.text("status") == "error" }.count == value["failed"] as? Int, "\(model)")
            #expect(tokens(own) == Self.counted(value["tokens"] as? [String: Int]), "\(model)")
        }
        let embeddings = traces.events("embedding.call")
        #expect(embeddings.count == number("embedding_calls"))
        for (model, value) in semantic["embedding_by_model"] as? [String: [String: Any]] ?? [:] {
            let own = embeddings.filter { ($0.text("response_model") ?? $0.text("request_model")) == model }
            let input = Int(own.compactMap { $0.integer("input_tokens") }.reduce(0, +))
            #expect(input == (value["tokens"] as? [String: Int])?["input"], "\(model)")
        }
        let tools = traces.events("tool.call")
        #expect(tools.count == number("tool_calls"))
        #expect(tools.filter { $0.text("status") == "error" }.count == number("tool_calls_failed"))
        var byName: [String: Int] = [:]
        for tool in tools { byName[tool.text("tool") ?? "", default: 0] += 1 }
        #expect(byName == semantic["tool_calls_by_name"] as? [String: Int])
        #expect(traces.events("retrieval.query").count == number("retrievals"))
        #expect(traces.events("agent.handoff").count == number("handoffs"))
        let runs = traces.events("agent.run")
        #expect(runs.count == number("agent_runs"))
        #expect(Set(runs.compactMap { $0.text("agent") }).sorted() == semantic["agent_names"] as? [String])
        try checkPeople(traces, calls, tools)
    }

    private func checkPeople(_ traces: SampleTraces, _ calls: [Derived], _ tools: [Derived]) throws {
        let all = traces.events()
        #expect(
            Set(all.compactMap { $0.text("conversation_id") }).sorted() == semantic["conversation_ids"] as? [String])
        let users = Set((semantic["user_ids"] as? [String] ?? []).map { traces.token($0) })
        #expect(Set(all.compactMap { $0.text("user_id") }) == users)
        for (id, value) in semantic["conversations"] as? [String: [String: Any]] ?? [:] {
            let own = calls.filter { $0.text("conversation_id") == id }
            #expect(own.count == value["llm_calls"] as? Int, "\(id)")
            #expect(tokens(own) == Self.counted(value["tokens"] as? [String: Int]), "\(id)")
            #expect(tools.filter { $0.text("conversation_id") == id }.count == value["tool_calls"] as? Int, "\(id)")
            let events = all.filter { $0.text("conversation_id") == id }
            #expect(
                Set(events.compactMap { $0.text("user_id") })
                    == Set((value["users"] as? [String] ?? []).map { traces.token($0) }), "\(id)")
            #expect(Set(events.compactMap { $0.text("channel") }).sorted() == value["channels"] as? [String], "\(id)")
        }
        let durations = semantic["durations_llm_calls"] as? [String: Any]
        let sum = calls.compactMap { $0.integer("duration_ns") }.reduce(0, +)
        #expect(durations == nil || (durations?["sum_ns"] as? NSNumber)?.int64Value == sum || calls.isEmpty)
    }
}
