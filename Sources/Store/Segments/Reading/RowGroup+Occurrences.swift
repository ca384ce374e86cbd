package import Columnar

extension RowGroup {
    /// The texts that rows have in a column, by name, each once, in the order of their numbers in the page, with the
    /// dictionary that is kept of all of the column's; nil where there is no such, as of other pages. Which they are is
    /// found out once for all who ask: the page is read and its checksum verified for the first.
    /// - Parameter place: as of ``columnIndex(named:near:)``.
    /// - Throws: `StorageError`; `CorruptionError` naming file and offset; `NewerFormatError`.
    package func texts(named name: String, near place: Int = 0, statistics: ScanStatistics? = nil) throws -> Vector? {
        guard let column = columnIndex(named: name, near: place), let reference = directory.pages[column],
            columns[column].type == .text, reference.header.encoding == .sharedTexts, !reference.texts.isEmpty,
            let numbers = try keptNumbers(ofTexts: reference.texts, column, statistics)
        else { return nil }
        let key = KeptOccurrences.Key(table: table, group: index, column: column)
        var known = segment.keptOccurrences.bits(key, of: segment.origin)
        if known == nil {
            let count = textCount(of: reference.texts)
            known = try decoded(column, statistics) { page -> [UInt64] in
                try SharedTextCodes.occurring(page.header, payload: page.payload, type: page.type, textCount: count)
            }
            if let known { segment.keptOccurrences.keep(known, as: key, of: segment.origin) }
        }
        return known.flatMap { SharedTextCodes.texts(occurring: $0, numbers: numbers) }
    }
}
