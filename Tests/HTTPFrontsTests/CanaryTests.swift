import Bytes
import Clients
import EmbeddedSchemas
import EventStores
import Foundation
import HTTPFronts
import JSONTexts
import Platform
import Testing
import WireFormats

/// What must not be kept is nowhere on the disk, whichever name it came under and in whichever form.
@Suite struct CanaryTests {
    private final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("plimsoll-canary-\(UUID().uuidString)")
            .path

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func open() throws -> EventStore {
            let context = StoreContext(
                fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
                workers: ThreadWorkers(parallelism: 2))
            return try EventStore.open(at: path, context: context)
        }

        /// The whole contents of all files, zeros at the ends left out.
        func contents() throws -> [Data] {
            let names = try #require(FileManager.default.enumerator(atPath: path))
            return names.compactMap { FileManager.default.contents(atPath: path + "/\($0)") }
        }
    }

    /// Whole names of the tables, of their rules and of their wildcards, filled in.
    private static func tableNames() throws -> [String] {
        var names: Set<String> = []
        func note(_ name: String) {
            var name = name.split(separator: ".", omittingEmptySubsequences: false).map { $0 == "N" ? "3" : $0 }
                .joined(separator: ".")
            if name.hasPrefix("*") { name = "app" + name.dropFirst() }
            if name.hasSuffix("*") { name = name.dropLast() + "canary" }
            names.insert(name)
        }
        for file in EmbeddedSchemas.dialects {
            let table = try JSONReader.parse(file.bytes)
            for list in ["metadata", "settings", "numbers", "content", "headers", "unread"] {
                for name in table[list]?.array ?? [] { note(try #require(name.string)) }
            }
            for kind in table["kinds"]?.array ?? [] { note(try #require(kind["attribute"]?.string)) }
            for rule in (table["fields"]?.members ?? []).flatMap({ $0.value.array ?? [] }) {
                if let name = rule.string ?? rule["attribute"]?.string { note(name) }
                if let name = rule["when"]?["attribute"]?.string { note(name) }
            }
        }
        return names.sorted()
    }

    private static func names() throws -> [String] {
        let kept = KeptNames.textNames.sorted().map { $0.replacing(".N.", with: ".3.") }
        let own = ["plimsoll.content", "plimsoll.comment", "plimsoll.no_such_field"]
        return Set(try tableNames() + ConventionNames.all + kept + own).sorted()
    }

    /// Every form that a value has on the wire, with what is looked for in it.
    private static func shapes(_ index: Int) -> [OTLPValue] {
        func word(_ shape: Int) -> String { "canary-\(index)-\(shape)-" }
        func number(_ shape: Int) -> Int64 { 7_790_000_000 + Int64(index * 10 + shape) }
        return [
            .string(word(0)), .integer(number(1)), .double(Double(number(2))), .bytes(Array(word(3).utf8)[...]),
            .array([.string("auto"), .string(word(4))]), .array([.integer(number(5))]),
            .map([OTLPAttribute("k", .array([.map([OTLPAttribute(word(6), .string(word(6)))])]))]),
            .string(#"{"k":"\#(word(7))","\#(word(7))":[1,{"tokens":"\#(word(7))"}]}"#), .string("\(number(8))"),
            .array([.array([.string(word(9))]), .bytes(Array(word(9).utf8)[...])]),
        ]
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONString.append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func span(_ number: Int, _ attributes: [OTLPAttribute]) -> OTLPSpan {
        var span = OTLPSpan()
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: (number + 1) >> (8 * $0)) }
        (span.traceID, span.spanID) = (Array(repeating: 7, count: 12) + bytes, [1, 1, 1, 1] + bytes)
        (span.name, span.start) = ("work", UInt64(max(0, SystemClock().wallNanoseconds() - 1_000_000_000)))
        span.end = span.start + 1_000_000
        span.attributes = attributes
        (span.statusCode, span.statusMessage) = (2, "canary-99999-0-")
        span.traceState = "k=canary-99999-1-"
        var event = OTLPSpanEvent()
        (event.name, event.time, event.attributes) = ("happened", span.end, attributes)
        var link = OTLPSpanLink()
        (link.traceID, link.spanID, link.attributes) = (span.traceID, span.spanID, attributes)
        (span.events, span.links) = ([event], [link])
        return span
    }

    /// Posts spans, each with some attributes, once their own and once their resource's.
    private static func post(_ lists: [[OTLPAttribute]], to client: ServerClient) async throws {
        for start in stride(from: 0, to: lists.count, by: 40) {
            var request = OTLPTraces()
            for number in start..<min(start + 40, lists.count) {
                for isOfResource in [false, true] {
                    var scope = OTLPScopeSpans()
                    scope.name = "app"
                    scope.spans = [span(2 * number + (isOfResource ? 1 : 0), isOfResource ? [] : lists[number])]
                    var resource = OTLPResourceSpans()
                    resource.attributes = isOfResource ? lists[number] : []
                    resource.scopes = [scope]
                    request.resources.append(resource)
                }
            }
            let answer = try await client.send(
                "POST", "/v1/traces", headers: [("Content-Type", "application/x-protobuf")], body: request.protobuf)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(OTLPResponse.partialSuccess(protobuf: answer.body)?.rejectedSpans ?? 0 == 0)
        }
    }

    /// Numbers behind each place of a word.
    private static func found(_ word: String, in data: Data) -> [(index: Int, shape: Int)] {
        var result: [(Int, Int)] = []
        for place in data.places(of: word) {
            let behind = Array(data[place.upperBound...].prefix(10))
            let parts = behind.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            if word == "canary-", parts.count > 2 {
                let numbers = parts.prefix(2).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
                if numbers.count == 2 { result.append((numbers[0], numbers[1])) }
            } else if word == "779", let number = Int(String(decoding: behind.prefix(7), as: UTF8.self)) {
                result.append((number / 10, number % 10))
            }
        }
        return result
    }

    private static func around(_ place: Range<Int>, in data: Data) -> String {
        let range = max(data.startIndex, place.lowerBound - 120)..<min(data.endIndex, place.upperBound + 40)
        return String(decoding: data[range], as: UTF8.self)
    }

    private static func isText(_ name: String) -> Bool {
        KeptNames.textNames.contains(name.replacing(".3.", with: ".N."))
            || KeptNames.conversationEnds.contains { name.hasSuffix($0) } && !name.contains("header")
            || name.hasPrefix("plimsoll.") && !["plimsoll.content", "plimsoll.comment"].contains(name)
    }

    private static func isNumber(_ name: String) -> Bool {
        isText(name) || KeptNames.settings.contains(name) || KeptNames.numbers.contains(name)
            || KeptNames.countingWords.contains { name.contains($0) }
    }

    @Test func whatNoListNamesIsNowhereOnTheDisk() async throws {
        let folder = Folder()
        let names = try Self.names()
        var lists: [[OTLPAttribute]] = []
        for start in stride(from: 0, to: names.count, by: 50) {
            for shape in 0..<10 {
                let part = start..<min(start + 50, names.count)
                lists.append(part.map { OTLPAttribute(names[$0], Self.shapes($0)[shape]) })
            }
        }
        let all = lists
        try await withServer(try folder.open()) { client, _ in try await Self.post(all, to: client) }
        var kept: Set<String> = []
        for data in try folder.contents() {
            for (index, shape) in Self.found("canary-", in: data) {
                guard names.indices.contains(index) else {
                    Issue.record("canary \(index) of shape \(shape)")
                    continue
                }
                kept.insert(names[index])
                #expect(Self.isText(names[index]) && ![3, 6].contains(shape), "\(names[index]), shape \(shape)")
            }
            for (index, shape) in Self.found("779", in: data) where names.indices.contains(index) {
                #expect(Self.isNumber(names[index]), "\(names[index]), shape \(shape)")
            }
        }
        // The test sees what is kept.
        #expect(kept.isSuperset(of: ["gen_ai.request.model", "gen_ai.tool.name", "session.id", "service.name"]))
        for name in ["user.id", "http.request.header.session_id", "llm.headers", "gen_ai.request.messages"] {
            #expect(!kept.contains(name))
        }
    }

    /// Each as it is met, with a word in it by which it is found.
    private static let credentials = [
        "Bearer canary0a1b2c3d4e5f", "bearer canaryA1b2C3", "Basic Y2FuYXJ5OmNhbmFyeQ==canary", "Token canary12345678",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.canary-sig", "eyJ0eXAiOiJKV1Qi.canary.canary123",
        "sk-canary0123456789abcd", "sk-proj-canary0123456789abc", "ghp_canary0123456789abcdef",
        "xoxb-0123456789-canary0123456abc", "glpat-canary01234567890",
        "postgres://canary:canary@db:5432/x", "https://canary@example.org/1", "redis://:canary@h:6379/0",
        "https://example.org/v1?api_key=canary", "https://example.org/blob?se=1&sig=canary%3D",
        "Server=db;User=sa;Password=canary;", "host=db user=u password=canary", #"{"client_secret": "canary"}"#,
        "AccountName=x;AccountKey=canary0==;EndpointSuffix=y", "Authorization: canary-word", "x-api-key: canary",
        "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----", "https://hooks.example.org/services/canary",
        "the call was curl -H 'Authorization: Bearer canary-1' https://example.org", "--password=canary",
        "Cookie: s=canary", "Set-Cookie: s=abc; t=canary", "password%3Dcanary", "<password>canary</password>",
        "123456789:AAcanary_0123456789-0123456789aBcDe", #"{"password": "correct horse canary"}"#,
    ]

    @Test func whatOpensSomethingIsWithheldUnderAnyName() async throws {
        let folder = Folder()
        let kept = KeptNames.textNames.sorted().map { $0.replacing(".N.", with: ".3.") }
        let names = (kept + ["plimsoll.team", "app.session_id"]).sorted()
        var lists: [[OTLPAttribute]] = []
        for secret in Self.credentials {
            for start in stride(from: 0, to: names.count, by: 60) {
                lists.append(
                    names[start..<min(start + 60, names.count)].enumerated().map { place, name in
                        let value = OTLPValue.string(secret)
                        return OTLPAttribute(name, place % 3 == 0 ? .array([.string("x"), value]) : value)
                    })
            }
            let quoted = Self.quoted(secret)
            lists.append(
                ["metadata", "langsmith.metadata", "braintrust.metadata", "llm.invocation_parameters"].map { name in
                    let members = ["session_id", "thread_id", "channel", "team", "model", "ls_model_name"]
                    let text = members.map { #""\#($0)":\#(quoted)"# }.joined(separator: ",")
                    return OTLPAttribute(name, .string("{\(text)}"))
                })
        }
        let all = lists
        try await withServer(try folder.open()) { client, _ in
            try await Self.post(all, to: client)
            for (number, secret) in Self.credentials.enumerated() {
                // Names are texts, too.
                var named = Self.span(900_000 + number, [OTLPAttribute(secret, .string("x"))])
                (named.name, named.events[0].name) = ("call \(secret)", secret)
                var scope = OTLPScopeSpans()
                (scope.name, scope.version, scope.spans) = (secret, secret, [named])
                var resource = OTLPResourceSpans()
                resource.scopes = [scope]
                _ = try await client.send(
                    "POST", "/v1/traces", headers: [("Content-Type", "application/x-protobuf")],
                    body: OTLPTraces(resources: [resource]).protobuf)
            }
        }
        for data in try folder.contents() {
            for place in data.places(of: "canary") {
                // What stands around it says which.
                Issue.record("\(Self.around(place, in: data))")
            }
        }
    }

    /// The same of events: fields of every type, attributes at any depth, lists, ids, and what is kept of an event of
    /// an unknown type.
    @Test func eventsKeepNothingThatOpensSomething() async throws {
        let folder = Folder()
        var lines: [String] = []
        let types = [
            "llm.call", "tool.call", "message.sent", "message.received", "conversation.resolved", "escalation.raised",
            "feedback.submitted", "log.recorded", "metric.sampled", "price.set", "deploy.changed", "no.such.type",
        ]
        let fields = [
            "request_model", "response_model", "provider", "tool", "agent", "error_type", "channel", "team", "topic",
            "conversation_id", "tenant", "trace_id", "service_name", "prompt_name", "prompt_version", "finish_reason",
            "reason", "queue", "kind", "by", "from_value", "note", "url", "dsn", "order_id",
        ]
        for secret in Self.credentials {
            let quoted = Self.quoted(secret)
            for type in types {
                func add(_ data: String, source: String = #""s""#, type: String = type) {
                    let envelope = #""specversion":"1.0","id":"e\#(lines.count)","source":\#(source)"#
                    lines.append(#"{\#(envelope),"type":\#(Self.quoted(type)),"data":{\#(data)}}"#)
                }
                for field in fields { add(#""\#(field)":\#(quoted)"#) }
                add(#""note":{"a":[["x",\#(quoted)],{"b":{"c":[\#(quoted)]}}]}"#)
                add(#""attributes":{\#(quoted):"x","deep":{\#(quoted):[\#(quoted)]}}"#)
                add(#""a":1"#, source: quoted)
                add(#"\#(quoted):"x""#)
                add(#""a":1"#, type: secret)
            }
        }
        let hidden = ["password", "client_secret", "x-api-key", "prompt", "messages", "headers", "tool_arguments"]
        for name in hidden {
            for value in [#""canary""#, #"["canary"]"#, #"{"a":["canary"]}"#, #"[[{"a":"canary"}]]"#] {
                let envelope = #""specversion":"1.0","id":"h\#(lines.count)","source":"s","type":"llm.call""#
                lines.append(#"{\#(envelope),"data":{"\#(name)":\#(value)}}"#)
            }
        }
        lines.append(
            #"{"specversion":"1.0","id":"kept","source":"s","type":"llm.call","data":{"note":"gosling","tool":"t"}}"#)
        let all = lines
        try await withServer(try folder.open()) { client, _ in
            for start in stride(from: 0, to: all.count, by: 2000) {
                let body = all[start..<min(start + 2000, all.count)].joined(separator: "\n")
                let answer = try await client.post(body)
                #expect(answer.status < 500, "\(answer.status)")
            }
        }
        let contents = try folder.contents()
        #expect(contents.contains { !$0.places(of: "gosling").isEmpty })
        for data in contents {
            guard let place = data.places(of: "canary").first else { continue }
            Issue.record("\(Self.around(place, in: data))")
        }
    }
}
