/// Numbers the distinct combinations of several key columns. Columns are numbered one by one and combined in pairs, so
/// that a row costs one small table look-up a column and no key is ever copied.
package struct GroupTable: Sendable {
    private var columns: [KeyColumn]
    /// `pairs[i]` combines the number so far with the number of column `i + 1`.
    private var pairs: [PairTable]
    /// When each group was first seen: unit of work, then order inside it. Equal for every way of sharing the work.
    private(set) var ordinals: [UInt64] = []

    /// One key column for each type.
    package init(types: [ColumnType]) {
        precondition(!types.isEmpty, "a group has a key")
        columns = types.map { KeyColumn(type: $0) }
        pairs = Array(repeating: PairTable(), count: max(0, types.count - 1))
    }

    /// How many groups there are.
    package var count: Int { pairs.last?.count ?? columns.first?.count ?? 1 }

    /// How many groups there will be, roughly, once a good part of those is there that keys with kept numbers tell;
    /// nil before, and where none tells.
    package var expectedCount: Int? {
        let expected = columns.compactMap(\.expectedCount).max()
        return expected.flatMap { count >= $0 / Self.partOfExpected ? $0 : nil }
    }

    /// So many times as much room as there are groups is taken for what is expected.
    private static let partOfExpected = 4

    /// What the table holds, roughly: for budgets.
    package var memoryBytes: Int {
        columns.reduce(0) { $0 + $1.memoryBytes } + pairs.reduce(0) { $0 + $1.memoryBytes } + ordinals.capacity * 8
    }

    /// What ``keys(of:shown:)`` makes of so many groups beside codes and numbers, roughly: for budgets.
    package func keyBytes(of groups: Int, shown: Set<Int>?) -> Int {
        columns.indices.reduce(0) { bytes, column in
            let isShown = shown?.contains(column) ?? true
            return bytes + (isShown ? columns[column].decodedTextBytes(of: groups) : 0)
        }
    }

    /// How many texts were looked up by their bytes.
    package var lookedTexts: Int { columns.reduce(0) { $0 + $1.lookedTexts } }

    // tests: steps are counted.
    /// How many pairs of keys were looked for in a hash table.
    package var lookedPairs: Int { pairs.reduce(0) { $0 + $1.finds } }

    /// The group of every row; new groups are numbered in the order of their first rows.
    /// - Parameter ordinal: where the chunk stands in the input; grows with every chunk of a unit.
    /// - Precondition: a vector for each type, all of equal length.
    package mutating func assign(_ keys: [Vector], ordinal: UInt64) -> [UInt32] {
        assign(keys.map { .column($0) }, ordinal: ordinal)
    }

    private mutating func assign(_ keys: [GroupKey], ordinal: UInt64) -> [UInt32] {
        assert(keys.count == columns.count && keys.allSatisfy { $0.rowCount == keys[0].rowCount }, "of the same rows")
        var numbers = columns[0].numbers(of: keys[0])
        for index in pairs.indices {
            let more = columns[index + 1].numbers(of: keys[index + 1])
            let lefts = index == 0 ? columns[0].count : pairs[index - 1].count
            numbers = .rows(pairs[index].combine(numbers, more, lefts: lefts, rights: columns[index + 1].count))
        }
        let groups = numbers.ofRows
        assert(ordinals.count <= count && groups.allSatisfy { $0 < count }, "a group that is known for each row")
        noteNew(ordinal)
        return groups
    }

    /// The same, as aggregates want it: runs of a column of times are found as its values are numbered.
    /// - Parameter countsRows: whether several aggregates want to know how many rows each group has.
    package mutating func assignment(of keys: [GroupKey], ordinal: UInt64, countsRows: Bool) -> GroupAssignment {
        if keys.count == 1, let runs = runs(of: keys[0]) {
            noteNew(ordinal)
            return GroupAssignment(runs: runs)
        }
        if let constants = keys.constants, keys[0].rowCount > 0 {
            // All rows are of one group.
            let group = assign(constants, ordinal: ordinal)[0]
            return GroupAssignment(runs: [GroupAssignment.Run(group: Int(group), rows: 0..<keys[0].rowCount)])
        }
        let groups = assign(keys, ordinal: ordinal)
        return GroupAssignment(groups, below: count, countsRows: countsRows)
    }

    /// The groups of an only key in runs; nil where it does not come in such.
    private mutating func runs(of key: GroupKey) -> [GroupAssignment.Run]? {
        switch key {
        case .runs(let runs):
            let numbers = columns[0].numbers(of: runs)
            return numbers.indices.map { GroupAssignment.Run(group: Int(numbers[$0]), rows: runs.rows($0)) }
        case .column(let vector):
            guard case .int64(let values) = vector.storage, vector.validity == nil else { return nil }
            return columns[0].runs(of: values, upTo: GroupAssignment.runsMax(rows: values.count))
        }
    }

    private mutating func noteNew(_ ordinal: UInt64) {
        let new = count - ordinals.count
        if new <= 0 { return }
        if let expectedCount, ordinals.capacity < expectedCount { ordinals.reserveCapacity(expectedCount) }
        ordinals.append(contentsOf: ordinal..<ordinal + UInt64(new))
    }

    /// Adds another thread's groups; the result gives its groups' numbers here.
    /// - Parameter helpers: of who adds the last one: no row is assigned or looked up any more.
    package mutating func absorb(_ other: GroupTable, last helpers: KernelHelpers? = nil) -> [UInt32] {
        let maps = columns.indices.map { columns[$0].absorb(other.columns[$0], last: helpers) }
        var mapping = maps[0]
        for index in pairs.indices {
            let lefts = index == 0 ? columns[0].count : pairs[index - 1].count
            mapping = pairs[index].absorb(
                other.pairs[index], lefts: mapping, rights: maps[index + 1], leftCount: lefts,
                rightCount: columns[index + 1].count)
        }
        ordinals.append(contentsOf: repeatElement(.max, count: count - ordinals.count))
        assert(mapping.count == other.ordinals.count, "every group was seen first somewhere")
        let (targets, more) = (mapping.span, other.ordinals.span)
        var known = ordinals.mutableSpan
        for group in 0..<targets.count {
            let target = Int(targets[group])
            known[target] = min(known[target], more[group])
        }
        return mapping
    }

    /// The groups of rows among those already known; `UInt32.max` where no group matches or a key is null.
    /// - Parameter nullsToo: whether null is a key as others are.
    package func lookUp(_ keys: [Vector], nullsToo: Bool = false) -> [UInt32] {
        var numbers = columns[0].lookUp(keys[0], nullsToo: nullsToo)
        for index in pairs.indices {
            let more = columns[index + 1].lookUp(keys[index + 1], nullsToo: nullsToo)
            for row in numbers.indices where numbers[row] != .max {
                numbers[row] = more[row] == .max ? .max : pairs[index].find(numbers[row], more[row]) ?? .max
            }
        }
        return numbers
    }

    /// Whether a key of the group is null.
    package func hasNullKey(_ group: UInt32) -> Bool {
        var number = group
        for index in pairs.indices.reversed() {
            let (left, right) = pairs[index].pair(number)
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
        if let order = ordinals.span.rowsByPlace() { return order }
        // Units and rows are small numbers: side by side they sort in fewer steps.
        let rowBits = UInt64(64 - ordinals.reduce(0) { $0 | ($1 & 0xFFFF_FFFF) }.leadingZeroBitCount)
        return RadixOrder.ascending(ordinals.map { (($0 >> 32) << rowBits) | ($0 & 0xFFFF_FFFF) })
    }

    /// Some groups in the order they were first seen.
    /// - Complexity: O(n · log n) in their number, however many others there are.
    package func inFirstSeenOrder(_ groups: [UInt32]) -> [UInt32] {
        groups.sorted { (ordinals[Int($0)], $0) < (ordinals[Int($1)], $1) }
    }

    /// The key columns of groups.
    /// - Parameter shown: which of them anybody looks at; the others are null throughout. nil: all.
    package func keys(of groups: [UInt32], shown: Set<Int>? = nil) -> [Vector] {
        func decoded(_ column: Int, _ numbers: [UInt32]) -> Vector {
            if let shown, !shown.contains(column) {
                return .constant(.null, type: columns[column].type, count: numbers.count)
            }
            return columns[column].decode(numbers)
        }
        var numbers = groups
        var result: [Vector] = []
        for index in pairs.indices.reversed() {
            var right: [UInt32] = []
            right.reserveCapacity(numbers.count)
            for row in numbers.indices {
                let (a, b) = pairs[index].pair(numbers[row])
                numbers[row] = a
                right.append(b)
            }
            result.append(decoded(index + 1, right))
        }
        result.append(decoded(0, numbers))
        return result.reversed()
    }
}

extension KeyColumn {
    /// The numbers of a key's values; new values are added in row order.
    fileprivate mutating func numbers(of key: GroupKey) -> KeyNumbers {
        switch key {
        case .column(let vector):
            guard case .constant(let value) = vector.storage, vector.count > 0 else { return .rows(encode(vector)) }
            return .runs(encode(.constant(value, type: vector.type, count: 1)), ends: [vector.count])
        case .runs(let runs): return .runs(numbers(of: runs), ends: runs.ends)
        }
    }
}

extension [GroupKey] {
    /// Each as a row of one value; nil where one is not known to be the same in all rows.
    fileprivate var constants: [GroupKey]? {
        var rows: [GroupKey] = []
        for key in self {
            guard case .column(let vector) = key, case .constant(let value) = vector.storage else { return nil }
            rows.append(.column(.constant(value, type: vector.type, count: 1)))
        }
        return rows
    }
}

extension Span<UInt64> {
    /// So many places may be free for each that is taken.
    private static var placesPerRow: Int { 4 }

    /// The rows in the order of their words, each of which is a unit in the upper half and a place in it in the lower:
    /// each row goes where its place is. nil where two are alike, or units or places are too many for the rows.
    /// - Complexity: O(rows).
    fileprivate func rowsByPlace() -> [UInt32]? {
        var greatest: UInt64 = 0
        for row in 0..<count { greatest = Swift.max(greatest, self[row]) }
        let units = Int(greatest >> 32) + 1
        if units > count { return nil }
        // By unit, where its places begin; one more for the end.
        var starts = [Int](repeating: 0, count: units + 1)
        for row in 0..<count {
            let unit = Int(self[row] >> 32)
            starts[unit + 1] = Swift.max(starts[unit + 1], Int(self[row] & 0xFFFF_FFFF) + 1)
        }
        for unit in 0..<units { starts[unit + 1] += starts[unit] }
        let places = starts[units]
        if places > count * Self.placesPerRow { return nil }
        var rows = [UInt32](repeating: .max, count: places)
        for row in 0..<count {
            let place = starts[Int(self[row] >> 32)] + Int(self[row] & 0xFFFF_FFFF)
            if rows[place] != .max { return nil }
            rows[place] = UInt32(truncatingIfNeeded: row)
        }
        rows.removeAll { $0 == .max }
        assert(rows.count == count, "every row has a place")
        return rows
    }
}
