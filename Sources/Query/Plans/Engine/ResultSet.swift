package import Columnar

/// The rows a query answered, with the basis they rest on.
package struct ResultSet: Sendable {
    package var columns: [TableColumn]
    package var chunks: [Chunk]
    /// The snapshot's position and watermark (ns).
    package var position: Int64
    package var watermark: Int64
    package var statistics: QueryStatistics
    /// IANA name of the zone in which times are shown.
    package var timeZone = "UTC"

    package init(columns: [TableColumn], chunks: [Chunk], position: Int64, watermark: Int64, statistics: QueryStatistics) {
        self.columns = columns
        self.chunks = chunks
        self.position = position
        self.watermark = watermark
        self.statistics = statistics
    }

    package var rowCount: Int { chunks.reduce(0) { $0 + $1.rowCount } }
}

/// What answering took. `elapsedNanoseconds` ends where the rows stand materialised in the process.
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

/// What a query may use and how it is to be read.
package struct QueryOptions: Sendable {
    package var memoryBudgetBytes = 256 << 20
    /// nil: no limit.
    package var timeLimitNanoseconds: Int64? = 30_000_000_000
    /// IANA name for date_trunc, casts and rendering.
    package var timeZone = "UTC"
    /// Whether rollups may answer; the answer is the same from events.
    package var usesRollups = true
    /// Whether what headers say of groups and pages may decide conditions and aggregates; the answer is the same from the rows.
    package var usesSummaries = true

    package init() {}
}
