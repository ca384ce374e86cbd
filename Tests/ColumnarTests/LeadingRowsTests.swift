import Columnar
import Testing

/// Which rows may be among the first of their partitions is told piece by piece: none is lost that is, and so few stay
/// that are not as come before others did.
@Suite struct LeadingRowsTests {
    private func integers(_ values: [Int64]) -> Vector {
        Vector(type: .integer, count: values.count, storage: .int64(values))
    }

    /// How many rows of a partition come before one, or how many of their values.
    private func before(_ value: Int64, _ members: [Int64], once: Bool, descending: Bool) -> Int {
        let less = members.filter { descending ? $0 > value : $0 < value }
        return once ? Set(less).count : less.count
    }

    @Test(arguments: [false, true], [false, true]) func noneOfTheFirstIsLost(once: Bool, descending: Bool) {
        var random = RandomScalars(seed: 71)
        for round in 0..<80 {
            let (most, parts) = ([1, 2, 5, LeadingRows.mostMax][round % 4], [1, 4, 30][round % 3])
            var leading = LeadingRows(
                partition: parts == 1 ? [] : [.integer], most: most, countsAlikeOnce: once, isDescending: descending,
                rowsMax: 2_000)
            var (all, stayed, gone) = ([Int: [Int64]](), [Int: [Int64]](), 0)
            for piece in 0..<1 + random.below(9) {
                let rows = (0..<random.below(200)).map { _ in
                    (part: random.below(parts), value: Int64(random.below(round % 5 == 0 ? 4 : 1_000)))
                }
                let keys = parts == 1 ? [] : [integers(rows.map { Int64($0.part) })]
                let left = leading.rows(of: keys, by: integers(rows.map(\.value)), ordinal: UInt64(piece) << 32)
                for row in rows { all[row.part, default: []].append(row.value) }
                let kept = left?.map { rows[Int($0)] } ?? rows
                gone += rows.count - kept.count
                for row in kept { stayed[row.part, default: []].append(row.value) }
            }
            #expect(leading.gone == gone)
            // order: each partition is looked at by itself.
            for (part, members) in all {
                func firsts(_ some: [Int64]) -> [Int64] {
                    some.filter { before($0, some, once: once, descending: descending) < most }.sorted()
                }
                #expect(firsts(stayed[part] ?? []) == firsts(members), "seed 71, round \(round)")
            }
        }
    }

    /// The first rows of each partition come first, or last: of a million rows, in pieces of a thousand of ten
    /// partitions, ten stay in all, or of each piece.
    @Test(arguments: [(false, 10), (true, 10_000)]) func othersAreGone(descending: Bool, stay: Int) {
        var leading = LeadingRows(
            partition: [.integer], most: 1, countsAlikeOnce: false, isDescending: descending, rowsMax: 1_000_000)
        let parts = integers((0..<1_000).map { $0 % 10 })
        for piece in 0..<1_000 {
            let order = integers((0..<1_000).map { Int64(piece * 1_000) + $0 })
            _ = leading.rows(of: [parts], by: order, ordinal: UInt64(piece) << 32)
        }
        #expect(leading.gone == 1_000_000 - stay)
        #expect(leading.memoryBytes < 10_000)
    }

    /// Nulls, and values that no word holds, are left to whoever sorts; and so are rows that are mostly partitions of
    /// their own.
    @Test func whatIsNotToldStays() {
        var leading = LeadingRows(
            partition: [.integer], most: 1, countsAlikeOnce: false, isDescending: false, rowsMax: 10_000)
        let one = integers([1, 1, 1])
        #expect(leading.rows(of: [one], by: integers([3, 1, 2]), ordinal: 0) == [1])
        let holed = Vector(type: .integer, scalars: [.integer(9), .null, .integer(8)])
        #expect(leading.rows(of: [one], by: holed, ordinal: 3) == nil)
        let wide = Vector(type: .numeric(scale: 0), count: 3, storage: .int128([9, 8, 7]))
        #expect(leading.rows(of: [one], by: wide, ordinal: 6) == nil)
        #expect(leading.rows(of: [one], by: .constant(.integer(1), type: .integer, count: 3), ordinal: 9) == nil)
        #expect(leading.rows(of: [one], by: .constant(.integer(2), type: .integer, count: 3), ordinal: 12) == [])
        let own = integers((0..<4_000).map { $0 })
        #expect(leading.rows(of: [own], by: own, ordinal: 15) == nil)
        #expect(leading.rows(of: [one], by: integers([7, 7, 7]), ordinal: 4_015) == nil)
        #expect(leading.memoryBytes == 0)
    }
}
