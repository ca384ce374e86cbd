import Bytes
import Domain
import Testing

/// Fields that are spread over places against the same walk, field by field.
@Suite struct FieldBlockTests {
    /// Numbers that mean nothing, always the same.
    private struct Draw {
        var state: UInt64 = 11

        mutating func next(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    /// Numbers of every length as varints.
    private static let integers: [Int64] = {
        var integers: [Int64] = [0, -1, 1, .min, .max]
        for bit in 0..<63 {
            let power = Int64(1) << Int64(bit)
            integers += [power, -power - 1]
        }
        return integers
    }()
    private static let columnCount = 40

    /// Rows with any of forty columns, which go by kind in turns: integer, text, boolean, double, JSON.
    private static func rows(_ count: Int, _ draw: inout Draw) -> EventRows {
        var (writer, starts) = (EventRowWriter(), [UInt32]())
        for row in 0..<count {
            starts.append(UInt32(writer.sink.count))
            writer.begin(type: 3, time: Int64(row), isTimeAbsent: false)
            for column in 0..<columnCount where draw.next(below: 3) > 0 {
                let text = Array(String(repeating: "é", count: draw.next(below: 3) * draw.next(below: 70)).utf8)
                switch column % 5 {
                case 0: writer.add(UInt16(column), integer: integers[draw.next(below: integers.count)])
                case 1: writer.add(UInt16(column), utf8: text.span, isJSON: false)
                case 2: writer.add(UInt16(column), boolean: draw.next(below: 2) == 1)
                case 3: writer.add(UInt16(column), double: Double(draw.next(below: 1000)) / 7)
                default: writer.add(UInt16(column), utf8: text.span, isJSON: true)
                }
            }
            writer.end()
        }
        return EventRows(bytes: writer.take(), starts: starts)
    }

    private static func word(_ value: EventRowCursor.Value) -> UInt64 {
        switch value {
        case .integer(let value): UInt64(bitPattern: value)
        case .double(let value): value.bitPattern
        case .boolean(let value): value ? 1 : 0
        case .text(let range), .json(let range): UInt64(range.lowerBound) << 32 | UInt64(range.count)
        }
    }

    @Test func numbersOfEveryLengthAreReadAsTheyWereWritten() {
        var writer = EventRowWriter()
        writer.begin(type: 3, time: 0, isTimeAbsent: false)
        for (column, value) in Self.integers.enumerated() { writer.add(UInt16(column), integer: value) }
        writer.end()
        let row = EventRow(writer.take())
        var (cursor, found) = (EventRowCursor(row), [Int64]())
        while cursor.advance(in: row) {
            if case .integer(let value) = cursor.value { found.append(value) }
        }
        #expect(found == Self.integers)
    }

    @Test func aPlaceHasWhatAWalkFinds() {
        var draw = Draw()
        // Every seventh column is not wanted; the others are in the opposite order.
        let targets = (0..<Self.columnCount).map { $0 % 7 == 0 ? -1 : Self.columnCount - 1 - $0 }
        var block = FieldBlock(targets: targets, placeCount: Self.columnCount, capacity: 20)
        for count in [20, 1, 0, 13] {
            let rows = Self.rows(count, &draw)
            var expected = [[(row: UInt16, word: UInt64)]](repeating: [], count: Self.columnCount)
            for (number, row) in rows.enumerated() {
                #expect(!block.isFull)
                block.append(row)
                var cursor = EventRowCursor(row)
                while cursor.advance(in: row) {
                    let target = targets[Int(cursor.column)]
                    if target >= 0 { expected[target].append((UInt16(number), Self.word(cursor.value))) }
                }
            }
            #expect(block.rowCount == count && block.isFull == (count == 20))
            for place in 0..<Self.columnCount {
                #expect(block.count(at: place) == expected[place].count)
                let found = block.withValues(at: place) { words, rows in
                    (words.indices.map { words[$0] }, rows.indices.map { rows[$0] })
                }
                #expect(found.0 == expected[place].map(\.word), "place \(place)")
                #expect(found.1 == expected[place].map(\.row), "place \(place)")
            }
            block.removeAll()
        }
    }
}
