internal import Bytes
internal import Columnar
internal import Platform

extension SegmentReader {
    /// Texts that pages have in common: those at `places` of a block, or all.
    /// - Throws: `StorageError`; `CorruptionError` naming file and offset; `NewerFormatError`.
    func texts(_ index: Int, at places: [UInt32]? = nil, _ statistics: ScanStatistics? = nil) throws -> TextDictionary {
        let reference = footer.texts[index]
        let content = try read(block: reference.block)
        statistics?.add(bytesRead: reference.block.length)
        do {
            return try SharedTextBlock.read(content, count: reference.count, at: places)
        } catch {
            throw error.of(path, at: reference.block.offset + SegmentLimits.checksumBytes)
        }
    }

    /// Which block of texts, or which filter of one, an error is of: where that begins in the file; nil for another's.
    func sharedTexts(of error: any Error) -> Int? {
        let offset: Int
        switch error {
        case let error as CorruptionError: offset = error.offset
        case let error as StorageError: offset = error.offset ?? -1
        default: return nil
        }
        return footer.texts.lazy.flatMap { [$0.block, $0.filter] }
            .first { $0.offset <= offset && offset < $0.offset + $0.length }?.offset
    }

    /// The filter at a place.
    /// - Parameter isKept: as of ``RowGroup/filter(_:statistics:isKept:)``.
    /// - Throws: likewise.
    func filter(_ place: BlockPlace, _ statistics: ScanStatistics? = nil, isKept: Bool = false) throws -> BlockFilter {
        let key = KeptFilters.Key(origin: origin, offset: place.offset)
        if isKept, let known = keptFilters.filter(key) { return known }
        let content = try read(block: place)
        statistics?.add(bytesRead: place.length)
        let filter: BlockFilter
        do {
            filter = try BlockFilter(content)
        } catch {
            throw CorruptionError(file: path, offset: place.offset, expectation: error.expectation)
        }
        if isKept { keptFilters.keep(filter, as: key) }
        return filter
    }
}

extension RowGroup {
    /// A column whose page names blocks of texts.
    /// - Throws: `DecodingError` of the page's payload; of the blocks as ``SegmentReader/texts(_:at:_:)``.
    func withSharedTexts(
        _ header: PageHeader, _ payload: ArraySlice<UInt8>, _ type: ColumnType, _ blocks: [Int],
        _ statistics: ScanStatistics?, _ rows: [UInt32]?, _ sharing: SharedTexts.Page?
    ) throws -> Vector {
        let counts = blocks.map { segment.footer.texts[$0].count }
        let codes = try SharedTextCodes(
            header, payload: payload, type: type, textCount: counts.reduce(0, +), rows: rows)
        if let known = try codes.known(as: sharing) { return known }
        var parts: [TextDictionary] = []
        var first = 0
        for (block, count) in zip(blocks, counts) {
            let wanted = codes.wanted(of: count, after: first)
            if !wanted.isEmpty { parts.append(try segment.texts(block, at: wanted, statistics)) }
            first += count
        }
        return codes.column(of: parts, as: sharing)
    }
}
