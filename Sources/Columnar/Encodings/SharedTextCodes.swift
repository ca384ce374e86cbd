package import Bytes

/// What a page says whose texts lie in blocks of a pool: codes that count through the texts of its blocks, end to end.
/// Takes untrusted bytes, as ``PageDecoder`` does.
package struct SharedTextCodes: Sendable {
    private let type: ColumnType
    private let count: Int
    private let validity: Validity?
    /// Of the rows that have a value: through `places` indices of `wanted`.
    private let codes: [UInt32]
    /// By code: its place in `wanted`; empty where codes are these places themselves.
    private let places: [UInt32]
    /// Which of the blocks' texts occur in the rows, ascending, each once.
    private let wanted: [UInt32]
    /// Whether all rows were asked for.
    private let isWhole: Bool

    /// Reads the codes of a page of `type`.
    /// - Parameters:
    ///   - textCount: how many texts the blocks have that the page names.
    ///   - rows: the wanted ones, ascending; nil: all.
    ///   - landmarks: of this payload, where it stays in memory and is not compressed.
    /// - Throws: `DecodingError` whose offset counts from the start of the (decompressed) payload.
    /// - Complexity: O(rows + payload + textCount).
    package init(
        _ header: PageHeader, payload: ArraySlice<UInt8>, type: ColumnType, textCount: Int, rows: [UInt32]? = nil,
        landmarks: PageLandmarks? = nil
    ) throws(DecodingError) {
        precondition(rows?.last.map { Int($0) < header.rowCount } ?? true, "rows of the page")
        let (codes, validity) = try Self.read(header, payload, type, textCount: textCount, rows: rows, landmarks)
        (self.type, self.validity, count, isWhole) = (type, validity, rows?.count ?? header.rowCount, rows == nil)
        if codes.count < textCount / 64 {
            var few: [UInt32] = []
            for code in codes.sorted() where code != few.last { few.append(code) }
            self.codes = codes.map { code in UInt32(few.partitioningIndex { $0 >= code }) }
            (places, wanted) = ([], few)
        } else {
            self.codes = codes
            (places, wanted) = Self.occurring(codes, below: textCount)
        }
    }

    /// The codes of the rows that have a value, and which these are.
    /// - Parameter textCount: what codes are below; nil: whoever reads them looks himself.
    private static func read(
        _ header: PageHeader, _ payload: ArraySlice<UInt8>, _ type: ColumnType, textCount: Int?, rows: [UInt32]?,
        _ landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> (codes: [UInt32], validity: Validity?) {
        var cursor = ByteCursor(try PageDecoder.plainPayload(header, payload))
        guard header.encoding == .sharedTexts, type == .text else {
            throw cursor.failure("an encoding that fits the column's type")
        }
        let nullCount = header.summary.nullCount
        var validity: Validity?
        var present = rows
        if nullCount > 0 {
            let all = try PageDecoder.nulls(&cursor, header, landmarks)
            present = rows.map { all.ranks(of: $0) }
            validity = rows.map { all.gather($0) } ?? all
        }
        let codes = try CodeStream.read(
            &cursor, count: header.rowCount - nullCount, limit: textCount, at: present, landmarks)
        guard cursor.isAtEnd else { throw cursor.failure("the end of the payload") }
        return (codes, validity)
    }

    /// The column of a page whose blocks' texts have numbers that are kept: no text is looked at, and which of them
    /// occur is not found out.
    /// - Parameters:
    ///   - rows: the wanted ones, ascending; nil: all.
    ///   - landmarks: as of ``init(_:payload:type:textCount:rows:landmarks:)``.
    /// - Throws: as ``init(_:payload:type:textCount:rows:)``.
    /// - Complexity: O(rows + payload).
    package static func column(
        _ header: PageHeader, payload: ArraySlice<UInt8>, type: ColumnType, numbers: KeptTexts.Numbers,
        rows: [UInt32]? = nil, landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> Vector {
        let count = rows?.count ?? header.rowCount
        var found = try read(header, payload, type, textCount: nil, rows: rows, landmarks)
        // They are looked at where they are replaced, all at once.
        guard numbers.replace(&found.codes) else {
            throw DecodingError(offset: header.payloadBytes, expectation: "codes below \(numbers.count)")
        }
        if found.codes.isEmpty { return .constant(.null, type: type, count: count) }
        let spread = PageDecoder.spread(found.codes, found.validity, zero: 0)
        return Vector(
            type: type, count: count, storage: .text(codes: spread, dictionary: numbers.dictionary),
            validity: found.validity)
    }

    /// Which codes occur in the rows of a page: a bit for each, bit `code % 64` of word `code / 64`.
    /// - Throws: as ``init(_:payload:type:textCount:rows:landmarks:)``.
    /// - Complexity: O(rows + payload + textCount / 64).
    package static func occurring(
        _ header: PageHeader, payload: ArraySlice<UInt8>, type: ColumnType, textCount: Int
    ) throws(DecodingError) -> [UInt64] {
        let codes = try read(header, payload, type, textCount: textCount, rows: nil).codes
        var bits = [UInt64](repeating: 0, count: (textCount + 63) / 64)
        let source = codes.span
        var words = bits.mutableSpan
        for row in 0..<source.count { words[Int(source[row] >> 6)] |= 1 << UInt64(source[row] & 63) }
        return bits
    }

    /// Whether some of the codes occur.
    /// - Parameter bits: of ``occurring(_:payload:type:textCount:)``.
    package static func occur(_ codes: [UInt32], in bits: [UInt64]) -> Bool {
        codes.contains { code in
            let word = Int(code >> 6)
            return word < bits.count && (bits[word] &>> UInt64(code & 63)) & 1 != 0
        }
    }

    /// The texts of the codes that occur, each once, by numbers that are kept; nil where those are of another page.
    /// - Parameter bits: of ``occurring(_:payload:type:textCount:)``.
    /// - Complexity: O(texts of the blocks).
    package static func texts(occurring bits: [UInt64], numbers: KeptTexts.Numbers) -> Vector? {
        var codes: [UInt32] = []
        codes.reserveCapacity(bits.reduce(0) { $0 + $1.nonzeroBitCount })
        for (place, word) in bits.enumerated() {
            var left = word
            while left != 0 {
                codes.append(UInt32(truncatingIfNeeded: place * 64 + left.trailingZeroBitCount))
                left &= left &- 1
            }
        }
        guard numbers.replace(&codes) else { return nil }
        return Vector(type: .text, count: codes.count, storage: .text(codes: codes, dictionary: numbers.dictionary))
    }

    /// - Precondition: the table has a number for each code.
    private static func renumber(_ codes: inout [UInt32], _ table: [UInt32]) {
        let numbers = table.span
        var rows = codes.mutableSpan
        for row in 0..<rows.count { rows[row] = numbers[Int(rows[row])] }
    }

    /// The place of each code among those that occur, and these, ascending; no places where all do.
    /// - Precondition: codes are below `limit`.
    private static func occurring(_ codes: [UInt32], below limit: Int) -> (places: [UInt32], wanted: [UInt32]) {
        var places = [UInt32](repeating: 0, count: limit)
        var marks = places.mutableSpan
        let rows = codes.span
        for row in 0..<rows.count { marks[Int(rows[row])] = 1 }
        var wanted: [UInt32] = []
        wanted.reserveCapacity(limit)
        for code in 0..<limit where places[code] != 0 {
            places[code] = UInt32(wanted.count)
            wanted.append(UInt32(code))
        }
        return (wanted.count == limit ? [] : places, wanted)
    }

    /// The codes of the rows that have a value, through a table or as they are.
    /// - Precondition: the table has a number for each code.
    private func codes(through table: [UInt32]) -> [UInt32] {
        var mapped = codes
        if !table.isEmpty { Self.renumber(&mapped, table) }
        return mapped
    }

    /// The rows of a page whose codes are some of `wanted`, ascending.
    /// - Parameters:
    ///   - wanted: ascending, below `textCount`.
    ///   - textCount: as of ``init(_:payload:type:textCount:rows:landmarks:)``.
    ///   - landmarks: likewise.
    /// - Throws: likewise.
    /// - Complexity: O(rows + payload), nothing where none is wanted; with landmarks that are known, blocks that may
    ///   have them.
    package static func rows(
        of wanted: [UInt32], _ header: PageHeader, payload: ArraySlice<UInt8>, textCount: Int,
        landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> [UInt32] {
        if wanted.isEmpty { return [] }
        var cursor = ByteCursor(try PageDecoder.plainPayload(header, payload))
        let nullCount = header.summary.nullCount
        let validity = nullCount > 0 ? try PageDecoder.nulls(&cursor, header, landmarks) : nil
        let places = try CodeStream.places(
            of: wanted, &cursor, count: header.rowCount - nullCount, limit: textCount, landmarks)
        guard cursor.isAtEnd else { throw cursor.failure("the end of the payload") }
        return validity.map { $0.rows(ofPresent: places) } ?? places
    }

    /// Which texts are wanted of a block that begins after `first` texts of others and has `count`: their places in
    /// it, ascending.
    package func wanted(of count: Int, after first: Int) -> [UInt32] {
        let start = wanted.partitioningIndex { $0 >= UInt32(first) }
        let end = wanted.partitioningIndex { $0 >= UInt32(first + count) }
        return wanted[start..<end].map { $0 - UInt32(first) }
    }

    /// The column, where the codes that its texts have in ``SharedTexts`` are known: no block is read then.
    /// - Throws: `DecodingError` where what is known is of another page.
    package func known(as page: SharedTexts.Page?) throws(DecodingError) -> Vector? {
        guard isWhole, !codes.isEmpty, let page, let known = page.texts.known(page, rows: count) else { return nil }
        guard known.numbers.count == wanted.count else {
            throw DecodingError(offset: 0, expectation: "\(known.numbers.count) texts, found \(wanted.count)")
        }
        return vector(known)
    }

    /// The column.
    /// - Parameters:
    ///   - parts: the wanted texts of each block, in the order of the blocks.
    ///   - page: as `known(as:)` was asked.
    /// - Complexity: O(rows + bytes of the texts).
    package func column(of parts: [TextDictionary], as page: SharedTexts.Page? = nil) -> Vector {
        let own = parts.count == 1 ? parts[0] : Self.joined(parts)
        precondition(own.count == wanted.count, "the wanted texts, each once")
        if codes.isEmpty { return .constant(.null, type: type, count: count) }
        if isWhole, let page, let taken = page.texts.taken(own, of: page, rows: count) { return vector(taken) }
        let spread = PageDecoder.spread(codes(through: places), validity, zero: 0)
        return Vector(type: type, count: count, storage: .text(codes: spread, dictionary: own), validity: validity)
    }

    private func vector(_ shared: SharedTexts.Codes) -> Vector {
        // Places of codes that do not occur are none of theirs.
        let numbers = places.isEmpty ? shared.numbers : places.map { shared.numbers[Int($0)] }
        let spread = PageDecoder.spread(codes(through: numbers), validity, zero: 0)
        return Vector(
            type: type, count: count, storage: .text(codes: spread, dictionary: shared.dictionary), validity: validity)
    }

    private static func joined(_ parts: [TextDictionary]) -> TextDictionary {
        var bytes: [UInt8] = []
        var offsets: [UInt32] = [0]
        bytes.reserveCapacity(parts.reduce(0) { $0 + $1.bytes.count })
        offsets.reserveCapacity(parts.reduce(1) { $0 + $1.count })
        for part in parts {
            let first = UInt32(bytes.count)
            bytes.append(contentsOf: part.bytes)
            for offset in part.offsets.dropFirst() { offsets.append(first + offset) }
        }
        return TextDictionary(bytes: bytes, offsets: offsets)
    }
}

/// A block of a pool, read from untrusted bytes, no longer compressed.
package struct SharedTextBlock: Sendable {
    /// The texts as in a page (``TextBlockDecoder``).
    private let texts: ArraySlice<UInt8>
    /// What stands before them, where nothing was compressed.
    private let offset: Int
    /// Of the texts, for who keeps the block.
    package let landmarks: PageLandmarks

    /// Bytes held, as whoever keeps it counts them, but for what the landmarks hold.
    package var heldBytes: Int { texts.endIndex }

    /// - Throws: `DecodingError`; its offset counts from the start of the content or, where that is compressed, of what
    ///   it was before, here and below.
    /// - Complexity: O(bytes).
    package init(_ content: ArraySlice<UInt8>) throws(DecodingError) {
        var cursor = ByteCursor(content)
        let version = try cursor.readByte()
        guard SharedTextsVersion(rawValue: version) != nil else {
            throw cursor.newerForm("texts of version 1", found: version)
        }
        let number = try cursor.readByte()
        guard let compression = PageCompression(rawValue: number) else {
            throw cursor.newerForm("a compression", found: number)
        }
        if compression == .none {
            offset = cursor.offset
            texts = try cursor.readSlice(cursor.remaining)
        } else {
            offset = 0
            let length = try cursor.readCount(max: PageLimits.payloadBytesMax)
            let rest = try cursor.readSlice(cursor.remaining)
            texts = try PageDecoder.decompressed(rest, compression, count: length)[...]
        }
        landmarks = PageLandmarks(payloadBytes: texts.count)
    }

    /// The texts at `places` of the block, which has `count`.
    /// - Parameters:
    ///   - places: ascending and below `count`; nil: all.
    ///   - isKept: whether the block stays in memory for who wants other texts of it.
    /// - Complexity: O(bytes of the block).
    package func texts(
        count: Int, at places: [UInt32]? = nil, isKept: Bool = false
    ) throws(DecodingError) -> TextDictionary {
        assert(places?.last.map { Int($0) < count } ?? true, "places of the block")
        return try read(count) { cursor throws(DecodingError) in
            let texts =
                if let places, places.count < count {
                    try TextBlockDecoder.read(&cursor, codes: places, isKept ? landmarks : nil)
                } else {
                    try TextBlockDecoder.read(&cursor)
                }
            guard cursor.isAtEnd else { throw cursor.failure("the end of the texts") }
            return texts
        }
    }

    /// The places of a text in the block, which has `count` and stays in memory, ascending; nil where the texts have to
    /// be decoded for that.
    /// - Complexity: O(bytes of the block); no text is made.
    package func places(of text: [UInt8], count: Int) throws(DecodingError) -> [UInt32]? {
        try read(count) { cursor throws(DecodingError) -> [UInt32]? in
            guard let found = try TextBlockDecoder.codes(of: text, &cursor, landmarks) else { return nil }
            guard cursor.isAtEnd else { throw cursor.failure("the end of the texts") }
            return found.codes
        }
    }

    private func read<Result>(
        _ count: Int, _ body: (inout ByteCursor) throws(DecodingError) -> Result
    ) throws(DecodingError) -> Result {
        do throws(DecodingError) {
            var cursor = ByteCursor(texts)
            var ahead = cursor
            let found = try ahead.readCount(max: PageLimits.rowsMax)
            guard found == count else { throw cursor.failure("\(count) texts, found \(found)") }
            return try body(&cursor)
        } catch {
            var moved = error
            moved.offset += offset
            throw moved
        }
    }
}
