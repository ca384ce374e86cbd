import Columnar
import Testing

/// Every aggregate state gives the same answer however its rows are shared among states and in whatever order those are
/// merged, and says by its type what it cannot compute.
@Suite struct AggregateStateTests {
    /// One aggregate over one type of argument.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var argument: ColumnType
        /// What merging in another order may change: the last digits of doubles.
        var isRounded = false
        var make: @Sendable () -> any Accumulator
    }

    private static func sum(_ argument: ColumnType, _ type: ColumnType, isAverage: Bool = false)
        -> @Sendable ()
        -> any Accumulator
    {
        { AggregateStates.sum(argument, type: type, isAverage: isAverage)! }
    }

    static let cases: [Case] = {
        let money = ColumnType.numeric(scale: 12)
        var cases = [
            Case(testDescription: "count of texts", argument: .text) { AggregateStates.count() },
            Case(testDescription: "count of integers", argument: .integer) { AggregateStates.count() },
            Case(testDescription: "merged count", argument: .integer) { AggregateStates.mergedCount() },
            Case(testDescription: "sum of integers", argument: .integer, make: sum(.integer, .numeric(scale: 0))),
            Case(testDescription: "sum of decimals", argument: money, make: sum(money, money)),
            Case(testDescription: "sum of doubles", argument: .double, isRounded: true, make: sum(.double, .double)),
            Case(testDescription: "sum of intervals", argument: .interval, make: sum(.interval, .interval)),
            Case(
                testDescription: "average of integers", argument: .integer,
                make: sum(
                    .integer, .numeric(scale: 16),
                    isAverage: true)),
            Case(
                testDescription: "average of doubles", argument: .double, isRounded: true,
                make: sum(
                    .double,
                    .double, isAverage: true)),
            Case(testDescription: "all", argument: .boolean) { AggregateStates.boolean(isAnd: true) },
            Case(testDescription: "any", argument: .boolean) { AggregateStates.boolean(isAnd: false) },
            Case(testDescription: "variance of integers", argument: .integer) {
                AggregateStates.variance(.integer, isSample: true, isDeviation: false, type: .double)
            },
            Case(testDescription: "deviation of doubles", argument: .double, isRounded: true) {
                AggregateStates.variance(.double, isSample: false, isDeviation: true, type: .double)
            },
            Case(testDescription: "percentiles of integers", argument: .integer) {
                AggregateStates.percentile(
                    .integer, fractions: [0, 0.5, 0.9, 1], asArray: true, isContinuous: false, isDescending: false,
                    type: .array(.integer))
            },
            Case(testDescription: "median of doubles", argument: .double) {
                AggregateStates.percentile(
                    .double, fractions: [0.5], asArray: false, isContinuous: true, isDescending: true, type: .double)
            },
            Case(testDescription: "approximate percentiles", argument: .integer) {
                AggregateStates.approximatePercentile(
                    .integer, fractions: [0.1, 0.5, 0.99], asArray: true,
                    type: .array(.double))
            },
            Case(testDescription: "approximate median of decimals", argument: .numeric(scale: 2)) {
                AggregateStates.approximatePercentile(
                    .numeric(scale: 2), fractions: [0.5], asArray: false,
                    type: .double)
            },
            Case(testDescription: "histogram", argument: .integer) { AggregateStates.histogram(.integer) },
            Case(testDescription: "distinct texts", argument: .text) {
                AggregateStates.distinct(.text, isCount: true, orderKeys: 0, AggregateStates.count())
            },
            Case(testDescription: "sum of distinct integers", argument: .integer) {
                AggregateStates.distinct(
                    .integer, isCount: false, orderKeys: 0, AggregateStates.sum(.integer, type: .numeric(scale: 0))!)
            },
            Case(testDescription: "distinct values", argument: .text) {
                let list = AggregateStates.collected(type: .array(.text), separator: nil, order: []) { "\($0)" }
                return AggregateStates.distinct(.text, isCount: false, orderKeys: 0, list)
            },
        ]
        for type in RandomScalars.types {
            for isMaximum in [false, true] {
                cases.append(
                    Case(testDescription: "\(isMaximum ? "greatest" : "least") \(type)", argument: type) {
                        AggregateStates.extremum(type, isMaximum: isMaximum)
                    })
            }
        }
        return cases
    }()

    private static func value(_ type: ColumnType, _ random: inout RandomScalars) -> Scalar {
        // Small ones, so that sums are exact; what is too large has tests of its own.
        if random.below(5) == 0 { return .null }
        return switch type {
        case .integer: .integer(Int64(random.below(2_000)) - 900)
        case .double: .double(Double(random.below(2_000)) / 8 - 100)
        case .numeric(let scale): .numeric(Int128(random.below(90_000)) * 1_000_003 - 5, scale: scale)
        default: random.value(type)
        }
    }

    /// States over `rows`, cut at random into `count` of them, each fed in chunks.
    private static func states(
        _ one: Case, _ rows: [(value: Scalar, group: UInt32)], count: Int, groups: Int, _ random: inout RandomScalars
    ) throws -> [any Accumulator] {
        var states = (0..<count).map { _ in one.make() }
        for index in states.indices { states[index].grow(to: groups) }
        for start in stride(from: 0, to: rows.count, by: 16) {
            let part = rows[start..<min(start + 16, rows.count)]
            let state = random.below(count)
            try states[state].update(
                [Vector(type: one.argument, scalars: part.map(\.value))], GroupAssignment(part.map(\.group)))
        }
        return states
    }

    @Test(arguments: cases) func anySplitMergedInAnyOrderIsTheWhole(one: Case) throws {
        var random = RandomScalars(seed: 61)
        let groups = 7
        for round in 0..<25 {
            // Some groups come in runs, some rows by rows, and one has no row at all.
            let rows = (0..<200).map { row in
                (
                    value: Self.value(one.argument, &random),
                    group: UInt32(
                        round % 2 == 0
                            ? row / 40 : random.below(groups - 1))
                )
            }
            let whole = try Self.states(one, rows, count: 1, groups: groups, &random)[0]
            let expected = try whole.finish((0..<UInt32(groups)).map { $0 })
            var parts = try Self.states(one, rows, count: 3, groups: groups, &random)
            for index in parts.indices.reversed() { parts.swapAt(index, random.below(index + 1)) }
            // The first one's groups are numbered the other way round.
            let mapping = (0..<UInt32(groups)).map { UInt32(groups) - 1 - $0 }
            var merged = one.make()
            merged.grow(to: groups)
            for part in parts { try merged.merge(part, mapping) }
            let found = try merged.finish(mapping)
            for group in 0..<groups {
                let (a, b) = (expected.scalar(at: group), found.scalar(at: group))
                #expect(
                    Self.isSame(a, b, isRounded: one.isRounded),
                    "seed 61, round \(round), group \(group): \(a) and \(b)")
            }
            #expect(merged.memoryBytes > 0)
        }
    }

    private static func isSame(_ a: Scalar, _ b: Scalar, isRounded: Bool) -> Bool {
        if isRounded, case .double(let x) = a, case .double(let y) = b { return abs(x - y) <= 1e-9 * max(1, abs(x)) }
        // Equal values may be spelled otherwise: -0 and 0, of intervals a month and thirty days.
        return a == b || Scalar.order(a, b) == .equal
    }

    /// The whole, held against plain arithmetic.
    @Test func answersAreThoseOfPlainArithmetic() throws {
        var random = RandomScalars(seed: 62)
        let rows = (0..<500).map { _ in (value: Self.value(.integer, &random), group: UInt32(random.below(3))) }
        func answer(_ state: any Accumulator, _ group: UInt32) throws -> Scalar {
            var state = state
            state.grow(to: 3)
            try state.update([Vector(type: .integer, scalars: rows.map(\.value))], GroupAssignment(rows.map(\.group)))
            return try state.finish([group]).scalar(at: 0)
        }
        for group in UInt32(0)..<3 {
            let numbers = rows.filter {
                $0.group
                    == group
            }.compactMap { if case .integer(let number) = $0.value { number } else { nil } }
            let sum = numbers.reduce(0) { $0 + $1 }
            #expect(try answer(AggregateStates.count(), group) == .integer(Int64(numbers.count)))
            #expect(try answer(AggregateStates.mergedCount(), group) == .integer(sum))
            #expect(try answer(Self.sum(.integer, .numeric(scale: 0))(), group) == .numeric(Int128(sum), scale: 0))
            #expect(try answer(AggregateStates.extremum(.integer, isMaximum: false), group) == .integer(numbers.min()!))
            #expect(try answer(AggregateStates.extremum(.integer, isMaximum: true), group) == .integer(numbers.max()!))
            let distinct = AggregateStates.distinct(.integer, isCount: true, orderKeys: 0, AggregateStates.count())
            #expect(try answer(distinct, group) == .integer(Int64(Set(numbers).count)))
            let median = AggregateStates.percentile(
                .integer, fractions: [0.5], asArray: false, isContinuous: false, isDescending: false, type: .integer)
            #expect(try answer(median, group) == .integer(numbers.sorted()[(numbers.count + 1) / 2 - 1]))
            var histogram = ExponentialHistogram()
            for number in numbers { histogram.add(number) }
            #expect(
                try answer(AggregateStates.histogram(.integer), group)
                    == .text(
                        String(
                            decoding: histogram.text,
                            as: UTF8.self)))
        }
    }

    /// A group that keeps meeting one text looks at it once; groups of which a chunk has no rows cost it nothing.
    @Test func extremesOfTextsTakeNoPlacesForGroupsWithoutRows() throws {
        #expect(MetCodes(groups: 4, rows: 2).placeCount == 4 && MetCodes(groups: 5, rows: 2).placeCount == 0)
        let chunks = (0..<500).map { _ in MetCodes(groups: 1_000_000, rows: 64).placeCount }
        #expect(chunks.reduce(0, +) <= 500 * 64 * MetCodes.placesPerRow)
        for groups in [3, 4_000] {
            var state = AggregateStates.extremum(.text, isMaximum: true)
            state.grow(to: groups)
            for texts in [["b", "b", "a"], ["a", "c", "c"]] {
                try state.update([Vector(type: .text, scalars: texts.map { .text($0) })], GroupAssignment([0, 2, 2]))
            }
            let answers = try state.finish([0, 1, 2])
            #expect((0..<3).map { answers.scalar(at: $0) } == [.text("b"), .null, .text("c")])
        }
    }

    /// Values that are worth the same but are written otherwise: which of them is shown may not depend on what came
    /// first, nor on how the rows were shared among states.
    @Test func ofEqualValuesTheSameOneIsShown() throws {
        let month = Scalar.interval(Interval(months: 1))
        let days = Scalar.interval(Interval(days: 30))
        let samples: [(type: ColumnType, least: Scalar, greatest: Scalar)] = [
            (.double, .double(-0.0), .double(0)),
            (.interval, days, month),
            (.numeric(scale: 2), .numeric(10, scale: 1), .numeric(100, scale: 2)),
            (.array(.double), .array([.null, .double(-0.0)]), .array([.null, .double(0)])),
            (.array(.numeric(scale: 2)), .array([.numeric(10, scale: 1)]), .array([.numeric(100, scale: 2)])),
        ]
        for (type, least, greatest) in samples {
            #expect(ScalarOrder.compare(least, greatest) == 0)
            for isMaximum in [false, true] {
                for values in [[least, greatest], [greatest, least], [least, greatest, least]] {
                    var whole = AggregateStates.extremum(type, isMaximum: isMaximum)
                    whole.grow(to: 1)
                    try whole.update([Vector(type: type, scalars: values)], GroupAssignment(single: values.count))
                    var merged = AggregateStates.extremum(type, isMaximum: isMaximum)
                    merged.grow(to: 1)
                    for value in values {
                        var part = AggregateStates.extremum(type, isMaximum: isMaximum)
                        part.grow(to: 1)
                        try part.update([Vector(type: type, scalars: [value])], GroupAssignment(single: 1))
                        try merged.merge(part, [0])
                    }
                    // By their texts, since 0 and -0 are one scalar.
                    let expected = "\(isMaximum ? greatest : least)"
                    #expect("\(try whole.finish([0]).scalar(at: 0))" == expected, "\(values)")
                    #expect("\(try merged.finish([0]).scalar(at: 0))" == expected, "\(values)")
                }
            }
        }
    }

    /// A constant is its rows, and rows without a group assignment are one group.
    @Test(arguments: cases) func constantsAreTheirRows(one: Case) throws {
        var random = RandomScalars(seed: 63)
        for _ in 0..<20 {
            let value = Self.value(one.argument, &random)
            let answers = try [
                Vector.constant(value, type: one.argument, count: 9),
                Vector(type: one.argument, scalars: Array(repeating: value, count: 9)),
            ].map { vector in
                var state = one.make()
                state.grow(to: 1)
                try state.update([vector], GroupAssignment(single: 9))
                return try state.finish([0]).scalar(at: 0)
            }
            #expect(Self.isSame(answers[0], answers[1], isRounded: one.isRounded), "\(value): \(answers)")
        }
    }

    @Test func aListOfDistinctValuesKeepsNull() throws {
        let list = AggregateStates.collected(type: .array(.text), separator: nil, order: []) { "\($0)" }
        let constant = Vector.constant(.null, type: .text, count: 3)
        for column in [constant, Vector(type: .text, scalars: [.null, .null, .null])] {
            var state = AggregateStates.distinct(.text, isCount: false, orderKeys: 0, list)
            state.grow(to: 1)
            try state.update([column], GroupAssignment(single: 3))
            #expect(try state.finish([0]).scalar(at: 0) == .array([.null]))
        }
    }

    /// Rows of rollups (histogram, count, sum) merge to the histogram of the values.
    @Test func histogramsOfRollupRowsMerge() throws {
        var values = AggregateStates.histogram(.integer)
        values.grow(to: 3)
        let numbers = Vector(type: .integer, scalars: [5, 7, 9, 1_000_000].map { .integer($0) })
        try values.update([numbers], GroupAssignment([0, 0, 1, 0]))
        let texts = try values.finish([0, 1, 2])
        #expect(texts.isNull(1) && texts.isNull(2) && !texts.isNull(0))
        var merged = AggregateStates.histogram(.integer)
        merged.grow(to: 1)
        let counts = Vector(type: .integer, scalars: [.integer(3), .integer(1), .integer(0)])
        let sums = Vector(
            type: .numeric(scale: 0),
            scalars: [
                .numeric(1_000_012, scale: 0), .numeric(9, scale: 0),
                .null,
            ])
        try merged.update([texts, counts, sums], GroupAssignment(single: 3))
        var whole = ExponentialHistogram()
        for number in [5, 7, 9, 1_000_000] as [Int64] { whole.add(number) }
        #expect(try merged.finish([0]).scalar(at: 0) == .text(String(decoding: whole.text, as: UTF8.self)))
        // Of one row, or of rows that are alike, it is the same in whatever storage it comes.
        for count in [1, 3] {
            var alike = AggregateStates.histogram(.integer)
            alike.grow(to: 1)
            let constants: [(Scalar, ColumnType)] = [
                (texts.scalar(at: 0), .text), (.integer(3), .integer), (sums.scalar(at: 0), sums.type),
            ]
            try alike.update(
                constants.map { .constant($0.0, type: $0.1, count: count) }, GroupAssignment(single: count))
            var repeated = ExponentialHistogram()
            for _ in 0..<count { for number in [5, 7, 1_000_000] as [Int64] { repeated.add(number) } }
            #expect(try alike.finish([0]).scalar(at: 0) == .text(String(decoding: repeated.text, as: UTF8.self)))
        }
        let damaged = Vector(type: .text, scalars: [.text("no histogram")])
        #expect(throws: KernelError.self) {
            try merged.update(
                [
                    damaged, Vector(type: .integer, scalars: [.integer(2)]),
                    Vector(
                        type: .integer,
                        scalars: [.integer(2)]),
                ],
                GroupAssignment(single: 1))
        }
    }

    // MARK: Long work

    /// What finishes for long looks whether anybody still wants it, and says before what it needs.
    @Test func finishingStopsWhenNobodyWantsIt() throws {
        let texts = Vector(type: .text, scalars: (0..<100).map { .text("text \($0)") })
        var states: [any Accumulator] = [
            AggregateStates.collected(type: .text, separator: ", ", order: []) { "\($0)" },
            AggregateStates.percentile(
                .text, fractions: [0.5], asArray: false, isContinuous: false, isDescending: false, type: .text),
            AggregateStates.extremum(.text, isMaximum: true), AggregateStates.count(),
        ]
        states.append(AggregateStates.distinct(.text, isCount: false, orderKeys: 0, states[0]))
        for var state in states {
            state.grow(to: 1)
            try state.update([texts], GroupAssignment(single: texts.count))
            #expect(throws: KernelError.stopped) { try state.finish([0], KernelWatch { false }) }
            #expect(try !state.finish([0], KernelWatch { true }).isNull(0))
        }
        var joined = states[0]
        joined.grow(to: 1)
        try joined.update([texts], GroupAssignment(single: texts.count))
        #expect(joined.finishBytes > 100 * 2 && joined.memoryBytes > 100 * 6)
    }

    /// Whose results are always there is finished for the groups alone that are wanted.
    @Test func whatHasAlwaysAResultSaysSo() {
        let types: [ColumnType] = [.integer, .timestamptz, .text, .numeric(scale: 2), .double]
        for type in types {
            #expect(!AggregateStates.extremum(type, isMaximum: true).mayRefuse)
            let median = AggregateStates.percentile(
                type, fractions: [0.5], asArray: false, isContinuous: false, isDescending: false, type: type)
            #expect(!median.mayRefuse)
        }
        #expect(!AggregateStates.count().mayRefuse)
        #expect(AggregateStates.sum(.integer, type: .numeric(scale: 0), isAverage: false)?.mayRefuse == true)
    }

    private static func time(_ value: Int64?) -> Scalar { value.map { .timestamptz($0) } ?? .null }

    /// Least and greatest of groups some of which have no value, in states that meet.
    @Test func extremesOfGroupsWithoutValues() throws {
        let numbers = Vector(
            type: .timestamptz,
            scalars: [.timestamptz(.max), .null, .timestamptz(.min), .timestamptz(0), .null, .timestamptz(-7)])
        for isMaximum in [false, true] {
            var states = (0..<2).map { _ in AggregateStates.extremum(.timestamptz, isMaximum: isMaximum) }
            for state in states.indices { states[state].grow(to: 4) }
            try states[0].update([numbers], GroupAssignment([0, 1, 2, 3, 3, 3]))
            try states[1].update([numbers], GroupAssignment([2, 0, 3, 0, 1, 0]))
            let groups: [UInt32] = [3, 1, 0, 2, 0]
            let own = isMaximum ? [0, nil, .max, .min, .max] : [-7, nil, .max, .min, .max] as [Int64?]
            let found = try states[0].finish(groups)
            #expect((0..<5).map { found.scalar(at: $0) } == own.map(Self.time))
            #expect(found.type == .timestamptz && found.fault == nil)
            // Its groups 0, 1, 2, 3 are 1, 3, 0, 2 here.
            try states[0].merge(states[1], [1, 3, 0, 2])
            let all = isMaximum ? [0, 0, .max, .min, .max] : [-7, -7, .max, .min, .max] as [Int64?]
            let merged = try states[0].finish(groups)
            #expect((0..<5).map { merged.scalar(at: $0) } == all.map(Self.time))
        }
    }

    /// Values of which none is better than where a group begins are values all the same, in rows of any order, with
    /// nulls between and without.
    @Test func extremesOfManyRows() throws {
        var random = RandomScalars(seed: 3)
        for round in 0..<40 {
            let isMaximum = round % 2 == 0
            let groups = (0..<300).map { _ in UInt32(random.below(20)) }
            let values = (0..<300).map { _ -> Int64? in
                if round % 4 > 1, random.below(3) == 0 { return nil }
                if round % 5 == 0 { return isMaximum ? .min : .max }
                return [.min, .max, Int64(random.below(100)) - 50][random.below(30) > 1 ? 2 : random.below(2)]
            }
            var state = AggregateStates.extremum(.integer, isMaximum: isMaximum)
            state.grow(to: 21)
            let column = Vector(type: .integer, scalars: values.map { $0.map { .integer($0) } ?? .null })
            try state.update([column], GroupAssignment(groups))
            let found = try state.finish((0..<21).map { $0 })
            for group in 0..<21 {
                let own = values.indices.filter { groups[$0] == UInt32(group) }.compactMap { values[$0] }
                let best = isMaximum ? own.max() : own.min()
                let expected = best.map { Scalar.integer($0) } ?? .null
                #expect(found.scalar(at: group) == expected, "round \(round), group \(group)")
            }
        }
    }

    // MARK: What cannot be computed

    private func error(_ state: any Accumulator, _ type: ColumnType, _ values: [Scalar]) -> KernelError? {
        var state = state
        state.grow(to: 1)
        do throws(KernelError) {
            try state.update([Vector(type: type, scalars: values)], GroupAssignment(single: values.count))
            _ = try state.finish([0])
            return nil
        } catch {
            return error
        }
    }

    @Test func overflowIsTyped() throws {
        let wide = ColumnType.numeric(scale: 0)
        let huge = [Scalar.numeric(.max, scale: 0), .numeric(1, scale: 0)]
        #expect(error(AggregateStates.sum(wide, type: wide)!, wide, huge) == .decimalOverflow)
        #expect(error(AggregateStates.sum(wide, type: wide)!, wide, [huge[0], .numeric(-1, scale: 0)]) == nil)
        // A value of another scale widens what was added up before.
        #expect(
            error(AggregateStates.sum(wide, type: wide)!, wide, [huge[0], .numeric(1, scale: 3)])
                == .decimalOverflow)
        #expect(
            error(AggregateStates.sum(.integer, type: .integer)!, .integer, [.integer(.max), .integer(1)])
                == .outOfRange(.integer))
        let doubles: [Scalar] = [.double(1e308), .double(1e308)]
        #expect(error(AggregateStates.sum(.double, type: .double)!, .double, doubles) == .outOfRange(.double))
        #expect(error(AggregateStates.sum(.double, type: .double)!, .double, doubles + [.double(.infinity)]) == nil)
        let long = Interval(nanoseconds: .max)
        #expect(
            error(AggregateStates.sum(.interval, type: .interval)!, .interval, [.interval(long), .interval(long)])
                == .intervalOverflow)
        let average = AggregateStates.sum(.interval, type: .interval, isAverage: true)!
        #expect(error(average, .interval, [.interval(Interval(months: .max))]) == .intervalOverflow)
        #expect(error(average, .interval, [.interval(Interval(months: 9))]) == nil)
        let percentile = AggregateStates.approximatePercentile(wide, fractions: [0.5], asArray: false, type: .double)
        #expect(error(percentile, wide, huge) == .uncountable)
        let variance = AggregateStates.variance(wide, isSample: true, isDeviation: false, type: .double)
        #expect(error(variance, wide, [huge[0], huge[0]]) == .decimalOverflow)
        #expect(AggregateStates.sum(.text, type: .text) == nil)
    }

    /// Merging overflows as adding does.
    @Test func mergedOverflowIsTyped() throws {
        let wide = ColumnType.numeric(scale: 0)
        var states = (0..<2).map { _ in AggregateStates.sum(wide, type: wide)! }
        for index in states.indices {
            states[index].grow(to: 1)
            try states[index].update(
                [Vector(type: wide, scalars: [.numeric(.max, scale: 0)])],
                GroupAssignment(single: 1))
        }
        try states[0].merge(states[1], [0])
        #expect(throws: KernelError.decimalOverflow) { try states[0].finish([0]) }
    }

    /// What a sum comes to decides, and no sum on the way there: in every order, by row and by run, of one state or of
    /// several.
    @Test(arguments: [false, true]) func sumsOnTheWayDecideNothing(isByRow: Bool) throws {
        let wide = ColumnType.numeric(scale: 0)
        let greatest = Vector(type: wide, scalars: [.numeric(.max, scale: 0), .numeric(.max, scale: 0)])
        let narrow = Vector(type: wide, count: 2, storage: .int64([1, 1]))
        let least = Vector(type: wide, scalars: [.numeric(-Int128.max, scale: 0), .numeric(-2, scale: 0)])
        func state(_ vectors: [Vector], isAverage: Bool = false) throws -> any Accumulator {
            var state = AggregateStates.sum(wide, type: wide, isAverage: isAverage)!
            state.grow(to: 1)
            for vector in vectors {
                let groups = isByRow ? GroupAssignment([0, 0]) : GroupAssignment(single: 2)
                try state.update([vector], groups)
            }
            return state
        }
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let vectors = order.map { [greatest, narrow, least][$0] }
            #expect(try state(vectors).finish([0]).scalar(at: 0) == .numeric(.max, scale: 0), "\(order)")
            var merged = try state([vectors[0]])
            try merged.merge(try state([vectors[1]]), [0])
            try merged.merge(try state([vectors[2]]), [0])
            #expect(try merged.finish([0]).scalar(at: 0) == .numeric(.max, scale: 0), "\(order)")
        }
        for isAverage in [false, true] {
            let beyond = try state([greatest, least, narrow, narrow], isAverage: isAverage)
            #expect(throws: KernelError.decimalOverflow) { try beyond.finish([0]) }
        }
    }

    /// Bounds of which rows were left out are no results: the least and the greatest value may be those of such rows.
    @Test(arguments: [ColumnType.integer, .timestamptz, .numeric(scale: 12)], [false, true])
    func looseBoundsAreNoResults(type: ColumnType, isMaximum: Bool) throws {
        func scalar(_ number: Int64) -> Scalar { Scalar(integer: number, type: type) }
        var summary = ColumnSummary(minimum: scalar(1), maximum: scalar(9), nullCount: 0)
        var state = AggregateStates.extremum(type, isMaximum: isMaximum)
        state.grow(to: 1)
        summary.isLoose = true
        let isTaken = state.updateFromSummary(summary, rowCount: 2)
        #expect(!isTaken)
        try state.update([Vector(type: type, scalars: [scalar(3), scalar(5)])], GroupAssignment(single: 2))
        #expect(try state.finish([0]).scalar(at: 0) == scalar(isMaximum ? 5 : 3))
        summary.isLoose = false
        let isExactTaken = state.updateFromSummary(summary, rowCount: 2)
        #expect(isExactTaken)
        #expect(try state.finish([0]).scalar(at: 0) == scalar(isMaximum ? 9 : 1))
    }
}
