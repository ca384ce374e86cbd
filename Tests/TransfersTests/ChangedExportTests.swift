import EventStores
import Intakes
import Platform
import Testing
import Transfers
import WireFormats

/// Exports that were changed and would poison a store: the refusal says where and what to do, and the store opens and
/// goes on.
@Suite struct ChangedExportTests {
    /// A call that nobody has a price for.
    private static func call(_ id: String, _ store: EventStore) -> IngestBatch {
        let line =
            #"{"specversion":"1.0","id":"\#(id)","source":"agent","time":"2026-08-01T12:00:00Z","type":"llm.call","data":{"#
            + #""provider":"acme","request_model":"m","input_tokens":1000,"output_tokens":7}}"#
        var decoder = EventDecoder(registry: store.registry, tokeniser: UserTokeniser(key: store.userTokenKey))
        return decoder.decodeLines(Array(line.utf8).span).ingestBatch
    }

    /// The lines with the checksums that they would have had if they had been written so.
    private static func sealedAgain(_ lines: [String]) -> [UInt8] {
        var (checksum, bytes) = (ExportChecksum(), [UInt8]())
        for line in lines {
            let text = Array(line.utf8)
            if line.contains(#""type":"export.checkpoint""#) {
                let count = checksum.lines
                bytes += Array(ExportCheckpoint(lines: count, checksum: checksum.told()).line.utf8)
            } else if var end = ExportTrailer(parsing: text), line.contains(#""type":"export.ended""#) {
                end.checksum = checksum.told()
                bytes += Array(end.line.utf8)
            } else {
                checksum.add(ExportLineHash.of(text.span))
                bytes += text + [0x0A]
            }
        }
        return bytes
    }

    /// The lines of an export of so many events.
    private static func lines(of count: Int, _ place: MovingTests.Place) throws -> [String] {
        let store = try place.open()
        defer { try? store.close() }
        _ = try store.append((0..<count).map { call("e\($0)", store) })
        return MovingTests.lines(try MovingTests.exported(store))
    }

    private static func bytes(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }

    /// How importing lines ends, and how many events are there then.
    private static func outcome(_ bytes: [UInt8], _ place: MovingTests.Place) throws -> (told: String, events: Int64) {
        var told = ""
        do {
            told = try place.importing(bytes).text
        } catch let error as ImportError { told = "\(error)" } catch let error as RestoreRefusal { told = error.reason }
        let store = try place.open()
        defer { try? store.close() }
        return (told, store.status.position)
    }

    /// One of the ways in which a file changes that keep every line readable.
    enum Change: CaseIterable { case digit, swap, name, drop, double }

    @Test(arguments: Change.allCases) func everyChangeIsToldAndWhatWasConfirmedIsKept(change: Change) throws {
        let lines = try Self.lines(of: 1_000, MovingTests.Place(61))
        #expect(lines.count == 1_000 + 2 + 1_001 / ExportChecksum.stretchLines)
        // Line 601 of the file: in the third stretch, behind two checkpoints.
        var changed = lines
        switch change {
        case .digit: changed[600] = lines[600].replacing(#""input_tokens":1000"#, with: #""input_tokens":1001"#)
        case .swap: changed.swapAt(600, 601)
        case .name: changed[600] = lines[600].replacing("output_tokens", with: "output_tokenz")
        case .drop: changed.remove(at: 600)
        case .double: changed.insert(lines[600], at: 600)
        }
        #expect(changed != lines)
        let (told, events) = try Self.outcome(Self.bytes(changed), MovingTests.Place(62))
        // The first line is no event.
        #expect(events == 511 && told.contains("the first 511 events are kept"), "\(told)")
        #expect(told.contains("lines 515 to ") && told.contains("checksum"), "\(told)")
        let whole = try Self.outcome(Self.bytes(lines), MovingTests.Place(63))
        #expect(whole.events == 1_000 && whole.told.contains("accepted 1000"), "\(whole.told)")
    }

    @Test func aCutInALineKeepsWhatCameBefore() throws {
        let bytes = Self.bytes(try Self.lines(of: 600, MovingTests.Place(64)))
        let place = MovingTests.Place(65)
        let cut = try Self.outcome(Array(bytes.dropLast(2_000)), place)
        #expect(cut.events == 511 && cut.told.contains("the first 511 events are kept"), "\(cut.told)")
        #expect(try Self.outcome(bytes, place).told.contains("accepted 89, duplicates 511"))
    }

    @Test func anExportWithoutItsFirstLineIsNoWholeOne() throws {
        let lines = try Self.lines(of: 3, MovingTests.Place(66))
        let (told, events) = try Self.outcome(Self.bytes(Array(lines.dropFirst())), MovingTests.Place(67))
        #expect(events == 0 && told.contains("its first line is missing"), "\(told)")
        let summary = try MovingTests.Place(68).importing(Self.bytes(Array(lines.dropFirst())), asNew: true)
        #expect(summary.accepted == 3 && summary.leftOut == 1)
    }

    @Test func recordsOfUnknownKindsAreRefusedByName() throws {
        var lines = try Self.lines(of: 3, MovingTests.Place(69))
        let record =
            #"{"specversion":"1.0","id":"2","source":"plimsoll","type":"export.record","data":{"position":2,"#
            + #""received_time":"2026-08-01T00:00:00Z","kind":"outcomes.srt","record":"{}"}}"#
        lines.insert(record, at: 3)
        let (told, events) = try Self.outcome(Self.sealedAgain(lines), MovingTests.Place(70))
        #expect(events == 0 && told.contains("line 4") && told.contains("outcomes.srt"), "\(told)")
    }

    /// Exports of before had no checksums: they are read, and it is said.
    @Test func anExportOfFormatOneIsReadWithAWord() throws {
        var lines = try Self.lines(of: 600, MovingTests.Place(71)).filter { !$0.contains("export.checkpoint") }
        lines[0] = lines[0].replacing(#""format":2"#, with: #""format":1"#)
        lines[601] = ExportTrailer(events: 600, records: 0).line.replacing("\n", with: "")
        let whole = try Self.outcome(Self.bytes(lines), MovingTests.Place(72))
        #expect(whole.events == 600 && whole.told.contains("no checksums"), "\(whole.told)")
        lines[300] = "{broken"
        let broken = try Self.outcome(Self.bytes(lines), MovingTests.Place(73))
        #expect(
            broken.events == 299 && broken.told.contains("line 301") && broken.told.contains("299 events are kept"),
            "\(broken.told)")
    }

    @Test func spansOfAnExportAreLeftOutWhereItsEventsAreNew() throws {
        var lines = try Self.lines(of: 2, MovingTests.Place(74))
        lines.insert(
            #"{"specversion":"1.0","id":"s","source":"agent","time":"2026-08-01T12:00:00Z","type":"span.received","#
                + #""data":{"trace_id":"a"}}"#, at: 2)
        let summary = try MovingTests.Place(75).importing(Self.bytes(lines), asNew: true)
        #expect(summary.accepted == 2 && summary.spansLeftOut == 1 && summary.rejected == 0)
        #expect(summary.text.contains("1 spans were left out: what was derived from them is kept"))
        #expect(summary.json.contains(#""spans_left_out":1"#))
    }

    /// Imports an export of two events of which the second says something else.
    /// - Returns: why not; nil where it was taken.
    private func refusal(_ name: String, _ value: String) throws -> String? {
        let (first, second) = (MovingTests.Place(51), MovingTests.Place(52))
        let store = try first.open()
        _ = try store.append([Self.call("a", store)])
        first.clock.advance(nanoseconds: 1_000_000_000)
        _ = try store.append([Self.call("b", store)])
        var lines = MovingTests.lines(try MovingTests.exported(store))
        var members = lines[2].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        members.removeAll { $0.contains("\"\(name)\":") }
        members.insert("\"\(name)\":\"\(value)\"", at: 1)
        lines[2] = members.joined(separator: ",")
        let changed = Self.sealedAgain(lines)
        var reason: String?
        do {
            _ = try second.importing(changed)
        } catch let error as RestoreRefusal {
            #expect(!error.advice.isEmpty)
            reason = error.reason
        }
        let copy = try second.open()
        #expect(copy.status.position == (reason == nil ? 2 : 0))
        second.clock.advance(nanoseconds: 60_000_000_000)
        _ = try copy.append([Self.call("own", copy)])
        _ = try copy.rebook(provider: "acme", model: nil, times: .min ..< .max)
        try store.close()
        try copy.close()
        return reason
    }

    @Test(arguments: [
        ("2262-04-11T23:47:16.854775807Z", "more than 24 h ahead"), ("2027-01-01T00:00:00Z", "more than 24 h ahead"),
        ("1969-12-31T23:59:59Z", "before 1970"),
        ("2001-01-01T00:00:00Z", "not before the one of the event ahead of it"),
    ])
    func aReceivedTimeThatCannotBeIsRefused(time: String, reason: String) throws {
        let told = try #require(try refusal("receivedtime", time))
        #expect(told.contains("event 2 (line 3)") && told.contains(reason), "\(told)")
    }

    @Test(arguments: [
        "priced;170141183460469231731687303715884105727;170141183460469231731687303715884105727;170141183460469231731687303715884105727",
        "priced;-5000000000000;-5000000000000;-5000000000000",
        "priced;9000000000000000000;9000000000000000000;9000000000000000000",
        "priced;;0;", "priced;5;4;5", "priced;5;5;6", "priced;5;5;", "priced;5;5;5;input", "priced;+5;5;5",
        "partly;5;5;5",
        "partly;;7;6;output", "partly;;-1;;output", "unpriced;;1;;input", "unpriced;0;0;0", "free;0;0;0", "", "priced",
    ])
    func aCostThatNoCallHasIsRefused(cost: String) throws {
        let told = try #require(try refusal("bookedcost", cost))
        #expect(told.contains("event 2 (line 3) of the export lacks a cost that a call can have"), "\(told)")
    }

    @Test(arguments: [
        "priced;5;5;5", "priced;0;0;0", "partly;;7;;output", "partly;;7;9;reading", "partly;;7;",
        "unpriced;;0;;input,output",
    ])
    func aCostThatACallMayHaveIsTaken(cost: String) throws {
        #expect(try refusal("bookedcost", cost) == nil)
    }
}
