/// Numbers of the values of a key.
enum KeyNumbers: Sendable {
    /// One for each row.
    case rows([UInt32])
    /// One for each run of rows, and where it ends.
    case runs([UInt32], ends: [Int])

    /// One for each row.
    var ofRows: [UInt32] {
        switch self {
        case .rows(let numbers): return numbers
        case .runs(let numbers, let ends):
            var result = [UInt32](repeating: 0, count: ends.last ?? 0)
            var target = result.mutableSpan
            var start = 0
            for run in numbers.indices {
                target.fill(start..<ends[run], with: numbers[run])
                start = ends[run]
            }
            return result
        }
    }
}

/// Numbers the distinct pairs of two numbers of each row, in the order they first appear (``PairNumbers``). While all
/// pairs that there could be are not many more than those that there are, those that were met are known by an index
/// into an array; otherwise the last one of each number is.
struct PairTable: Sendable {
    private var numbers = PairNumbers()
    /// Number + 1 by left · 2^`shift` + right, 0 where not looked up yet; empty where it would take too much room.
    private var known: [UInt32] = []
    private var shift = 0
    private var recent = RecentPairs()

    /// 1 MiB is taken however few pairs there are,
    private static let knownMin = 1 << 18
    /// and 32 MiB at most.
    private static let knownMax = 1 << 23
    /// Where there are many, so much more than they take.
    private static let knownPerPair = 8

    var count: Int { numbers.count }
    var memoryBytes: Int { numbers.memoryBytes + known.count * 4 + recent.memoryBytes }

    /// The number of a pair; a new one is added.
    mutating func number(of left: UInt32, _ right: UInt32) -> UInt32 { numbers.number(of: left, right) }

    /// The number of a pair; nil when it was never added.
    func find(_ left: UInt32, _ right: UInt32) -> UInt32? { numbers.find(left, right) }

    /// The pair of a number.
    func pair(_ number: UInt32) -> (left: UInt32, right: UInt32) {
        let key = numbers.key(of: number)
        return (UInt32(key >> 32), UInt32(truncatingIfNeeded: key))
    }

    /// The number of each row's pair.
    /// - Precondition: every left number is below `lefts`, every right one below `rights`.
    mutating func combine(_ left: KeyNumbers, _ right: KeyNumbers, lefts: Int, rights: Int) -> [UInt32] {
        numbers.expect(lefts: lefts, rights: rights)
        switch (left, right) {
        case (.runs(let numbers, let ends), .rows(let others)) where reserve(lefts: lefts, rights: rights):
            return combine(others, isLeft: false, numbers, ends)
        case (.rows(let others), .runs(let numbers, let ends)) where reserve(lefts: lefts, rights: rights):
            return combine(others, isLeft: true, numbers, ends)
        default: return combine(left.ofRows, right.ofRows, lefts: lefts, rights: rights)
        }
    }

    /// The same where the other side of the pairs comes in runs.
    /// - Precondition: there is room for all pairs.
    private mutating func combine(
        _ rows: [UInt32], isLeft: Bool, _ numbers: [UInt32], _ ends: [Int]
    ) -> [UInt32] {
        var result = [UInt32](repeating: 0, count: rows.count)
        var target = result.mutableSpan
        let source = rows.span
        // What the index has of a row's number, and of a run's.
        let all = UInt32(truncatingIfNeeded: shift)
        let (ofRow, ofRun) = isLeft ? (all, 0) : (0, all)
        var entries: [UInt32] = []
        swap(&entries, &known)
        var row = 0
        for run in numbers.indices {
            let number = numbers[run]
            while true {
                row = Self.look(
                    up: source, shift: ofRow, with: number &<< ofRun, row..<ends[run], in: entries.span, &target)
                if row == ends[run] { break }
                let (left, right) = isLeft ? (source[row], number) : (number, source[row])
                entries[Int((source[row] &<< ofRow) | (number &<< ofRun))] = self.numbers.number(of: left, right) + 1
            }
        }
        swap(&entries, &known)
        return result
    }

    /// The numbers of pairs that are known, one side of which stays the same.
    /// - Parameter part: what the index has of that side.
    /// - Returns: the first of the rows whose pair is not; where they end where all are.
    private static func look(
        up source: Span<UInt32>, shift: UInt32, with part: UInt32, _ rows: Range<Int>, in entries: Span<UInt32>,
        _ target: inout MutableSpan<UInt32>
    ) -> Int {
        precondition(rows.upperBound <= source.count && target.count == source.count, "rows of the column")
        var row = rows.lowerBound
        while row < rows.upperBound {
            let entry = entries[Int((source[row] &<< shift) | part)]
            if entry == 0 { return row }
            target[row] = entry &- 1
            row += 1
        }
        return row
    }

    private mutating func combine(_ left: [UInt32], _ right: [UInt32], lefts: Int, rights: Int) -> [UInt32] {
        assert(left.count == right.count, "two numbers for each row")
        var result = [UInt32](repeating: 0, count: left.count)
        var target = result.mutableSpan
        let (a, b) = (left.span, right.span)
        guard reserve(lefts: lefts, rights: rights) else {
            var (numbers, recent) = (PairNumbers(), RecentPairs())
            swap(&numbers, &self.numbers)
            swap(&recent, &self.recent)
            recent.reserve(lefts: lefts, rights: rights)
            if recent.isByLeft {
                recent.look(up: a, beside: b, &target) { numbers.number(of: $0, $1) }
            } else {
                recent.look(up: b, beside: a, &target) { numbers.number(of: $1, $0) }
            }
            swap(&numbers, &self.numbers)
            swap(&recent, &self.recent)
            return result
        }
        let shift = UInt32(truncatingIfNeeded: shift)
        var entries: [UInt32] = []
        swap(&entries, &known)
        var row = 0
        while true {
            row = Self.look(up: a, b, from: row, shift: shift, in: entries.span, &target)
            if row == a.count { break }
            let number = numbers.number(of: a[row], b[row])
            entries[Int((a[row] &<< shift) | b[row])] = number + 1
        }
        swap(&entries, &known)
        return result
    }

    /// The numbers of pairs that are known.
    /// - Returns: the first row whose pair is not; the number of rows where all are.
    private static func look(
        up left: Span<UInt32>, _ right: Span<UInt32>, from first: Int, shift: UInt32, in entries: Span<UInt32>,
        _ target: inout MutableSpan<UInt32>
    ) -> Int {
        precondition(right.count == left.count && target.count == left.count, "two numbers for each row")
        var row = first
        while row < left.count {
            let entry = entries[Int((left[row] &<< shift) | right[row])]
            if entry == 0 { return row }
            target[row] = entry &- 1
            row += 1
        }
        return row
    }

    /// Makes room for all pairs of numbers below these; false where that would be too much.
    private mutating func reserve(lefts: Int, rights: Int) -> Bool {
        var wanted = shift
        while 1 << wanted < rights { wanted += 1 }
        var most = max(1, known.count >> shift)
        while most < lefts { most *= 2 }
        let room = min(Self.knownMax, max(Self.knownMin, numbers.count * Self.knownPerPair))
        guard wanted < 32, most <= room >> wanted else {
            known = []
            return false
        }
        if most << wanted > known.count || wanted > shift {
            // What was known is looked up once more: both grow in powers of two, so that is seldom.
            known = Array(repeating: 0, count: most << wanted)
            shift = wanted
        }
        return true
    }
}
