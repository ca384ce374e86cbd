/// Variance and standard deviation. Doubles by updating mean and squared distance (Youngs and Cramer), whose last
/// digits depend on the order; whole numbers and decimals by exact sums, so that neither size nor order nor threads
/// change anything.
struct VarianceAccumulator: Accumulator {
    private let isSample: Bool
    private let isDeviation: Bool
    /// Decimal places of the exact sums' mantissas.
    private let scale: Int
    private let isDouble: Bool
    private let type: ColumnType
    private var distances: [SquaredDistance] = []
    private var moments: [ExactMoments] = []

    init(_ argument: ColumnType, isSample: Bool, isDeviation: Bool, type: ColumnType) {
        (self.isSample, self.isDeviation) = (isSample, isDeviation)
        self.type = type
        scale = argument.scale
        isDouble = argument == .double
    }

    var memoryBytes: Int { distances.capacity * 24 + moments.capacity * 80 }

    mutating func grow(to groups: Int) {
        if isDouble {
            distances.pad(to: groups, with: SquaredDistance())
        } else {
            moments.pad(to: groups, with: ExactMoments())
        }
    }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        let value = arguments[0]
        if value.isAllNull { return }
        if !isDouble, value.type.scale == scale, case .int64(let values) = value.storage {
            return try update(values, value.validity, assignment)
        }
        try assignment.forEach { (row, group) throws(KernelError) in
            switch value.scalar(at: row) {
            case .double(let number): distances[group].add(number)
            case .integer(let number): try moments[group].add(Int128(number))
            case .numeric(let mantissa, let places):
                guard let exact = Decimal128.rescale(mantissa, from: places, to: scale)
                else { throw KernelError.decimalOverflow }
                try moments[group].add(exact)
            default: break
            }
        }
    }

    private mutating func update(
        _ values: [Int64], _ validity: Validity?, _ assignment: GroupAssignment
    ) throws(KernelError) {
        let source = values.span
        var moments: [ExactMoments] = []
        swap(&moments, &self.moments)
        defer { swap(&moments, &self.moments) }
        try assignment.forEach { (row, group) throws(KernelError) in
            if validity?[row] ?? true { try moments[group].add(narrow: source[row]) }
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) throws(KernelError) {
        for (group, state) in other.distances.enumerated() { distances[Int(mapping[group])].merge(state) }
        for (group, state) in other.moments.enumerated() { try moments[Int(mapping[group])].merge(state) }
    }

    func finish(_ groups: [UInt32]) throws(KernelError) -> Vector {
        return Vector(
            type: type,
            scalars: try groups.map { (group) throws(KernelError) -> Scalar in
                let count = isDouble ? distances[Int(group)].count : moments[Int(group)].count
                let divisor = isSample ? count - 1 : count
                if divisor < 1 { return .null }
                let variance: Double
                if isDouble {
                    variance = try distances[Int(group)].total() / Double(divisor)
                } else {
                    variance = moments[Int(group)].variance(divisor: divisor) / power10(2 * scale)
                }
                return .double(isDeviation ? variance.squareRoot() : variance)
            })
    }
}

/// Ten to the power of `places`; exact up to 22 of them, then within a few units in the last place.
private func power10(_ places: Int) -> Double { (0..<places).reduce(1) { product, _ in product * 10 } }

/// Count, mean and summed squares of the distances from it. Stable in any order; order and threads change the last
/// digits.
private struct SquaredDistance: Sendable {
    var count: Int64 = 0
    private var mean = 0.0
    private var squares = 0.0
    private var isFinite = true

    /// - Throws: where finite values make an infinite one.
    func total() throws(KernelError) -> Double {
        if isFinite, !squares.isFinite { throw KernelError.outOfRange(.double) }
        return isFinite ? squares : .nan
    }

    mutating func add(_ value: Double) {
        isFinite = isFinite && value.isFinite
        count += 1
        let distance = value - mean
        mean += distance / Double(count)
        squares += distance * (value - mean)
    }

    /// After Chan, Golub and LeVeque.
    mutating func merge(_ other: Self) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let total = count + other.count
        let distance = other.mean - mean
        squares += other.squares + distance * distance * (Double(count) * Double(other.count) / Double(total))
        mean += distance * (Double(other.count) / Double(total))
        count = total
        isFinite = isFinite && other.isFinite
    }
}
