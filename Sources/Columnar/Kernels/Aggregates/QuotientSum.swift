/// `sum` and `avg` of decimals that are all divided by one power of ten, as durations in seconds and amounts in
/// thousands are: such a quotient has the digits of what is divided, so that these are added up as they are. How many
/// places the sum has is that of the quotient that has the most.
struct QuotientSumAccumulator: Accumulator {
    private let divisor: DecimalDivisor
    private let dividendScale: Int
    /// Of exact quotients.
    private let exactScale: Int
    private var sums: SumAccumulator
    /// Of the column of quotients, or the most that one of them has.
    private var places: Int

    /// nil where the divisor is another one.
    /// - Parameters:
    ///   - dividend: what is divided.
    ///   - quotient: what comes out, and is added up.
    ///   - type: of the result.
    init?(_ dividend: ColumnType, by divisor: Scalar, quotient: ColumnType, type: ColumnType, isAverage: Bool) {
        guard let decimal = DecimalDivisor(divisor), let shift = decimal.shift else { return nil }
        let exactScale = dividend.scale + shift
        guard (0...Decimal128.scaleMax).contains(exactScale) else { return nil }
        self.divisor = decimal
        (dividendScale, self.exactScale, places) = (dividend.scale, exactScale, quotient.scale)
        sums = SumAccumulator(argument: .numeric(scale: exactScale), type: type, isAverage: isAverage)
    }

    var memoryBytes: Int { sums.memoryBytes }

    mutating func grow(to groups: Int) { sums.grow(to: groups) }
    mutating func reserve(groups: Int) { sums.reserve(groups: groups) }

    /// Takes in quotients that were computed one by one.
    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        try sums.widen(atLeast: arguments[0].type.scale)
        try sums.update(arguments, assignment)
    }

    mutating func update(dividends: Vector, _ assignment: GroupAssignment) throws(KernelError) -> Bool {
        if dividends.isAllNull { return true }
        guard case .int64(let values) = dividends.storage, dividends.type.scale == dividendScale,
            let places = places(values.span, dividends.validity)
        else { return false }
        self.places = max(self.places, places)
        try sums.update([dividends.replacing(.int64(values), type: .numeric(scale: exactScale))], assignment)
        return true
    }

    /// The most places of the quotients of numbers; nil where one has not got all digits, or more than there may be.
    private func places(_ values: Span<Int64>, _ validity: Validity?) -> Int? {
        if values.count == 0 { return 0 }
        let (least, greatest) = values.range
        if least > 0 { return places(from: least.magnitude, to: greatest.magnitude) }
        var (smallest, largest, hasZero) = (UInt64.max, UInt64(0), false)
        for row in 0..<values.count {
            let magnitude = values[row].magnitude
            largest = max(largest, magnitude)
            if magnitude != 0 {
                smallest = min(smallest, magnitude)
            } else if validity?[row] ?? true {
                hasZero = true
            }
        }
        if largest == 0 { return hasZero ? places(from: 0, to: 0) : 0 }
        guard let places = places(from: smallest, to: largest) else { return nil }
        guard hasZero else { return places }
        return self.places(from: 0, to: 0).map { max($0, places) }
    }

    /// The same of numbers of these magnitudes.
    private func places(from smallest: UInt64, to largest: UInt64) -> Int? {
        // The greater a number, the fewer places has its quotient.
        let most = divisor.places(of: smallest, scale: dividendScale)
        guard divisor.places(of: largest, scale: dividendScale) >= exactScale,
            Decimal128.digitCount(UInt128(largest)) + most - exactScale <= Decimal128.scaleMax
        else { return nil }
        return most
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) throws(KernelError) {
        places = max(places, other.places)
        try sums.absorb(other.sums, mapping)
    }

    func finish(_ groups: [UInt32]) throws(KernelError) -> Vector {
        var whole = sums
        try whole.widen(atLeast: places)
        return try whole.finish(groups)
    }

    /// By what is known of the dividends.
    mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool {
        guard let summary else { return false }
        if summary.nullCount < rowCount {
            guard !summary.isLoose, let least = summary.minimum.mantissa, let greatest = summary.maximum.mantissa,
                let places = places(ofBounds: least, greatest)
            else { return false }
            self.places = max(self.places, places)
        }
        return sums.updateFromSummary(summary, rowCount: rowCount)
    }

    /// The most places of the quotients of numbers that have these bounds; nil where that is not known, or as above.
    private func places(ofBounds least: Int64, _ greatest: Int64) -> Int? {
        if least > 0 { return places(from: least.magnitude, to: greatest.magnitude) }
        if greatest < 0 { return places(from: greatest.magnitude, to: least.magnitude) }
        // There is a zero, or there may be none; where zeros have as many places as the smallest number, that is all
        // the same.
        let ofOne = divisor.places(of: 1, scale: dividendScale)
        guard least == 0 || greatest == 0, ofOne == divisor.places(of: 0, scale: dividendScale) else { return nil }
        return places(from: 0, to: max(least.magnitude, greatest.magnitude))
    }
}

extension Scalar {
    /// The whole number that stands for a number, where 64 bits hold it; nil for anything else.
    fileprivate var mantissa: Int64? {
        switch self {
        case .integer(let number): number
        case .numeric(let mantissa, _): Int64(exactly: mantissa)
        default: nil
        }
    }
}
