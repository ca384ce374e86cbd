/// How values of a page are written; numbers of the format.
enum PageEncoding: Int32, Sendable {
    case plain = 0
    /// Of levels.
    case runLengths = 3
    case deltas = 5
    case dictionary = 8
}

/// What a file's end says of one column of a row group.
struct ChunkMetadata: Sendable {
    /// Rows, nulls among them.
    var valueCount = 0
    var nullCount = 0
    /// Ascending, each once.
    private(set) var encodings: [PageEncoding] = [.runLengths]
    /// Pages with their headers, as they are and as they would be without compression.
    var (compressedBytes, uncompressedBytes) = (0, 0)
    /// Where the first page of values stands.
    var dataOffset = 0
    /// Where the page of the dictionary stands, which goes before the others; nil: there is none.
    var dictionaryOffset: Int?
    /// The least and the greatest value; nil: nothing is said.
    var range: (least: [UInt8], greatest: [UInt8])?

    mutating func uses(_ encoding: PageEncoding) {
        guard !encodings.contains(encoding) else { return }
        encodings.append(encoding)
        encodings.sort { $0.rawValue < $1.rawValue }
    }

    /// Writes a `ColumnMetaData`.
    func append(of column: ParquetColumn, to thrift: inout ThriftWriter) {
        thrift.field(1, int32: column.form.rawValue)
        thrift.field(2, int32s: encodings.map(\.rawValue))
        thrift.field(3, texts: [column.name])
        thrift.field(4, int32: Self.zstandard)
        thrift.field(5, int64: Int64(valueCount))
        thrift.field(6, int64: Int64(uncompressedBytes))
        thrift.field(7, int64: Int64(compressedBytes))
        thrift.field(9, int64: Int64(dataOffset))
        if let dictionaryOffset { thrift.field(11, int64: Int64(dictionaryOffset)) }
        thrift.structure(12) { [self] statistics in
            statistics.field(3, int64: Int64(nullCount))
            guard let range else { return }
            statistics.field(5, bytes: range.greatest)
            statistics.field(6, bytes: range.least)
            statistics.field(7, bool: true)
            statistics.field(8, bool: true)
        }
    }

    private static let zstandard: Int32 = 6
}

/// What a file's end says of a row group.
struct GroupMetadata: Sendable {
    var rowCount: Int
    /// Where it begins.
    var offset: Int
    /// One a column.
    var chunks: [ChunkMetadata]

    /// Writes a `RowGroup`.
    func append(ordinal: Int, of columns: [ParquetColumn], to thrift: inout ThriftWriter) {
        thrift.structures(1, Array(zip(columns, chunks))) { pair, thrift in
            // Nothing of it stands anywhere but here.
            thrift.field(2, int64: 0)
            thrift.structure(3) { pair.1.append(of: pair.0, to: &$0) }
        }
        thrift.field(2, int64: Int64(chunks.reduce(0) { $0 + $1.uncompressedBytes }))
        thrift.field(3, int64: Int64(rowCount))
        thrift.field(5, int64: Int64(offset))
        thrift.field(6, int64: Int64(chunks.reduce(0) { $0 + $1.compressedBytes }))
        if let ordinal = Int16(exactly: ordinal) { thrift.field(7, int16: ordinal) }
    }
}

/// The end of a file: what it holds and where.
enum ParquetFooter {
    /// Pages of values of the first form, encodings of later ones.
    private static let version: Int32 = 2

    /// A `FileMetaData`.
    static func bytes(
        _ columns: [ParquetColumn], _ groups: [GroupMetadata], notes: [(name: String, value: String)],
        createdBy: String
    ) -> [UInt8] {
        var thrift = ThriftWriter()
        thrift.field(1, int32: version)
        // The root, then its columns.
        thrift.structures(2, [nil] + columns.map(Optional.some)) { column, thrift in
            if let column { return column.append(to: &thrift) }
            thrift.field(4, text: "schema")
            thrift.field(5, int32: Int32(columns.count))
        }
        thrift.field(3, int64: Int64(groups.reduce(0) { $0 + $1.rowCount }))
        thrift.structures(4, Array(groups.enumerated())) { group, thrift in
            group.element.append(ordinal: group.offset, of: columns, to: &thrift)
        }
        if !notes.isEmpty {
            thrift.structures(5, notes) { note, thrift in
                thrift.field(1, text: note.name)
                thrift.field(2, text: note.value)
            }
        }
        thrift.field(6, text: createdBy)
        // Every column is ordered as its type is.
        thrift.structures(7, columns) { _, thrift in thrift.structure(1) }
        thrift.end()
        return thrift.bytes
    }
}
