/// The type of a column as SQL sees it; what is stored below it may be narrower.
package enum ColumnType: Hashable, Sendable {
    case boolean
    /// 64-bit signed (`bigint`).
    case integer
    /// IEEE 754 (`double precision`).
    case double
    /// Exact decimal: an integer mantissa times 10^-scale, 0...38. Money is `numeric(scale: 12)`: pico-USD.
    case numeric(scale: Int)
    /// UTF-8, ordered by bytes (collation C).
    case text
    /// An instant: nanoseconds since 1970 UTC (`timestamp with time zone`).
    case timestamptz
    /// A wall-clock reading without zone, in the same nanoseconds (`timestamp`).
    case timestamp
    /// Days since 1970-01-01.
    case date
    /// Months, days and nanoseconds, kept apart as PostgreSQL does.
    case interval
    /// A JSON document as canonical text.
    case json
    /// An array of one of the above, as `approx_percentile(x, array[…])` answers.
    indirect case array(ColumnType)
    /// The type of a bare NULL.
    case null

    /// Whether values that are equal are the same in every way: a zero has a sign, and a decimal more digits than
    /// another, without being unequal.
    package var areEqualsAlike: Bool {
        switch self {
        case .boolean, .integer, .text, .timestamptz, .timestamp, .date: true
        case .double, .numeric, .interval, .json, .array, .null: false
        }
    }
}

/// PostgreSQL's interval: the three parts never mix until they meet a date.
package struct Interval: Hashable, Sendable {
    package var months: Int64
    package var days: Int64
    package var nanoseconds: Int64

    package init(months: Int64 = 0, days: Int64 = 0, nanoseconds: Int64 = 0) {
        self.months = months
        self.days = days
        self.nanoseconds = nanoseconds
    }
}
