package import Bytes

// What stands before the payload of a page: everything a scan can use without reading the payload. Little-endian,
// varints LEB128.
//
//     size  field
//     1     version        PageVersion
//     1     encoding       PageEncoding
//     1     flags          bit 0 minimum and maximum follow · bit 1 sum follows · bits 2–3 compression · others zero
//     v     rowCount       0...65,536
//     v     nullCount      0...rowCount
//     …     minimum        when flagged; in the column's type, see SummaryCoding
//     …     maximum
//     v v   sum            when flagged: zig-zag Int128 as two varints, low 64 bits first
//     v     storedBytes    length of the payload as stored
//     v     payloadBytes   only when compressed: length once decompressed
//
// A page of only nulls or of one value has no payload. Numbers of versions and encodings are never reused.

/// The ladder of page formats.
package enum PageVersion: UInt8, Sendable {
    /// The first format.
    case first = 1
}

/// How a page's payload holds its values.
package enum PageEncoding: UInt8, Sendable, CaseIterable {
    /// Every row is null; no payload.
    case nulls = 0
    /// Every row has the minimum (= maximum) as its value; no payload.
    case constant = 1
    /// One integer stream.
    case integers = 2
    /// Two integer streams: the high and the low halves of 128-bit values.
    case wideIntegers = 3
    /// One integer stream of bit patterns.
    case doubles = 4
    /// Doubles that are short decimals: an exponent and a stream of mantissas, exceptions beside.
    case decimals = 5
    /// One bit a row.
    case booleans = 6
    /// Codes and the dictionary's texts.
    case texts = 7
    /// Codes of texts that lie in blocks which other pages name, too; see ``TextPool``.
    case sharedTexts = 8
}

/// What lies over a page's payload.
package enum PageCompression: UInt8, Sendable {
    case none = 0
    case lz4 = 1
    case zstd = 2
}

/// Maxima that decoders check before they allocate.
package enum PageLimits {
    /// Rows of a row group and so of a page. Codes of unique texts and selections rely on it fitting 16 bits plus one.
    package static let rowsMax = 65_536
    /// Bytes of one payload, decompressed. Text offsets rely on it fitting 32 bits.
    package static let payloadBytesMax = 1 << 28
    /// Texts in a header's minimum and maximum are cut to this many bytes.
    package static let summaryTextBytesMax = 32
    /// Bytes of a constant text that are kept in the header; a longer constant gets a payload.
    static let constantTextBytesMax = 256
}

/// The header of one page, decoded.
package struct PageHeader: Sendable {
    /// How the payload holds the values.
    package var encoding: PageEncoding
    /// What lies over the payload.
    package var compression: PageCompression
    /// Number of rows, nulls included.
    package var rowCount: Int
    /// Minimum, maximum, nulls and sum. Of a `constant` page the minimum is the value itself.
    package var summary: ColumnSummary
    /// Length of the payload as stored, bytes.
    package var storedBytes: Int
    /// Length of the payload after decompression, bytes.
    package var payloadBytes: Int

    /// Takes each part as given.
    package init(
        encoding: PageEncoding, compression: PageCompression = .none, rowCount: Int, summary: ColumnSummary,
        storedBytes: Int = 0, payloadBytes: Int = 0
    ) {
        self.encoding = encoding
        self.compression = compression
        self.rowCount = rowCount
        self.summary = summary
        self.storedBytes = storedBytes
        self.payloadBytes = payloadBytes
    }

    /// Appends the header's bytes.
    package func write(into sink: inout ByteSink, type: ColumnType) {
        assert((0...PageLimits.rowsMax).contains(rowCount), "rows of one group")
        assert((0...rowCount).contains(summary.nullCount), "null rows are rows")
        assert(storedBytes <= payloadBytes, "compression is kept where it saves")
        let hasRange = !summary.minimum.isNull && !summary.maximum.isNull
        sink.append(PageVersion.first.rawValue)
        sink.append(encoding.rawValue)
        sink.append((hasRange ? 1 : 0) | (summary.sum != nil ? 2 : 0) | compression.rawValue << 2)
        sink.append(varint: UInt64(rowCount))
        sink.append(varint: UInt64(summary.nullCount))
        if hasRange {
            SummaryCoding.write(summary.minimum, type: type, into: &sink)
            SummaryCoding.write(summary.maximum, type: type, into: &sink)
        }
        if let sum = summary.sum { SummaryCoding.write(wide: sum, into: &sink) }
        sink.append(varint: UInt64(storedBytes))
        if compression != .none { sink.append(varint: UInt64(payloadBytes)) }
    }

    /// Reads a header of a column of `type`. Throws where a field is not what the format promises.
    package init(from cursor: inout ByteCursor, type: ColumnType) throws(DecodingError) {
        let version = try cursor.readByte()
        guard PageVersion(rawValue: version) != nil else { throw cursor.newerForm("page version 1", found: version) }
        let number = try cursor.readByte()
        guard let encoding = PageEncoding(rawValue: number) else {
            throw cursor.newerForm("a page encoding", found: number)
        }
        let flags = try cursor.readByte()
        guard flags < 16, let compression = PageCompression(rawValue: flags >> 2) else {
            throw cursor.newerForm("page flags", found: flags)
        }
        self.encoding = encoding
        self.compression = compression
        rowCount = try cursor.readCount(max: PageLimits.rowsMax)
        let nullCount = try cursor.readCount(max: rowCount)
        var range = (Scalar.null, Scalar.null)
        if flags & 1 != 0 {
            range.0 = try SummaryCoding.read(type: type, from: &cursor)
            range.1 = try SummaryCoding.read(type: type, from: &cursor)
        }
        let sum = flags & 2 != 0 ? try SummaryCoding.readWide(from: &cursor) : nil
        summary = ColumnSummary(minimum: range.0, maximum: range.1, nullCount: nullCount, sum: sum)
        storedBytes = try cursor.readCount(max: PageLimits.payloadBytesMax)
        payloadBytes = storedBytes
        if compression != .none { payloadBytes = try cursor.readCount(max: PageLimits.payloadBytesMax) }
    }
}
