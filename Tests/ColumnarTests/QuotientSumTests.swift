import Columnar
import Testing

/// Sums and averages of quotients by powers of ten come of what is divided, with the digits and places that they have
/// where each quotient is computed.
@Suite struct QuotientSumTests {
    private struct Division {
        var dividend: ColumnType
        var divisor: Scalar
        var quotient: ColumnType

        func state(isAverage: Bool) throws -> any Accumulator {
            let type: ColumnType = .numeric(scale: 20)
            return try #require(
                AggregateStates.quotientSum(
                    dividend, by: divisor, quotient: quotient, type: type, isAverage: isAverage))
        }

        func plainState(isAverage: Bool) throws -> any Accumulator {
            try #require(AggregateStates.sum(quotient, type: .numeric(scale: 20), isAverage: isAverage))
        }

        /// Each quotient by itself; nil where one has too many digits.
        func quotients(_ numbers: [Int64?]) throws -> Vector? {
            let (mantissa, places): (Int128, Int) =
                switch divisor {
                case .numeric(let mantissa, let scale): (mantissa, scale)
                case .integer(let number): (Int128(number), 0)
                default: (0, 0)
                }
            let decimal = try #require(DecimalDivisor(mantissa, scale: places))
            var scalars: [Scalar] = []
            for number in numbers {
                guard let number else {
                    scalars.append(.null)
                    continue
                }
                guard let (value, scale) = decimal.quotient(of: number, scale: dividend.scale) else { return nil }
                scalars.append(.numeric(value, scale: scale))
            }
            return Vector(type: quotient, scalars: scalars)
        }

        func dividends(_ numbers: [Int64?]) -> Vector {
            Vector(type: dividend, scalars: numbers.map { $0.map { Scalar(integer: $0, type: dividend) } ?? .null })
        }
    }

    private static let divisions = [
        Division(
            dividend: .numeric(scale: 0), divisor: .numeric(10_000_000, scale: 1), quotient: .numeric(scale: 16)),
        Division(dividend: .numeric(scale: 0), divisor: .numeric(1_000, scale: 0), quotient: .numeric(scale: 16)),
        Division(dividend: .numeric(scale: 0), divisor: .integer(1), quotient: .numeric(scale: 16)),
        Division(dividend: .numeric(scale: 12), divisor: .numeric(100, scale: 0), quotient: .numeric(scale: 20)),
        Division(dividend: .numeric(scale: 12), divisor: .numeric(1, scale: 3), quotient: .numeric(scale: 20)),
    ]

    /// - Parameter areHuge: whether they are such that quotients are rounded; beside smaller ones their sum would have
    ///   too many digits.
    private static func numbers(_ random: inout RandomScalars, _ round: Int, areHuge: Bool) -> [Int64?] {
        let bits = areHuge ? 63 : [8, 31, 44, 50][round % 4]
        return (0..<60).map { row -> Int64? in
            if round % 3 == 1, row % 7 == 3 { return nil }
            let magnitude = Int64(random.below(1 << 31)) << 32 | Int64(random.below(1 << 32))
            let value = magnitude >> Int64(63 - bits)
            return [value, round % 5 == 0 && !areHuge ? 0 : value, round % 2 == 0 ? value : -value][random.below(3)]
        }
    }

    /// Chunk by chunk either way, the states merged in both orders.
    @Test(arguments: 0..<5, [false, true]) func comeToTheSame(kind: Int, isAverage: Bool) throws {
        let division = Self.divisions[kind]
        var random = RandomScalars(seed: UInt64(kind) + 17)
        let groups = (0..<60).map { UInt32($0 % 4) }
        let mapping: [UInt32] = [0, 1, 2, 3]
        var taken = 0
        for round in 0..<60 {
            var states = try (0..<2).map { _ in try division.state(isAverage: isAverage) }
            var plain = try division.plainState(isAverage: isAverage)
            for index in states.indices { states[index].grow(to: 4) }
            plain.grow(to: 4)
            for part in 0..<4 {
                let numbers = Self.numbers(&random, round + part, areHuge: round % 7 == 6)
                guard let quotients = try division.quotients(numbers) else { continue }
                let assignment = GroupAssignment(groups, below: 4)
                try plain.update([quotients], assignment)
                let isTaken = try states[part % 2].update(dividends: division.dividends(numbers), assignment)
                taken += isTaken ? 1 : 0
                if !isTaken { try states[part % 2].update([quotients], assignment) }
            }
            let (first, last) = round % 2 == 0 ? (0, 1) : (1, 0)
            var merged = states[first]
            try merged.merge(states[last], mapping)
            let (found, expected) = (try merged.finish(mapping), try plain.finish(mapping))
            for group in 0..<4 {
                #expect(found.scalar(at: group) == expected.scalar(at: group), "round \(round), group \(group)")
            }
        }
        #expect(taken > 100)
    }

    /// What headers tell of numbers above zero, or of zero and these, is as good as the numbers.
    @Test func headersAreEnough() throws {
        let division = Self.divisions[0]
        for numbers: [Int64] in [[7, 1_234_567_890, 45_678_901_234], [0, 3], [-5, -44_000_000_000], [0], [1]] {
            let page = PageEncoder.encode(division.dividends(numbers))
            var state = try division.state(isAverage: true)
            var plain = try division.plainState(isAverage: true)
            state.grow(to: 1)
            plain.grow(to: 1)
            let isTaken = state.updateFromSummary(page.header.summary, rowCount: numbers.count)
            #expect(isTaken, "\(numbers)")
            let quotients = try #require(try division.quotients(numbers))
            try plain.update([quotients], GroupAssignment(single: numbers.count))
            #expect(try state.finish([0]).scalar(at: 0) == plain.finish([0]).scalar(at: 0), "\(numbers)")
        }
        // Where signs differ nobody knows how small a number is.
        var open = try division.state(isAverage: true)
        open.grow(to: 1)
        let mixed = PageEncoder.encode(division.dividends([-3, 4]))
        let isTaken = open.updateFromSummary(mixed.header.summary, rowCount: 2)
        #expect(!isTaken)
    }

    /// Durations in milliseconds are divided once, however long they are; rows without a value have no places.
    @Test func durationsAreNotDividedOneByOne() throws {
        let division = Self.divisions[0]
        var state = try division.state(isAverage: false)
        state.grow(to: 1)
        let numbers: [Int64?] = [nil, 800_000, 1_350_000_000, 10_100_000_000, 86_400_000_000_000, nil]
        let isTaken = try state.update(dividends: division.dividends(numbers), GroupAssignment(single: 6))
        #expect(isTaken)
        let sum = try state.finish([0]).scalar(at: 0)
        #expect(sum == .numeric(86_411_450_800_000 * 100_000_000_000_000, scale: 20))
        #expect(AggregateStates.quotientSum(.integer, by: .integer(3), quotient: .integer, type: .integer) == nil)
        #expect(AggregateStates.quotientSum(.integer, by: .integer(-10), quotient: .integer, type: .integer) == nil)
        #expect(AggregateStates.quotientSum(.integer, by: .integer(0), quotient: .integer, type: .integer) == nil)
    }
}
