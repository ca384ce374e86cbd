package import Columnar

/// The rows a query answered, with the basis they rest on.
package struct ResultSet: Sendable {
    /// Names and types, in the order of the answer.
    package var columns: [TableColumn]
    /// In the order of the answer, each of at most `Chunk.rowsMax` rows, none empty.
    package var chunks: [Chunk]
    /// The last event that the answer includes.
    package var position: Int64
    /// Every event received up to this time (ns since 1970 UTC) is included.
    package var watermark: Int64
    /// What answering took.
    package var statistics: QueryStatistics
    /// IANA name of the zone in which times are shown.
    package var timeZone = "UTC"
    /// What belongs to the answer and cannot be shown, a line each; mostly nothing.
    package var notices: [String] = []
    /// What the rows take of the pool that the query took from, for as long as somebody holds them; nil without one.
    package var booking: MemoryBooking?

    /// Takes each part as given.
    /// - Precondition: each chunk has the columns.
    package init(
        columns: [TableColumn], chunks: [Chunk], position: Int64, watermark: Int64, statistics: QueryStatistics
    ) {
        assert(chunks.allSatisfy { $0.columns.count == columns.count }, "rows of these columns")
        self.columns = columns
        self.chunks = chunks
        self.position = position
        self.watermark = watermark
        self.statistics = statistics
    }

    /// Bytes that the rows hold, each dictionary of texts once.
    package var heldBytes: Int {
        var bytes = 0
        var seen: Set<ObjectIdentifier> = []
        for column in chunks.lazy.flatMap(\.columns) {
            bytes += column.count * 16 + 64
            switch column.storage {
            case .constant(let value): bytes += value.textBytes
            case .scalars(let values): bytes += values.reduce(values.count * 32) { $0 + $1.textBytes }
            case .text(_, let dictionary):
                if seen.insert(ObjectIdentifier(dictionary)).inserted { bytes += dictionary.bytes.count }
            default: break
            }
        }
        return bytes
    }

    /// Rows of all chunks.
    package var rowCount: Int { chunks.reduce(0) { $0 + $1.rowCount } }
}

/// What answering took. `elapsedNanoseconds` ends where the rows stand materialised in the process. What an engine does
/// not know of itself is 0.
package struct QueryStatistics: Sendable {
    /// From the question's arrival at the engine to its rows.
    package var elapsedNanoseconds: Int64 = 0
    /// Row groups of the tables that were asked.
    package var groupsTotal = 0
    /// Those that their summaries refuted.
    package var groupsSkipped = 0
    /// Pages of columns that were read.
    package var pagesRead = 0
    /// Bytes of these pages.
    package var bytesRead = 0
    /// Rows that scans looked at.
    package var rowsScanned = 0
    /// The most memory that was booked at one time.
    package var memoryPeakBytes = 0

    /// Nothing done yet.
    package init() {}
}
