internal import Bytes
package import Columnar
internal import Hashing
package import Platform

/// Writes one segment: groups are encoded anywhere, appended here one after the other, and the file gets its name when
/// it is whole.
///
/// For one thread at a time. Until ``finish(metadata:)`` returns, the file has the temporary name `….segment.new`,
/// which recovery removes.
package final class SegmentWriter {
    /// Bytes gathered before they are written.
    private static let bufferBytesMax = 1 << 20

    /// The segment's id; part of every checksum.
    package let segmentID: UInt64
    /// The name that the file gets when it is whole.
    package let fileName: String
    private let fileSystem: any FileSystem
    private let directory: String
    private let file: any File
    private let flushesInSteps: Bool
    private var unflushedBytes = 0
    private var digest: SHA256? = SHA256()
    private var buffer: [UInt8] = []
    private var bufferOffset = 0
    private var footer = SegmentFooter()
    private var texts = SharedTextsWriter()
    private var identities: [UInt64] = []
    private var timeRange: ClosedRange<Int64>?

    private var temporaryPath: String { directory + "/" + fileName + ".new" }
    /// Where the next block begins; the bytes written so far.
    package var offset: Int { bufferOffset + buffer.count }

    /// Opens the temporary file, emptied if a crash left one behind.
    /// - Parameter flushesInSteps: what is written is flushed a step (``FlushStep``) at a time, so that flushes of
    ///   other files never wait for all of it: for work beside a log.
    package init(
        fileSystem: any FileSystem, directory: String, segmentID: UInt64, flushesInSteps: Bool = false
    ) throws {
        self.flushesInSteps = flushesInSteps
        self.fileSystem = fileSystem
        self.directory = directory
        self.segmentID = segmentID
        fileName = segmentFileName(segmentID)
        file = try fileSystem.open(directory + "/" + fileName + ".new", .replace)
        var sink = ByteSink(capacity: SegmentLimits.headerBytes)
        sink.append(contentsOf: SegmentFormat.magic)
        sink.append(SegmentVersion.first.rawValue)
        sink.append(contentsOf: repeatElement(0, count: 7))
        sink.append(littleEndian: segmentID)
        sink.append(littleEndian: SegmentFormat.checksum(sink.bytes[...], segmentID: segmentID, offset: 0))
        try append(sink.bytes)
    }

    /// Encodes and appends one row group; `encodeGroup` and ``add(_:)`` are the two halves.
    package func add(table: String, columns: [SegmentColumn], chunk: Chunk) throws {
        try add(encodeGroup(table: table, columns: columns, chunk: chunk))
    }

    /// Appends an encoded group: checksums and copies, no more. A column unknown so far joins the table; groups before
    /// it read as null there.
    package func add(_ group: EncodedGroup) throws {
        let table = footer.tables.firstIndex { $0.name == group.table } ?? footer.tables.count
        if table == footer.tables.count { footer.tables.append(TableDirectory(name: group.table, columns: [])) }
        assert(group.pages.count == group.columns.count, "a page for each column")
        assert(group.filters.count == group.columns.count, "a filter or none for each column")
        var pages: [(page: EncodedPage, column: Int, reference: PageReference)] = []
        for (index, column) in group.columns.enumerated() {
            let place = columnIndex(column, table: table)
            let (page, blocks, filter) = try placed(group, index)
            assert(page.header.rowCount == group.rowCount, "the columns of a group have its rows")
            noteTimes(column, page.header.summary)
            if page.header.encoding == .nulls { continue }
            var reference = PageReference(header: page.header, texts: blocks)
            if let equal = Self.equal(page, among: pages.lazy.map { ($0.page, $0.reference) }) {
                reference.page = equal.page
            } else if !page.payload.isEmpty {
                reference.page = try append(block: page.headerBytes, page.payload)
            }
            if let filter { reference.filter = try append(filter) }
            pages.append((page, place, reference))
        }
        var directory = GroupDirectory(
            rowCount: group.rowCount, pages: Array(repeating: nil, count: footer.tables[table].columns.count))
        assert(group.rowCount <= PageLimits.rowsMax, "a group is bounded")
        for page in pages { directory.pages[page.column] = page.reference }
        footer.tables[table].groups.append(directory)
    }

    /// Adds identity hashes of the segment's events; the filter is built by ``finish(metadata:)``.
    package func add(identities hashes: [UInt64]) { identities.append(contentsOf: hashes) }

    /// Completes the file: footer, flush, reading back, name, flush of the directory. Afterwards the writer is spent.
    /// - Parameter metadata: kept in the footer for the caller.
    /// - Throws: `StorageError`; `CorruptionError` when what was read back is not what was written.
    package func finish(metadata: [UInt8] = []) throws -> SegmentDescription {
        precondition(digest != nil, "a segment is finished once")
        for block in texts.takeAll() { try append(texts: block) }
        if !identities.isEmpty {
            var filter = BlockFilter(keyCount: identities.count, bitsPerKey: BlockFilter.identityBitsPerKey)
            for hash in identities { filter.insert(hash) }
            footer.identityFilter = try append(filter)
            footer.identityCount = identities.count
            identities = []
        }
        footer.metadata = metadata
        padDirectories()
        assert(footer.tables.allSatisfy { table in table.groups.allSatisfy { $0.pages.count == table.columns.count } })
        let place = try append(block: [], footer.encoded())
        try append(trailer(place))
        try drain()
        if !planted(.skipSegmentFlush) { try file.flush() }
        let written = digest.take()?.finish() ?? []
        let length = offset
        let kept = try fileDigest(file, lengthBytes: length)
        guard kept == written else {
            throw CorruptionError(file: temporaryPath, offset: 0, expectation: "the bytes that were written")
        }
        file.close()
        try fileSystem.rename(temporaryPath, to: directory + "/" + fileName)
        try fileSystem.flushDirectory(directory)
        return SegmentDescription(
            segmentID: segmentID, fileName: fileName, lengthBytes: length, sha256: written, tables: tableRows(),
            timeRange: timeRange)
    }

    /// Gives up: closes and removes the temporary file. Recovery does the same for one that a crash left.
    package func abandon() throws(StorageError) {
        file.close()
        try fileSystem.remove(temporaryPath)
    }

    /// The page of a column, the blocks of shared texts that it names, and the filter of its own texts.
    private func placed(
        _ group: EncodedGroup, _ index: Int
    ) throws -> (page: EncodedPage, texts: [Int], filter: BlockFilter?) {
        switch group.pages[index] {
        case .encoded(let page): return (page, [], group.filters[index])
        case .open(let page):
            for block in texts.takeFull(of: group.columns[index].name) { try append(texts: block) }
            let column = group.columns[index]
            if let shared = texts.share(page, of: column, group.compression, next: footer.texts.count) {
                let more = (shared.texts.last ?? 0) + 1 - footer.texts.count
                if more > 0 { footer.texts += Array(repeating: SharedTextsReference(), count: more) }
                return (shared.page, shared.texts, nil)
            }
            let filter = column.hint.isLookedUp ? lookupFilter(page.dictionary) : nil
            return (page.withOwnTexts(compression: group.compression), [], filter)
        }
    }

    /// Writes texts that pages before name.
    private func append(texts block: SharedTextsWriter.Block) throws {
        assert(footer.texts[block.index].count == 0, "a block is written once")
        footer.texts[block.index].count = block.texts.count
        footer.texts[block.index].block = try append(
            block: [], TextPool.encoded(block.texts, compression: block.compression))
        if block.isLookedUp { footer.texts[block.index].filter = try append(lookupFilter(block.texts)) }
    }

    private func append(_ filter: BlockFilter) throws -> BlockPlace {
        var sink = ByteSink(capacity: filter.byteCount)
        filter.write(into: &sink)
        return try append(block: [], sink.bytes)
    }

    /// Which of the pages before is the same, to the byte: bounds of a cost mostly are the cost.
    /// - Complexity: O(pages before), and the bytes of those that are as long.
    private static func equal(
        _ page: EncodedPage, among before: some Sequence<(EncodedPage, PageReference)>
    ) -> PageReference? {
        if page.payload.isEmpty || page.header.encoding == .sharedTexts { return nil }
        return before.first { other, _ in
            other.payload.count == page.payload.count && other.type == page.type
                && other.payload == page.payload && other.headerBytes == page.headerBytes
        }?.1
    }

    private func columnIndex(_ column: SegmentColumn, table: Int) -> Int {
        let columns = footer.tables[table].columns
        if let index = columns.firstIndex(where: { $0.name == column.name }) {
            precondition(columns[index].type == column.type, "a column keeps its type")
            return index
        }
        footer.tables[table].columns.append(column)
        return columns.count
    }

    private func noteTimes(_ column: SegmentColumn, _ summary: ColumnSummary) {
        guard column.name == "time", case .timestamptz(let low) = summary.minimum,
            case .timestamptz(let high) = summary.maximum
        else {
            return
        }
        timeRange = min(low, timeRange?.lowerBound ?? low)...max(high, timeRange?.upperBound ?? high)
    }

    /// Groups added before a column joined lack its entry.
    private func padDirectories() {
        for table in footer.tables.indices {
            let count = footer.tables[table].columns.count
            for group in footer.tables[table].groups.indices {
                let missing = count - footer.tables[table].groups[group].pages.count
                footer.tables[table].groups[group].pages.append(contentsOf: repeatElement(nil, count: missing))
            }
        }
    }

    private func tableRows() -> [TableRows] {
        footer.tables
            .map { TableRows(table: $0.name, rowCount: $0.groups.reduce(0) { $0 + $1.rowCount }) }
            .sorted { $0.table.utf8.lexicographicallyPrecedes($1.table.utf8) }
    }

    private func trailer(_ footer: BlockPlace) -> [UInt8] {
        var sink = ByteSink(capacity: SegmentLimits.trailerBytes)
        sink.append(littleEndian: UInt64(footer.offset))
        sink.append(littleEndian: UInt64(footer.length))
        sink.append(contentsOf: SegmentFormat.endMagic)
        sink.append(littleEndian: SegmentFormat.checksum(sink.bytes[...], segmentID: segmentID, offset: offset))
        return sink.bytes
    }

    private func append(block head: [UInt8], _ rest: [UInt8]) throws -> BlockPlace {
        let place = BlockPlace(offset: offset, length: SegmentLimits.checksumBytes + head.count + rest.count)
        let content = head.isEmpty ? rest : head + rest
        var sink = ByteSink(capacity: SegmentLimits.checksumBytes)
        sink.append(littleEndian: SegmentFormat.checksum(content[...], segmentID: segmentID, offset: place.offset))
        try append(sink.bytes)
        try append(content)
        assert(offset == place.offset + place.length, "a block lies where its place says")
        return place
    }

    private func append(_ bytes: [UInt8]) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferBytesMax { try drain() }
    }

    private func drain() throws {
        assert(digest != nil, "a finished segment is never written")
        try file.write(buffer, at: bufferOffset)
        digest?.update(buffer)
        bufferOffset += buffer.count
        unflushedBytes += buffer.count
        buffer.removeAll(keepingCapacity: true)
        guard flushesInSteps, unflushedBytes >= FlushStep.bytes else { return }
        try file.flush()
        unflushedBytes = 0
    }
}

/// SHA-256 of a file's first `lengthBytes` bytes, read a mebibyte at a time; the file must end there.
func fileDigest(_ file: any File, lengthBytes: Int) throws -> [UInt8] {
    guard try file.lengthBytes() == lengthBytes else {
        throw CorruptionError(file: file.path, offset: lengthBytes, expectation: "the end of the file")
    }
    var digest = SHA256()
    var offset = 0
    while offset < lengthBytes {
        let piece = try file.read(exactly: min(1 << 20, lengthBytes - offset), at: offset)
        digest.update(piece)
        offset += piece.count
    }
    return digest.finish()
}
