import Bytes

/// `percentile_cont` and `percentile_disc`: exact, from all values; several fractions share one sort, or of many values
/// one search for the few that they ask for.
struct PercentileAccumulator: Accumulator {
    private let fractions: [Double]
    private let asArray: Bool
    private let isContinuous: Bool
    private let isDescending: Bool
    private let argument: ColumnType
    private let type: ColumnType
    /// Of each value; empty while all are in group 0.
    private var groups: [UInt32] = []
    /// The values' order-preserving 64-bit forms.
    private var keys: [UInt64] = []
    /// Values without such a form.
    private var others: [(group: UInt32, value: Scalar)] = []
    private var groupCount = 0
    private var textBytes = 0

    /// - Precondition: `fractions` lie in 0...1; a continuous percentile is one of numbers.
    init(
        _ argument: ColumnType, fractions: [Double], asArray: Bool, isContinuous: Bool, isDescending: Bool,
        type: ColumnType
    ) {
        (self.argument, self.type) = (argument, type)
        (self.fractions, self.asArray) = (fractions, asArray)
        (self.isContinuous, self.isDescending) = (isContinuous, isDescending)
    }

    var memoryBytes: Int { groups.capacity * 4 + keys.capacity * 8 + others.capacity * 64 + textBytes }

    /// Each value again, in its group.
    var finishBytes: Int { keys.count * 8 + others.count * 48 + groupCount * 64 }

    mutating func grow(to groups: Int) { groupCount = max(groupCount, groups) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        guard let value = arguments.last, !value.isAllNull else { return }
        let dense = value.hasNoNulls
        switch (value.storage, argument) {
        case (.int64(let values), _) where value.type.scale == argument.scale:
            if dense, let runs = assignment.runs {
                for run in runs { take(values.span.extracting(run.rows), UInt32(run.group)) }
                return
            }
            nameGroups()
            if dense {
                groups.append(contentsOf: assignment.groups)
                return takeKeys(values.span)
            }
            assignment.forEach { row, group in
                guard !value.isNull(row) else { return }
                groups.append(UInt32(group))
                keys.append(OrderedBits.of(values[row]))
            }
        case (.double(let values), _):
            nameGroups()
            assignment.forEach { row, group in
                guard dense || !value.isNull(row) else { return }
                groups.append(UInt32(group))
                keys.append(OrderedBits.of(values[row]))
            }
        default: assignment.forEach { row, group in take(value.scalar(at: row), UInt32(group)) }
        }
    }

    private mutating func take(_ values: Span<Int64>, _ group: UInt32) {
        if group != 0 { nameGroups() }
        if group != 0 || !groups.isEmpty { groups.append(contentsOf: repeatElement(group, count: values.count)) }
        takeKeys(values)
    }

    /// From now on each value has its group.
    private mutating func nameGroups() {
        if groups.isEmpty { groups = [UInt32](repeating: 0, count: keys.count) }
    }

    private mutating func takeKeys(_ values: Span<Int64>) {
        let start = keys.count
        keys.append(contentsOf: repeatElement(0, count: values.count))
        var target = keys.mutableSpan
        for row in 0..<values.count { target[start &+ row] = OrderedBits.of(values[row]) }
    }

    private mutating func take(_ value: Scalar, _ group: UInt32) {
        nameGroups()
        switch value {
        case .null: return
        case .integer(let v), .timestamptz(let v), .timestamp(let v), .date(let v): keys.append(OrderedBits.of(v))
        case .double(let v): keys.append(OrderedBits.of(v))
        case .numeric(let v, let scale) where scale == argument.scale && Int64(exactly: v) != nil:
            keys.append(OrderedBits.of(Int64(truncatingIfNeeded: v)))
        default:
            others.append((group, value))
            textBytes += value.textBytes
            return
        }
        groups.append(group)
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        if !other.groups.isEmpty || mapping.first ?? 0 != 0 || !groups.isEmpty {
            nameGroups()
            if other.groups.isEmpty {
                groups.append(contentsOf: repeatElement(mapping.first ?? 0, count: other.keys.count))
            } else {
                groups.append(contentsOf: other.groups.map { mapping[Int($0)] })
            }
        }
        keys.append(contentsOf: other.keys)
        others.append(contentsOf: other.others.map { (mapping[Int($0.group)], $0.value) })
        textBytes += other.textBytes
    }

    func finish(_ wanted: [UInt32]) throws(KernelError) -> Vector { try finish(wanted, .none) }

    func finish(_ wanted: [UInt32], _ watch: KernelWatch) throws(KernelError) -> Vector {
        let starts = starts
        assert(groups.isEmpty || groups.count == keys.count, "a group for each value")
        assert(starts[groupCount] == keys.count, "all are in groups")
        var placed = byGroup(starts)
        var mixed: [Int: [Scalar]] = [:]
        for (group, value) in others { mixed[Int(group), default: []].append(value) }
        var results: [Scalar] = []
        results.reserveCapacity(wanted.count)
        for group in wanted {
            let range = starts[Int(group)]..<starts[Int(group) + 1]
            if results.count & 0xFFF == 0 || range.count > 0xFFF { try watch.look() }
            if mixed[Int(group)] == nil, range.count >= Self.searchedMin, fractions.count <= Self.searchedFractionsMax {
                results.append(try searched(placed.span.extracting(range), watch))
                continue
            }
            RadixOrder.sort(&placed, range)
            if let values = mixed[Int(group)] {
                let all = values + placed[range].map { OrderedBits.scalar($0, type: argument) }
                let sorted = try Self.sorted(all, watch)
                results.append(answer(sorted.count) { sorted[$0] })
            } else {
                results.append(
                    answer(range.count) { OrderedBits.scalar(placed[range.lowerBound + $0], type: argument) })
            }
        }
        return Vector(type: type, scalars: results)
    }

    /// From so many values on, and for so few fractions, a search is cheaper than a sort.
    private static let searchedMin = 4096
    private static let searchedFractionsMax = 16

    /// Where each group's values begin among those of all, and after them where all end.
    private var starts: [Int] {
        if groups.isEmpty { return [0] + [Int](repeating: keys.count, count: groupCount) }
        var starts = [Int](repeating: 0, count: groupCount + 1)
        for group in groups { starts[Int(group) + 1] += 1 }
        for group in 0..<groupCount { starts[group + 1] += starts[group] }
        return starts
    }

    /// The values of each group side by side, from its start on.
    private func byGroup(_ starts: [Int]) -> [UInt64] {
        if groups.isEmpty || groupCount == 1 { return keys }
        var placed = [UInt64](repeating: 0, count: keys.count)
        var next = starts
        for (row, group) in groups.enumerated() {
            placed[next[Int(group)]] = keys[row]
            next[Int(group)] += 1
        }
        return placed
    }

    private func searched(_ words: Span<UInt64>, _ watch: KernelWatch) throws(KernelError) -> Scalar {
        var asked: Set<Int> = []
        _ = answer(words.count) { place in
            asked.insert(place)
            return .null
        }
        let places = asked.sorted()
        let found = try RankSelection.words(words, at: places[...], watch)
        return answer(words.count) { place in
            OrderedBits.scalar(found[places.partitioningIndex { $0 >= place }], type: argument)
        }
    }

    private static func sorted(_ values: [Scalar], _ watch: KernelWatch) throws(KernelError) -> [Scalar] {
        var work = 0
        do {
            return try values.sorted { left, right throws in
                work += 64 + min(left.textBytes, right.textBytes)
                if work > 1 << 20 {
                    work = 0
                    try watch.look()
                }
                return ScalarOrder.compare(left, right) < 0
            }
        } catch {
            throw .stopped
        }
    }

    private func answer(_ count: Int, _ value: (Int) -> Scalar) -> Scalar {
        if count == 0 { return .null }
        func ordered(_ place: Int) -> Scalar { value(isDescending ? count - 1 - place : place) }
        let results = fractions.map { isContinuous ? continuous($0, count, ordered) : discrete($0, count, ordered) }
        return asArray ? .array(results) : results.first ?? .null
    }

    /// The first value whose share of rows up to it reaches the fraction.
    private func discrete(_ fraction: Double, _ count: Int, _ value: (Int) -> Scalar) -> Scalar {
        value(min(max(Int((fraction * Double(count)).rounded(.up)) - 1, 0), count - 1))
    }

    private func continuous(_ fraction: Double, _ count: Int, _ value: (Int) -> Scalar) -> Scalar {
        let place = fraction * Double(count - 1)
        let lower = Int(place.rounded(.down))
        let upper = min(Int(place.rounded(.up)), count - 1)
        let first = number(value(lower))
        if lower == upper { return .double(first) }
        return .double(first + (place - Double(lower)) * (number(value(upper)) - first))
    }

    private func number(_ value: Scalar) -> Double {
        switch value {
        case .integer(let number): Double(number)
        case .double(let number): number
        case .numeric(let mantissa, let scale): Decimal128.toDouble(mantissa, scale: scale)
        default: 0
        }
    }
}
