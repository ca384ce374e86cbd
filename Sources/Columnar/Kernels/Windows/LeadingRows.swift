/// Tells, while rows come in piece by piece, in any order of the pieces, which of them may be among the first of their
/// partitions. A row goes when as many as are wanted come before it. What stays has all rows that are wanted and some
/// others, and each row that is wanted has all rows beside it that come before it: its number, and its rank, are what
/// they are among all.
package struct LeadingRows: Sendable {
    /// More rows of a partition than this are not told from the others: each is compared with those before it.
    package static let mostMax = 16
    /// Of so few rows nobody asks how many partitions they have.
    private static let partitionsMin = 1_024
    /// Where there is a partition for so few rows, nearly all of them stay, and finding that out takes memory.
    private static let rowsPerPartition = 4

    /// nil where all rows are of one partition.
    private var table: GroupTable?
    private let most: Int
    private let countsAlikeOnce: Bool
    private let isDescending: Bool
    private let partitionsMax: Int
    /// By partition: the words that come first of those that came in, ascending; `.max` where there are not so many.
    private var words: [UInt64]
    /// Whether there are too many partitions.
    private var isOver = false
    /// How many rows went.
    package private(set) var gone = 0

    /// - Parameters:
    ///   - partition: types of what the partitions are made by.
    ///   - most: how many rows of each are wanted, those alike with the last of them as well.
    ///   - countsAlikeOnce: whether rows of equal values are counted once.
    ///   - isDescending: whether the greatest values come first.
    ///   - rowsMax: how many rows may come in.
    /// - Precondition: `most` within `1...mostMax`.
    package init(partition: [ColumnType], most: Int, countsAlikeOnce: Bool, isDescending: Bool, rowsMax: Int) {
        precondition((1...Self.mostMax).contains(most), "few rows are wanted")
        table = partition.isEmpty ? nil : GroupTable(types: partition)
        (self.most, self.countsAlikeOnce, self.isDescending) = (most, countsAlikeOnce, isDescending)
        partitionsMax = max(Self.partitionsMin, rowsMax / Self.rowsPerPartition)
        words = [UInt64](repeating: .max, count: partition.isEmpty ? most : 0)
    }

    /// Whether values of a type are told apart: those that one word holds.
    package static func tells(_ type: ColumnType) -> Bool {
        switch type {
        case .integer, .timestamptz, .timestamp, .date, .numeric, .double: true
        case .text, .boolean, .interval, .json, .array, .null: false
        }
    }

    /// Takes in a piece.
    /// - Parameters:
    ///   - partition: by what the partitions are made.
    ///   - order: what rows are first ordered by. Where some are null nothing is told, as well as where they are too
    ///     great for words.
    ///   - ordinal: as of ``GroupTable/assign(_:ordinal:)``.
    /// - Returns: the rows of the piece that may be among the first, ascending; nil: all.
    /// - Complexity: O(rows), and what is wanted of a partition for each row that is among its first so far.
    package mutating func rows(of partition: [Vector], by order: Vector, ordinal: UInt64) -> [UInt32]? {
        assert(partition.allSatisfy { $0.count == order.count }, "of the same rows")
        guard !isOver, let own = words(of: order) else { return nil }
        let groups = table?.assign(partition, ordinal: ordinal) ?? []
        if let count = table?.count {
            if count > partitionsMax {
                (isOver, table, words) = (true, nil, [])
                return nil
            }
            words.append(contentsOf: repeatElement(.max, count: count * most - words.count))
        }
        take(own, groups)
        let left = left(own, groups)
        gone += own.count - left.count
        return left.count == own.count ? nil : left
    }

    /// In their order; nil where one is null, and where they are none.
    private func words(of order: Vector) -> [UInt64]? {
        let order = order.expanded()
        guard order.validity?.nullCount ?? 0 == 0 else { return nil }
        let flip: UInt64 = isDescending ? .max : 0
        switch order.storage {
        case .int64(let values): return values.map { OrderedBits.of($0) ^ flip }
        case .double(let values): return values.map { OrderedBits.of($0) ^ flip }
        case .int128, .boolean, .text, .interval, .scalars, .constant: return nil
        }
    }

    /// - Parameter groups: the partition of each row; nothing where all are of one.
    private mutating func take(_ own: [UInt64], _ groups: [UInt32]) {
        let source = own.span
        let numbers = groups.span
        let (most, countsAlikeOnce) = (most, countsAlikeOnce)
        var known = words.mutableSpan
        for row in 0..<source.count {
            let word = source[row]
            let first = groups.isEmpty ? 0 : Int(numbers[row]) &* most
            let last = first &+ most &- 1
            if word >= known[last] { continue }
            if countsAlikeOnce {
                var place = first
                while known[place] < word { place &+= 1 }
                if known[place] == word { continue }
            }
            var place = last
            while place > first, known[place &- 1] > word {
                known[place] = known[place &- 1]
                place &-= 1
            }
            known[place] = word
        }
    }

    private func left(_ own: [UInt64], _ groups: [UInt32]) -> [UInt32] {
        let source = own.span
        let numbers = groups.span
        let known = words.span
        var left: [UInt32] = []
        for row in 0..<source.count {
            let first = groups.isEmpty ? 0 : Int(numbers[row]) &* most
            if source[row] <= known[first &+ most &- 1] { left.append(UInt32(truncatingIfNeeded: row)) }
        }
        return left
    }

    /// Bytes held.
    package var memoryBytes: Int { (table?.memoryBytes ?? 0) + words.capacity * 8 }
}
