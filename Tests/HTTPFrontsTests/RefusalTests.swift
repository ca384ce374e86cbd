import Asking
import Clients
import Compression
import Domain
import HTTPFronts
import Platform
import Synchronization
import Testing

/// What the server answers when a request cannot be served, before any event is looked at.
@Suite struct RefusalTests {
    private let event = #"{"specversion":"1.0","id":"a","source":"s","type":"probe.checked","data":{}}"#

    @Test(arguments: ["text/html", "application/xml", "image/png"])
    func otherMediaTypesAreRefused(type: String) async throws {
        let event = event
        try await withServer { client, _ in
            let answer = try await client.post(event, type: type)
            #expect(answer.status == 415)
            #expect(answer.text.contains("send application/cloudevents+json"))
        }
    }

    @Test(
        arguments: [
            (
                "/v1/reports/sla?bogus=1", "there is no parameter bogus here",
                "known: from, to, by, where, rule, timezone, objectives, format, section"
            ),
            ("/v1/reports/sla?from=now-1d&from=now-2d", "the parameter from is given twice", "give it once"),
            ("/v1/reports/status?from=now-1d", "there is no parameter from here", "known: to, format"),
            (
                "/v1/events?form=now-1d", "there is no parameter form here",
                "did you mean from? known: from, to, format"
            ),
            ("/v1/prices?set_only=perhaps", "set_only is true or false", nil),
            ("/v1/prices?x=", "there is no parameter x here", "known: set_only"),
            ("/v1/prices/check?x=1", "there is no parameter x here", "known: from, to, timezone"),
            ("/metrics?formt=text", "there is no parameter formt here", "did you mean format? known: format"),
            (
                "/v1/conversations/c-1?tenat=a", "there is no parameter tenat here",
                "did you mean tenant? known: named, tenant, format"
            ),
            ("/metrics?format=openmetric", "there is no format openmetric", "did you mean openmetrics? known: text"),
            (
                "/metrics?format=prometheu", "there is no format prometheu",
                "did you mean prometheus? known: text, prometheus, openmetrics, protobuf"
            ),
            ("/v1/events?format=cvs", "there is no format cvs", "did you mean csv? known: ndjson, csv"),
            ("/v1/prices?format=tabel", "there is no format tabel", "did you mean table? known: table, csv"),
            ("/v1/reports/cost?format=jsn", "there is no format jsn", "did you mean json? known: "),
            ("/v1/reports/cost?by=modle", "cannot be broken down by modle", "did you mean model? known: "),
            ("/v1/reports/outcomes?rule=house1", "there is no outcome rule house1", "did you mean house-1? known: "),
            ("/v1/status?x=1", "there is no parameter x here", "takes no parameters"),
            ("/v1/reports/sla?timezone=%ff", "the parameters are no UTF-8", "known: from, to"),
            ("/v1/reports/cost?objectives=99", "there is no version 99 of the objectives", "the log has version 1"),
            ("/v1/reports/outcomes?objectives=99", "there is no version 99 of the objectives", nil),
            ("/v1/conversations/a%ffb", "the id is no UTF-8", "percent signs"),
        ] as [(String, String, String?)])
    func mistypedParametersAreRefused(path: String, error: String, hint: String?) async throws {
        try await withServer { client, _ in
            let answer = try await client.send("GET", path)
            #expect(answer.status == 400)
            #expect(answer.text.contains(error))
            if let hint { #expect(answer.text.contains(hint)) }
        }
    }

    @Test(
        arguments: [
            ("/v1/reports/coste", "there is no report coste", "did you mean cost? known: sla, cost, outcomes, status"),
            ("/runbooks/PlimsolDown", "there is no alert PlimsolDown", "did you mean PlimsollDown? GET /runbooks"),
        ])
    func mistypedAddressesAreRefused(path: String, error: String, hint: String) async throws {
        try await withServer { client, _ in
            let answer = try await client.send("GET", path)
            #expect(answer.status == 404 && answer.text.contains(error) && answer.text.contains(hint), "\(answer.text)")
        }
    }

    @Test func mistypedMembersOfAQuestionAreRefused() async throws {
        try await withServer { client, _ in
            let body = Array(#"{"sql":"select 1","rolups":true}"#.utf8)
            let answer = try await client.send(
                "POST", "/v1/sql", headers: [("Content-Type", "application/json")], body: body)
            #expect(answer.status == 400 && answer.text.contains("there is no member rolups"), "\(answer.text)")
            #expect(answer.text.contains("did you mean rollups? known: sql"), "\(answer.text)")
        }
    }

    @Test func aConversationWithANullCharacterIsNotFound() async throws {
        try await withServer { client, _ in
            let answer = try await client.send("GET", "/v1/conversations/a%00b")
            #expect(answer.status == 404 && answer.text.contains("null character"))
        }
    }

    /// `%+5` is no escape, so the id is these characters.
    @Test func onlyTwoDigitsAreAnEscape() async throws {
        try await withServer(try simulatedStore(seed: 56)) { client, _ in
            let answer = try await client.send("GET", "/v1/conversations/%+5b%2")
            #expect(answer.status == 404 && answer.text.contains("conversation %+5b%2"), "\(answer.text)")
        }
    }

    @Test func aLongQueryIsToldToBeShortened() async throws {
        var limits = ServerLimits()
        limits.queryTextBytesMax = 100
        try await withServer(limits: limits) { client, _ in
            let body = [UInt8](repeating: 32, count: 200)
            let answer = try await client.send("POST", "/v1/sql", headers: [("Content-Type", "text/plain")], body: body)
            #expect(answer.status == 413 && answer.text.contains("shorten the query"))
        }
    }

    @Test func refusalsOfAServerAreNoMissingServer() async throws {
        let store = FakeStore()
        let event = event
        try await withServer(store) { client, server in
            let address = try #require(server.address)
            let refusal = await #expect(throws: ServerRefusal.self) {
                try await RemoteReading(server: ServerEndpoint(address)).text("/v1/reports/sla?by=foo&x=1")
            }
            #expect(refusal?.status == 400 && refusal?.hint?.hasPrefix("known: ") == true)
            #expect(refusal?.description == "\(address) answered 400: there is no parameter x here")
            store.state.withLock { $0.isFull = true }
            _ = try await client.post(event)
            await #expect(throws: UnreachableError.self) {
                try await RemoteReading(server: ServerEndpoint(address)).text("/readyz")
            }
        }
    }

    @Test func otherEncodingsAreRefused() async throws {
        let event = event
        try await withServer { client, _ in
            let answer = try await client.post(Array(event.utf8), encoding: "br")
            #expect(answer.status == 415)
        }
    }

    @Test func aDeclaredLengthBeyondTheLimitIsRefused() async throws {
        var limits = ServerLimits()
        limits.bodyBytesMax = 1000
        try await withServer(limits: limits) { client, _ in
            let answer = try await client.post([UInt8](repeating: 32, count: 1001))
            #expect(answer.status == 413)
            #expect(answer.text.contains("larger than 1000 bytes"))
        }
    }

    @Test(arguments: ["gzip", "zstd"])
    func aDecompressionBombIsRefusedAtTheLimit(encoding: String) async throws {
        var limits = ServerLimits()
        limits.decodedBodyBytesMax = 1 << 20
        let zeros = [UInt8](repeating: 0, count: 8 << 20)
        let bomb = encoding == "gzip" ? Gzip.compress(zeros) : Zstandard.compress(zeros)
        #expect(bomb.count < 64 << 10)
        try await withServer(try simulatedStore(seed: 57), limits: limits) { client, _ in
            let answer = try await client.post(bomb, encoding: encoding)
            #expect(answer.status == 413 && answer.text.contains("decompressed, is larger than 1048576 bytes"))
            // The line to change is that of what it comes to.
            let metrics = try await client.send("GET", "/metrics?format=text").text
            #expect(metrics.contains(#"plimsoll_http_refusals_total{reason="decoded_too_large"} 1"#))
            let doctor = try await client.send("GET", "/v1/reports/doctor").text
            #expect(doctor.contains("limits.decoded_body_size"), "\(doctor)")
            let alive = try await client.send("GET", "/healthz")
            #expect(alive.status == 200)
        }
    }

    @Test(arguments: ["gzip", "zstd"])
    func damagedCompressionIsBadInput(encoding: String) async throws {
        try await withServer { client, _ in
            let answer = try await client.post([UInt8](repeating: 7, count: 100), encoding: encoding)
            #expect(answer.status == 400)
            let empty = try await client.post([], encoding: encoding)
            #expect(empty.status == 400)
        }
    }

    @Test func aFullQueueSaysWhenToComeBack() async throws {
        var limits = ServerLimits()
        limits.ingestBytesMax = 100
        limits.retryAfterSeconds = 3
        try await withServer(limits: limits) { client, _ in
            let answer = try await client.post([UInt8](repeating: 32, count: 101))
            #expect(answer.status == 429)
            #expect(answer.headers["Retry-After"] == "3")
            let after = try await client.post(" \n")
            #expect(after.status == 200)
        }
    }

    /// What a process holds, as a test says; 0: nobody knows.
    private final class HeldMemory: Sendable { let bytes = Atomic<Int>(0) }

    /// Events are taken meanwhile, and whoever runs the server is answered.
    @Test func aProcessThatHoldsTooMuchAnswersNoQuestionUntilItIsLess() async throws {
        let (held, lines) = (HeldMemory(), LogLines())
        let valve = MemoryValve(
            limitBytes: 100, clock: SystemClock(),
            heldBytes: {
                let bytes = held.bytes.load(ordering: .acquiring)
                return bytes > 0 ? bytes : nil
            }, giveBack: {})
        held.bytes.store(101, ordering: .releasing)
        #expect(valve.look(isIdle: false) == .closed(heldBytes: 101))
        held.bytes.store(0, ordering: .releasing)
        var limits = ServerLimits()
        limits.retryAfterSeconds = 3
        try await withServer(limits: limits, log: lines.log, memoryValve: valve) { client, _ in
            let refused = try await client.send(
                "POST", "/v1/sql", headers: [("Content-Type", "application/sql")], body: Array("select 1 as a".utf8))
            #expect(refused.status == 503 && refused.headers["Retry-After"] == "3", "\(refused.text)")
            #expect(try await client.post(" \n").status == 200)
            #expect(try await client.send("GET", "/v1/status").status == 200)
            let metrics = try await client.send("GET", "/metrics").text
            #expect(metrics.contains(#"plimsoll_http_refusals_total{reason="unavailable"} 1"#), "\(metrics)")
            held.bytes.store(94, ordering: .releasing)
            let line = try await lines.line(with: "questions are taken again", "reason=memory_full", "bytes=94")
            #expect(line?.hasPrefix("notice ") == true, "\(line as Any)")
            let answered = try await client.send(
                "POST", "/v1/sql", headers: [("Content-Type", "application/sql")], body: Array("select 1 as a".utf8))
            #expect(answered.status == 200)
        }
    }

    @Test func failedStorageEndsAcknowledging() async throws {
        let store = FakeStore()
        store.state.withLock { $0.isBroken = true }
        let event = event
        try await withServer(store) { client, _ in
            for _ in 0..<2 {
                let answer = try await client.post(event)
                #expect(answer.status == 503)
                #expect(answer.text.contains("the disk is gone"))
            }
            let ready = try await client.send("GET", "/readyz")
            #expect(ready.status == 503)
            let healthy = try await client.send("GET", "/healthz")
            #expect(healthy.status == 200)
        }
    }
}
