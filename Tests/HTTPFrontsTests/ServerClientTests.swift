import Clients
import Platform
import Synchronization
import Testing

/// What our own commands speak with a server.
@Suite struct ServerClientTests {
    private final class Pieces: Sendable {
        private let state = Mutex<[UInt8]>([])
        var text: String { state.withLock { String(decoding: $0, as: UTF8.self) } }
        func add(_ piece: [UInt8]) { state.withLock { $0 += piece } }
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
