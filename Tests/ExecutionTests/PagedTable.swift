import Columnar

/// A table of pages that are all of one form, read as segments read theirs.
struct PagedTable: TableSource {
    let name: String
    let columns: [TableColumn]
    private let pieces: [PagedMorsel]

    init(_ table: MemoryTable, as form: PageForm) {
        (name, columns) = (table.name, table.columns)
        pieces = table.pieces.map { piece in
            PagedMorsel(
                rowCount: piece.rowCount,
                pages: PageForm.$forced.withValue(form) { piece.vectors.map { PagedMorsel.Page($0) } })
        }
    }

    func morsels(for request: ScanRequest) -> [any Morsel] {
        pieces.filter { piece in
            !request.predicates.contains { predicate in
                piece.summary(predicate.column).map { predicate.comparison.isRefuted(by: $0, rowCount: piece.rowCount) }
                    ?? false
            }
        }
    }
}

private struct PagedMorsel: Morsel {
    /// As it stays in memory.
    struct Page {
        let type: ColumnType
        let stored: EncodedPage
        /// Of what it is no longer compressed.
        let landmarks: PageLandmarks

        init(_ vector: Vector) {
            (type, stored) = (vector.type, PageEncoder.encode(vector))
            landmarks = PageLandmarks(payloadBytes: stored.header.payloadBytes)
        }

        func plain() throws -> (header: PageHeader, payload: ArraySlice<UInt8>) {
            let payload = try PageDecoder.plainPayload(stored.header, stored.payload[...])
            var header = stored.header
            header.compression = .none
            header.storedBytes = payload.count
            return (header, payload)
        }
    }

    let rowCount: Int
    let pages: [Page]

    func summary(_ index: Int) -> ColumnSummary? { pages[index].stored.header.summary }

    func column(_ index: Int) throws -> Vector {
        let page = pages[index]
        return try PageDecoder.decode(page.stored.header, payload: page.stored.payload[...], type: page.type)
    }

    func column(_ index: Int, rows: [UInt32]) throws -> Vector {
        let (header, payload) = try pages[index].plain()
        return try PageDecoder.decode(
            header, payload: payload, type: pages[index].type, rows: rows, landmarks: pages[index].landmarks)
    }

    func present(_ index: Int) throws -> PresentValues? {
        let page = pages[index]
        return try PageDecoder.present(page.stored.header, payload: page.stored.payload[...], type: page.type)
    }

    func rows(_ index: Int, ofTexts texts: [[UInt8]]) throws -> [UInt32]? {
        let (header, payload) = try pages[index].plain()
        var found: Set<UInt32> = []
        for text in texts {
            let rows = try PageDecoder.rows(
                ofText: text, header, payload: payload, type: pages[index].type, landmarks: pages[index].landmarks)
            guard let rows else { return nil }
            found.formUnion(rows)
        }
        return found.sorted()
    }

    func rows(_ index: Int, first count: Int, descending: Bool) throws -> [UInt32]? {
        let (header, payload) = try pages[index].plain()
        return try PageDecoder.rows(
            first: count, descending: descending, header, payload: payload, landmarks: pages[index].landmarks)
    }

    func rows(_ index: Int, within times: ClosedRange<Int64>) throws -> [UInt32]? {
        let (header, payload) = try pages[index].plain()
        return try PageDecoder.rows(
            within: times, header, payload: payload, landmarks: pages[index].landmarks)
    }
}

/// Tables of a catalog as pages.
struct PagedCatalog: TableCatalog {
    private let base: MemoryCatalog
    private let tables: [PagedTable]

    init(_ base: MemoryCatalog, as form: PageForm) {
        self.base = base
        tables = base.tables.map { PagedTable($0, as: form) }
    }

    func table(named name: String) -> (any TableSource)? { tables.first { $0.name == name } }
    var tableNames: [String] { base.tableNames }
    var position: Int64 { base.position }
    var watermark: Int64 { base.watermark }
    var now: Int64 { base.now }
    func userToken(_ userID: String) -> String { base.userToken(userID) }
}
