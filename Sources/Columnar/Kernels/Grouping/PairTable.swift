/// Numbers the distinct pairs of two numbers, in the order they first appear. While numbers are small, pairs that were
/// met are known by an index into an array.
struct PairTable: Sendable {
    /// Left in the upper, right in the lower half.
    private var numbers = NumberTable()
    /// Number + 1 by left · 2^`shift` + right, 0 where not looked up yet; empty once it would take too much room.
    private var known: [UInt32] = []
    private var shift = 0

    /// 1 MiB.
    private static let knownMax = 1 << 18

    var count: Int { numbers.count }
    var memoryBytes: Int { numbers.memoryBytes + known.count * 4 }

    private static func key(_ left: UInt32, _ right: UInt32) -> UInt64 { UInt64(left) << 32 | UInt64(right) }

    /// The number of a pair; a new one is added.
    mutating func number(of left: UInt32, _ right: UInt32) -> UInt32 { numbers.number(of: Self.key(left, right)) }

    /// The number of a pair; nil when it was never added.
    func find(_ left: UInt32, _ right: UInt32) -> UInt32? { numbers.find(Self.key(left, right)) }

    /// The pair of a number.
    func pair(_ number: UInt32) -> (left: UInt32, right: UInt32) {
        let key = numbers.keys[Int(number)]
        return (UInt32(key >> 32), UInt32(truncatingIfNeeded: key))
    }

    /// The number of each row's pair.
    /// - Precondition: every left number is below `lefts`, every right one below `rights`.
    mutating func combine(_ left: [UInt32], _ right: [UInt32], lefts: Int, rights: Int) -> [UInt32] {
        assert(left.count == right.count, "two numbers for each row")
        var result = [UInt32](repeating: 0, count: left.count)
        var target = result.mutableSpan
        let (a, b) = (left.span, right.span)
        guard reserve(lefts: lefts, rights: rights) else {
            // Rows that follow each other are often alike.
            var (last, number): (UInt64?, UInt32) = (nil, 0)
            for row in 0..<a.count {
                let key = Self.key(a[row], b[row])
                if key != last { (last, number) = (key, numbers.number(of: key)) }
                target[row] = number
            }
            return result
        }
        let shift = UInt32(truncatingIfNeeded: shift)
        var entries: [UInt32] = []
        swap(&entries, &known)
        var row = 0
        while true {
            row = Self.look(up: a, b, from: row, shift: shift, in: entries.span, &target)
            if row == a.count { break }
            let number = numbers.number(of: Self.key(a[row], b[row]))
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
        guard wanted < 32, most <= Self.knownMax >> wanted else {
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
