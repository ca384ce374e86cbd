import Asking
import Columnar
import Domain
import EventStores
import Intakes
import JSONTexts
import Platform
import Projections
import Testing
import Transfers
import WireFormats
import Workload

/// A store is moved by an export and an import: nothing is lost, or it is refused before it begins.
@Suite struct MovingTests {
    /// A store on a disk of its own, and the clock that it reads.
    struct Place {
        let disk: SimulatedFileSystem
        let clock: SimulatedClock

        init(_ seed: UInt64, at nanoseconds: Int64 = WorkloadConfiguration.defaultStart + 30 * 3_600_000_000_000) {
            (disk, clock) = (SimulatedFileSystem(seed: seed), SimulatedClock(wallNanoseconds: nanoseconds))
        }

        private func context(_ seed: UInt64) -> StoreContext {
            StoreContext(
                fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: seed), workers: InlineWorkers())
        }

        func open(seed: UInt64 = 1) throws -> EventStore { try EventStore.open(at: "/data", context: context(seed)) }

        /// Takes the key of another place over, as `--key` does.
        func install(keyOf other: Place) throws {
            try disk.createDirectories("/keys")
            try disk.replace(
                "/keys/other.key", with: try other.disk.contents(of: "/data/keys/store.key"), isSecret: true)
            try StoreKey.install(from: "/keys/other.key", into: "/data", context: context(78))
        }

        func importing(_ bytes: [UInt8], asNew: Bool = false, progress: ProgressLine? = nil) throws -> ImportSummary {
            let store = try open(seed: 77)
            defer { try? store.close() }
            var bulk = BulkImport(
                store: store, workers: InlineWorkers(), clock: clock,
                progress: progress ?? ProgressLine(clock: clock, form: .none), takesExportsAsNew: asNew)
            return try bulk.run([BytesSource(bytes, name: "export")])
        }
    }

    static func exported(_ store: EventStore, in times: Range<Int64> = .min ..< .max) throws -> [UInt8] {
        let export = EventExport(
            try store.exportReader(in: times), registry: store.registry, as: .ndjson, pieceBytes: 1000)
        var bytes: [UInt8] = []
        while let piece = try export.next() { bytes += piece }
        return bytes
    }

    static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Rows of every table, sorted. Left out is what tells of the files of one store.
    static func contents(_ store: EventStore) throws -> [String: [String]] {
        let snapshot = store.snapshot()
        var contents: [String: [String]] = [:]
        for name in snapshot.tableNames {
            // How rollups stand in rows follows from where segments end; what is asked of them is compared by the test
            // of rollups.
            guard !name.hasPrefix("rollup_"), let table = snapshot.table(named: name) else { continue }
            var rows: [String] = []
            for morsel in try table.morsels(for: ScanRequest(columns: Array(table.columns.indices))) {
                let vectors = try table.columns.indices.map { try morsel.column($0) }
                for row in 0..<morsel.rowCount {
                    rows.append(vectors.map { "\($0.scalar(at: row))" }.joined(separator: "|"))
                }
            }
            contents[name] = rows.filter { !$0.contains("segment.attached") }.sorted()
        }
        return contents
    }

    /// A column of `llm_call`, sorted.
    static func column(_ name: String, of store: EventStore) throws -> [String] {
        let table = try #require(store.snapshot().table(named: "llm_call"))
        let index = try #require(table.columns.firstIndex { $0.name == name })
        return try table.morsels(for: ScanRequest(columns: [index])).flatMap { morsel in
            let vector = try morsel.column(index)
            return (0..<morsel.rowCount).map { "\(vector.scalar(at: $0))" }
        }.sorted()
    }

    static func expectEqual(_ left: EventStore, _ right: EventStore, _ note: String) throws {
        let (first, second) = (try contents(left), try contents(right))
        #expect(first.keys.sorted() == second.keys.sorted())
        for (name, rows) in first.sorted(by: { $0.key < $1.key }) {
            let other = second[name] ?? []
            let difference = zip(rows, other).first { $0 != $1 }.map { "\($0.0) and \($0.1)" }
            #expect(rows == other, "\(note): \(name), \(rows.count) and \(other.count) rows: \(difference ?? "")")
        }
        let (counted, copied) = (left.snapshot().counters.families, right.snapshot().counters.families)
        for (family, other) in zip(counted, copied) {
            #expect(family.series.map(\.labels) == other.series.map(\.labels), "\(note): \(family.definition.name)")
            #expect(family.series.map(\.value) == other.series.map(\.value), "\(note): \(family.definition.name)")
        }
        #expect(
            left.status.rebookedPicoUSD == right.status.rebookedPicoUSD && left.status.position == right.status.position
        )
    }

    private static func decode(_ lines: [String], _ store: EventStore) -> IngestBatch {
        var decoder = EventDecoder(registry: store.registry, tokeniser: UserTokeniser(key: store.userTokenKey))
        return decoder.decodeLines(Array(lines.joined(separator: "\n").utf8).span).ingestBatch
    }

    private static func price(_ model: String, _ tokenClass: String, _ usd: String, _ validFrom: String, id: String)
        -> String
    {
        #"{"specversion":"1.0","id":"\#(id)","source":"finance","type":"price.set","time":"2026-08-01T00:00:00Z","data":{"#
            + #""provider":"acme","model":"\#(model)","token_class":"\#(tokenClass)","usd_per_million_tokens":"\#(usd)","#
            + #""valid_from":"\#(validFrom)"}}"#
    }

    private static func call(
        _ id: String, _ model: String, user: String? = nil, isTimed: Bool = true, input: Int = 1_000
    ) -> String {
        let time = isTimed ? #","time":"2026-08-01T12:00:00.000000001Z""# : ""
        let person = user.map { #","user_id":"\#($0)""# } ?? ""
        return
            #"{"specversion":"1.0","id":"\#(id)","source":"agent"\#(time),"type":"llm.call","data":{"conversation_id":"c-\#(id)","#
            + #""turn":1,"provider":"acme","request_model":"\#(model)","input_tokens":\#(input),"output_tokens":7,"#
            + #""cache_read_tokens":3\#(person)}}"#
    }

    private struct Unexpected: Error {}

    /// A store with everything that one may hold: late prices, corrections, events without a time, replaced rows,
    /// refused events, notes.
    private static func fill(_ place: Place, _ store: EventStore, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var traffic: [UInt8] = []
        for event in SupportTraffic(WorkloadConfiguration(seed: seed)).generate(eventCount: 900) {
            event.render(into: &traffic)
        }
        let lines = lines(traffic)
        let day = "2026-08-01T00:00:00Z"
        for part in 0..<9 {
            place.clock.advance(nanoseconds: Int64(1_000_000_007 * (part + 1)))
            var batches = [decode(Array(lines[(part * 100)..<((part + 1) * 100)]), store)]
            batches.append(
                decode(["late", "waiting", "changed"].map { call("\($0)-\(part)", $0, user: "u-\(part)") }, store))
            batches.append(decode(["untimed-\(part)", "untimed"].map { call($0, "changed", isTimed: false) }, store))
            batches.append(
                IngestBatch(notes: [
                    SystemNote(type: "trace.settled", data: "{\"part\":\(part),\"text\":\"a\\n\\\"é\"}")
                ]))
            switch part {
            case 1:
                batches.append(
                    decode(["input", "output"].map { price("changed", $0, "2.5", day, id: "first-\($0)") }, store))
            case 3:
                let unknown =
                    #"{"specversion":"1.0","id":"x","source":"s","type":"no.such","time":"2026-08-01T00:00:00Z","data":{"é":1}}"#
                batches.append(decode([price("late", "input", "0.000001", day, id: "late-input"), unknown], store))
            case 6:
                batches.append(
                    decode(["output", "cache_read"].map { price("late", $0, "1", day, id: "late-\($0)") }, store))
                let classes = ["input", "output", "cache_read"]
                batches.append(decode(classes.map { price("changed", $0, "3.75", day, id: "second-\($0)") }, store))
            default: break
            }
            let results = try store.append(batches)
            if part == 2 || part == 5 { try store.seal() }
            let corrected = [4: "changed", 7: "late"][part]
            if let corrected { _ = try store.rebook(provider: "acme", model: corrected, times: .min ..< .max) }
            if part == 6 {
                // A call that is told anew after its price had changed keeps the price of its place.
                guard case .accepted(let position) = results[1].verdicts[2] else { throw Unexpected() }
                let row = decode([call("changed-6", "changed", user: "u-6", input: 2_000)], store).events.bytes
                _ = try store.append([IngestBatch(replacements: [EventReplacement(position: position, row: row)])])
            }
            if random.next(below: 3) == 0 { try store.tick() }
        }
        _ = try store.append([
            IngestBatch(marks: [
                DeliveryMark(destination: "traces http://t:4318", position: 40, receivedTime: 1_785_600_000_000_000_000)
            ])
        ])
    }

    @Test(arguments: [UInt64(1), 2, 3]) func everythingComesAlong(seed: UInt64) throws {
        let (first, second) = (Place(seed), Place(seed + 100))
        let store = try first.open()
        try Self.fill(first, store, seed: seed)
        let export = try Self.exported(store)
        second.clock.advance(nanoseconds: first.clock.wallNanoseconds() - second.clock.wallNanoseconds())
        try second.install(keyOf: first)
        let summary = try second.importing(export)
        #expect(
            summary.accepted == Int(store.status.position) && summary.duplicates == 0 && summary.rejected == 0
                && summary.records > 10)
        let copy = try second.open()
        try Self.expectEqual(store, copy, "seed \(seed)")
        #expect(try Self.exported(copy) == export, "seed \(seed): the export of the copy")
        #expect(copy.snapshot().deliveryMarks == store.snapshot().deliveryMarks)
        #expect(!Self.lines(export).contains { $0.contains("bookedcost") }, "every cost follows from the order")
        #expect(copy.userToken("u-3") == store.userToken("u-3"))
        #expect(try copy.verify().findings == [])
        // Both go on alike, what is sent again included.
        for each in [store, copy] {
            let repeated = [
                Self.call("untimed-8", "changed", isTimed: false), Self.call("late-3", "late", user: "u-3"),
            ]
            let again = try each.append([Self.decode(repeated + [Self.call("new", "changed")], each)])
            #expect(again[0].duplicates == 2 && again[0].accepted == 1)
            _ = try each.rebook(provider: "acme", model: "changed", times: .min ..< .max)
        }
        try Self.expectEqual(store, copy, "seed \(seed), after it went on")
        try store.close()
        try copy.close()
        // Sealed and read back, the same again.
        let reopened = try first.open()
        try reopened.seal()
        let again = try second.open()
        #expect(try Self.exported(reopened) == (try Self.exported(again)))
        try reopened.close()
        try again.close()
    }

    @Test func anImportMayBeRepeatedAndGoOn() throws {
        let (first, second) = (Place(11), Place(12))
        let store = try first.open()
        try Self.fill(first, store, seed: 11)
        let half = try Self.exported(store)
        try second.install(keyOf: first)
        // Cut in the middle of a line of the second half: what came is kept and said.
        let cut = Array(half.prefix(half.count * 2 / 3))
        #expect(throws: ImportError.self) { try second.importing(cut) }
        let whole = try second.importing(half)
        #expect(whole.accepted + whole.duplicates == Int(store.status.position))
        let repeated = try second.importing(half)
        #expect(repeated.accepted == 0 && repeated.duplicates == Int(store.status.position) && repeated.records == 0)
        // A later export of a store that went on brings what is new.
        _ = try store.append([Self.decode([Self.call("later", "late")], store)])
        _ = try store.rebook(provider: "acme", model: nil, times: .min ..< .max)
        #expect(try second.importing(try Self.exported(store)).accepted == 1)
        let copy = try second.open()
        try Self.expectEqual(store, copy, "after it went on")
        try store.close()
        try copy.close()
    }

    @Test func whatCannotBeMovedIsRefusedBeforeItBegins() throws {
        let (first, second) = (Place(21), Place(22))
        let store = try first.open()
        _ = try store.append([Self.decode([Self.call("a", "late", user: "u-1"), Self.call("b", "late")], store)])
        let export = try Self.exported(store)
        func refusal(_ bytes: [UInt8], _ place: Place) throws -> String {
            do {
                let summary = try place.importing(bytes)
                return "taken: \(summary.text)"
            } catch let error as RestoreRefusal { return "\(error.reason); \(error.advice)" } catch {
                return "\(error)"
            }
        }
        #expect(
            try refusal(export, second).contains("tokens of another key") && refusal(export, second).contains("--key"))
        let part = try Self.exported(store, in: 0..<Int64.max)
        #expect(try refusal(part, second).contains("a part of its store"))
        let new = try second.open()
        #expect(new.status.position == 0)
        _ = try new.append([Self.decode([Self.call("own", "late")], new)])
        try new.close()
        #expect(try refusal(export, second).contains("has events already"))
        // Lines that are missing, changed or out of place are told, whatever the key.
        let third = Place(23)
        try third.install(keyOf: first)
        var lines = Self.lines(export)
        lines.remove(at: 1)
        #expect(try refusal(Array(lines.joined(separator: "\n").utf8), third).contains("lines are missing"))
        #expect(try refusal(export + export, Place(24, at: first.clock.wallNanoseconds())).contains("another key"))
        let other = Place(25)
        try other.install(keyOf: first)
        #expect(try refusal(export + export, other).contains("the export has ended before it"))
        // An empty store takes the key; one with events keeps its own.
        let empty = Place(26)
        try empty.open(seed: 79).close()
        try empty.install(keyOf: first)
        #expect(try refusal(export, empty).hasPrefix("taken: accepted 2,"))
        #expect(throws: RestoreRefusal.self) { try second.install(keyOf: first) }
        // Taken as new, nothing is refused but what is left out is said.
        let summary = try second.importing(export, asNew: true)
        #expect(summary.accepted == 2 && summary.leftOut == 2 && summary.text.contains("left out"))
        try store.close()
    }

    @Test func aStoreWithoutUsersNeedsNoKey() throws {
        let (first, second) = (Place(31), Place(32))
        let store = try first.open(seed: 5)
        let price = Self.price("late", "input", "3", "2026-01-01T00:00:00Z", id: "p")
        _ = try store.append([Self.decode([Self.call("a", "late"), price], store)])
        _ = try store.rebook(provider: "acme", model: nil, times: .min ..< .max)
        let export = try Self.exported(store)
        #expect(try second.importing(export).accepted == 2)
        #expect(try second.importing(export).duplicates == 2)
        let copy = try second.open()
        let (left, right) = (try Self.contents(store), try Self.contents(copy))
        #expect(left["llm_call"] == right["llm_call"] && left["conversations"] == right["conversations"])
        try store.close()
        try copy.close()
    }

    /// An event without a time stands in the day it was given, wherever it is imported, and counts once.
    @Test func eventsWithoutATimeKeepTheirDay() throws {
        let (first, second) = (Place(41), Place(42, at: WorkloadConfiguration.defaultStart + 400 * 3_600_000_000_000))
        let store = try first.open()
        _ = try store.append([Self.decode([Self.call("a", "late", isTimed: false)], store)])
        first.clock.advance(nanoseconds: 25 * 3_600_000_000_000)
        try store.seal()
        // A day later it is another event.
        _ = try store.append([Self.decode([Self.call("a", "late", isTimed: false)], store)])
        let export = try Self.exported(store)
        let line = try #require(Self.lines(export).first { $0.contains(#""timegiven":true"#) })
        #expect(
            line.contains(#""time":"\#(RFC3339.render(WorkloadConfiguration.defaultStart + 30 * 3_600_000_000_000))""#))
        for asNew in [false, true] {
            let place = asNew ? Place(43, at: second.clock.wallNanoseconds()) : second
            try place.install(keyOf: first)
            #expect(try place.importing(export, asNew: asNew).accepted == 2)
            #expect(try place.importing(export, asNew: asNew).duplicates == 2)
            let copy = try place.open()
            let (times, again) = (try Self.column("time", of: copy), try Self.exported(copy))
            #expect(times == (try Self.column("time", of: store)) && times.count == 2)
            #expect(asNew || again == export)
            try copy.close()
        }
        try store.close()
    }

    /// What a refused import made goes again; what was there before stays.
    @Test func aRefusedImportLeavesNothingBehind() throws {
        let place = Place(5)
        for existed in [false, true] {
            if existed { try place.disk.createDirectories("/data") }
            let ground = try CreatedDirectory("/data", place.disk)
            let store = try place.open()
            try store.close()
            #expect(try !place.disk.list("/data").isEmpty)
            try ground.leave()
            #expect(try place.disk.isDirectory("/data") == existed)
            if existed { #expect(try place.disk.list("/data").isEmpty) }
        }
        try place.open().close()
        let before = try place.disk.list("/data")
        let taken = try CreatedDirectory("/data", place.disk)
        try taken.leave()
        #expect(try place.disk.list("/data") == before && !before.isEmpty)
    }
}
