import Columnar

/// Row positions that a condition keeps.
enum Selection {
    /// Rows where the condition is true; nil when all are.
    static func rows(where condition: Vector) -> [UInt32]? {
        switch condition.storage {
        case .constant(.boolean(true)): return nil
        case .constant: return []
        case .boolean(let values):
            assert(values.count == condition.count, "a truth value for each row")
            // Null rows hold false.
            return values.span.trueRows()
        default:
            return (0..<condition.count).filter { condition.scalar(at: $0) == .boolean(true) }.map { UInt32($0) }
        }
    }

    /// The rows not in an ascending list.
    static func complement(of rows: [UInt32], count: Int) -> [UInt32] {
        assert(zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 }, "a selection ascends")
        assert(rows.allSatisfy { $0 < count }, "a selection of these rows")
        var result: [UInt32] = []
        result.reserveCapacity(count - rows.count)
        var next = 0
        for row in 0..<UInt32(count) {
            if next < rows.count, rows[next] == row { next += 1 } else { result.append(row) }
        }
        assert(result.count == count - rows.count, "what is selected, and what is not, is all")
        return result
    }
}
