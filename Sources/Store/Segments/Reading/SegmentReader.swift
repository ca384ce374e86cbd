internal import Bytes
internal import Columnar
package import Platform

/// An open segment: the footer in memory, everything else read when asked. Safe from any thread. Its file is open while
/// it is read, and as long as ``SegmentFiles`` has room for it.
package final class SegmentReader: Sendable {
    /// The segment's id; part of every checksum.
    package let segmentID: UInt64
    /// The file's path.
    package let path: String
    /// Length of the file.
    package let lengthBytes: Int
    /// Length of the footer in the file: a measure of what the reader holds.
    package let footerBytes: Int
    let files: SegmentFiles
    /// Of this reader's groups, which never change.
    let origin = MorselIdentity.freshOrigin()
    /// Of this reader's tables.
    let summaries = TableSummaries()
    /// Likewise.
    private let numberedTables = NumberedTables()
    let footer: SegmentFooter
    /// The places of the footer's tables, by name.
    private let tableOrder: [Int]

    /// The caller's bytes of `SegmentWriter.finish`.
    package var metadata: [UInt8] { footer.metadata }
    /// Names of the tables that have groups here, sorted.
    package var tableNames: [String] { footer.tables.map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    // tests: damage is done to one page.
    /// Where the pages of a table's column lie in the file, group by group; those that are left out are not listed.
    package func pagePlaces(table: String, column: Int) -> [Range<Int>] {
        footer.tables.first { $0.name == table }?.groups.compactMap { group in
            group.pages[column].map { $0.page.offset..<($0.page.offset + $0.page.length) }
        } ?? []
    }

    // tests: which bytes to damage.
    /// Where the blocks of texts lie in the file that pages have in common.
    package var sharedTextPlaces: [Range<Int>] {
        footer.texts.map { $0.block.offset..<($0.block.offset + $0.block.length) }
    }

    // tests: which bytes to damage.
    /// Where the filter of identities lies in the file; nil where there is none.
    package var identityFilterPlace: Range<Int>? {
        let place = footer.identityFilter
        return place.length > 0 ? place.offset..<(place.offset + place.length) : nil
    }

    /// Reads header, trailer and footer.
    /// - Parameter expected: id and length that the manifest names; nil takes the file's word (for inspection).
    /// - Throws: `StorageError`; `CorruptionError` naming file and offset; `NewerFormatError`.
    package static func open(
        fileSystem: any FileSystem, path: String, expected: (segmentID: UInt64, lengthBytes: Int)? = nil
    ) throws -> SegmentReader {
        try open(files: SegmentFiles(fileSystem: fileSystem, countMax: 1), path: path, expected: expected)
    }

    /// The same of one segment among many.
    package static func open(
        files: SegmentFiles, path: String, expected: (segmentID: UInt64, lengthBytes: Int)? = nil
    ) throws -> SegmentReader {
        try SegmentReader(files, path, expected: expected)
    }

    deinit {
        files.forget(path)
        sharedTexts.forget(origin: origin)
        keptTexts.forget(origin: origin)
        keptRuns.forget(origin: origin)
        keptOccurrences.forget(origin: origin)
    }

    /// Codes that this segment has in common with all others of its store.
    var sharedTexts: SharedTexts { files.sharedTexts }

    /// Numbers of texts that pages have in common, likewise.
    var keptTexts: KeptTexts { files.texts }

    /// Where times leave one bucket for the next, of other segments, too.
    var keptRuns: KeptRuns { files.runs }

    /// Which texts rows have, likewise.
    var keptOccurrences: KeptOccurrences { files.occurrences }

    /// What is known of filters, of other segments, too.
    var keptFilters: KeptFilters { files.filters }

    /// Pages of which few rows were wanted, of other segments, too.
    var keptPages: KeptPages { files.pages }

    /// Where the text that was looked for last stands in blocks of texts, of other segments, too.
    var keptLookups: KeptLookups { files.lookups }

    /// Opened where it is not.
    var file: any File {
        get throws(StorageError) { try files.file(path) }
    }

    private init(_ files: SegmentFiles, _ path: String, expected: (segmentID: UInt64, lengthBytes: Int)?) throws {
        let file = try files.file(path)
        func damaged(_ offset: Int, _ expectation: String) -> CorruptionError {
            CorruptionError(file: file.path, offset: offset, expectation: expectation)
        }
        let length = try file.lengthBytes()
        if let expected, expected.lengthBytes != length {
            throw damaged(length, "a file of \(expected.lengthBytes) bytes")
        }
        guard length >= SegmentLimits.headerBytes + SegmentLimits.trailerBytes else {
            throw damaged(length, "header and trailer")
        }
        let segmentID = try Self.readHeader(file)
        if let expected, expected.segmentID != segmentID { throw damaged(16, "segment id \(expected.segmentID)") }
        let place = try Self.readTrailer(file, segmentID: segmentID, lengthBytes: length)
        let content = try Self.read(block: place, of: file, segmentID: segmentID)
        var cursor = ByteCursor(content)
        do {
            footer = try SegmentFooter(from: &cursor, blocksEnd: place.offset)
        } catch {
            throw error.of(file.path, at: place.offset + SegmentLimits.checksumBytes)
        }
        let tables = footer.tables
        tableOrder = tables.indices.sorted { tables[$0].name < tables[$1].name }
        self.files = files
        self.segmentID = segmentID
        self.path = path
        lengthBytes = length
        footerBytes = place.length
    }

    private static func readHeader(_ file: any File) throws -> UInt64 {
        let bytes = try file.read(exactly: SegmentLimits.headerBytes, at: 0)
        func damaged(_ offset: Int, _ expectation: String) -> CorruptionError {
            CorruptionError(file: file.path, offset: offset, expectation: expectation)
        }
        guard bytes.starts(with: SegmentFormat.magic) else { throw damaged(0, "the magic of a segment") }
        var cursor = ByteCursor(bytes[16...])
        let segmentID = try cursor.read(littleEndian: UInt64.self)
        let checksum = try cursor.read(littleEndian: UInt64.self)
        let isWhole = SegmentFormat.checksum(bytes[..<24], segmentID: segmentID, offset: 0) == checksum
        guard SegmentVersion(rawValue: bytes[8]) != nil else {
            guard isWhole else { throw damaged(8, "segment version 1") }
            throw NewerFormatError(file: file.path, expectation: "segment version 1, found \(bytes[8])")
        }
        guard isWhole else { throw damaged(24, "the header's checksum") }
        return segmentID
    }

    private static func readTrailer(_ file: any File, segmentID: UInt64, lengthBytes: Int) throws -> BlockPlace {
        let start = lengthBytes - SegmentLimits.trailerBytes
        let bytes = try file.read(exactly: SegmentLimits.trailerBytes, at: start)
        var cursor = ByteCursor(bytes)
        let offset = try cursor.read(littleEndian: UInt64.self)
        let length = try cursor.read(littleEndian: UInt64.self)
        let magic = try cursor.readSlice(8)
        let checksum = try cursor.read(littleEndian: UInt64.self)
        guard magic.elementsEqual(SegmentFormat.endMagic),
            SegmentFormat.checksum(bytes[..<24], segmentID: segmentID, offset: start) == checksum
        else { throw CorruptionError(file: file.path, offset: start, expectation: "the trailer of a segment") }
        let (end, overflow) = offset.addingReportingOverflow(length)
        guard !overflow, end == UInt64(start), offset >= UInt64(SegmentLimits.headerBytes),
            length >= UInt64(SegmentLimits.checksumBytes), length <= UInt64(SegmentLimits.footerBytesMax)
        else { throw CorruptionError(file: file.path, offset: start, expectation: "a footer that ends at the trailer") }
        return BlockPlace(offset: Int(offset), length: Int(length))
    }

    /// A block's content, its checksum verified.
    static func read(block place: BlockPlace, of file: any File, segmentID: UInt64) throws -> ArraySlice<UInt8> {
        assert(place.length >= SegmentLimits.checksumBytes, "the footer was checked: a block has a checksum")
        let bytes = try file.read(exactly: place.length, at: place.offset)
        var cursor = ByteCursor(bytes)
        let checksum = try cursor.read(littleEndian: UInt64.self)
        let content = bytes[SegmentLimits.checksumBytes...]
        guard SegmentFormat.checksum(content, segmentID: segmentID, offset: place.offset) == checksum else {
            throw CorruptionError(
                file: file.path, offset: place.offset, expectation: "the checksum of a block of \(place.length) bytes")
        }
        return content
    }

    /// The same of this segment. Before a place is called damaged the file is opened anew: whoever puts the right one
    /// back under its name is not to wait for the next start.
    func read(block place: BlockPlace) throws -> ArraySlice<UInt8> {
        let file = try file
        do {
            return try Self.read(block: place, of: file, segmentID: segmentID)
        } catch where Self.isOfPlace(error) {
            guard let other = try reopened(insteadOf: file) else { throw error }
            return try Self.read(block: place, of: other, segmentID: segmentID)
        }
    }

    /// The file that has the name now, where it may be this segment by its length, its id and its footer's place.
    /// Whether a block of it is this segment's too, the block's checksum tells.
    /// - Throws: a ``StorageError`` of scarcity alone: whether there is another file shows once one can be opened.
    private func reopened(insteadOf file: any File) throws -> (any File)? {
        do {
            let other = try files.reopened(path, insteadOf: file)
            guard other !== file, try other.lengthBytes() == lengthBytes, try Self.readHeader(other) == segmentID
            else { return nil }
            let footer = try Self.readTrailer(other, segmentID: segmentID, lengthBytes: lengthBytes)
            return footer.length == footerBytes ? other : nil
        } catch let error as StorageError where error.isScarcity {
            throw error
        } catch {
            return nil
        }
    }

    /// Whether another copy of the file may be better: damage, or a sector that cannot be read.
    private static func isOfPlace(_ error: any Error) -> Bool {
        error is CorruptionError || (error as? StorageError)?.isOfPlace ?? false
    }

    /// The columns that the segment has of a table; empty when it has none.
    package func columns(table: String) -> [SegmentColumn] {
        tableIndex(named: table).map { footer.tables[$0].columns } ?? []
    }

    /// The place of a table in the footer; nil for one that the segment has not got.
    /// - Complexity: O(log tables): every question asks every segment for many.
    func tableIndex(named name: String) -> Int? {
        let place = tableOrder.partitioningIndex { footer.tables[$0].name >= name }
        guard place < tableOrder.count, footer.tables[tableOrder[place]].name == name else { return nil }
        return tableOrder[place]
    }

    /// The same of a table that is asked for again and again.
    /// - Parameter number: of the name, the same for good and that of no other one.
    func tableIndex(named name: String, number: UInt16) -> Int? {
        let index = numberedTables.place(of: number) { tableIndex(named: name) }
        assert(index == tableIndex(named: name), "the number's own name")
        return index
    }

    /// The row groups of a table in the order in which they were added; empty when the segment has none.
    package func groups(table: String) -> [RowGroup] {
        guard let index = tableIndex(named: table) else { return [] }
        return footer.tables[index].groups.indices.map { RowGroup(segment: self, table: index, index: $0) }
    }

    /// Loads the filter of event identities; nil when none was written.
    package func identityFilter() throws -> BlockFilter? {
        guard footer.identityFilter.length > 0 else { return nil }
        let content = try read(block: footer.identityFilter)
        do {
            return try BlockFilter(content)
        } catch {
            throw CorruptionError(file: path, offset: footer.identityFilter.offset, expectation: error.expectation)
        }
    }

    /// Reads once more what lies at a byte of the file: the page or the filter there, decoded.
    /// - Throws: as ``verify(sha256:)``.
    package func verify(blockAt offset: Int) throws {
        func isInside(_ place: BlockPlace) -> Bool { offset >= place.offset && offset - place.offset < place.length }
        if isInside(footer.identityFilter) { _ = try identityFilter() }
        for (index, reference) in footer.texts.enumerated() {
            if isInside(reference.block) { _ = try texts(index) }
            if isInside(reference.filter) { _ = try filter(reference.filter) }
        }
        for table in footer.tables {
            for (group, directory) in zip(groups(table: table.name), table.groups) {
                for (column, reference) in directory.pages.enumerated() {
                    guard let reference else { continue }
                    if isInside(reference.page) { _ = try group.column(column) }
                    if isInside(reference.filter) { _ = try group.filter(column) }
                }
            }
        }
    }

    /// Reads everything: the whole file against `sha256` (where given), each page's and filter's checksum, each page
    /// decoded.
    /// - Throws: `FileContentError` of the first place that can't be used; `StorageError`.
    /// - Complexity: O(file).
    package func verify(sha256: [UInt8]? = nil) throws {
        if let sha256 { try verifyDigest(sha256) }
        _ = try identityFilter()
        for index in footer.texts.indices { _ = try texts(index) }
        for table in footer.tables {
            for group in groups(table: table.name) {
                for column in table.columns.indices {
                    _ = try group.column(column)
                    _ = try group.filter(column)
                }
            }
        }
    }

    private func verifyDigest(_ sha256: [UInt8]) throws {
        // Another file may have come under the name of the one that is open: the digest is that of the name's, and so
        // are the pages that are read next.
        let named = try files.reopened(path, insteadOf: try file)
        guard try fileDigest(named, lengthBytes: lengthBytes) == sha256 else {
            throw CorruptionError(file: path, offset: 0, expectation: "the SHA-256 that the manifest names")
        }
    }

    /// Every place that can't be used: filters, pages, and, where all of these can be, the file as a whole. A file that
    /// is to the byte what was written is hashed in one reading, and no place of it is looked at for damage.
    /// - Parameters:
    ///   - sha256: what the manifest names.
    ///   - decodes: whether pages and filters of such a file are decoded, too; not where who asks reads next what it
    ///     needs of them.
    ///   - tell: is given each of them.
    /// - Throws: ``StorageError`` that is not of one place; what `tell` throws.
    /// - Complexity: O(file); a page is held at a time, or a mebibyte.
    package func faults(sha256: [UInt8], decodes: Bool = true, _ tell: (any Error) throws -> Void) throws {
        let isAsWritten = try isAsWritten(sha256)
        if isAsWritten, !decodes { return }
        var isWhole = true
        // Of texts that several pages have in common.
        var told: Set<Int> = []
        func look(_ body: () throws -> Void) throws {
            do {
                try body()
            } catch where error is any FileContentError || (error as? StorageError)?.isOfPlace == true {
                isWhole = false
                if let place = sharedTexts(of: error), !told.insert(place).inserted { return }
                try tell(error)
            }
        }
        try look { _ = try identityFilter() }
        for index in footer.texts.indices { try look { _ = try texts(index) } }
        for table in footer.tables {
            for group in groups(table: table.name) {
                for column in table.columns.indices {
                    try look { _ = try group.column(column) }
                    try look { _ = try group.filter(column) }
                }
            }
        }
        if isWhole, !isAsWritten { try look { try verifyDigest(sha256) } }
    }
}
