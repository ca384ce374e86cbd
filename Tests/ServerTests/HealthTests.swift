import HTTPTypes
import Server
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
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
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
        #expect(ServerConfiguration(listen: ListenAddress(host: "127.0.0.1", port: 0)).objection(hasTokens: false) == nil)
    }

    @Test func aStopClosesTheStore() async throws {
        let store = FakeStore()
        try await withServer(store) { client, _ in
            _ = try await client.send("GET", "/healthz")
        }
        #expect(store.state.withLock { $0.isClosed })
    }
}
