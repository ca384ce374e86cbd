internal import Bytes
internal import Columnar

/// Where a block lies in a segment file; length 0 means there is none.
struct BlockPlace: Hashable, Sendable {
    var offset = 0
    /// Checksum included, bytes.
    var length = 0
}

/// One column's page of one group.
struct PageReference: Sendable {
    var header: PageHeader
    var page = BlockPlace()
    var filter = BlockPlace()
    /// Of a page of shared texts: the blocks that its codes count through, ascending indices of the footer's.
    var texts: [Int] = []
}

/// Texts that pages of several tables have in common.
struct SharedTextsReference: Sendable {
    var block = BlockPlace()
    /// Of the texts; length 0 where nobody looks them up.
    var filter = BlockPlace()
    /// How many there are.
    var count = 0
}

struct GroupDirectory: Sendable {
    var rowCount: Int
    /// By column of the table; nil where the column is null throughout.
    var pages: [PageReference?]
}

struct TableDirectory: Sendable {
    var name: String
    var columns: [SegmentColumn]
    var groups: [GroupDirectory] = []
}

/// The directory of a segment: see SegmentFormat for the bytes.
struct SegmentFooter: Sendable {
    var metadata: [UInt8] = []
    var identityFilter = BlockPlace()
    var identityCount = 0
    var tables: [TableDirectory] = []
    var texts: [SharedTextsReference] = []

    func encoded() -> [UInt8] {
        var sink = ByteSink()
        sink.append(varint: UInt64(metadata.count))
        sink.append(contentsOf: metadata)
        Self.write(identityFilter, into: &sink)
        sink.append(varint: UInt64(identityCount))
        sink.append(varint: UInt64(tables.count))
        for table in tables {
            sink.append(text: table.name)
            sink.append(varint: UInt64(table.columns.count))
            for column in table.columns {
                sink.append(text: column.name)
                ColumnTypeCoding.write(column.type, into: &sink)
                sink.append(column.hint.rawValue)
            }
            sink.append(varint: UInt64(table.groups.count))
            for group in table.groups { Self.write(group, table.columns, into: &sink) }
        }
        if !texts.isEmpty { write(textsInto: &sink) }
        return sink.bytes
    }

    static func write(_ place: BlockPlace, into sink: inout ByteSink) {
        sink.append(varint: UInt64(place.offset))
        sink.append(varint: UInt64(place.length))
    }

    private static func write(_ group: GroupDirectory, _ columns: [SegmentColumn], into sink: inout ByteSink) {
        assert(group.pages.count == columns.count, "an entry for each column")
        sink.append(varint: UInt64(group.rowCount))
        sink.append(varint: UInt64(group.pages.reduce(0) { $0 + ($1 == nil ? 0 : 1) }))
        for (column, reference) in group.pages.enumerated() {
            guard let reference else { continue }
            assert(reference.header.rowCount == group.rowCount, "the columns of a group have its rows")
            sink.append(varint: UInt64(column))
            reference.header.write(into: &sink, type: columns[column].type)
            write(reference.page, into: &sink)
            write(reference.filter, into: &sink)
            if reference.header.encoding == .sharedTexts { write(texts: reference.texts, into: &sink) }
        }
    }

    init() {}

    /// Reads a footer whose blocks all end at or before `blocksEnd`.
    init(from cursor: inout ByteCursor, blocksEnd: Int) throws(DecodingError) {
        metadata = Array(try cursor.readSlice(try cursor.readCount(max: SegmentLimits.metadataBytesMax)))
        identityFilter = try Self.readPlace(&cursor, blocksEnd)
        identityCount = try cursor.readCount(max: Int(UInt32.max))
        for _ in 0..<(try cursor.readCount(max: SegmentLimits.tablesMax)) {
            var table = TableDirectory(name: try cursor.readText(max: SegmentLimits.nameBytesMax), columns: [])
            for _ in 0..<(try cursor.readCount(max: SegmentLimits.columnsMax)) {
                let name = try cursor.readText(max: SegmentLimits.nameBytesMax)
                let type = try ColumnTypeCoding.read(&cursor)
                let number = try cursor.readByte()
                guard let hint = ColumnHint(rawValue: number) else {
                    throw cursor.newerForm("a column hint", found: number)
                }
                table.columns.append(SegmentColumn(name: name, type: type, hint: hint))
            }
            for _ in 0..<(try cursor.readCount(max: SegmentLimits.groupsMax)) {
                table.groups.append(try Self.readGroup(&cursor, table.columns, blocksEnd))
            }
            tables.append(table)
        }
        if !cursor.isAtEnd { texts = try Self.readTexts(&cursor, blocksEnd) }
        guard cursor.isAtEnd else { throw cursor.failure("the end of the footer") }
        try checkTexts(cursor)
    }

    static func readPlace(_ cursor: inout ByteCursor, _ blocksEnd: Int) throws(DecodingError) -> BlockPlace {
        let offset = try cursor.readCount(max: blocksEnd)
        let length = try cursor.readCount(max: blocksEnd - offset)
        guard length == 0 || (length >= SegmentLimits.checksumBytes && offset >= SegmentLimits.headerBytes) else {
            throw cursor.failure("a block within the file")
        }
        return BlockPlace(offset: offset, length: length)
    }

    private static func readGroup(
        _ cursor: inout ByteCursor, _ columns: [SegmentColumn], _ blocksEnd: Int
    ) throws(DecodingError) -> GroupDirectory {
        let rowCount = try cursor.readCount(max: PageLimits.rowsMax)
        var group = GroupDirectory(rowCount: rowCount, pages: Array(repeating: nil, count: columns.count))
        var last = -1
        for _ in 0..<(try cursor.readCount(max: columns.count)) {
            let column = try cursor.readCount(max: columns.count - 1)
            guard column > last else { throw cursor.failure("pages ascending by column") }
            last = column
            let header = try PageHeader(from: &cursor, type: columns[column].type)
            guard header.rowCount == rowCount else { throw cursor.failure("a page of \(rowCount) rows") }
            let page = try readPlace(&cursor, blocksEnd)
            guard page.length > 0 || header.storedBytes == 0 else { throw cursor.failure("a page block") }
            var reference = PageReference(header: header, page: page, filter: try readPlace(&cursor, blocksEnd))
            if header.encoding == .sharedTexts { reference.texts = try readTextIndices(&cursor) }
            group.pages[column] = reference
        }
        return group
    }
}
