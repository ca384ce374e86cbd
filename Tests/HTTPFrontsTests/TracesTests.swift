import Clients
import Compression
import Dialects
import Domain
import EventStores
import Execution
import Foundation
import HTTPFronts
import JSONTexts
import Platform
import Synchronization
import Testing
import WireFormats

/// Spans over HTTP: what OTLP demands of a receiver, and that they become events.
@Suite struct TracesTests {
    private static func request(
        _ spans: [(id: UInt8, parent: UInt8?, attributes: [String: OTLPValue])], trace: UInt8 = 7
    ) -> OTLPTraces {
        var scope = OTLPScopeSpans()
        scope.name = "test"
        let now = UInt64(SystemClock().wallNanoseconds())
        for sample in spans {
            var span = OTLPSpan()
            span.traceID = Array(repeating: trace, count: 16)
            span.spanID = Array(repeating: sample.id, count: 8)
            span.parentSpanID = sample.parent.map { Array(repeating: $0, count: 8) } ?? []
            (span.name, span.start, span.end) = ("s", now - 1_000_000, now)
            span.attributes = sample.attributes.sorted { $0.key < $1.key }.map { OTLPAttribute($0.key, $0.value) }
            scope.spans.append(span)
        }
        var resource = OTLPResourceSpans()
        resource.scopes = [scope]
        return OTLPTraces(resources: [resource])
    }

    private static let turn = request([
        (1, nil, ["gen_ai.operation.name": .string("invoke_agent"), "gen_ai.conversation.id": .string("c-1")]),
        (
            2, 1,
            [
                "gen_ai.operation.name": .string("chat"), "gen_ai.usage.input_tokens": .integer(12),
                "gen_ai.input.messages": .string("secret words"),
            ]
        ),
    ])

    private func send(
        _ client: ServerClient, _ body: [UInt8], _ type: String = "application/x-protobuf", encoding: String? = nil
    ) async throws -> ServerAnswer {
        let headers = [("Content-Type", type)] + (encoding.map { [("Content-Encoding", $0)] } ?? [])
        return try await client.send("POST", "/v1/traces", headers: headers, body: body)
    }

    /// Whoever asks before spans settle learns that they wait; afterwards nobody says anything of it.
    @Test func whoAsksBeforeSpansSettleIsTold() async throws {
        var rule = SettleRule()
        (rule.quietNanoseconds, rule.idleNanoseconds) = (60_000_000_000, 60_000_000_000)
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "plimsoll-traces-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        @Sendable func open() throws -> EventStore {
            let context = StoreContext(
                fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
                workers: ThreadWorkers(parallelism: 2))
            return try EventStore.open(at: directory, context: context)
        }
        try await withServer(try open(), settleRule: rule) { client, server in
            let before = try await client.send("GET", "/v1/conversations/c-1")
            #expect(before.status == 404 && !before.text.contains("settle"))
            _ = try await send(client, Self.turn.protobuf)
            let words = "2 spans of 1 trace wait to settle, at most "
            let missing = try await client.send("GET", "/v1/conversations/c-1")
            #expect(missing.status == 404 && missing.text.contains(words), "\(missing.text)")
            let data = #""data":{"conversation_id":"c-1"}"#
            _ = try await client.post(
                #"{"specversion":"1.0","id":"1","source":"t","type":"message.received",\#(data)}"#)
            for path in ["/v1/reports/sla", "/v1/reports/status", "/v1/reports/doctor"] {
                let answer = try await client.send("GET", path)
                #expect(answer.status == 200 && answer.waitingNotice?.hasPrefix(words) == true, "\(path)")
            }
            // Who is mailed a report, and who looks at a page, sees no fields of an answer.
            let mailed = try await client.send("GET", "/v1/reports/sla?format=html")
            #expect(mailed.text.contains("Not all of it: \(words)"), "\(mailed.text)")
            let shown = try JSONReader.parse(try await client.send("GET", "/v1/slos?format=cells").body)
            #expect(shown["notices"]?.array?.last?.string?.hasPrefix(words) == true)
            let there = try await client.send("GET", "/v1/conversations/c-1")
            #expect(there.status == 200 && there.text.contains("\"notice\": \"\(words)"), "\(there.text)")
            let people = try await client.send("GET", "/v1/conversations/c-1?format=table")
            #expect(people.text.contains("Not all of it yet: \(words)"))
            let doctor = try JSONReader.parse(try await client.send("GET", "/v1/reports/doctor").body)
            #expect(doctor["waiting"]?.array?.first?["spans"]?.integer == 2)
            let address = try #require(server.address)
            let told = Mutex<[String]>([])
            let query = RemoteQuery(server: ServerEndpoint(address)) { line in told.withLock { $0.append(line) } }
            _ = try await query.run("select 1 as n", format: .csv, timeZone: "UTC")
            #expect(told.withLock { $0.count } == 1 && told.withLock { $0.first?.hasPrefix(words) } == true)
        }
        try FileManager.default.removeItem(atPath: directory)
        try await withServer(try open()) { client, server in
            #expect(try await client.send("GET", "/v1/reports/status").waitingNotice == nil)
            _ = try await client.send("GET", "/v1/none")
            _ = try await send(client, Self.turn.protobuf, "text/plain")
            let doctor = try JSONReader.parse(try await client.send("GET", "/v1/reports/doctor").body)
            let found = (doctor["findings"]?.array ?? []).compactMap { $0["what"]?.string }
            #expect(found.contains("spans: media_type") && found.contains("requests: not_found"), "\(found)")
            // Who has sent nothing yet is told where to, with the port that it is.
            let lines = (doctor["changes"]?.array ?? []).compactMap { $0["change"]?.string }
            let address = try #require(server.address)
            #expect(lines.contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://\(address)"), "\(lines)")
            #expect(try await client.send("GET", "/v1/reports/doctor?from=soon").status == 400)
        }
    }

    /// What is refused is counted by the way on which it came, so that nobody is told of what he does not use; for
    /// Prometheus it stays one count a reason.
    @Test func refusalsAreToldByDoorAndReason() async throws {
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 12), clock: SystemClock(), randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        try await withServer(try EventStore.open(at: "/data", context: context)) { client, _ in
            let nothing: [UInt8] = Array("x".utf8)
            let began = SystemClock().wallNanoseconds()
            for (path, type) in [
                ("/v1/events", "text/plain"), ("/v1/event", "application/cloudevents+json"),
                ("/v1/traces", "text/plain"),
                ("/v1/metrics", "application/x-protobuf"), ("/", "application/x-protobuf"), ("/v1/sql", "image/png"),
                ("/v1/none", "text/plain"), ("/v1/other", "application/grpc"),
            ] { _ = try await client.send("POST", path, headers: [("Content-Type", type)], body: nothing) }
            // An exporter at a wrong address is told of exporters, whatever its encoding and the address.
            for path in ["/", "/otlp/v1/traces", "/v1/trace"] {
                let headers = [("Content-Type", "application/json"), ("User-Agent", "OTel-OTLP-Exporter-Python/1.45.1")]
                _ = try await client.send("POST", path, headers: headers, body: nothing)
            }
            var nameless = Self.turn
            nameless.resources[0].scopes[0].spans[0].traceID = []
            nameless.resources[0].scopes[0].spans[1].end = 0
            #expect(try await send(client, nameless.protobuf).status == 200)
            // Whose clock is wrong has a name.
            var ahead = Self.request([(9, nil, [:])])
            ahead.resources[0].attributes = [OTLPAttribute("service.name", .string("ahead-bot"))]
            ahead.resources[0].scopes[0].spans[0].start += 2 * 86_400_000_000_000
            ahead.resources[0].scopes[0].spans[0].end += 2 * 86_400_000_000_000
            #expect(try await send(client, ahead.protobuf).status == 200)
            let sent = SystemClock().wallNanoseconds()
            try await Task.sleep(for: .milliseconds(300))
            let doctor = try JSONReader.parse(try await client.send("GET", "/v1/reports/doctor").body)
            let found = (doctor["findings"]?.array ?? []).filter { $0["finding"]?.string == "refused" }
            #expect(
                Set(found.compactMap { $0["what"]?.string }) == [
                    "events: media_type", "events: not_found", "spans: media_type", "spans: not_found", "spans: method",
                    "questions: media_type", "requests: not_found", "grpc: not_found", "spans: no_trace_id",
                    "spans: no_end_time", "spans: too_new",
                ], "\(found)")
            #expect(found.filter { $0["service"]?.string != nil }.map { $0["what"]?.string } == ["spans: too_new"])
            #expect(found.contains { $0["service"]?.string == "ahead-bot" }, "\(found)")
            // When it happened, not when somebody looked; the two clocks of the machine may differ a little.
            for refusal in doctor["refusals"]?.array ?? [] {
                let times = try ["since", "last"].map { name in
                    try RFC3339.parse(try #require(refusal[name]?.string, "\(refusal)"))
                }
                #expect(began - 100_000_000 <= times[0] && times[0] <= times[1], "\(refusal)")
                #expect(times[1] <= sent + 100_000_000, "\(refusal)")
            }
            #expect(doctor["refusals"]?.array?.count == found.count)
            let metrics = try await client.send("GET", "/metrics").text
            #expect(metrics.contains("plimsoll_http_refusals_total{reason=\"media_type\"} 3\n"), "\(metrics)")
            #expect(metrics.contains("plimsoll_http_refusals_total{reason=\"not_found\"} 6\n"))
            // Who has mended it and looks again sees that it stopped.
            let mended = RFC3339.render(SystemClock().wallNanoseconds())
            try await Task.sleep(for: .milliseconds(1500))
            let later = try JSONReader.parse(
                try await client.send("GET", "/v1/reports/doctor?from=\(mended)").body)
            let left = (later["findings"]?.array ?? []).compactMap { $0["finding"]?.string }
            #expect(!left.isEmpty && !left.contains("refused"), "\(later)")
        }
    }

    @Test func goodRequestsAreAnsweredInTheirEncoding() async throws {
        try await withServer { client, _ in
            let first = try await send(client, Self.turn.protobuf)
            #expect(first.status == 200 && first.body.isEmpty)
            let json = try await send(client, Self.turn.json, "application/json")
            #expect(json.status == 200 && json.body == Array("{}".utf8))
            let empty = try await send(client, [])
            #expect(empty.status == 200 && empty.body.isEmpty)
            let packed = try await send(
                client, Gzip.compress(Self.turn.json), "application/json; charset=utf-8", encoding: "gzip")
            #expect(packed.status == 200)
        }
    }

    @Test func badRequestsAreAnsweredAsStatus() async throws {
        try await withServer { client, _ in
            let broken = try await send(client, [0x0A, 0x7F])
            #expect(broken.status == 400 && broken.body.starts(with: [0x08, 3, 0x12]))
            let wrong = try await send(client, Array("{".utf8), "application/json")
            #expect(wrong.status == 400 && wrong.text.hasPrefix(#"{"code":3,"message":"#))
            #expect(try await send(client, Self.turn.protobuf, "text/plain").status == 415)
            #expect(try await send(client, Self.turn.protobuf, encoding: "br").status == 415)
            #expect(try await send(client, [1, 2, 3], encoding: "gzip").status == 400)
        }
    }

    /// What was lost without a word is told to its sender and to whoever runs the server.
    @Test func namesThatJSONDoesNotHaveAreTold() async throws {
        let spans = #"[{"scope_spans":[{"spans":[{"trace_id":"00"},{"trace_id":"01"}]}]}]"#
        let body = Array(#"{"resource_spans":\#(spans)}"#.utf8)
        try await withServer(try simulatedStore(seed: 58)) { client, _ in
            let answer = try await send(client, body, "application/json")
            #expect(answer.status == 200)
            let partial = try JSONReader.parse(answer.body)["partialSuccess"]
            #expect(partial?["rejectedSpans"]?.string == "2", "\(answer.text)")
            #expect(partial?["errorMessage"]?.string == "resource_spans: JSON names are lowerCamelCase")
            let doctor = try JSONReader.parse(try await client.send("GET", "/v1/reports/doctor").body)
            let found = (doctor["findings"]?.array ?? []).compactMap { $0["what"]?.string }
            #expect(found == ["spans: misnamed_member"], "\(doctor)")
        }
    }

    /// Spans that are kept without values which stand under such names are told of as well.
    @Test func valuesUnderNamesThatJSONDoesNotHaveAreTold() async throws {
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 59), clock: SystemClock(), randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        let text = String(decoding: Self.turn.json, as: UTF8.self)
        let body = Array(text.replacing("\"stringValue\"", with: "\"string_value\"").utf8)
        try await withServer(try EventStore.open(at: "/data", context: context)) { client, _ in
            let answer = try await send(client, body, "application/json")
            #expect(answer.status == 200)
            let partial = try JSONReader.parse(answer.body)["partialSuccess"]
            #expect(partial?["rejectedSpans"]?.string == "0", "\(answer.text)")
            #expect(
                partial?["errorMessage"]?.string
                    == "string_value: JSON names are lowerCamelCase; kept without what it says: 2 spans")
            try await Task.sleep(for: .milliseconds(300))
            let doctor = try JSONReader.parse(try await client.send("GET", "/v1/reports/doctor").body)
            let found = (doctor["findings"]?.array ?? []).filter { $0["what"]?.string == "string_value" }
            #expect(found.map { $0["finding"]?.string } == ["unread_names"], "\(doctor)")
            let lines = (doctor["changes"]?.array ?? []).filter { $0["what"]?.string == "string_value" }
            #expect(lines.first?["change"]?.string?.hasPrefix("names of JSON in lowerCamelCase") == true, "\(doctor)")
        }
    }

    @Test func bodiesThatGrowTooLargeAreRefused() async throws {
        var limits = ServerLimits()
        limits.decodedBodyBytesMax = 10_000
        try await withServer(limits: limits) { client, _ in
            let bomb = try await send(client, Gzip.compress(Array(repeating: 0, count: 1 << 20)), encoding: "gzip")
            #expect(bomb.status == 413 && bomb.body.starts(with: [0x08, 8, 0x12]))
        }
    }

    @Test func spansWithoutIdsAreRefusedAndTheOthersKept() async throws {
        var request = Self.turn
        request.resources[0].scopes[0].spans[1].spanID = []
        let mixed = request
        try await withServer { client, _ in
            let answer = try await send(client, mixed.json, "application/json")
            #expect(answer.status == 200 && answer.text.contains(#""rejectedSpans":"1""#))
        }
    }

    /// It is kept and nobody's, which no other sign would tell.
    @Test func whoSendsATenantThatCannotBeUsedIsTold() async throws {
        let request = Self.request(
            [(3, nil, ["gen_ai.operation.name": .string("chat"), "plimsoll.tenant": .string(" ")])], trace: 8)
        try await withServer { client, _ in
            let answer = try await send(client, request.json, "application/json")
            let message =
                "plimsoll.tenant: a text of at most 1024 bytes, not text without a visible character; "
                + "the span is kept, as one that names no tenant"
            #expect(answer.status == 200)
            #expect(
                answer.text.contains(#"{"partialSuccess":{"rejectedSpans":"0","errorMessage":"\#(message)"}}"#),
                "\(answer.text)")
        }
    }

    @Test func whereNothingCanBeWrittenSendersAreToldToComeBack() async throws {
        let store = FakeStore()
        store.state.withLock { $0.isBroken = true }
        try await withServer(store) { client, _ in
            #expect(try await send(client, Self.turn.protobuf).status == 503)
            let after = try await send(client, Self.turn.protobuf)
            #expect(after.status == 503 && after.body.starts(with: [0x08, 14, 0x12]))
        }
    }

    @Test func tracesSettleIntoEventsOnceAlsoAcrossARestart() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "plimsoll-traces-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        @Sendable func open() throws -> EventStore {
            let context = StoreContext(
                fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
                workers: ThreadWorkers(parallelism: 2))
            return try EventStore.open(at: directory, context: context)
        }
        try await withServer(try open()) { client, _ in
            _ = try await send(client, Self.turn.protobuf)
            _ = try await send(client, Self.turn.json, "application/json")
            try await settled(client, calls: 1)
        }
        // The child of a trace whose root comes after the restart.
        try await withServer(try open()) { client, _ in
            try await settled(client, calls: 1)
            let child = Self.request([(4, 3, ["gen_ai.operation.name": .string("chat")])], trace: 8)
            _ = try await send(client, child.protobuf)
        }
        try await withServer(try open()) { client, _ in
            let root = Self.request(
                [(3, nil, ["gen_ai.operation.name": .string("invoke_agent"), "session.id": .string("c-2")])], trace: 8)
            _ = try await send(client, root.protobuf)
            try await settled(client, calls: 2)
            let rows = try await ask(client, "select conversation_id, count(*) from llm_call group by 1 order by 1")
            #expect(rows.contains("c-1,1") && rows.contains("c-2,1"))
            #expect(try await ask(client, "select count(*) from message_sent").contains("2"))
            #expect(try await ask(client, "select count(*) from span_received").contains("4"))
            #expect(
                try await ask(client, "select count(*) from system_events where type = 'trace.settled'").contains("2"))
            #expect(
                try await !ask(client, "select cast(span_attributes as text) from span_received").contains("secret"))
        }
    }

    /// A call whose cached tokens are read by convention, until a total of the same emitter proves that they stand
    /// beside. A process that ends right after the proof was noted leaves the earlier call to the next one; that
    /// settles it again, and only once.
    @Test func whatIsProvedReachesTracesOfBeforeAlsoAcrossAKill() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "plimsoll-traces-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        @Sendable func open() throws -> EventStore {
            let context = StoreContext(
                fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
                workers: ThreadWorkers(parallelism: 2))
            return try EventStore.open(at: directory, context: context)
        }
        let inputs = "select string_agg(cast(input_tokens as text), ' ' order by input_tokens) as n from llm_call"
        let notes = "select count(*) as n from system_events where type = "
        @Sendable func call(_ trace: UInt8, _ counts: [String: Int64]) -> OTLPTraces {
            var attributes: [String: OTLPValue] = [
                "gen_ai.operation.name": .string("chat"), "gen_ai.provider.name": .string("p"),
                "gen_ai.request.model": .string("m"),
            ]
            // order: into a dictionary.
            for (name, count) in counts { attributes["gen_ai.usage.\(name)"] = .integer(count) }
            return Self.request([(1, nil, attributes)], trace: trace)
        }
        try await withServer(try open()) { client, _ in
            _ = try await send(
                client, call(1, ["input_tokens": 600, "output_tokens": 4, "cache_read.input_tokens": 500]).protobuf)
            try await settled(client, calls: 1)
            #expect(try await ask(client, inputs) == "n\r\n600\r\n")
            #expect(try await ask(client, notes + "'usage.reading_assumed'") == "n\r\n1\r\n")
        }
        let store = try open()
        let proof = """
            {"instrumentation_name":"test","instrumentation_version":"","model":"m","part":"cache","provider":"p","reading":"beside",\
            "tenant":""}
            """
        _ = try store.append([IngestBatch(notes: [SystemNote(type: "usage.reading_proved", data: proof)])])
        try store.close()
        // The start does not look for traces that may not have settled, so that only the proof can be why one does.
        var rule = SettleRule()
        rule.recoveryNanoseconds = -1
        try await withServer(try open(), settleRule: rule) { client, _ in
            try await answer(client, inputs, "1100")
            try await answer(client, notes + "'usage.reading_applied'", "1")
            #expect(try await ask(client, notes + "'trace.settled'") == "n\r\n2\r\n")
        }
        try await withServer(try open(), settleRule: rule) { client, _ in
            // A proof of another tenant's calls says nothing of these.
            var other = call(
                2, ["input_tokens": 600, "output_tokens": 4, "cache_read.input_tokens": 500, "total_tokens": 604])
            other.resources[0].attributes.append(OTLPAttribute("plimsoll.tenant", .string("beta")))
            _ = try await send(client, other.protobuf)
            try await answer(client, inputs, "600 1100")
            // Nobody's earlier calls are concerned, so the proof is known everywhere at once.
            try await answer(client, notes + "'usage.reading_applied'", "2")
            #expect(try await ask(client, notes + "'trace.settled'") == "n\r\n3\r\n")
            // One of the same tenant reaches what settled in this process, too: of proofs of both readings nothing is
            // known.
            let same =
                ["input_tokens": 700, "output_tokens": 4, "cache_read.input_tokens": 500, "total_tokens": 704]
                as [String: Int64]
            _ = try await send(client, call(3, same).protobuf)
            try await answer(client, inputs, "600 600 700")
            try await answer(client, notes + "'trace.settled' and data->>'reason' = 'usage_proved'", "2")
        }
    }

    /// The question of `plimsoll dialects report`, on what settling noted.
    @Test func tracesWhoseTurnsAreInDoubtAreCounted() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "plimsoll-turns-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let context = StoreContext(
            fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
            workers: ThreadWorkers(parallelism: 2))
        let store = try EventStore.open(at: directory, context: context)
        try await withServer(store) { client, _ in
            // A call of a conversation within a span that is no turn.
            let call: [String: OTLPValue] = [
                "gen_ai.operation.name": .string("chat"), "gen_ai.conversation.id": .string("c-3"),
            ]
            _ = try await send(client, Self.request([(1, nil, [:]), (2, 1, call)]).protobuf)
            try await answer(client, "select count(*) as n from system_events where type = 'trace.settled'", "1")
            #expect(try await ask(client, DialectReport.tracesSQL).contains("trace.settled,false,true,1"))
            #expect(try await ask(client, "select count(*) from message_sent").contains("0"))
        }
    }

    private func ask(_ client: ServerClient, _ sql: String) async throws -> String {
        let headers = [("Content-Type", "application/sql"), ("Accept", "text/csv")]
        return try await client.send("POST", "/v1/sql", headers: headers, body: Array(sql.utf8)).text
    }

    /// Waits for an answer of one value.
    private func answer(_ client: ServerClient, _ sql: String, _ value: String) async throws {
        var last = ""
        for _ in 0..<150 {
            last = try await ask(client, sql)
            if last == "n\r\n\(value)\r\n" { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("\(sql) did not answer \(value) within 15 s but \(last)")
    }

    /// Waits until so many calls are there.
    private func settled(_ client: ServerClient, calls: Int) async throws {
        for _ in 0..<150 {
            if try await ask(client, "select count(*) as n from llm_call") == "n\r\n\(calls)\r\n" { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("\(calls) calls did not come within 15 s")
    }
}
