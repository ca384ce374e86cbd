package import Columnar
internal import Bytes
internal import Hashing

/// A row group as bytes, ready to be appended to a segment.
package struct EncodedGroup: Sendable {
    /// The table's name.
    package let table: String
    /// The columns in the order of the chunk.
    package let columns: [SegmentColumn]
    /// Number of rows.
    package let rowCount: Int
    /// By column.
    let pages: [Page]
    /// By column; nil where the column has no filter.
    let filters: [BlockFilter?]
    /// What texts lie under.
    let compression: PageEffort

    /// What is known of a page before the segment is.
    enum Page: Sendable {
        case encoded(EncodedPage)
        /// Whether its texts are shared depends on what else the segment has.
        case open(TextPage)
    }

    /// Bytes of all payloads, roughly what the group takes in the file.
    package var byteCount: Int {
        pages.reduce(0) { sum, page in
            switch page {
            case .encoded(let page): sum + page.payload.count
            case .open(let page): sum + page.byteCount
            }
        }
    }
}

/// Encodes one row group: pure, for any thread. The order of the rows is the caller's.
/// - Precondition: at most 65,536 rows; `columns` and `chunk.columns` agree in number and types.
/// - Complexity: O(rows · columns).
package func encodeGroup(
    table: String, columns: [SegmentColumn], chunk: Chunk, compression: PageEffort = .lz4
) -> EncodedGroup {
    precondition(columns.count == chunk.columns.count && chunk.rowCount <= PageLimits.rowsMax)
    var pages: [EncodedGroup.Page] = []
    var filters: [BlockFilter?] = []
    // Bounds of a cost mostly are the cost: such columns are encoded once.
    var numerics: [Int] = []
    for (index, (column, vector)) in zip(columns, chunk.columns).enumerated() {
        precondition(column.type == vector.type, "a column keeps its type")
        if case .numeric = column.type {
            let equal = numerics.first {
                columns[$0].hint == column.hint && chunk.columns[$0].hasSameNumbers(as: vector)
            }
            if let equal {
                pages.append(pages[equal])
                filters.append(nil)
                continue
            }
            numerics.append(index)
        }
        if column.hint.isShared, let page = TextPage(vector) {
            assert(vector.count == chunk.rowCount, "the columns of a group have its rows")
            pages.append(.open(page))
            filters.append(nil)
            continue
        }
        let options = PageOptions(compression: compression, isSummarised: column.hint != .unsummarised)
        let page = PageEncoder.encode(vector, options: options)
        assert(page.header.rowCount == chunk.rowCount, "the columns of a group have its rows")
        pages.append(.encoded(page))
        let isLookedUp = column.hint.isLookedUp && page.header.encoding == .texts
        filters.append(isLookedUp ? lookupFilter(vector) : nil)
    }
    return EncodedGroup(
        table: table, columns: columns, rowCount: chunk.rowCount, pages: pages, filters: filters,
        compression: compression)
}

/// The hash by which lookup filters know a text.
package func lookupHash(_ utf8: ArraySlice<UInt8>) -> UInt64 { xxh3(utf8) }

/// A filter of the texts that occur in a vector.
private func lookupFilter(_ vector: Vector) -> BlockFilter? {
    guard case .text(let codes, let dictionary) = vector.storage else { return nil }
    var isUsed = [Bool](repeating: false, count: dictionary.count)
    for row in codes.indices where vector.validity?[row] ?? true { isUsed[Int(codes[row])] = true }
    return lookupFilter(dictionary, isUsed)
}

/// A filter of all texts of a dictionary.
func lookupFilter(_ dictionary: TextDictionary) -> BlockFilter {
    lookupFilter(dictionary, [Bool](repeating: true, count: dictionary.count))
}

private func lookupFilter(_ dictionary: TextDictionary, _ isUsed: [Bool]) -> BlockFilter {
    var filter = BlockFilter(keyCount: isUsed.reduce(0) { $0 + ($1 ? 1 : 0) }, bitsPerKey: BlockFilter.lookupBitsPerKey)
    // As ``lookupHash(_:)`` of each text.
    let texts = dictionary.bytes
    let bytes = texts.span
    for code in isUsed.indices where isUsed[code] { filter.insert(xxh3(bytes.extracting(dictionary.range(code)))) }
    return filter
}
