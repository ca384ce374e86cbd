/// A run of values of one column: what scans hand out and kernels work on.
///
/// Type and storage are apart: `numeric(scale: 12)` is stored as `int64` while it fits and as `int128` after sums.
/// A constant stands for `count` equal values.
///
/// What lies in a null row is defined here and nowhere else: zero, false, code 0, `Interval()`, `.null` among
/// `scalars`. Kernels may therefore add up or select rows without looking whether they are null. Storage and validity
/// change only together, through `init`, which checks both in debug builds; so no kernel can make a vector of another
/// kind.
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

    package let type: ColumnType
    package let count: Int
    package let storage: Storage
    /// nil: every row has a value. A `constant(.null)` needs none.
    package let validity: Validity?

    /// - Precondition: `storage` has `count` values, zero where `validity` says null; a constant has no `validity`.
    package init(type: ColumnType, count: Int, storage: Storage, validity: Validity? = nil) {
        assert(count >= 0, "a number of rows")
        self.type = type
        self.count = count
        self.storage = storage
        self.validity = validity
        assert(fault == nil, "a vector of \(type) \(fault ?? "")")
    }

    package static func constant(_ value: Scalar, type: ColumnType, count: Int) -> Vector {
        Vector(type: type, count: count, storage: .constant(value))
    }

    /// The same values under another type that is stored alike.
    package func typed(_ type: ColumnType) -> Vector {
        Vector(type: type, count: count, storage: storage, validity: validity)
    }

    /// Values of another storage in the same rows.
    /// - Precondition: as for `init`.
    package func replacing(_ storage: Storage, type: ColumnType? = nil) -> Vector {
        Vector(type: type ?? self.type, count: count, storage: storage, validity: validity)
    }

    /// Whether both are of one type and have the same whole numbers in the same rows, stored alike.
    /// - Complexity: O(rows).
    package func hasSameNumbers(as other: Vector) -> Bool {
        guard type == other.type, count == other.count, validity == other.validity else { return false }
        switch (storage, other.storage) {
        case (.int64(let values), .int64(let others)): return values == others
        case (.int128(let values), .int128(let others)): return values == others
        default: return false
        }
    }

    /// What the vector has that no vector may have; nil for a sound one.
    /// - Complexity: O(rows).
    package var fault: String? {
        if let validity, validity.count != count { return "has \(count) rows and \(validity.count) bits of validity" }
        switch storage {
        case .constant: return validity == nil ? nil : "is constant and has null rows"
        case .int64(let values): return fault(values) { $0 == 0 }
        case .int128(let values): return fault(values) { $0 == 0 }
        case .double(let values): return fault(values) { $0 == 0 }
        case .boolean(let values): return fault(values) { !$0 }
        case .interval(let values): return fault(values) { $0 == Interval() }
        case .scalars(let values): return fault(values) { $0.isNull }
        case .text(let codes, let dictionary):
            if let fault = fault(codes, isZero: { $0 == 0 }) { return fault }
            let entries = UInt32(dictionary.count)
            for row in codes.indices where codes[row] >= entries && validity?[row] ?? true {
                return "has no text in row \(row)"
            }
            return nil
        }
    }

    private func fault<Value>(_ values: [Value], isZero: (Value) -> Bool) -> String? {
        if values.count != count { return "has \(count) rows and \(values.count) values" }
        guard let validity else { return nil }
        for row in values.indices where !validity[row] && !isZero(values[row]) {
            return "holds \(values[row]) in null row \(row)"
        }
        return nil
    }
}

/// Vectors of equal length: a batch of rows.
package struct Chunk: Sendable {
    /// The most rows that a chunk has where it is handed on; what an operator gathers for itself may be longer.
    package static let rowsMax = PageLimits.rowsMax

    package var columns: [Vector]
    package var rowCount: Int

    package init(columns: [Vector], rowCount: Int) {
        precondition(columns.allSatisfy { $0.count == rowCount })
        self.columns = columns
        self.rowCount = rowCount
    }
}
