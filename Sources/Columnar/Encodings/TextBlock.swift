internal import Bytes

// The distinct texts of a page, in the order of their codes.
//
//     v  count         0...65,536
//     1  form          TextForm
//     …  plain         stream of lengths, then the bytes end to end
//     …  uuid          three streams: the first 48 bits (of version 7: milliseconds), the next 16, the last 64
//     …  hexadecimal   prefix, digits (1...32): a stream of the low 16 digits' values; before it one of the digits above, if any
//     …  decimal       prefix, digits (1...18): a stream of values, written with leading zeros
//     …  number        prefix: a stream of values ≥ 0, written without leading zeros
//
// A prefix is a varint length (at most 64) and its bytes; digits is one byte.

/// How a page's distinct texts are written; numbers are never reused.
enum TextForm: UInt8, CaseIterable {
    case plain = 0
    /// 36 characters, lower-case, dashes in place.
    case uuid = 1
    /// A common prefix and a fixed number of lower-case hexadecimal digits: trace ids, keyed tokens, counters.
    case hexadecimal = 2
    /// A common prefix and a fixed number of decimal digits.
    case decimal = 3
    /// A common prefix and a decimal number.
    case number = 4
}

/// Writes the distinct texts of a page in the shortest form that fits all of them.
enum TextBlockEncoder {
    static let prefixBytesMax = 64

    /// - Precondition: `offsets` ascend from 0 to `bytes.count`.
    static func write(bytes: [UInt8], offsets: [UInt32], into sink: inout ByteSink) {
        assert(offsets.first == 0 && Int(offsets[offsets.count - 1]) == bytes.count, "texts lie end to end")
        let texts = TextRanges(bytes: bytes, offsets: offsets)
        sink.append(varint: UInt64(texts.count))
        if PageForm.forced != .plainTexts, let block = IdentifierText.encoded(texts) ?? NumberedText.encoded(texts) {
            sink.append(contentsOf: block)
            return
        }
        sink.append(TextForm.plain.rawValue)
        var lengths = [Int64](repeating: 0, count: texts.count)
        for index in lengths.indices { lengths[index] = Int64(offsets[index + 1] - offsets[index]) }
        IntegerStreamEncoder.write(lengths, into: &sink)
        sink.append(contentsOf: bytes)
    }
}

/// Texts as ranges of one array.
struct TextRanges {
    var bytes: [UInt8]
    var offsets: [UInt32]

    var count: Int { offsets.count - 1 }
    func range(_ index: Int) -> Range<Int> { Int(offsets[index])..<Int(offsets[index + 1]) }
    func length(_ index: Int) -> Int { Int(offsets[index + 1] - offsets[index]) }

    /// The length that all texts share; nil if they differ or there are none.
    var commonLength: Int? {
        guard count > 0 else { return nil }
        let length = length(0)
        for index in 1..<max(count, 1) where self.length(index) != length { return nil }
        return length
    }

    /// How many leading bytes all texts share.
    var commonPrefixLength: Int {
        guard count > 0 else { return 0 }
        let first = range(0)
        var shared = min(first.count, TextBlockEncoder.prefixBytesMax)
        for index in 1..<max(count, 1) {
            let range = range(index)
            shared = min(shared, range.count)
            var at = 0
            while at + 8 <= shared,
                bytes.loadUInt64(at: range.lowerBound + at) == bytes.loadUInt64(at: first.lowerBound + at)
            {
                at += 8
            }
            while at < shared, bytes[range.lowerBound + at] == bytes[first.lowerBound + at] { at += 1 }
            shared = at
            if shared == 0 { break }
        }
        return shared
    }
}

/// Reads a page's distinct texts from untrusted bytes.
enum TextBlockDecoder {
    static func read(_ cursor: inout ByteCursor) throws(DecodingError) -> TextDictionary {
        let count = try cursor.readCount(max: PageLimits.rowsMax)
        return try read(&cursor, count: count, at: nil)
    }

    /// The texts of some codes alone, in their order.
    /// - Parameter landmarks: of what the cursor reads, where that stays in memory.
    /// - Precondition: codes ascend.
    static func read(
        _ cursor: inout ByteCursor, codes: [UInt32], _ landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> TextDictionary {
        let count = try cursor.readCount(max: PageLimits.rowsMax)
        guard codes.last.map({ Int($0) < count }) ?? true else { throw cursor.failure("codes below \(count)") }
        return try read(&cursor, count: count, at: codes, landmarks)
    }

    /// - Parameter codes: of the wanted texts, ascending and below `count`; nil: all.
    private static func read(
        _ cursor: inout ByteCursor, count: Int, at codes: [UInt32]?, _ landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> TextDictionary {
        let number = try cursor.readByte()
        guard let form = TextForm(rawValue: number) else { throw cursor.newerForm("a form of texts", found: number) }
        switch form {
        case .plain:
            guard let codes else { return try readPlain(&cursor, count: count) }
            return try readPlain(&cursor, count: count, at: codes, landmarks)
        case .uuid: return try IdentifierText.read(&cursor, count: count, at: codes, landmarks)
        case .hexadecimal: return try NumberedText.readHexadecimal(&cursor, count: count, at: codes, landmarks)
        case .decimal: return try NumberedText.readDecimal(&cursor, count: count, at: codes, landmarks)
        case .number: return try NumberedText.readNumber(&cursor, count: count, at: codes, landmarks)
        }
    }

    private static func readPlain(_ cursor: inout ByteCursor, count: Int) throws(DecodingError) -> TextDictionary {
        let lengths = try IntegerStreamDecoder.read(&cursor, count: count)
        let limit = cursor.remaining
        var total = 0
        var offsets = [UInt32](repeating: 0, count: count + 1)
        for index in lengths.indices {
            guard lengths[index] >= 0, lengths[index] <= Int64(limit - total) else {
                throw cursor.failure("texts within the page")
            }
            total += Int(lengths[index])
            offsets[index + 1] = UInt32(truncatingIfNeeded: total)
        }
        return TextDictionary(bytes: Array(try cursor.readSlice(total)), offsets: offsets)
    }

    private static func readPlain(
        _ cursor: inout ByteCursor, count: Int, at codes: [UInt32], _ landmarks: PageLandmarks?
    ) throws(DecodingError) -> TextDictionary {
        if let known = try landmarks?.stretches(&cursor, count: count, at: codes) {
            return joined(known.stretches, of: try cursor.readSlice(known.total))
        }
        let lengths = try IntegerStreamDecoder.read(&cursor, count: count)
        let limit = cursor.remaining
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(codes.count)
        var total = 0
        for index in lengths.indices {
            guard lengths[index] >= 0, lengths[index] <= Int64(limit - total) else {
                throw cursor.failure("texts within the page")
            }
            let start = total
            total += Int(lengths[index])
            if ranges.count < codes.count, Int(codes[ranges.count]) == index { ranges.append(start..<total) }
        }
        return joined(ranges, of: try cursor.readSlice(total))
    }

    /// Some of the texts that lie end to end.
    private static func joined(_ ranges: [Range<Int>], of texts: ArraySlice<UInt8>) -> TextDictionary {
        var bytes: [UInt8] = []
        var offsets: [UInt32] = [0]
        for range in ranges {
            let start = texts.startIndex + range.lowerBound
            bytes.append(contentsOf: texts[start..<(start + range.count)])
            offsets.append(UInt32(truncatingIfNeeded: bytes.count))
        }
        return TextDictionary(bytes: bytes, offsets: offsets)
    }
}

/// Offsets of `count` texts of one length.
func evenOffsets(count: Int, length: Int) -> [UInt32] {
    assert(count >= 0 && length >= 0 && count * length <= Int(UInt32.max), "offsets have 32 bits")
    var offsets = [UInt32](repeating: 0, count: count + 1)
    for index in offsets.indices { offsets[index] = UInt32(index * length) }
    return offsets
}
