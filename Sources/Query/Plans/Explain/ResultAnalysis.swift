extension ResultSet {
    /// What EXPLAIN ANALYZE shows below a plan that ran: rows, groups, pages, bytes, memory, time.
    package func analysis(of plan: Plan) -> [String] {
        let numbers = statistics
        let milliseconds = Double(numbers.elapsedNanoseconds / 1000) / 1000
        return plan.explained() + [
            "Rows: \(rowCount) answered, \(numbers.rowsScanned) scanned",
            "Row groups: \(numbers.groupsTotal) in all, \(numbers.groupsSkipped) skipped",
            "Pages: \(numbers.pagesRead) read, \(numbers.bytesRead) bytes",
            "Memory: \(numbers.memoryPeakBytes) bytes at most",
            "Execution Time: \(milliseconds) ms",
        ]
    }
}
