import Columnar
import Plans

/// Variance and standard deviation. Doubles by updating mean and squared distance (Youngs and Cramer); whole numbers and decimals
/// by exact sums, while these fit, so that order and threads change nothing.
struct VarianceAccumulator: Accumulator {
    private struct State {
        var count: Int64 = 0
        var mean = 0.0
        var squares = 0.0
        var exactSum: Int128 = 0
        var exactSquares: Int128 = 0
        var isExact = true

        mutating func add(_ value: Double) {
            count += 1
            let distance = value - mean
            mean += distance / Double(count)
            squares += distance * (value - mean)
        }

        mutating func addExact(_ mantissa: Int128) {
            let (square, a) = mantissa.multipliedReportingOverflow(by: mantissa)
            let (sum, b) = exactSum.addingReportingOverflow(mantissa)
            let (total, c) = exactSquares.addingReportingOverflow(square)
            isExact = isExact && !a && !b && !c
            exactSum = sum
            exactSquares = total
        }

        mutating func merge(_ other: State) {
            guard other.count > 0 else { return }
            let total = count + other.count
            let distance = other.mean - mean
            squares += other.squares + distance * distance * Double(count) * Double(other.count) / Double(total)
            mean += distance * Double(other.count) / Double(total)
            count = total
            let (sum, a) = exactSum.addingReportingOverflow(other.exactSum)
            let (total2, b) = exactSquares.addingReportingOverflow(other.exactSquares)
            isExact = isExact && other.isExact && !a && !b
            exactSum = sum
            exactSquares = total2
        }
    }

    private let function: AggregateFunction
    private let scale: Int
    private let isDouble: Bool
    private let type: ColumnType
    private var states: [State] = []

    init(function: AggregateFunction, argument: ColumnType, type: ColumnType) {
        self.function = function
        self.type = type
        scale = argument.scale
        isDouble = argument == .double
    }

    var memoryBytes: Int { states.capacity * 80 }

    mutating func grow(to groups: Int) { states.pad(to: groups, with: State()) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        let value = arguments[0]
        if value.isAllNull { return }
        assignment.forEach { row, group in
            switch value.scalar(at: row) {
            case .double(let number): states[group].add(number)
            case .integer(let number):
                states[group].add(Double(number))
                states[group].addExact(Int128(number))
            case .numeric(let mantissa, let places):
                states[group].add(Decimal128.toDouble(mantissa, scale: places))
                if places == scale { states[group].addExact(mantissa) } else { states[group].isExact = false }
            default: break
            }
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        for (group, state) in other.states.enumerated() { states[Int(mapping[group])].merge(state) }
    }

    func finish(_ groups: [UInt32]) throws -> Vector {
        Vector(type: type, scalars: try groups.map { try result(states[Int($0)]) })
    }

    private func result(_ state: State) throws -> Scalar {
        let isSample = function == .variance || function == .standardDeviation
        let isDeviation = function == .standardDeviation || function == .standardDeviationPopulation
        let divisor = isSample ? state.count - 1 : state.count
        if divisor < 1 { return .null }
        let variance = exactVariance(state, divisor: divisor)
        let approximate = variance.map { Decimal128.toDouble($0.mantissa, scale: $0.scale) } ?? state.squares / Double(divisor)
        let shown = isDeviation ? approximate.squareRoot() : approximate
        guard type.isNumeric else { return .double(shown) }
        if let variance, !isDeviation { return .numeric(variance.mantissa, scale: variance.scale) }
        var places = 0
        var magnitude = abs(shown)
        while magnitude != 0, magnitude < 1e15, places < 30 {
            magnitude *= 10
            places += 1
        }
        guard let mantissa = Decimal128.fromDouble(shown, scale: places) else { throw Rescaling.overflow }
        return .numeric(mantissa, scale: places)
    }

    /// (N Σx² − (Σx)²) / (N d), in integers; nil where they do not fit.
    private func exactVariance(_ state: State, divisor: Int64) -> (mantissa: Int128, scale: Int)? {
        guard !isDouble, state.isExact, scale * 2 <= Decimal128.scaleMax else { return nil }
        let (scaled, a) = state.exactSquares.multipliedReportingOverflow(by: Int128(state.count))
        let (square, b) = state.exactSum.multipliedReportingOverflow(by: state.exactSum)
        let (numerator, c) = scaled.subtractingReportingOverflow(square)
        if a || b || c { return nil }
        let denominator = Int128(state.count) * Int128(divisor)
        if numerator == 0 { return (0, 0) }
        let places = Decimal128.divisionScale(numerator, scale * 2, denominator, 0)
        return Decimal128.divide(numerator, scale * 2, by: denominator, 0, scale: places).map { ($0, places) }
    }
}
