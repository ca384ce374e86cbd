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
    /// The values' order-preserving 64-bit forms.
    private var words = GroupedWords()
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

    var memoryBytes: Int { words.memoryBytes + others.capacity * 64 + textBytes }

    /// Only the watch stops it.
    var mayRefuse: Bool { false }

    /// Each value again, in its group.
    var finishBytes: Int { words.count * 8 + others.count * 48 + groupCount * 64 }

    mutating func grow(to groups: Int) { groupCount = max(groupCount, groups) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        guard let value = arguments.last, !value.isAllNull else { return }
        let dense = value.hasNoNulls
        switch (value.storage, argument) {
        case (.int64(let values), _) where value.type.scale == argument.scale:
            if dense { return take(assignment) { values.span.extracting($0).orderedBits } }
            assignment.forEach { row, group in
                if !value.isNull(row) { words.add(OrderedBits.of(values[row]), to: UInt32(group)) }
            }
        case (.double(let values), _):
            if dense { return take(assignment) { values.span.extracting($0).orderedBits } }
            assignment.forEach { row, group in
                if !value.isNull(row) { words.add(OrderedBits.of(values[row]), to: UInt32(group)) }
            }
        default: assignment.forEach { row, group in take(value.scalar(at: row), UInt32(group)) }
        }
    }

    /// Takes in values all rows of which have one.
    /// - Parameter bits: the forms of those of some rows.
    private mutating func take(_ assignment: GroupAssignment, _ bits: (_ rows: Range<Int>) -> [UInt64]) {
        guard let runs = assignment.runs else {
            return words.add(bits(0..<assignment.rowCount), to: assignment.groups)
        }
        for run in runs { words.add(bits(run.rows), to: UInt32(run.group)) }
    }

    private mutating func take(_ value: Scalar, _ group: UInt32) {
        switch value {
        case .null: return
        case .integer(let v), .timestamptz(let v), .timestamp(let v), .date(let v):
            words.add(OrderedBits.of(v), to: group)
        case .double(let v): words.add(OrderedBits.of(v), to: group)
        case .numeric(let v, let scale) where scale == argument.scale && Int64(exactly: v) != nil:
            words.add(OrderedBits.of(Int64(truncatingIfNeeded: v)), to: group)
        default:
            others.append((group, value))
            textBytes += value.textBytes
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        words.absorb(other.words, mapping)
        others.append(contentsOf: other.others.map { (mapping[Int($0.group)], $0.value) })
        textBytes += other.textBytes
    }

    func finish(_ wanted: [UInt32]) throws(KernelError) -> Vector { try finish(wanted, .none) }

    func finish(_ wanted: [UInt32], _ watch: KernelWatch) throws(KernelError) -> Vector {
        let starts = starts(words.counts(groups: groupCount))
        return Vector(type: type, scalars: try results(wanted, 0..<groupCount, starts, watch))
    }

    /// Fewer values are placed and searched sooner than shared.
    private static let sharedMin = 1 << 16

    /// Two share the groups: each looks whose every value is, and places and searches about half of them.
    func finish(_ wanted: [UInt32], _ watch: KernelWatch, _ helpers: KernelHelpers) throws(KernelError) -> Vector {
        guard words.count >= Self.sharedMin, (2...words.count / 16).contains(groupCount) else {
            return try finish(wanted, watch)
        }
        let counts = helpers.map(count: 2) { words.counts(groups: groupCount, share: $0, of: 2) }
        let starts = starts(zip(counts[0], counts[1]).map { $0 + $1 })
        let middle = min(max(starts.partitioningIndex { $0 >= words.count / 2 }, 1), groupCount - 1)
        let halves = [0..<middle, middle..<groupCount]
        let found = helpers.map(count: 2) { half -> Result<[Scalar], KernelError> in
            do throws(KernelError) {
                return .success(try results(wanted, halves[half], starts, watch))
            } catch {
                return .failure(error)
            }
        }
        let (first, second) = (try found[0].get(), try found[1].get())
        assert(first.count + second.count == wanted.count, "every group is of one half")
        var places = (0, 0)
        let all = wanted.map { group -> Scalar in
            if Int(group) < middle {
                places.0 += 1
                return first[places.0 - 1]
            }
            places.1 += 1
            return second[places.1 - 1]
        }
        return Vector(type: type, scalars: all)
    }

    /// The results of those of some groups that lie in a range, in their order.
    /// - Parameter starts: by group, where its values begin among those of all, and after them where all end.
    private func results(
        _ wanted: [UInt32], _ groups: Range<Int>, _ starts: [Int], _ watch: KernelWatch
    ) throws(KernelError) -> [Scalar] {
        assert(starts[groupCount] == words.count, "all are in groups")
        var placed = try words.words(of: groups, starts: starts, watch)
        var mixed: [Int: [Scalar]] = [:]
        for (group, value) in others where groups.contains(Int(group)) { mixed[Int(group), default: []].append(value) }
        var results: [Scalar] = []
        results.reserveCapacity(wanted.count)
        let before = starts[groups.lowerBound]
        for group in wanted where groups.contains(Int(group)) {
            let range = (starts[Int(group)] - before)..<(starts[Int(group) + 1] - before)
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
        return results
    }

    /// From so many values on, and for so few fractions, a search is cheaper than a sort.
    private static let searchedMin = 4096
    private static let searchedFractionsMax = 16

    /// Where each group's values begin among those of all, and after them where all end.
    private func starts(_ counts: [Int]) -> [Int] {
        var starts = [0]
        starts.reserveCapacity(counts.count + 1)
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        return starts
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
