package import Bytes

/// Rows by their text, found in the page as it is packed: who looks for an id decodes neither the other ids nor the
/// codes of the rows that have them.
extension PageDecoder {
    /// The rows of a page of texts whose text is `text`, ascending. What pages promise is checked as far as it concerns
    /// these rows and the lengths of everything.
    /// - Parameter landmarks: of this payload, where it stays in memory and is not compressed.
    /// - Returns: nil for a page that has to be decoded for that: one without texts, or of a form that is not searched.
    /// - Throws: `DecodingError` whose offset counts from the start of the (decompressed) payload.
    /// - Complexity: O(rows + payload), a block of values at a time; no text is made.
    package static func rows(
        ofText text: [UInt8], _ header: PageHeader, payload: ArraySlice<UInt8>, type: ColumnType,
        landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> [UInt32]? {
        guard type == .text, header.encoding == .texts else { return nil }
        let plain = try plainPayload(header, payload)
        var cursor = ByteCursor(plain)
        let nullCount = header.summary.nullCount
        let validity = nullCount > 0 ? try nulls(&cursor, header, landmarks) : nil
        let count = header.rowCount - nullCount
        // The codes come first; which of them are wanted the texts tell. Runs are read but once.
        var codes = cursor
        let runs = landmarks == nil ? try CodeStream.runs(&cursor, count: count) : nil
        if runs == nil {
            _ = try CodeStream.read(&cursor, count: count, limit: PageLimits.rowsMax, at: [], landmarks)
        }
        guard let found = try TextBlockDecoder.codes(of: text, &cursor, landmarks) else { return nil }
        guard cursor.isAtEnd else { throw cursor.failure("the end of the payload") }
        if found.codes.isEmpty { return [] }
        let places =
            if let runs {
                try CodeStream.places(of: found.codes, in: runs, limit: found.count, cursor)
            } else {
                try CodeStream.places(of: found.codes, &codes, count: count, limit: found.count, landmarks)
            }
        return validity.map { $0.rows(ofPresent: places) } ?? places
    }
}

extension PageDecoder {
    /// The rows of a page whose values are the first ones in an order, and all that equal the last of them, ascending.
    /// - Parameters:
    ///   - wanted: how many; at least one.
    ///   - landmarks: of this payload, which stays in memory and is not compressed.
    /// - Returns: nil for a page that has to be decoded for that: one with nulls, or of other values than whole numbers
    ///   and times, or where many blocks of rows may have one.
    /// - Throws: `DecodingError` whose offset counts from the start of the payload.
    /// - Complexity: O(rows) once, then the blocks that may have one.
    package static func rows(
        first wanted: Int, descending: Bool, _ header: PageHeader, payload: ArraySlice<UInt8>,
        landmarks: PageLandmarks
    ) throws(DecodingError) -> [UInt32]? {
        guard header.encoding == .integers, header.summary.nullCount == 0 else { return nil }
        assert(header.compression == .none, "what stays in memory is not compressed")
        var cursor = ByteCursor(payload)
        let places = try landmarks.places(first: wanted, descending: descending, &cursor, count: header.rowCount)
        guard places == nil || cursor.isAtEnd else { throw cursor.failure("the end of the payload") }
        return places
    }

    /// The same of the rows whose values, as they are stored, lie within some bounds.
    package static func rows(
        within range: ClosedRange<Int64>, _ header: PageHeader, payload: ArraySlice<UInt8>, landmarks: PageLandmarks
    ) throws(DecodingError) -> [UInt32]? {
        guard header.encoding == .integers, header.summary.nullCount == 0 else { return nil }
        assert(header.compression == .none, "what stays in memory is not compressed")
        var cursor = ByteCursor(payload)
        let places = try landmarks.places(within: range, &cursor, count: header.rowCount)
        guard places == nil || cursor.isAtEnd else { throw cursor.failure("the end of the payload") }
        return places
    }
}

extension TextBlockDecoder {
    /// The codes of a text among all that a page has, ascending, and how many texts these are; nil where the form is
    /// not searched. Nothing keeps a page from holding a text twice.
    /// - Parameter landmarks: of what the cursor reads, where that stays in memory.
    static func codes(
        of text: [UInt8], _ cursor: inout ByteCursor, _ landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> (codes: [UInt32], count: Int)? {
        let count = try cursor.readCount(max: PageLimits.rowsMax)
        let form = TextForm(rawValue: try cursor.readByte())
        if form == .plain { return (try plainCodes(of: text, &cursor, count), count) }
        if form == .uuid { return (try identifierCodes(of: text, &cursor, count, landmarks), count) }
        if form == .hexadecimal { return (try hexadecimalCodes(of: text, &cursor, count, landmarks), count) }
        if form == .decimal || form == .number {
            return (try decimalCodes(of: text, &cursor, count, isPadded: form == .decimal, landmarks), count)
        }
        return nil
    }

    private static func plainCodes(
        of text: [UInt8], _ cursor: inout ByteCursor, _ count: Int
    ) throws(DecodingError) -> [UInt32] {
        let lengths = try IntegerStreamDecoder.read(&cursor, count: count)
        let limit = cursor.remaining
        var found: [(code: Int, start: Int)] = []
        var total = 0
        for index in lengths.indices {
            guard lengths[index] >= 0, lengths[index] <= Int64(limit - total) else {
                throw cursor.failure("texts within the page")
            }
            if lengths[index] == Int64(text.count) { found.append((index, total)) }
            total += Int(lengths[index])
        }
        let bytes = try cursor.readSlice(total)
        let texts = bytes.span
        let wanted = text.span
        var codes: [UInt32] = []
        for (code, start) in found where texts.isEqual(at: start, to: wanted, at: 0, length: wanted.count) {
            codes.append(UInt32(truncatingIfNeeded: code))
        }
        return codes
    }

    private static func identifierCodes(
        of text: [UInt8], _ cursor: inout ByteCursor, _ count: Int, _ landmarks: PageLandmarks?
    ) throws(DecodingError) -> [UInt32] {
        // The last number says most.
        var firsts = cursor
        try skip(&cursor, count, landmarks)
        try skip(&cursor, count, landmarks)
        guard text.count == IdentifierText.length, let wanted = IdentifierText.numbers(text, at: 0) else {
            try skip(&cursor, count, landmarks)
            return []
        }
        let found = try IntegerStreamDecoder.places(of: wanted.low, &cursor, count: count, landmarks)
        if found.isEmpty { return [] }
        let times = try IntegerStreamDecoder.read(&firsts, count: count, at: found, landmarks)
        let middles = try IntegerStreamDecoder.read(&firsts, count: count, at: found, landmarks)
        return found.indices.filter { times[$0] == wanted.time && middles[$0] == wanted.middle }.map { found[$0] }
    }

    private static func hexadecimalCodes(
        of text: [UInt8], _ cursor: inout ByteCursor, _ count: Int, _ landmarks: PageLandmarks?
    ) throws(DecodingError) -> [UInt32] {
        let prefix = try NumberedText.readPrefix(&cursor)
        let digits = Int(try cursor.readByte())
        guard (1...32).contains(digits) else { throw cursor.failure("1 to 32 digits") }
        var highs = cursor
        if digits > 16 { try skip(&cursor, count, landmarks) }
        guard text.count == prefix.count + digits, text.starts(with: prefix),
            let wanted = NumberedText.hexadecimal(text, prefix.count..<text.count)
        else {
            try skip(&cursor, count, landmarks)
            return []
        }
        let found = try IntegerStreamDecoder.places(of: wanted.low, &cursor, count: count, landmarks)
        if digits <= 16 || found.isEmpty { return found }
        let values = try IntegerStreamDecoder.read(&highs, count: count, at: found, landmarks)
        return found.indices.filter { values[$0] == wanted.high }.map { found[$0] }
    }

    private static func decimalCodes(
        of text: [UInt8], _ cursor: inout ByteCursor, _ count: Int, isPadded: Bool, _ landmarks: PageLandmarks?
    ) throws(DecodingError) -> [UInt32] {
        let prefix = try NumberedText.readPrefix(&cursor)
        let digits = isPadded ? Int(try cursor.readByte()) : text.count - prefix.count
        guard !isPadded || (1...18).contains(digits) else { throw cursor.failure("1 to 18 digits") }
        guard text.count == prefix.count + digits, text.starts(with: prefix),
            let value = NumberedText.decimal(text, prefix.count..<text.count, canonical: !isPadded)
        else {
            try skip(&cursor, count, landmarks)
            return []
        }
        return try IntegerStreamDecoder.places(of: value, &cursor, count: count, landmarks)
    }

    /// Passes over a stream.
    private static func skip(
        _ cursor: inout ByteCursor, _ count: Int, _ landmarks: PageLandmarks?
    ) throws(DecodingError) {
        _ = try IntegerStreamDecoder.read(&cursor, count: count, at: [], landmarks)
    }
}

extension Validity {
    /// The rows of some that are present, by how many present ones come before.
    /// - Precondition: places ascend and are below the number of present rows.
    func rows(ofPresent places: [UInt32]) -> [UInt32] {
        assert(places.last.map { Int($0) < validCount } ?? true, "rows that are present")
        var (word, before) = (0, 0)
        return places.map { place in
            while before + words[word].nonzeroBitCount <= Int(place) {
                before += words[word].nonzeroBitCount
                word += 1
            }
            var bits = words[word]
            for _ in before..<Int(place) { bits &= bits &- 1 }
            return UInt32(truncatingIfNeeded: word * 64 + bits.trailingZeroBitCount)
        }
    }
}
