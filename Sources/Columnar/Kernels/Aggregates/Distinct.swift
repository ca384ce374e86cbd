/// DISTINCT inside an aggregate: keeps each pair of group and value once and hands the values on when all are known.
struct DistinctAccumulator: Accumulator {
    private var inner: any Accumulator
    private var values: KeyColumn
    private var pairs = PairSet()
    /// Pairs of a group and a code of a kept dictionary (``KeptTexts``), which are counted without another number; and
    /// that dictionary, nil as long as none was met.
    private var coded = PairSet()
    private var kept: TextDictionary?
    private var groupCount = 0
    /// Whether all that is asked for is how many values there are.
    private let isCount: Bool
    /// How many arguments are keys of an order: each equals the argument itself.
    private let orderKeys: Int

    /// What a code takes while codes become numbers of values.
    private static let bytesPerCode = 16

    init(_ type: ColumnType, isCount: Bool, orderKeys: Int, inner: any Accumulator) {
        (self.isCount, self.orderKeys, self.inner) = (isCount, orderKeys, inner)
        values = KeyColumn(type: type)
    }

    var memoryBytes: Int { values.memoryBytes + pairs.memoryBytes + coded.memoryBytes }

    mutating func grow(to groups: Int) { groupCount = max(groupCount, groups) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        // Lists keep nulls.
        if isCount, arguments[0].isAllNull { return }
        if isCount, case .text(let codes, let dictionary) = arguments[0].storage, arguments[0].hasNoNulls,
            takesCodes(of: dictionary)
        {
            return coded.insert(codes, assignment, groups: groupCount, valueCount: dictionary.count)
        }
        let numbers = values.encode(arguments[0])
        pairs.insert(numbers, assignment, groups: groupCount, valueCount: values.count)
    }

    /// Whether a dictionary's codes are those of the kept one: the first that is met, or the one of its family that
    /// reaches furthest.
    private mutating func takesCodes(of dictionary: TextDictionary) -> Bool {
        guard dictionary.isKept, kept?.agrees(with: dictionary) ?? true else { return false }
        if dictionary.count > kept?.count ?? 0 { kept = dictionary }
        return true
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        for group in mapping { groupCount = max(groupCount, Int(group) + 1) }
        var rest = other
        if let theirs = other.kept {
            if takesCodes(of: theirs) {
                coded.absorb(other.coded, groups: mapping, groupCount: groupCount, valueCount: theirs.count)
            } else {
                rest = other.withNumbers()
            }
        }
        let numbers = values.absorb(rest.values)
        pairs.absorb(rest.pairs, groups: mapping, groupCount: groupCount, values: numbers, valueCount: values.count)
    }

    /// The same with codes counted as values, beside others.
    private func withNumbers() -> Self {
        guard let kept else { return self }
        var isUsed = [Bool](repeating: false, count: kept.count)
        coded.forEach { _, code in isUsed[Int(code)] = true }
        let codes = (0..<UInt32(kept.count)).filter { isUsed[Int($0)] }
        var whole = self
        (whole.coded, whole.kept) = (PairSet(), nil)
        let numbers = whole.values.encode(
            Vector(type: .text, count: codes.count, storage: .text(codes: codes, dictionary: kept)))
        var byCode = [UInt32](repeating: 0, count: kept.count)
        for (place, code) in codes.enumerated() { byCode[Int(code)] = numbers[place] }
        whole.pairs.absorb(
            coded, groups: (0..<UInt32(groupCount)).map { $0 }, groupCount: groupCount, values: byCode,
            valueCount: whole.values.count)
        return whole
    }

    /// Codes that are counted beside others are pairs once more; of a list the other one takes every value in.
    var finishBytes: Int {
        if isCount {
            guard let kept, values.count > 0 else { return 0 }
            return kept.count * Self.bytesPerCode + 2 * coded.memoryBytes
        }
        return pairs.count * 96 + 2 * values.memoryBytes + values.decodedTextBytes(of: values.count)
    }

    func finish(_ groups: [UInt32]) throws(KernelError) -> Vector { try finish(groups, .none) }

    func finish(_ groups: [UInt32], _ watch: KernelWatch) throws(KernelError) -> Vector {
        if isCount {
            let whole = values.count == 0 ? self : withNumbers()
            let counts =
                whole.kept == nil
                ? whole.pairs.counts(groups: groupCount, null: whole.values.nullNumber)
                : whole.coded.counts(groups: groupCount, null: nil)
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
