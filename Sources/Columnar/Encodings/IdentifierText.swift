internal import Bytes

/// UUIDs in their usual text form: 36 characters become 16 bytes, and of versions 4 and 7 the fixed bits cost nothing,
/// because each part is packed over its own minimum. A rising time (version 7) is kept as differences.
enum IdentifierText {
    static let length = 36
    private static let dash = UInt8(ascii: "-")
    private static let dashes = [8, 13, 18, 23]

    /// The block, or nil when a text is not such a UUID.
    static func encoded(_ texts: TextRanges) -> [UInt8]? {
        guard texts.count > 0, texts.commonLength == length else { return nil }
        var times = [Int64](repeating: 0, count: texts.count)
        var middles = times
        var lows = times
        for index in times.indices {
            let start = texts.range(index).lowerBound
            for dash in dashes where texts.bytes[start + dash] != Self.dash { return nil }
            func part(_ from: Int, _ to: Int) -> UInt64? {
                HexadecimalDigits.parse(texts.bytes, (start + from)..<(start + to))
            }
            guard let first = part(0, 8), let second = part(9, 13), let third = part(14, 18), let fourth = part(19, 23),
                let fifth = part(24, 36)
            else { return nil }
            times[index] = Int64(bitPattern: first << 16 | second)
            middles[index] = Int64(bitPattern: third)
            lows[index] = Int64(bitPattern: fourth << 48 | fifth)
        }
        var sink = ByteSink()
        sink.append(TextForm.uuid.rawValue)
        IntegerStreamEncoder.write(times, into: &sink)
        IntegerStreamEncoder.write(middles, into: &sink)
        IntegerStreamEncoder.write(lows, into: &sink)
        return sink.bytes
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
