package import Synchronization

/// Work done for one query, counted by scans on any thread and shown by EXPLAIN ANALYZE, and what they could not show.
package final class ScanStatistics: Sendable {
    package let groupsTotal = Atomic<Int>(0)
    package let groupsSkipped = Atomic<Int>(0)
    package let pagesRead = Atomic<Int>(0)
    package let bytesRead = Atomic<Int>(0)
    package let rowsScanned = Atomic<Int>(0)
    // tests: whoever looks for a text searches where it may stand, once.
    /// Texts among which one was searched for, in what several pages have in common.
    package let textsSearched = Atomic<Int>(0)
    private let noted = Notices()

    package init() {}

    /// What belongs to the tables that were scanned and could not be shown, a line each, ascending; mostly nothing.
    package var notices: [String] { noted.lines }

    /// A line about what the table of a scan cannot show although it belongs to it.
    package func note(_ notice: String) { noted.add(notice) }

    package func add(
        groupsTotal: Int = 0, groupsSkipped: Int = 0, pagesRead: Int = 0, bytesRead: Int = 0, rowsScanned: Int = 0,
        textsSearched: Int = 0
    ) {
        if groupsTotal != 0 { self.groupsTotal.add(groupsTotal, ordering: .relaxed) }
        if groupsSkipped != 0 { self.groupsSkipped.add(groupsSkipped, ordering: .relaxed) }
        if pagesRead != 0 { self.pagesRead.add(pagesRead, ordering: .relaxed) }
        if bytesRead != 0 { self.bytesRead.add(bytesRead, ordering: .relaxed) }
        if rowsScanned != 0 { self.rowsScanned.add(rowsScanned, ordering: .relaxed) }
        if textsSearched != 0 { self.textsSearched.add(textsSearched, ordering: .relaxed) }
    }
}
