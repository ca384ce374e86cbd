/// Numbers the distinct combinations of several key columns. Columns are numbered one by one and combined in pairs, so
/// that a row costs one small table look-up a column and no key is ever copied.
package struct GroupTable: Sendable {
    private var columns: [KeyColumn]
    /// `pairs[i]` combines the number so far with the number of column `i + 1`.
    private var pairs: [NumberTable]
    /// When each group was first seen: unit of work, then order inside it. Equal for every way of sharing the work.
    private(set) var ordinals: [UInt64] = []

    /// One key column for each type.
    package init(types: [ColumnType]) {
        precondition(!types.isEmpty, "a group has a key")
        columns = types.map { KeyColumn(type: $0) }
        pairs = Array(repeating: NumberTable(), count: max(0, types.count - 1))
    }

    /// How many groups there are.
    package var count: Int { pairs.last?.count ?? columns.first?.count ?? 1 }

    /// What the table holds, roughly: for budgets.
    package var memoryBytes: Int {
        columns.reduce(0) { $0 + $1.memoryBytes } + pairs.reduce(0) { $0 + $1.memoryBytes } + ordinals.capacity * 8
    }

    /// The group of every row; new groups are numbered in the order of their first rows.
    /// - Parameter ordinal: where the chunk stands in the input; grows with every chunk of a unit.
    /// - Precondition: a vector for each type, all of equal length.
    package mutating func assign(_ keys: [Vector], ordinal: UInt64) -> [UInt32] {
        assert(keys.count == columns.count && keys.allSatisfy { $0.count == keys[0].count }, "keys of the same rows")
        var numbers = columns[0].encode(keys[0])
        for index in pairs.indices {
            let more = columns[index + 1].encode(keys[index + 1])
            numbers = combine(numbers, more, pairIndex: index)
        }
        assert(ordinals.count <= count && numbers.allSatisfy { $0 < count }, "a group that is known for each row")
        var next = ordinal
        while ordinals.count < count {
            ordinals.append(next)
            next += 1
        }
        return numbers
    }

    private static func key(_ left: UInt32, _ right: UInt32) -> UInt64 {
        // Small numbers interleave into small keys, which index an array directly.
        if left < 256, right < 256 { return UInt64(left) | UInt64(right) << 8 }
        return UInt64(left) << 32 | UInt64(right) | 1 << 63
    }

    private mutating func combine(_ left: [UInt32], _ right: [UInt32], pairIndex: Int) -> [UInt32] {
        assert(left.count == right.count, "two numbers for each row")
        let a = left.span
        let b = right.span
        var table = NumberTable()
        swap(&table, &pairs[pairIndex])
        defer { swap(&table, &pairs[pairIndex]) }
        return table.numbers(count: a.count) { Self.key(a[$0], b[$0]) }
    }

    private static func split(_ key: UInt64) -> (UInt32, UInt32) {
        if key & (1 << 63) == 0 { return (UInt32(key & 0xFF), UInt32(key >> 8)) }
        return (UInt32(truncatingIfNeeded: (key & ~(1 << 63)) >> 32), UInt32(truncatingIfNeeded: key))
    }

    /// Adds another thread's groups; the result gives its groups' numbers here.
    package mutating func absorb(_ other: GroupTable) -> [UInt32] {
        let maps = columns.indices.map { columns[$0].absorb(other.columns[$0]) }
        var mapping = maps[0]
        for index in pairs.indices {
            let left = mapping
            let right = maps[index + 1]
            mapping = other.pairs[index].keys.map { key in
                let (a, b) = Self.split(key)
                return pairs[index].number(of: Self.key(left[Int(a)], right[Int(b)]))
            }
        }
        ordinals.append(contentsOf: repeatElement(.max, count: count - ordinals.count))
        assert(mapping.count == other.ordinals.count, "every group was seen first somewhere")
        for (group, target) in mapping.enumerated() {
            ordinals[Int(target)] = min(ordinals[Int(target)], other.ordinals[group])
        }
        return mapping
    }

    /// The groups of rows among those already known; `UInt32.max` where a key is null or no group matches.
    package func lookUp(_ keys: [Vector]) -> [UInt32] {
        var numbers = columns[0].lookUp(keys[0])
        for index in pairs.indices {
            let more = columns[index + 1].lookUp(keys[index + 1])
            for row in numbers.indices where numbers[row] != .max {
                numbers[row] = more[row] == .max ? .max : pairs[index].find(Self.key(numbers[row], more[row])) ?? .max
            }
        }
        return numbers
    }

    /// Whether a key of the group is null.
    package func hasNullKey(_ group: UInt32) -> Bool {
        var number = group
        for index in pairs.indices.reversed() {
            let (left, right) = Self.split(pairs[index].keys[Int(number)])
            if columns[index + 1].isNull(right) { return true }
            number = left
        }
        return columns[0].isNull(number)
    }

    /// Groups in the order they were first seen; nil when they stand in it already.
    package func firstSeenOrder() -> [UInt32]? {
        var isSorted = true
        for index in ordinals.indices.dropFirst() where ordinals[index] < ordinals[index - 1] {
            isSorted = false
            break
        }
        if isSorted { return nil }
        return RadixOrder.ascending(ordinals)
    }

    /// The key columns of groups.
    package func keys(of groups: [UInt32]) -> [Vector] {
        var numbers = groups
        var result: [Vector] = []
        for index in pairs.indices.reversed() {
            var right: [UInt32] = []
            right.reserveCapacity(numbers.count)
            for row in numbers.indices {
                let (a, b) = Self.split(pairs[index].keys[Int(numbers[row])])
                numbers[row] = a
                right.append(b)
            }
            result.append(columns[index + 1].decode(right))
        }
        result.append(columns[0].decode(numbers))
        return result.reversed()
    }
}
