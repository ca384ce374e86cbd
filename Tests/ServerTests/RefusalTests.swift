import Compression
import HTTPTypes
import Server
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
        try await withServer(limits: limits) { client, _ in
            let answer = try await client.post(bomb, encoding: encoding)
            #expect(answer.status == 413)
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
            #expect(answer.headers[.retryAfter] == "3")
            let after = try await client.post(" \n")
            #expect(after.status == 200)
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
