internal import Bytes
internal import Compression

/// How a page is to be written.
package struct PageOptions: Sendable {
    /// What is tried over the payload, and when it is kept.
    package var compression: PageEffort
    /// Whether minimum and maximum may be kept in the header.
    var isSummarised: Bool

    /// Takes each part as given.
    package init(compression: PageEffort = .lz4, isSummarised: Bool = true) {
        self.compression = compression
        self.isSummarised = isSummarised
    }
}

/// A page ready to be written: pure bytes, without its place in a file.
package struct EncodedPage: Sendable {
    /// The type as SQL sees it.
    package var type: ColumnType
    /// What stands before the payload.
    package var header: PageHeader
    /// As stored: after compression.
    package var payload: [UInt8]
    /// So many bytes of the payload, before compression, are texts; the others are numbers.
    var textBytes = 0

    /// The header's bytes.
    package var headerBytes: [UInt8] {
        var sink = ByteSink(capacity: 64)
        header.write(into: &sink, type: type)
        return sink.bytes
    }
}

/// Chooses the cheapest encoding of a vector and writes it. Pure; safe from any thread.
package enum PageEncoder {
    /// Encodes one column of a row group.
    /// - Precondition: at most 65,536 rows; boolean, integer, double, numeric, text, json, date and time types.
    /// - Complexity: O(rows), a handful of passes.
    package static func encode(_ vector: Vector, options: PageOptions = PageOptions()) -> EncodedPage {
        precondition(vector.count <= PageLimits.rowsMax)
        var page = body(of: vector)
        precondition(page.payload.count <= PageLimits.payloadBytesMax, "the caller bounds a group's bytes")
        store(&page, options.compression)
        assert(page.header.rowCount == vector.count && page.type == vector.type, "a page of the vector")
        let bounds = page.header.summary
        assert(Scalar.order(bounds.minimum, bounds.maximum) != .greater, "a minimum is not above its maximum")
        if !options.isSummarised, page.header.encoding != .constant {
            page.header.summary.minimum = .null
            page.header.summary.maximum = .null
        }
        return page
    }

    /// Lays compression over the payload where that pays, and notes both lengths. What is mostly numbers is packed as
    /// it is, and read most: Zstandard would save little of it and take longer than all the rest. In an archive that
    /// little counts.
    static func store(_ page: inout EncodedPage, _ effort: PageEffort) {
        page.header.payloadBytes = page.payload.count
        let isOfNumbers = page.textBytes * 2 < page.payload.count
        if let compressed = compress(page.payload, isOfNumbers && effort == .zstd ? .lz4 : effort) {
            page.payload = compressed.bytes
            page.header.compression = compressed.compression
        }
        page.header.storedBytes = page.payload.count
    }

    private static func body(of vector: Vector) -> EncodedPage {
        let nullCount = vector.validity?.nullCount ?? 0
        if case .constant(let value) = vector.storage { return constantPage(value, vector) }
        if vector.count == 0 || nullCount == vector.count { return constantPage(.null, vector) }
        let validity = nullCount == 0 ? nil : vector.validity
        switch vector.storage {
        case .int64(let values): return integers(dense(values, validity), vector, validity)
        case .int128(let values): return wides(dense(values, validity), vector, validity)
        case .double(let values): return doubles(dense(values, validity), vector, validity)
        case .boolean(let values): return booleans(dense(values, validity), vector, validity)
        case .text(let codes, let dictionary): return texts(dense(codes, validity), dictionary, vector, validity)
        case .interval, .scalars, .constant: preconditionFailure("not a shape that pages store")
        }
    }

    /// The values of the rows that have one.
    static func dense<Value>(_ values: [Value], _ validity: Validity?) -> [Value] {
        guard let validity else { return values }
        var result: [Value] = []
        result.reserveCapacity(validity.validCount)
        for row in values.indices where validity[row] { result.append(values[row]) }
        return result
    }

    private static func page(
        _ encoding: PageEncoding, _ vector: Vector, _ summary: ColumnSummary, _ validity: Validity?,
        write: (inout ByteSink) -> Void
    ) -> EncodedPage {
        var sink = ByteSink()
        if let validity { NullMap.write(validity, into: &sink) }
        write(&sink)
        assert(summary.nullCount == validity?.nullCount ?? 0, "nulls are left out of the payload")
        let header = PageHeader(encoding: encoding, rowCount: vector.count, summary: summary)
        return EncodedPage(type: vector.type, header: header, payload: sink.bytes)
    }

    private static func constantPage(_ value: Scalar, _ vector: Vector) -> EncodedPage {
        if value.isNull || vector.count == 0 {
            let summary = ColumnSummary(minimum: .null, maximum: .null, nullCount: vector.count)
            let header = PageHeader(encoding: .nulls, rowCount: vector.count, summary: summary)
            return EncodedPage(type: vector.type, header: header, payload: [])
        }
        if case .text(let text) = value, text.utf8.count > PageLimits.constantTextBytesMax {
            return longConstant(text, vector)
        }
        if case .json(let text) = value, text.utf8.count > PageLimits.constantTextBytesMax {
            return longConstant(text, vector)
        }
        var summary = ColumnSummary(minimum: value, maximum: value, nullCount: 0)
        switch value {
        case .integer(let value) where vector.type.isSummed: summary.sum = Int128(value) * Int128(vector.count)
        case .numeric(let value, _):
            let (sum, overflow) = value.multipliedReportingOverflow(by: Int128(vector.count))
            summary.sum = overflow ? nil : sum
        default: break
        }
        let header = PageHeader(encoding: .constant, rowCount: vector.count, summary: summary)
        return EncodedPage(type: vector.type, header: header, payload: [])
    }

    private static func longConstant(_ text: String, _ vector: Vector) -> EncodedPage {
        texts(Array(repeating: 0, count: vector.count), TextDictionary([text]), vector, nil)
    }

    private static func integers(_ values: [Int64], _ vector: Vector, _ validity: Validity?) -> EncodedPage {
        let summary = PageStatistics.integers(values, type: vector.type, nullCount: vector.count - values.count)
        if validity == nil, summary.minimum == summary.maximum { return constantPage(summary.minimum, vector) }
        return page(.integers, vector, summary, validity) { IntegerStreamEncoder.write(values, into: &$0) }
    }

    private static func wides(_ values: [Int128], _ vector: Vector, _ validity: Validity?) -> EncodedPage {
        guard case .numeric(let scale) = vector.type else { preconditionFailure("only numerics are 128 bits wide") }
        let summary = PageStatistics.wides(values, scale: scale, nullCount: vector.count - values.count)
        if validity == nil, summary.minimum == summary.maximum { return constantPage(summary.minimum, vector) }
        if PageForm.forced != .wideIntegers, values.allSatisfy({ Int64(exactly: $0) != nil }) {
            return integers(values.map { Int64(truncatingIfNeeded: $0) }, vector, validity)
        }
        return page(.wideIntegers, vector, summary, validity) { sink in
            IntegerStreamEncoder.write(values.map { Int64(truncatingIfNeeded: $0 >> 64) }, into: &sink)
            IntegerStreamEncoder.write(values.map { Int64(truncatingIfNeeded: $0) }, into: &sink)
        }
    }

    private static func doubles(_ values: [Double], _ vector: Vector, _ validity: Validity?) -> EncodedPage {
        let summary = PageStatistics.doubles(values, nullCount: vector.count - values.count)
        if validity == nil, values.allSatisfy({ $0.bitPattern == values[0].bitPattern }) {
            return constantPage(.double(values[0]), vector)
        }
        let raw = page(.doubles, vector, summary, validity) { sink in
            IntegerStreamEncoder.write(values.map { Int64(bitPattern: $0.bitPattern) }, into: &sink)
        }
        let form = PageForm.forced
        guard form != .bitPatterns, let payload = DecimalDoubles.encoded(values) else { return raw }
        let decimal = page(.decimals, vector, summary, validity) { $0.append(contentsOf: payload) }
        return decimal.payload.count < raw.payload.count || form == .decimals ? decimal : raw
    }

    private static func booleans(_ values: [Bool], _ vector: Vector, _ validity: Validity?) -> EncodedPage {
        let trues = values.reduce(0) { $0 + ($1 ? 1 : 0) }
        let summary = ColumnSummary(
            minimum: .boolean(trues == values.count), maximum: .boolean(trues > 0),
            nullCount: vector.count - values.count)
        if validity == nil, summary.minimum == summary.maximum { return constantPage(summary.minimum, vector) }
        var words = [UInt64](repeating: 0, count: (values.count + 63) / 64)
        for index in values.indices where values[index] { words[index >> 6] |= 1 << UInt64(index & 63) }
        return page(.booleans, vector, summary, validity) { sink in
            for word in words { sink.append(littleEndian: word) }
        }
    }

    private static func texts(
        _ codes: [UInt32], _ dictionary: TextDictionary, _ vector: Vector, _ validity: Validity?
    ) -> EncodedPage {
        let (codes, texts) = compacted(codes, dictionary)
        let summary = PageStatistics.texts(texts, type: vector.type, nullCount: vector.count - codes.count)
        if validity == nil, texts.count == 1, texts.bytes.count <= PageLimits.constantTextBytesMax,
            let text = String(validating: texts.bytes, as: UTF8.self)
        {
            return constantPage(vector.type == .json ? .json(text) : .text(text), vector)
        }
        var numberBytes = 0
        var made = page(.texts, vector, summary, validity) { sink in
            CodeStream.write(codes, into: &sink)
            numberBytes = sink.count
            TextBlockEncoder.write(bytes: texts.bytes, offsets: texts.offsets, into: &sink)
        }
        made.textBytes = made.payload.count - numberBytes
        return made
    }

    /// The texts that occur, in the order of their first use: unique texts then need no codes, and neighbours are
    /// alike.
    static func compacted(_ codes: [UInt32], _ dictionary: TextDictionary) -> ([UInt32], TextRanges) {
        // New code + 1; 0 where the text has not occurred yet.
        var renumbered = [UInt32](repeating: 0, count: dictionary.count)
        var result = [UInt32](repeating: 0, count: codes.count)
        var used: [UInt32] = []
        var isInOrder = true
        for index in codes.indices {
            let code = codes[index]
            if renumbered[Int(code)] == 0 {
                isInOrder = isInOrder && Int(code) == used.count
                used.append(code)
                renumbered[Int(code)] = UInt32(used.count)
            }
            result[index] = renumbered[Int(code)] - 1
        }
        if isInOrder, used.count == dictionary.count {
            return (result, TextRanges(bytes: dictionary.bytes, offsets: dictionary.offsets))
        }
        var texts = TextRanges(bytes: [], offsets: [0])
        texts.offsets.reserveCapacity(used.count + 1)
        assert(used.count <= codes.count && used.count <= dictionary.count, "only texts that occur")
        for code in used {
            texts.bytes.append(contentsOf: dictionary.utf8(Int(code)))
            texts.offsets.append(UInt32(texts.bytes.count))
        }
        return (result, texts)
    }

    /// Under this nothing is worth a second step of reading.
    private static let compressedBytesMin = 64

    /// Of Zstandard, for an archive. What it holds in memory meanwhile grows with the payload, to 17 MiB for one of a
    /// mebibyte and 81 MiB beyond; so what is longer gets a level that is content with 12.
    private static let archiveLevel = 19
    private static let archivedBytesMax = 1 << 20
    private static let longArchiveLevel = 9

    /// The payload under a compression where that saves a tenth, else nil. Zstandard takes several times as long to
    /// read as LZ4, so it has to save a tenth of what that one leaves; for an archive one part in thirty-two is enough.
    static func compress(
        _ payload: [UInt8], _ effort: PageEffort
    ) -> (bytes: [UInt8], compression: PageCompression)? {
        if let form = PageForm.forced, let forced = form.compression { return compress(payload, forcing: forced) }
        guard effort != .none, payload.count >= compressedBytesMin else { return nil }
        if effort == .archive {
            let isLong = payload.count > archivedBytesMax
            let small = Zstandard.compress(payload, level: isLong ? longArchiveLevel : archiveLevel)
            return small.count * 32 <= payload.count * 31 ? (small, .zstd) : nil
        }
        func saves(_ bytes: [UInt8], of count: Int) -> Bool { bytes.count * 10 <= count * 9 }
        let quick = LZ4Block.compress(payload)
        let isQuickShorter = saves(quick, of: payload.count)
        if effort == .zstd {
            let small = Zstandard.compress(payload)
            if saves(small, of: isQuickShorter ? quick.count : payload.count) { return (small, .zstd) }
        }
        return isQuickShorter ? (quick, .lz4) : nil
    }

    private static func compress(
        _ payload: [UInt8], forcing compression: PageCompression
    ) -> (bytes: [UInt8], compression: PageCompression)? {
        if compression == .none || payload.isEmpty { return nil }
        let bytes = compression == .lz4 ? LZ4Block.compress(payload) : Zstandard.compress(payload)
        return bytes.count <= payload.count ? (bytes, compression) : nil
    }
}
