/// `sum` and `avg` of integers and decimals: exact. A second argument says how many values each row stands for.
///
/// What the whole comes to decides whether 128 bits hold it, and no sum on the way there: the order of the values, and
/// how they are shared among threads, must not show.
struct SumAccumulator: Accumulator {
    private let type: ColumnType
    private let isAverage: Bool
    /// Decimal places of `sums`; grows when values bring more.
    private var scale: Int
    private var sums: [Int128] = []
    /// The sums in 64 bits, in the place of `sums`, for as long as what has come cannot come to more.
    private var narrowSums: [Int64] = []
    private var isNarrow = true
    /// No sum of any of the values that came, each taken without its sign, is greater; meaningless once sums are wide.
    private var bound: Int64 = 0
    /// By group: how often its sum left 128 bits upwards, less how often downwards; those that are beyond them now.
    private var turns: [Int: Int64] = [:]
    private var counts: [Int64] = []

    init(argument: ColumnType, type: ColumnType, isAverage: Bool) {
        self.type = type
        self.isAverage = isAverage
        scale = argument.scale
    }

    var memoryBytes: Int {
        sums.capacity * 16 + (narrowSums.capacity + counts.capacity) * 8 + turns.count * 48
    }

    mutating func grow(to groups: Int) {
        if isNarrow { narrowSums.pad(to: groups, with: 0) } else { sums.pad(to: groups, with: 0) }
        counts.pad(to: groups, with: 0)
    }

    mutating func reserve(groups: Int) {
        if isNarrow { narrowSums.reserveCapacity(groups) } else { sums.reserveCapacity(groups) }
        counts.reserveCapacity(groups)
    }

    /// Whether 64 bits still hold each sum after so many values of no more than 2^`bits` either way; sums get 128 where
    /// they might not.
    /// - Precondition: sums are narrow.
    private mutating func staysNarrow(adding rows: Int, of bits: Int) -> Bool {
        // The shift then leaves what the rows come to at most below 2^62.
        if bits + (Int.bitWidth - rows.leadingZeroBitCount) < 62 {
            let (sum, overflow) = bound.addingReportingOverflow(Int64(rows) << Int64(bits))
            if !overflow {
                bound = sum
                return true
            }
        }
        becomeWide()
        return false
    }

    private mutating func becomeWide() {
        if !isNarrow { return }
        assert(sums.isEmpty && turns.isEmpty, "sums are in one place")
        sums = narrowSums.map { Int128($0) }
        (narrowSums, isNarrow) = ([], false)
    }

    private func sum(of group: Int) -> Int128 { isNarrow ? Int128(narrowSums[group]) : sums[group] }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        let value = arguments[0]
        if value.isAllNull { return }
        if arguments.count > 1 {
            let numbers = arguments[1].expanded()
            assignment.forEach { row, group in counts[group] &+= numbers.wholeNumber(at: row) }
        } else {
            assignment.addRows(of: value, to: &counts)
        }
        switch value.storage {
        case .int64(let values) where value.type.scale == scale: add(values, assignment)
        case .int128(let values) where value.type.scale == scale:
            becomeWide()
            assignment.forEach { row, group in add(values[row], to: group) }
        default:
            becomeWide()
            try assignment.forEach { (row, group) throws(KernelError) in try add(value.scalar(at: row), to: group) }
        }
    }

    /// Null rows hold zero and so add nothing.
    private mutating func add(_ values: [Int64], _ assignment: GroupAssignment) {
        let source = values.span
        if isNarrow, staysNarrow(adding: source.count, of: source.magnitudeBits) {
            return addNarrow(source, assignment)
        }
        if let runs = assignment.runs {
            for run in runs { add(source.total(run.rows), to: run.group) }
            return
        }
        let all = assignment.groups
        let groups = all.span
        let rowBits = Int.bitWidth - source.count.leadingZeroBitCount
        if let dense = assignment.dense, source.magnitudeBits + rowBits < 64 {
            let totals = source.totals(of: groups, within: dense)
            for group in dense { add(Int128(totals[group - dense.lowerBound]), to: group) }
            return
        }
        var beyond: [Int] = []
        do {
            var totals = sums.mutableSpan
            for row in 0..<groups.count {
                let group = Int(groups[row])
                let (sum, overflow) = totals[group].addingReportingOverflow(Int128(source[row]))
                totals[group] = sum
                if overflow { beyond.append(row) }
            }
        }
        for row in beyond { turn(Int(groups[row]), by: source[row] > 0 ? 1 : -1) }
    }

    /// The same where 64 bits hold whatever comes of it.
    private mutating func addNarrow(_ values: Span<Int64>, _ assignment: GroupAssignment) {
        var sums = narrowSums.mutableSpan
        if let runs = assignment.runs {
            for run in runs { sums[run.group] &+= values.narrowTotal(run.rows) }
            return
        }
        let all = assignment.groups
        let groups = all.span
        if let dense = assignment.dense {
            let totals = values.totals(of: groups, within: dense)
            for group in dense { sums[group] &+= totals[group - dense.lowerBound] }
            return
        }
        precondition(groups.count == values.count, "a group for each value")
        for row in 0..<groups.count { sums[Int(groups[row])] &+= values[row] }
    }

    /// - Precondition: sums are wide.
    private mutating func add(_ value: Int128, to group: Int) {
        let (sum, overflow) = sums[group].addingReportingOverflow(value)
        sums[group] = sum
        if overflow { turn(group, by: value > 0 ? 1 : -1) }
    }

    /// The sum of a group left 128 bits, or came back into them.
    private mutating func turn(_ group: Int, by count: Int64) {
        let turns = (self.turns[group] ?? 0) &+ count
        self.turns[group] = turns == 0 ? nil : turns
    }

    private mutating func add(_ value: Scalar, to group: Int) throws(KernelError) {
        let mantissa: Int128
        let ownScale: Int
        switch value {
        case .integer(let number): (mantissa, ownScale) = (Int128(number), 0)
        case .numeric(let own, let places): (mantissa, ownScale) = (own, places)
        default: return
        }
        if ownScale > scale { try widen(to: ownScale) }
        guard let scaled = Decimal128.rescale(mantissa, from: ownScale, to: scale)
        else { throw KernelError.decimalOverflow }
        add(scaled, to: group)
    }

    /// The sums of groups where 64 bits hold each of them.
    private func narrow(_ groups: [UInt32]) -> [Int64]? {
        let wanted = groups.span
        var result = [Int64](repeating: 0, count: wanted.count)
        var target = result.mutableSpan
        if isNarrow {
            let source = narrowSums.span
            for row in 0..<wanted.count { target[row] = source[Int(wanted[row])] }
            return result
        }
        let source = sums.span
        for row in 0..<wanted.count {
            guard let sum = Int64(exactly: source[Int(wanted[row])]) else { return nil }
            target[row] = sum
        }
        return result
    }

    /// Has so many places, where it has fewer.
    mutating func widen(atLeast places: Int) throws(KernelError) { if places > scale { try widen(to: places) } }

    private mutating func widen(to places: Int) throws(KernelError) {
        if !turns.isEmpty { throw KernelError.decimalOverflow }
        becomeWide()
        for group in sums.indices {
            guard let scaled = Decimal128.rescale(sums[group], from: scale, to: places)
            else { throw KernelError.decimalOverflow }
            sums[group] = scaled
        }
        scale = places
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) throws(KernelError) {
        var other = other
        if other.scale > scale { try widen(to: other.scale) }
        if scale > other.scale { try other.widen(to: scale) }
        assert(other.counts.count <= mapping.count, "every group has a place here")
        assert(other.scale == scale, "both are at one scale")
        let targets = mapping.span
        do {
            var numbers = counts.mutableSpan
            let more = other.counts.span
            for group in 0..<more.count { numbers[Int(targets[group])] &+= more[group] }
        }
        if isNarrow, other.isNarrow {
            let (sum, overflow) = bound.addingReportingOverflow(other.bound)
            if !overflow {
                bound = sum
                let more = other.narrowSums.span
                var sums = narrowSums.mutableSpan
                for group in 0..<more.count { sums[Int(targets[group])] &+= more[group] }
                return
            }
        }
        becomeWide()
        other.becomeWide()
        for group in other.sums.indices { add(other.sums[group], to: Int(targets[group])) }
        // order: sums.
        for (group, count) in other.turns { turn(Int(mapping[group]), by: count) }
    }

    func finish(_ groups: [UInt32]) throws(KernelError) -> Vector {
        if !turns.isEmpty, groups.contains(where: { turns[Int($0)] != nil }) { throw KernelError.decimalOverflow }
        if isAverage { return try averages(groups) }
        if type.isNumeric, type.scale == scale {
            let validity = presence(of: groups)
            if var narrow = narrow(groups) {
                clear(&narrow, validity)
                return Vector(type: type, count: groups.count, storage: .int64(narrow), validity: validity)
            }
            var wide = groups.map { sum(of: Int($0)) }
            clear(&wide, validity)
            return Vector(type: type, count: groups.count, storage: .int128(wide), validity: validity).narrowed()
        }
        return Vector(
            type: type,
            scalars: try groups.map { (group) throws(KernelError) -> Scalar in
                guard counts[Int(group)] > 0 else { return .null }
                let sum = sum(of: Int(group))
                switch type {
                case .integer:
                    guard let narrow = Int64(exactly: sum), scale == 0 else { throw KernelError.outOfRange(.integer) }
                    return .integer(narrow)
                case .double: return .double(Decimal128.toDouble(sum, scale: scale))
                default: return .numeric(sum, scale: scale)
                }
            })
    }

    /// Which groups have a value; nil where all do.
    private func presence(of groups: [UInt32]) -> Validity? {
        let (wanted, counts) = (groups.span, self.counts.span)
        var validity: Validity?
        for row in 0..<wanted.count where counts[Int(wanted[row])] <= 0 {
            if validity == nil { validity = Validity(count: wanted.count, allValid: true) }
            validity?[row] = false
        }
        return validity
    }

    /// Nulls hold zero.
    private func clear<Value: FixedWidthInteger>(_ values: inout [Value], _ validity: Validity?) {
        guard let validity else { return }
        for row in values.indices where !validity[row] { values[row] = 0 }
    }

    /// A quotient of decimals by PostgreSQL's rule: at least sixteen significant digits.
    private func averages(_ groups: [UInt32]) throws(KernelError) -> Vector {
        Vector(
            type: type,
            scalars: try groups.map { (group) throws(KernelError) -> Scalar in
                let count = Int128(counts[Int(group)])
                guard count > 0 else { return .null }
                let sum = sum(of: Int(group))
                if type == .double { return .double(Decimal128.toDouble(sum, scale: scale) / Double(count)) }
                let places = Decimal128.divisionScale(sum, scale, count, 0)
                guard let quotient = Decimal128.divide(sum, scale, by: count, 0, scale: places)
                else { throw KernelError.decimalOverflow }
                return .numeric(quotient, scale: places)
            })
    }

    mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool {
        guard let summary else { return false }
        let present = rowCount - summary.nullCount
        if present == 0 { return true }
        guard let sum = summary.sum else { return false }
        becomeWide()
        let (total, overflow) = sums[0].addingReportingOverflow(sum)
        if overflow { return false }
        sums[0] = total
        counts[0] &+= Int64(present)
        return true
    }
}

extension Span<Int64> {
    /// The sum of some rows. Two 64-bit partial sums, of the upper and the lower half words, cannot overflow within
    /// 2^31 rows and vectorise.
    func total(_ rows: Range<Int>) -> Int128 {
        var high: Int64 = 0
        var low: UInt64 = 0
        for row in rows {
            let value = self[row]
            high &+= value >> 32
            low &+= UInt64(truncatingIfNeeded: value) & 0xFFFF_FFFF
        }
        return Int128(high) << 32 &+ Int128(low)
    }

    /// The same where 64 bits hold it.
    fileprivate func narrowTotal(_ rows: Range<Int>) -> Int64 {
        var sum: Int64 = 0
        for row in rows { sum &+= self[row] }
        return sum
    }

    /// The smallest and the greatest value.
    /// - Precondition: there is one.
    var range: (least: Int64, greatest: Int64) {
        // Two of each, since a value that is compared with the one before would wait for it.
        var (least, greatest) = (self[0], self[0])
        var (otherLeast, otherGreatest) = (least, greatest)
        var row = 0
        while row + 1 < count {
            least = Swift.min(least, self[row])
            greatest = Swift.max(greatest, self[row])
            otherLeast = Swift.min(otherLeast, self[row + 1])
            otherGreatest = Swift.max(otherGreatest, self[row + 1])
            row += 2
        }
        if row < count {
            least = Swift.min(least, self[row])
            greatest = Swift.max(greatest, self[row])
        }
        return (Swift.min(least, otherLeast), Swift.max(greatest, otherGreatest))
    }

    /// The bits that the greatest magnitude takes, or one less where it is that of a negative number.
    fileprivate var magnitudeBits: Int {
        var bits: Int64 = 0
        for row in 0..<count { bits |= self[row] }
        // Mostly none is negative.
        if bits < 0 {
            bits = 0
            for row in 0..<count { bits |= self[row] ^ (self[row] >> 63) }
        }
        return 64 - bits.leadingZeroBitCount
    }

    /// The sum of each group's values.
    /// - Precondition: a group of the range for each value; 64 bits hold every sum.
    fileprivate func totals(of groups: Span<UInt32>, within range: Range<Int>) -> [Int64] {
        precondition(groups.count == count, "a group for each value")
        let first = UInt32(range.lowerBound)
        // Four sums a group, since a group that follows itself would wait for its own sum.
        var lanes = [Int64](repeating: 0, count: range.count * 4)
        var sums = lanes.mutableSpan
        var row = 0
        while row + 4 <= count {
            sums[Int(groups[row] &- first) &* 4] &+= self[row]
            sums[Int(groups[row + 1] &- first) &* 4 &+ 1] &+= self[row + 1]
            sums[Int(groups[row + 2] &- first) &* 4 &+ 2] &+= self[row + 2]
            sums[Int(groups[row + 3] &- first) &* 4 &+ 3] &+= self[row + 3]
            row += 4
        }
        while row < count {
            sums[Int(groups[row] &- first) &* 4] &+= self[row]
            row += 1
        }
        var totals = [Int64](repeating: 0, count: range.count)
        for group in 0..<range.count {
            for lane in 0..<4 { totals[group] &+= lanes[group * 4 + lane] }
        }
        return totals
    }
}
