import Columnar
import Plans

/// `approx_percentile`: a base-2 exponential histogram a group, 64 buckets to the power of two, so that the geometric middle of a
/// bucket is within 0.54 % of every value in it.
struct ApproximatePercentileAccumulator: Accumulator {
    private let fractions: [Double]
    private let asArray: Bool
    private let scale: Int
    private let type: ColumnType
    private var groups: [ExponentialBuckets] = []
    private var bucketBytes = 0

    init(argument: ColumnType, fractions: [Double], asArray: Bool, type: ColumnType) {
        self.fractions = fractions
        self.asArray = asArray
        self.type = type
        scale = argument.scale
    }

    var memoryBytes: Int { groups.capacity * MemoryLayout<ExponentialBuckets>.stride + bucketBytes }

    mutating func grow(to count: Int) { groups.pad(to: count, with: ExponentialBuckets()) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        let value = arguments[0]
        if value.isAllNull { return }
        let dense = value.hasNoNulls
        var grown = 0
        switch value.storage {
        case .int64(let values):
            let divisor = Double(Decimal128.power(value.type.scale) ?? 1)
            assignment.forEach { row, group in
                if dense || !value.isNull(row) { grown += groups[group].add(Double(values[row]) / divisor) }
            }
        case .double(let values):
            assignment.forEach { row, group in if dense || !value.isNull(row) { grown += groups[group].add(values[row]) } }
        default:
            assignment.forEach { row, group in
                switch value.scalar(at: row) {
                case .integer(let number): grown += groups[group].add(Double(number))
                case .double(let number): grown += groups[group].add(number)
                case .numeric(let mantissa, let places): grown += groups[group].add(Decimal128.toDouble(mantissa, scale: places))
                default: break
                }
            }
        }
        bucketBytes += grown
    }

    mutating func merge(_ other: any Accumulator, _ mapping: [UInt32]) {
        guard let other = other as? Self else { preconditionFailure("states of one aggregate are of one kind") }
        for (group, buckets) in other.groups.enumerated() { bucketBytes += groups[Int(mapping[group])].merge(buckets) }
    }

    func finish(_ wanted: [UInt32]) -> Vector {
        Vector(type: type, scalars: wanted.map { group in
            let buckets = groups[Int(group)]
            if buckets.count == 0 { return .null }
            let results = fractions.map { Scalar.double(buckets.value(at: $0)) }
            return asArray ? .array(results) : results.first ?? .null
        })
    }
}

/// The histogram of one group: counts by bucket, zero and negative values apart.
struct ExponentialBuckets: Sendable {
    private struct Side: Sendable {
        /// Index of `counts[0]`.
        var first = 0
        var counts: [UInt32] = []

        /// Returns the bytes grown by.
        mutating func add(_ index: Int, _ amount: UInt32) -> Int {
            let before = counts.count
            if counts.isEmpty {
                first = index
                counts = [amount]
                return 4
            }
            if index < first {
                let room = first - index
                counts.insert(contentsOf: repeatElement(0, count: room), at: 0)
                first = index
            } else if index >= first + counts.count {
                counts.append(contentsOf: repeatElement(0, count: index - first - counts.count + 1))
            }
            counts[index - first] &+= amount
            return (counts.count - before) * 4
        }
    }

    private(set) var count: Int64 = 0
    private var zeros: Int64 = 0
    private var positive = Side()
    private var negative = Side()
    private var minimum = Double.infinity
    private var maximum = -Double.infinity

    /// Lower bounds of the 64 buckets within [1, 2), by exact table.
    private static let bounds: [Double] = (0...64).map { index in
        // 2^(i/64) by repeated square roots: exact enough, and the same on every machine.
        var result = 1.0
        var root = 2.0
        var bit = 32
        while bit > 0 {
            root = root.squareRoot()
            if index & bit != 0 { result *= root }
            bit >>= 1
        }
        return index == 64 ? 2 : result
    }

    /// The bucket that a number's upper eight fraction bits fall into, or the one before.
    private static let guesses: [UInt8] = (0..<256).map { step in
        let value = 1 + Double(step) / 256
        var index = 0
        while bounds[index + 1] <= value { index += 1 }
        return UInt8(index)
    }

    /// The bucket of a positive finite number: floor(log2(value) · 64).
    static func index(of value: Double) -> Int {
        let bits = value.bitPattern
        let exponent = Int(bits >> 52) & 0x7FF
        guard exponent != 0 else { return -1023 * 64 }
        let significand = Double(bitPattern: (bits & 0xF_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000)
        var index = Int(guesses[Int(truncatingIfNeeded: bits >> 44) & 0xFF])
        if bounds[index + 1] <= significand { index += 1 }
        return (exponent - 1023) * 64 + index
    }

    /// The geometric middle of a bucket.
    private static func middle(of index: Int) -> Double {
        let power = index >= 0 ? index / 64 : -((63 - index) / 64)
        let place = index - power * 64
        let lower = Double(sign: .plus, exponent: power, significand: bounds[place])
        let upper = Double(sign: .plus, exponent: power, significand: bounds[place + 1])
        return lower.squareRoot() * upper.squareRoot()
    }

    /// Returns the bytes grown by. NaN is left out.
    mutating func add(_ value: Double) -> Int {
        if value.isNaN { return 0 }
        count &+= 1
        minimum = min(minimum, value)
        maximum = max(maximum, value)
        if value == 0 {
            zeros &+= 1
            return 0
        }
        let magnitude = min(abs(value), Double.greatestFiniteMagnitude)
        return value > 0 ? positive.add(Self.index(of: magnitude), 1) : negative.add(Self.index(of: magnitude), 1)
    }

    mutating func merge(_ other: ExponentialBuckets) -> Int {
        var grown = 0
        for (place, amount) in other.positive.counts.enumerated() where amount > 0 { grown += positive.add(other.positive.first + place, amount) }
        for (place, amount) in other.negative.counts.enumerated() where amount > 0 { grown += negative.add(other.negative.first + place, amount) }
        count += other.count
        zeros += other.zeros
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        return grown
    }

    /// The value at the rank that `percentile_disc` takes. - Precondition: `count > 0`.
    func value(at fraction: Double) -> Double {
        let rank = min(max(Int64((fraction * Double(count)).rounded(.up)), 1), count)
        var seen: Int64 = 0
        for (place, amount) in negative.counts.enumerated().reversed() where amount > 0 {
            seen += Int64(amount)
            if seen >= rank { return clamped(-Self.middle(of: negative.first + place)) }
        }
        seen += zeros
        if seen >= rank { return 0 }
        for (place, amount) in positive.counts.enumerated() where amount > 0 {
            seen += Int64(amount)
            if seen >= rank { return clamped(Self.middle(of: positive.first + place)) }
        }
        return maximum
    }

    private func clamped(_ value: Double) -> Double { min(max(value, minimum), maximum) }
}
