/// Pairs of a group and the number of a value, each kept once. A row of bits for each group, where a pair costs one
/// store and two sets meet word by word; numbered pairs take over for good where bits would take more room than these.
struct PairSet: Sendable {
    /// `stride` words for each of `rows` groups; value v is bit `v % 64` of word `v / 64`.
    private var words: [UInt64] = []
    private var stride = 0
    private var rows = 0
    /// Groups on the left, once bits were left.
    private var numbered = PairNumbers()
    private var recent = RecentPairs()
    private var isDense = true

    /// Bits below this many bytes are kept however few are set.
    private static let smallBytes = 1 << 18
    /// What a numbered pair takes.
    private static let pairBytes = 16

    var memoryBytes: Int { words.capacity * 8 + numbered.memoryBytes + recent.memoryBytes }

    /// How many pairs there are; linear in what the bits take.
    var count: Int { isDense ? words.reduce(0) { $0 + $1.nonzeroBitCount } : numbered.count }

    /// Makes room for groups and numbers of values below these.
    /// - Parameter more: how many pairs may come at once.
    private mutating func reserve(groups: Int, values: Int, for more: @autoclosure () -> Int) {
        guard isDense else { return }
        if groups <= rows, values <= stride * 64 { return }
        // In powers of two, so that what is moved and counted stays linear in what comes.
        var (newRows, newStride) = (max(rows, 1), max(stride, 1))
        while newRows < groups { newRows *= 2 }
        while newStride * 64 < values { newStride *= 2 }
        let bytes = newRows.multipliedReportingOverflow(by: newStride * 8)
        if bytes.overflow || bytes.partialValue > max(Self.smallBytes, (count + more()) * Self.pairBytes) {
            leaveBits()
            return
        }
        if newStride == stride || words.isEmpty {
            words.pad(to: newRows * newStride, with: 0)
        } else {
            var wider = [UInt64](repeating: 0, count: newRows * newStride)
            for row in 0..<rows {
                for word in 0..<stride { wider[row * newStride + word] = words[row * stride + word] }
            }
            words = wider
        }
        (rows, stride) = (newRows, newStride)
    }

    private mutating func leaveBits() {
        var numbered = PairNumbers()
        numbered.expect(lefts: rows, rights: stride * 64)
        forEach { group, value in _ = numbered.number(of: UInt32(truncatingIfNeeded: group), value) }
        self.numbered = numbered
        isDense = false
        (words, rows, stride) = ([], 0, 0)
    }

    /// Takes in a chunk: the number of each row's value with the row's group.
    /// - Parameters:
    ///   - groups: how many groups there are.
    ///   - count: how many values have numbers.
    mutating func insert(_ values: [UInt32], _ assignment: GroupAssignment, groups: Int, valueCount count: Int) {
        assert(values.count == assignment.rowCount, "a value for each row")
        reserve(groups: groups, values: count, for: values.count)
        let source = values.span
        guard isDense else {
            insert(source, assignment, groups: groups, valueCount: count)
            return
        }
        let stride = stride
        var words = self.words.mutableSpan
        if let runs = assignment.runs {
            for run in runs {
                let start = run.group &* stride
                for row in run.rows { words[start &+ Int(source[row] >> 6)] |= 1 << UInt64(source[row] & 63) }
            }
            return
        }
        let all = assignment.groups
        let numbers = all.span
        for row in 0..<source.count {
            words[Int(numbers[row]) &* stride &+ Int(source[row] >> 6)] |= 1 << UInt64(source[row] & 63)
        }
    }

    private mutating func insert(
        _ values: Span<UInt32>, _ assignment: GroupAssignment, groups: Int, valueCount: Int
    ) {
        var (numbered, recent) = (PairNumbers(), RecentPairs())
        swap(&numbered, &self.numbered)
        swap(&recent, &self.recent)
        numbered.expect(lefts: groups, rights: valueCount)
        recent.reserve(lefts: groups, rights: valueCount)
        let isByGroup = recent.isByLeft
        assignment.forEach { row, group in
            let value = values[row]
            let (many, few) = isByGroup ? (group, value) : (Int(value), UInt32(truncatingIfNeeded: group))
            if recent.replace(many, by: few) { _ = numbered.number(of: UInt32(truncatingIfNeeded: group), value) }
        }
        swap(&numbered, &self.numbered)
        swap(&recent, &self.recent)
    }

    /// Takes in another set whose groups and values have other numbers here.
    /// - Parameters:
    ///   - groups: by the other's groups, their numbers here; all below `groupCount`.
    ///   - values: by the other's values, their numbers here; all below `valueCount`.
    mutating func absorb(
        _ other: PairSet, groups: [UInt32], groupCount: Int, values: [UInt32], valueCount: Int
    ) {
        reserve(groups: groupCount, values: valueCount, for: other.count)
        if !isDense { numbered.expect(lefts: groupCount, rights: valueCount) }
        other.forEach { group, value in
            let (here, number) = (Int(groups[group]), values[Int(value)])
            if isDense {
                words[here &* stride &+ Int(number >> 6)] |= 1 << UInt64(number & 63)
            } else {
                _ = numbered.number(of: UInt32(truncatingIfNeeded: here), number)
            }
        }
    }

    /// The same where values have the same numbers here: rows of bits meet word by word.
    /// - Complexity: O(words that the other one has), or as above.
    mutating func absorb(_ other: PairSet, groups: [UInt32], groupCount: Int, valueCount: Int) {
        reserve(groups: groupCount, values: valueCount, for: other.count)
        guard isDense, other.isDense, other.stride <= stride else {
            let values = (0..<UInt32(valueCount)).map { $0 }
            return absorb(other, groups: groups, groupCount: groupCount, values: values, valueCount: valueCount)
        }
        let more = other.words.span
        let (theirs, stride) = (other.stride, stride)
        var words = self.words.mutableSpan
        // Rows behind the groups are empty.
        for row in 0..<min(other.rows, groups.count) {
            let (source, target) = (row &* theirs, Int(groups[row]) &* stride)
            for word in 0..<theirs { words[target &+ word] |= more[source &+ word] }
        }
    }

    /// Calls the step with every pair, in no order that says anything.
    func forEach(_ step: (_ group: Int, _ value: UInt32) -> Void) {
        guard isDense else {
            for pair in 0..<UInt32(numbered.count) {
                let key = numbered.key(of: pair)
                step(Int(key >> 32), UInt32(truncatingIfNeeded: key))
            }
            return
        }
        for row in 0..<rows {
            for word in 0..<stride {
                var bits = words[row &* stride &+ word]
                while bits != 0 {
                    step(row, UInt32(word &* 64 &+ bits.trailingZeroBitCount))
                    bits &= bits &- 1
                }
            }
        }
    }

    /// By group, how many values it has but the one that stands for null.
    func counts(groups: Int, null: UInt32?) -> [Int64] {
        var counts = [Int64](repeating: 0, count: groups)
        guard isDense else {
            forEach { group, value in if value != null { counts[group] += 1 } }
            return counts
        }
        for group in 0..<min(groups, rows) {
            let row = group * stride..<(group + 1) * stride
            counts[group] = row.reduce(0) { $0 + Int64(words[$1].nonzeroBitCount) }
            if let null, Int(null) < stride * 64 {
                counts[group] -= Int64(words[row.lowerBound + Int(null >> 6)] >> UInt64(null & 63) & 1)
            }
        }
        return counts
    }
}
