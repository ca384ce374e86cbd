import Columnar
import Testing

/// Keys that come in runs group as a value for each row does.
@Suite struct RunKeyTests {
    private static func day(_ time: Int64) -> (start: Int64, end: Int64) {
        (time / 100 * 100, time / 100 * 100 + 100)
    }

    /// Days of times, texts and numbers, in several orders. Days are long, shorter, and too short to come in runs; in
    /// the end there are more pairs than are kept in a table of all.
    @Test(arguments: [[0], [0, 1], [1, 0], [0, 0], [1, 0, 2], [2, 0], [0, 2]])
    func runsGroupAsTheirRows(columns: [Int]) throws {
        var (random, picks) = (RandomScalars(seed: 56), RandomScalars(seed: 58))
        let types = columns.map { [ColumnType.timestamptz, .text, .integer][$0] }
        let names = TextDictionary((0..<9).map { "tenant \($0)" })
        for round in 0..<6 {
            var (inRuns, plain) = (GroupTable(types: types), GroupTable(types: types))
            var time = Int64(round) * 1_000
            for chunk in 0..<4 {
                let count = 900 + random.below(40)
                var times: [Int64] = []
                for _ in 0..<count {
                    time += Int64(random.below([2, 11, 60][round % 3]))
                    times.append(time)
                }
                let day = Vector(
                    type: .timestamptz, count: count, storage: .int64(times.span.buckets(Self.day) ?? []))
                let codes = (0..<count).map { _ in UInt32(random.below(9)) }
                let tenant = Vector(type: .text, count: count, storage: .text(codes: codes, dictionary: names))
                let numbers = (0..<count).map { _ in Int64(random.below(6_000)) }
                let number = Vector(type: .integer, count: count, storage: .int64(numbers))
                let runs = times.span.bucketRuns(Self.day)
                #expect((runs != nil) == (round % 3 < 2))
                let vectors = columns.map { [day, tenant, number][$0] }
                let keys = zip(columns, vectors).map { index, vector -> GroupKey in
                    if index == 0, let runs { return .runs(runs) }
                    return .column(vector)
                }
                let ordinal = UInt64(chunk) << 32
                let found = inRuns.assignment(of: keys, ordinal: ordinal, countsRows: chunk % 2 == 0)
                let expected = plain.assign(vectors, ordinal: ordinal)
                #expect(found.rowCount == count && inRuns.count == plain.count, "seed 56, round \(round)")
                try expectSame(found, expected, groups: plain.count, "seed 56, round \(round), chunk \(chunk)")
                // Some of the rows, as they stand and as they come.
                let few = (0..<UInt32(count)).filter { _ in picks.below(4) == 0 }
                let any = (0..<300).map { _ in UInt32(picks.below(count)) }
                for rows in [few, any, []] {
                    let wanted = rows.map { expected[Int($0)] }
                    try expectSame(found.gather(rows), wanted, groups: plain.count, "seed 58, \(rows.count) rows")
                    if rows == any { continue }
                    let ascending = found.gather(ascending: rows)
                    #expect(ascending.rowCount == rows.count)
                    try expectSame(ascending, wanted, groups: plain.count, "seed 58, \(rows.count) ascending rows")
                }
            }
            let groups = (0..<UInt32(plain.count)).map { $0 }
            for (a, b) in zip(inRuns.keys(of: groups), plain.keys(of: groups)) {
                #expect(groups.allSatisfy { a.scalar(at: Int($0)) == b.scalar(at: Int($0)) })
            }
            #expect(inRuns.firstSeenOrder() == plain.firstSeenOrder())
        }
    }

    /// Each group has the same rows, by the sum of what stands for each.
    private func expectSame(
        _ assignment: GroupAssignment, _ expected: [UInt32], groups: Int, _ remark: Comment
    ) throws {
        let marks = expected.indices.map { Int64($0 * $0 + 1) }
        var sums = [Int128](repeating: 0, count: groups)
        for row in expected.indices { sums[Int(expected[row])] += Int128(marks[row]) }
        var state = try #require(AggregateStates.sum(.integer, type: .numeric(scale: 0)))
        state.grow(to: groups)
        try state.update([Vector(type: .integer, count: marks.count, storage: .int64(marks))], assignment)
        let found = try state.finish((0..<UInt32(groups)).map { $0 })
        for group in 0..<groups {
            #expect(found.scalar(at: group) == (sums[group] == 0 ? .null : .numeric(sums[group], scale: 0)), remark)
        }
    }

    @Test func rowsThatStayHaveTheRunsOfTheirOwn() throws {
        var random = RandomScalars(seed: 57)
        for round in 0..<60 {
            var time: Int64 = 0
            let times = (0..<2_000).map { _ -> Int64 in
                time += Int64(random.below(3))
                return time
            }
            let all = times.span.bucketRuns(Self.day)
            let runs = try #require(all)
            // Scattered, nearly all, none of some days, few.
            var rows: [UInt32] = []
            for row in 0..<UInt32(times.count) {
                let isOfDay = times[Int(row)] / 100 % 4 < 2
                let stays = [row % 3 != 0, random.below(200) > 0, isOfDay, row % 97 == 0]
                if stays[round % 4] { rows.append(row) }
            }
            let left = rows.map { times[Int($0)] }
            let expected = left.span.bucketRuns(Self.day)
            let found = runs.gather(KeptRows(ascending: rows))
            #expect(found?.values == expected?.values && found?.ends == expected?.ends, "seed 57, round \(round)")
            #expect((found == nil) == (round % 4 == 3), "few rows have no runs that serve")
        }
        let stretch = (0..<Int64(1_000)).map { $0 }
        let none = stretch.span.bucketRuns(Self.day)?.gather(KeptRows(ascending: []))
        #expect(none?.rowCount == 0)
    }

    @Test func aStretchAsksOnce() {
        var asked = 0
        let times = (0..<Int64(10_000)).map { $0 }
        let runs = times.span.bucketRuns { time in
            asked += 1
            return (time / 2_000 * 2_000, time / 2_000 * 2_000 + 2_000)
        }
        #expect(asked == 5 && runs != nil)
        // No more is asked than would serve, and there is no answer where there is none for one of them.
        asked = 0
        let none = times.span.bucketRuns { time in
            asked += 1
            return (time, time + 1)
        }
        #expect(asked == 625 && none == nil)
        let past = times.span.bucketRuns { $0 > 5_000 ? nil : ($0 / 2_000 * 2_000, $0 / 2_000 * 2_000 + 2_000) }
        #expect(asked == 625 && past == nil)
    }
}
