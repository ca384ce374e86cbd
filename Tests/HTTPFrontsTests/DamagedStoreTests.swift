import Clients
import Domain
import EventStores
import Glibc
import HTTPFronts
import Intakes
import JSONTexts
import Platform
import Segments
import Testing
import WireFormats

/// What a server says of a store with a damaged page, or of a machine that is short of something.
@Suite struct DamagedStoreTests {
    private let disk = SimulatedFileSystem(seed: 44)

    private func body(_ ids: [String]) -> [UInt8] {
        let lines = ids.enumerated().map { place, id in
            #"{"specversion":"1.0","id":"\#(id)","source":"s","type":"probe.checked","#
                + #""time":"2026-08-01T09:00:0\#(place)Z","data":{"target":"a"}}"#
        }
        return Array(lines.joined(separator: "\n").utf8)
    }

    /// A store with two sealed events, and where the page of their ids is.
    private func sealed() throws -> (store: EventStore, path: String, page: Range<Int>) {
        let context = StoreContext(
            fileSystem: disk, clock: SimulatedClock(wallNanoseconds: try RFC3339.parse("2026-08-03T02:00:00Z")),
            randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
        let store = try EventStore.open(at: "/data", context: context)
        let decoders = DecoderPool(registry: store.registry, userTokenKey: store.userTokenKey)
        let decoded = decoders.withDecoder { $0.decodeLines(body(["a", "b"]).span) }
        _ = try store.append([decoded.ingestBatch])
        try store.seal()
        let name = try disk.list("/data/segments").map(\.name).first { $0.hasSuffix(".segment") }
        let path = "/data/segments/" + (try #require(name))
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let index = try #require(reader.columns(table: "probe_checked").firstIndex { $0.name == "id" })
        let page = try #require(reader.pagePlaces(table: "probe_checked", column: index).first { !$0.isEmpty })
        return (store, path, page)
    }

    private func ask(_ text: String, _ client: ServerClient) async throws -> ServerAnswer {
        try await client.send(
            "POST", "/v1/sql", headers: [("Content-Type", "application/sql"), ("Accept", "text/csv")],
            body: Array(text.utf8))
    }

    @Test func damageIsNamedAndStopsNothingElse() async throws {
        let (store, path, page) = try sealed()
        disk.damage(path) { $0[page.lowerBound + 9] ^= 1 }
        try await withServer(store) { client, _ in
            let damaged = try await ask("select id from probe_checked", client)
            #expect(damaged.status == 500 && damaged.text.contains(path) && damaged.text.contains("offset"))
            #expect(damaged.text.contains("backup"))
            #expect(try await ask("select count(*) from probe_checked", client).status == 200)
            let answer = try await client.send(
                "POST", "/v1/events", headers: [("Content-Type", "application/x-ndjson")], body: body(["a", "b", "c"]))
            #expect(answer.status == 200 && answer.text.contains("unreadable") && answer.text.contains(path))
            #expect(try await client.send("GET", "/readyz").status == 200)
        }
    }

    @Test func scarcityIsNoMistakeOfOurs() async throws {
        let (store, _, _) = try sealed()
        try await withServer(store) { client, _ in
            disk.arm(SimulatedFault(.failure(ENOMEM), atCall: 1, of: [.read], isLasting: true))
            let refused = try await ask("select id from probe_checked", client)
            #expect(refused.status == 503)
            disk.disarm()
            let answered = try await ask("select id from probe_checked", client)
            #expect(answered.status == 200)
        }
    }
}
