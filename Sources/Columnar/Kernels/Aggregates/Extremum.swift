/// `min` and `max` of values stored as 64-bit integers: whole numbers and times.
struct IntegerExtremumAccumulator: Accumulator {
    private let type: ColumnType
    private let isMaximum: Bool
    private var best: [Int64] = []
    private var isSet: [Bool] = []

    init(type: ColumnType, isMaximum: Bool) {
        self.type = type
        self.isMaximum = isMaximum
    }

    var memoryBytes: Int { best.capacity * 9 }
    var mayRefuse: Bool { false }

    mutating func grow(to groups: Int) {
        best.pad(to: groups, with: isMaximum ? .min : .max)
        isSet.pad(to: groups, with: false)
    }

    @inline(__always)
    private mutating func take(_ value: Int64, _ group: Int) {
        best[group] = isMaximum ? max(best[group], value) : min(best[group], value)
        isSet[group] = true
    }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        let value = arguments[0]
        if value.isAllNull { return }
        switch value.integers {
        case .array(let values)?:
            let dense = value.hasNoNulls
            if dense, let runs = assignment.runs {
                let source = values.span
                for run in runs {
                    let range = source.extracting(run.rows).range
                    take(isMaximum ? range.greatest : range.least, run.group)
                }
                return
            }
            guard dense, assignment.runs == nil else {
                return assignment.forEach { row, group in if !value.isNull(row) { take(values[row], group) } }
            }
            let (groups, isMaximum, start) = (assignment.groups, isMaximum, isMaximum ? Int64.min : .max)
            let (source, places) = (values.span, groups.span)
            var isSet: [Bool] = []
            swap(&isSet, &self.isSet)
            var sets = isSet.mutableSpan
            var bests = best.mutableSpan
            for row in 0..<source.count {
                let (value, group) = (source[row], Int(places[row]))
                let known = bests[group]
                if isMaximum ? value > known : value < known {
                    bests[group] = value
                    sets[group] = true
                } else if value == start {
                    // No better than where every group begins, and a value all the same.
                    sets[group] = true
                }
            }
            swap(&isSet, &self.isSet)
        case .constant(let constant)?: assignment.forEach { _, group in take(constant, group) }
        case nil: break
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        assert(other.best.count <= mapping.count, "every group has a place here")
        let (targets, more, areSet) = (mapping.span, other.best.span, other.isSet.span)
        let isMaximum = isMaximum
        var isSet: [Bool] = []
        swap(&isSet, &self.isSet)
        var sets = isSet.mutableSpan
        var bests = best.mutableSpan
        for group in 0..<more.count {
            // A group without a value holds what every other is better than.
            let (target, value) = (Int(targets[group]), more[group])
            bests[target] = isMaximum ? max(bests[target], value) : min(bests[target], value)
            sets[target] = sets[target] || areSet[group]
        }
        swap(&isSet, &self.isSet)
    }

    func finish(_ groups: [UInt32]) -> Vector {
        var validity: Validity?
        for (row, group) in groups.enumerated() where !isSet[Int(group)] {
            if validity == nil { validity = Validity(count: groups.count, allValid: true) }
            validity?[row] = false
        }
        // Nulls hold zero.
        let values = groups.map { isSet[Int($0)] ? best[Int($0)] : 0 }
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
