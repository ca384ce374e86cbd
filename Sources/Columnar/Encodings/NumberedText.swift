internal import Bytes

/// Texts that are a common prefix and a number: `c-00002a8f1`, `u01603`, `pod-7`, trace ids of 32 digits.
enum NumberedText {
    private static let zero = UInt8(ascii: "0")

    /// The block, or nil when the texts are not of this form.
    static func encoded(_ texts: TextRanges) -> [UInt8]? {
        guard texts.count > 0 else { return nil }
        let prefix = prefixLength(texts)
        guard prefix <= TextBlockEncoder.prefixBytesMax else { return nil }
        if let length = texts.commonLength {
            let digits = length - prefix
            if (1...18).contains(digits), let values = decimals(texts, prefix: prefix, canonical: false) {
                return block(.decimal, texts, prefix: prefix, digits: digits, streams: [values])
            }
            if (1...32).contains(digits) { return hexadecimal(texts, prefix: prefix, digits: digits) }
            return nil
        }
        guard let values = decimals(texts, prefix: prefix, canonical: true) else { return nil }
        return block(.number, texts, prefix: prefix, digits: nil, streams: [values])
    }

    /// What all texts share, less its trailing digits: they belong to the number.
    private static func prefixLength(_ texts: TextRanges) -> Int {
        var length = texts.commonPrefixLength
        let start = texts.range(0).lowerBound
        while length > 0, HexadecimalDigits.parse(texts.bytes, (start + length - 1)..<(start + length)) != nil {
            length -= 1
        }
        // Words such as "cafe" end in such digits, too; then the number begins after the last byte that is none.
        return length
    }

    /// The number of up to 18 digits; nil for what is none.
    /// - Parameter canonical: whether zeros in front make it none, since they would not be written again.
    @inline(__always)
    static func decimal(_ bytes: [UInt8], _ digits: Range<Int>, canonical: Bool) -> Int64? {
        guard (1...18).contains(digits.count) else { return nil }
        if canonical, digits.count > 1, bytes[digits.lowerBound] == zero { return nil }
        var value: Int64 = 0
        for at in digits {
            let digit = bytes[at] &- zero
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        return value
    }

    /// The number of up to 32 digits in two halves, the upper one 0 where there are no more than 16; nil for what is
    /// none.
    @inline(__always)
    static func hexadecimal(_ bytes: [UInt8], _ digits: Range<Int>) -> (high: Int64, low: Int64)? {
        let split = max(digits.lowerBound, digits.upperBound - 16)
        guard let low = HexadecimalDigits.parse(bytes, split..<digits.upperBound),
            let high = HexadecimalDigits.parse(bytes, digits.lowerBound..<split)
        else { return nil }
        return (Int64(bitPattern: high), Int64(bitPattern: low))
    }

    private static func decimals(_ texts: TextRanges, prefix: Int, canonical: Bool) -> [Int64]? {
        var values = [Int64](repeating: 0, count: texts.count)
        for index in values.indices {
            let range = texts.range(index)
            guard let value = decimal(texts.bytes, range.dropFirst(prefix), canonical: canonical) else { return nil }
            values[index] = value
        }
        return values
    }

    private static func hexadecimal(_ texts: TextRanges, prefix: Int, digits: Int) -> [UInt8]? {
        var lows = [Int64](repeating: 0, count: texts.count)
        var highs = lows
        for index in lows.indices {
            let range = texts.range(index)
            guard let number = hexadecimal(texts.bytes, range.dropFirst(prefix)) else { return nil }
            (highs[index], lows[index]) = number
        }
        return block(
            .hexadecimal, texts, prefix: prefix, digits: digits, streams: digits > 16 ? [highs, lows] : [lows])
    }

    private static func block(_ form: TextForm, _ texts: TextRanges, prefix: Int, digits: Int?, streams: [[Int64]])
        -> [UInt8]
    {
        assert(streams.allSatisfy { $0.count == texts.count }, "a number for each text")
        var sink = ByteSink()
        sink.append(form.rawValue)
        sink.append(varint: UInt64(prefix))
        sink.append(contentsOf: texts.bytes[texts.range(0).prefix(prefix)])
        if let digits { sink.append(UInt8(digits)) }
        for stream in streams { IntegerStreamEncoder.write(stream, into: &sink) }
        return sink.bytes
    }

    static func readPrefix(_ cursor: inout ByteCursor) throws(DecodingError) -> [UInt8] {
        Array(try cursor.readSlice(try cursor.readCount(max: TextBlockEncoder.prefixBytesMax)))
    }

    /// - Parameters:
    ///   - places: of the wanted texts; nil: all.
    ///   - landmarks: of what the cursor reads, where that stays in memory.
    static func readHexadecimal(
        _ cursor: inout ByteCursor, count: Int, at places: [UInt32]?, _ landmarks: PageLandmarks?
    ) throws(DecodingError) -> TextDictionary {
        let prefix = try readPrefix(&cursor)
        let digits = Int(try cursor.readByte())
        guard (1...32).contains(digits) else { throw cursor.failure("1 to 32 digits") }
        let highs = digits > 16 ? try IntegerStreamDecoder.read(&cursor, count: count, at: places, landmarks) : []
        let lows = try IntegerStreamDecoder.read(&cursor, count: count, at: places, landmarks)
        let count = lows.count
        let length = prefix.count + digits
        var bytes = [UInt8](repeating: 0, count: count * length)
        for at in prefix.indices {
            for index in 0..<count { bytes[index * length + at] = prefix[at] }
        }
        let low = min(digits, 16)
        HexadecimalColumns.write(lows, shift: 0, digits: low, into: &bytes, offset: length - low, stride: length)
        if digits > 16 {
            HexadecimalColumns.write(
                highs, shift: 0, digits: digits - 16, into: &bytes, offset: prefix.count, stride: length)
        }
        return TextDictionary(bytes: bytes, offsets: evenOffsets(count: count, length: length))
    }

    /// - Parameters:
    ///   - places: of the wanted texts; nil: all.
    ///   - landmarks: of what the cursor reads, where that stays in memory.
    static func readDecimal(
        _ cursor: inout ByteCursor, count: Int, at places: [UInt32]?, _ landmarks: PageLandmarks?
    ) throws(DecodingError) -> TextDictionary {
        let prefix = try readPrefix(&cursor)
        let digits = Int(try cursor.readByte())
        guard (1...18).contains(digits) else { throw cursor.failure("1 to 18 digits") }
        let values = try IntegerStreamDecoder.read(&cursor, count: count, at: places, landmarks)
        let count = values.count
        let length = prefix.count + digits
        var bytes = [UInt8](repeating: zero, count: count * length)
        for index in values.indices {
            guard values[index] >= 0 else { throw cursor.failure("numbers from 0 on") }
            let start = index * length
            for at in prefix.indices { bytes[start + at] = prefix[at] }
            var rest = UInt64(values[index])
            var at = start + length
            while rest > 0, at > start + prefix.count {
                at -= 1
                bytes[at] = zero + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            guard rest == 0 else { throw cursor.failure("numbers of \(digits) digits") }
        }
        return TextDictionary(bytes: bytes, offsets: evenOffsets(count: count, length: length))
    }

    /// - Parameters:
    ///   - places: of the wanted texts; nil: all.
    ///   - landmarks: of what the cursor reads, where that stays in memory.
    static func readNumber(
        _ cursor: inout ByteCursor, count: Int, at places: [UInt32]?, _ landmarks: PageLandmarks?
    ) throws(DecodingError) -> TextDictionary {
        let prefix = try readPrefix(&cursor)
        let values = try IntegerStreamDecoder.read(&cursor, count: count, at: places, landmarks)
        let count = values.count
        var bytes: [UInt8] = []
        var offsets: [UInt32] = [0]
        bytes.reserveCapacity(count * (prefix.count + 6))
        offsets.reserveCapacity(count + 1)
        for value in values {
            guard value >= 0 else { throw cursor.failure("numbers from 0 on") }
            bytes.append(contentsOf: prefix)
            let start = bytes.count
            var rest = UInt64(value)
            repeat {
                bytes.append(zero + UInt8(truncatingIfNeeded: rest % 10))
                rest /= 10
            } while rest > 0
            bytes[start...].reverse()
            offsets.append(UInt32(bytes.count))
        }
        return TextDictionary(bytes: bytes, offsets: offsets)
    }
}
