internal import Domain

extension EventAssembler {
    /// Writes the row of the event whose slots are filled, in one pass: room is made for all of it beforehand.
    /// - Parameters:
    ///   - strings: holds its texts.
    ///   - index: which event of the input it is.
    mutating func writeRow(_ strings: Span<UInt8>, type: UInt16, isTimeAbsent: Bool, index: Int) {
        result.batch.starts.append(UInt32(rowsEnd))
        result.eventIndexes.append(UInt32(truncatingIfNeeded: index))
        if rows.count - rowsEnd < rowBytesMax { makeRoom() }
        // They change hands, since what is written into them are other parts of this value.
        var room: [UInt8] = []
        swap(&room, &rows)
        let end = Self.write(
            (type, time, isTimeAbsent), filled, slots.span, wordCount, strings, scratch.span, to: &room, at: rowsEnd)
        swap(&room, &rows)
        rowsEnd = end
        for column in withheldColumns { withheldCounts[Int(column)] += 1 }
        for column in unknownValueColumns { unknownValueCounts[Int(column)] += 1 }
    }

    /// Writes a row into room that was made for it.
    /// - Returns: where it ends.
    private static func write(
        _ head: (type: UInt16, time: Int64, isTimeAbsent: Bool), _ filled: InlineArray<16, UInt64>,
        _ slots: Span<FieldSlot>, _ wordCount: Int, _ strings: Span<UInt8>, _ scratch: Span<UInt8>,
        to rows: inout [UInt8], at start: Int
    ) -> Int {
        var place = start
        var fields: UInt8 = 0
        var room = rows.mutableSpan
        EventRowRoom.begin(
            type: head.type, time: head.time, isTimeAbsent: head.isTimeAbsent, in: &room, at: &place)
        for word in 0..<wordCount {
            var bits = filled[word]
            while bits != 0 {
                let column = word << 6 + bits.trailingZeroBitCount
                bits &= bits - 1
                fields &+= 1
                writeField(UInt16(column), slots[column], strings, scratch, in: &room, at: &place)
            }
        }
        EventRowRoom.end(from: start, to: place, fields: fields, in: &room)
        return place
    }

    /// Makes room for the row at hand, and by steps for those after it: first of what is there, which is enough for a
    /// batch somewhat longer than the last one. A step beyond that would have all rows copied into twice as much.
    private mutating func makeRoom() {
        if rows.isEmpty { rows.reserveCapacity(rowsExpected + rowsExpected / 8 + rowBytesMax) }
        let left = rows.capacity - rows.count
        let wanted = left >= rowBytesMax ? left : max(512, rowsEnd)
        let step = max(rowBytesMax, min(Self.zeros.count, wanted))
        if step <= Self.zeros.count {
            rows.append(contentsOf: Self.zeros[..<step])
        } else {
            rows.append(contentsOf: repeatElement(0, count: step))
        }
    }

    /// What room is made of: copied many at a time, where zeros that are repeated are stored one by one.
    private static let zeros = [UInt8](repeating: 0, count: 64 << 10)

    @inline(__always)
    private static func writeField(
        _ column: UInt16, _ slot: FieldSlot, _ strings: Span<UInt8>, _ scratch: Span<UInt8>,
        in room: inout MutableSpan<UInt8>, at place: inout Int
    ) {
        let (start, count) = (Int(slot.payload), Int(slot.count))
        switch slot.kind {
        case .integer: EventRowRoom.put(column, integer: slot.payload, in: &room, at: &place)
        case .double: EventRowRoom.put(column, double: UInt64(bitPattern: slot.payload), in: &room, at: &place)
        case .boolean: EventRowRoom.put(column, boolean: slot.payload != 0, in: &room, at: &place)
        case .text:
            EventRowRoom.put(column, utf8: strings, from: start, length: count, isJSON: false, in: &room, at: &place)
        case .scratchText, .scratchJSON:
            let isJSON = slot.kind == .scratchJSON
            EventRowRoom.put(column, utf8: scratch, from: start, length: count, isJSON: isJSON, in: &room, at: &place)
        }
    }
}
