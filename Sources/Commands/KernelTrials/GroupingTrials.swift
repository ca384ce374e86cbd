import Columnar

/// Rows numbered by their keys, and what is computed of each group.
enum GroupingTrials {
    static let all =
        [
            grouped("group-codes", "numbers rows by six texts", [texts(6, 40)]),
            grouped("group-pairs", "numbers rows by six texts and a hundred integers", [texts(6, 41), numbers(99, 42)]),
            grouped("group-hash", "numbers rows by integers of 40 bits, nearly all distinct", [numbers(1 << 40, 43)]),
        ] + aggregates.map(\.trial) + [hours, firstRows, sorted]

    private static func texts(_ count: Int, _ stream: UInt64) -> @Sendable () -> Vector {
        { MadeColumn.texts(count, stream: stream) { "channel-\($0)" } }
    }

    private static func numbers(_ most: Int64, _ stream: UInt64) -> @Sendable () -> Vector {
        { MadeColumn.integers(MadeColumn.uniform(0...most, stream: stream)) }
    }

    /// Numbers of equal values, first seen first.
    private static func numbered<Key: Hashable>(_ keys: [Key]) -> [UInt32] {
        var numbers: [Key: UInt32] = [:]
        return keys.map { key in
            let number = numbers[key] ?? UInt32(numbers.count)
            numbers[key] = number
            return number
        }
    }

    private static func grouped(
        _ name: String, _ summary: String, _ keys: [@Sendable () -> Vector]
    ) -> KernelTrial {
        KernelTrial(name, summary, rows: MadeColumn.rows) {
            let columns = keys.map { $0() }
            let types = columns.map(\.type)
            return Preparation<[UInt32]>(
                compute: {
                    var table = GroupTable(types: types)
                    return table.assign(columns, ordinal: 0)
                },
                digest: { Digest($0) },
                wanted: Digest(numbered((0..<MadeColumn.rows).map { row in columns.map { $0.scalar(at: row) } })))
        }
    }

    /// A trial of an aggregate: its state takes in one chunk and gives the groups' results.
    private struct Aggregate: Sendable {
        let name: String
        let summary: String
        /// The groups of the rows, from 0.
        let groups: @Sendable () -> [Int64]
        let values: @Sendable () -> [Int64]
        let state: @Sendable () -> (any Accumulator)?
        /// The result of the values of a group.
        let plain: @Sendable ([Int64]) -> Int64
        /// How far off a result may be, relatively.
        var error = 0.0

        var trial: KernelTrial {
            KernelTrial(name, summary, rows: MadeColumn.rows) { [self] in
                let (keys, values) = (groups(), values())
                let count = Int(keys.max() ?? 0) + 1
                var byGroup = [[Int64]](repeating: [], count: count)
                for (key, value) in zip(keys, values) { byGroup[Int(key)].append(value) }
                let wanted = byGroup.map(plain)
                let numbers = keys.map { UInt32($0) }
                let argument = MadeColumn.integers(values)
                return Preparation<Vector>(
                    compute: {
                        guard var state = state() else { preconditionFailure("integers are aggregated") }
                        state.grow(to: count)
                        try state.update([argument], GroupAssignment(numbers))
                        return try state.finish((0..<UInt32(count)).map { $0 })
                    },
                    digest: { found in Digest(wanted.indices.map { of(found.scalar(at: $0), near: wanted[$0]) }) },
                    wanted: Digest(wanted))
            }
        }

        /// The wanted value in the place of one that is near enough.
        private func of(_ result: Scalar, near wanted: Int64) -> Int64 {
            switch result {
            case .integer(let value): value
            case .numeric(let value, scale: 0): Int64(truncatingIfNeeded: value)
            case .double(let value) where abs(value - Double(wanted)) <= error * abs(Double(wanted)): wanted
            default: .min
            }
        }
    }

    private static let aggregates = [
        Aggregate(
            name: "sum", summary: "adds up integers in six groups by no order",
            groups: { MadeColumn.uniform(0...5, stream: 50) },
            values: { MadeColumn.uniform(-1_000...1_000_000, stream: 51) },
            state: { AggregateStates.sum(.integer, type: .numeric(scale: 0)) }, plain: { $0.reduce(0, +) }),
        Aggregate(
            name: "sum-runs", summary: "adds up integers in groups of a hundred neighbours",
            groups: { MadeColumn.stretches(of: 100, below: 600) },
            values: { MadeColumn.uniform(-1_000...1_000_000, stream: 52) },
            state: { AggregateStates.sum(.integer, type: .numeric(scale: 0)) }, plain: { $0.reduce(0, +) }),
        Aggregate(
            name: "maximum", summary: "finds the greatest integer of each of six groups",
            groups: { MadeColumn.uniform(0...5, stream: 53) }, values: { MadeColumn.uniform(0...1 << 40, stream: 54) },
            state: { AggregateStates.extremum(.integer, isMaximum: true) }, plain: { $0.max() ?? .min }),
        Aggregate(
            name: "histogram", summary: "counts durations into the histograms of six groups and asks for a percentile",
            groups: { MadeColumn.uniform(0...5, stream: 55) },
            values: { MadeColumn.uniform(1_000_000...9_000_000_000, stream: 56) },
            state: {
                AggregateStates.approximatePercentile(.integer, fractions: [0.95], asArray: false, type: .double)
            },
            plain: { values in values.sorted()[(values.count * 95 + 99) / 100 - 1] }, error: 0.0055),
        Aggregate(
            name: "histogram-runs",
            summary: "counts durations into the histograms of 251 groups of neighbours, of each for a percentile",
            groups: { MadeColumn.stretches(of: 262, below: 251) },
            values: { MadeColumn.uniform(1_000_000...9_000_000_000, stream: 56) },
            state: {
                AggregateStates.approximatePercentile(.integer, fractions: [0.95], asArray: false, type: .double)
            },
            plain: { values in values.sorted()[(values.count * 95 + 99) / 100 - 1] }, error: 0.0055),
        Aggregate(
            name: "distinct", summary: "counts the distinct integers, of two thousand, in each of thirty groups",
            groups: { MadeColumn.stretches(of: 2_185, below: 30) },
            values: { MadeColumn.uniform(0...1_999, stream: 57) },
            state: { AggregateStates.distinct(.integer, isCount: true, orderKeys: 0, AggregateStates.count()) },
            plain: { Int64(Set($0).count) }),
    ]

    private static let hours = KernelTrial(
        "group-hours", "counts rows by the hour of ascending times and by six texts", rows: MadeColumn.rows
    ) {
        let (times, channel, length) = (MadeColumn.times(stream: 44), texts(6, 45)(), 3_600_000_000_000 as Int64)
        let starts = MadeColumn.integers(times.map { $0 / length * length }, .timestamptz)
        let numbers = numbered((0..<MadeColumn.rows).map { [starts.scalar(at: $0), channel.scalar(at: $0)] })
        var counts = [Int64](repeating: 0, count: Int(numbers.max() ?? 0) + 1)
        for number in numbers { counts[Int(number)] += 1 }
        return Preparation<Vector>(
            compute: {
                var keys = [GroupKey.column(starts), .column(channel)]
                let runs = times.span.bucketRuns { ($0 / length * length, $0 / length * length + length) }
                if let runs { keys[0] = .runs(runs) }
                var table = GroupTable(types: [.timestamptz, .text])
                let assignment = table.assignment(of: keys, ordinal: 0, countsRows: false)
                var state = AggregateStates.count()
                state.grow(to: table.count)
                try state.update([], assignment)
                return try state.finish((0..<UInt32(table.count)).map { $0 })
            },
            digest: { Digest($0) }, wanted: Digest(counts))
    }

    private static let firstRows = KernelTrial(
        "top-k", "finds the twenty greatest of all rows", rows: MadeColumn.rows
    ) {
        let values = MadeColumn.uniform(0...1 << 40, stream: 58)
        return ordered(values, limit: 20)
    }

    private static let sorted = KernelTrial("sort", "sorts all rows, the greatest first", rows: MadeColumn.rows) {
        ordered(MadeColumn.uniform(0...1 << 40, stream: 59), limit: nil)
    }

    private static func ordered(_ values: [Int64], limit: Int?) -> Preparation<[UInt32]> {
        let column = MadeColumn.integers(values)
        let order = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
        return Preparation(
            compute: {
                let rows = SortOrder.rows(of: [column], descending: [true], nullsFirst: [false], limit: limit)
                return limit.map { Array(rows.prefix($0)) } ?? rows
            },
            digest: { Digest($0) }, wanted: Digest(order.prefix(limit ?? values.count).map { UInt32($0) }))
    }
}
