import Domain
import Testing

/// A row that is written into room made for it has the bytes that the writer gives it.
@Suite struct EventRowRoomTests {
    /// To either side of where a varint gets another byte, and of where it is no longer part of the head.
    private static let integers: [Int64] = [
        0, 1, -1, 63, 64, -64, -65, 8191, 8192, 1_048_576, -1_048_577, 134_217_728, 17_179_869_183, 17_179_869_184,
        -17_179_869_184, -17_179_869_185, 1_785_542_400_000_000_000, .max, .min,
    ]

    @Test(arguments: [0, 1, 3, 7, 8, 9, 15, 16, 17, 24, 32, 33, 39, 40, 41, 127, 128, 300, 20_000])
    func rowsAreTheSame(length: Int) {
        // The text stands in the middle, at the end, where no word can be read behind it, and alone.
        let text = (0..<length).map { UInt8(truncatingIfNeeded: 0x20 + $0 % 90) }
        for (before, behind) in [(5, 40), (5, 0), (0, 0), (0, 7)] {
            let source = [UInt8](repeating: 0x21, count: before) + text + [UInt8](repeating: 0x22, count: behind)
            var writer = EventRowWriter()
            writer.begin(type: 3, time: -5, isTimeAbsent: before == 0)
            let fieldCount = Self.integers.count + 4
            let most = EventRowRoom.rowBytesMax + fieldCount * EventRowRoom.fieldBytesMax + 2 * length
            var bytes = [UInt8](repeating: 0xEE, count: 11 + most)
            var room = bytes.mutableSpan
            var place = 11
            EventRowRoom.begin(type: 3, time: -5, isTimeAbsent: before == 0, in: &room, at: &place)
            var column: UInt16 = 0
            for value in Self.integers {
                writer.add(column, integer: value)
                EventRowRoom.put(column, integer: value, in: &room, at: &place)
                column += 1
            }
            writer.add(column, double: -0.1)
            EventRowRoom.put(column, double: (-0.1).bitPattern, in: &room, at: &place)
            writer.add(column + 1, boolean: true)
            EventRowRoom.put(column + 1, boolean: true, in: &room, at: &place)
            for (next, isJSON) in [(column + 2, false), (column + 300, true)] {
                writer.add(next, utf8: text.span, isJSON: isJSON)
                EventRowRoom.put(
                    next, utf8: source.span, from: before, length: length, isJSON: isJSON, in: &room, at: &place)
            }
            writer.end()
            EventRowRoom.end(from: 11, to: place, fields: UInt8(fieldCount), in: &room)
            #expect(Array(bytes[11..<place]) == writer.take(), "\(length) bytes, \(before) before, \(behind) behind")
        }
    }
}
