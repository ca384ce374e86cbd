package import Bytes
internal import Compression

/// Turns a page's payload back into a vector. Takes untrusted bytes: whatever they are, it answers a vector of
/// `header.rowCount` rows or throws, and allocates no more than the limits of pages allow.
package enum PageDecoder {
    /// Decodes the payload of a page of `type`.
    /// - Parameter sharing: which page it is, where texts are to have the codes of ``SharedTexts``. Its texts are then
    ///   decoded once only: the page has to be the same for good.
    /// - Throws: `DecodingError` whose offset counts from the start of the (decompressed) payload.
    /// - Complexity: O(rows + payload). A text page's strings are not touched beyond laying out their bytes.
    package static func decode(
        _ header: PageHeader, payload: ArraySlice<UInt8>, type: ColumnType, sharing: SharedTexts.Page? = nil
    ) throws(DecodingError) -> Vector {
        let rows = header.rowCount
        switch header.encoding {
        case .nulls:
            guard header.summary.nullCount == rows else { throw DecodingError(offset: 0, expectation: "\(rows) nulls") }
            return .constant(.null, type: type, count: rows)
        case .constant:
            guard header.summary.nullCount == 0, !header.summary.minimum.isNull else {
                throw DecodingError(offset: 0, expectation: "a constant value")
            }
            return .constant(header.summary.minimum, type: type, count: rows)
        default: break
        }
        return try decodePlain(header, try plainPayload(header, payload), type, sharing)
    }

    /// The payload as it was before it was compressed.
    /// - Throws: `DecodingError`, as ``decode(_:payload:type:sharing:)``.
    /// - Complexity: O(payload).
    package static func plainPayload(
        _ header: PageHeader, _ payload: ArraySlice<UInt8>
    ) throws(DecodingError) -> ArraySlice<UInt8> {
        guard payload.count == header.storedBytes else {
            throw DecodingError(offset: payload.count, expectation: "a payload of \(header.storedBytes) bytes")
        }
        if header.compression == .none { return payload }
        return try decompressed(payload, header.compression, count: header.payloadBytes)[...]
    }

    /// - Parameter count: the length that it had, bytes.
    static func decompressed(
        _ payload: ArraySlice<UInt8>, _ compression: PageCompression, count: Int
    ) throws(DecodingError) -> [UInt8] {
        do {
            return compression == .lz4
                ? try LZ4Block.decompress(payload, count: count) : try Zstandard.decompress(payload, count: count)
        } catch {
            throw DecodingError(offset: 0, expectation: "a compressed payload (\(error))")
        }
    }

    private static func decodePlain(
        _ header: PageHeader, _ payload: ArraySlice<UInt8>, _ type: ColumnType, _ sharing: SharedTexts.Page?
    ) throws(DecodingError) -> Vector {
        var cursor = ByteCursor(payload)
        let nullCount = header.summary.nullCount
        let validity = nullCount > 0 ? try NullMap.read(&cursor, count: header.rowCount, nullCount: nullCount) : nil
        let storage = try whole(header, &cursor, type, validity, sharing)
        return Vector(type: type, count: header.rowCount, storage: storage, validity: validity)
    }

    /// The values of what is left of a payload behind its map of nulls.
    /// - Parameter validity: of the rows that are laid out; nil: values alone, end to end.
    static func whole(
        _ header: PageHeader, _ cursor: inout ByteCursor, _ type: ColumnType, _ validity: Validity?,
        _ sharing: SharedTexts.Page?
    ) throws(DecodingError) -> Vector.Storage {
        if let sharing, header.encoding == .texts, type == .text {
            return try sharedTexts(header, &cursor, validity, sharing)
        }
        let count = header.rowCount - header.summary.nullCount
        let storage = try storage(header, &cursor, type, count: count, validity)
        guard cursor.isAtEnd else { throw cursor.failure("the end of the payload") }
        return storage
    }

    /// The values of a payload.
    /// - Parameters:
    ///   - count: of those that the payload holds, which has none for nulls.
    ///   - validity: of the rows that are laid out.
    ///   - places: where the wanted values stand, ascending and below `count`; nil: all are wanted.
    ///   - landmarks: of what the cursor reads, where that stays in memory.
    static func storage(
        _ header: PageHeader, _ cursor: inout ByteCursor, _ type: ColumnType, count: Int, _ validity: Validity?,
        at places: [UInt32]? = nil, _ landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> Vector.Storage {
        func integers() throws(DecodingError) -> [Int64] {
            try IntegerStreamDecoder.read(&cursor, count: count, at: places, landmarks)
        }
        switch (header.encoding, type) {
        case (.integers, .integer), (.integers, .timestamptz), (.integers, .timestamp), (.integers, .date),
            (.integers, .numeric):
            return .int64(spread(try integers(), validity, zero: 0))
        case (.wideIntegers, .numeric):
            let highs = try integers()
            let lows = try integers()
            var values = [Int128](repeating: 0, count: highs.count)
            for index in values.indices {
                values[index] = Int128(highs[index]) << 64 | Int128(UInt64(bitPattern: lows[index]))
            }
            return .int128(spread(values, validity, zero: 0))
        case (.doubles, .double):
            let patterns = try integers()
            return .double(spread(patterns.map { Double(bitPattern: UInt64(bitPattern: $0)) }, validity, zero: 0))
        case (.decimals, .double):
            return .double(spread(try DecimalDoubles.read(&cursor, count: count, at: places), validity, zero: 0))
        case (.booleans, .boolean):
            return .boolean(spread(try booleans(&cursor, count: count, at: places), validity, zero: false))
        case (.texts, .text), (.texts, .json):
            if let places {
                let (codes, dictionary) = try texts(&cursor, count: count, at: places, landmarks)
                return .text(codes: spread(codes, validity, zero: 0), dictionary: dictionary)
            }
            // The codes come first, yet only the texts' count proves them.
            let codes = try CodeStream.read(&cursor, count: count, limit: nil)
            let dictionary = try TextBlockDecoder.read(&cursor)
            try check(codes, below: dictionary.count, cursor)
            return .text(codes: spread(codes, validity, zero: 0), dictionary: dictionary)
        default:
            throw cursor.failure("an encoding that fits the column's type")
        }
    }

    /// The codes of ``SharedTexts``, or the page's own where it keeps these.
    private static func sharedTexts(
        _ header: PageHeader, _ cursor: inout ByteCursor, _ validity: Validity?, _ page: SharedTexts.Page
    ) throws(DecodingError) -> Vector.Storage {
        let rows = header.rowCount
        var codes = try CodeStream.read(&cursor, count: rows - header.summary.nullCount, limit: nil)
        if let known = page.texts.known(page, rows: rows) {
            try renumber(&codes, known.numbers, cursor)
            return .text(codes: spread(codes, validity, zero: 0), dictionary: known.dictionary)
        }
        let own = try TextBlockDecoder.read(&cursor)
        guard cursor.isAtEnd else { throw cursor.failure("the end of the payload") }
        guard let taken = page.texts.taken(own, of: page, rows: rows) else {
            try check(codes, below: own.count, cursor)
            return .text(codes: spread(codes, validity, zero: 0), dictionary: own)
        }
        try renumber(&codes, taken.numbers, cursor)
        return .text(codes: spread(codes, validity, zero: 0), dictionary: taken.dictionary)
    }

    private static func check(_ codes: [UInt32], below count: Int, _ cursor: ByteCursor) throws(DecodingError) {
        guard BitPacking.areAll(codes, below: count) else { throw cursor.failure("codes below \(count)") }
    }

    /// Gives codes the numbers that they have for all pages.
    /// - Throws: where a code has none.
    private static func renumber(
        _ codes: inout [UInt32], _ numbers: [UInt32], _ cursor: ByteCursor
    ) throws(DecodingError) {
        guard CodeTable.replace(&codes, by: numbers) else { throw cursor.failure("codes below \(numbers.count)") }
    }

    private static func booleans(
        _ cursor: inout ByteCursor, count: Int, at places: [UInt32]?
    ) throws(DecodingError) -> [Bool] {
        let wordCount = (count + 63) / 64
        let bytes = try cursor.readSlice(wordCount * 8)
        if let places {
            return places.map { bytes[bytes.startIndex + Int($0) / 8] >> UInt8($0 % 8) & 1 != 0 }
        }
        let words = try BitPacking.unpack64(bytes, count: wordCount, width: 64, base: 0, divisor: 1)
        var values = [Bool](repeating: false, count: count)
        for index in values.indices { values[index] = words[index >> 6] >> Int64(index & 63) & 1 != 0 }
        return values
    }

    /// Lays dense values out over all rows, zero where a row is null. Whole words of present or absent rows move at
    /// once.
    static func spread<Value: Sendable>(_ values: [Value], _ validity: Validity?, zero: Value) -> [Value] {
        guard let validity else { return values }
        return [Value](capacity: validity.count) { output in
            assert(values.count == validity.validCount, "the null map was checked")
            var next = 0
            for word in 0..<validity.words.count {
                let bits = validity.words[word]
                let rows = min(64, validity.count - word * 64)
                if bits == 0 {
                    for _ in 0..<rows { output.append(zero) }
                } else if bits.nonzeroBitCount == rows {
                    for index in next..<(next + rows) { output.append(values[index]) }
                    next += rows
                } else {
                    for bit in 0..<rows {
                        let present = bits >> UInt64(bit) & 1 != 0
                        output.append(present ? values[next] : zero)
                        next += present ? 1 : 0
                    }
                }
            }
        }
    }
}
