import Columnar
import Testing

/// Windows over rows that random plans do not have: many, wide values, infinite ones, whole partitions in other orders.
@Suite struct WindowKernelTests {
    private let watch = KernelWatch { true }

    private func integers(_ values: [Int64]) -> Vector {
        Vector(type: .integer, count: values.count, storage: .int64(values))
    }

    private func rows(_ keys: [Int64], groups: [UInt32]? = nil, descending: Bool = false) -> WindowRows {
        var rows = WindowRows(rowCount: keys.count, groups: groups, groupCount: Int(groups?.max() ?? 0) + 1)
        rows.sort(by: [key(integers(keys), descending: descending)], wantsPeers: true, look: {})
        return rows
    }

    private func key(_ values: Vector, descending: Bool) -> WindowKey {
        WindowKey([values], type: values.type, isDescending: descending, nullsFirst: false)
    }

    private func numbers(_ rows: WindowRows) -> [Scalar] { values(rows.rowNumbers()) }

    private func values(_ vector: Vector) -> [Scalar] { (0..<vector.count).map { vector.scalar(at: $0) } }

    private static let helpers = KernelHelpers { count, job in
        for index in (0..<count).reversed() { job(index) }
    }

    /// The same rows, put in order by several.
    private func shared(
        _ keys: [Int64], _ groups: [UInt32], descending: Bool, lanes: Int, watch: KernelWatch = KernelWatch { true }
    ) throws -> WindowRows? {
        try WindowRows.sorted(
            groups, groupCount: Int(groups.max() ?? 0) + 1, by: key(integers(keys), descending: descending),
            wantsPeers: true, lanes: lanes, Self.helpers, watch)
    }

    /// Ascending, descending with ties, nearly sorted, in disorder, short and long: the order is that of a stable sort.
    @Test(arguments: [1, 2, 31, 33, 300, 3_000]) func everyPartitionIsInOrder(size: Int) throws {
        var random = RandomScalars(seed: UInt64(size))
        let shapes: [[Int64]] = [
            (0..<size).map { Int64($0 / 2) }, (0..<size).map { Int64(-$0 / 3) },
            (0..<size).map { Int64($0 + ($0 % 7 == 3 ? -5 : 0)) }, (0..<size).map { _ in Int64(random.below(50)) },
            (0..<size).map { _ in Int64(random.below(1 << 40)) - 1 << 39 },
            (0..<size).map { _ in random.below(3) == 0 ? .max : .min + Int64(random.below(1 << 40)) },
            // Three runs, as of three tables.
            (0..<size).map { Int64($0 * 3 % max(1, size)) },
        ]
        for keys in shapes {
            for descending in [false, true] {
                for parts in [1, 3] {
                    let groups = (0..<size).map { UInt32($0 % min(parts, size)) }
                    var expected = [Scalar](repeating: .null, count: size)
                    for part in Set(groups).sorted() {
                        let members = (0..<size).filter { groups[$0] == part }.sorted {
                            if keys[$0] == keys[$1] { return $0 < $1 }
                            return descending ? keys[$0] > keys[$1] : keys[$0] < keys[$1]
                        }
                        for (place, row) in members.enumerated() { expected[row] = .integer(Int64(place + 1)) }
                    }
                    #expect(numbers(rows(keys, groups: groups, descending: descending)) == expected)
                    for lanes in [1, 2, 5] {
                        let shared = try #require(try shared(keys, groups, descending: descending, lanes: lanes))
                        #expect(numbers(shared) == expected)
                        let one = rows(keys, groups: groups, descending: descending)
                        #expect(values(shared.ranks(isDense: true)) == values(one.ranks(isDense: true)))
                    }
                }
            }
        }
    }

    /// Rows that stand in order, or in the opposite one, are looked at: by as many looks as a few passes over a million
    /// rows take, and not by the twenty that sorting them otherwise would.
    @Test(arguments: [false, true]) func rowsInOrderAreNotSorted(descending: Bool) {
        let count = 1 << 20
        var looks = 0
        let columns = [integers((0..<Int64(count)).map { $0 }), integers([Int64](repeating: 1, count: count))]
        var rows = WindowRows(rowCount: count, groups: nil, groupCount: 1)
        rows.sort(
            by: [key(columns[0], descending: descending), key(columns[1], descending: false)], wantsPeers: false,
            look: { looks += 1 })
        #expect(looks <= 6, "\(looks) looks")
    }

    /// Each goes through its own partitions, and all are stopped.
    @Test func whoSharesIsStopped() throws {
        let keys: [Int64] = [3, 1, 2, 4]
        #expect(throws: KernelError.stopped) {
            _ = try shared(keys, [0, 1, 0, 1], descending: false, lanes: 2, watch: KernelWatch { false })
        }
        let texts = WindowKey(
            [Vector(type: .text, scalars: [.text("b"), .text("a")])], type: .text, isDescending: false,
            nullsFirst: false)
        let none = try WindowRows.sorted(
            [0, 0], groupCount: 1, by: texts, wantsPeers: false, lanes: 2, Self.helpers, watch)
        #expect(none == nil)
    }

    /// The row so many away is the same whether that is said once or by each row.
    @Test func shiftsAreThoseOfEachRow() {
        var random = RandomScalars(seed: 5)
        let groups = (0..<60).map { _ in UInt32(random.below(7)) }
        let present = groups.map { Int64(Set(groups).sorted().firstIndex(of: $0) ?? 0) }
        let rows = rows((0..<60).map { _ in Int64(random.below(20)) }, groups: present.map { UInt32($0) })
        for distance: Int64 in [0, 1, 2, 5, 59, 60, 61, -1, -3, -60, .max, .min, .min + 1] {
            for isLead in [false, true] {
                let once = Vector.constant(.integer(distance), type: .integer, count: 60)
                let each = integers([Int64](repeating: distance, count: 60))
                let found = rows.shifted(once, isLead: isLead, missing: nil)
                #expect(found == rows.shifted(each, isLead: isLead, missing: nil), "\(distance)")
                #expect(found == rows.shifted(once, isLead: isLead, missing: { _ in .max }), "\(distance)")
            }
        }
    }

    /// A sum that leaves 128 bits on the way, and comes back, is no mistake of the frame that has it.
    @Test func wideSumsAreExact() throws {
        let most = Int128.max
        let values = Vector(
            type: .numeric(scale: 0), count: 4, storage: .int128([most, most, -most, 0]))
        let rows = rows([1, 2, 3, 4])
        let pairs = try WindowFrames(rows, from: .rows(0), to: .rows(2), watch)
        let column = try WindowColumn.totals(
            values, included: nil, rows, pairs, type: .numeric(scale: 0), isAverage: false, watch)
        let found = try column.vector(0..<4)
        let sums: [Int128] = [most, 0, -most, 0]
        #expect((0..<4).map { found.scalar(at: $0) } == sums.map { Scalar.numeric($0, scale: 0) })
        let two = try WindowFrames(rows, from: .rows(0), to: .rows(1), watch)
        #expect(throws: KernelError.decimalOverflow) {
            _ = try WindowColumn.totals(
                values, included: nil, rows, two, type: .numeric(scale: 0), isAverage: false, watch)
        }
    }

    /// An infinite value is in the sums of the frames that have it, and in no later one.
    @Test func infiniteValuesGoAgain() throws {
        let values = Vector(type: .double, count: 5, storage: .double([1, .infinity, 2, 0.5, 0.25]))
        let rows = rows([1, 2, 3, 4, 5])
        let pairs = try WindowFrames(rows, from: .rows(-1), to: .rows(0), watch)
        let column = try WindowColumn.totals(
            values, included: nil, rows, pairs, type: .double, isAverage: false, watch)
        let found = try column.vector(0..<5)
        let sums: [Double] = [1, .infinity, .infinity, 2.5, 0.75]
        #expect((0..<5).map { found.scalar(at: $0) } == sums.map { Scalar.double($0) })
    }

    /// Infinitely far from an infinite value lie all numbers, and what is beyond doubles is no overflow.
    @Test(arguments: [false, true]) func infinitelyFarLieAllNumbers(descending: Bool) throws {
        let keys = Vector(
            type: .double, count: 5, storage: .double([-.infinity, -1e308, 1e308, .infinity, .nan]))
        var rows = WindowRows(rowCount: 5, groups: nil, groupCount: 1)
        rows.sort(by: [key(keys, descending: descending)], wantsPeers: true, look: {})
        func counts(_ start: (Double, Bool), _ end: (Double, Bool)) throws -> [Scalar] {
            func bound(_ edge: (Double, Bool), isEnd: Bool) -> WindowBound {
                .distance(edge.0, isPreceding: edge.1, isEnd: isEnd, from: keys, isDescending: descending)
            }
            let frames = try WindowFrames(rows, from: bound(start, isEnd: false), to: bound(end, isEnd: true), watch)
            let counts = rows.counts(frames, included: nil)
            return (0..<5).map { counts.scalar(at: $0) }
        }
        func whole(_ values: [Int64]) -> [Scalar] { values.map { .integer($0) } }
        #expect(try counts((.infinity, true), (.infinity, false)) == whole([4, 4, 4, 4, 1]))
        #expect(try counts((1.5e308, true), (1.5e308, false)) == whole([1, 2, 2, 1, 1]))
        let before: [Int64] = descending ? [4, 1, 1, 1, 1] : [1, 1, 1, 4, 1]
        #expect(try counts((.infinity, true), (.infinity, true)) == whole(before))
        let behind: [Int64] = descending ? [1, 1, 1, 4, 1] : [4, 1, 1, 1, 1]
        #expect(try counts((.infinity, false), (.infinity, false)) == whole(behind))
    }

    @Test func intervalsAreSummedByParts() throws {
        let days = [1, 2, 4].map { Interval(months: 1, days: $0, nanoseconds: -$0) }
        let values = Vector(type: .interval, count: 3, storage: .interval(days))
        let rows = rows([1, 2, 3])
        let pairs = try WindowFrames(rows, from: .rows(-1), to: .rows(0), watch)
        let sums = try WindowColumn.totals(
            values, included: nil, rows, pairs, type: .interval, isAverage: false, watch
        ).vector(0..<3)
        let expected = [(1, 1), (2, 3), (2, 6)].map { Interval(months: $0.0, days: $0.1, nanoseconds: -$0.1) }
        #expect((0..<3).map { sums.scalar(at: $0) } == expected.map { Scalar.interval($0) })
    }

    /// Keys without nulls are held as words alone, though a piece may say of each that it is there, or be one value.
    @Test func keysWithoutNullsAreWords() {
        let parts = [
            integers([5]),
            Vector(
                type: .integer, count: 2, storage: .int64([3, 1]), validity: Validity(count: 2, allValid: true)),
            Vector.constant(.integer(2), type: .integer, count: 2),
        ]
        let key = WindowKey(parts, type: .integer, isDescending: false, nullsFirst: false)
        #expect(key.memoryBytes <= 5 * 16)
        var rows = WindowRows(rowCount: 5, groups: nil, groupCount: 1)
        rows.sort(by: [key], wantsPeers: false, look: {})
        #expect(numbers(rows) == [5, 4, 1, 2, 3].map { Scalar.integer($0) })
    }

    /// Whoever wants no more is heard.
    @Test func framesAreStopped() {
        let rows = rows([1, 2, 3])
        #expect(throws: KernelError.stopped) {
            _ = try WindowFrames(rows, from: .rows(-1), to: .rows(0), KernelWatch { false })
        }
    }
}
