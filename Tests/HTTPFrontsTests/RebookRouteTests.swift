import Clients
import Domain
import EventStores
import HTTPFronts
import Intakes
import JSONTexts
import Platform
import Synchronization
import Testing
import WireFormats

/// `POST /v1/prices/rebook`.
@Suite struct RebookRouteTests {
    private static func line(_ type: String, _ id: String, _ data: String) -> String {
        let time = "2026-08-01T09:00:00Z"
        return
            #"{"specversion":"1.0","id":"\#(id)","source":"test","type":"\#(type)","time":"\#(time)","data":{\#(data)}}"#
    }

    private static func call(_ id: String, model: String) -> String {
        let usage = #""status":"ok","input_tokens":1000,"output_tokens":0"#
        return line("llm.call", id, #""provider":"house","request_model":"\#(model)",\#(usage)"#)
    }

    private static func price(_ model: String, _ usdPerMillionTokens: String) -> String {
        let fields =
            #""provider":"house","model":"\#(model)","token_class":"input","valid_from":"2026-07-28T05:00:00Z""#
        let price = #""usd_per_million_tokens":"\#(usdPerMillionTokens)""#
        return line("price.set", "\(model)/\(usdPerMillionTokens)", fields + "," + price)
    }

    private static func append(_ lines: [String], to store: EventStore) throws {
        let body = Array(lines.joined(separator: "\n").utf8)
        let decoders = DecoderPool(registry: store.registry, userTokenKey: store.userTokenKey)
        let decoded = decoders.withDecoder { $0.decodeLines(body.span) }
        try #require(decoded.rejectedCount == 0)
        _ = try store.append([decoded.ingestBatch])
    }

    /// Two models at 2 pico-USD a token, three calls, and a later price of 5.
    private static func store() throws -> EventStore {
        let noon = try RFC3339.parse("2026-08-01T12:00:00Z")
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 31), clock: SimulatedClock(wallNanoseconds: noon),
            randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
        let store = try EventStore.open(at: "/data", context: context)
        let models = ["small", "large"]
        let calls = [call("1", model: "small"), call("2", model: "small"), call("3", model: "large")]
        try append(models.map { price($0, "0.000002") } + calls, to: store)
        try append(models.map { price($0, "0.000005") }, to: store)
        return store
    }

    private func rebook(_ client: ServerClient, _ body: String) async throws -> ServerAnswer {
        try await client.send(
            "POST", "/v1/prices/rebook", headers: [("Content-Type", "application/json")], body: Array(body.utf8))
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
            #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/json")
            let large =
                #"{"model":"large","calls":1,"from_usd":"0.000000002","to_usd":"0.000000005","inexact_before":0,"inexact_after":0}"#
            let small =
                #"{"model":"small","calls":2,"from_usd":"0.000000004","to_usd":"0.00000001","inexact_before":0,"inexact_after":0}"#
            #expect(answer.text == #"{"calls":3,"models":["# + large + "," + small + "]}")
            #expect(try await costs(client) == before)
            for query in ["", "?provider=", "?provider=house&from=noon", "?provider=house&colour=red"] {
                #expect(try await client.send("GET", "/v1/prices/rebook" + query).status == 400, "\(query)")
            }
        }
    }

    @Test func checkNamesCallsWithoutAPrice() async throws {
        let store = try Self.store()
        let silent = Self.line("llm.call", "silent", #""provider":"house","request_model":"small""#)
        let half = Self.line(
            "llm.call", "half", #""provider":"house","request_model":"small","status":"ok","output_tokens":5"#)
        try Self.append(["u1", "u2"].map { Self.call($0, model: "unheard-of") } + [silent, half], to: store)
        try store.seal()
        try await withServer(store) { client, _ in
            let lines = try await client.send("GET", "/v1/prices/check").text.split(separator: "\n").map(String.init)
            #expect(
                lines.contains {
                    $0.hasPrefix("house") && $0.contains("small") && $0.contains("usage") && $0.contains("unknown")
                })
            // The input has a price and was not told, the output has none.
            #expect(lines.contains { $0.hasPrefix("house") && $0.contains(" untold_input,output ") })
            #expect(
                lines.contains {
                    $0.hasPrefix("house") && $0.contains("unheard-of") && $0.contains(" input ") && $0.contains(" 2 ")
                })
        }
    }

    @Test func callsAreBookedAgain() async throws {
        try await withServer(try Self.store()) { client, _ in
            let before = try await costs(client)
            #expect(before == "request_model,sum\r\nlarge,0.000000002000\r\nsmall,0.000000004000\r\n")
            let answer = try await rebook(client, #"{"provider":"house","model":"small"}"#)
            #expect(answer.status == 200)
            #expect(answer.headers["Content-Type"] == "text/plain; charset=utf-8")
            #expect(answer.text == "2 calls up to position 7 cost something else now, 0.000000006 USD all together\n")
            #expect(try await costs(client) == "request_model,sum\r\nlarge,0.000000002000\r\nsmall,0.000000010000\r\n")
            let again = try await rebook(client, #"{"provider":"house","model":"small"}"#)
            #expect(again.text.hasPrefix("no call of house small in that time "), "\(again.text)")
            let elsewhere = try await rebook(
                client, #"{"provider":"house","from":"2026-08-02T00:00:00Z","to":"2026-08-03T00:00:00Z"}"#)
            #expect(elsewhere.text.hasPrefix("no call of house in that time "), "\(elsewhere.text)")
            let all = try await rebook(
                client, #"{"provider":"house","from":"2026-08-01T00:00:00Z","to":"2026-08-02T00:00:00Z"}"#)
            #expect(all.text.hasPrefix("1 call up to "), "\(all.text)")
            #expect(try await costs(client) == "request_model,sum\r\nlarge,0.000000005000\r\nsmall,0.000000010000\r\n")
        }
    }

    @Test(arguments: [
        ("", "the body is not JSON"), ("{", "the body is not JSON"), ("[]", "the member provider is missing"),
        (#"{"model":"small"}"#, "the member provider is missing"),
        (#"{"provider":3}"#, "the member provider is missing"),
        (#"{"provider":"house","from":"yesterday"}"#, "the member from is no time"),
        (#"{"provider":"house","to":7}"#, "the member to is no time"),
        (#"{"provider":"house","model":5}"#, "the member model is no text"),
        (#"{"provider":"house","model":null}"#, "the member model is no text"),
        (#"{"provider":"house","model":["small"]}"#, "the member model is no text"),
        (#"{"provider":"house","modell":"small"}"#, "there is no member modell"),
        (#"{"provider":"house","Model":"small"}"#, "there is no member Model"),
        (#"{"provider":"house","model":"small","model":"large"}"#, "the member model is there twice"),
        (
            #"{"provider":"house","from":"2026-08-01T00:00:00Z","to":"2026-08-01T00:00:00Z"}"#,
            "from does not lie before to"
        ),
    ])
    func wishesThatSayNothingAreRefused(body: String, message: String) async throws {
        try await withServer(try Self.store()) { client, _ in
            let before = try await costs(client)
            let answer = try await rebook(client, body)
            #expect(answer.status == 400)
            #expect(answer.headers["Content-Type"] == "application/json")
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
    @Test(arguments: [
        StoreError.correctionTooLarge, .recordTooLarge(bytes: 1 << 30), .batchTooLarge(bytes: 1 << 32),
        .correctionTooOld(horizon: 1_785_574_800_000_000_000),
    ])
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
