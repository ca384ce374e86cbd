import Clients
import Domain
import EventStores
import Foundation
import HTTPFronts
import JSONTexts
import Platform
import Sending
import Testing
import WireFormats

/// Traces on their way out of a real server, to a receiver that behaves well or badly.
@Suite struct TraceExportTests {
    private final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("plimsoll-export-\(UUID().uuidString)")
            .path

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func open() throws -> EventStore {
            let context = StoreContext(
                fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
                workers: ThreadWorkers(parallelism: 2))
            return try EventStore.open(at: path, context: context)
        }
    }

    private static func export(_ url: String) throws -> TraceExportConfiguration {
        var export = TraceExportConfiguration()
        export.endpoints = [try #require(DestinationURL(traces: url))]
        (export.settleNanoseconds, export.pollMilliseconds) = (0, 20)
        (export.backoffMilliseconds, export.backoffMillisecondsMax) = (1, 20)
        return export
    }

    private static func spanCount(_ traces: OTLPTraces) -> Int {
        traces.resources.reduce(0) { $0 + $1.scopes.reduce(0) { $0 + $1.spans.count } }
    }

    private static func answer(_ number: Int, status: String = "ok") -> String {
        let time = RFC3339.render(SystemClock().wallNanoseconds())
        return """
            {"specversion":"1.0","id":"a\(number)","source":"test","type":"message.sent","time":"\(time)",\
            "data":{"conversation_id":"c","turn":\(number),"agent":"support","duration_ns":1000000000,"status":"\(status)"}}
            """
    }

    /// Waits for a condition, 20 s at most.
    private static func wait(_ isTrue: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<1000 {
            if try await isTrue() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private static func metric(_ client: ServerClient, _ name: String, _ label: String) async throws -> Int? {
        let text = try await client.send("GET", "/metrics?format=text", headers: [], body: []).text
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + "{") && $0.contains("\"\(label)\"") }
        return line?.split(separator: " ").last.flatMap { Int($0) }
    }

    @Test func whatIsRefusedForNowComesAgainWithTheSameIds() async throws {
        let receiver = TinyReceiver([.init(status: 503, retryAfter: "1"), .init(status: 429), .init(status: 502)])
        let folder = Folder()
        try await receiver.serve { url in
            var export = try Self.export(url)
            export.headers = ["Authorization: Bearer abc"]
            try await withServer(try folder.open(), traceExport: export) { client, _ in
                let answer = try await client.post(Self.answer(1))
                #expect(answer.status == 200)
                #expect(try await Self.wait { receiver.spans.count == 1 })
                #expect(
                    try await Self.wait {
                        try await Self.metric(client, "plimsoll_trace_export_traces_total", "sent") == 1
                    })
                #expect(try await Self.metric(client, "plimsoll_trace_export_failures_total", "status_503") == 1)
                #expect(try await Self.metric(client, "plimsoll_trace_export_failures_total", "status_429") == 1)
            }
        }
        let arrivals = receiver.arrivals
        #expect(arrivals.map(\.status) == [503, 429, 502, 200])
        #expect(Set(arrivals.map(\.traces)).count == 1, "the same bytes each time")
        #expect(
            arrivals.allSatisfy {
                $0.encoding == "gzip" && $0.userAgent.hasPrefix("plimsoll/") && $0.secret == "Bearer abc"
            })
        #expect(arrivals[1].time - arrivals[0].time >= .seconds(1), "Retry-After was heeded")
        #expect(arrivals[0].traces.resources[0].scopes[0].name == "plimsoll")
    }

    @Test func whatIsRefusedForGoodIsDroppedInSight() async throws {
        let folder = Folder()
        let partial = OTLPResponse.exported(rejectedSpans: 1, message: "too old", .protobuf)
        let receiver = TinyReceiver([.init(status: 400), .init(body: partial)])
        try await receiver.serve { url in
            try await withServer(try folder.open(), traceExport: try Self.export(url)) { client, _ in
                _ = try await client.post(Self.answer(1))
                #expect(try await Self.wait { receiver.arrivals.count == 1 })
                _ = try await client.post(Self.answer(2))
                #expect(try await Self.wait { receiver.arrivals.count == 2 })
                _ = try await client.post(Self.answer(3))
                #expect(
                    try await Self.wait {
                        try await Self.metric(client, "plimsoll_trace_export_spans_total", "sent") == 1
                    })
                #expect(try await Self.metric(client, "plimsoll_trace_export_spans_total", "dropped") == 1)
                #expect(try await Self.metric(client, "plimsoll_trace_export_spans_total", "rejected") == 1)
                #expect(try await Self.metric(client, "plimsoll_trace_export_failures_total", "status_400") == 1)
            }
        }
        #expect(receiver.arrivals.count == 3, "nothing that was refused for good is sent again")
    }

    @Test func aRequestThatIsTooLargeComesInParts() async throws {
        let folder = Folder()
        let receiver = TinyReceiver([.init(status: 413), .init(status: 413)])
        try await receiver.serve { url in
            try await withServer(try folder.open(), traceExport: try Self.export(url)) { client, _ in
                _ = try await client.post((0..<8).map { Self.answer($0) }.joined(separator: "\n"))
                #expect(try await Self.wait { receiver.spans.count == 8 })
            }
        }
        #expect(receiver.arrivals.prefix(3).map { Self.spanCount($0.traces) } == [8, 4, 2])
        #expect(Set(receiver.spans.map(\.spanID)).count == 8)
    }

    @Test func aRestartGoesOnWhereTheLastMarkIs() async throws {
        let folder = Folder()
        let receiver = TinyReceiver()
        try await receiver.serve { url in
            let export = try Self.export(url)
            // Before there was a destination: history.
            try await withServer(try folder.open()) { client, _ in _ = try await client.post(Self.answer(0)) }
            try await withServer(try folder.open(), traceExport: export) { client, _ in
                _ = try await client.post((1..<5).map { Self.answer($0) }.joined(separator: "\n"))
                #expect(try await Self.wait { receiver.spans.count == 4 })
            }
            // While nobody sends.
            try await withServer(try folder.open()) { client, _ in _ = try await client.post(Self.answer(5)) }
            try await withServer(try folder.open(), traceExport: export) { client, _ in
                _ = try await client.post(Self.answer(6))
                #expect(try await Self.wait { receiver.spans.count == 6 })
                let marks = "select count(*) as n from system_events where type = 'delivery.marked'"
                let answer = try await client.send(
                    "POST", "/v1/sql", headers: [("Content-Type", "application/sql"), ("Accept", "text/csv")],
                    body: Array(marks.utf8))
                #expect(answer.text == "n\r\n1\r\n")
            }
        }
        #expect(receiver.spans.count == 6 && Set(receiver.spans.map(\.spanID)).count == 6)
    }

    @Test func aReceiverThatIsAwayHoldsNobodyUp() async throws {
        let folder = Folder()
        try await withServer(try folder.open(), traceExport: try Self.export("http://127.0.0.1:1")) { client, _ in
            let began = ContinuousClock.now
            for number in 0..<20 { #expect(try await client.post(Self.answer(number)).status == 200) }
            #expect(ContinuousClock.now - began < .seconds(60))
            #expect(
                try await Self.wait {
                    try await (Self.metric(client, "plimsoll_trace_export_failures_total", "no_answer") ?? 0) > 2
                })
            let status = try await client.send("GET", "/v1/status", headers: [], body: []).text
            #expect(status.contains("\"trace_exports\":[{\"destination\":\"http://127.0.0.1:1/v1/traces\""))
        }
    }

    @Test func twoThatSendToEachOtherDoNotLoop() async throws {
        let folder = Folder()
        let receiver = TinyReceiver()
        try await receiver.serve { url in
            try await withServer(try folder.open(), traceExport: try Self.export(url)) { client, _ in
                _ = try await client.post(Self.answer(1))
                #expect(try await Self.wait { receiver.spans.count == 1 })
            }
        }
        let sent = try #require(receiver.arrivals.first).traces
        let other = Folder()
        try await withServer(try other.open()) { client, _ in
            let answer = try await client.send(
                "POST", "/v1/traces", headers: [("Content-Type", "application/x-protobuf")], body: sent.protobuf)
            #expect(answer.status == 200 && OTLPResponse.partialSuccess(protobuf: answer.body)?.rejectedSpans == 1)
            let status = try await client.send("GET", "/v1/status", headers: [], body: []).text
            #expect(status.contains("\"spans_echoed\":1") && status.contains("\"position\":0"))
        }
    }

    @Test(arguments: [
        ("http://tempo:4318", "http://tempo:4318/v1/traces"), ("https://x/otlp/v1/traces", "https://x/otlp/v1/traces"),
        ("http://[::1]:4318/", "http://[::1]:4318/v1/traces"), ("tempo:4318", nil), ("ftp://x", nil),
        ("http://u:p@x", nil),
        ("http://", nil), ("http://a b", nil),
    ])
    func endpointsAreReadAsOtherExportersReadThem(text: String, endpoint: String?) {
        #expect(DestinationURL(traces: text)?.description == endpoint)
    }

    /// The address with its keys goes to the connection alone.
    @Test(arguments: [
        ("https://x/v1?api_key=canary-1", "https://x/v1?api_key=*"), ("http://x?canary-2", "http://x/v1/traces?*"),
        ("https://x/otlp?a=1&sig=canary-3&", "https://x/otlp?a=*&sig=*&"),
        ("https://x/k/sk-canary0123456789abcd/v1/traces", "https://x/k/*/v1/traces"),
        ("https://hooks.x.org/services/canary-4", "https://hooks.x.org/*"),
    ])
    func whatOpensADestinationIsNotShown(text: String, shown: String) throws {
        let url = try #require(DestinationURL(traces: text))
        var export = TraceExportConfiguration()
        (export.endpoints, export.headers) = ([url], ["Authorization: Bearer canary-5"])
        var dumped = ""
        dump(export, to: &dumped)
        let texts = ["\(url)", String(reflecting: url), "\(export)", String(reflecting: export), dumped]
        for text in texts { #expect(!text.contains("canary"), "\(text)") }
        #expect("\(url)" == shown && texts.allSatisfy { $0.contains(shown) })
    }

    /// Neither metrics nor status nor what is noted in the store or written on the disk has the key, and the receiver
    /// gets it all the same.
    @Test func keysOfDestinationsReachTheReceiverAlone() async throws {
        let receiver = TinyReceiver([.init(status: 400)])
        let folder = Folder()
        let key = "canary-key-0123456789"
        try await receiver.serve { url in
            var export = try Self.export(url + "?api_key=\(key)")
            export.headers = [DestinationHeader("Authorization: Bearer \(key)")]
            try await withServer(try folder.open(), traceExport: export) { client, _ in
                _ = try await client.post(Self.answer(1))
                #expect(try await Self.wait { !receiver.arrivals.isEmpty })
                for path in ["/metrics?format=text", "/v1/status"] {
                    let text = try await client.send("GET", path, headers: [], body: []).text
                    #expect(text.contains("api_key=*") && !text.contains(key), "\(path)")
                }
                let notes = try await client.send(
                    "POST", "/v1/sql", headers: [("Content-Type", "application/sql"), ("Accept", "text/csv")],
                    body: Array("select type, data from system_events".utf8))
                #expect(notes.text.contains("api_key=*") && !notes.text.contains(key))
            }
        }
        let files = try #require(FileManager.default.enumerator(atPath: folder.path))
        for case let name as String in files {
            let data = FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data()
            #expect(data.places(of: key).isEmpty, "\(name)")
        }
    }
}
