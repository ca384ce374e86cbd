import Plans

extension ReportRunner {
    /// A report in a format, as `Report.rendered(_:section:)` writes it, within the time that its questions had. What
    /// it takes while it is written is booked as a question's memory is: its rows, and how long they are, are up to
    /// whoever sends events.
    /// - Throws: ``ReportError`` naming the sections there are; `QueryError` `.memoryExceeded` where it takes more than
    ///   a question may hold, or others hold the memory; out of time or cancelled.
    package func rendered(_ report: Report, _ format: ReportFormat, section: String? = nil) throws -> String {
        let memory = RenderingMemory(options)
        return try report.rendered(format, section: section, memory.took)
    }

    /// Every section of a report as CSV in one body, see ``ReportFiles/multipart``, booked likewise.
    /// - Throws: `QueryError`, as ``rendered(_:_:section:)``.
    package func multipart(_ report: Report) throws -> (body: String, boundary: String) {
        let memory = RenderingMemory(options)
        let files = try ReportFiles(report, memory.took)
        // Once as bytes that are searched, and once more as the body.
        try memory.took(2 * files.files.reduce(0) { $0 + $1.text.utf8.count })
        return files.multipart
    }
}

/// What a report holds while it is written.
private final class RenderingMemory {
    private let options: QueryOptions
    private let booking: MemoryBooking?
    private var bytes = 0
    /// Bookings are of whole steps, so that a short row is no work.
    private static let stepBytes = 64 << 10

    init(_ options: QueryOptions) {
        self.options = options
        booking = options.memoryPool.map { MemoryBooking(in: $0) }
    }

    /// So much more is held.
    /// - Throws: `QueryError` `.memoryExceeded`, out of time or cancelled.
    func took(_ more: Int) throws {
        bytes += more
        guard bytes <= options.memoryBudgetBytes else {
            throw QueryError(
                .memoryExceeded,
                "the report takes more than \(options.memoryBudgetBytes >> 20) MiB while it is written in this format",
                hint: "ask for one section, by fewer dimensions, or of fewer rows; the setting limits.query_memory "
                    + "says how much there is")
        }
        if let booking, bytes > booking.bytes {
            guard booking.change(to: (bytes / Self.stepBytes + 1) * Self.stepBytes) else {
                throw QueryError.memoryTaken
            }
        }
        try options.check()
    }
}
