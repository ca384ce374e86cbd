import Columnar
import Hashing
import Shipping
import Testing

/// Values and rows as ClickHouse's `RowBinary` has them.
@Suite struct RowBinaryTests {
    private static func bytes(_ body: (inout RowBinary) -> Void) -> [UInt8] {
        var binary = RowBinary()
        body(&binary)
        return binary.bytes
    }

    @Test func numbersBeginWithTheirLastByte() {
        #expect(Self.bytes { $0.append(int64: 1) } == [1, 0, 0, 0, 0, 0, 0, 0])
        #expect(Self.bytes { $0.append(int64: -2) } == [0xFE] + [UInt8](repeating: 0xFF, count: 7))
        #expect(Self.bytes { $0.append(uint64: .max) } == [UInt8](repeating: 0xFF, count: 8))
        #expect(Self.bytes { $0.append(double: 1.5) } == [0, 0, 0, 0, 0, 0, 0xF8, 0x3F])
        #expect(Self.bytes { $0.append(boolean: true) } == [1])
        #expect(Self.bytes { $0.append(isNull: true) } == [1])
    }

    @Test func amountsAre128Bits() {
        #expect(Self.bytes { $0.append(decimal: 0x0102) } == [2, 1] + [UInt8](repeating: 0, count: 14))
        #expect(Self.bytes { $0.append(decimal: -1) } == [UInt8](repeating: 0xFF, count: 16))
        let large = Self.bytes { $0.append(decimal: 1 << 64) }
        #expect(large == [UInt8](repeating: 0, count: 8) + [1] + [UInt8](repeating: 0, count: 7))
    }

    @Test func textsHaveTheirLengthBeforeThem() {
        #expect(Self.bytes { $0.append(text: [0x61, 0x00, 0xFF]) } == [3, 0x61, 0x00, 0xFF])
        let long = Self.bytes { $0.append(text: [UInt8](repeating: 0x62, count: 300)[...]) }
        #expect(Array(long.prefix(3)) == [0xAC, 0x02, 0x62] && long.count == 302)
        let hash = Hash128(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
        #expect(Self.bytes { $0.append(hash: hash) } == Array(1...16))
    }

    private static let calls = ShippedTable(
        name: "llm_call", kind: .events,
        columns: [
            TableColumn(name: "position", type: .integer), TableColumn(name: "time", type: .timestamptz),
            TableColumn(name: "tenant", type: .text), TableColumn(name: "conversation_id", type: .text),
            TableColumn(name: "cost_usd", type: .numeric(scale: 12)),
        ])

    private static func rows(cost: Scalar, conversation: Scalar = .text("c")) -> ShippedRows {
        let values: [Scalar] = [.integer(7), .timestamptz(9), .text("a"), conversation, cost]
        let columns = zip(calls.columns, values).map { column, value in
            Vector(type: column.type, count: 1, storage: .scalars([value]))
        }
        return ShippedRows(events: Chunk(columns: columns, rowCount: 1), of: calls)
    }

    private static func encoded(_ rows: ShippedRows, _ role: ClickHouseTable.Role) -> [UInt8] {
        var (encoder, sink) = (ClickHouseRows(ClickHouseTable(calls, role), node: 1), RowBinary())
        encoder.append(rows, 0, revision: 5, hash: 0xAB, to: &sink)
        return sink.bytes
    }

    private static func word(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    @Test func aRowIsItsColumnsInOrder() {
        let shard = ShippedKey.of([.text("a"), .text("c")]).low
        let head = Self.word(7) + Self.word(9) + [0, 1, 0x61] + [0, 1, 0x63]
        let tail = Self.word(1) + Self.word(shard) + Self.word(0xAB) + Self.word(5)
        let cost = [UInt8(0), 3] + [UInt8](repeating: 0, count: 15)
        #expect(Self.encoded(Self.rows(cost: .numeric(3, scale: 12)), .facts) == head + cost + tail)
        // Of the overlay a row says also whether it is there.
        #expect(Self.encoded(Self.rows(cost: .null), .overlay) == head + [1] + tail + [0])
    }

    @Test func whatIsGoneHasItsPlaceAlone() {
        var (encoder, sink) = (ClickHouseRows(ClickHouseTable(Self.calls, .overlay), node: 2), RowBinary())
        encoder.append(gone: .position(7), revision: 6, to: &sink)
        #expect(sink.bytes == Self.word(7) + Self.word(0) + [1, 1, 1] + Self.word(2) + Self.word(0) + Self.word(0)
            + Self.word(6) + [1])
    }

    @Test func hashesTellRowsApart() {
        var encoder = ClickHouseRows(ClickHouseTable(Self.calls, .facts), node: 1)
        let rows = [
            Self.rows(cost: .null), Self.rows(cost: .numeric(0, scale: 12)), Self.rows(cost: .numeric(1, scale: 12)),
            Self.rows(cost: .null, conversation: .text("")), Self.rows(cost: .null, conversation: .null),
        ]
        #expect(Set(rows.map { encoder.hash($0, 0) }).count == rows.count)
        // A column that is added later, and null, changes nothing.
        let wider = ShippedTable(
            name: "llm_call", kind: .events, columns: Self.calls.columns + [TableColumn(name: "new", type: .text)])
        var later = ClickHouseRows(ClickHouseTable(wider, .facts), node: 1)
        let chunk = rows[2].chunk
        let added = Vector(type: .text, count: 1, storage: .scalars([.null]))
        let same = ShippedRows(events: Chunk(columns: chunk.columns + [added], rowCount: 1), of: wider)
        #expect(later.hash(same, 0) == encoder.hash(rows[2], 0))
    }
}
