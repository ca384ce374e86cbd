internal import Bytes

/// UUIDs in their usual text form: 36 characters become 16 bytes, and of versions 4 and 7 the fixed bits cost nothing,
/// because each part is packed over its own minimum. A rising time (version 7) is kept as differences.
enum IdentifierText {
    static let length = 36
    private static let dash = UInt8(ascii: "-")
    private static let dashes = [8, 13, 18, 23]

    /// The three numbers that a UUID is kept as; nil for another text.
    /// - Precondition: ``length`` bytes from `start` on.
    @inline(__always)
    static func numbers(_ text: [UInt8], at start: Int) -> (time: Int64, middle: Int64, low: Int64)? {
        let bytes = text.span
        for dash in dashes where bytes[start + dash] != Self.dash { return nil }
        // Eight digits at a time, of which the dashes part two in the middle.
        guard let first = HexadecimalDigits.eight(bytes.loadUInt64(at: start)),
            let second = HexadecimalDigits.eight(fours(bytes, start + 9, start + 14)),
            let third = HexadecimalDigits.eight(fours(bytes, start + 19, start + 24)),
            let fourth = HexadecimalDigits.eight(bytes.loadUInt64(at: start + 28))
        else { return nil }
        return (
            Int64(bitPattern: first << 16 | second >> 16), Int64(bitPattern: second & 0xFFFF),
            Int64(bitPattern: third << 32 | fourth)
        )
    }

    /// The block, or nil when a text is not such a UUID.
    static func encoded(_ texts: TextRanges) -> [UInt8]? {
        guard texts.count > 0, texts.commonLength == length else { return nil }
        var times = [Int64](repeating: 0, count: texts.count)
        var middles = times
        var lows = times
        for index in times.indices {
            guard let numbers = numbers(texts.bytes, at: texts.range(index).lowerBound) else { return nil }
            (times[index], middles[index], lows[index]) = numbers
        }
        var sink = ByteSink()
        sink.append(TextForm.uuid.rawValue)
        IntegerStreamEncoder.write(times, into: &sink)
        IntegerStreamEncoder.write(middles, into: &sink)
        IntegerStreamEncoder.write(lows, into: &sink)
        return sink.bytes
    }

    /// Four bytes from one place on and four from another.
    /// - Precondition: eight stand at each.
    @inline(__always)
    private static func fours(_ bytes: Span<UInt8>, _ first: Int, _ second: Int) -> UInt64 {
        bytes.loadUInt64(at: first) & 0xFFFF_FFFF | bytes.loadUInt64(at: second) << 32
    }

    /// - Parameters:
    ///   - places: of the wanted ones; nil: all.
    ///   - landmarks: of what the cursor reads, where that stays in memory.
    static func read(
        _ cursor: inout ByteCursor, count: Int, at places: [UInt32]?, _ landmarks: PageLandmarks?
    ) throws(DecodingError) -> TextDictionary {
        let times = try IntegerStreamDecoder.read(&cursor, count: count, at: places, landmarks)
        let middles = try IntegerStreamDecoder.read(&cursor, count: count, at: places, landmarks)
        let lows = try IntegerStreamDecoder.read(&cursor, count: count, at: places, landmarks)
        let count = lows.count
        // All dashes first, the digits over them.
        var bytes = [UInt8](repeating: dash, count: count * length)
        HexadecimalColumns.write(times, shift: 16, digits: 8, into: &bytes, offset: 0, stride: length)
        HexadecimalColumns.write(times, shift: 0, digits: 4, into: &bytes, offset: 9, stride: length)
        HexadecimalColumns.write(middles, shift: 0, digits: 4, into: &bytes, offset: 14, stride: length)
        HexadecimalColumns.write(lows, shift: 48, digits: 4, into: &bytes, offset: 19, stride: length)
        HexadecimalColumns.write(lows, shift: 0, digits: 12, into: &bytes, offset: 24, stride: length)
        return TextDictionary(bytes: bytes, offsets: evenOffsets(count: count, length: length))
    }
}
