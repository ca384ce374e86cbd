/// `min` and `max` of values stored as 64-bit integers: whole numbers and times.
struct IntegerExtremumAccumulator: Accumulator {
    private let type: ColumnType
    private let isMaximum: Bool
    /// What every other value is better than, and no better than itself.
    private let start: Int64
    /// `start` of a group without a value.
    private var best: [Int64] = []
    /// The groups that had `start` as a value; shorter than `best`, for that is seldom.
    private var hadStart: [Bool] = []

    init(type: ColumnType, isMaximum: Bool) {
        self.type = type
        self.isMaximum = isMaximum
        start = isMaximum ? .min : .max
    }

    var memoryBytes: Int { best.capacity * 8 + hadStart.capacity }
    var mayRefuse: Bool { false }

    mutating func grow(to groups: Int) { best.pad(to: groups, with: start) }
    mutating func reserve(groups: Int) { best.reserveCapacity(groups) }

    private func isSet(_ group: Int) -> Bool { best[group] != start || (group < hadStart.count && hadStart[group]) }

    private mutating func noteStart(_ group: Int) {
        hadStart.pad(to: group + 1, with: false)
        hadStart[group] = true
    }

    @inline(__always)
    private mutating func take(_ value: Int64, _ group: Int) {
        best[group] = isMaximum ? max(best[group], value) : min(best[group], value)
        if value == start { noteStart(group) }
    }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        let value = arguments[0]
        if value.isAllNull { return }
        switch value.integers {
        case .array(let values)?:
            guard let runs = assignment.runs else {
                return take(values.span, value.validity, assignment)
            }
            guard value.hasNoNulls else {
                return assignment.forEach { row, group in if !value.isNull(row) { take(values[row], group) } }
            }
            let source = values.span
            for run in runs {
                let range = source.extracting(run.rows).range
                take(isMaximum ? range.greatest : range.least, run.group)
            }
        case .constant(let constant)?: assignment.forEach { _, group in take(constant, group) }
        case nil: break
        }
    }

    /// Takes in values that do not come in runs.
    private mutating func take(_ values: Span<Int64>, _ validity: Validity?, _ assignment: GroupAssignment) {
        let groups = assignment.groups
        let hasStart =
            isMaximum
            ? better(values, validity, groups.span) { max($0, $1) }
            : better(values, validity, groups.span) { min($0, $1) }
        // No value is better than where every group begins, which is one all the same.
        if !hasStart { return }
        for row in 0..<values.count where values[row] == start && validity?[row] ?? true {
            noteStart(Int(groups[row]))
        }
    }

    /// Keeps the better of what each group has and each of its values. Which of them that is is as good as chance, so
    /// that nothing here waits for the answer.
    /// - Returns: whether a row with a value has `start`.
    @inline(__always)
    private mutating func better(
        _ values: Span<Int64>, _ validity: Validity?, _ groups: Span<UInt32>, _ choose: (Int64, Int64) -> Int64
    ) -> Bool {
        precondition(groups.count == values.count, "a group for each value")
        let start = start
        var bests = best.mutableSpan
        var found: UInt64 = 0
        if let validity {
            let words = validity.words.span
            for row in 0..<values.count {
                let valid = (words[row >> 6] &>> UInt64(row & 63)) & 1
                let (value, group) = (values[row], Int(groups[row]))
                bests[group] = choose(bests[group], valid == 1 ? value : start)
                found |= value == start ? valid : 0
            }
        } else {
            for row in 0..<values.count {
                let (value, group) = (values[row], Int(groups[row]))
                bests[group] = choose(bests[group], value)
                found |= value == start ? 1 : 0
            }
        }
        return found != 0
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        assert(other.best.count <= mapping.count, "every group has a place here")
        do {
            let (targets, more) = (mapping.span, other.best.span)
            let isMaximum = isMaximum
            var bests = best.mutableSpan
            for group in 0..<more.count {
                // A group without a value holds what every other is better than.
                let (target, value) = (Int(targets[group]), more[group])
                bests[target] = isMaximum ? max(bests[target], value) : min(bests[target], value)
            }
        }
        for group in other.hadStart.indices where other.hadStart[group] { noteStart(Int(mapping[group])) }
    }

    func finish(_ groups: [UInt32]) -> Vector {
        var validity: Validity?
        for (row, group) in groups.enumerated() where !isSet(Int(group)) {
            if validity == nil { validity = Validity(count: groups.count, allValid: true) }
            validity?[row] = false
        }
        // Nulls hold zero.
        let values = groups.map { isSet(Int($0)) ? best[Int($0)] : 0 }
        return Vector(type: type, count: groups.count, storage: .int64(values), validity: validity)
    }

    mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool {
        guard let summary else { return false }
        if summary.nullCount == rowCount { return true }
        if summary.isLoose { return false }
        switch isMaximum ? summary.maximum : summary.minimum {
        case .integer(let v), .timestamptz(let v), .timestamp(let v), .date(let v):
            take(v, 0)
            return true
        default: return false
        }
    }
}

/// `min` and `max` of every other ordered type; of equal values the same one whichever comes first.
struct ExtremumAccumulator: Accumulator {
    private let type: ColumnType
    private let isMaximum: Bool
    private var best: [Scalar] = []
    private var textBytes = 0

    init(type: ColumnType, isMaximum: Bool) {
        self.type = type
        self.isMaximum = isMaximum
    }

    var memoryBytes: Int { best.capacity * 64 + textBytes }
    var mayRefuse: Bool { false }

    /// Results are texts of their own.
    var finishBytes: Int { textBytes }

    mutating func grow(to groups: Int) { best.pad(to: groups, with: .null) }

    private mutating func take(_ value: Scalar, _ group: Int) {
        if value.isNull { return }
        if !best[group].isNull {
            let order = ScalarOrder.compareForms(value, best[group])
            guard isMaximum ? order > 0 : order < 0 else { return }
        }
        textBytes += value.textBytes - best[group].textBytes
        best[group] = value
    }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        let value = arguments[0]
        if value.isAllNull { return }
        if case .interval(let values) = value.storage, best.count <= Self.fewGroups {
            return take(values, value.validity, assignment)
        }
        guard case .text(let codes, _) = value.storage else {
            assignment.forEach { row, group in take(value.scalar(at: row), group) }
            return
        }
        var met = MetCodes(groups: best.count, rows: codes.count)
        assignment.forEach { row, group in
            if !met.isNew(codes[row], of: group), value.validity == nil { return }
            take(value.scalar(at: row), group)
        }
    }

    /// Of so few groups the best is looked at beforehand.
    private static let fewGroups = 64

    /// Intervals: most are passed over by their lengths.
    private mutating func take(_ values: [Interval], _ validity: Validity?, _ assignment: GroupAssignment) {
        var lengths = best.map { value -> Int128 in
            if case .interval(let best) = value { return IntervalMath.comparable(best) }
            return isMaximum ? .min : .max
        }
        assignment.forEach { row, group in
            if let validity, !validity[row] { return }
            let length = IntervalMath.comparable(values[row])
            if isMaximum ? length < lengths[group] : length > lengths[group] { return }
            lengths[group] = length
            take(.interval(values[row]), group)
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        for group in other.best.indices { take(other.best[group], Int(mapping[group])) }
    }

    func finish(_ groups: [UInt32]) -> Vector { Vector(type: type, scalars: groups.map { best[Int($0)] }) }

    mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool {
        guard let summary else { return false }
        if summary.nullCount == rowCount { return true }
        // Bounds that may be those of rows left out are nobody's value.
        if summary.isLoose { return false }
        // Bounds of texts may be cut, so only exact types are taken.
        let bound = isMaximum ? summary.maximum : summary.minimum
        guard case .numeric = bound else { return false }
        take(bound, 0)
        return true
    }
}
