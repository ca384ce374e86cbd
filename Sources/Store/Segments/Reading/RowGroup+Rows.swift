internal import Bytes
package import Columnar
internal import Platform

extension RowGroup {
    /// Who wants more rows than this of a group goes through it, and does not come back for others.
    private static let keptRowsMax = 256

    /// The rows at `rows` of one column of `columns`, by name; one that the segment lacks (it was added later) reads as
    /// null. The page is read and its checksum verified as a whole, once where it is asked for again and again; only
    /// these rows are decoded, or the blocks that they are in.
    /// - Parameters:
    ///   - place: as of ``columnIndex(named:near:)``.
    ///   - isOfKeys: as of ``column(_:statistics:sharesTexts:isOfKeys:)``, where many rows are wanted: those that are
    ///     compared with each other are then known by their numbers, and their texts are not read.
    /// - Precondition: rows ascend and are rows of the group.
    /// - Throws: `StorageError`; `CorruptionError` naming file and offset; `NewerFormatError`.
    package func column(
        named name: String, near place: Int = 0, type: ColumnType, rows: [UInt32], statistics: ScanStatistics? = nil,
        isOfKeys: Bool = false
    ) throws -> Vector {
        guard let column = columnIndex(named: name, near: place) else {
            return .constant(.null, type: type, count: rows.count)
        }
        if rows.count == rowCount { return try self.column(column, statistics: statistics, isOfKeys: isOfKeys) }
        let isKept = rows.count <= Self.keptRowsMax
        let found = try decoded(column, statistics, isKept: isKept) { page -> Vector in
            // The dictionary of all numbers is more than few rows are worth.
            if isOfKeys, !isKept, let known = try withKeptTexts(page, of: column, rows: rows, statistics) {
                return known
            }
            return try withSharedTexts(page, statistics, rows: rows, isKept: isKept)
                ?? PageDecoder.decode(
                    page.header, payload: page.payload, type: page.type, rows: rows, landmarks: page.landmarks)
        }
        return found ?? .constant(.null, type: type, count: rows.count)
    }

    /// The rows whose text in a column is one of `texts`, ascending, found in the page as it is packed; nil where the
    /// column has to be decoded for that, as those have that nobody looks up. A page is not read where the texts that
    /// it has in common with others tell that it has none of them, or where that was found out before.
    /// - Throws: as ``column(named:type:rows:statistics:)``.
    package func rows(
        ofTexts texts: [[UInt8]], in name: String, statistics: ScanStatistics? = nil
    ) throws -> [UInt32]? {
        guard let column = columnIndex(named: name) else { return [] }
        let hint = columns[column].hint
        guard columns[column].type == .text, hint.isLookedUp || hint.isShared else { return nil }
        // Without a page it is null throughout.
        guard let reference = directory.pages[column] else { return [] }
        if reference.header.encoding == .sharedTexts, !reference.texts.isEmpty {
            // Each text is searched for in each block that the page names, where no filter rules it out.
            guard hint.isLookedUp || texts.count == 1 else { return nil }
            guard let codes = try codes(ofTexts: texts, inTexts: reference.texts, statistics) else { return nil }
            if codes.isEmpty { return [] }
            // Pages of columns that have no filter are searched one and all: they would drive out those of others. So
            // which texts they have is kept instead.
            let known = hint.isLookedUp ? nil : KeptOccurrences.Key(table: table, group: index, column: column)
            if let known, let bits = segment.keptOccurrences.bits(known, of: segment.origin),
                !SharedTextCodes.occur(codes, in: bits)
            {
                return []
            }
            let count = textCount(of: reference.texts)
            return try decoded(column, statistics, isKept: hint.isLookedUp) { page -> [UInt32] in
                guard page.header.encoding == .sharedTexts else {
                    throw DecodingError(offset: 0, expectation: "codes of texts in common, as the footer says")
                }
                if let known, segment.keptOccurrences.isOpen(for: known, of: segment.origin) {
                    let bits = try SharedTextCodes.occurring(
                        page.header, payload: page.payload, type: page.type, textCount: count)
                    segment.keptOccurrences.keep(bits, as: known, of: segment.origin)
                }
                return try SharedTextCodes.rows(
                    of: codes, page.header, payload: page.payload, textCount: count, landmarks: page.landmarks)
            }
        }
        guard hint.isLookedUp else { return nil }
        let found = try decoded(column, statistics, isKept: true) { page -> [UInt32]? in
            var rows: [UInt32] = []
            for text in texts {
                let some = try PageDecoder.rows(
                    ofText: text, page.header, payload: page.payload, type: page.type, landmarks: page.landmarks)
                guard let some else { return nil }
                rows += some
            }
            return texts.count > 1 ? rows.ascendingOnce : rows
        }
        guard let found else { return [] }
        return found
    }

    /// The rows whose text in a column is `text`, ascending, found in the page as it is packed, for who wants nothing
    /// else of it: of few texts in long runs no row is looked at. nil where the page has no texts of its own.
    /// - Parameter place: as of ``columnIndex(named:near:)``.
    /// - Throws: as ``column(named:type:rows:statistics:)``.
    package func rows(
        withText text: [UInt8], in name: String, near place: Int = 0, statistics: ScanStatistics? = nil
    ) throws -> [UInt32]? {
        guard let column = columnIndex(named: name, near: place) else { return [] }
        guard columns[column].type == .text else { return nil }
        guard let header = directory.pages[column]?.header else { return [] }
        guard header.encoding == .texts else { return nil }
        let found = try decoded(column, statistics) { page -> [UInt32]? in
            try PageDecoder.rows(ofText: text, page.header, payload: page.payload, type: page.type)
        }
        guard let found else { return [] }
        return found
    }

    /// The rows whose values in a column are the `count` first ones in an order, and all that equal the last of them,
    /// ascending; nil where the column has to be decoded for that.
    /// - Precondition: `count` is at least 1.
    /// - Throws: as ``column(named:type:rows:statistics:)``.
    package func rows(
        first count: Int, descending: Bool, in name: String, statistics: ScanStatistics? = nil
    ) throws -> [UInt32]? {
        // Of few rows a whole page is read as fast.
        guard rowCount >= Self.searchedRowsMin else { return nil }
        return try searched(name, statistics) { page, landmarks in
            try PageDecoder.rows(
                first: count, descending: descending, page.header, payload: page.payload, landmarks: landmarks)
        }
    }

    /// The rows whose time in a column lies within bounds, ascending; nil where the column has to be decoded for that.
    /// - Throws: likewise.
    package func rows(
        within times: ClosedRange<Int64>, in name: String, statistics: ScanStatistics? = nil
    ) throws -> [UInt32]? {
        guard rowCount >= Self.searchedRowsMin else { return nil }
        return try searched(name, statistics) { page, landmarks in
            try PageDecoder.rows(within: times, page.header, payload: page.payload, landmarks: landmarks)
        }
    }

    private static let searchedRowsMin = 4_096

    /// What is found in a page of whole numbers or times without nulls that stays in memory; nil for other columns.
    private func searched(
        _ name: String, _ statistics: ScanStatistics?, _ search: (Page, PageLandmarks) throws -> [UInt32]?
    ) throws -> [UInt32]? {
        guard let column = columnIndex(named: name), let header = directory.pages[column]?.header,
            header.encoding == .integers, header.summary.nullCount == 0
        else { return nil }
        let found = try decoded(column, statistics, isKept: true) { page -> [UInt32]? in
            try page.landmarks.flatMap { try search(page, $0) }
        }
        guard let found else { return nil }
        return found
    }
}
