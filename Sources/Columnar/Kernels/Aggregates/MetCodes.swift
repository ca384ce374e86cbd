// tests: that groups without rows cost nothing.
/// Which text of a chunk each group met last, by its code: a group that keeps meeting one looks at it once.
///
/// Takes no more places than the chunk has rows, some times: where there are more groups, hardly any meets a text twice
/// in one chunk, and of all chunks together no more is looked at than there are rows.
package struct MetCodes {
    /// The most groups a row for which places are made.
    package static let placesPerRow = 2

    private var last: [UInt32]

    /// Places that were made; 0 where nothing is kept.
    package var placeCount: Int { last.count }

    /// Of a chunk of so many rows, where groups are numbered below `groups`.
    package init(groups: Int, rows: Int) {
        let isKept = groups <= rows.multipliedReportingOverflow(by: Self.placesPerRow).partialValue
        last = isKept ? [UInt32](repeating: .max, count: groups) : []
    }

    /// Whether a group did not meet the code just before, as far as that is kept.
    @inline(__always)
    mutating func isNew(_ code: UInt32, of group: Int) -> Bool {
        guard !last.isEmpty else { return true }
        if last[group] == code { return false }
        last[group] = code
        return true
    }
}
