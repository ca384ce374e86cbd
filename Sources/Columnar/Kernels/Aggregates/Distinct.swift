/// DISTINCT inside an aggregate: keeps each pair of group and value once and hands the values on when all are known.
struct DistinctAccumulator: Accumulator {
    private var inner: any Accumulator
    private var values: KeyColumn
    private var pairs = PairSet()
    private var groupCount = 0
    /// Whether all that is asked for is how many values there are.
    private let isCount: Bool
    /// How many arguments are keys of an order: each equals the argument itself.
    private let orderKeys: Int

    init(_ type: ColumnType, isCount: Bool, orderKeys: Int, inner: any Accumulator) {
        (self.isCount, self.orderKeys, self.inner) = (isCount, orderKeys, inner)
        values = KeyColumn(type: type)
    }

    var memoryBytes: Int { values.memoryBytes + pairs.memoryBytes }

    mutating func grow(to groups: Int) { groupCount = max(groupCount, groups) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        // Lists keep nulls.
        if isCount, arguments[0].isAllNull { return }
        let numbers = values.encode(arguments[0])
        pairs.insert(numbers, assignment, groups: groupCount, valueCount: values.count)
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        let numbers = values.absorb(other.values)
        for group in mapping { groupCount = max(groupCount, Int(group) + 1) }
        pairs.absorb(
            other.pairs, groups: mapping, groupCount: groupCount, values: numbers, valueCount: values.count)
    }

    /// The other one takes every value in.
    var finishBytes: Int {
        if isCount { return 0 }
        return pairs.count * 96 + 2 * values.memoryBytes + values.decodedTextBytes(of: values.count)
    }

    func finish(_ groups: [UInt32]) throws(KernelError) -> Vector { try finish(groups, .none) }

    func finish(_ groups: [UInt32], _ watch: KernelWatch) throws(KernelError) -> Vector {
        if isCount {
            let counts = pairs.counts(groups: groupCount, null: values.nullNumber)
            return Vector(type: .integer, count: groups.count, storage: .int64(groups.map { counts[Int($0)] }))
        }
        var state = inner
        state.grow(to: groupCount)
        var (groupOfPair, valueOfPair): ([UInt32], [UInt32]) = ([], [])
        pairs.forEach { group, value in
            groupOfPair.append(UInt32(group))
            valueOfPair.append(value)
        }
        let column = values.decode(valueOfPair)
        // DISTINCT sorts in PostgreSQL, so lists come out in order of value.
        let order = try watch.order(of: [column], descending: [false], nullsFirst: [false])
        let assignment = GroupAssignment(order.map { groupOfPair[Int($0)] })
        let sorted = column.gather(order)
        // Further arguments are constants (a separator); order keys equal the argument.
        try state.update(Array(repeating: sorted, count: 1 + orderKeys), assignment)
        return try state.finish(groups, watch)
    }
}
