import Clients
import HTTPFronts
import Platform
import Synchronization
import Testing

@Suite struct HealthTests {
    @Test func probesAnswerOnBothNames() async throws {
        try await withServer { client, _ in
            for path in ["/healthz", "/readyz", "/-/healthy", "/-/ready"] {
                let answer = try await client.send("GET", path)
                #expect(answer.status == 200)
            }
        }
    }

    private static let event = #"{"specversion":"1.0","id":"a","source":"s","type":"probe.checked","data":{}}"#

    @Test func aFullDiskIsNotReadyUntilAnAppendSucceeds() async throws {
        let store = FakeStore()
        try await withServer(store) { client, _ in
            store.state.withLock { $0.isFull = true }
            #expect(try await client.post(Self.event).status == 503)
            let refused = try await client.send("GET", "/readyz")
            #expect(refused.status == 503 && refused.text.contains("the disk is full"))
            #expect(
                try await client.send("GET", "/v1/status").text.contains(#""ready":false,"reason":"the disk is full"#))
            #expect(try await client.post(Self.event).status == 503, "what comes is tried all the same")
            store.state.withLock { $0.isFull = false }
            #expect(try await client.post(Self.event).status == 200)
            #expect(try await client.send("GET", "/readyz").status == 200)
        }
    }

    @Test func roomThatComesBackIsNoticedWithoutAnEvent() async throws {
        let store = FakeStore()
        try await withServer(store) { client, _ in
            store.state.withLock { $0.isFull = true }
            #expect(try await client.post(Self.event).status == 503)
            #expect(try await client.send("GET", "/readyz").status == 503)
            store.state.withLock { $0.freeBytes = 1 << 30 }
            var status = 503
            for _ in 0..<200 where status != 200 {
                try await Task.sleep(for: .milliseconds(50))
                status = try await client.send("GET", "/readyz").status
            }
            #expect(status == 200)
        }
    }

    @Test func aFailedFlushIsNotReadyForGood() async throws {
        let store = FakeStore()
        try await withServer(store) { client, _ in
            store.state.withLock { $0.isBroken = true }
            #expect(try await client.post(Self.event).status == 503)
            store.state.withLock { $0.isBroken = false }
            let answer = try await client.send("GET", "/readyz")
            #expect(answer.status == 503 && answer.text.contains("the disk is gone"))
        }
    }

    @Test func aTakenPortIsToldBeforeAnythingIsCreated() async throws {
        try await withServer { _, server in
            let address = try #require(server.address)
            let failure = #expect(throws: ListenFailure.self) { try address.checkFree() }
            #expect(failure?.description == "cannot listen on \(address): another process does already")
            #expect(failure?.advice.contains("--listen 127.0.0.1:PORT") == true)
            try ListenAddress(host: "127.0.0.1", port: 0).checkFree()
        }
    }

    @Test func unknownAddressesAnswerInJSON() async throws {
        try await withServer { client, _ in
            let answer = try await client.send("GET", "/nowhere")
            #expect(answer.status == 404)
            #expect(answer.text.hasPrefix(#"{"error":"no such address: GET /nowhere","hint":""#))
        }
    }

    @Test func theStatusPageStandsAlone() async throws {
        try await withServer { client, _ in
            let page = try await client.send("GET", "/")
            #expect(page.status == 200)
            #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
            #expect(!page.text.contains("http://") && !page.text.contains("https://"))
            let status = try await client.send("GET", "/v1/status")
            #expect(status.status == 200)
            #expect(status.text.contains(#""ready":true"#))
        }
    }

    @Test func anAddressForStrangersNeedsInsistence() {
        let open = ListenAddress(host: "0.0.0.0", port: 0)
        #expect(ServerConfiguration(listen: open).objection(hasTokens: false) != nil)
        #expect(ServerConfiguration(listen: open, isInsecure: true).objection(hasTokens: false) == nil)
        #expect(ServerConfiguration(listen: open).objection(hasTokens: true) == nil)
        #expect(
            ServerConfiguration(listen: ListenAddress(host: "127.0.0.1", port: 0)).objection(hasTokens: false) == nil)
    }

    @Test func aStopClosesTheStore() async throws {
        let store = FakeStore()
        try await withServer(store) { client, _ in
            _ = try await client.send("GET", "/healthz")
        }
        #expect(store.state.withLock { $0.isClosed })
    }
}
