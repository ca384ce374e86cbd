import Clients
import Domain
import EventStores
import Execution
import Glibc
import HTTPFronts
import Hashing
import Intakes
import JSONTexts
import Platform
import Segments
import Synchronization
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

    /// Messages, by id and conversation.
    private func messages(_ ids: [(id: String, conversation: String)]) -> [UInt8] {
        let lines = ids.map { id, conversation in
            #"{"specversion":"1.0","id":"\#(id)","source":"s","type":"message.received","#
                + #""time":"2026-08-03T01:59:00Z","data":{"conversation_id":"\#(conversation)","#
                + #""author":"user","turn":\#(id)}}"#
        }
        return Array(lines.joined(separator: "\n").utf8)
    }

    /// A store with two sealed events, and where the page of their ids is.
    private func sealed() throws -> (store: EventStore, path: String, page: Range<Int>) {
        try sealed(body(["a", "b"]), "probe_checked")
    }

    private func sealed(
        _ events: [UInt8], _ table: String
    ) throws -> (store: EventStore, path: String, page: Range<Int>) {
        let context = StoreContext(
            fileSystem: disk, clock: SimulatedClock(wallNanoseconds: try RFC3339.parse("2026-08-03T02:00:00Z")),
            randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
        let store = try EventStore.open(at: "/data", context: context)
        let decoders = DecoderPool(registry: store.registry, userTokenKey: store.userTokenKey)
        let decoded = decoders.withDecoder { $0.decodeLines(events.span) }
        _ = try store.append([decoded.ingestBatch])
        try store.seal()
        let name = try disk.list("/data/segments").map(\.name).first { $0.hasSuffix(".segment") }
        let path = "/data/segments/" + (try #require(name))
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let index = try #require(reader.columns(table: table).firstIndex { $0.name == "id" })
        let page = try #require(reader.pagePlaces(table: table, column: index).first { !$0.isEmpty })
        return (store, path, page)
    }

    private static func last(_ answer: ServerAnswer) -> Substring? {
        answer.text.split(whereSeparator: \.isNewline).last
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

    /// The page of ids of an encoding that is yet to come, whole by its checksum.
    @Test func aPageOfANewerFormIsNamedAndStopsNothingElse() async throws {
        let (store, path, page) = try sealed()
        let id = try SegmentReader.open(fileSystem: disk, path: path).segmentID
        let seed = (id &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(page.lowerBound)
        disk.damage(path) { bytes in
            bytes[page.lowerBound + 9] = 99
            let checksum = xxh3(bytes[(page.lowerBound + 8)..<page.upperBound], seed: seed)
            for place in 0..<8 { bytes[page.lowerBound + place] = UInt8(truncatingIfNeeded: checksum >> (8 * place)) }
        }
        try await withServer(store) { client, _ in
            let answer = try await ask("select id from probe_checked", client)
            #expect(answer.status == 500 && answer.text.contains(path) && answer.text.contains("newer version"))
            #expect(!answer.text.contains("damaged") && !answer.text.contains("our mistake"), "\(answer.text)")
            #expect(try await ask("select count(*) from probe_checked", client).status == 200)
            let taken = try await client.send(
                "POST", "/v1/events", headers: [("Content-Type", "application/x-ndjson")], body: body(["a", "b", "c"]))
            #expect(taken.status == 200 && taken.text.contains("unreadable") && taken.text.contains(path))
            let doctor = try await client.send("GET", "/v1/reports/doctor?format=table").text
            let isToldSo = doctor.contains("the version of plimsoll that wrote the file")
            #expect(isToldSo && !doctor.contains("backup"), "\(doctor)")
            #expect(try await client.send("GET", "/readyz").status == 200)
        }
    }

    /// Damage that the read models meet takes the conversation of it out of the answers, which say so; once the file is
    /// put back it is in them again.
    @Test func whatIsSetAsideIsToldWithEveryAnswerUntilItsFileIsPutBack() async throws {
        let (store, path, page) = try sealed(messages([("1", "c-1"), ("2", "c-2")]), "message_received")
        let good = try disk.contents(of: path)
        disk.damage(path) { $0[page.lowerBound + 9] ^= 1 }
        let words = "1 conversation is missing from turns and conversations"
        let question = "select count(*) as n from turns"
        try await withServer(store) { client, server in
            let sent = try await client.send(
                "POST", "/v1/events", headers: [("Content-Type", "application/x-ndjson")],
                body: messages([("3", "c-1"), ("4", "c-3")]))
            #expect(sent.status == 200)
            let answer = try await ask(question, client)
            #expect(answer.status == 200 && Self.last(answer) == "3", "\(answer.text)")
            #expect(answer.missingNotice?.hasPrefix(words) == true)
            let json = try await client.send(
                "POST", "/v1/sql", headers: [("Content-Type", "application/sql")], body: Array(question.utf8))
            let notices = try JSONReader.parse(json.body)["notices"]?.array ?? []
            #expect(notices.count == 1 && notices[0].string?.hasPrefix(words) == true, "\(json.text)")
            // What does not need the read models is whole, what needs the page is not answered.
            #expect(try await ask("select count(*) from message_received", client).missingNotice == nil)
            let damaged = try await ask("select id from message_received", client)
            #expect(damaged.status == 500 && damaged.text.contains(path) && damaged.text.contains("backup"))
            let report = try await client.send("GET", "/v1/reports/outcomes")
            let exactness = try JSONReader.parse(report.body)["exactness"]?.string
            #expect(exactness?.hasPrefix("not of everything, as \(words)") == true, "\(report.text)")
            #expect(report.missingNotice?.hasPrefix(words) == true)
            let table = try await client.send("GET", "/v1/reports/outcomes?format=csv")
            #expect(table.status == 200 && table.missingNotice?.hasPrefix(words) == true)
            let document = try await client.send("GET", "/v1/conversations/c-3")
            #expect(document.status == 200 && document.text.contains("\"notice\": \"\(words)"), "\(document.text)")
            let told = Mutex<[String]>([])
            let address = try #require(server.address)
            let remote = RemoteQuery(server: ServerEndpoint(address)) { line in told.withLock { $0.append(line) } }
            _ = try await remote.run(question, format: .csv, timeZone: "UTC")
            #expect(told.withLock { $0.count } == 1 && told.withLock { $0.first?.hasPrefix(words) } == true)
            let status = try JSONReader.parse(try await client.send("GET", "/v1/status").body)
            #expect(status["unfolded_conversations"]?.integer == 1)
            #expect(status["troubles"]?.array?.first?.string?.contains("conversation c-1 ") == true)
            try disk.replace(path, with: good)
            let whole = try await ask(question, client)
            #expect(Self.last(whole) == "4" && whole.missingNotice == nil, "\(whole.text)")
            #expect(try await client.send("GET", "/v1/reports/outcomes").missingNotice == nil)
            #expect(try await client.send("GET", "/v1/conversations/c-1").status == 200)
        }
    }

    private func troubles(_ client: ServerClient) async throws -> [String] {
        let status = try JSONReader.parse(try await client.send("GET", "/v1/status").body)
        return (status["troubles"]?.array ?? []).compactMap(\.string)
    }

    /// Whoever runs the server is told once of a place that requests meet, and sees it until it can be read again.
    @Test func damageIsToldToWhoeverRunsTheServer() async throws {
        let (store, path, page) = try sealed()
        let good = try disk.contents(of: path)
        disk.damage(path) { $0[page.lowerBound + 9] ^= 1 }
        let lines = LogLines()
        try await withServer(store, log: lines.log) { client, _ in
            for _ in 0..<3 { #expect(try await ask("select id from probe_checked", client).status == 500) }
            // Nothing was sent yet when it is met; where something was, the answer is broken off, and never whole.
            #expect(try await client.send("GET", "/v1/events").status == 500)
            let told = lines.texts().filter { $0.contains("reason=damaged") }
            #expect(told.count == 1, "\(lines.texts())")
            for part in [path, "offset \(page.lowerBound)", "plimsoll verify", "backup", "POST /v1/sql"] {
                #expect(told.first?.contains(part) == true, "\(part)")
            }
            #expect(!lines.texts().contains { $0.contains("internal_error") })
            let listed = try await troubles(client)
            #expect(listed.count == 1 && listed.first?.contains("\(path) is damaged at offset") == true)
            #expect(listed.first?.contains("plimsoll verify") == true)
            let metrics = try await client.send("GET", "/metrics").text
            #expect(metrics.contains("plimsoll_http_refusals_total{reason=\"damaged\"} 4\n"), "\(metrics)")
            #expect(metrics.contains("plimsoll_damaged_places 1\n"))
            let doctor = try await client.send("GET", "/v1/reports/doctor?format=table").text
            #expect(doctor.contains("questions: damaged") && doctor.contains("plimsoll verify"), "\(doctor)")
            try disk.replace(path, with: good)
            for _ in 0..<1000 {
                if try await troubles(client).isEmpty { break }
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await troubles(client).isEmpty)
            #expect(try await client.send("GET", "/metrics").text.contains("plimsoll_damaged_places 0\n"))
            #expect(try await ask("select id from probe_checked", client).status == 200)
        }
    }

    /// Damage that hides whether an event is kept already is told, too, though the request is answered.
    @Test func damageThatHidesRepeatsIsTold() async throws {
        let (store, path, page) = try sealed()
        disk.damage(path) { $0[page.lowerBound + 9] ^= 1 }
        let lines = LogLines()
        try await withServer(store, log: lines.log) { client, _ in
            for _ in 0..<2 { #expect(try await client.post(body(["a", "b"])).status == 200) }
            #expect(lines.texts().filter { $0.contains("reason=damaged") && $0.contains(path) }.count == 1)
            let listed = try await troubles(client)
            #expect(listed.first?.contains("\(path) is damaged at offset") == true)
        }
    }

    /// A disk that does not give a file's bytes is no damage that is known, and no less told.
    @Test func whatTheDiskRefusesIsToldWithItsFile() async throws {
        let (store, path, _) = try sealed()
        let lines = LogLines()
        try await withServer(store, log: lines.log) { client, _ in
            disk.arm(SimulatedFault(.failure(EIO), atCall: 1, of: [.read], isLasting: true))
            let answer = try await ask("select id from probe_checked", client)
            disk.disarm()
            #expect(answer.status == 500)
            let told = lines.texts().filter { $0.contains("reason=internal_error") }
            #expect(told.count == 1 && told.first?.contains(path) == true, "\(lines.texts())")
        }
    }

    /// What the machine is short of passes, whichever of its calls says so.
    @Test(arguments: [EMFILE, ENFILE, ENOMEM, ENOBUFS, EINTR, EAGAIN])
    func scarcityIsNoMistakeOfOurs(code: Int32) async throws {
        let (store, _, _) = try sealed()
        try await withServer(store) { client, _ in
            disk.arm(SimulatedFault(.failure(code), atCall: 1, of: [.open, .read], isLasting: true))
            let refused = try await ask("select id from probe_checked", client)
            #expect(refused.status == 503 && !refused.text.contains("damaged"), "\(refused.text)")
            disk.disarm()
            let answered = try await ask("select id from probe_checked", client)
            #expect(answered.status == 200)
        }
    }
}
