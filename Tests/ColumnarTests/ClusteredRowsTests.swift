import Columnar
import Testing

/// What takes rows by the stretch or by the block gives what taking each by itself gives.
@Suite struct ClusteredRowsTests {
    /// Times that mostly ascend, now and then far back, and single ones from the ends of all time.
    private func times(_ count: Int, _ random: inout RandomScalars) -> [Int64] {
        var time = Int64(random.below(2_000)) - 1_000
        return (0..<count).map { _ -> Int64 in
            if random.below(60) == 0 { return [.min, -1, 0, .max][random.below(4)] }
            if random.below(90) == 0 { time -= Int64(random.below(400)) }
            time += Int64(random.below(3))
            return time
        }
    }

    @Test func bucketsAreThoseOfEachValue() {
        var random = RandomScalars(seed: 81)
        for round in 0..<60 {
            let length = Int64(1 + random.below(200))
            func bucket(_ time: Int64) -> (start: Int64, end: Int64) {
                let rest = time % length
                let start = time.subtractingReportingOverflow(rest < 0 ? rest + length : rest)
                // At the ends of time no more is known than of this value, or of all up to the last one.
                if start.overflow { return (.min, time + 1) }
                let end = start.partialValue.addingReportingOverflow(length)
                return (start.partialValue, end.overflow ? .max : end.partialValue)
            }
            let count = random.below(300)
            let column = times(count, &random)
            let starts = column.span.buckets(bucket)
            #expect(starts == column.map { bucket($0).start }, "seed 81, round \(round)")
        }
        let few: [Int64] = [5, 5, 6]
        let none = few.span.buckets { $0 == 6 ? nil : (0, 6) }
        #expect(none == nil)
        // A bucket that does not hold the value is this value's alone.
        let moved = few.span.buckets { ($0 + 10, $0 + 1) }
        #expect(moved == [15, 15, 16])
    }

    @Test func aStretchAsksOnce() {
        var asked = 0
        let times = (0..<Int64(10_000)).map { $0 }
        let starts = times.span.buckets { time in
            asked += 1
            return (time / 2_000 * 2_000, time / 2_000 * 2_000 + 2_000)
        }
        #expect(asked == 5 && starts?.last == 8_000)
    }

    /// In runs, row by row, with few and many groups, small and great values.
    @Test(arguments: [1, 7, 400]) func countsAndSumsAreThoseOfEachRow(groupCount: Int) throws {
        var random = RandomScalars(seed: 82)
        for round in 0..<12 {
            let rows = 1_500 + random.below(40)
            var group = 0
            let groups = (0..<rows).map { _ -> UInt32 in
                if round % 2 == 0 || random.below(50) == 0 { group = random.below(groupCount) }
                return UInt32(group)
            }
            let isGreat = round % 3 == 0
            let values = groups.map { _ -> Int64? in
                if round % 4 < 2, random.below(5) == 0 { return nil }
                return isGreat ? Int64(bitPattern: random.random.next()) : Int64(random.below(4_000)) - 2_000
            }
            let picked = (0..<UInt32(rows)).filter { _ in random.below(3) > 0 }
            for (countsRows, bound) in [(false, Int.max), (true, Int.max), (true, groupCount)] {
                let whole = GroupAssignment(groups, below: bound, countsRows: countsRows)
                try expect(groups, values, whole, groupCount, "seed 82, round \(round)")
                try expect(
                    picked.map { groups[Int($0)] }, picked.map { values[Int($0)] }, whole.gather(picked), groupCount,
                    "seed 82, round \(round), picked")
            }
        }
    }

    private func expect(
        _ groups: [UInt32], _ values: [Int64?], _ assignment: GroupAssignment, _ groupCount: Int, _ remark: Comment
    ) throws {
        var rows = [Int64](repeating: 0, count: groupCount)
        var counts = rows
        var sums = [Int128](repeating: 0, count: groupCount)
        for row in groups.indices {
            rows[Int(groups[row])] += 1
            guard let value = values[row] else { continue }
            counts[Int(groups[row])] += 1
            sums[Int(groups[row])] += Int128(value)
        }
        let vector = Vector(type: .integer, scalars: values.map { $0.map(Scalar.integer) ?? .null })
        var (all, count) = (AggregateStates.count(), AggregateStates.count())
        var sum = try #require(AggregateStates.sum(.integer, type: .numeric(scale: 0)))
        all.grow(to: groupCount)
        count.grow(to: groupCount)
        sum.grow(to: groupCount)
        try all.update([], assignment)
        try count.update([vector], assignment)
        try sum.update([vector], assignment)
        let wanted = (0..<UInt32(groupCount)).map { $0 }
        let (known, found, totals) = (try all.finish(wanted), try count.finish(wanted), try sum.finish(wanted))
        for group in 0..<groupCount {
            #expect(known.scalar(at: group) == .integer(rows[group]), remark)
            #expect(found.scalar(at: group) == .integer(counts[group]), remark)
            #expect(
                totals.scalar(at: group) == (counts[group] == 0 ? .null : .numeric(sums[group], scale: 0)), remark)
        }
    }

    /// Stretches of a group are counted at once, whatever the histogram has been so far.
    @Test func histogramsAreThoseOfEachValue() throws {
        var random = RandomScalars(seed: 83)
        for round in 0..<30 {
            var single = [ExponentialHistogram](repeating: ExponentialHistogram(), count: 3)
            var states = (0..<2).map { _ in AggregateStates.histogram(.integer) }
            for state in states.indices { states[state].grow(to: 3) }
            for step in 0..<4 {
                let lengths = (0..<3).map { _ in 20 + random.below(90) }
                var groups = lengths.enumerated().flatMap { [UInt32](repeating: UInt32($0), count: $1) }
                // Groups in stretches, and groups that take turns.
                if step > 1 { groups = groups.indices.map { groups[($0 &* 37) % groups.count] } }
                let values = groups.map { _ -> Int64 in
                    switch round % 3 {
                    case 0: Int64(bitPattern: random.random.next() >> UInt64(1 + random.below(63)))
                    case 1: Int64(1_000_000 + random.below(900_000_000))
                    default: Int64(random.below(60)) - 20
                    }
                }
                for row in groups.indices { single[Int(groups[row])].add(values[row]) }
                try states[step % 2].update(
                    [Vector(type: .integer, count: values.count, storage: .int64(values))], GroupAssignment(groups))
            }
            var merged = AggregateStates.histogram(.integer)
            merged.grow(to: 3)
            for state in states { try merged.merge(state, [2, 0, 1]) }
            let texts = try merged.finish([2, 0, 1])
            for group in 0..<3 {
                #expect(
                    texts.scalar(at: group) == .text(String(decoding: single[group].text, as: UTF8.self)),
                    "seed 83, round \(round)")
            }
        }
    }

    /// A rank lies in the same bucket, however many stand before it.
    @Test func quantilesAreThoseOfSortedValues() {
        var random = RandomScalars(seed: 84)
        for count in [1, 2, 40, 700] {
            let values = (0..<count).map { _ in Int64(1 + random.below(1 << 30)) }.sorted()
            var histogram = ExponentialHistogram()
            for value in values { histogram.add(value) }
            for rank in stride(from: 1, through: count, by: max(1, count / 50)) {
                let found = histogram.quantile((Double(rank) - 0.5) / Double(count)) ?? 0
                let wanted = Double(values[rank - 1])
                #expect(abs(found - wanted) <= 0.0055 * wanted, "rank \(rank) of \(count)")
            }
        }
    }

    /// Pieces of chunks are the rows of theirs, in every storage, wherever they begin.
    @Test(arguments: GroupTableTests.types) func slicesAreRows(type: ColumnType) {
        var random = RandomScalars(seed: 86)
        let values = GroupTableTests.rows(type, 300, &random)
        let vector = Vector(type: type, scalars: values)
        for rows in [0..<300, 64..<128, 64..<300, 7..<200, 128..<128, 299..<300] {
            let columns = [vector, .constant(.boolean(true), type: .boolean, count: 300)]
            let piece = Chunk(columns: columns, rowCount: 300).slice(rows)
            #expect(piece.rowCount == rows.count && piece.columns.allSatisfy { $0.fault == nil })
            let picked = vector.gather(rows.map { UInt32($0) })
            for row in 0..<rows.count {
                #expect(Self.same(piece.columns[0].scalar(at: row), picked.scalar(at: row)), "\(rows), row \(row)")
            }
        }
        let whole = Vector(type: type, scalars: values.filter { !$0.isNull })
        #expect(Chunk(columns: [whole], rowCount: whole.count).slice(3..<9).columns[0].validity == nil)
    }

    /// Equal, also where that means both are none, or no number.
    private static func same(_ left: Scalar, _ right: Scalar) -> Bool {
        left.isNull || right.isNull ? left.isNull && right.isNull : ScalarOrder.compare(left, right) == 0
    }

    @Test func trueRowsAndTruthOfCodes() {
        var random = RandomScalars(seed: 85)
        for share in [1, 2, 9, 1_000] {
            let truth = (0..<random.below(400)).map { _ in random.below(share) == 0 }
            let rows = truth.indices.filter { truth[$0] }.map { UInt32($0) }
            let found = truth.span.trueRows()
            #expect(found == (rows.count == truth.count ? nil : rows))
            let numbers = truth.span.numbers()
            #expect(numbers == truth.map { $0 ? 1 : 0 })
        }
        let (no, yes) = ([Bool](repeating: false, count: 70), [Bool](repeating: true, count: 70))
        let (never, always) = (no.span.trueRows(), yes.span.trueRows())
        #expect(never == [] && always == nil)
        let codes: [UInt32] = [2, 0, 2]
        let truth = codes.span.looked(up: [true, false, false])
        #expect(truth == [false, true, false])
    }
}
