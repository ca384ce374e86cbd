import Bytes
import Domain
import Testing

/// Rows as views: what one tells, and what becomes of many among the same bytes.
@Suite struct EventRowsTests {
    private static let registry = SchemaRegistry.builtIn

    /// Model calls of one source, end to end, a second apart; nil: without a time.
    private static func rows(_ events: [(id: String, seconds: Int64?)], turn: Int64 = 7) throws -> EventRows {
        let known = registry.wellKnown
        var writer = EventRowWriter()
        for event in events {
            writer.begin(
                type: registry.wellKnownTypes.llmCall, time: (event.seconds ?? 0) * 1_000_000_000,
                isTimeAbsent: event.seconds == nil)
            let fields: [(UInt16, EventValue)] = [
                (known.id, .text(event.id)), (known.source, .text("s")), (known.tenant, .text("t")),
                (known.turn, .integer(turn)),
            ]
            for (column, value) in fields.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
            writer.end()
        }
        return try EventRows(checking: writer.take(), registry: registry)
    }

    private static func ids(_ rows: EventRows) -> [String] { rows.map { String(decoding: $0.id, as: UTF8.self) } }

    @Test func aRowIsTouchedUpToItsNeighbour() throws {
        let rows = try Self.rows([("a", 1), (String(repeating: "b", count: 200), nil), ("ccc", 3)])
        for (index, row) in rows.enumerated() {
            #expect(rows.touched(index) == rows.bytes.span.touched(from: row.start, length: row.byteCount))
        }
        // In another order, with a gap: some of it is, and nothing beyond the bytes.
        let turned = EventRows(bytes: rows.bytes, starts: [rows.starts[2], rows.starts[0]])
        #expect(turned.touched(0) == 0)
        #expect(turned.touched(1) == rows.bytes.span.touched(from: 0, length: rows.bytes.count))
    }

    /// One walk finds what several would.
    @Test func aSurveyIsWhatEachRowTells() throws {
        let call = Self.registry.wellKnownTypes.llmCall
        let rows = try Self.rows([("a", 5), ("b", 3), ("c", 9)])
        let survey = EventRowSurvey(rows, key: 77, noting: [call])
        #expect(survey.hashes == rows.identityHashes(key: 77))
        #expect(survey.times == 3_000_000_000...9_000_000_000)
        #expect(!survey.lacksTime && survey.areEndToEnd && survey.noted == [0, 1, 2])
        // The time of an event that came without one says nothing.
        let untimed = EventRowSurvey(try Self.rows([("a", 5), ("b", nil)]), key: 1, noting: [call + 1])
        #expect(untimed.times == 5_000_000_000...5_000_000_000 && untimed.lacksTime && untimed.noted.isEmpty)
        #expect(EventRowSurvey(try Self.rows([("a", nil)]), key: 1, noting: []).times == nil)
        // In another order, and with bytes behind the last row.
        for starts in [[rows.starts[1], rows.starts[0], rows.starts[2]], Array(rows.starts[..<2])] {
            let turned = EventRowSurvey(EventRows(bytes: rows.bytes, starts: starts), key: 1, noting: [])
            #expect(!turned.areEndToEnd && turned.hashes.count == starts.count)
        }
        let none = EventRowSurvey(EventRows(), key: 1, noting: [call])
        #expect(none.hashes.isEmpty && none.times == nil && !none.lacksTime && none.areEndToEnd)
    }

    @Test func aRowIsReadWhereItLies() throws {
        let rows = try Self.rows([("a", 1), ("bb", nil), ("ccc", 3)])
        #expect(Self.ids(rows) == ["a", "bb", "ccc"])
        #expect(rows.map(\.time) == [1_000_000_000, 0, 3_000_000_000])
        #expect(rows.map(\.isTimeAbsent) == [false, true, false])
        #expect(rows.allSatisfy { $0.type == Self.registry.wellKnownTypes.llmCall })
        #expect(rows.reduce(0) { $0 + $1.byteCount } == rows.bytes.count && rows.areEndToEnd)
        // Alone it says the same.
        for row in rows {
            let alone = EventRow(row.copy)
            #expect(alone.start == 0 && alone.bytes.count == row.byteCount)
            #expect(alone.hasIdentity(of: row) && alone.hasContent(of: row))
            #expect(alone.identityHash(key: 9) == row.identityHash(key: 9))
            #expect(alone.integer(of: Self.registry.wellKnown.turn) == 7)
        }
    }

    @Test func onlyWholeRowsInOrderAreEndToEnd() throws {
        let rows = try Self.rows([("a", 1), ("b", 2), ("c", 3)])
        for starts in [[0, 1], [1, 2], [0, 2], [1, 0, 2]] {
            let some = EventRows(bytes: rows.bytes, starts: starts.map { rows.starts[$0] })
            #expect(!some.areEndToEnd, "\(starts)")
            var copied = EventRows()
            for row in some { copied.append(row) }
            #expect(copied.areEndToEnd && Self.ids(copied) == Self.ids(some))
        }
        #expect(EventRows().areEndToEnd)
    }

    @Test func rowsBehindOthersBeginLater() throws {
        var rows = try Self.rows([("a", 1), ("b", 2)])
        let more = try Self.rows([("c", 3), ("d", 4)])
        rows.append(contentsOf: EventRows(bytes: more.bytes, starts: [more.starts[1]]))
        #expect(Self.ids(rows) == ["a", "b", "d"])
        rows.append(rows[0])
        #expect(Self.ids(rows) == ["a", "b", "d", "a"])
    }

    @Test func aTimeThatIsSetShowsInNoOtherView() throws {
        var rows = try Self.rows([("a", 1), ("b", nil)])
        let before = rows[1]
        rows.set(time: -2, ofRow: 1)
        #expect(rows[1].time == -2 && rows[1].isTimeAbsent && before.time == 0)
        #expect(rows[0].time == 1_000_000_000)
        // Without a time of its own an event is the same whenever it came.
        #expect(before.hasIdentity(of: rows[1]) && before.identityHash(key: 1) == rows[1].identityHash(key: 1))
    }

    @Test func identityIsWhoAndWhen() throws {
        let row = try Self.rows([("a", 1)])[0]
        let changed = try Self.rows([("a", 1)], turn: 8)[0]
        #expect(row.hasIdentity(of: changed) && !row.hasContent(of: changed))
        for other in try Self.rows([("b", 1), ("a", 2), ("a", nil)]) {
            #expect(!row.hasIdentity(of: other))
            #expect(row.identityHash(key: 3) != other.identityHash(key: 3))
        }
    }

    /// Equal events have equal bytes: what readers would pass over is refused.
    @Test func bytesThatSayNothingAreRefused() throws {
        let (registry, known) = (Self.registry, Self.registry.wellKnown)
        let stream = try #require(registry.column(named: "stream"))
        var writer = EventRowWriter()
        writer.begin(type: registry.wellKnownTypes.llmCall, time: 1, isTimeAbsent: true)
        let fields: [(UInt16, EventValue)] = [
            (known.id, .text("a")), (known.source, .text("s")), (known.tenant, .text("t")), (stream, .boolean(true)),
        ]
        for (column, value) in fields.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
        writer.end()
        let sound = writer.take()
        #expect(try EventRows(checking: sound, registry: registry).count == 1)
        for bit in 1..<8 {
            var bytes = sound
            bytes[6] |= 1 << UInt8(bit)
            #expect(throws: DecodingError.self) { _ = try EventRows(checking: bytes, registry: registry) }
        }
        // The boolean is the last field, and its value the last byte.
        for value in 0...255 as ClosedRange<UInt8> {
            var bytes = sound
            bytes[bytes.count - 1] = value
            let isTaken = (try? EventRows(checking: bytes, registry: registry)) != nil
            #expect(isTaken == (value < 2), "\(value)")
        }
    }
}
