internal import Bytes
package import Columnar
internal import Platform

/// One row group of a table in a segment: cheap to copy, safe from any thread.
package struct RowGroup: Sendable {
    /// The segment that holds the group; kept open by it.
    package let segment: SegmentReader
    let table: Int
    /// The group's place among the table's groups of its segment.
    package let index: Int

    var directory: GroupDirectory { segment.footer.tables[table].groups[index] }

    /// Which group it is.
    package var identity: MorselIdentity {
        MorselIdentity(origin: segment.origin, piece: piece)
    }

    /// Which of the segment's groups it is.
    private var piece: UInt64 { UInt64(table) << 32 | UInt64(index) }

    /// Number of rows, nulls included.
    package var rowCount: Int { directory.rowCount }
    /// The segment's columns of this table; a group may lack some of them.
    package var columns: [SegmentColumn] { segment.footer.tables[table].columns }
    /// Names of `columns`.
    package var columnNames: [String] { columns.map(\.name) }

    /// The place of a column in `columns`.
    /// - Parameter place: where it stands if the segment has the columns of today: looked at first.
    package func columnIndex(named name: String, near place: Int = 0) -> Int? {
        let columns = segment.footer.tables[table].columns
        if place < columns.count, columns[place].name == name { return place }
        return columns.firstIndex { $0.name == name }
    }

    /// Whether a column is null throughout, since neither the segment nor the group has it.
    /// - Parameter place: as of ``columnIndex(named:near:)``.
    package func lacks(columnNamed name: String, near place: Int) -> Bool {
        columnIndex(named: name, near: place).map { directory.pages[$0] == nil } ?? true
    }

    /// Bytes that the column's page takes in the file; 0 for a column of one value or of nulls.
    func pageBytes(_ column: Int) -> Int { directory.pages[column]?.page.length ?? 0 }

    /// Reads and decodes one column of `columns`: one `pread`, none where the footer says it all.
    /// - Parameters:
    ///   - sharesTexts: whether texts of columns with few values have the same codes in all groups of the store, for
    ///     whoever compares many groups; the dictionary then has texts that no row of the group has.
    ///   - isOfKeys: whether that holds for columns with many values, too, once they were asked for before: the
    ///     dictionary may then have far more texts than the group has rows.
    /// - Throws: `StorageError`; `CorruptionError` naming file and offset; `NewerFormatError`.
    package func column(
        _ column: Int, statistics: ScanStatistics? = nil, sharesTexts: Bool = false, isOfKeys: Bool = false
    ) throws -> Vector {
        let sharing = sharesTexts ? sharing(column) : nil
        let found = try decoded(column, statistics) { page -> Vector in
            if isOfKeys, let known = try withKeptTexts(page, of: column, statistics) { return known }
            return try withSharedTexts(page, statistics, sharing: sharing)
                ?? PageDecoder.decode(page.header, payload: page.payload, type: page.type, sharing: sharing)
        }
        return found ?? .constant(.null, type: columns[column].type, count: rowCount)
    }

    /// A column's page as it stands in the file, or in memory.
    struct Page {
        var header: PageHeader
        let type: ColumnType
        /// Empty where the footer says it all.
        var payload: ArraySlice<UInt8> = []
        /// The blocks of texts that a page of shared ones names.
        let texts: [Int]
        /// Of a page that is kept in memory.
        var landmarks: PageLandmarks?
    }

    /// What is made of a column's page; nil where the group has none, since it is null throughout.
    /// - Parameter isKept: whether the page may be one that was read and verified before, and is kept in memory for
    ///   whoever comes next; its payload is then no longer compressed.
    /// - Throws: as ``column(_:statistics:sharesTexts:)``.
    func decoded<Result>(
        _ column: Int, _ statistics: ScanStatistics?, isKept: Bool = false, _ decode: (Page) throws -> Result
    ) throws -> Result? {
        assert(directory.pages.count == columns.count, "an entry for each column")
        guard let reference = directory.pages[column] else { return nil }
        let type = columns[column].type
        var page = Page(header: reference.header, type: type, texts: reference.texts)
        let place = reference.page
        var headerBytes = 0
        do {
            let key = KeptPages.Key(origin: segment.origin, offset: place.offset)
            if place.length > 0, isKept, let known = segment.keptPages.page(key),
                known.isOf(type: type, rowCount: rowCount)
            {
                statistics?.add(pagesRead: 1)
                (page.header, page.payload, headerBytes) = (known.header, known.payload, known.headerBytes)
                page.landmarks = known.landmarks
            } else if place.length > 0 {
                page.payload = try segment.read(block: place)
                statistics?.add(pagesRead: 1, bytesRead: place.length)
                var cursor = ByteCursor(page.payload)
                page.header = try PageHeader(from: &cursor, type: type)
                headerBytes = cursor.offset
                page.payload = page.payload[cursor.index...]
                guard page.header.rowCount == rowCount else { throw cursor.failure("a page of \(rowCount) rows") }
                if isKept {
                    page.payload = try PageDecoder.plainPayload(page.header, page.payload)
                    page.header.compression = .none
                    page.header.storedBytes = page.payload.count
                    let kept = KeptPages.Page(
                        header: page.header, type: type, payload: page.payload, headerBytes: headerBytes,
                        landmarks: PageLandmarks(payloadBytes: page.payload.count))
                    segment.keptPages.keep(kept, as: key)
                    page.landmarks = kept.landmarks
                }
            }
            // Neither the footer nor the page says so alone.
            guard page.header.encoding != .sharedTexts || !page.texts.isEmpty else {
                throw DecodingError(offset: 0, expectation: "blocks of texts for a page of shared ones")
            }
            let result = try decode(page)
            if let landmarks = page.landmarks { segment.keptPages.grow(key, by: landmarks.takeGrowth()) }
            return result
        } catch let error as DecodingError {
            throw error.of(segment.path, at: place.offset + SegmentLimits.checksumBytes + headerBytes)
        }
    }

    /// Which page it is among those that share texts; nil for a column of other values. Some that are looked up by
    /// equality have few, users above all; those that turn out to have many keep to their pages.
    func sharing(_ column: Int) -> SharedTexts.Page? {
        let column = columns[column]
        guard column.type == .text, column.hint != .unsummarised else { return nil }
        return SharedTexts.Page(segment.sharedTexts, column: column.name, origin: segment.origin, piece: piece)
    }

    /// Reads a column by name; one that the segment lacks (it was added later) reads as null.
    /// - Parameter place: as of ``columnIndex(named:near:)``.
    package func column(
        named name: String, near place: Int = 0, type: ColumnType, statistics: ScanStatistics? = nil,
        sharesTexts: Bool = false, isOfKeys: Bool = false
    ) throws -> Vector {
        guard let index = columnIndex(named: name, near: place) else {
            return .constant(.null, type: type, count: rowCount)
        }
        return try column(index, statistics: statistics, sharesTexts: sharesTexts, isOfKeys: isOfKeys)
    }

    /// What the footer says of a column of `columns`.
    package func summary(_ column: Int) -> ColumnSummary {
        directory.pages[column]?.header.summary ?? ColumnSummary(minimum: .null, maximum: .null, nullCount: rowCount)
    }

    /// The filter of a column's texts; nil when none was written.
    /// - Parameter isKept: whether it may be one that was read before, and is kept for whoever looks next.
    package func filter(
        _ column: Int, statistics: ScanStatistics? = nil, isKept: Bool = false
    ) throws -> TextFilter? {
        guard let reference = directory.pages[column] else { return nil }
        let places = [reference.filter] + reference.texts.map { segment.footer.texts[$0].filter }
        let parts = try places.filter { $0.length > 0 }.map {
            try segment.filter($0, statistics, isKept: isKept)
        }
        return parts.isEmpty ? nil : TextFilter(parts: parts)
    }

    /// False proves that no row of the group has this text in the column; reads the column's filter, if any.
    package func mightContain(_ column: Int, text: String, statistics: ScanStatistics? = nil) throws -> Bool {
        let equals = ColumnPredicate.Comparison.equal(.text(text))
        if equals.isRefuted(by: summary(column), rowCount: rowCount) { return false }
        guard let filter = try filter(column, statistics: statistics) else { return true }
        return filter.mightContain(lookupHash(Array(text.utf8)[...]))
    }
}
