internal import Bytes
internal import Columnar
internal import Platform

extension SegmentReader {
    /// Texts that pages have in common: those at `places` of a block, or all.
    /// - Parameter isKept: as of ``RowGroup/decoded(_:_:isKept:_:)``.
    /// - Throws: `StorageError`; `CorruptionError` naming file and offset; `NewerFormatError`.
    func texts(
        _ index: Int, at places: [UInt32]? = nil, _ statistics: ScanStatistics? = nil, isKept: Bool = false
    ) throws -> TextDictionary {
        try block(index, statistics, isKept) { block, count throws(DecodingError) in
            try block.texts(count: count, at: places, isKept: isKept)
        }
    }

    /// The places of a text in a block, ascending; nil where the block has to be decoded for that. A block whose filter
    /// rules the text out is not read, and one that was searched for it last is not searched again.
    /// - Parameter hash: of the text.
    /// - Throws: likewise.
    func places(
        ofText text: [UInt8], hash: UInt64, inTexts index: Int, _ statistics: ScanStatistics?
    ) throws -> [UInt32]? {
        let reference = footer.texts[index]
        if reference.filter.length > 0, try !filter(reference.filter, statistics, isKept: true).mightContain(hash) {
            return []
        }
        let key = KeptPages.Key(origin: origin, offset: reference.block.offset)
        if let known = keptLookups.places(of: text, in: key) { return known }
        let found = try block(index, statistics, true) { block, count throws(DecodingError) in
            try block.places(of: text, count: count)
        }
        guard let found else { return nil }
        statistics?.add(textsSearched: reference.count)
        keptLookups.keep(found, of: text, in: key)
        return found
    }

    private func block<Result>(
        _ index: Int, _ statistics: ScanStatistics?, _ isKept: Bool,
        _ decode: (SharedTextBlock, Int) throws(DecodingError) -> Result
    ) throws -> Result {
        let reference = footer.texts[index]
        let key = KeptPages.Key(origin: origin, offset: reference.block.offset)
        do {
            let block: SharedTextBlock
            if isKept, let known = keptPages.block(key) {
                block = known
            } else {
                let content = try read(block: reference.block)
                statistics?.add(bytesRead: reference.block.length)
                block = try SharedTextBlock(content)
                if isKept { keptPages.keep(block, as: key) }
            }
            let result = try decode(block, reference.count)
            if isKept { keptPages.grow(key, by: block.landmarks.takeGrowth()) }
            return result
        } catch let error as DecodingError {
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
    /// A column whose page names blocks of texts; nil for other pages.
    /// - Parameters:
    ///   - rows: those that are wanted; nil: all.
    ///   - isKept: as of ``decoded(_:_:isKept:_:)``.
    /// - Throws: `DecodingError` of the page's payload; of the blocks as ``SegmentReader/texts(_:at:_:isKept:)``.
    func withSharedTexts(
        _ page: Page, _ statistics: ScanStatistics?, rows: [UInt32]? = nil, isKept: Bool = false,
        sharing: SharedTexts.Page? = nil
    ) throws -> Vector? {
        guard page.header.encoding == .sharedTexts else { return nil }
        let counts = page.texts.map { segment.footer.texts[$0].count }
        let codes = try SharedTextCodes(
            page.header, payload: page.payload, type: page.type, textCount: counts.reduce(0, +), rows: rows,
            landmarks: page.landmarks)
        if let known = try codes.known(as: sharing) { return known }
        var parts: [TextDictionary] = []
        var first = 0
        for (block, count) in zip(page.texts, counts) {
            let wanted = codes.wanted(of: count, after: first)
            if !wanted.isEmpty { parts.append(try segment.texts(block, at: wanted, statistics, isKept: isKept)) }
            first += count
        }
        return codes.column(of: parts, as: sharing)
    }

    /// Such a column with the numbers that are kept of its texts; nil where these are not known yet, or too many, and
    /// for other pages.
    /// - Parameter rows: as of ``withSharedTexts(_:_:rows:isKept:sharing:)``.
    /// - Throws: likewise.
    func withKeptTexts(
        _ page: Page, of column: Int, rows: [UInt32]? = nil, _ statistics: ScanStatistics?
    ) throws -> Vector? {
        guard page.header.encoding == .sharedTexts,
            let numbers = try keptNumbers(ofTexts: page.texts, column, statistics)
        else { return nil }
        return try SharedTextCodes.column(
            page.header, payload: page.payload, type: page.type, numbers: numbers, rows: rows,
            landmarks: page.landmarks)
    }

    /// The numbers that are kept of the texts of blocks; nil likewise.
    /// - Throws: likewise.
    func keptNumbers(
        ofTexts blocks: [Int], _ column: Int, _ statistics: ScanStatistics?
    ) throws -> KeptTexts.Numbers? {
        let wanted = KeptTexts.Blocks(
            column: columns[column].name, origin: segment.origin, indices: blocks, textCount: textCount(of: blocks))
        return try segment.keptTexts.numbers(of: wanted) { try segment.texts($0, at: nil, statistics) }
    }

    /// How many texts blocks have together.
    func textCount(of blocks: [Int]) -> Int { blocks.reduce(0) { $0 + segment.footer.texts[$1].count } }

    /// Which codes some texts have in a page that names blocks of them, ascending; nil where a block has to be decoded
    /// for that.
    /// - Throws: likewise.
    func codes(
        ofTexts texts: [[UInt8]], inTexts blocks: [Int], _ statistics: ScanStatistics?
    ) throws -> [UInt32]? {
        var codes: [UInt32] = []
        for text in texts {
            let hash = lookupHash(text[...])
            var first: UInt32 = 0
            for index in blocks {
                guard let places = try segment.places(ofText: text, hash: hash, inTexts: index, statistics) else {
                    return nil
                }
                codes += places.map { first + $0 }
                first += UInt32(segment.footer.texts[index].count)
            }
        }
        return codes.ascendingOnce
    }
}

extension [UInt32] {
    /// The numbers ascending, each once.
    var ascendingOnce: [UInt32] {
        var numbers: [UInt32] = []
        numbers.reserveCapacity(count)
        for number in sorted() where number != numbers.last { numbers.append(number) }
        return numbers
    }
}
