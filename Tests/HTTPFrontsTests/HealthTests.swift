import Clients
import Domain
import EventStores
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
            let troubles = #""troubles":["events are refused: the disk is full"#
            #expect(try await client.send("GET", "/v1/status").text.contains(troubles))
            #expect(try await client.post(Self.event).status == 503, "what comes is tried all the same")
            store.state.withLock { $0.isFull = false }
            #expect(try await client.post(Self.event).status == 200)
            #expect(try await client.send("GET", "/readyz").status == 200)
            #expect(try await client.send("GET", "/v1/status").text.contains(#""troubles":[]"#))
        }
    }

    /// What the store has lost is said beside prices and exports, too.
    @Test func whatIsLostIsSaidBesidePricesAndExports() async throws {
        let (store, notice) = (FakeStore(), "not exact: two events are lost")
        store.state.withLock { $0.lossNotice = notice }
        try await withServer(store) { client, _ in
            for path in ["/v1/prices", "/v1/prices?format=csv", "/v1/prices/check", "/v1/events"] {
                let answer = try await client.send("GET", path)
                #expect(answer.status == 200 && answer.missingNotice == notice, "\(path)")
            }
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

    /// Where memory is full of events without a segment none is taken, and nothing else is said, until there is room.
    @Test func aFullTailIsNotReadyUntilThereIsRoom() async throws {
        let (store, lines) = (FakeStore(), LogLines())
        try await withServer(store, log: lines.log) { client, _ in
            func told(_ words: String) -> Int { lines.texts().count { $0.contains(words) } }
            store.state.withLock { $0.isTailFull = true }
            let refused = try await client.post(Self.event)
            #expect(refused.status == 503 && refused.headers["Retry-After"] == "17")
            // Two looks at what the disk has, which is not what is missing.
            let ticks = store.state.withLock { $0.ticks }
            for _ in 0..<400 where store.state.withLock({ $0.ticks }) < ticks + 2 {
                try await Task.sleep(for: .milliseconds(50))
            }
            let ready = try await client.send("GET", "/readyz")
            #expect(ready.status == 503 && ready.text.contains("nothing is sealed"))
            #expect(told("events are refused: ") == 1 && told("events are taken again") == 0)
            store.state.withLock { $0.isTailFull = false }
            var status = 503
            for _ in 0..<400 where status != 200 {
                try await Task.sleep(for: .milliseconds(50))
                status = try await client.send("GET", "/readyz").status
            }
            #expect(status == 200 && told("events are taken again") == 1)
        }
    }

    /// Where files have come to their budget events are refused as on a full disk, until something goes, and what goes
    /// is told once.
    @Test func aSpentBudgetIsNotReadyUntilSomethingGoes() async throws {
        let (store, lines) = (FakeStore(), LogLines())
        store.state.withLock { $0.lastDrop = "of before" }
        try await withServer(store, log: lines.log) { client, _ in
            func told(_ words: String) -> Int { lines.texts().count { $0.contains(words) } }
            func ticks(_ count: Int) async throws {
                let before = store.state.withLock { $0.ticks }
                for _ in 0..<400 where store.state.withLock({ $0.ticks }) < before + count {
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            store.state.withLock { $0.isBudgetSpent = true }
            let refused = try await client.post(Self.event)
            #expect(refused.status == 503 && refused.headers["Retry-After"] != nil && refused.text.contains("max_disk"))
            try await ticks(3)
            let ready = try await client.send("GET", "/readyz")
            #expect(ready.status == 503 && ready.text.contains("nothing is old enough"))
            #expect(told("events are refused: ") == 1 && told("events are taken again") == 0)
            store.state.withLock { ($0.isBudgetSpent, $0.lastDrop) = (false, "retention dropped 7 events") }
            try await ticks(3)
            #expect(try await client.send("GET", "/readyz").status == 200)
            #expect(told("events are taken again") == 1 && told("retention dropped 7 events") == 1)
            #expect(told("of before") == 0)
        }
    }

    /// What retention did stands in the status and in metrics.
    @Test func whatRetentionDidIsSaid() async throws {
        let store = FakeStore()
        var retention = store.status.retention
        retention.limits.budget = DiskBudget(bytes: 1_000, keptNanoseconds: 86_400_000_000_000)
        retention.dropped = [RetentionStatus.Dropped(reason: .diskBudget, events: 7, bytes: 900)]
        retention.tenants = [RetentionStatus.Share(name: "acme", events: 4, until: 1_785_574_800_000_000_000)]
        retention.types = [RetentionStatus.Share(name: "message.sent", events: 2, until: 1_785_574_800_000_000_000)]
        retention.limits = retention.limits.with(types: [
            RetentionLimits.TypePeriod("message.sent", nanoseconds: 864_000_000_000_000)
        ])
        (retention.lastDrop, retention.overdueNanoseconds) = (1_785_574_800_000_000_000, 5_000_000_000)
        store.state.withLock { $0.retention = retention }
        try await withServer(store) { client, _ in
            let status = try await client.send("GET", "/v1/status").text
            for member in [
                #""max_disk_bytes":1000,"keep_at_least_seconds":86400,"overdue_seconds":5,"last_drop":"2026-08-01T"#,
                #""dropped":[{"reason":"disk_budget","events":7,"bytes":900}]"#,
                #""dropped_tenants":[{"tenant":"acme","events":4,"until":"2026-08-01T"#,
                #""dropped_types":[{"type":"message.sent","events":2,"until":"2026-08-01T"#,
                #""types":[{"type":"message.sent","events_seconds":864000}]"#,
            ] { #expect(status.contains(member), "\(member)") }
            let metrics = try await client.send("GET", "/metrics").text
            for line in [
                "plimsoll_dropped_events_total{reason=\"disk_budget\"} 7",
                "plimsoll_dropped_bytes_total{reason=\"disk_budget\"} 900", "plimsoll_disk_budget_bytes 1000",
                "plimsoll_last_drop_timestamp_seconds 1785574800", "plimsoll_retention_overdue_seconds 5",
                "plimsoll_tenant_events_kept_since_timestamp_seconds{tenant=\"acme\"} 1785574800",
                "plimsoll_type_events_kept_since_timestamp_seconds{type=\"message.sent\"} 1785574800",
            ] { #expect(metrics.contains("\n\(line)\n"), "\(line)") }
        }
    }

    /// Who asks for the numbers of a disk that does not answer waits, and nobody else.
    @Test func aDiskThatDoesNotAnswerKeepsNobodyElseWaiting() async throws {
        let store = FakeStore()
        try await withServer(store) { client, server in
            store.holdsStatus.store(true, ordering: .releasing)
            defer { store.holdsStatus.store(false, ordering: .releasing) }
            let address = try #require(server.address)
            var asking: [RawConnection] = []
            for number in 0..<64 {
                let path = number % 2 == 0 ? "/v1/status" : "/metrics"
                asking.append(
                    try await RawConnection.connect(to: address, sending: "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n"))
            }
            #expect(try await asking[0].wait { store.statusWaits.load(ordering: .acquiring) > 0 })
            #expect(try await client.send("GET", "/healthz").status == 200)
            #expect(try await client.post(Self.event).status == 200)
            #expect(asking.allSatisfy { $0.text.isEmpty })
            store.holdsStatus.store(false, ordering: .releasing)
            for connection in asking {
                #expect(try await connection.wait { connection.text.hasPrefix("HTTP/1.1 200 ") })
                await connection.close()
            }
        }
    }

    /// The numbers of a store are written out for all who ask meanwhile, not for one after the other.
    @Test func manyScrapesAtOnceAreAnsweredTogether() async throws {
        let store = FakeStore()
        try await withServer(store) { _, server in
            store.holdsStatus.store(true, ordering: .releasing)
            defer { store.holdsStatus.store(false, ordering: .releasing) }
            let address = try #require(server.address)
            let request = "GET /metrics?format=text HTTP/1.1\r\nHost: a\r\n\r\n"
            var asking: [RawConnection] = []
            for _ in 0..<64 { asking.append(try await RawConnection.connect(to: address, sending: request)) }
            #expect(try await asking[0].wait { store.statusWaits.load(ordering: .acquiring) > 0 })
            // All requests have come by now.
            try await Task.sleep(for: .milliseconds(500))
            store.holdsStatus.store(false, ordering: .releasing)
            for connection in asking {
                #expect(try await connection.wait { connection.text.hasPrefix("HTTP/1.1 200 ") })
                await connection.close()
            }
            // What watches a server asks now and then, too.
            let calls = store.statusCalls.load(ordering: .relaxed)
            #expect(calls < 16, "\(calls)")
        }
    }

    /// What was active lately takes a question, for which a scrape does not wait for long.
    @Test func aScrapeDoesNotWaitForWhatWasActive() async throws {
        let store = FakeStore()
        store.holdsTables.store(true, ordering: .releasing)
        try await withServer(store) { _, server in
            defer { store.holdsTables.store(false, ordering: .releasing) }
            let address = try #require(server.address)
            for _ in 0..<2 {
                let connection = try await RawConnection.connect(
                    to: address, sending: "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await connection.wait { connection.text.hasPrefix("HTTP/1.1 200 ") })
                await connection.close()
            }
        }
    }

    /// A count that takes longer than its scrape waits is told by those after it, which count in vain, for minutes.
    @Test func aCountThatComesLateIsToldByTheNextScrape() async throws {
        let (store, clock) = (FakeStore(), SimulatedClock())
        let tables = try simulatedStore(seed: 59).pinnedTables()
        store.tables.withLock { $0 = tables }
        store.holdsTables.store(true, ordering: .releasing)
        try await withServer(store, clock: clock) { client, _ in
            defer { store.holdsTables.store(false, ordering: .releasing) }
            let (path, gauge) = ("/metrics?format=text", "\nsupport_conversations_active 0\n")
            var text = try await client.send("GET", path).text
            #expect(!text.contains(gauge))
            store.holdsTables.store(false, ordering: .releasing)
            for _ in 0..<10_000 where store.pins.load(ordering: .acquiring) == 0 {
                try await Task.sleep(for: .milliseconds(1))
            }
            // Whoever counts from now on comes to no end.
            store.holdsTables.store(true, ordering: .releasing)
            for _ in 0..<400 where !text.contains(gauge) {
                try await Task.sleep(for: .milliseconds(20))
                text = try await client.send("GET", path).text
            }
            #expect(text.contains(gauge), "\(text)")
            clock.advance(nanoseconds: 300_000_000_000)
            text = try await client.send("GET", path).text
            #expect(text.contains(gauge), "\(text)")
            // By now it would say little of the last quarter of an hour.
            clock.advance(nanoseconds: 300_000_000_000)
            text = try await client.send("GET", path).text
            #expect(!text.contains(gauge), "\(text)")
        }
    }

    /// Each format has answers of its own; one count is for all who come before there is any.
    @Test func theFirstCountIsToldInEveryFormat() async throws {
        let store = FakeStore()
        let tables = try simulatedStore(seed: 59).pinnedTables()
        store.tables.withLock { $0 = tables }
        store.holdsTables.store(true, ordering: .releasing)
        try await withServer(store, clock: SimulatedClock()) { _, server in
            defer { store.holdsTables.store(false, ordering: .releasing) }
            let address = try #require(server.address)
            var asking: [RawConnection] = []
            for format in ["openmetrics", "text"] {
                asking.append(
                    try await RawConnection.connect(
                        to: address, sending: "GET /metrics?format=\(format) HTTP/1.1\r\nHost: a\r\n\r\n"))
            }
            // One of them counts, and the other one has found it counting.
            try await Task.sleep(for: .milliseconds(300))
            store.holdsTables.store(false, ordering: .releasing)
            for connection in asking {
                let gauge = "\nsupport_conversations_active 0\n"
                #expect(try await connection.wait(upTo: 20) { connection.text.contains(gauge) })
                await connection.close()
            }
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
            let failure = await #expect(throws: ListenFailure.self) { try await address.checkFree() }
            #expect(failure?.description == "cannot listen on \(address): another process does already")
            #expect(failure?.advice.contains("--listen 127.0.0.1:PORT") == true)
            try await ListenAddress(host: "127.0.0.1", port: 0).checkFree()
        }
    }

    @Test func unknownAddressesAnswerInJSON() async throws {
        try await withServer { client, _ in
            let answer = try await client.send("GET", "/nowhere")
            #expect(answer.status == 404)
            #expect(
                answer.text.hasPrefix(
                    #"{"error":"no such address: GET /nowhere","hint":"GET /v1/openapi.json lists the addresses"}"#))
        }
    }

    @Test(arguments: ["/v1/metrics", "/v1/logs"]) func whatIsNoSpanIsToldHowNotToBeSent(path: String) async throws {
        try await withServer { client, _ in
            let answer = try await client.send("POST", path)
            #expect(answer.status == 404)
            #expect(
                answer.text.contains("OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none"), "\(answer.text)")
        }
    }

    @Test(arguments: [
        ("GET", "/v1/statsu", "/v1/status"), ("GET", "/metric", "/metrics"),
        ("POST", "/v1/event", "/v1/events"), ("POST", "/V1/Events/", "/v1/events"), ("POST", "/traces", "/v1/traces"),
        ("GET", "/v1/report/sla", "/v1/reports/{kind}"), ("GET", "/v1/conversation/c-1", "/v1/conversations/{id}"),
        ("GET", "/v1/sqll", "POST /v1/sql"), ("GET", "/runbook/PlimsollDown", "/runbooks/{name}"),
        // Whoever sends gets no address that takes nothing, and nothing near is no guess.
        ("GET", "/v1/prompts/secret", nil),
        ("GET", "/" + String(repeating: "a/", count: 2000), nil),
        ("GET", "/" + String(repeating: "a", count: 4000), nil),
    ] as [(String, String, String?)])
    func anAddressThatIsNearIsNamed(method: String, path: String, near: String?) async throws {
        try await withServer { client, _ in
            let answer = try await client.send(method, path)
            #expect(answer.status == 404)
            let guess = near.map { "did you mean \($0)? " } ?? ""
            let hint = #""hint":"\#(guess)GET /v1/openapi.json lists the addresses""#
            #expect(answer.text.contains(hint), "\(answer.text)")
        }
    }

    @Test func theStatusPageHasItsNumbers() async throws {
        try await withServer { client, _ in
            #expect(try await client.send("GET", "/status").status == 200)
            let status = try await client.send("GET", "/v1/status")
            #expect(status.status == 200)
            #expect(status.text.contains(#""ready":true"#))
        }
    }

    @Test func segmentsAreCountedByTier() async throws {
        let store = FakeStore()
        store.state.withLock { ($0.segments, $0.archived) = ((5, 700), (2, 300)) }
        try await withServer(store) { client, _ in
            let status = try await client.send("GET", "/v1/status").text
            #expect(status.contains(#""segments":5,"stored_bytes":700,"archived_segments":2,"archived_bytes":300,"#))
            let metrics = try await client.send("GET", "/metrics").text
            for line in [
                #"plimsoll_segments{tier="active"} 3"#, #"plimsoll_segments{tier="archive"} 2"#,
                #"plimsoll_segment_bytes{tier="active"} 400"#, #"plimsoll_segment_bytes{tier="archive"} 300"#,
            ] { #expect(metrics.contains(line + "\n"), "\(line)") }
        }
    }

    @Test func anAddressForStrangersNeedsInsistence() {
        let open = ListenAddress(host: "0.0.0.0", port: 0)
        func configuration(_ address: ListenAddress, isInsecure: Bool = false) -> ServerConfiguration {
            ServerConfiguration(listen: address, openFilesMax: 1024, isInsecure: isInsecure)
        }
        #expect(configuration(open).objection(hasTokens: false) != nil)
        #expect(configuration(open, isInsecure: true).objection(hasTokens: false) == nil)
        #expect(configuration(open).objection(hasTokens: true) == nil)
        #expect(configuration(ListenAddress(host: "127.0.0.1", port: 0)).objection(hasTokens: false) == nil)
    }

    @Test func aStopClosesTheStore() async throws {
        let store = FakeStore()
        try await withServer(store) { client, _ in
            _ = try await client.send("GET", "/healthz")
        }
        #expect(store.state.withLock { $0.isClosed })
    }
}
