/// What a window function says of all rows, held as shortly as may be: vectors are made of it piece by piece.
package enum WindowColumn: Sendable {
    /// A value for each row.
    case values(Vector)
    /// The values of other rows, by row: which one's; `UInt32.max`: none.
    case picked(Vector, [UInt32])
    /// The same of values that a key holds, see ``WindowKey/hasValues``.
    case pickedKeys(WindowKey, ColumnType, [UInt32])
    case sums(WindowSums, ColumnType)
    case averages(WindowSums, ColumnType)

    /// The values of some rows.
    /// - Throws: `.decimalOverflow` for averages that 38 digits do not hold.
    package func vector(_ rows: Range<Int>) throws(KernelError) -> Vector {
        switch self {
        case .values(let vector): vector.gather(KeptRows(rows))
        case .picked(let vector, let places): vector.gatherOrNull(Array(places[rows]))
        case .pickedKeys(let key, let type, let places): key.vector(places[rows], type: type)
        case .sums(let sums, let type): sums.totals(rows, type: type)
        case .averages(let sums, let type): try sums.averages(rows, type: type)
        }
    }

    /// Sums of values over frames; averages where those are wanted.
    /// - Parameter included: which rows count; nil: all.
    /// - Throws: what sums do not hold; `.stopped`.
    /// - Complexity: O(rows).
    package static func totals(
        _ values: Vector, included: Validity?, _ rows: WindowRows, _ frames: WindowFrames, type: ColumnType,
        isAverage: Bool, _ watch: KernelWatch
    ) throws(KernelError) -> WindowColumn {
        try watch.look()
        if values.isAllNull { return .values(.constant(.null, type: type, count: rows.count)) }
        let expanded = values.expanded()
        let sliding = SlidingRows(rows, frames, included: included)
        switch expanded.storage {
        case .double(let numbers):
            return .values(try sliding.doubleTotals(numbers.span, isAverage: isAverage))
        case .interval(let intervals):
            return .values(try sliding.intervalTotals(intervals.span, isAverage: isAverage))
        default:
            let sums = try WindowSums(expanded, included: included, rows, frames, watch)
            return isAverage ? .averages(sums, type) : .sums(sums, type)
        }
    }

    /// Whether all values of a frame are true, or any is; null of none.
    /// - Parameter included: which rows count; nil: all.
    /// - Complexity: O(rows).
    package static func truths(
        _ values: Vector, included: Validity?, _ rows: WindowRows, _ frames: WindowFrames, areAll: Bool
    ) -> WindowColumn {
        guard case .boolean(let truths) = values.expanded().storage, !values.isAllNull else {
            return .values(.constant(.null, type: .boolean, count: rows.count))
        }
        // Of those that decide.
        let deciding = truths.map { $0 != areAll ? Int64(1) : 0 }
        let (found, counts) = SlidingRows(rows, frames, included: included).totals(deciding.span, as: Int64.self)
        var present = Validity(count: rows.count, allValid: true)
        for row in counts.indices where counts[row] == 0 { present[row] = false }
        let results = found.indices.map { counts[$0] > 0 && (found[$0] > 0) != areAll }
        return .values(
            Vector(
                type: .boolean, count: rows.count, storage: .boolean(results), validity: present.unlessWhole))
    }

    /// Bytes held beside the vectors that values are picked from, roughly.
    package var memoryBytes: Int {
        switch self {
        case .values(let vector):
            switch vector.storage {
            case .int64, .double: vector.count * 8
            case .boolean: vector.count
            case .interval: vector.count * 24
            case .constant: 0
            case .int128, .text, .scalars: vector.count * 40
            }
        case .picked(_, let places), .pickedKeys(_, _, let places): places.capacity * 4
        case .sums(let sums, _), .averages(let sums, _): sums.memoryBytes
        }
    }
}
