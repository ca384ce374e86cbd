package import Columnar

/// The rows a query answered, with the basis they rest on.
package struct ResultSet: Sendable {
    package var columns: [TableColumn]
    /// In the order of the answer, each of at most `Chunk.rowsMax` rows, none empty.
    package var chunks: [Chunk]
    /// The snapshot's position and watermark (ns).
    package var position: Int64
    package var watermark: Int64
    package var statistics: QueryStatistics
    /// IANA name of the zone in which times are shown.
    package var timeZone = "UTC"

    package init(columns: [TableColumn], chunks: [Chunk], position: Int64, watermark: Int64, statistics: QueryStatistics) {
        assert(chunks.allSatisfy { $0.columns.count == columns.count }, "rows of these columns")
        self.columns = columns
        self.chunks = chunks
        self.position = position
        self.watermark = watermark
        self.statistics = statistics
    }

    package var rowCount: Int { chunks.reduce(0) { $0 + $1.rowCount } }
}

/// What answering took. `elapsedNanoseconds` ends where the rows stand materialised in the process. What an engine does
/// not know of itself is 0.
package struct QueryStatistics: Sendable {
    package var elapsedNanoseconds: Int64 = 0
    package var groupsTotal = 0
    package var groupsSkipped = 0
    package var pagesRead = 0
    package var bytesRead = 0
    package var rowsScanned = 0
    package var memoryPeakBytes = 0

    package init() {}
}
