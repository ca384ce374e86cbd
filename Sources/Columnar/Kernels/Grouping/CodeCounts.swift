/// How many rows have each pair of a group and a text, told by the codes of the texts: where groups are few and texts
/// many, no text is looked up and no pair is hashed.
package struct CodeCounts: Sendable {
    /// By pair, in the order of their first rows: its group.
    package private(set) var groups: [UInt32] = []
    /// By pair: how many rows have it.
    package private(set) var counts: [Int64] = []
    /// By pair: its text, null where its rows have none. Texts that a dictionary has twice are two.
    package let texts: Vector

    /// So many places may be free for each row.
    private static let placesPerRow = 16
    /// Fewer places than this are never too many.
    private static let fewPlaces = 1 << 16

    /// - Parameters:
    ///   - groups: by row, each below `groupCount`.
    ///   - column: of the same rows.
    /// - Returns: nil where the column has no codes, or where pairs could be far more than rows.
    /// - Complexity: O(rows), and a bounded number of places for each.
    package init?(_ groups: [UInt32], groupCount: Int, of column: Vector) {
        precondition(groups.count == column.count, "a group for each row")
        guard case .text(let codes, let dictionary) = column.storage else { return nil }
        // One more for rows without a text.
        let stride = dictionary.count + 1
        let (places, overflow) = groupCount.multipliedReportingOverflow(by: stride)
        guard !overflow, places <= max(Self.fewPlaces, codes.count * Self.placesPerRow) else { return nil }
        let found = Self.counted(groups, codes, column.validity, stride: stride, places: places)
        var (own, validity) = ([UInt32](repeating: 0, count: found.pairs.count), Validity?.none)
        self.groups.reserveCapacity(found.pairs.count)
        for (pair, place) in found.pairs.enumerated() {
            let (group, code) = Int(place).quotientAndRemainder(dividingBy: stride)
            self.groups.append(UInt32(truncatingIfNeeded: group))
            if code < dictionary.count {
                own[pair] = UInt32(truncatingIfNeeded: code)
            } else {
                if validity == nil { validity = Validity(count: found.pairs.count, allValid: true) }
                validity?[pair] = false
            }
        }
        counts = found.counts
        texts = Vector(
            type: column.type, count: own.count, storage: .text(codes: own, dictionary: dictionary),
            validity: validity)
    }

    /// The places of pairs in the order of their first rows, and how many rows each has.
    private static func counted(
        _ groups: [UInt32], _ codes: [UInt32], _ validity: Validity?, stride: Int, places: Int
    ) -> (pairs: [UInt32], counts: [Int64]) {
        var rowsOfPlaces = [UInt32](repeating: 0, count: places)
        var pairs: [UInt32] = []
        let (left, right) = (groups.span, codes.span)
        var rows = rowsOfPlaces.mutableSpan
        for row in 0..<left.count {
            let isPresent = validity?[row] ?? true
            let place = Int(left[row]) &* stride &+ (isPresent ? Int(right[row]) : stride &- 1)
            let before = rows[place]
            rows[place] = before &+ 1
            if before == 0 { pairs.append(UInt32(truncatingIfNeeded: place)) }
        }
        return (pairs, pairs.map { Int64(rowsOfPlaces[Int($0)]) })
    }
}
