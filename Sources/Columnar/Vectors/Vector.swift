/// A run of values of one column: what scans hand out and kernels work on.
///
/// Type and storage are apart: `numeric(scale: 12)` is stored as `int64` while it fits and as `int128` after sums.
/// Values in null rows are zero (code 0 for text) and mean nothing. A constant stands for `count` equal values.
package struct Vector: Sendable {
    package enum Storage: Sendable {
        /// integer, timestamptz, timestamp, date, and numeric whose mantissas fit.
        case int64([Int64])
        /// numeric
        case int128([Int128])
        case double([Double])
        case boolean([Bool])
        /// text and json
        case text(codes: [UInt32], dictionary: TextDictionary)
        case interval([Interval])
        /// Rarely needed shapes, arrays above all.
        case scalars([Scalar])
        case constant(Scalar)
    }

    package var type: ColumnType
    package var count: Int
    package var storage: Storage
    /// nil: every row has a value. A `constant(.null)` needs none.
    package var validity: Validity?

    package init(type: ColumnType, count: Int, storage: Storage, validity: Validity? = nil) {
        self.type = type
        self.count = count
        self.storage = storage
        self.validity = validity
    }

    package static func constant(_ value: Scalar, type: ColumnType, count: Int) -> Vector {
        Vector(type: type, count: count, storage: .constant(value))
    }
}

/// Vectors of equal length: a batch of rows.
package struct Chunk: Sendable {
    package var columns: [Vector]
    package var rowCount: Int

    package init(columns: [Vector], rowCount: Int) {
        precondition(columns.allSatisfy { $0.count == rowCount })
        self.columns = columns
        self.rowCount = rowCount
    }
}
