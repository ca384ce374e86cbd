import Clients
import Execution
import HTTPFronts
import Platform
import SQLText
import Synchronization
import Testing

/// What our own commands speak with a server.
@Suite struct ServerClientTests {
    private final class Pieces: Sendable {
        private let state = Mutex<[UInt8]>([])
        var text: String { state.withLock { String(decoding: $0, as: UTF8.self) } }
        func add(_ piece: [UInt8]) -> Bool {
            state.withLock { $0 += piece }
            return true
        }
    }

    @Test func nobodyThereIsToldWithoutWhatWasAsked() async throws {
        let client = try await ServerClient.connect(to: ListenAddress(host: "127.0.0.1", port: 1))
        let error = await #expect(throws: UnreachableError.self) { try await client.send("GET", "/a?secret=x") }
        #expect(error?.description.hasPrefix("127.0.0.1:1 gave no answer to GET /a: ") == true, "\(error as Any)")
        await client.close()
        await #expect(throws: UnreachableError.self) { try await client.send("GET", "/a") }
    }

    @Test func piecesComeOfASuccessAlone() async throws {
        try await withServer { client, _ in
            let (taken, refused) = (Pieces(), Pieces())
            let answer = try await client.send("GET", "/healthz", onPiece: taken.add)
            #expect(answer.status == 200 && answer.body.isEmpty && taken.text == "ok\n")
            #expect(answer.headers["content-TYPE"] == "text/plain; charset=utf-8" && answer.headers["X-None"] == nil)
            let missing = try await client.send("GET", "/nothing", onPiece: refused.add)
            #expect(missing.status == 404 && missing.text.contains("no such address") && refused.text.isEmpty)
        }
    }

    private func asking(
        _ server: StrangeServer, _ body: @Sendable (ServerEndpoint) async throws -> Void
    ) async throws {
        try await server.serve { port in
            try await body(ServerEndpoint(ListenAddress(host: "127.0.0.1", port: port)))
        }
    }

    @Test(arguments: [200, 404, 500])
    func whatIsNoPlimsollServerIsNotTakenForOne(status: Int) async throws {
        let stranger = StrangeServer(status: status, isMarked: false, body: "<html>welcome</html>")
        try await asking(stranger) { server in
            let pieces = Pieces()
            let read = await #expect(throws: UnreachableError.self) {
                try await RemoteReading(server: server).text("/v1/x")
            }
            let streamed = await #expect(throws: UnreachableError.self) {
                try await RemoteReading(server: server).stream("/v1/events", pieces.add)
            }
            let asked = await #expect(throws: UnreachableError.self) {
                try await RemoteQuery(server: server).run("select 1", format: .json, timeZone: "UTC")
            }
            let booked = await #expect(throws: UnreachableError.self) {
                try await RemoteRebooking(server: server).run(provider: "openai", model: nil, times: 0..<1)
            }
            for error in [read, streamed, asked, booked] {
                #expect(error?.description.contains("no plimsoll server; it says \(status)") == true)
                #expect(error?.advice?.contains("right address") == true)
            }
            #expect(pieces.text.isEmpty)
        }
    }

    @Test func anAnswerWithoutEndIsNotReadForEver() async throws {
        for status in [200, 500] {
            let endless = StrangeServer(status: status, body: String(repeating: "x", count: 4096), isEndless: true)
            try await asking(endless) { server in
                let client = try await ServerClient.connect(to: server)
                let error = await #expect(throws: UnreachableError.self) {
                    try await client.send("GET", "/v1/x", timeout: .seconds(60), answerBytesMax: 1 << 21)
                }
                #expect(error?.description.hasSuffix("short enough to be read") == true, "\(error as Any)")
                await client.close()
            }
        }
    }

    @Test func nothingMoreComesOfAnAnswerThatIsNotWanted() async throws {
        struct Full: Error {}
        let endless = StrangeServer(body: String(repeating: "x", count: 4096), isEndless: true)
        try await asking(endless) { server in
            try await RemoteReading(server: server).stream("/v1/events") { _ in false }
            await #expect(throws: Full.self) {
                try await RemoteReading(server: server).stream("/v1/events") { _ in throw Full() }
            }
        }
    }

    /// Whoever answers may name somebody else, who is told of and not asked: he would learn what lets us in.
    @Test func nobodyIsSentOn() async throws {
        for (location, isTold) in [
            ("https://elsewhere.example:8443/v1/status?x=1", true), ("HTTP://127.0.0.1:1", true), ("/v1/other", false),
            ("ftp://elsewhere.example/", false), ("https://a b/", false), ("https://\u{1B}[31m/", false),
        ] {
            try await asking(StrangeServer(status: 302, isMarked: false, location: location)) { server in
                let asked = ServerEndpoint(server.address, token: "plim_secret")
                let error = await #expect(throws: UnreachableError.self) {
                    try await RemoteReading(server: asked).text("/v1/status")
                }
                let told = error?.description ?? ""
                #expect(told.contains("sends us on to http") == isTold, "\(location): \(told)")
                #expect(told.contains("no plimsoll server; it says 302") != isTold, "\(location): \(told)")
                #expect(!told.contains("secret") && !told.contains("x=1") && !told.contains("\u{1B}"), "\(told)")
            }
        }
    }

    @Test func plainHTTPIsNotTakenForTLS() async throws {
        try await withServer { _, server in
            let secure = ServerEndpoint(try #require(server.address), token: "plim_secret", tls: ServerTLS())
            let error = await #expect(throws: UnreachableError.self) {
                try await RemoteReading(server: secure).text("/v1/status")
            }
            #expect(error?.advice?.contains("is it http://") == true, "\(error as Any)")
        }
    }

    /// Whether to ask otherwise, later, or somebody else.
    @Test func refusalsAreToldApart() async throws {
        func refused(_ status: Int, _ body: String) async throws -> (any Error)? {
            var refusal: (any Error)?
            try await StrangeServer(status: status, body: body).serve { port in
                let server = ServerEndpoint(ListenAddress(host: "127.0.0.1", port: port))
                do {
                    _ = try await RemoteQuery(server: server).run("select 1", format: .json, timeZone: "UTC")
                } catch {
                    refusal = error
                }
            }
            return refusal
        }
        let question = try await refused(400, #"{"error":"no","code":"42601","position":8}"#) as? SQLRefusal
        #expect(question?.sqlState == "42601" && question?.position == 8)
        #expect(try await refused(500, #"{"error":"damaged","code":"XX001"}"#) is SQLRefusal)
        #expect(try await refused(400, #"{"error":"there is no member x"}"#) is ServerRefusal)
        #expect(try await refused(403, #"{"error":"pages of other sites"}"#) is ServerRefusal)
        #expect(try await refused(401, "{}") is AccessDeniedError)
        let busy = try await refused(429, #"{"error":"busy","hint":"later"}"#) as? UnreachableError
        #expect(busy?.description.hasSuffix("answered 429: busy") == true && busy?.advice == "later")
        #expect(try await refused(503, #"{"error":"stopping"}"#) is UnreachableError)
    }

    /// Whatever a server asks for, it is not asked again at once, nor after years.
    @Test func pausesAreBounded() {
        for wanted in [0, -7, Int.min] {
            var pause = BusyPause()
            let pauses = (0..<8).map { _ in pause.next(wanted: wanted) }
            let milliseconds = [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]
            #expect(pauses == milliseconds.map { Duration.milliseconds($0) }, "\(wanted)")
        }
        var pause = BusyPause()
        #expect(pause.next(wanted: .max) == .seconds(60))
        #expect(pause.next(wanted: 7) == .seconds(7))
        #expect(pause.next(wanted: nil) == .seconds(1))
        #expect(pause.next(wanted: nil) == .seconds(2))
    }

    @Test func anAnswerThatTakesTooLongIsNotWaitedFor() async throws {
        let store = FakeStore()
        store.hold.store(true, ordering: .releasing)
        try await withServer(store) { client, _ async throws in
            let (body, type) = (Array(EventsTests.event("a").utf8), ("Content-Type", "application/x-ndjson"))
            let error = await #expect(throws: UnreachableError.self) {
                try await client.send("POST", "/v1/events", headers: [type], body: body, timeout: .milliseconds(300))
            }
            store.hold.store(false, ordering: .releasing)
            #expect(error?.description.contains("gave no answer to POST /v1/events") == true)
            #expect(try await client.send("GET", "/healthz").status == 200, "the next request gets on")
        }
    }
}
