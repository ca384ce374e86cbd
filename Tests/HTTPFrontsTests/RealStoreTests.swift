import Clients
import EventStores
import Foundation
import HTTPFronts
import Platform
import Synchronization
import Testing

/// The server over a store on the disk of this machine.
@Suite struct RealStoreTests {
    private func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "plimsoll-server-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory.path)
    }

    private func open(_ directory: String) throws -> EventStore {
        let context = StoreContext(
            fileSystem: POSIXFileSystem(), clock: SystemClock(), randomness: SystemRandomness(),
            workers: ThreadWorkers(parallelism: 2))
        return try EventStore.open(at: directory, context: context)
    }

    private func count(_ client: ServerClient) async throws -> String {
        let headers = [("Content-Type", "application/sql"), ("Accept", "text/csv")]
        return try await client.send(
            "POST", "/v1/sql", headers: headers, body: Array("select count(*) as n from events".utf8)
        ).text
    }

    @Test func acknowledgedEventsAreThereAtOnceAndAfterARestart() async throws {
        try await withDirectory { directory in
            let lines = (0..<200).map { EventsTests.event("e\($0)") }.joined(separator: "\n")
            try await withServer(try open(directory)) { client, _ in
                let first = try await client.post(lines)
                #expect(first.text.contains(#""accepted":200,"duplicates":0"#))
                let again = try await client.post(lines)
                #expect(again.text.contains(#""accepted":0,"duplicates":200"#))
                #expect(try await count(client) == "n\r\n200\r\n")
            }
            try await withServer(try open(directory)) { client, _ in
                #expect(try await count(client) == "n\r\n200\r\n")
                let again = try await client.post(lines)
                #expect(again.text.contains(#""accepted":0,"duplicates":200"#))
            }
        }
    }

    @Test func examplesAndEarlierMomentsAreAskedFor() async throws {
        try await withDirectory { directory in
            try await withServer(try open(directory)) { client, _ in
                let trace = String(repeating: "ab", count: 16)
                let posted = try await client.post(
                    #"{"specversion":"1.0","id":"e1","source":"test","type":"tool.call","#
                        + #""data":{"tool":"t","status":"ok","trace_id":"\#(trace)"}}"#)
                #expect(posted.text.contains(#""accepted":1"#), "\(posted.text)")
                let examples = try await client.send("GET", "/api/v1/query_exemplars?query=support_tool_calls_total")
                let labels = #""exemplars":[{"labels":{"trace_id":"\#(trace)"},"value":"1","timestamp":"#
                #expect(examples.status == 200 && examples.text.contains(labels), "\(examples.text)")
                let series = "/api/v1/series?match[]=support_tool_calls_total&as_of="
                #expect(try await client.send("GET", series + "position:0").text.contains(#""data":[]"#))
                #expect(try await client.send("GET", series + "position:1").text.contains(#""tool":"t""#))
                // Further back, and further ahead, than ns since 1970 reach.
                #expect(try await client.send("GET", series + "1600-01-01T00:00:00Z").text.contains(#""data":[]"#))
                #expect(try await client.send("GET", series + "2600-01-01T00:00:00Z").text.contains(#""tool":"t""#))
                for moment in ["now-5m", "position:x"] {
                    let refused = try await client.send("GET", series + moment)
                    #expect(refused.status == 400)
                    let forms = "; write it as RFC 3339, as seconds since 1970, or as position:N"
                    #expect(refused.text.contains(forms), "\(refused.text)")
                }
                let mistyped = try await client.send("GET", "/api/v1/query?query=1&asof=position:1")
                #expect(mistyped.status == 400)
                #expect(mistyped.text.contains(#"invalid parameter \"asof\": did you mean as_of?"#), "\(mistyped.text)")
                let asked = try await client.send("GET", "/api/v1/query?query=1&as_of=position:1")
                #expect(asked.text.contains(#""infos":["as it was known at position 1"]"#), "\(asked.text)")
                #expect(asked.headers["Plimsoll-Clock"] == "event time, as it was known at position 1")
                for address in ["query?query=1", "query_range?query=1&start=0&end=1&step=1", "labels"] {
                    let now = try await client.send("GET", "/api/v1/" + address)
                    #expect(now.headers["Plimsoll-Clock"] == "event time, as it is known now", "\(address)")
                }
                #expect(examples.headers["Plimsoll-Clock"] == "event time, as it is known now")
                let counter = "/api/v1/query?query=support_tool_calls_total&as_of=position:1"
                let counted = try await client.send("GET", counter)
                #expect(counted.text.contains(#","1"]"#), "\(counted.text)")
            }
        }
    }

    @Test func manyConnectionsShareTheDisk() async throws {
        try await withDirectory { directory in
            try await withServer(try open(directory)) { client, server in
                let address = try #require(server.address)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for connection in 0..<8 {
                        group.addTask {
                            let client = try await ServerClient.connect(to: address)
                            for request in 0..<10 {
                                let lines = (0..<20).map { EventsTests.event("c\(connection)-\(request)-\($0)") }
                                    .joined(separator: "\n")
                                let answer = try await client.post(lines)
                                #expect(answer.text.contains(#""accepted":20"#))
                            }
                            await client.close()
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await count(client) == "n\r\n1600\r\n")
            }
        }
    }

    @Test func eventsAreStreamedOut() async throws {
        try await withDirectory { directory in
            try await withServer(try open(directory)) { client, server in
                #expect(try await client.send("GET", "/v1/events").text.split(separator: "\n").count == 2)
                let lines = (0..<5000).map { EventsTests.event("e\($0)") }
                _ = try await client.post(lines.joined(separator: "\n"))
                let whole = try await client.send("GET", "/v1/events")
                #expect(whole.status == 200 && whole.text.split(separator: "\n").count == 5002 + 5001 / 256)
                let refused = try await client.post(whole.text)
                #expect(refused.status == 409 && refused.text.contains("--as-new-events"))
                let headers = [("Content-Type", "application/x-ndjson")]
                let again = try await client.send(
                    "POST", "/v1/events?export=as-new", headers: headers, body: whole.body)
                #expect(
                    again.text.contains(#""accepted":0,"duplicates":5000"#) && again.text.contains(#""left_out":21"#))
                let pieces = Mutex<[UInt8]>([])
                let address = try #require(server.address)
                try await RemoteReading(server: ServerEndpoint(address)).stream("/v1/events?format=csv&from=2026-08-01")
                { piece in
                    pieces.withLock { $0 += piece }
                    return true
                }
                let text = String(decoding: pieces.withLock { $0 }, as: UTF8.self)
                #expect(text.hasPrefix("type,time,id,source,") && text.split(separator: "\r\n").count == 5001)
                #expect(try await client.send("GET", "/v1/events?to=2026-08-01").text.split(separator: "\n").count == 2)
                for query in ["format=xml", "from=yesterday", "from=now&to=now-1d"] {
                    #expect(try await client.send("GET", "/v1/events?\(query)").status == 400)
                }
            }
        }
    }

    @Test func aDirectoryInUseIsRefused() async throws {
        try await withDirectory { directory in
            let store = try open(directory)
            do {
                _ = try open(directory)
                Issue.record("a second opening succeeded")
            } catch let error as StorageError {
                #expect(error.isLocked)
            }
            try store.close()
            try open(directory).close()
        }
    }
}
