import Clients
import Compression
import Domain
import EventStores
import HTTPFronts
import Intakes
import Platform
import Synchronization
import Testing

/// `POST /v1/events` with real events and a store that takes what it is told to.
@Suite struct EventsTests {
    /// A sound event with an id of one's own.
    static func event(_ id: String, type: String = "cache.lookup") -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"test","type":"\#(type)","#
            + #""time":"2026-08-01T09:00:00Z","data":{"cache":"faq","hit":true}}"#
    }

    @Test(arguments: [
        "application/cloudevents+json", "application/json", "application/cloudevents+json; charset=utf-8",
    ])
    func oneStructuredEvent(type: String) async throws {
        try await withServer { client, _ in
            let answer = try await client.post(Self.event("a"), type: type)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"accepted":1,"duplicates":0,"rejected":[],"position":1}"# + "\n")
        }
    }

    @Test(arguments: ["application/cloudevents-batch+json", "application/json"])
    func aBatch(type: String) async throws {
        try await withServer { client, _ in
            let body = "[" + (0..<100).map { Self.event("e\($0)") }.joined(separator: ",") + "]"
            let answer = try await client.post(body, type: type)
            #expect(answer.text == #"{"accepted":100,"duplicates":0,"rejected":[],"position":100}"# + "\n")
        }
    }

    @Test func lines() async throws {
        try await withServer { client, _ in
            let answer = try await client.post(Self.event("a") + "\n\n" + Self.event("b") + "\n")
            #expect(answer.text.contains(#""accepted":2"#))
        }
    }

    /// An event whose type is like those of an export's lines is one rejection; a body that begins an export is
    /// refused.
    @Test func linesLikeThoseOfAnExport() async throws {
        try await withServer { client, _ in
            let others = [Self.event("a"), Self.event("b")]
            for type in ["export.finished", "export.record", "export.begun"] {
                let body = (others + [Self.event("c", type: type)]).joined(separator: "\n")
                let answer = try await client.post(body)
                #expect(
                    answer.status == 200 && answer.text.contains(#""accepted":2"#)
                        && answer.text.contains("unknown event type"))
            }
            let begun = try await client.post(
                ([Self.event("c", type: "export.begun")] + others).joined(separator: "\n"))
            #expect(begun.status == 409)
            let alone = try await client.post(Self.event("c", type: "export.finished"), type: "application/json")
            #expect(alone.status != 409 && alone.text.contains("unknown event type"), "\(alone.text)")
        }
    }

    @Test(arguments: ["gzip", "zstd"])
    func compressedLines(encoding: String) async throws {
        let text = Array((0..<1000).map { Self.event("e\($0)") }.joined(separator: "\n").utf8)
        let body = encoding == "gzip" ? Gzip.compress(text) : Zstandard.compress(text)
        try await withServer { client, _ in
            let answer = try await client.post(body, encoding: encoding)
            #expect(answer.text.contains(#""accepted":1000"#))
        }
    }

    @Test func binaryMode() async throws {
        try await withServer { client, _ in
            let headers = [
                ("ce-specversion", "1.0"), ("ce-id", "b1"), ("ce-source", "test"), ("ce-type", "cache.lookup"),
                ("ce-time", "2026-08-01T09:00:00Z"),
            ]
            let answer = try await client.post(
                #"{"cache":"faq","hit":false}"#, type: "application/json", headers: headers)
            #expect(answer.text.contains(#""accepted":1"#))
        }
    }

    @Test func brokenJSONIsToldWithItsPlace() async throws {
        try await withServer { client, _ in
            let answer = try await client.post(#"{"specversion":"1.0","id":x}"#, type: "application/json")
            #expect(answer.status == 400)
            #expect(answer.text.contains(#""position":26"#), "\(answer.text)")
        }
    }

    @Test func eachRefusedEventIsNamed() async throws {
        try await withServer { client, _ in
            let lines = [Self.event("a"), Self.event("b", type: "no.such"), "{broken", Self.event("c")]
            let answer = try await client.post(lines.joined(separator: "\n"))
            #expect(answer.status == 200)
            let parsed = try #require(IngestAnswer(parsing: answer.body))
            #expect(parsed.accepted == 2)
            #expect(parsed.rejections.map(\.index) == [1, 2])
            #expect(parsed.rejections[0].id == "b")
            #expect(parsed.rejections[0].error.contains("no.such"))
        }
    }

    @Test func theWritersVerdictsAreNamed() async throws {
        let store = FakeStore()
        try await withServer(store) { client, _ in
            let named: [(EventVerdict, String)] = [
                (.conflict, "conflict"), (.tooOld, "too_old"), (.tooNew, "too_new"),
                (
                    .unreadable(UnreadablePlace(CorruptionError(file: "a", offset: 1, expectation: "a page"))),
                    "unreadable"
                ),
            ]
            for (verdict, word) in named {
                store.state.withLock { $0.verdict = verdict }
                let answer = try await client.post(Self.event("x-\(word)"))
                let parsed = try #require(IngestAnswer(parsing: answer.body))
                #expect(parsed.accepted == 0 && parsed.rejectedCount == 1)
                #expect(parsed.rejections.first?.id == "x-\(word)")
                #expect(parsed.rejections.first?.error.hasPrefix(word) == true)
            }
        }
    }

    @Test func aSlowDiskFillsTheQueueAndThenDrains() async throws {
        let store = FakeStore()
        store.hold.store(true, ordering: .releasing)
        var limits = ServerLimits()
        limits.ingestEventsMax = 3
        try await withServer(store, limits: limits) { client, server in
            let address = try #require(server.address)
            let second = try await ServerClient.connect(to: address)
            async let first = client.post(Self.event("a") + "\n" + Self.event("b"))
            while server.eventsWaiting < 2 { try await Task.sleep(for: .milliseconds(1)) }
            let refused = try await second.post(Self.event("c") + "\n" + Self.event("d"))
            #expect(refused.status == 429)
            store.hold.store(false, ordering: .releasing)
            let answer = try await first
            #expect(answer.text.contains(#""accepted":2"#))
            let again = try await second.post(Self.event("c") + "\n" + Self.event("d"))
            #expect(again.text.contains(#""accepted":2"#))
            await second.close()
        }
    }

    @Test func requestsUnderWayAreAnsweredBeforeAStop() async throws {
        let store = FakeStore()
        store.hold.store(true, ordering: .releasing)
        try await withServer(store) { client, server in
            async let answer = client.post(Self.event("a"))
            while server.eventsWaiting < 1 { try await Task.sleep(for: .milliseconds(1)) }
            await server.stop()
            try await Task.sleep(for: .milliseconds(50))
            #expect(!store.state.withLock { $0.isClosed })
            store.hold.store(false, ordering: .releasing)
            let status = try await answer.status
            #expect(status == 200)
        }
        #expect(store.state.withLock { $0.isClosed && $0.rows == 1 })
    }
}
