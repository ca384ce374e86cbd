import Columnar

/// Rows of a stretch of a table in short, for comparing what is there with what is here: sums, so that rows can be
/// added in any order.
package struct RowDigest: Hashable, Sendable {
    /// How many.
    package var rows: Int64 = 0
    /// The sum of the hashes of what they hold.
    package var hashes: Int128 = 0
    /// The sum of their exact costs, in pico-USD; 0 where a table has none.
    package var costPicoUSD: Int128 = 0
    /// The sum of their input and output tokens; 0 where a table has none.
    package var tokens: Int128 = 0

    /// Of no rows.
    package init() {}

    /// Adds others.
    package mutating func add(_ other: RowDigest) {
        rows &+= other.rows
        hashes &+= other.hashes
        costPicoUSD &+= other.costPicoUSD
        tokens &+= other.tokens
    }
}

/// Which stretches of a table are to be put in short.
package struct DigestRequest: Sendable {
    /// Which table.
    package var table: ShippedTable
    /// How many positions a stretch has; of other tables than events a stretch is a day, and this means nothing.
    package var positions: Int64
    /// Only events at these positions.
    package var through: Int64

    /// Takes each part as given.
    /// - Precondition: `positions > 0`.
    init(table: ShippedTable, positions: Int64, through: Int64) {
        precondition(positions > 0, "a stretch has a position")
        (self.table, self.positions, self.through) = (table, positions, through)
    }

    /// Stands for the day of rows that have none.
    package static let noDay: Int64 = -1_000_000

    /// ns of a day.
    package static let day: Int64 = 86_400_000_000_000

    /// When a day begins, ns since 1970 UTC, as far as a time can be; nil: no time here is of it. Destinations have
    /// times, and somebody's rows, of days that are none here.
    package static func start(of stretch: Int64) -> Int64? {
        guard (TouchedRows.floored(.min, day) / day - 1...(.max / day)).contains(stretch) else { return nil }
        let (start, isBefore) = stretch.multipliedReportingOverflow(by: day)
        return isBefore ? .min : start
    }

    /// The last time of a day that begins at one.
    static func last(ofDayFrom start: Int64) -> Int64 { start > .max - (day - 1) ? .max : start + (day - 1) }

    /// Rows of a day that begins at a time; nil: those that have none.
    static func conditions(_ column: TableColumn, from start: Int64?) -> [ShippingRequest.Condition] {
        guard let start else { return [ShippingRequest.Condition(column, .isNull)] }
        return [
            ShippingRequest.Condition(column, .greaterOrEqual(.timestamptz(start))),
            ShippingRequest.Condition(column, .lessOrEqual(.timestamptz(last(ofDayFrom: start)))),
        ]
    }

    /// Which column decides the day of a row: that of the bucket, of the question, of the beginning.
    static func dayColumn(of table: ShippedTable) -> String? {
        switch table.kind {
        case .events: nil
        case .conversations: "start_time"
        case .turns: "asked_time"
        case .rollup: "time"
        }
    }
}
