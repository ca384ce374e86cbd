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
    /// By group: how often its sum left 128 bits upwards, less how often downwards; those that are beyond them now.
    private var turns: [Int: Int64] = [:]
    private var counts: [Int64] = []

    init(argument: ColumnType, type: ColumnType, isAverage: Bool) {
        self.type = type
        self.isAverage = isAverage
        scale = argument.scale
    }

    var memoryBytes: Int { sums.capacity * 16 + counts.capacity * 8 + turns.count * 48 }

    mutating func grow(to groups: Int) {
        sums.pad(to: groups, with: 0)
        counts.pad(to: groups, with: 0)
    }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        let value = arguments[0]
        if value.isAllNull { return }
        if arguments.count > 1 {
            let numbers = arguments[1].expanded()
            assignment.forEach { row, group in counts[group] &+= numbers.wholeNumber(at: row) }
        } else {
            countValues(value, assignment)
        }
        switch value.storage {
        case .int64(let values) where value.type.scale == scale: add(values, assignment)
        case .int128(let values) where value.type.scale == scale:
            assignment.forEach { row, group in add(values[row], to: group) }
        default:
            for row in 0..<value.count {
                let group = assignment.groups.isEmpty ? 0 : Int(assignment.groups[row])
                try add(value.scalar(at: row), to: group)
            }
        }
    }

    private mutating func countValues(_ value: Vector, _ assignment: GroupAssignment) {
        if !value.hasNoNulls {
            assignment.forEach { row, group in if !value.isNull(row) { counts[group] &+= 1 } }
        } else if let runs = assignment.runs {
            for run in runs { counts[run.group] &+= Int64(run.rows.count) }
        } else {
            let groups = assignment.groups.span
            var numbers = counts.mutableSpan
            for row in 0..<groups.count { numbers[Int(groups[row])] &+= 1 }
        }
    }

    /// Null rows hold zero and so add nothing.
    private mutating func add(_ values: [Int64], _ assignment: GroupAssignment) {
        let source = values.span
        if let runs = assignment.runs {
            for run in runs { add(Self.total(source, run.rows), to: run.group) }
            return
        }
        let groups = assignment.groups.span
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

    /// Two 64-bit partial sums, of the upper and the lower half words, cannot overflow within 2^31 rows and vectorise.
    private static func total(_ values: Span<Int64>, _ rows: Range<Int>) -> Int128 {
        var high: Int64 = 0
        var low: UInt64 = 0
        for row in rows {
            let value = values[row]
            high &+= value >> 32
            low &+= UInt64(truncatingIfNeeded: value) & 0xFFFF_FFFF
        }
        return Int128(high) << 32 &+ Int128(low)
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

    private mutating func widen(to places: Int) throws(KernelError) {
        if !turns.isEmpty { throw KernelError.decimalOverflow }
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
        assert(other.sums.count <= mapping.count && other.scale == scale, "every group has a place here, at one scale")
        for group in other.sums.indices {
            let target = Int(mapping[group])
            add(other.sums[group], to: target)
            counts[target] &+= other.counts[group]
        }
        // order: sums.
        for (group, count) in other.turns { turn(Int(mapping[group]), by: count) }
    }

    func finish(_ groups: [UInt32]) throws(KernelError) -> Vector {
        if !turns.isEmpty, groups.contains(where: { turns[Int($0)] != nil }) { throw KernelError.decimalOverflow }
        if isAverage { return try averages(groups) }
        if groups.allSatisfy({ counts[Int($0)] > 0 }), type.isNumeric, type.scale == scale {
            return Vector(type: type, count: groups.count, storage: .int128(groups.map { sums[Int($0)] })).narrowed()
        }
        return Vector(
            type: type,
            scalars: try groups.map { (group) throws(KernelError) -> Scalar in
                guard counts[Int(group)] > 0 else { return .null }
                let sum = sums[Int(group)]
                switch type {
                case .integer:
                    guard let narrow = Int64(exactly: sum), scale == 0 else { throw KernelError.outOfRange(.integer) }
                    return .integer(narrow)
                case .double: return .double(Decimal128.toDouble(sum, scale: scale))
                default: return .numeric(sum, scale: scale)
                }
            })
    }

    /// A quotient of decimals by PostgreSQL's rule: at least sixteen significant digits.
    private func averages(_ groups: [UInt32]) throws(KernelError) -> Vector {
        Vector(
            type: type,
            scalars: try groups.map { (group) throws(KernelError) -> Scalar in
                let count = Int128(counts[Int(group)])
                guard count > 0 else { return .null }
                let sum = sums[Int(group)]
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
        let (total, overflow) = sums[0].addingReportingOverflow(sum)
        if overflow { return false }
        sums[0] = total
        counts[0] &+= Int64(present)
        return true
    }
}
