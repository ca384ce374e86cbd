import Domain
import EventStores
import HTTPTypes
import Platform
import Server
import Synchronization
import Testing

/// `POST /v1/prices/rebook`.
@Suite struct RebookRouteTests {
    private static func call(_ events: inout RollupEvents, _ id: String, model: String) {
        events.add(
            "llm.call", id: id, time: RollupEvents.start,
            [
                "provider": .text("house"), "request_model": .text(model), "status": .text("ok"), "input_tokens": .integer(1_000),
                "output_tokens": .integer(0),
            ])
    }

    /// Two models at 2 pico-USD a token, three calls, and a later price of 5.
    private static func store() throws -> EventStore {
        let store = try AskedStore(SimulatedFileSystem(seed: 31)).store
        var events = RollupEvents()
        for model in ["small", "large"] { events.addPrice(model, "input", picoPerToken: 2, at: RollupEvents.start) }
        for (id, model) in [("1", "small"), ("2", "small"), ("3", "large")] { call(&events, id, model: model) }
        _ = try store.append([events.batch])
        var prices = RollupEvents()
        for model in ["small", "large"] { prices.addPrice(model, "input", picoPerToken: 5, at: RollupEvents.start + RollupEvents.hour) }
        _ = try store.append([prices.batch])
        return store
    }

    private func rebook(_ client: ServerClient, _ body: String) async throws -> ServerAnswer {
        try await client.send("POST", "/v1/prices/rebook", headers: [("Content-Type", "application/json")], body: Array(body.utf8))
    }

    private func costs(_ client: ServerClient) async throws -> String {
        let sql = "select request_model, sum(cost_usd) from llm_call group by 1 order by 1"
        let headers = [("Content-Type", "application/sql"), ("Accept", "text/csv")]
        return try await client.send("POST", "/v1/sql", headers: headers, body: Array(sql.utf8)).text
    }

    @Test func aPreviewSaysWhatWouldChangeAndChangesNothing() async throws {
        try await withServer(try Self.store()) { client, _ in
            let before = try await costs(client)
            let answer = try await client.send("GET", "/v1/prices/rebook?provider=house&from=2026-08-01T00:00:00Z")
            #expect(answer.status == 200 && answer.headers[.contentType] == "application/json")
            let large = #"{"model":"large","calls":1,"from_usd":"0.000000002","to_usd":"0.000000005","inexact_before":0,"inexact_after":0}"#
            let small = #"{"model":"small","calls":2,"from_usd":"0.000000004","to_usd":"0.00000001","inexact_before":0,"inexact_after":0}"#
            #expect(answer.text == #"{"calls":3,"models":["# + large + "," + small + "]}")
            #expect(try await costs(client) == before)
            for query in ["", "?provider=", "?provider=house&from=noon", "?provider=house&colour=red"] {
                #expect(try await client.send("GET", "/v1/prices/rebook" + query).status == 400, "\(query)")
            }
        }
    }

    @Test func checkNamesCallsWithoutAPrice() async throws {
        let store = try Self.store()
        var events = RollupEvents()
        for id in ["u1", "u2"] { Self.call(&events, id, model: "unheard-of") }
        events.add("llm.call", id: "silent", time: RollupEvents.start, ["provider": .text("house"), "request_model": .text("small")])
        _ = try store.append([events.batch])
        try store.seal()
        try await withServer(store) { client, _ in
            let lines = try await client.send("GET", "/v1/prices/check").text.split(separator: "\n").map(String.init)
            #expect(lines.contains { $0.hasPrefix("house") && $0.contains("small") && $0.contains("usage") && $0.contains("unknown") })
            #expect(lines.contains { $0.hasPrefix("house") && $0.contains("unheard-of") && $0.contains(" input ") && $0.contains(" 2 ") })
        }
    }

    @Test func callsAreBookedAgain() async throws {
        try await withServer(try Self.store()) { client, _ in
            let before = try await costs(client)
            #expect(before == "request_model,sum\r\nlarge,0.000000002000\r\nsmall,0.000000004000\r\n")
            let answer = try await rebook(client, #"{"provider":"house","model":"small"}"#)
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(answer.text == "2 calls up to position 7 cost something else now, 0.000000006 USD all together\n")
            #expect(try await costs(client) == "request_model,sum\r\nlarge,0.000000002000\r\nsmall,0.000000010000\r\n")
            let again = try await rebook(client, #"{"provider":"house","model":"small"}"#)
            #expect(again.text.hasPrefix("no call of house small in that time "), "\(again.text)")
            let elsewhere = try await rebook(client, #"{"provider":"house","from":"2026-08-02T00:00:00Z","to":"2026-08-03T00:00:00Z"}"#)
            #expect(elsewhere.text.hasPrefix("no call of house in that time "), "\(elsewhere.text)")
            let all = try await rebook(client, #"{"provider":"house","from":"2026-08-01T00:00:00Z","to":"2026-08-02T00:00:00Z"}"#)
            #expect(all.text.hasPrefix("1 call up to "), "\(all.text)")
            #expect(try await costs(client) == "request_model,sum\r\nlarge,0.000000005000\r\nsmall,0.000000010000\r\n")
        }
    }

    @Test(arguments: [
        ("", "the body is not JSON"), ("{", "the body is not JSON"), ("[]", "the member provider is missing"),
        (#"{"model":"small"}"#, "the member provider is missing"), (#"{"provider":3}"#, "the member provider is missing"),
        (#"{"provider":"house","from":"yesterday"}"#, "the member from is no time"),
        (#"{"provider":"house","to":7}"#, "the member to is no time"),
        (#"{"provider":"house","model":5}"#, "the member model is no text"),
        (#"{"provider":"house","model":null}"#, "the member model is no text"),
        (#"{"provider":"house","model":["small"]}"#, "the member model is no text"),
        (#"{"provider":"house","modell":"small"}"#, "there is no member modell"),
        (#"{"provider":"house","Model":"small"}"#, "there is no member Model"),
        (#"{"provider":"house","model":"small","model":"large"}"#, "the member model is there twice"),
        (#"{"provider":"house","from":"2026-08-01T00:00:00Z","to":"2026-08-01T00:00:00Z"}"#, "from does not lie before to"),
    ])
    func wishesThatSayNothingAreRefused(body: String, message: String) async throws {
        try await withServer(try Self.store()) { client, _ in
            let before = try await costs(client)
            let answer = try await rebook(client, body)
            #expect(answer.status == 400)
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.text.contains(message), "\(answer.text)")
            #expect(try await costs(client) == before)
        }
    }

    @Test func aStoreThatCannotWriteSaysSo() async throws {
        // The fake store throws whatever is asked of it.
        try await withServer { client, _ in
            let answer = try await rebook(client, #"{"provider":"house"}"#)
            #expect(answer.status == 503, "\(answer.text)")
        }
    }

    /// Too much at once is the asker's to mend, and no failure of the store.
    @Test(arguments: [StoreError.correctionTooLarge, .recordTooLarge(bytes: 1 << 30)])
    func tooMuchAtOnceIsRefused(_ error: StoreError) async throws {
        let store = FakeStore()
        store.state.withLock { $0.rebookingFailure = error }
        try await withServer(store) { client, _ in
            let answer = try await rebook(client, #"{"provider":"house"}"#)
            #expect(answer.status == 400 && answer.text.contains("\(error)"), "\(answer.text)")
            #expect(try await client.send("GET", "/readyz").status == 200)
        }
    }
}
