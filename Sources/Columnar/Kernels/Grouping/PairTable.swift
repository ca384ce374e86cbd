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

/// Numbers the distinct pairs of two numbers of each row, in the order they first appear. While all pairs that there
/// could be are not many more than those that there are, or than were looked for, an index into an array knows each;
/// otherwise the last one of each number is known, and the others are looked for (``PairNumbers``).
struct PairTable: Sendable {
    private var numbers = PairNumbers()
    /// Number + 1 of each pair, by its upper number · 2^`shift` + the lower one, 0 where there is none; empty where it
    /// would take too much room.
    private var known: [UInt32] = []
    private var shift = 0
    /// Whether the left number is the upper one. What comes in runs should be: rows that follow each other then look at
    /// places that lie together.
    private var isLeftUpper = true
    private var hasTurned = false
    private var recent = RecentPairs()
    /// How many pairs were looked for in a hash table, by other threads that were taken in as well.
    private(set) var finds = 0

    /// 1 MiB is taken however few pairs there are,
    private static let knownMin = 1 << 18
    /// and 32 MiB at most.
    private static let knownMax = 1 << 23
    /// Where there are many, so much more than they take,
    private static let knownPerPair = 8
    /// or so much for each that was looked for, which takes longer than to clear as many places.
    private static let knownPerFind = 32

    var count: Int { numbers.count }
    var memoryBytes: Int { numbers.memoryBytes + known.count * 4 + recent.memoryBytes }

    /// The number of a pair; nil when it was never added.
    func find(_ left: UInt32, _ right: UInt32) -> UInt32? {
        if known.isEmpty { return numbers.find(left, right) }
        let (upper, lower) = isLeftUpper ? (Int(left), Int(right)) : (Int(right), Int(left))
        guard lower >> shift == 0, upper < known.count >> shift else { return nil }
        let entry = known[upper << shift | lower]
        return entry == 0 ? nil : entry - 1
    }

    /// The pair of a number.
    func pair(_ number: UInt32) -> (left: UInt32, right: UInt32) {
        let key = numbers.key(of: number)
        return (UInt32(key >> 32), UInt32(truncatingIfNeeded: key))
    }

    /// Adds another table's pairs.
    /// - Parameters:
    ///   - lefts: by the other's left numbers, what they are here; all are below `leftCount`.
    ///   - rights: likewise of right ones, below `rightCount`.
    /// - Returns: by the other's pairs, their numbers here.
    mutating func absorb(
        _ other: PairTable, lefts: [UInt32], rights: [UInt32], leftCount: Int, rightCount: Int
    ) -> [UInt32] {
        numbers.expect(lefts: leftCount, rights: rightCount)
        finds += other.finds
        let isIndexed = index(lefts: leftCount, rights: rightCount)
        var mapping = [UInt32](repeating: 0, count: other.count)
        for number in mapping.indices {
            let (a, b) = other.pair(UInt32(truncatingIfNeeded: number))
            let (left, right) = (lefts[Int(a)], rights[Int(b)])
            guard isIndexed else {
                mapping[number] = numbers.number(of: left, right)
                continue
            }
            let place = place(left, right)
            if known[place] == 0 { known[place] = numbers.add(left, right) + 1 }
            mapping[number] = known[place] - 1
        }
        return mapping
    }

    /// The number of each row's pair.
    /// - Precondition: every left number is below `lefts`, every right one below `rights`.
    mutating func combine(_ left: KeyNumbers, _ right: KeyNumbers, lefts: Int, rights: Int) -> [UInt32] {
        numbers.expect(lefts: lefts, rights: rights)
        switch (left, right) {
        case (.runs(let numbers, let ends), .rows(let others)):
            turn(isLeftUpper: true)
            guard index(lefts: lefts, rights: rights) else { break }
            return combine(others, isLeft: false, numbers, ends)
        case (.rows(let others), .runs(let numbers, let ends)):
            turn(isLeftUpper: false)
            guard index(lefts: lefts, rights: rights) else { break }
            return combine(others, isLeft: true, numbers, ends)
        default: break
        }
        return combine(left.ofRows, right.ofRows, lefts: lefts, rights: rights)
    }

    /// The same where the other side of the pairs comes in runs.
    /// - Precondition: the index has room for all pairs.
    private mutating func combine(
        _ rows: [UInt32], isLeft: Bool, _ numbers: [UInt32], _ ends: [Int]
    ) -> [UInt32] {
        var result = [UInt32](repeating: 0, count: rows.count)
        var target = result.mutableSpan
        let source = rows.span
        // What the index has of a row's number, and of a run's.
        let all = UInt32(truncatingIfNeeded: shift)
        let (ofRow, ofRun) = isLeft == isLeftUpper ? (all, 0) : (0, all)
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
                entries[Int((source[row] &<< ofRow) | (number &<< ofRun))] = self.numbers.add(left, right) + 1
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
        guard index(lefts: lefts, rights: rights) else {
            var (numbers, recent, finds) = (PairNumbers(), RecentPairs(), 0)
            swap(&numbers, &self.numbers)
            swap(&recent, &self.recent)
            recent.reserve(lefts: lefts, rights: rights)
            if recent.isByLeft {
                recent.look(up: a, beside: b, &target) {
                    finds &+= 1
                    return numbers.number(of: $0, $1)
                }
            } else {
                recent.look(up: b, beside: a, &target) {
                    finds &+= 1
                    return numbers.number(of: $1, $0)
                }
            }
            swap(&numbers, &self.numbers)
            swap(&recent, &self.recent)
            if self.numbers.isHashed { self.finds += finds }
            return result
        }
        let shift = UInt32(truncatingIfNeeded: shift)
        var entries: [UInt32] = []
        swap(&entries, &known)
        var row = 0
        while true {
            row =
                isLeftUpper
                ? Self.look(up: a, b, from: row, shift: shift, in: entries.span, &target)
                : Self.look(up: b, a, from: row, shift: shift, in: entries.span, &target)
            if row == a.count { break }
            let place = isLeftUpper ? (a[row] &<< shift) | b[row] : (b[row] &<< shift) | a[row]
            entries[Int(place)] = numbers.add(a[row], b[row]) + 1
        }
        swap(&entries, &known)
        return result
    }

    /// The numbers of pairs that are known.
    /// - Returns: the first row whose pair is not; the number of rows where all are.
    private static func look(
        up upper: Span<UInt32>, _ lower: Span<UInt32>, from first: Int, shift: UInt32, in entries: Span<UInt32>,
        _ target: inout MutableSpan<UInt32>
    ) -> Int {
        precondition(lower.count == upper.count && target.count == upper.count, "two numbers for each row")
        var row = first
        while row < upper.count {
            let entry = entries[Int((upper[row] &<< shift) | lower[row])]
            if entry == 0 { return row }
            target[row] = entry &- 1
            row += 1
        }
        return row
    }

    private func place(_ left: UInt32, _ right: UInt32) -> Int {
        isLeftUpper ? Int(left) << shift | Int(right) : Int(right) << shift | Int(left)
    }

    /// Has the side that comes in runs be the upper one, but once: where sides change, neither is better.
    private mutating func turn(isLeftUpper wanted: Bool) {
        if wanted == isLeftUpper || hasTurned { return }
        (isLeftUpper, hasTurned) = (wanted, true)
        // Whoever turns makes a new index, or finds pairs again.
        (known, shift) = ([], 0)
    }

    /// Makes the index one of all pairs of numbers below these; false where it would take too much room, and there is
    /// none then.
    /// - Complexity: O(1); O(pairs and places) where it grows, which is in powers of two, or goes.
    private mutating func index(lefts: Int, rights: Int) -> Bool {
        let (uppers, lowers) = isLeftUpper ? (lefts, rights) : (rights, lefts)
        var wanted = shift
        while 1 << wanted < lowers { wanted += 1 }
        var most = max(1, known.count >> shift)
        while most < uppers { most *= 2 }
        let worth = max(numbers.count * Self.knownPerPair, finds * Self.knownPerFind)
        guard wanted < 32, most <= min(Self.knownMax, max(Self.knownMin, worth)) >> wanted else {
            (known, shift) = ([], 0)
            numbers.restore()
            return false
        }
        if !known.isEmpty, wanted == shift {
            known.pad(to: most << wanted, with: 0)
            return true
        }
        (known, shift) = (Array(repeating: 0, count: most << wanted), wanted)
        for number in 0..<UInt32(truncatingIfNeeded: numbers.count) {
            let (left, right) = pair(number)
            known[place(left, right)] = number + 1
        }
        numbers.strip()
        return true
    }
}
