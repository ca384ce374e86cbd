package import Columnar

extension RowGroup {
    /// The values of one column of `columns`, by name, and whose they are; nil for one without nulls, for one that the
    /// footer says all of, and for one whose texts others have in common: that is to be read whole.
    /// - Parameters:
    ///   - place: as of ``columnIndex(named:near:)``.
    ///   - sharesTexts: as of ``column(_:statistics:sharesTexts:isOfKeys:)``.
    /// - Throws: likewise.
    package func present(
        named name: String, near place: Int = 0, statistics: ScanStatistics? = nil, sharesTexts: Bool = false
    ) throws -> PresentValues? {
        guard let column = columnIndex(named: name, near: place), let header = directory.pages[column]?.header,
            header.summary.nullCount > 0
        else { return nil }
        switch header.encoding {
        case .nulls, .constant, .sharedTexts: return nil
        case .integers, .wideIntegers, .doubles, .decimals, .booleans, .texts: break
        }
        let sharing = sharesTexts ? sharing(column) : nil
        let found = try decoded(column, statistics) { page in
            try PageDecoder.present(page.header, payload: page.payload, type: page.type, sharing: sharing)
        }
        return found ?? nil
    }
}
